"""What the store gives out: frozen values, no rows."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Literal

from pydantic import TypeAdapter

from automator.billing.invoice import Facts
from automator.followup.ladder import ObjectRef
from automator.mail.message import Fetched, Message, MessageRef
from automator.triage.verdict import CATEGORIES, Verdict

_FETCHED: TypeAdapter[Fetched] = TypeAdapter(Fetched)
_MESSAGE: TypeAdapter[Message] = TypeAdapter(Message)
_VERDICT: TypeAdapter[Verdict] = TypeAdapter(Verdict)
_FACTS: TypeAdapter[Facts] = TypeAdapter(Facts)

OutboxState = Literal["held", "ready", "sending", "done", "observed", "failed", "unknown", "cancelled"]


@dataclass(frozen=True, slots=True)
class StoredPlace:
    """A place with the raw message still to be parsed."""

    id: int
    attempts: int
    baseline: bool
    fetched: Fetched


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A parsed message with what triage and extraction made of it."""

    id: int
    account: str
    thread: int
    role: str
    baseline: bool
    ours: bool
    arrived: datetime
    kind: str
    asks: bool
    automatic: bool
    closed: str
    message: Message
    verdict: Verdict | None
    facts: Facts
    corrections: Mapping[str, bool]

    @property
    def object(self) -> ObjectRef:
        return ObjectRef("mail", str(self.id))

    @property
    def categories(self) -> tuple[str, ...]:
        """The shipped categories, then those of the owner's own that the model or a person said something of."""
        judged = self.verdict.categories if self.verdict else {}
        return tuple(dict.fromkeys((*CATEGORIES, *judged, *self.corrections)))

    def decision(self, category: str) -> str:
        """The owner's word on the category, else the model's."""
        if category in self.corrections:
            return "yes" if self.corrections[category] else "no"
        return self.verdict.decision(category) if self.verdict else "no"


@dataclass(frozen=True, slots=True)
class StoredBill:
    """A bill of ours or to us."""

    id: int
    account: str
    message_id: int | None
    direction: Literal["issued", "received"]
    party: str
    party_email: str
    number: str
    amount: Decimal | None
    currency: str
    issued_on: date | None
    due: date | None
    demanded: date | None
    iban: str
    document: str
    payment: str
    client_type: str
    status: str
    settled_on: date | None
    source: str
    created_at: datetime

    @property
    def object(self) -> ObjectRef:
        return ObjectRef("invoice", str(self.id))


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """An intent in the queue. `params` is JSON of the verb's Options."""

    id: int
    key: str
    state: OutboxState
    hold: str
    object: ObjectRef
    account: str
    action: str
    params: str
    not_before: datetime
    autonomy: int
    rule: str
    rule_version: str
    step: str
    follow_up: int | None
    why: str
    created_at: datetime
    base: datetime | None
    first_claimed_at: datetime | None
    claimed_at: datetime | None
    settled_at: datetime | None
    attempts: int
    error: str
    what: str
    header_id: str
    recipient: str
    content_hash: str
    approved_at: datetime | None
    has_copy: bool


@dataclass(frozen=True, slots=True)
class StoredNote:
    """A reminder, task or digest line."""

    id: int
    key: str
    kind: str
    object: ObjectRef
    account: str
    text: str
    section: str
    high: bool
    at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class AccountState:
    """What is known of an account's reading."""

    name: str
    cursor: str | None
    baseline: bool
    last_ok: datetime | None
    last_try: datetime | None
    error: str
    failures: int
    refused: bool


def pack(fetched: Fetched) -> bytes:
    """A raw message, compressed, for the `raw` column."""
    return zlib.compress(_FETCHED.dump_json(fetched), 1)


def unpack(raw: bytes) -> Fetched:
    """The inverse of `pack`; `arrived` is in UTC (pydantic's own zone objects would not leave the sandbox)."""
    fetched = _FETCHED.validate_json(zlib.decompress(raw))
    return replace(fetched, arrived=fetched.arrived.astimezone(UTC))


def dump_message(message: Message) -> str:
    """A parsed message as JSON."""
    return _MESSAGE.dump_json(message).decode()


def load_message(text: str) -> Message:
    """The inverse of `dump_message`."""
    return _MESSAGE.validate_json(text)


def dump_verdict(verdict: Verdict | None) -> str:
    """A verdict as JSON, "" for none."""
    return _VERDICT.dump_json(verdict).decode() if verdict else ""


def load_verdict(text: str) -> Verdict | None:
    """The inverse of `dump_verdict`."""
    return _VERDICT.validate_json(text) if text else None


def dump_facts(facts: Facts) -> str:
    """Facts as JSON."""
    return _FACTS.dump_json(facts).decode()


def load_facts(text: str) -> Facts:
    """The inverse of `dump_facts`."""
    return _FACTS.validate_json(text) if text else Facts()


def ref_of(row: Any) -> MessageRef:
    """The MessageRef of a place row."""
    return MessageRef(row.account, row.mailbox, row.uidvalidity, row.uid)
