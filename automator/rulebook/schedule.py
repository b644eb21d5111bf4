"""The dates of a rule `on = "date"`: listed one by one, or one a month or a year."""

from __future__ import annotations

import calendar as months
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from automator.agenda.workdays import WorkCalendar
from automator.rulebook.places import Path
from automator.rulebook.reading import Reading
from automator.rulebook.values import one_of, shown, unknown_keys

Every = Literal["", "month", "year"]
_KEYS = ("every", "day", "month", "if_holiday")


@dataclass(frozen=True, slots=True)
class Schedule:
    """Listed `dates`, or day `day` of every month (of month `month` of every year); a day that a month has not is
    its last. `if_holiday` moves one that falls on a closed day to the working day "before" or "after" ("" = stays)."""

    dates: tuple[date, ...] = ()
    every: Every = ""
    day: int = 1
    month: int = 1
    if_holiday: Literal["", "before", "after"] = ""

    def occurrences(self, first: date, last: date, calendar: WorkCalendar) -> tuple[date, ...]:
        """The dates from `first` to `last`, both included, in order."""
        # A move reaches across the edges of the span: look a month further on both sides.
        moved = (self._moved(day, calendar) for day in self._raw(first - timedelta(31), last + timedelta(31)))
        return tuple(sorted({day for day in moved if first <= day <= last}))

    def _moved(self, day: date, calendar: WorkCalendar) -> date:
        if self.if_holiday == "before":
            return calendar.previous_working(day)
        return calendar.next_working(day) if self.if_holiday == "after" else day

    def _raw(self, first: date, last: date) -> Iterator[date]:
        if not self.every:
            yield from self.dates
            return
        for index in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
            year, month = divmod(index, 12)
            if self.every == "month" or month + 1 == self.month:
                yield date(year, month + 1, min(self.day, months.monthrange(year, month + 1)[1]))


def read_schedule(reading: Reading, raw: object) -> Schedule | None:
    """The value of `schedule`; every mistake is reported, None when there was one."""
    if isinstance(raw, list):
        return _listed(reading, raw)
    if isinstance(raw, dict):
        return _repeated(reading, raw)
    _refuse(reading, ("schedule",), raw)
    return None


def _refuse(reading: Reading, path: Path, raw: object) -> None:
    message = reading.words.t("{value} is not a schedule.", value=shown(raw))
    fix = reading.words.t(
        'Write [2026-12-15, 2027-01-15] without quotes, or { every = "month", day = 19, if_holiday = "before" }.'
    )
    reading.add(path, "bad_schedule", message, fix=fix)


def _listed(reading: Reading, raw: list[Any]) -> Schedule | None:
    if not raw or not all(isinstance(day, date) and not isinstance(day, datetime) for day in raw):
        _refuse(reading, ("schedule",), raw)
    return None
    return Schedule(dates=tuple(raw))


def _repeated(reading: Reading, raw: Mapping[str, Any]) -> Schedule | None:
    before = len(reading.problems)
    unknown_keys(reading, raw, ("schedule",), _KEYS)
    every = one_of(reading, raw.get("every"), ("schedule", "every"), ("month", "year"))
    holiday = raw.get("if_holiday", "")
    if holiday != "":
        one_of(reading, holiday, ("schedule", "if_holiday"), ("before", "after"))
    day = _number(reading, raw, "day", 31)
    month = _number(reading, raw, "month", 12) if every == "year" else 1
    if len(reading.problems) > before:
        return None
    return Schedule((), "year" if every == "year" else "month", day, month, holiday)


def _number(reading: Reading, raw: Mapping[str, Any], key: str, most: int) -> int:
    value = raw.get(key)
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most:
        return value
    message = reading.words.t("{value} is not a whole number from 1 to {most}.", value=shown(value), most=most)
    reading.add(("schedule", key), "bad_value", message)
    return 1
