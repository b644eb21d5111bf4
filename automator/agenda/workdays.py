"""Working days of one firm: public holidays, its own closures, and the window in which mail to others leaves."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from types import ModuleType
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
_LONGEST_CLOSURE = 3660  # days: past ten years without one open day the calendar itself is wrong


@lru_cache(maxsize=64)
def _holidays(country: str, subdivision: str, year: int) -> Mapping[date, str]:
    if not country:
        return {}
    try:
        found = holiday_library().country_holidays(
            country, subdiv=subdivision or None, years=year, language=_language(country)
        )
    except (NotImplementedError, KeyError) as error:
        raise ValueError(f"No public holidays are known for {country} {subdivision}".rstrip()) from error
    return {day: name for day, name in found.items() if day.year == year}


def holiday_library() -> ModuleType:
    """The holidays library without its package of all countries, whose loading takes 0.4 s and 8 MB.

    The library finds a country by the name of its module, so an empty package with the same path serves it.
    """
    import holidays

    hollow = ModuleType("holidays.countries")
    hollow.__path__ = [f"{folder}/countries" for folder in holidays.__path__]
    sys.modules.setdefault(hollow.__name__, hollow)
    return holidays


def _language(country: str) -> str | None:
    # Names in the tongue of the country where the library has it; France is the one the tests look at.
    return {"FR": "fr", "GB": "en_GB", "US": "en_US"}.get(country)


@dataclass(frozen=True)
class WorkCalendar:
    """When this firm works: Monday to Friday without public holidays and closures, from `open` to `close`.

    `zone` is the firm's; `country` an ISO 3166 code ("" = no public holidays), `subdivision` as in the `holidays`
    library ("Moselle", "Alsace" ...). `closures` are spans of days, both ends included. `saturday=True` asks for
    French *jours ouvrables* (Monday to Saturday). Raises ValueError for an unknown country, or when no open day
    lies within ten years.
    """

    zone: ZoneInfo
    country: str = "FR"
    subdivision: str = ""
    closures: tuple[tuple[date, date], ...] = ()
    open: time = time(9)
    close: time = time(18)

    def holiday(self, day: date) -> str:
        """The name of the public holiday, "" on any other day."""
        return _holidays(self.country, self.subdivision, day.year).get(day, "")

    def closed(self, day: date) -> bool:
        """Is the firm shut for its own reasons?"""
        return any(first <= day <= last for first, last in self.closures)

    def is_working(self, day: date, *, saturday: bool = False) -> bool:
        """Is this a day of work?"""
        return day.weekday() < (6 if saturday else 5) and not self.holiday(day) and not self.closed(day)

    def next_working(self, day: date, *, saturday: bool = False) -> date:
        """This day if it is one of work, else the next that is."""
        return next(self._working_from(day, _DAY, saturday=saturday))

    def previous_working(self, day: date, *, saturday: bool = False) -> date:
        """This day if it is one of work, else the last one before."""
        return next(self._working_from(day, -_DAY, saturday=saturday))

    def add_working(self, day: date, n: int, *, saturday: bool = False) -> date:
        """The n-th day of work after `day` (before it when n < 0). `day` is day 0 even if closed; n = 0 gives it."""
        step = _DAY if n > 0 else -_DAY
        for _ in range(abs(n)):
            day = next(self._working_from(day + step, step, saturday=saturday))
        return day

    def working_days_between(self, a: date, b: date) -> int:
        """Days of work after `a` up to and including `b`; negative when b < a, counted the same way."""
        if b < a:
            return -self.working_days_between(b, a)
        return sum(self.is_working(a + _DAY * i) for i in range(1, (b - a).days + 1))

    def day_start(self, day: date) -> datetime:
        """The moment of opening on that day (aware, in `zone`)."""
        return self._at(day, self.open)

    def day_end(self, day: date) -> datetime:
        """The moment of closing on that day (aware, in `zone`)."""
        return self._at(day, self.close)

    def is_open(self, moment: datetime) -> bool:
        """Does this moment lie inside the window, [open, close) of a day of work?"""
        day = moment.astimezone(self.zone).date()
        return self.is_working(day) and self.day_start(day) <= moment < self.day_end(day)

    def next_opening(self, moment: datetime) -> datetime:
        """The same moment if it lies inside the window, else the next opening (aware, in `zone`)."""
        local = moment.astimezone(self.zone)
        if self.is_open(local):
            return local
        day = local.date() if local < self.day_start(local.date()) else local.date() + _DAY
        return self.day_start(self.next_working(day))

    def local_day(self, moment: datetime) -> date:
        """The firm's date at that moment."""
        return moment.astimezone(self.zone).date()

    def _at(self, day: date, clock: time) -> datetime:
        # Through UTC and back: an hour that the spring change skips becomes the one that the wall shows.
        return datetime.combine(day, clock, self.zone).astimezone(UTC).astimezone(self.zone)

    def _working_from(self, day: date, step: timedelta, *, saturday: bool) -> Iterator[date]:
        for _ in range(_LONGEST_CLOSURE):
            if self.is_working(day, saturday=saturday):
                yield day
            day += step
        raise ValueError(f"The working calendar has no open day around {day}")
