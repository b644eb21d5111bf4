"""The seams between rooms: small Protocols, and the values that only they use."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Literal, Protocol

from automator.agenda.event import CalendarEvent, Slot
from automator.followup.ladder import ObjectRef
from automator.mail.message import Address, Attachment, Fetched, Message, MessageRef, OutgoingMail
from automator.rulebook.plan import Intent
from automator.triage.verdict import Decision, Verdict
from automator.words import Words


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a source can do; a missing capability becomes a digest line, never a silent success."""

    keywords: bool = False
    move: bool = False
    condstore: bool = False
    special_use: bool = False
    idle: bool = False
    files_sent: bool = False


@dataclass(frozen=True, slots=True)
class FlagChange:
    """New flags and keywords of a message that was read before."""

    ref: MessageRef
    flags: frozenset[str]
    keywords: frozenset[str]


@dataclass(frozen=True, slots=True)
class Batch:
    """One step of a fetch. Store `messages`, `changes`, `gone` and `cursor` in one transaction.

    `gone` are messages no longer in their mailbox. `reset` names mailboxes whose UIDVALIDITY changed: what they
    hold is re-indexed and matched by identity, never acted upon again. `total` is the known number of messages
    of this fetch (for a progress bar), 0 = unknown. `history` names mailboxes read for the first time: what they
    hold was there before us, and is indexed, never acted upon (reliability S04). `dropped` names mailboxes that are
    not read any more: deleted, renamed, or no longer wanted. All that lay there is gone.
    """

    messages: tuple[Fetched, ...]
    cursor: str
    changes: tuple[FlagChange, ...] = ()
    gone: tuple[MessageRef, ...] = ()
    reset: tuple[str, ...] = ()
    total: int = 0
    history: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()


class MailSource(Protocol):
    """Reads one account: never marks as seen, never expunges. Owns its connection; not thread-safe.

    `fetch(None)` is a first run: it yields the whole history. Raises TemporaryError, PermanentError, LoginError.
    The drafts mailbox is reported whole at each fetch through `drafts` (our own drafts live there).
    A source is built with `filed`, the folders by which the owner teaches categories: those that exist are read too,
    their messages have the role "filed"; one that does not exist is no error.
    """

    @property
    def capabilities(self) -> Capabilities: ...

    @property
    def filed(self) -> Mapping[str, str]:
        """The folders of `filed` that are there -> the mailbox that a MessageRef names; known after a fetch."""
        ...

    def fetch(self, cursor: str | None) -> Iterator[Batch]: ...

    def part(self, ref: MessageRef, part: str, limit: int) -> bytes:
        """The decoded bytes of one part, at most `limit` of them (more: PermanentError)."""
        ...

    def close(self) -> None: ...


ChangeKind = Literal["keyword", "flag", "move", "append"]


@dataclass(frozen=True, slots=True)
class Change:
    """One change to a mailbox. keyword / flag: `value` is set on `ref`; move: `ref` goes to folder `value`;
    append: `content` is stored in the mailbox of `role` (else folder `value`) with `flags`, dated `at`.
    `message_id` (of the moved message, optional) lets a move that was made already be recognised."""

    kind: ChangeKind
    ref: MessageRef | None = None
    value: str = ""
    role: Literal["", "sent", "drafts"] = ""
    content: bytes = b""
    flags: frozenset[str] = frozenset()
    at: datetime | None = None
    message_id: str = ""


class MailboxWriter(Protocol):
    """Changes one account, on its own short-lived connection. Moving or marking twice has the effect of once."""

    @property
    def capabilities(self) -> Capabilities: ...

    def apply(self, change: Change) -> None: ...

    def find(self, message_id: str, role: Literal["sent", "drafts"], key: str = "") -> MessageRef | None:
        """The message with this Message-ID (else this X-Automator-Key) in Sent or Drafts, None when absent."""
        ...


class MailSender(Protocol):
    """Hands one mail to one recipient. Raises TemporaryError, PermanentError, or OutcomeUnknown after the last dot."""

    @property
    def files_sent(self) -> bool:
        """Does the server itself file the copy in Sent?"""
        ...

    def send(self, mail: OutgoingMail) -> None: ...


@dataclass(frozen=True, slots=True)
class EventBatch:
    """Occurrences as they stand now within the window; `whole` = anything not listed is gone."""

    events: tuple[CalendarEvent, ...]
    cursor: str
    whole: bool = True
    notes: tuple[str, ...] = ()


class CalendarSource(Protocol):
    """Reads one calendar, recurrences expanded from a week ago to 62 days ahead of `now`."""

    def fetch(self, cursor: str | None) -> Iterator[EventBatch]: ...


class CalendarWriter(Protocol):
    """Writes to the calendar that config names; the event's uid is ours, so writing twice is writing once."""

    def put(self, event: CalendarEvent) -> None: ...


class Classifier(Protocol):
    """Triages messages; depends on the mail alone (and the owner's addresses given at build time)."""

    @property
    def name(self) -> str: ...

    @property
    def categories(self) -> tuple[str, ...]: ...

    def classify(self, messages: Sequence[Message]) -> Sequence[Verdict]: ...

    def explain(self, message: Message) -> Verdict:
        """The verdict on one message with the reasons of every category, also of a "no"."""
        ...

    def decide(self, category: str, p: float) -> Decision:
        """What its thresholds say of a probability."""
        ...


@dataclass(frozen=True, slots=True)
class Case:
    """All that an action may know of its object, read fresh from the store before each attempt.

    `ref` is where the mail lies now (None when it is gone or the object is no mail). `recipient` is the other side
    as known from the case, never from a body. `values` are the placeholders, formatted in `language`.
    `party` is who it is about in words. `when` and `until` are the span of a meeting or a due day's start.
    """

    object: ObjectRef
    account: str
    subject: str = ""
    ref: MessageRef | None = None
    message_id: str = ""
    references: tuple[str, ...] = ()
    recipient: Address | None = None
    language: str = "fr"
    values: Mapping[str, str] = field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()
    due: date | None = None
    when: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What an action reports: a line for the trail, and what can be looked for or undone later."""

    what: str
    message_id: str = ""
    content_hash: str = ""


class Action(Protocol):
    """Performs intents of one verb. `repeatable`: may run twice with the effect of once.

    Raises TemporaryError (tried again), PermanentError (told to the owner), OutcomeUnknown (looked for in Sent).
    """

    @property
    def repeatable(self) -> bool: ...

    def perform(self, intent: Intent, case: Case, now: datetime) -> Done: ...


@dataclass(frozen=True, slots=True)
class Note:
    """Something to tell the owner: a reminder, a task or a digest line. `key` is the intent's: added once."""

    key: str
    kind: Literal["reminder", "task", "digest", "slots"]
    object: ObjectRef
    account: str
    text: str
    section: str = "todo"
    high: bool = False
    at: datetime | None = None


class Notebook(Protocol):
    """Where reminders, tasks and digest lines are kept until they are done."""

    def add(self, note: Note) -> None: ...


@dataclass(frozen=True, slots=True)
class Tools:
    """What wiring hands to every action; each takes what it needs and keeps nothing else.

    `part` reads one part of a stored mail (see MailSource.part). `templates` maps "relance-1-courtoise.fr" to its
    text. `identities` maps an account to the address that writes from it. `own_addresses` are all of the owner's, in
    lower case: what goes to none of them goes to other people. `key` signs our mails (HMAC). Attachments are filed
    below `filing_root`, never outside. `calendar` gives the writer of a calendar by name ("" = the default one).
    `free_slots` finds that many free hours from a moment on; None when no calendar is read.
    """

    writer: Callable[[str], MailboxWriter]
    sender: MailSender | None
    part: Callable[[MessageRef, str, int], bytes]
    notebook: Notebook
    templates: Mapping[str, str]
    owner: Address
    identities: Mapping[str, Address]
    key: bytes
    words: Words
    filing_root: Path
    signature: str = ""
    own_addresses: frozenset[str] = frozenset()
    calendar: Callable[[str], CalendarWriter] | None = None
    free_slots: Callable[[datetime, int], tuple[Slot, ...]] | None = None
