"""Free hours to propose to somebody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from automator.agenda.event import CalendarEvent, Slot

NOTICE = timedelta(hours=2)  # nobody can be asked to come at once
LUNCH = (time(12), time(14))
_STEP = timedelta(minutes=30)
_DAY = timedelta(days=1)


class WorkingHours(Protocol):
    """What is needed of the firm's calendar (`agenda.workdays.WorkCalendar` has it)."""

    @property
    def zone(self) -> ZoneInfo: ...

    @property
    def close(self) -> time: ...

    def is_working(self, day: date) -> bool: ...

    def day_start(self, day: date) -> datetime: ...


def free_slots(
    events: Iterable[CalendarEvent],
    calendar: WorkingHours,
    now: datetime,
    *,
    minutes: int = 60,
    count: int = 3,
    days: int = 10,
) -> tuple[Slot, ...]:
    """The first `count` free spans of `minutes` within the next `days` calendar days, in the firm's zone.

    They begin on a full or half hour within the opening hours of working days, leave out 12 h to 14 h, and lie at
    least two hours ahead. At most one in the morning and one in the afternoon of a day, so that they differ.
    Entries that are transparent, cancelled or our own take no time; an all-day entry takes its whole days.
    """
    busy = sorted((e.start, e.end) for e in events if not (e.transparent or e.cancelled or e.ours))
    length = timedelta(minutes=minutes)
    found: list[Slot] = []
    for begin, end in _halves(calendar, now, days):
        if len(found) >= count:
            break
        slot = _first(begin, end, length, busy)
        if slot is not None:
            found.append(slot)
    return tuple(found)


def _halves(calendar: WorkingHours, now: datetime, days: int) -> Iterator[tuple[datetime, datetime]]:
    """Each morning and afternoon that is still ahead, cut at the earliest moment that may be proposed."""
    earliest = (now + NOTICE).astimezone(calendar.zone)
    for day in (earliest.date() + _DAY * n for n in range(days + 1)):
        if not calendar.is_working(day):
            continue
        opening = calendar.day_start(day).astimezone(calendar.zone)
        closing = datetime.combine(day, calendar.close, calendar.zone)
        noon, after = (datetime.combine(day, hour, calendar.zone) for hour in LUNCH)
        for begin, end in ((opening, min(noon, closing)), (max(after, opening), closing)):
            if begin < end and earliest < end:
                yield _rounded(max(begin, earliest)), end


def _rounded(moment: datetime) -> datetime:
    """Up to the next full or half hour."""
    spare = timedelta(minutes=moment.minute % 30, seconds=moment.second, microseconds=moment.microsecond)
    return moment + (_STEP - spare if spare else spare)


def _first(begin: datetime, end: datetime, length: timedelta, busy: list[tuple[datetime, datetime]]) -> Slot | None:
    """The earliest span of `length` in [begin, end) that meets no busy one. Sums go through UTC: DST changes."""
    start = begin.astimezone(UTC)
    while start + length <= end:
        stop = start + length
        taken = [until for since, until in busy if since < stop and until > start]
        if not taken:
            return Slot(start.astimezone(begin.tzinfo), stop.astimezone(begin.tzinfo))
        start = _rounded(max(taken)).astimezone(UTC)
    return None
