"""The tables. Rows never leave this room: query functions return frozen dataclasses (records.py)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Column, Index, LargeBinary, Table, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

# Names of constraints must be the same everywhere, or a later migration could not find them.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Setting(SQLModel, table=True):
    """A single value of the service: pause, generation, last tick."""

    key: str = Field(primary_key=True)
    value: str = Field(sa_column=Column(Text, nullable=False))


class Lease(SQLModel, table=True):
    """Who plays the daemon; one row (id = 1)."""

    id: int = Field(default=1, primary_key=True)
    holder: str
    since: datetime
    expires: datetime


class Account(SQLModel, table=True):
    """A login and where its source stopped. `baseline` is True until the first fetch was read to its end.

    `refused`: the last failure was a refused login.
    """

    name: str = Field(primary_key=True)
    cursor: str | None = Field(default=None, sa_column=Column(Text))
    baseline: bool = True
    last_ok: datetime | None = None
    last_try: datetime | None = None
    error: str = ""
    failures: int = 0
    refused: bool = False


class Place(SQLModel, table=True):
    """Where a message lies. `raw` is what the source read, until it is parsed."""

    __table_args__ = (
        UniqueConstraint("account", "mailbox", "uidvalidity", "uid"),
        Index("ix_place_account_state", "account", "state"),
    )
    id: int | None = Field(default=None, primary_key=True)
    account: str
    mailbox: str
    uidvalidity: int
    uid: int
    role: str
    arrived: datetime
    size: int = 0
    flags: str = ""
    keywords: str = ""
    state: str = "new"
    attempts: int = 0
    error: str = Field(default="", sa_column=Column(Text, nullable=False))
    baseline: bool = False
    gone: bool = False
    outbox_key: str = Field(default="", index=True)
    text_hash: str = ""
    raw: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    message_id: int | None = Field(default=None, foreign_key="message.id", index=True)


class Message(SQLModel, table=True):
    """A parsed mail, once per account whatever mailbox it lies in."""

    __table_args__ = (
        UniqueConstraint("account", "identity"),
        Index("ix_message_account_arrived", "account", "arrived"),
        Index("ix_message_thread_arrived", "thread", "arrived"),
    )
    id: int | None = Field(default=None, primary_key=True)
    account: str
    identity: str
    header_id: str = Field(default="", index=True)
    thread: int = 0
    role: str = "received"
    baseline: bool = False
    ours: bool = False
    arrived: datetime
    sender: str = Field(default="", index=True)
    sender_name: str = ""
    subject: str = Field(default="", sa_column=Column(Text, nullable=False))
    kind: str = "other"
    asks: bool = False
    automatic: bool = False
    urgent: str = "no"
    client_request: str = "no"
    invoice: str = "no"
    classifier: str = ""
    parsed: str = Field(default="", sa_column=Column(Text, nullable=False))
    verdict: str = Field(default="", sa_column=Column(Text, nullable=False))
    facts: str = Field(default="", sa_column=Column(Text, nullable=False))
    closed: str = ""
    processed_at: datetime


class Reference(SQLModel, table=True):
    """Every Message-ID that a message is or names (References, In-Reply-To): what joins threads."""

    __table_args__ = (UniqueConstraint("message_id", "header_id"),)
    id: int | None = Field(default=None, primary_key=True)
    message_id: int = Field(foreign_key="message.id")
    header_id: str = Field(index=True)


class Correction(SQLModel, table=True):
    """A person's word on a verdict; it overrules the model for good. `by`: folder, keyword, command ..."""

    __table_args__ = (UniqueConstraint("message_id", "category"), Index("ix_correction_at", "at"))
    id: int | None = Field(default=None, primary_key=True)
    message_id: int = Field(foreign_key="message.id")
    category: str
    value: bool
    by: str
    at: datetime


class Filing(SQLModel, table=True):
    """Where a message was last seen with regard to one `source` (a folder or keyword that teaches a category).

    `place_id` is the place that showed it, `by` what of it: folder or keyword; `ours`: a deed of ours put it there;
    `how` it came there: hand, found, unread (filings.Filing); `missed`: since when it lies nowhere that we read;
    `at`: when this last changed.
    """

    __table_args__ = (UniqueConstraint("message_id", "category", "source"),)
    id: int | None = Field(default=None, primary_key=True)
    message_id: int = Field(foreign_key="message.id", index=True)
    category: str
    source: str
    place_id: int
    inside: bool = True
    ours: bool = False
    at: datetime
    by: str = "folder"
    how: str = "hand"
    missed: datetime | None = None


class Bounce(SQLModel, table=True):
    """A delivery failure (RFC 3464) of a mail of ours."""

    __table_args__ = (UniqueConstraint("message_id", "address"),)
    id: int | None = Field(default=None, primary_key=True)
    message_id: int = Field(foreign_key="message.id")
    address: str = Field(index=True)
    header_id: str = Field(default="", index=True)
    at: datetime


class Bill(SQLModel, table=True):
    """A bill, once, whether it came by mail, reminder or import. Amounts are decimal strings."""

    __table_args__ = (
        Index("ix_bill_same", "direction", "number", "party_key"),
        Index("ix_bill_due", "status", "due"),
    )
    id: int | None = Field(default=None, primary_key=True)
    account: str
    message_id: int | None = Field(default=None, foreign_key="message.id", index=True)
    direction: str
    party: str
    party_key: str
    party_email: str = ""
    number: str = ""
    amount: str = ""
    currency: str = "EUR"
    issued_on: date | None = None
    due: date | None = None
    demanded: date | None = None
    iban: str = ""
    document: str = "invoice"
    payment: str = "unknown"
    client_type: str = ""
    status: str = "open"
    settled_on: date | None = None
    source: str = "mail"
    created_at: datetime


class Occurrence(SQLModel, table=True):
    """One occurrence of a calendar entry, as last read."""

    key: str = Field(primary_key=True)
    calendar: str = Field(index=True)
    start: datetime = Field(index=True)
    end: datetime
    gone: bool = False
    event: str = Field(sa_column=Column(Text, nullable=False))


class Clash(SQLModel, table=True):
    """Two overlapping occurrences, when first seen."""

    key: str = Field(primary_key=True)
    first: str
    second: str
    seen_at: datetime


class RuleVersion(SQLModel, table=True):
    """The text of a rule as it was once in force, by content hash."""

    version: str = Field(primary_key=True)
    rule: str = Field(index=True)
    file: str
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    seen_at: datetime


class Arming(SQLModel, table=True):
    """Since when a rule acts, and its last good version."""

    rule: str = Field(primary_key=True)
    armed_on: date
    version: str
    active: bool = True


class Case(SQLModel, table=True):
    """A follow-up: one rule version at work on one object."""

    __tablename__ = "follow_up"
    __table_args__ = (
        UniqueConstraint("rule", "object_kind", "object_id", "occurrence"),
        Index("ix_follow_up_open", "account", "stopped"),
    )
    id: int | None = Field(default=None, primary_key=True)
    rule: str
    rule_version: str
    event: str
    object_kind: str
    object_id: str
    account: str
    base: datetime
    occurrence: str = ""
    stopped: str = ""
    stopped_at: datetime | None = None
    paused: bool = False
    resume_on: date | None = None
    next_due: datetime | None = None


class StepRow(SQLModel, table=True):
    """What became of a step of a follow-up."""

    __tablename__ = "step"
    __table_args__ = (UniqueConstraint("follow_up", "step"),)
    id: int | None = Field(default=None, primary_key=True)
    follow_up: int = Field(foreign_key="follow_up.id")
    step: str
    state: str
    at: datetime


class Outbox(SQLModel, table=True):
    """The durable queue of intents (docs/states)."""

    __table_args__ = (
        UniqueConstraint("key"),
        Index("ix_outbox_state_not_before", "state", "not_before"),
        Index("ix_outbox_object", "object_kind", "object_id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    key: str
    state: str
    hold: str = ""
    object_kind: str
    object_id: str
    account: str
    action: str
    params: str = Field(sa_column=Column(Text, nullable=False))
    not_before: datetime
    autonomy: int
    rule: str
    rule_version: str
    step: str = ""
    follow_up: int | None = Field(default=None, index=True)
    why: str = Field(sa_column=Column(Text, nullable=False))
    created_at: datetime
    base: datetime | None = None
    first_claimed_at: datetime | None = None
    claimed_at: datetime | None = None
    settled_at: datetime | None = Field(default=None, index=True)
    attempts: int = 0
    error: str = Field(default="", sa_column=Column(Text, nullable=False))
    what: str = Field(default="", sa_column=Column(Text, nullable=False))
    header_id: str = Field(default="", index=True)
    recipient: str = ""
    content_hash: str = ""
    approved_at: datetime | None = None
    sent_copy: bytes | None = Field(default=None, sa_column=Column(LargeBinary))


class NoteRow(SQLModel, table=True):
    """A reminder, a task or a digest line, until it is done."""

    __tablename__ = "note"
    __table_args__ = (UniqueConstraint("key"), Index("ix_note_open", "done_at"))
    id: int | None = Field(default=None, primary_key=True)
    key: str
    kind: str
    object_kind: str
    object_id: str
    account: str
    text: str = Field(sa_column=Column(Text, nullable=False))
    section: str = "todo"
    high: bool = False
    at: datetime | None = None
    created_at: datetime
    done_at: datetime | None = None
    told_at: datetime | None = None


class Digest(SQLModel, table=True):
    """A digest that was composed: one per local day."""

    __table_args__ = (UniqueConstraint("day"),)
    id: int | None = Field(default=None, primary_key=True)
    day: date
    since: datetime
    made_at: datetime
    subject: str = Field(sa_column=Column(Text, nullable=False))
    outbox_key: str


class DigestItem(SQLModel, table=True):
    """The numbered lines of a digest, frozen; `verbs`: what could be done on each, parted by spaces."""

    __tablename__ = "digest_item"
    __table_args__ = (UniqueConstraint("digest", "n"),)
    id: int | None = Field(default=None, primary_key=True)
    digest: int = Field(foreign_key="digest.id")
    n: int
    object_kind: str
    object_id: str
    verbs: str = ""


def table(model: type[SQLModel]) -> Table:
    """The Core table behind a SQLModel class: bulk work and every query go through Core."""
    found = SQLModel.metadata.tables[str(model.__tablename__)]
    if not isinstance(found, Table):
        raise TypeError(model)
    return found


setting, lease, account, place = table(Setting), table(Lease), table(Account), table(Place)
message, reference, correction = table(Message), table(Reference), table(Correction)
filing, bounce, bill = table(Filing), table(Bounce), table(Bill)
occurrence, clash, rule_version, arming = table(Occurrence), table(Clash), table(RuleVersion), table(Arming)
follow_up, step, outbox, note = table(Case), table(StepRow), table(Outbox), table(NoteRow)
digest, digest_item = table(Digest), table(DigestItem)
