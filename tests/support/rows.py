"""Parsed messages and stored ones, made by hand for tests of what comes after the parser."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from automator.billing.invoice import Facts
from automator.mail.message import Address, Fetched, Message, MessageRef, Role
from automator.store import messages, places
from automator.store.db import Tx
from automator.store.messages import Digested
from automator.store.records import StoredMessage
from automator.triage.verdict import CategoryVerdict, Decision, Verdict

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def message(
    uid: int = 1,
    *,
    header_id: str = "",
    references: tuple[str, ...] = (),
    sender: str = "client@lefevre.example",
    to: str = "claire@durand.example",
    subject: str = "Devis",
    text: str = "Bonjour, pouvez-vous passer demain ?",
    arrived: datetime = NOW,
    role: Role = "received",
    mailbox: str = "INBOX",
) -> Message:
    header_id = header_id or f"<{uid}.{mailbox}@lefevre.example>"
    return Message(
        ref=MessageRef("bureau", mailbox, 1, uid),
        identity=hashlib.sha256(header_id.encode()).hexdigest(),
        message_id=header_id,
        in_reply_to=references[-1] if references else "",
        references=references,
        date=arrived,
        arrived=arrived,
        sender=Address(sender, sender.split("@", maxsplit=1)[0].title()),
        reply_to=None,
        to=(Address(to),),
        cc=(),
        subject=subject,
        text=text,
        new_text=text,
        language="fr",
        role=role,
    )


def verdict(**decisions: Decision) -> Verdict:
    categories = {
        name: CategoryVerdict({"yes": 0.95, "unsure": 0.5, "no": 0.02}[d], d) for name, d in decisions.items()
    }
    return Verdict("keywords", "other", categories)


def store(
    tx: Tx,
    made: Message,
    *,
    asks: bool = False,
    automatic: bool = False,
    ours: bool = False,
    baseline: bool = False,
    found: Verdict | None = None,
    facts: Facts | None = None,
) -> StoredMessage:
    """A message as `process` would have stored it, with its place."""
    fetched = Fetched(made.ref, made.arrived, 100, whole=b"x", role=made.role)
    places.add(tx, [fetched], baseline=baseline)
    item = Digested(
        made,
        found or verdict(urgent="no", client_request="no", invoice="no"),
        facts or Facts(),
        "other",
        asks,
        automatic,
        ours,
        baseline,
    )
    stored = messages.add(tx, "bureau", item, made.references, NOW)
    (pending,) = [p for p in places.pending(tx, "bureau", 10) if p.fetched.ref == made.ref]
    places.parsed(tx, pending.id, stored.id)
    return stored
