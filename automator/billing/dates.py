"""Dates as bills and mails write them: numeric (day first), ISO, and month names of seven languages."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from automator.billing.fold import fold

_MONTHS = (
    "janvier janv jan january januar enero ene gennaio januari janeiro",
    "fevrier fevr fev february feb februar febrero febbraio februari fevereiro",
    "mars march mar marz marzo maart mrt marco",
    "avril avr april apr abril abr aprile",
    "mai may mayo maggio mei maio",
    "juin june jun juni junio giugno junho",
    "juillet juil july jul juli julio luglio julho",
    "aout august aug agosto ago augustus",
    "septembre sept sep september septiembre settembre setembro",
    "octobre oct october oktober okt octubre ottobre outubro",
    "novembre nov november noviembre novembro",
    "decembre dec december dezember dez diciembre dicembre dezembro",
)
MONTHS = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}
_MOST = 150  # dates of one form in one text
_MONTH = "(?P<{}>" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")(?![a-z])\.?"
_PATTERNS = (
    re.compile(r"(?<![\w/.-])(?P<y>20\d\d)-(?P<m>\d\d)-(?P<d>\d\d)(?!\d|-\d)"),
    re.compile(r"(?<![\w/.-])(?P<d>\d{1,2}) ?(?P<s>[/.-]) ?(?P<m>\d{1,2}) ?(?P=s) ?(?P<y>20\d\d|\d\d)(?![\w/-]|\.\d)"),
    re.compile(
        r"(?<![\w/.,-])(?P<d>\d{1,2})(?:er|st|nd|rd|th|\.|°)?(?:[ -]| of | de | di )?" + _MONTH.format("name")
        + r"(?:,? (?:de |del |do )?(?P<y>20\d\d)(?!\d)|-(?P<y2>20\d\d|\d\d)(?!\d))?"
    ),
    re.compile(
        r"(?<![a-z])" + _MONTH.format("name") + r" (?:the )?(?P<d>\d{1,2})(?:st|nd|rd|th)?(?![\d:%]|[.,]\d| ?[€h])"
        r"(?:,? (?P<y>20\d\d)(?!\d))?"
    ),
    re.compile(r"(?<![\w/.,-])(?=\d?\d/\d\d|\d\d/)(?P<d>\d{1,2})/(?P<m>\d{1,2})(?![\w/]|[.,]\d| ?[%€])"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date with its span in the text. `sure` is False when the year was not written and had to be guessed."""

    day: date
    span: tuple[int, int]
    sure: bool = True


def find_dates(text: str, near: date) -> list[FoundDate]:
    """Every date of `text`, in order of position. 03/04/2026 is 3 April unless another date of the text proves
    that the month stands first (04/25/2026). A date without a year is the one nearest to `near`, the future first.
    """
    folded = fold(text)
    american = _month_first(folded)
    found: list[FoundDate] = []
    for pattern in _PATTERNS:
        for hit in islice(pattern.finditer(folded), _MOST):
            if all(hit.end() <= f.span[0] or hit.start() >= f.span[1] for f in found):
                day = _day(hit, near, american=american)
                if day:
                    found.append(FoundDate(day, hit.span(), sure=bool(_year(hit))))
    return sorted(found, key=lambda f: f.span)


def one_date(text: str, near: date, *, american: bool = False) -> date | None:
    """The date that `text` is, as a whole; None when it is anything else."""
    folded = fold(text).strip()
    for pattern in _PATTERNS:
        hit = pattern.fullmatch(folded)
        if hit:
            return _day(hit, near, american=american)
    return None


def month_first(texts: Iterator[str]) -> bool:
    """Do these dates, taken together, prove that the month stands first?"""
    return _month_first("\n".join(fold(t) for t in texts))


def _month_first(folded: str) -> bool:
    pairs = [(int(h["d"]), int(h["m"])) for h in _PATTERNS[1].finditer(folded) if h["s"] == "/"]
    return any(m > 12 >= d for d, m in pairs) and not any(d > 12 for d, _ in pairs)


def _year(hit: re.Match[str]) -> str:
    groups = hit.groupdict()
    return groups.get("y") or groups.get("y2") or ""


def _day(hit: re.Match[str], near: date, *, american: bool) -> date | None:
    groups = hit.groupdict()
    day = int(groups["d"])
    month = MONTHS[groups["name"]] if groups.get("name") else int(groups["m"])
    if american and groups.get("s") == "/":
        day, month = month, day
    year = _year(hit)
    if not year:
        return nearest(day, month, near)
    return _date(int(year) + (2000 if len(year) == 2 else 0), month, day)


def nearest(day: int, month: int, near: date) -> date | None:
    """The day of a year that was left out: at most 8 months ahead of `near`, else the one before; None if no date."""
    options = [_date(near.year + shift, month, day) for shift in (-1, 0, 1)]
    for option in reversed([o for o in options if o]):
        if option <= near + timedelta(days=245):
            return option
    return None


def next_day_number(day: int, after: date) -> date | None:
    """The next date with this day of the month, `after` itself included; None when there is none in two months."""
    for shift in (0, 1, 2):
        month = after.month - 1 + shift
        found = _date(after.year + month // 12, month % 12 + 1, day)
        if found and found >= after:
            return found
    return None


def month_end(day: date) -> date:
    """The last day of the month of `day`."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def add_months(day: date, months: int) -> date:
    """The same day so many months on, or the last of that month if it has none."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
