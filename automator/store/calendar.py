"""Calendar entries as last read, and the clashes seen among them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import select

from automator.agenda.event import CalendarEvent
from automator.store.db import Tx, insert_new
from automator.store.tables import clash, occurrence

_EVENT: TypeAdapter[CalendarEvent] = TypeAdapter(CalendarEvent)


def replace(tx: Tx, calendar: str, events: Iterable[CalendarEvent], *, whole: bool) -> None:
    """Store the entries of a calendar; `whole`: whatever is not among them is gone."""
    rows = {e.key: _row(e) for e in events}
    if whole:
        tx.execute(occurrence.update().where(occurrence.c.calendar == calendar).values(gone=True))
    for key, row in rows.items():
        if tx.execute(occurrence.update().where(occurrence.c.key == key).values(**row)).rowcount == 0:
            tx.execute(occurrence.insert().values(**row))


def _row(event: CalendarEvent) -> dict[str, object]:
    return {
        "key": event.key,
        "calendar": event.calendar,
        "start": event.start,
        "end": event.end,
        "gone": event.cancelled,
        "event": _EVENT.dump_json(event).decode(),
    }


def between(tx: Tx, start: datetime, end: datetime) -> list[CalendarEvent]:
    """Entries that touch the span, in order."""
    query = select(occurrence.c.event).where(
        occurrence.c.gone.is_(False), occurrence.c.start < end, occurrence.c.end > start
    )
    return [_EVENT.validate_json(r.event) for r in tx.execute(query.order_by(occurrence.c.start, occurrence.c.key))]


def get(tx: Tx, key: str) -> CalendarEvent | None:
    """One entry by its key, None when it is gone."""
    query = select(occurrence.c.event).where(occurrence.c.key == key, occurrence.c.gone.is_(False))
    row = tx.execute(query).first()
    return _EVENT.validate_json(row.event) if row else None


def clash_key(first: CalendarEvent, second: CalendarEvent) -> str:
    """Identity of a clash: the two entries and when they are."""
    return " x ".join(sorted(f"{e.key}@{e.start.isoformat()}" for e in (first, second)))


def note_clash(tx: Tx, first: CalendarEvent, second: CalendarEvent, now: datetime) -> bool:
    """Remember a clash; True the first time it is seen."""
    row = {"key": clash_key(first, second), "first": first.key, "second": second.key, "seen_at": now}
    return insert_new(tx, clash, [row]) == 1


def clash_of(tx: Tx, key: str) -> tuple[CalendarEvent, CalendarEvent] | None:
    """The two entries of a clash, None when one is gone."""
    row = tx.execute(select(clash).where(clash.c.key == key)).first()
    pair = (get(tx, row.first), get(tx, row.second)) if row else (None, None)
    return (pair[0], pair[1]) if pair[0] and pair[1] else None
