"""Real calendars that nobody here wrote: nothing raises, and time stays bounded.

They lie beside the clone (AUTOMATOR_FIXTURES, default ../shared/fixtures) under their own licences and are not
copied into the project.
"""

from __future__ import annotations

import os
import re
import resource
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from automator.agenda.conflicts import clashes
from automator.agenda.event import CalendarEvent
from automator.agenda.ics import read_ics, write_ics

PARIS = ZoneInfo("Europe/Paris")
HERE = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("AUTOMATOR_FIXTURES", HERE.parent / "shared" / "fixtures")) / "ics"
FILES = sorted(FOLDER.rglob("*.ics"))


def busiest_month(data: bytes) -> datetime:
    """The month in which most entries of the file begin, so that the window holds something."""
    months = Counter(re.findall(rb"DTSTART[^:\n]*:(\d{4})(0[1-9]|1[0-2])", data)).most_common(1)
    year, month = months[0][0] if months else (b"2026", b"11")
    return datetime(max(1, int(year)), int(month), 1, tzinfo=PARIS)


@pytest.mark.skipif(not FILES, reason="the folder of real files is not there (AUTOMATOR_FIXTURES)")
def test_every_real_calendar_is_read_without_error() -> None:
    used = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    total = 0
    for path in FILES:
        data = path.read_bytes()
        start = busiest_month(data)
        found = read_ics(data, calendar="x", zone=PARIS, start=start, end=start + timedelta(days=69))
        assert all(isinstance(event, CalendarEvent) for event in found.events), path.name
        clashes(found.events)
        total += len(found.events)
    assert total > 1_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_utime - used < 20


@pytest.mark.skipif(not FILES, reason="the folder of real files is not there (AUTOMATOR_FIXTURES)")
@pytest.mark.parametrize(
    ("name", "start", "titles"),
    [
        ("recurring/event_10_times.ics", "2020-01-01", 10),
        ("recurring/Germany_Holidays.ics", "2019-01-01", 3),
        ("icalendar/issue_165_missing_event.ics", "2015-07-01", 14),
        ("recurring/each_week_but_two_deleted.ics", "2019-03-01", 6),
    ],
)
def test_evident_answers_are_found(name: str, start: str, titles: int) -> None:
    begin = datetime.fromisoformat(start).replace(tzinfo=PARIS)
    found = read_ics(
        (FOLDER / name).read_bytes(), calendar="x", zone=PARIS, start=begin, end=begin + timedelta(days=69)
    )
    assert len(found.events) == titles, [(e.title, e.start) for e in found.events]


@pytest.mark.skipif(not FILES, reason="the folder of real files is not there (AUTOMATOR_FIXTURES)")
def test_an_entry_can_be_put_into_every_whole_real_calendar() -> None:
    at = datetime(2026, 11, 25, 9, tzinfo=PARIS)
    event = CalendarEvent("a@automator.invalid", "x", "Échéance", at, at + timedelta(hours=1))
    written = 0
    for path in FILES:
        data = path.read_bytes()
        try:
            new = write_ics(data, event, now=at)
        except ValueError:
            continue
        written += 1
        begin = new.index(b"BEGIN:VEVENT\r\nUID:a@automator.invalid")
        assert new[:begin] + new[new.index(b"END:VCALENDAR", begin) :] == data, path.name
    assert written > 100
