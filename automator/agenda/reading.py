"""From the bytes of a calendar to the occurrences that a source reports: the window, and the cursor's day."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from functools import partial
from zoneinfo import ZoneInfo

from automator.agenda.ics import IcsRead, read_ics

BACK = timedelta(days=7)
AHEAD = timedelta(days=62)
Runner = Callable[[Callable[[bytes], IcsRead], bytes], IcsRead]


def here(function: Callable[[bytes], IcsRead], data: bytes) -> IcsRead:
    """The runner without a sandbox: calls the function where we are."""
    return function(data)


def occurrences(data: bytes, calendar: str, zone: ZoneInfo, now: datetime, run: Runner) -> IcsRead:
    """What the file holds from a week before `now` to 62 days after, read by `run` (the sandbox, or `here`)."""
    found = run(partial(read_utc, calendar=calendar, zone=zone, start=now - BACK, end=now + AHEAD), data)
    return _moved(found, zone)


def read_utc(data: bytes, *, calendar: str, zone: ZoneInfo, start: datetime, end: datetime) -> IcsRead:
    """`read_ics` with its times in UTC: a time zone object may not come out of the sandbox."""
    return _moved(read_ics(data, calendar=calendar, zone=zone, start=start, end=end), UTC)


def _moved(found: IcsRead, zone: tzinfo) -> IcsRead:
    events = (replace(e, start=e.start.astimezone(zone), end=e.end.astimezone(zone)) for e in found.events)
    return IcsRead(tuple(events), found.notes)


def load_cursor(cursor: str | None, today: str) -> dict[str, str]:
    """The marks of the last reading; none when it was made on another day.

    The window moves with the days: a file that did not change shows new occurrences tomorrow, so that each day
    begins with a whole reading.
    """
    if not cursor:
        return {}
    try:
        marks = json.loads(cursor)
    except ValueError:
        return {}
    if not isinstance(marks, dict) or marks.get("day") != today:
        return {}
    return {str(name): str(value) for name, value in marks.items()}


def save_cursor(today: str, **marks: str) -> str:
    """The cursor for the next reading; empty marks are left out."""
    return json.dumps({"day": today, **{name: value for name, value in marks.items() if value}}, sort_keys=True)
