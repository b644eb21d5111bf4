"""The digests that were composed: one per local day, their numbered lines frozen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import select

from automator.followup.ladder import ObjectRef
from automator.store.db import Tx, insert_one
from automator.store.tables import digest, digest_item, outbox

QUESTION = "is:"
"""How the verb of a question begins; the category follows."""


@dataclass(frozen=True, slots=True)
class StoredDigest:
    """A digest that was composed; `outbox_key` is its mail's."""

    day: date
    since: datetime
    made_at: datetime
    subject: str
    outbox_key: str


def of_day(tx: Tx, day: date) -> StoredDigest | None:
    """The digest of a local day."""
    return _digest(tx.execute(select(digest).where(digest.c.day == day)).first())


def last(tx: Tx, until: datetime | None = None) -> StoredDigest | None:
    """The newest digest that was composed, whatever became of its mail.

    `until` is the present: what a clock that once ran ahead left in the future does not count.
    """
    query = select(digest)
    if until is not None:
        query = query.where(digest.c.made_at <= until)
    return _digest(tx.execute(query.order_by(digest.c.made_at.desc()).limit(1)).first())


def last_sent(tx: Tx, until: datetime) -> StoredDigest | None:
    """The newest digest until now whose mail left: what it told, the owner knows."""
    query = select(digest).join(outbox, outbox.c.key == digest.c.outbox_key)
    query = query.where(digest.c.made_at <= until, outbox.c.state == "done")
    return _digest(tx.execute(query.order_by(digest.c.made_at.desc()).limit(1)).first())


def add(
    tx: Tx,
    new: StoredDigest,
    items: Iterable[tuple[int, ObjectRef]],
    verbs: Mapping[int, Sequence[str]] = MappingProxyType({}),
) -> None:
    """Store a digest with its numbered lines, and what could be done on each (`verbs`, by number).

    A second one for the day is refused by the table.
    """
    values = {"day": new.day, "since": new.since, "made_at": new.made_at, "subject": new.subject}
    key = insert_one(tx, digest, {**values, "outbox_key": new.outbox_key})
    rows = [
        {"digest": key, "n": n, "object_kind": ref.kind, "object_id": ref.id, "verbs": " ".join(verbs.get(n, ()))}
        for n, ref in items
    ]
    if rows:
        tx.execute(digest_item.insert(), rows)


def asked(tx: Tx, since: datetime, before: date) -> dict[tuple[int, str], datetime]:
    """The questions that digests put since then, and when last: (message, category) -> when.

    Only of digests that left, and of the days before `before`: what the digest of a day asks, its preview asks too.
    """
    query = (
        select(digest_item.c.object_id, digest_item.c.verbs, digest.c.made_at)
        .join(digest, digest.c.id == digest_item.c.digest)
        .join(outbox, outbox.c.key == digest.c.outbox_key)
        .where(digest.c.made_at > since, digest.c.day < before, outbox.c.state == "done")
        .where(digest_item.c.object_kind == "mail", digest_item.c.verbs.contains(QUESTION))
        .order_by(digest.c.made_at)
    )
    return {
        (int(row.object_id), verb.removeprefix(QUESTION)): row.made_at
        for row in tx.execute(query)
        for verb in row.verbs.split()
        if verb.startswith(QUESTION)
    }


def _digest(row: Any) -> StoredDigest | None:
    return StoredDigest(row.day, row.since, row.made_at, row.subject, row.outbox_key) if row else None
