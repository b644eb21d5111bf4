"""On which days banks move money: the closing days of TARGET, the settlement system of the euro."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache

from automator.agenda.workdays import WorkCalendar, holiday_library

_DAY = timedelta(days=1)


@lru_cache(maxsize=8)
def _closing_days(year: int) -> frozenset[date]:
    return frozenset(holiday_library().financial_holidays("XECB", years=[year]))


def is_banking_day(day: date) -> bool:
    """Does TARGET settle on this day? Not at weekends, on 1 January, Good Friday, Easter Monday, 1 May, 25 and 26
    December (ECB)."""
    return day.weekday() < 5 and day not in _closing_days(day.year)


def execution_day(today: date, calendar: WorkCalendar) -> date:
    """The first day after `today` on which a transfer can be carried out: TARGET settles, and it is no public holiday
    of the firm's country. The firm's own closures do not matter: the bank works on."""
    banks = replace(calendar, closures=())
    day = banks.next_working(today + _DAY)
    while not is_banking_day(day):
        day = banks.next_working(day + _DAY)
    return day
