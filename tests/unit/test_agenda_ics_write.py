"""Entries out: one is added or replaced, and not a byte of the others changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automator.agenda.event import CalendarEvent
from automator.agenda.ics import read_ics, write_ics

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 9, 7, tzinfo=UTC)
EVENT = CalendarEvent(
    uid="abc@automator.invalid",
    calendar="bureau",
    title="Payer Lerat; F-1, 640 €",
    start=datetime(2026, 11, 25, 9, tzinfo=PARIS),
    end=datetime(2026, 11, 25, 9, 30, tzinfo=PARIS),
    location="Bureau",
    description="Échéance\nvirement",
    transparent=True,
    ours=True,
)
OTHERS = (
    b"BEGIN:VCALENDAR\nX-ODD:\xc3\xa9 kept;as=is\n"
    b"BEGIN:VEVENT\nUID:other\nDTSTART:20261120T100000\nX-LONG:1\n 2\nEND:VEVENT\n"
    b"BEGIN:VEVENT\nUID:broken\nDTSTART:??\nEND:VEVENT\nEND:VCALENDAR\n"
)


def read(data: bytes) -> list[CalendarEvent]:
    start = datetime(2026, 11, 1, tzinfo=PARIS)
    return list(read_ics(data, calendar="bureau", zone=PARIS, start=start, end=start + timedelta(days=69)).events)


@pytest.mark.parametrize("existing", [None, b"", b" \r\n"])
def test_a_new_file_holds_the_entry_and_reads_back_equal(existing: bytes | None) -> None:
    data = write_ics(existing, EVENT, now=NOW)
    assert read(data) == [EVENT]
    assert data.startswith(b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:")
    assert b"DTSTAMP:20261109T070000Z\r\n" in data
    assert max(len(line) for line in data.split(b"\r\n")) <= 75


def test_all_day_entries_and_alarms() -> None:
    day = datetime(2026, 11, 25, tzinfo=PARIS)
    event = replace(EVENT, all_day=True, start=day, end=day + timedelta(days=1), alarm=timedelta(hours=15))
    data = write_ics(None, event, now=NOW)
    assert b"DTSTART;VALUE=DATE:20261125\r\nDTEND;VALUE=DATE:20261126\r\n" in data
    assert b"TRIGGER:-PT900M\r\n" in data
    assert read(data) == [replace(event, alarm=None)]


@pytest.mark.parametrize(
    ("hours", "last"), [(0, b"20261126"), (3, b"20261126"), (24, b"20261126"), (30, b"20261127")]
)
def test_an_all_day_entry_ends_after_its_last_day(hours: int, last: bytes) -> None:
    day = datetime(2026, 11, 25, tzinfo=PARIS)
    data = write_ics(None, replace(EVENT, all_day=True, start=day, end=day + timedelta(hours=hours)), now=NOW)
    assert b"DTEND;VALUE=DATE:" + last in data


def test_long_texts_are_folded_between_signs() -> None:
    event = replace(EVENT, title="é€😀" * 60, description="x" * 300)
    data = write_ics(None, event, now=NOW)
    assert max(len(line) for line in data.split(b"\r\n")) <= 75
    assert all(line.decode() is not None for line in data.split(b"\r\n"))
    assert read(data) == [event]


def test_nothing_else_in_the_file_changes() -> None:
    data = write_ics(OTHERS, EVENT, now=NOW)
    begin, end = data.index(b"BEGIN:VEVENT\r\nUID:abc@"), data.rindex(b"END:VCALENDAR")
    assert data[:begin] + data[end:] == OTHERS
    assert [e.uid for e in read(data)] == ["other", EVENT.uid]


def test_writing_twice_is_writing_once() -> None:
    once = write_ics(OTHERS, EVENT, now=NOW)
    assert write_ics(once, EVENT, now=NOW) == once
    moved = replace(
        EVENT, title="Autre jour", start=EVENT.start + timedelta(days=1), end=EVENT.end + timedelta(days=1)
    )
    again = write_ics(once, moved, now=NOW)
    assert [e.title for e in read(again) if e.uid == EVENT.uid] == ["Autre jour"]
    assert write_ics(again, EVENT, now=NOW) == once


def test_text_cannot_write_a_line_of_its_own() -> None:
    evil = replace(EVENT, title="a\r\nEND:VEVENT\r\nBEGIN:VEVENT\rUID:evil\x00\x07", uid="x\nUID:y@automator.invalid")
    data = write_ics(None, evil, now=NOW)
    assert len([line for line in data.split(b"\r\n") if line.startswith((b"BEGIN:VEVENT", b"UID:"))]) == 2


@pytest.mark.parametrize(
    ("existing", "why"),
    [(b"\xff\xfe", "UTF-8"), (b"hello", "BEGIN:VCALENDAR"), (b"BEGIN:VCALENDAR\nBEGIN:VEVENT\n", "END:VCALENDAR")],
)
def test_a_damaged_file_is_refused(existing: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        write_ics(existing, EVENT, now=NOW)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=150))
def test_any_title_survives_folding_and_escaping(title: str) -> None:
    title = "".join(sign for sign in title if sign.isprintable() or sign == " ")
    found = read(write_ics(OTHERS, replace(EVENT, title=title), now=NOW))
    assert " ".join(title.split()) == " ".join(found[1].title.split())
