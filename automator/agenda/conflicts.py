"""Which meetings overlap."""

from __future__ import annotations

from collections.abc import Iterable

from automator.agenda.event import CalendarEvent

MAX_PAIRS = 200  # a forged calendar of 5,000 meetings at one hour has 12 million pairs; nobody reads more than 200


def clashes(events: Iterable[CalendarEvent]) -> list[tuple[CalendarEvent, CalendarEvent]]:
    """Pairs of meetings that overlap, the earlier start first, in order of time; at most 200.

    Touching is not clashing. All-day, transparent, cancelled and own entries never clash, nor do entries without
    length, nor the same meeting seen in two calendars (same UID and occurrence, or same title and times).
    """
    busy = sorted((e for e in events if occupies(e)), key=lambda event: (event.start, event.end, event.key))
    found: list[tuple[CalendarEvent, CalendarEvent]] = []
    running: list[CalendarEvent] = []
    for event in busy:
        running = [other for other in running if other.end > event.start]
        for other in running:
            if len(found) == MAX_PAIRS:
                return found
            if not _same(other, event):
                found.append((other, event))
        running.append(event)
    return found


def occupies(event: CalendarEvent) -> bool:
    """Does this entry take up time in which the owner can do nothing else?"""
    return not (event.all_day or event.transparent or event.cancelled or event.ours) and event.end > event.start


def _same(one: CalendarEvent, other: CalendarEvent) -> bool:
    if (one.uid, one.recurrence) == (other.uid, other.recurrence):
        return True
    titles = (one.title.casefold(), other.title.casefold())
    times = (one.start, one.end) == (other.start, other.end)
    return one.calendar != other.calendar and times and titles[0] == titles[1]
