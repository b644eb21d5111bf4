"""The frozen read model of a digest: everything a section may show, nothing it must look up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from automator.agenda.event import CalendarEvent, Slot
from automator.followup.ladder import ObjectRef

TodoKind = Literal[
    "urgent",
    "maybe_urgent",
    "late",
    "verify",
    "unknown",
    "held",
    "task",
    "reminder",
    "request",
    "maybe_request",
    "draft",
]


@dataclass(frozen=True, slots=True)
class TodoItem:
    """A thing that needs the owner today. `since` is when it arrived or came due; `days_late` in working days.

    unknown: a client mail whose sending could not be proven; held: waits for approval; draft: a letter of a follow-up
    that the owner threw away, or that failed.
    `why` are the words and cues that decided, or the rule's reason. `draft` = a text waits in Drafts.
    `handle` is what the command line calls it, "" = the object's id (a held mail: its number in the outbox).
    `notes` are the owner's own reminders on the same object; `paused`: its follow-up waits for the owner's word.
    """

    object: ObjectRef
    kind: TodoKind
    who: str
    what: str
    since: datetime
    days_late: int = 0
    due: date | None = None
    why: tuple[str, ...] = ()
    draft: bool = False
    handle: str = ""
    notes: tuple[str, ...] = ()
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting of today or the next days; `clashes_with` are titles of those it overlaps."""

    event: CalendarEvent
    clashes_with: tuple[CalendarEvent, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Money:
    """One open bill. `next_step` is what the ladder does next, in words, "" when not followed.

    `closed`: the owner said that its matter is done, so that nobody is to follow it.
    """

    object: ObjectRef
    direction: Literal["issued", "received"]
    party: str
    number: str
    amount: Decimal | None
    currency: str
    due: date | None
    days_late: int = 0
    next_step: str = ""
    followed: bool = False
    payment: str = "unknown"
    draft: bool = False
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """A mail of ours without an answer."""

    object: ObjectRef
    who: str
    what: str
    since: datetime
    working_days: int
    draft: bool = False
    next_step: str = ""


@dataclass(frozen=True, slots=True)
class Unsure:
    """A question: a mail the classifier hesitates about; `category` is the doubtful one, `p` its probability.

    `kind` is what else it may be; `taught_by` a folder or keyword of the owner's that says yes, "" = he named none.
    """

    object: ObjectRef
    who: str
    what: str
    category: str
    p: float
    kind: str = "other"
    taught_by: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """A line that a rule puts into a section by its verb `digest`; `high` ones come before the section's own lines."""

    section: str
    object: ObjectRef
    text: str
    high: bool = False


@dataclass(frozen=True, slots=True)
class Deed:
    """A line of what was done or told, as a count per action; `failed` ones carry the reason."""

    action: str
    count: int
    detail: str = ""


@dataclass(frozen=True, slots=True)
class AccountHealth:
    """State of one account: last good read (aware, None = never), the error in words ("" = fine)."""

    name: str
    last_ok: datetime | None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """The service line: what works, what does not, in the owner's words."""

    accounts: tuple[AccountHealth, ...] = ()
    rules_active: int = 0
    rules_ignored: tuple[tuple[str, str], ...] = ()
    classifier: str = "keywords"
    quarantined: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DigestView:
    """What one digest tells. `day` is the local date, `since` the end of the previous digest's span (aware).

    `to_pay` are due within 7 days (late ones too), `debits` are taken by themselves, `overdue` are ours unpaid.
    `expected_in` / `expected_out` are sums per currency until the end of the month. `deeds` were performed since
    `since`; `observed` were only told. `sorted` = mails triaged since; `learnt` = corrections that a new model learnt from since. `first` = the first digest ever.
    `approved` are those that a payment file would take now.
    `todo` is in the order to be shown: the most pressing first. `remarks` are left out where the section shows their
    object anyway.
    """

    owner: str
    day: date
    now: datetime
    since: datetime
    zone: str
    todo: tuple[TodoItem, ...] = ()
    meetings: tuple[Meeting, ...] = ()
    slots: tuple[Slot, ...] = ()
    to_pay: tuple[Money, ...] = ()
    debits: tuple[Money, ...] = ()
    overdue: tuple[Money, ...] = ()
    expected_in: Mapping[str, Decimal] = field(default_factory=dict)
    expected_out: Mapping[str, Decimal] = field(default_factory=dict)
    waiting: tuple[Waiting, ...] = ()
    deadlines: tuple[TodoItem, ...] = ()
    unsure: tuple[Unsure, ...] = ()
    sorted: Mapping[str, int] = field(default_factory=dict)
    deeds: tuple[Deed, ...] = ()
    observed: tuple[Deed, ...] = ()
    failures: tuple[Deed, ...] = ()
    health: Health = Health()
    paused: bool = False
    first: bool = False
    history: int = 0
    remarks: tuple[Remark, ...] = ()
    learnt: int = 0
    approved: tuple[Money, ...] = ()
