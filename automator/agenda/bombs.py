"""Recurrence rules that would keep a machine busy, told from the rule alone, before anything is expanded.

Measured: one day of FREQ=SECONDLY takes 7 s to expand, a DAILY rule that can never match 3 to 5 s. Half of these
are in the wild by accident, so a refused rule costs its own series only.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

MAX_FINE = 500  # occurrences that a rule finer than DAILY may have in all
MAX_STEPS = 160_000  # periods walked from the start of a series to the window: 438 years of days
MAX_TIMES = 24  # BYHOUR x BYMINUTE x BYSECOND of one day
_MONTH_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_FINE = {"HOURLY": 3_600, "MINUTELY": 60, "SECONDLY": 1}
_PERIOD_DAYS = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 28, "YEARLY": 365}
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2}))?")


class BombError(ValueError):
    """This rule is refused; the text says why in a few words."""


def day_of(value: str) -> datetime | None:
    """The moment that a DATE or DATE-TIME value writes, its zone left out; None when it writes none."""
    found = _DATE.match(value.strip())
    if found is None:
        return None
    try:
        return datetime(*(int(part or 0) for part in found.groups()))  # type: ignore[arg-type]  # noqa: DTZ001 - the zone is left out on purpose: days are compared
    except ValueError:
        return None


def cost(rule: str, start: datetime, until: datetime) -> int:
    """How many periods the expansion of `rule` walks from `start` to `until`; BombError when it is too many or endless.

    1. The rule is split into its parts; one without a known FREQ is refused.
    2. Finer than DAILY: allowed only when COUNT or UNTIL bound it to MAX_FINE occurrences in all.
    3. Several times a day: at most MAX_TIMES of them.
    4. A rule whose parts exclude each other never matches and would be searched for until the year 9999: refused.
    """
    parts = _parts(rule)
    freq = parts.get("FREQ", "")
    interval = _number(parts.get("INTERVAL", "1"))
    if interval < 1:
        raise BombError("an interval of nothing")
    if freq in _FINE:
        return _fine(parts, timedelta(seconds=_FINE[freq] * interval), start)
    if freq not in _PERIOD_DAYS:
        raise BombError("unknown frequency")
    if _times(parts) > MAX_TIMES:
        raise BombError("too many times a day")
    _refuse_endless(freq, interval, parts, start)
    steps = max(0, (until - start).days) // (_PERIOD_DAYS[freq] * interval) + 1
    if steps > MAX_STEPS:
        raise BombError("begins too long ago")
    return steps


def _parts(rule: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in rule.upper().split(";"))
    return {name.strip(): value.strip() for name, _, value in pairs if value.strip()}


def _number(text: str) -> int:
    try:
        return int(text[:9])
    except ValueError:
        raise BombError("a number is no number") from None


def _list(parts: dict[str, str], name: str) -> list[str]:
    return [item.strip() for item in parts.get(name, "").split(",") if item.strip()]


def _numbers(parts: dict[str, str], name: str) -> list[int]:
    return [_number(item) for item in _list(parts, name)]


def _fine(parts: dict[str, str], step: timedelta, start: datetime) -> int:
    if any(name.startswith("BY") for name in parts):
        raise BombError("finer than daily")
    bounds = []
    if "COUNT" in parts:
        bounds.append(_number(parts["COUNT"]))
    last = day_of(parts.get("UNTIL", ""))
    if last is not None:
        bounds.append(max(0, (last - start) // step) + 1)
    if not bounds or min(bounds) > MAX_FINE:
        raise BombError("finer than daily")
    return min(bounds)


def _times(parts: dict[str, str]) -> int:
    product = 1
    for name in ("BYHOUR", "BYMINUTE", "BYSECOND"):
        product *= max(1, len(_list(parts, name)))
    return product


def _refuse_endless(freq: str, interval: int, parts: dict[str, str], start: datetime) -> None:
    by = {name for name in parts if name.startswith("BY")}
    misplaced = {"BYWEEKNO"} if freq != "YEARLY" else set()
    misplaced |= {"BYYEARDAY"} if freq != "YEARLY" else set()
    misplaced |= {"BYMONTHDAY"} if freq == "WEEKLY" else set()
    misplaced |= {"BYSETPOS"} if freq == "DAILY" else set()
    rare = by & {"BYWEEKNO", "BYYEARDAY"}
    if by & misplaced or (rare and by & {"BYMONTH", "BYMONTHDAY", "BYSETPOS"}) or len(rare) == 2:
        raise BombError("parts that exclude each other")
    if not _day_exists(parts) or not _positions_exist(freq, parts):
        raise BombError("a day that never comes")
    days = [day[-2:] for day in _list(parts, "BYDAY")]
    if freq == "DAILY" and days and interval % 7 == 0 and _WEEKDAYS[start.weekday()] not in days:
        raise BombError("a day that never comes")


def _day_exists(parts: dict[str, str]) -> bool:
    """Has any of the months any of the days? (RFC 5545: negative days count from the end)"""
    days = _numbers(parts, "BYMONTHDAY") or [1]
    months = _numbers(parts, "BYMONTH") or list(range(1, 13))
    lengths = [_MONTH_DAYS[month - 1] for month in months if 1 <= month <= 12]
    return any(1 <= abs(day) <= length for day in days for length in lengths)


def _positions_exist(freq: str, parts: dict[str, str]) -> bool:
    """Can the BYSETPOS-th element exist in a period that holds so many?"""
    wanted = _numbers(parts, "BYSETPOS")
    if not wanted:
        return True
    weekdays, monthdays = len(_list(parts, "BYDAY")), len(_list(parts, "BYMONTHDAY"))
    size = {"WEEKLY": max(1, weekdays), "MONTHLY": max(1, weekdays * 5, monthdays), "YEARLY": 366}.get(freq, 1)
    return any(1 <= abs(position) <= size * _times(parts) for position in wanted)
