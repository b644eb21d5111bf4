"""Working days, the window, and durations as people write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automator.agenda.durations import Duration, DurationError, due, parse_duration
from automator.agenda.workdays import WorkCalendar

PARIS = ZoneInfo("Europe/Paris")
FR = WorkCalendar(PARIS)
SUMMER = WorkCalendar(PARIS, closures=((date(2026, 8, 3), date(2026, 8, 21)),))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


def wall(moment: datetime) -> str:
    return moment.astimezone(PARIS).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("day", "working", "saturday"),
    [
        ("2026-11-10", True, True),
        ("2026-11-11", False, False),  # Armistice
        ("2026-11-14", False, True),  # Saturday
        ("2026-11-15", False, False),
        ("2026-05-14", False, False),  # Ascension
        ("2026-04-03", True, True),  # Good Friday is a working day in most of France
    ],
)
def test_working_days_of_france(day: str, working: bool, saturday: bool) -> None:
    assert FR.is_working(date.fromisoformat(day)) is working
    assert FR.is_working(date.fromisoformat(day), saturday=True) is saturday


def test_alsace_has_its_own_holidays() -> None:
    alsace = WorkCalendar(PARIS, subdivision="Moselle")
    assert not alsace.is_working(date(2026, 12, 26), saturday=True)
    assert alsace.holiday(date(2026, 4, 3)) == "Vendredi saint"
    assert FR.holiday(date(2026, 4, 3)) == ""
    assert FR.holiday(date(2026, 11, 11)) == "Armistice"


def test_a_country_that_is_not_known_is_said() -> None:
    with pytest.raises(ValueError, match="XX"):
        WorkCalendar(PARIS, country="XX").is_working(date(2026, 11, 10))


def test_without_a_country_only_weekends_are_closed() -> None:
    assert WorkCalendar(PARIS, country="").is_working(date(2026, 11, 11))


def test_a_closure_is_not_worked() -> None:
    assert SUMMER.closed(date(2026, 8, 3))
    assert SUMMER.next_working(date(2026, 8, 3)) == date(2026, 8, 24)
    assert SUMMER.previous_working(date(2026, 8, 21)) == date(2026, 7, 31)
    assert SUMMER.add_working(date(2026, 7, 31), 1) == date(2026, 8, 24)


def test_a_calendar_without_an_open_day_is_an_error_not_a_loop() -> None:
    shut = WorkCalendar(PARIS, closures=((date(2000, 1, 1), date(2099, 12, 31)),))
    with pytest.raises(ValueError, match="no open day"):
        shut.next_working(date(2026, 1, 1))


def test_adding_and_counting_working_days() -> None:
    assert FR.add_working(date(2026, 11, 2), 7) == date(2026, 11, 12)
    assert FR.add_working(date(2026, 11, 12), -7) == date(2026, 11, 2)
    assert FR.add_working(date(2026, 11, 8), 1) == date(2026, 11, 9)  # a Sunday is day 0 all the same
    assert FR.add_working(date(2026, 11, 8), 0) == date(2026, 11, 8)
    assert FR.working_days_between(date(2026, 11, 2), date(2026, 11, 12)) == 7
    assert FR.working_days_between(date(2026, 11, 12), date(2026, 11, 2)) == -7
    assert FR.working_days_between(date(2026, 11, 2), date(2026, 11, 2)) == 0


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        ("2026-11-10T12:00", "2026-11-10 12:00"),
        ("2026-11-10T09:00", "2026-11-10 09:00"),
        ("2026-11-10T18:00", "2026-11-12 09:00"),
        ("2026-11-10T07:30", "2026-11-10 09:00"),
        ("2026-11-13T19:00", "2026-11-16 09:00"),
        ("2026-11-11T12:00", "2026-11-12 09:00"),
    ],
)
def test_next_opening(moment: str, opening: str) -> None:
    assert wall(FR.next_opening(at(moment))) == opening
    assert FR.is_open(at(moment)) is (wall(at(moment)) == opening)


def test_next_opening_reads_any_zone() -> None:
    assert wall(FR.next_opening(datetime(2026, 11, 10, 16, 59, tzinfo=UTC))) == "2026-11-10 17:59"
    assert wall(FR.next_opening(datetime(2026, 11, 10, 17, 0, tzinfo=UTC))) == "2026-11-12 09:00"


def test_an_opening_hour_that_the_spring_change_skips() -> None:
    night = WorkCalendar(PARIS, country="", open=time(2, 30), close=time(4))
    assert night.day_start(date(2026, 3, 29)).strftime("%H:%M %z") == "03:30 +0200"


@pytest.mark.parametrize(
    ("text", "count", "unit"),
    [
        ("7 jours ouvrés", 7, "working_day"),
        ("1 jour ouvré", 1, "working_day"),
        ("2 JOURS OUVRES", 2, "working_day"),
        ("3 jours ouvrables", 3, "saturday_day"),
        ("15 jours", 15, "day"),
        ("4 h ouvrées", 4, "working_hour"),
        ("4h ouvrees", 4, "working_hour"),
        ("2 semaines", 2, "week"),
        ("1 mois", 1, "month"),
        ("  2  working   days ", 2, "working_day"),
        ("1 working hour", 1, "working_hour"),
        ("7 days", 7, "day"),
        ("1 week", 1, "week"),
        ("3 months", 3, "month"),
    ],
)
def test_durations_of_the_closed_list(text: str, count: int, unit: str) -> None:
    found = parse_duration(text)
    assert (found.count, found.unit, found.text) == (count, unit, text.strip())


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("-2 jours", "2 jours"),
        ("J+7", "7 jours"),
        ("3 heures", "3 h ouvrées"),
        ("2 jour ouvrés", "2 jours ouvrés"),
        ("5 business days", "5 working days"),
        ("5 joures", "5 jours"),
        ("deux jours", ""),
        ("0 jours", ""),
        ("99999 jours", ""),
        ("", ""),
        ("7 jours et demi de plus", ""),
        ("3 ans", ""),
    ],
)
def test_anything_else_is_refused_with_what_was_meant(text: str, suggestion: str) -> None:
    with pytest.raises(DurationError, match="is not a duration") as caught:
        parse_duration(text)
    assert caught.value.suggestion == suggestion
    if suggestion:
        assert parse_duration(suggestion).count > 0


@pytest.mark.parametrize(
    ("base", "text", "moment"),
    [
        ("2026-11-02T00:00", "7 jours ouvrés", "2026-11-12 09:00"),
        ("2026-11-06T16:40", "2 jours ouvrés", "2026-11-10 09:00"),
        ("2026-11-07T10:00", "2 jours ouvrés", "2026-11-10 09:00"),
        ("2026-10-28T10:00", "14 jours", "2026-11-12 09:00"),  # 11 November moves on
        ("2026-11-02T10:00", "5 jours", "2026-11-09 09:00"),  # a Saturday moves on
        ("2026-11-02T10:00", "1 semaine", "2026-11-09 09:00"),
        ("2027-01-31T10:00", "1 mois", "2027-03-01 09:00"),  # 28 February 2027 is a Sunday
        ("2026-01-31T10:00", "3 mois", "2026-04-30 09:00"),
        ("2026-12-15T10:00", "1 mois", "2027-01-15 09:00"),
        ("2026-11-10T14:00", "4 h ouvrées", "2026-11-10 18:00"),
        ("2026-11-10T15:00", "4 h ouvrées", "2026-11-12 10:00"),
        ("2026-11-11T15:00", "4 h ouvrées", "2026-11-12 13:00"),
        ("2026-11-10T07:00", "20 h ouvrées", "2026-11-13 11:00"),
    ],
)
def test_when_a_step_falls_due(base: str, text: str, moment: str) -> None:
    assert wall(due(at(base), parse_duration(text), FR)) == moment


@pytest.mark.parametrize(
    ("base", "text", "moment"),
    [
        ("2026-11-17T14:00", "1 jour ouvré", "2026-11-16 09:00"),
        ("2026-11-12T14:00", "1 jour", "2026-11-10 09:00"),  # the eve is a holiday: earlier still
        ("2026-11-16T14:00", "2 jours ouvrables", "2026-11-13 09:00"),
        ("2026-03-31T14:00", "1 mois", "2026-02-27 09:00"),
        ("2026-11-12T10:00", "2 working hours", "2026-11-10 17:00"),
        ("2026-11-16T07:00", "1 working hour", "2026-11-13 17:00"),
        ("2026-11-16T20:00", "1 working hour", "2026-11-16 17:00"),
        ("2026-11-16T12:00", "11 working hours", "2026-11-13 10:00"),
    ],
)
def test_counted_before_its_event(base: str, text: str, moment: str) -> None:
    assert wall(due(at(base), parse_duration(text), FR, before=True)) == moment


def test_jours_ouvrables_end_on_a_saturday_only_for_the_owner() -> None:
    base, five = at("2026-11-02T10:00"), parse_duration("5 jours ouvrables")
    assert wall(due(base, five, FR, owner_only=True)) == "2026-11-07 09:00"
    assert wall(due(base, five, FR)) == "2026-11-09 09:00"


def test_the_opening_keeps_its_wall_time_across_the_change_of_hour() -> None:
    found = due(at("2026-10-23T10:00"), parse_duration("2 jours ouvrés"), FR)
    assert found.isoformat() == "2026-10-27T09:00:00+01:00"
    hours = due(at("2026-10-23T17:00"), parse_duration("2 h ouvrées"), FR)
    assert hours.isoformat() == "2026-10-26T10:00:00+01:00"


UNITS = st.sampled_from(["day", "working_day", "saturday_day", "week", "month"])
MOMENTS = st.integers(0, 10 * 365 * 24 * 60).map(lambda n: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=n))


@given(base=MOMENTS, count=st.integers(1, 60), unit=UNITS, before=st.booleans())
def test_day_durations_end_on_a_working_day_at_opening(base: datetime, count: int, unit: str, before: bool) -> None:
    found = due(base, Duration(count, unit), SUMMER, before=before)  # type: ignore[arg-type]
    assert SUMMER.is_working(found.date())
    assert found == SUMMER.day_start(found.date())
    day = SUMMER.local_day(base)
    assert found.date() < day if before else found.date() > day


@given(base=MOMENTS, hours=st.integers(1, 80))
def test_working_hours_use_exactly_that_much_of_the_window(base: datetime, hours: int) -> None:
    found = due(base, Duration(hours, "working_hour"), SUMMER)
    start = SUMMER.next_opening(base)
    days = SUMMER.working_days_between(start.date(), found.date())
    spent = timedelta(hours=9) * days + (found.replace(tzinfo=None) - datetime.combine(found.date(), time(9)))
    spent -= start.replace(tzinfo=None) - datetime.combine(start.date(), time(9))
    assert spent == timedelta(hours=hours)
