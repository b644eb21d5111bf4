"""The digests that were composed: one per local day, their numbered lines frozen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from automator.followup.ladder import ObjectRef
from automator.store.db import Tx, insert_one
from automator.store.tables import digest, digest_item


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
    row = tx.execute(select(digest).where(digest.c.day == day)).first()
    return StoredDigest(row.day, row.since, row.made_at, row.subject, row.outbox_key) if row else None


def last(tx: Tx) -> StoredDigest | None:
    """The newest digest."""
    row = tx.execute(select(digest).order_by(digest.c.day.desc()).limit(1)).first()
    return StoredDigest(row.day, row.since, row.made_at, row.subject, row.outbox_key) if row else None


def add(tx: Tx, new: StoredDigest, items: Iterable[tuple[int, ObjectRef]]) -> None:
    """Store a digest with its numbered lines; a second one for the day is refused by the table."""
    values = {"day": new.day, "since": new.since, "made_at": new.made_at, "subject": new.subject}
    key = insert_one(tx, digest, {**values, "outbox_key": new.outbox_key})
    rows = [{"digest": key, "n": n, "object_kind": ref.kind, "object_id": ref.id} for n, ref in items]
    if rows:
        tx.execute(digest_item.insert(), rows)
