"""Overlaps and free hours."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automator.agenda.conflicts import MAX_PAIRS, clashes, occupies
from automator.agenda.event import CalendarEvent, Slot
from automator.agenda.slots import free_slots
from automator.agenda.workdays import WorkCalendar

PARIS = ZoneInfo("Europe/Paris")
WORK = WorkCalendar(PARIS)
MONDAY = datetime(2026, 11, 9, 7, tzinfo=PARIS)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=PARIS)


def meeting(uid: str, start: datetime, end: datetime, **more: object) -> CalendarEvent:
    return CalendarEvent(
        uid=uid, calendar=str(more.pop("calendar", "bureau")), title=uid, start=start, end=end, **more
    )  # type: ignore[arg-type]


A = meeting("a", at(10, 14), at(10, 15))
B = meeting("b", at(10, 14, 30), at(10, 16))


def test_overlapping_meetings_clash_earlier_first() -> None:
    assert clashes([B, A]) == [(A, B)]


def test_three_at_once_are_three_pairs() -> None:
    c = meeting("c", at(10, 14, 45), at(10, 14, 50))
    assert clashes([A, B, c]) == [(A, B), (A, c), (B, c)]


def test_touching_is_not_clashing() -> None:
    assert clashes([A, meeting("b", at(10, 15), at(10, 16))]) == []


@pytest.mark.parametrize(
    "other",
    [
        replace(B, transparent=True), replace(B, cancelled=True), replace(B, all_day=True), replace(B, ours=True),
        replace(B, end=B.start), replace(A, calendar="perso"), replace(A, calendar="perso", uid="x", title="A"),
    ],
)  # fmt: skip
def test_what_never_clashes(other: CalendarEvent) -> None:
    assert clashes([A, other]) == []


def test_two_occurrences_or_twins_in_one_calendar_do_clash() -> None:
    assert len(clashes([replace(A, recurrence="1"), replace(A, recurrence="2")])) == 1
    assert len(clashes([A, replace(A, uid="x")])) == 1


def test_the_same_hour_in_another_zone_clashes() -> None:
    assert len(clashes([A, meeting("z", at(10, 14).astimezone(UTC), at(10, 15).astimezone(UTC))])) == 1


def test_a_flood_of_meetings_gives_200_pairs() -> None:
    assert len(clashes([replace(A, uid=str(n)) for n in range(5_000)])) == MAX_PAIRS


SPANS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 8)), max_size=12)


@settings(max_examples=100, deadline=None)
@given(SPANS)
def test_pairs_are_those_of_the_definition(spans: list[tuple[int, int]]) -> None:
    events = [
        meeting(str(n), at(9, 0) + timedelta(hours=s), at(9, 0) + timedelta(hours=s + d))
        for n, (s, d) in enumerate(spans)
    ]
    expected = {
        frozenset({x.uid, y.uid})
        for x in events for y in events
        if x.uid < y.uid and occupies(x) and occupies(y) and x.start < y.end and y.start < x.end
    }  # fmt: skip
    assert {frozenset({x.uid, y.uid}) for x, y in clashes(events)} == expected


def shown(slots: tuple[Slot, ...]) -> list[str]:
    return [f"{slot.start:%d %H:%M}" for slot in slots]


def test_free_hours_differ_and_leave_out_lunch_and_the_armistice() -> None:
    assert shown(free_slots([], WORK, MONDAY, count=6)) == [
        "09 09:00",
        "09 14:00",
        "10 09:00",
        "10 14:00",
        "12 09:00",
        "12 14:00",
    ]


def test_two_hours_of_notice_and_full_or_half_hours() -> None:
    assert shown(free_slots([], WORK, at(9, 8, 10), count=1)) == ["09 10:30"]
    assert shown(free_slots([], WORK, at(9, 8, 30), count=1)) == ["09 10:30"]
    assert shown(free_slots([], WORK, at(9, 10, 1), count=1)) == ["09 14:00"]
    assert shown(free_slots([], WORK, at(13, 17), count=1)) == ["16 09:00"]
    assert shown(free_slots([], WORK, at(9, 15, 0).astimezone(UTC), count=1)) == ["09 17:00"]


def test_meetings_are_avoided_and_the_gap_after_them_used() -> None:
    busy = [meeting("a", at(9, 9), at(9, 10, 10)), meeting("b", at(9, 14), at(9, 17, 30))]
    assert shown(free_slots(busy, WORK, MONDAY, count=2)) == ["09 10:30", "10 09:00"]


def test_an_all_day_entry_takes_its_day_but_not_when_it_is_transparent() -> None:
    leave = meeting("congé", at(9, 0), at(10, 0), all_day=True)
    assert shown(free_slots([leave], WORK, MONDAY, count=1)) == ["10 09:00"]
    for free in (replace(leave, transparent=True), replace(leave, cancelled=True), replace(leave, ours=True)):
        assert shown(free_slots([free], WORK, MONDAY, count=1)) == ["09 09:00"]


def test_too_long_a_span_or_too_few_days_give_fewer() -> None:
    assert free_slots([], WORK, MONDAY, minutes=300) == ()
    assert len(free_slots([], WORK, MONDAY, count=50, days=1)) == 4
    assert free_slots([], WORK, MONDAY, count=0) == ()


def test_a_firm_that_closes_at_noon_has_mornings_only() -> None:
    half = WorkCalendar(PARIS, close=MONDAY.replace(hour=12).time())
    assert shown(free_slots([], half, MONDAY, count=2)) == ["09 09:00", "10 09:00"]


@settings(max_examples=60, deadline=None)
@given(SPANS, st.integers(15, 120))
def test_no_slot_meets_a_meeting_or_leaves_the_hours(spans: list[tuple[int, int]], minutes: int) -> None:
    busy = [
        meeting(str(n), at(9, 0) + timedelta(hours=s), at(9, 0) + timedelta(hours=s + d + 1))
        for n, (s, d) in enumerate(spans)
    ]
    for slot in free_slots(busy, WORK, MONDAY, minutes=minutes, count=8):
        assert slot.end - slot.start == timedelta(minutes=minutes)
        assert all(slot.end <= e.start or slot.start >= e.end for e in busy)
        assert WORK.is_open(slot.start)
        assert slot.end <= WORK.day_end(slot.start.date())
        assert slot.start.minute in {0, 30}
