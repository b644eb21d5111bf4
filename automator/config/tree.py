"""The tables of config.toml (docs/reference/config.md says what each key means to its owner)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from automator.billing.iban import valid as valid_iban
from automator.config.values import (
    Addresses,
    Count,
    DayWindow,
    Flag,
    Hour,
    Keys,
    MailAddress,
    Name,
    Positive,
    Texts,
    Window,
)

_BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?")
SECTIONS = ("todo", "agenda", "money", "waiting", "deadlines", "unsure", "done", "health")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ClientType = Literal["business", "consumer", "public"]


class Owner(Keys):
    """Who the firm is. The digest goes to the first of `addresses`; all of them count as ours."""

    name: Annotated[str, Field(min_length=1)]
    addresses: Annotated[Addresses, Field(min_length=1)]
    domains: Texts | None = None
    company_names: Texts = ()
    siren: str = ""
    vat: str = ""
    signature: str = ""

    @field_validator("siren", "vat")
    @classmethod
    def _closed_up(cls, value: str) -> str:
        return "".join(value.split()).upper()

    @field_validator("siren")
    @classmethod
    def _siren(cls, value: str) -> str:
        if not value:
            return value
        from stdnum.fr import siren

        if not siren.is_valid(value):
            raise ValueError("must be nine digits whose check digit is right (a SIREN number)")
        return value


class Hours(Keys):
    """When mail to other people may leave, and when the owner is not to be alerted."""

    open: DayWindow = (time(9), time(18))
    quiet: Window | None = None


class Closure(Keys):
    """Days on which the firm is shut, both included."""

    first: Annotated[date, Field(alias="from")]
    last: Annotated[date, Field(alias="to")]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise ValueError("`to` lies before `from`")
        return self


class Working(Keys):
    """Public holidays of the country ("" = none) and the firm's own closures."""

    country: Annotated[str, Field(pattern=r"^([A-Z]{2})?$")] = "FR"
    subdivision: str = ""
    closures: tuple[Closure, ...] = ()


class AccountKeys(Keys):
    """A mail account: these keys, and the Options of its kind beside them."""

    name: Name
    kind: str
    address: MailAddress | None = None
    owner: Flag = False
    authserv_id: str = ""


class CalendarKeys(Keys):
    """A calendar: these keys, and the Options of its kind beside them."""

    name: Name
    kind: str
    write: Flag = False


class SmtpKeys(Keys):
    """The way out: these keys, and the Options of its kind beside them. `sent_delay` is in minutes."""

    kind: str = "smtp"
    sender: Annotated[MailAddress | None, Field(alias="from")] = None
    sent_delay: Count = 10


@dataclass(frozen=True, slots=True)
class Account:
    """A mail account as configured. `options` holds its Options as written, secrets as references."""

    name: str
    kind: str
    address: str = ""
    owner: bool = False
    authserv_id: str = ""
    options: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Calendar:
    """A calendar as configured; `write` = our own entries go there."""

    name: str
    kind: str
    write: bool = False
    options: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Smtp:
    """The way out as configured. `sent_delay` is in minutes: how long the server may take to file its copy."""

    kind: str = "smtp"
    sender: str = ""
    sent_delay: int = 10
    options: Mapping[str, Any] = field(default_factory=dict, repr=False)


def _weekly(value: str) -> str:
    day, _, _hour = value.lower().partition(" ")
    if value and day not in WEEKDAYS:
        raise ValueError('must be a day, maybe with an hour, like "monday" or "friday 16:30"')
    return value.lower()


class Digest(Keys):
    """When the digest leaves (local time, working days) and what stands in it, in this order."""

    hour: Hour = time(7)
    weekly: Annotated[str, AfterValidator(_weekly)] = "monday"
    sections: Texts = SECTIONS


class Caps(Keys):
    """Brakes on mail to other people: per address and 24 h, in all per 24 h, and late steps at once."""

    per_address_day: Positive = 1
    per_day: Count = 50
    backlog: Positive = 20


class Roi(Keys):
    """The owner's own time for what the service did, for the weekly figures: seconds a mail, else minutes."""

    sort_seconds: Count = 20
    invoice_minutes: Count = 4
    reminder_minutes: Count = 5
    correction_minutes: Count = 1


class Retention(Keys):
    """Days to keep what is no longer needed; 0 = for ever."""

    mails: Count = 0
    deeds: Count = 0
    digests: Count = 0


class Log(Keys):
    """What the service writes to standard error."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["text", "json"] = "text"


class Poll(Keys):
    """Minutes between two looks into each account."""

    minutes: Annotated[int, Field(strict=True, ge=1, le=60)] = 2


class Money(Keys):
    """The account that pays, for payment files: IBAN, BIC ("" = the bank knows) and holder ("" = the firm)."""

    iban: str = ""
    bic: str = ""
    name: Annotated[str, Field(max_length=70)] = ""

    @field_validator("iban", "bic")
    @classmethod
    def _closed_up(cls, value: str) -> str:
        return "".join(value.split()).upper()

    @field_validator("iban")
    @classmethod
    def _iban(cls, value: str) -> str:
        if value and not valid_iban(value):
            raise ValueError("must be an IBAN whose check digits are right")
        return value

    @field_validator("bic")
    @classmethod
    def _bic(cls, value: str) -> str:
        if value and not _BIC.fullmatch(value):
            raise ValueError("must be a BIC: 8 or 11 letters and digits, like AGRIFRPP")
        return value


def _teachers(names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        if not any(c.isalnum() for c in name) or any(ord(c) < 32 for c in name) or len(name) > 200:
            raise ValueError('must name a folder or keyword, like "RH"; "/" stands between levels')
    return tuple(dict.fromkeys(names))


class Category(Keys):
    """A category that people teach, a shipped one or the owner's own; `learn_from` names the folders and keywords
    whose mails are of it."""

    learn_from: Annotated[Texts, Field(min_length=1), AfterValidator(_teachers)]


class Person(Keys):
    """Somebody to delegate to."""

    name: Name
    address: MailAddress
    role: str = ""


class Scalars(Keys):
    """The keys that stand alone, above the first section. Each one may also come from the environment."""

    locale: Literal["fr", "en"] = "fr"
    timezone: str = "Europe/Paris"
    state_dir: str = ""
    rules_dir: str = "rules"
    filing_dir: str = "filed"
    max_autonomy: Literal["observe", "draft", "ask", "auto"] = "draft"
    allow_send: Flag = False

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        from zoneinfo import ZoneInfo

        try:
            ZoneInfo(value)
        except (ValueError, OSError, KeyError):  # unknown ones are a KeyError, strange names any of the others
            raise ValueError('must be a time zone of the IANA list, like "Europe/Paris"') from None
        return value


TABLES: dict[str, type[Keys]] = {
    "money": Money,  # before [owner]: a `name` that stands elsewhere belongs there
    "owner": Owner,
    "hours": Hours,
    "working": Working,
    "digest": Digest,
    "caps": Caps,
    "roi": Roi,
    "retention": Retention,
    "log": Log,
    "poll": Poll,
}
"""Sections that stand once, with their keys. `owner` alone is required."""
