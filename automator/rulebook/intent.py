"""The nouns of deciding: what happened, what is known, and what is decided. No logic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum
from typing import Any

from pydantic import BaseModel

from automator.agenda.workdays import WorkCalendar
from automator.followup.ladder import ObjectRef, StepRecord
from automator.words import Words


class Autonomy(IntEnum):
    """How far a rule may go alone; the effective one is the lowest of rule, ceiling and doubt."""

    OBSERVE = 0
    DRAFT = 1
    ASK = 2
    AUTO = 3


@dataclass(frozen=True, slots=True)
class Intent:
    """One decided deed. `key` is unique in the outbox: rule id, object, step and occurrence.

    `action` is the verb as performed (a `send` under DRAFT has action "draft"); `params` the verb's Options.
    `autonomy` is the effective one. `observed`: told only, never performed. `held`: waits for approval.
    `not_before` is aware. `why` is one sentence for the owner. `base` is the event's moment (None for our own mails).
    """

    key: str
    object: ObjectRef
    account: str
    action: str
    params: BaseModel
    not_before: datetime
    autonomy: Autonomy
    rule: str
    rule_version: str
    why: str
    step: str = ""
    observed: bool = False
    held: bool = False
    base: datetime | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to an object. `kind` is a word of `on`; durations count from `at` (aware).

    `happened` is the local day on which the event itself took place (for invoice.overdue the day after the due
    date): a rule armed on a later day does not see it. `occurrence` tells repeated events on one object apart.
    """

    kind: str
    object: ObjectRef
    account: str
    at: datetime
    happened: date
    occurrence: str = ""


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known of the object right now.

    `facts` maps the words of `when` to values; an absent word is unknown, and a condition on an unknown is false:
    category (dict name -> Decision), probability (dict name -> float), kind, document, payment, from (address),
    to (tuple of addresses), account, mailbox, subject, text, has_attachment (bool), attachments (tuple of names),
    direction, amount (Decimal), currency, supplier, client, client_type, language, verified_sender (bool),
    first_contact (bool), keywords (frozenset), attendees (tuple of addresses), own_domains (frozenset).
    `past` maps the stop words that came true to their moment ("paid", "replied", "sent" ...).
    `values` are the placeholders of texts, by their English name, already formatted in the owner's locale.
    """

    facts: Mapping[str, Any]
    past: Mapping[str, datetime] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Firm:
    """What planning must know of the firm: its calendar, the ceiling of autonomy, and since when each rule acts.

    `armed` maps a rule's id to the local day it was armed; a rule that is not in it never acts. `allow_send` False
    makes every send to others a draft. `words` gives the owner's language for `why` (None = the rule's title alone).
    """

    calendar: WorkCalendar
    max_autonomy: Autonomy
    allow_send: bool
    armed: Mapping[str, date]
    own_addresses: frozenset[str] = frozenset()
    words: Words | None = None


@dataclass(frozen=True, slots=True)
class Arming:
    """A case to open: one rule version starts to follow one object. `base` (aware) is where `after` counts from."""

    rule: str
    rule_version: str
    event: str
    object: ObjectRef
    account: str
    base: datetime
    occurrence: str = ""


@dataclass(frozen=True, slots=True)
class Trace:
    """What one rule made of an event. `reason` is "" when it acted, else the first thing that stood against it:
    a key ("amount_min", "except: keywords"), "on", "armed", "stop: paid", or "filing: <the rule that won>"."""

    rule: str
    ok: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What an event leads to: deeds at once, cases to open, and one trace line for every rule on this event."""

    intents: tuple[Intent, ...] = ()
    armed: tuple[Arming, ...] = ()
    trace: tuple[Trace, ...] = ()


@dataclass(frozen=True, slots=True)
class StepPlan:
    """What a running case leads to now: deeds, records of its steps to keep, and the stop word that closes it.

    `next_due` is when its next step comes due by itself (it may lie in the past while a condition holds it back),
    None when nothing more is to come.
    """

    intents: tuple[Intent, ...] = ()
    records: Mapping[str, StepRecord] = field(default_factory=dict)
    stop: str = ""
    next_due: datetime | None = None
