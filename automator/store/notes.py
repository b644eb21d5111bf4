"""Reminders, tasks and digest lines."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from automator.clock import Clock
from automator.followup.ladder import ObjectRef
from automator.ports import Note
from automator.store.db import Database, Tx, insert_new
from automator.store.records import StoredNote
from automator.store.tables import note


class StoredNotebook:
    """The Notebook port on the database: a note with a known key is not added again."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    def add(self, note: Note) -> None:
        """Add a note, once per key."""
        with self._db.transaction() as tx:
            add(tx, note, self._clock.now())


def add(tx: Tx, new: Note, now: datetime) -> bool:
    """Add a note; False when its key is known."""
    row = {
        "key": new.key,
        "kind": new.kind,
        "object_kind": new.object.kind,
        "object_id": new.object.id,
        "account": new.account,
        "text": new.text,
        "section": new.section,
        "high": new.high,
        "at": new.at,
        "created_at": now,
    }
    return insert_new(tx, note, [row]) == 1


def open_notes(tx: Tx, now: datetime, told_until: datetime | None = None) -> list[StoredNote]:
    """Notes to be shown now: tasks and reminders until done, digest lines until they were told once.

    `told_until` is when the last digest that left was composed: the lines from before it were told.
    """
    query = select(note).where(
        note.c.done_at.is_(None),
        or_(note.c.at.is_(None), note.c.at <= now),
        or_(note.c.kind.in_(("task", "reminder")), note.c.told_at.is_(None)),
    )
    if told_until is not None:
        query = query.where(or_(note.c.kind.in_(("task", "reminder")), note.c.created_at > told_until))
    return [_note(r) for r in tx.execute(query.order_by(note.c.high.desc(), note.c.created_at, note.c.id))]


def told(tx: Tx, until: datetime) -> None:
    """All notes from before `until` were told, by a digest that left: digest lines do not come again."""
    tx.execute(note.update().where(note.c.told_at.is_(None), note.c.created_at <= until).values(told_at=until))


def done(tx: Tx, note_id: int, now: datetime) -> bool:
    """The owner is done with a note; False when there is no such open note."""
    chosen = note.update().where(note.c.id == note_id, note.c.done_at.is_(None))
    return tx.execute(chosen.values(done_at=now)).rowcount == 1


def done_for(tx: Tx, ref: ObjectRef, now: datetime, kinds: tuple[str, ...] = ("reminder",)) -> int:
    """The object's matter is settled: its reminders need not be shown any more."""
    chosen = note.update().where(
        note.c.object_kind == ref.kind,
        note.c.object_id == ref.id,
        note.c.done_at.is_(None),
        note.c.kind.in_(kinds),
    )
    return tx.execute(chosen.values(done_at=now)).rowcount


def _note(row: Any) -> StoredNote:
    return StoredNote(
        id=row.id,
        key=row.key,
        kind=row.kind,
        object=ObjectRef(row.object_kind, row.object_id),
        account=row.account,
        text=row.text,
        section=row.section,
        high=row.high,
        at=row.at,
        created_at=row.created_at,
    )
