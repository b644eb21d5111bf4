"""What the jobs are given: made once by wiring, never changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from threading import Event

from pydantic import BaseModel

from automator.agenda.workdays import WorkCalendar
from automator.billing.invoice import Identity
from automator.clock import Clock
from automator.digest.lines import SectionFunction
from automator.mail.message import Address
from automator.ports import Action, CalendarSource, Classifier, MailboxWriter, MailSender, MailSource
from automator.rulebook.plan import Autonomy
from automator.rulebook.schema import Known
from automator.sandbox import Sandbox
from automator.store.db import Database
from automator.words import Words

FRESH = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class AccountDeps:
    """One account: its source (owned by the thread that runs its jobs), a writer, and who writes from it."""

    name: str
    source: MailSource
    writer: MailboxWriter
    address: Address
    authserv_id: str = ""


@dataclass(frozen=True, slots=True)
class Caps:
    """Brakes on mail to third parties (reliability S02, S11, S43)."""

    per_address_day: int = 1
    per_day: int = 50
    backlog: int = 20


@dataclass(frozen=True, slots=True)
class Deps:
    """Everything a job may use. `rule_files` reads rules_dir afresh: file name -> content; `unreadable_rules`: the
    files that it had to leave out -> why, in the owner's words.

    `classifier_note`: why there is no trained model, "" when there is. `providers`: domains where an address is a person and no firm (gmail.com); None = not known, then no domain
    stands for a firm. `categories`: those that people teach -> the folders and keywords that teach them. `stop` asks every loop to end after what it is at."""

    db: Database
    clock: Clock
    words: Words
    calendar: WorkCalendar
    identity: Identity
    owner: Address
    owner_account: str
    accounts: Mapping[str, AccountDeps]
    calendars: Mapping[str, CalendarSource]
    classifier: Classifier
    classifier_note: Callable[[], str]
    sandbox: Sandbox
    sender: MailSender | None
    actions: Mapping[str, Action]
    known: Known
    rule_files: Callable[[], Mapping[str, bytes]]
    options: Mapping[str, type[BaseModel]]
    key: bytes
    sections: Mapping[str, SectionFunction]
    section_order: tuple[str, ...]
    max_autonomy: Autonomy = Autonomy.DRAFT
    allow_send: bool = False
    caps: Caps = Caps()
    sent_delay: timedelta = timedelta(minutes=10)
    digest_at: time = time(7, 0)
    client_types: Mapping[str, str] | None = None
    unreadable_rules: Callable[[], Mapping[str, str]] = dict
    providers: frozenset[str] | None = None
    categories: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    stop: Event = field(default_factory=Event)

    def today(self) -> date:
        """The local day of the firm."""
        return self.local(self.clock.now()).date()

    def local(self, moment: datetime) -> datetime:
        """A moment in the firm's zone."""
        return moment.astimezone(self.calendar.zone)
