"""Durations as people write them ("7 jours ouvrés", "4 working hours", "1 mois"), and the moment they lead to."""

from __future__ import annotations

import calendar as months
import difflib
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from automator.agenda.workdays import WorkCalendar

Unit = Literal["day", "working_day", "saturday_day", "working_hour", "week", "month"]

_UNITS: dict[str, Unit] = {
    "jour": "day",
    "jours": "day",
    "jour ouvre": "working_day",
    "jours ouvres": "working_day",
    "jour ouvrable": "saturday_day",
    "jours ouvrables": "saturday_day",
    "h ouvree": "working_hour",
    "h ouvrees": "working_hour",
    "semaine": "week",
    "semaines": "week",
    "mois": "month",
    "day": "day",
    "days": "day",
    "working day": "working_day",
    "working days": "working_day",
    "working hour": "working_hour",
    "working hours": "working_hour",
    "week": "week",
    "weeks": "week",
    "month": "month",
    "months": "month",
}
# What people write beside the closed list, and what they mean by it.
_MEANT = {
    "j": "jours",
    "jo": "jours ouvrés",
    "jours ouvre": "jours ouvrés",
    "h": "h ouvrées",
    "heure": "h ouvrées",
    "heures": "h ouvrées",
    "heures ouvrees": "h ouvrées",
    "heure ouvree": "h ouvrée",
    "hour": "working hours",
    "hours": "working hours",
    "business day": "working days",
    "business days": "working days",
}
_SHOWN = {
    "jour": "jour",
    "jours": "jours",
    "jour ouvre": "jour ouvré",
    "jours ouvres": "jours ouvrés",
    "h ouvree": "h ouvrée",
    "h ouvrees": "h ouvrées",
}
UNITS_SHOWN = (
    "jours, jours ouvrés, jours ouvrables, h ouvrées, semaines, mois, "
    "days, working days, working hours, weeks, months"
)
_LARGEST = 3650


@dataclass(frozen=True, slots=True)
class Duration:
    """A count of one unit. day = calendar day, working_day = Mon-Fri, saturday_day = Mon-Sat (jours ouvrables),
    working_hour = inside the opening window; `text` is what the owner wrote."""

    count: int
    unit: Unit
    text: str = ""


class DurationError(ValueError):
    """Not a duration of the closed list; `suggestion` is what was probably meant, "" if nothing comes near."""

    def __init__(self, text: str, suggestion: str = "") -> None:
        super().__init__(f"{text!r} is not a duration: write a number and one of {UNITS_SHOWN}")
        self.text = text
        self.suggestion = suggestion


def parse_duration(text: str) -> Duration:
    """Read a duration of the closed list (rules.md); accents, case and plural are free.

    Raises DurationError (a ValueError) with a suggestion for anything else, also for 0 and above ten years.
    """
    found = re.fullmatch(r"\s*(\d{1,9})\s*(\D+?)\s*", text)
    if not found:
        raise DurationError(text, _signless(text))
    count, unit = int(found[1]), _plain(found[2])
    if unit not in _UNITS:
        raise DurationError(text, _near(count, unit))
    if not 1 <= count <= _LARGEST:
        raise DurationError(text)
    return Duration(count, _UNITS[unit], text.strip())


def due(
    base: datetime, duration: Duration, calendar: WorkCalendar, *, before: bool = False, owner_only: bool = False
) -> datetime:
    """When a step falls due, counted from `base` (aware); the result is aware, in the firm's zone.

    1. The local day of `base` is day 0, also when it is closed.
    2. Working days and Saturday days are counted; holidays and closures never count.
    3. Calendar days, weeks and months that end on a closed day move to the next working day (`before`: to the
       previous one); "1 mois" ends on the same number or on the month's last day.
    4. Saturday days that end on a Saturday move likewise, unless the step concerns the owner only.
    5. All of these fall due at the opening of that day; working hours run inside the window only.
    """
    if duration.unit == "working_hour":
        return _working_hours(base, duration.count, calendar, before=before)
    day = _counted(calendar.local_day(base), duration, calendar, -1 if before else 1)
    lenient = duration.unit == "saturday_day" and owner_only
    if not calendar.is_working(day, saturday=lenient):
        day = calendar.previous_working(day) if before else calendar.next_working(day)
    return calendar.day_start(day)


def _counted(day: date, duration: Duration, calendar: WorkCalendar, sign: int) -> date:
    count = sign * duration.count
    if duration.unit == "working_day":
        return calendar.add_working(day, count)
    if duration.unit == "saturday_day":
        return calendar.add_working(day, count, saturday=True)
    if duration.unit == "month":
        return _add_months(day, count)
    return day + timedelta(days=count * (7 if duration.unit == "week" else 1))


def _add_months(day: date, count: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))


def _working_hours(base: datetime, hours: int, calendar: WorkCalendar, *, before: bool) -> datetime:
    left = timedelta(hours=hours)
    moment = _last_open(base, calendar) if before else calendar.next_opening(base)
    while True:
        day = calendar.local_day(moment)
        edge = calendar.day_start(day) if before else calendar.day_end(day)
        room = abs(_span(moment, edge))
        if left <= room:
            return _plus(moment, -left if before else left, calendar)
        left -= room
        if before:
            moment = calendar.day_end(calendar.previous_working(day - timedelta(days=1)))
        else:
            moment = calendar.day_start(calendar.next_working(day + timedelta(days=1)))


def _last_open(moment: datetime, calendar: WorkCalendar) -> datetime:
    if calendar.is_open(moment):
        return moment.astimezone(calendar.zone)
    day = calendar.local_day(moment)
    if moment < calendar.day_end(day):
        day -= timedelta(days=1)
    return calendar.day_end(calendar.previous_working(day))


def _span(a: datetime, b: datetime) -> timedelta:
    # Two moments of one zone subtract as wall times; through the timestamp it is real time, DST included.
    return timedelta(seconds=b.timestamp() - a.timestamp())


def _plus(moment: datetime, span: timedelta, calendar: WorkCalendar) -> datetime:
    return datetime.fromtimestamp(moment.timestamp() + span.total_seconds(), calendar.zone)


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in letters if not unicodedata.combining(c)).split())


def _near(count: int, unit: str) -> str:
    if unit in _MEANT:
        return f"{count} {_MEANT[unit]}"
    near = difflib.get_close_matches(unit, _UNITS, n=1, cutoff=0.6)
    return f"{count} {_SHOWN.get(near[0], near[0])}" if near else ""


def _signless(text: str) -> str:
    """The duration meant by "-2 jours" or "J+7": field names say the sign, never the number."""
    found = re.search(r"(\d{1,4})\s*(\D*)$", text.strip())
    if not found:
        return ""
    unit = _plain(found[2])
    return f"{found[1]} {found[2].strip()}" if unit in _UNITS else f"{found[1]} jours"
