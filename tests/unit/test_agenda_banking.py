"""On which days a transfer is carried out, and the days and months that people type."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automator.agenda.banking import execution_day, is_banking_day
from automator.agenda.daywords import read_day, read_month
from automator.agenda.workdays import WorkCalendar

FRANCE = WorkCalendar(ZoneInfo("Europe/Paris"))
TUESDAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    "day",
    ["2026-01-01", "2026-04-03", "2026-04-06", "2026-05-01", "2026-12-25", "2026-12-26", "2027-03-26", "2026-11-28"],
)
def test_target_is_closed(day: str) -> None:
    assert not is_banking_day(date.fromisoformat(day))


@pytest.mark.parametrize("day", ["2026-07-14", "2026-11-11", "2026-12-24", "2026-05-14"])
def test_target_is_open_on_holidays_that_are_french_alone(day: str) -> None:
    assert is_banking_day(date.fromisoformat(day))


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        ("2026-11-24", "2026-11-25"),
        ("2026-11-27", "2026-11-30"),  # Friday: Monday
        ("2026-11-10", "2026-11-12"),  # 11 November is no working day in France
        ("2026-04-02", "2026-04-07"),  # Good Friday is one, but banks do not settle
        ("2026-12-24", "2026-12-28"),
        ("2026-12-31", "2027-01-04"),
    ],
)
def test_the_next_day_that_both_keep(today: str, expected: str) -> None:
    assert execution_day(date.fromisoformat(today), FRANCE) == date.fromisoformat(expected)


def test_the_firms_own_closure_does_not_hold_a_payment_back() -> None:
    shut = WorkCalendar(ZoneInfo("Europe/Paris"), closures=((date(2026, 8, 3), date(2026, 8, 21)),))
    assert execution_day(date(2026, 8, 3), shut) == date(2026, 8, 4)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("friday", "2026-11-27"), ("Vendredi", "2026-11-27"), ("ven", "2026-11-27"), ("tue", "2026-11-24"),
        ("mardi", "2026-11-24"), ("lundi", "2026-11-30"), ("today", "2026-11-24"), ("aujourd’hui", "2026-11-24"),
        ("demain", "2026-11-25"), ("tomorrow", "2026-11-25"), ("+7d", "2026-12-01"), ("+7j", "2026-12-01"),
        ("+7 jours", "2026-12-01"), ("+2w", "2026-12-08"), ("+2 semaines", "2026-12-08"),
        ("2026-12-04", "2026-12-04"), ("04/12/2026", "2026-12-04"), (" 4/12/2026 ", "2026-12-04"),
    ],
)  # fmt: skip
def test_days_as_people_type_them(text: str, expected: str) -> None:
    assert read_day(text, TUESDAY) == date.fromisoformat(expected)


@pytest.mark.parametrize("text", ["", "soon", "2026-13-01", "31/02/2026", "+d", "7", "frid"])
def test_what_is_no_day(text: str) -> None:
    assert read_day(text, TUESDAY) is None


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.sampled_from(["lundi", "wednesday", "samedi", "sun"]))
def test_a_weekday_is_within_a_week_and_today_counts(today: date, word: str) -> None:
    found = read_day(word, today)
    assert found is not None
    assert timedelta(0) <= found - today < timedelta(7)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2026-10", "2026-10-01"), ("10/2026", "2026-10-01"), ("2026-9", "2026-09-01"), ("", "2026-10-01")],
)
def test_months(text: str, expected: str) -> None:
    assert read_month(text, TUESDAY) == date.fromisoformat(expected)


@pytest.mark.parametrize("text", ["october", "2026-13", "2026"])
def test_what_is_no_month(text: str) -> None:
    assert read_month(text, TUESDAY) is None


def test_the_month_before_january_is_december() -> None:
    assert read_month("", date(2027, 1, 31)) == date(2026, 12, 1)
