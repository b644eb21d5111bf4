"""Days and months as people type them into a command: "friday", "vendredi", "demain", "+7d", "2026-12-04"."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta

_WEEKDAYS = (
    "monday lundi", "tuesday mardi", "wednesday mercredi", "thursday jeudi", "friday vendredi",
    "saturday samedi", "sunday dimanche",
)  # fmt: skip
_WEEKDAY = {word[:n]: i for i, words in enumerate(_WEEKDAYS) for word in words.split() for n in (3, len(word))}
_NEAR = {"today": 0, "aujourd'hui": 0, "aujourdhui": 0, "tomorrow": 1, "demain": 1}
_AHEAD = re.compile(r"\+(\d{1,3})\s*(d|j|w|s)[a-z]*")
_FRENCH = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_MONTH = re.compile(r"(\d{4})-(\d{1,2})|(\d{1,2})/(\d{4})")


def read_day(text: str, today: date) -> date | None:
    """The day that is meant, None when the words are not understood.

    A weekday, in French or English, whole or its first three letters, is the next one, today included; "+7d" ("+7j")
    counts days, "+2w" ("+2s") weeks; else 2026-12-04 or 04/12/2026.
    """
    word = _plain(text)
    if word in _NEAR:
        return today + timedelta(days=_NEAR[word])
    if word in _WEEKDAY:
        return today + timedelta(days=(_WEEKDAY[word] - today.weekday()) % 7)
    ahead = _AHEAD.fullmatch(word)
    if ahead:
        return today + timedelta(days=int(ahead[1]) * (7 if ahead[2] in "ws" else 1))
    french = _FRENCH.fullmatch(word)
    return _date(f"{french[3]}-{french[2]:0>2}-{french[1]:0>2}" if french else word)


def read_month(text: str, today: date) -> date | None:
    """The first day of the month that is meant: "2026-10" or "10/2026"; "" is the month before this one."""
    if not text.strip():
        return (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    found = _MONTH.fullmatch(text.strip())
    return _date(f"{found[1] or found[4]}-{found[2] or found[3]:0>2}-01") if found else None


def _plain(text: str) -> str:
    bare = unicodedata.normalize("NFKD", text.strip().lower().replace("’", "'"))
    return "".join(c for c in bare if not unicodedata.combining(c))


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
