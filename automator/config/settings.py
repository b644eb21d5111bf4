"""The configuration as the program uses it: frozen, complete, secrets still unfetched."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, ValidationError

from automator import plugins
from automator.agenda.workdays import WorkCalendar
from automator.billing.invoice import Identity
from automator.config.problems import report
from automator.config.secrets import SecretRef, resolve
from automator.config.tree import (
    Account,
    Calendar,
    Caps,
    Category,
    Digest,
    Hours,
    Log,
    Money,
    Owner,
    Person,
    Poll,
    Retention,
    Roi,
    Smtp,
    Working,
)
from automator.errors import ConfigError, Problem
from automator.mail.message import Address
from automator.plugins import Family
from automator.rulebook.reading import Reading
from automator.words import Words

PUBLIC_PROVIDERS = frozenset(
    [
        "gmail.com",
        "googlemail.com",
        "outlook.com",
        "outlook.fr",
        "hotmail.com",
        "hotmail.fr",
        "live.com",
        "live.fr",
        "msn.com",
        "yahoo.com",
        "yahoo.fr",
        "orange.fr",
        "wanadoo.fr",
        "free.fr",
        "sfr.fr",
        "neuf.fr",
        "laposte.net",
        "bbox.fr",
        "numericable.fr",
        "icloud.com",
        "me.com",
        "mac.com",
        "aol.com",
        "gmx.com",
        "gmx.fr",
        "gmx.net",
        "gmx.de",
        "web.de",
        "proton.me",
        "protonmail.com",
        "pm.me",
        "zoho.com",
        "yandex.com",
        "mail.com",
    ]
)
"""Providers whose addresses belong to anybody: sharing such a domain makes nobody a colleague."""


class Config(BaseModel):
    """What config.toml says. `source` is the file; `warnings` are what it works with in spite of.

    Folders are absolute. Options of plug-ins come from `account_options` and its kin, which fetch secrets.
    """

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True, extra="forbid")

    source: Path
    warnings: tuple[Problem, ...] = ()
    locale: Literal["fr", "en"]
    timezone: str
    state_dir: Path
    rules_dir: Path
    filing_root: Path
    max_autonomy: Literal["observe", "draft", "ask", "auto"]
    allow_send: bool
    owner: Owner
    hours: Hours
    working: Working
    accounts: tuple[Account, ...]
    calendars: tuple[Calendar, ...]
    smtp: Smtp | None
    digest: Digest
    caps: Caps
    roi: Roi
    retention: Retention
    log: Log
    poll: Poll
    money: Money
    people: tuple[Person, ...]
    categories: Mapping[str, Category]
    client_types: Mapping[str, str]

    @property
    def zone(self) -> ZoneInfo:
        """The firm's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def poll_interval(self) -> timedelta:
        """Time between two looks into an account."""
        return timedelta(minutes=self.poll.minutes)

    @property
    def sent_delay(self) -> timedelta:
        """How long the server may take to file its own copy of a mail in Sent."""
        return timedelta(minutes=self.smtp.sent_delay if self.smtp else Smtp().sent_delay)

    @property
    def taught(self) -> Mapping[str, tuple[str, ...]]:
        """Category -> the folders and keywords that teach it."""
        return {name: category.learn_from for name, category in self.categories.items()}

    @property
    def work_calendar(self) -> WorkCalendar:
        """When the firm works."""
        return WorkCalendar(
            zone=self.zone,
            country=self.working.country,
            subdivision=self.working.subdivision,
            closures=tuple((c.first, c.last) for c in self.working.closures),
            open=self.hours.open[0],
            close=self.hours.open[1],
        )

    @property
    def identity(self) -> Identity:
        """Who the firm is. Without `domains`, those of its addresses count, but for public providers."""
        given = self.owner.domains
        own = {a.rpartition("@")[2] for a in self.owner.addresses} - PUBLIC_PROVIDERS
        return Identity(
            names=tuple(dict.fromkeys((*self.owner.company_names, self.owner.name))),
            addresses=frozenset(self.owner.addresses),
            domains=frozenset(own if given is None else (d.lower() for d in given)),
            ids=frozenset(filter(None, (self.owner.siren, self.owner.vat))),
        )

    @property
    def owner_address(self) -> Address:
        """Where the digest goes."""
        return Address(self.owner.addresses[0], self.owner.name)

    @property
    def owner_account(self) -> str:
        """The account that the digest comes from: the one marked `owner = true`, or the only one."""
        return next((a.name for a in self.accounts if a.owner), self.accounts[0].name)

    def account(self, name: str) -> Account:
        """The account of that name; KeyError if there is none."""
        return {a.name: a for a in self.accounts}[name]

    def calendar(self, name: str) -> Calendar:
        """The calendar of that name; KeyError if there is none."""
        return {c.name: c for c in self.calendars}[name]

    def address_of(self, name: str) -> Address:
        """Who writes from this account: `[smtp] from`, else its `address`, else its login, else the owner."""
        account = self.account(name)
        user = account.options.get("user", "")
        login = user.lower() if isinstance(user, str) and "@" in user else ""
        sender = self.smtp.sender if self.smtp else ""
        return Address(sender or account.address or login or self.owner.addresses[0], self.owner.name)

    def account_options(self, name: str) -> BaseModel:
        """The Options of an account's source, its secrets fetched now. Raises as `resolve`, and ConfigError."""
        account = self.account(name)
        return self._options("sources", account.kind, account.options, f"accounts.{name}")

    def calendar_options(self, name: str) -> BaseModel:
        """The Options of a calendar's source, its secrets fetched now. Raises as `resolve`, and ConfigError."""
        calendar = self.calendar(name)
        return self._options("sources", calendar.kind, calendar.options, f"calendars.{name}")

    def smtp_options(self) -> BaseModel:
        """The Options of the way out, its secrets fetched now. Raises as `resolve`, ConfigError; ask `smtp` first."""
        smtp = self.smtp or Smtp()
        return self._options("senders", smtp.kind, smtp.options, "smtp")

    def _options(self, family: Family, kind: str, written: Mapping[str, Any], where: str) -> BaseModel:
        values = {k: _fetched(v) if isinstance(v, SecretRef) else v for k, v in written.items()}
        try:
            return plugins.validate(family, kind, values)
        except ValidationError as error:
            reading = Reading(str(self.source), Words("en"))
            report(reading, error.errors(include_url=False), (where,))
            raise ConfigError(reading.problems) from None


def _fetched(secret: SecretRef) -> str:
    return resolve(secret).get_secret_value()
