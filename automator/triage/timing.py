"""How far off the days are that a sentence names, counted from the mail's own date."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from itertools import compress, count

from automator.triage.tokens import HOUR, NUMBER, Sentence

_TODAY = frozenset(
    {"tonight", "today", "heute", "hoy", "oggi", "stasera", "vandaag", "vanavond", "vanmiddag", "hoje", "aujourd"}
)
_TOMORROW = frozenset({"demain", "tomorrow", "morgen", "domani", "amanha", "manana"})
_YESTERDAY = frozenset({"hier", "yesterday", "gestern", "ayer", "ieri", "gisteren", "ontem"})
_AFTER = frozenset({"apres", "after", "pasado", "dopo", "depois"})
_AHEAD = frozenset({"dans", "sous", "ici", "in", "within", "innerhalb", "en", "entro", "tra", "fra", "binnen", "em"})
_DAYS = frozenset(
    {"jours", "jour", "days", "day", "tagen", "tage", "dias", "dia", "giorni", "giorno", "dagen", "dag"}
)
_NEXT = frozenset({"prochaine", "next", "nachste", "nachsten", "proxima", "prossima", "volgende"})
_WEEK = frozenset({"semaine", "week", "woche", "semana", "settimana"})
_THIS = frozenset({"ce", "cet", "cette", "this", "esta", "questa", "heute"})
_PARTS = frozenset(
    {"soir", "matin", "midi", "apres", "nuit", "morning", "afternoon", "evening", "noon", "noche", "tarde", "sera"}
)
_LAST = frozenset({"dernier", "passe", "derniere", "last", "letzten", "vergangenen", "pasado", "scorso", "afgelopen"})
_WEEKDAYS = (
    "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "monday tuesday wednesday thursday friday saturday sunday",
    "montag dienstag mittwoch donnerstag freitag samstag sonntag",
    "lunes martes miercoles jueves viernes sabado domingo",
    "lunedi martedi mercoledi giovedi venerdi sabato domenica",
    "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
    "segunda terca quarta quinta sexta sabado domingo",
)
_MONTHS = (
    "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
    "january february march april may june july august september october november december",
    "januar februar marz april mai juni juli august september oktober november dezember",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "januari februari maart april mei juni juli augustus september oktober november december",
    "janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro",
    "jan feb mar apr may jun jul aug sep oct nov dec",
)
_WEEKDAY = {name: n for row in _WEEKDAYS for n, name in enumerate(row.split())} | {
    "mon": 0,
    "tue": 1,
    "wed": 2,
    "thu": 3,
    "fri": 4,
}
_MONTH = {name: n for row in _MONTHS for n, name in enumerate(row.split(), 1)} | {"maerz": 3}
_NUMERIC = re.compile(r"(\d{1,2})[./-](\d{1,2})(?:[./-](\d{4}|\d{2}))?[.,:]?\Z")
_DAY = re.compile(r"(\d{1,2})(?:[.,]|st|nd|rd|th|er)?\Z")
_ORDINALS = frozenset({"er", "st", "nd", "rd", "th", "of", "de"})
_WATCHED = _TODAY | _TOMORROW | _THIS | frozenset(_WEEKDAY) | frozenset(_MONTH) | _YESTERDAY | _DAYS | _WEEK


def days(sentence: Sentence, today: date) -> set[int]:
    """Distances in days of the days named in `sentence`, negative = past; a weekday is the next one to come."""
    raw, stems = sentence.raw, sentence.stems
    found = {_named(raw, at, today) for at in compress(count(), map(_WATCHED.__contains__, raw))}
    if NUMBER in stems or HOUR in stems:
        found.update([_numeric(word, today) for word in raw if len(word) > 2 and word[0].isdigit()])
    return {distance for distance in found if distance is not None}


_HOUR = re.compile(r"(\d{1,2})(?: ?h|[:.])? ?(\d\d)?[,:;]? ?([ap]m)?\Z")
_NOON = frozenset({"midi", "noon", "midday", "mittag", "mittags", "mediodia", "mezzogiorno"})


_TIMELY = _WATCHED | _NOON


def tells_time(sentence: Sentence) -> bool:
    """May `sentence` name a day or a time? When False, `days` and `minutes_left` find nothing (most sentences)."""
    stems = sentence.stems
    return NUMBER in stems or HOUR in stems or not _TIMELY.isdisjoint(sentence.raw)


def soonest(sentence: Sentence, now: datetime) -> int | None:
    """Minutes from `now` to the nearest later time of day that `sentence` names, None when it names none."""
    at = now.hour * 60 + now.minute
    return min((minutes - at for minutes in _times(sentence) if minutes > at), default=None)


def minutes_left(sentence: Sentence, distances: set[int], now: datetime) -> int | None:
    """Minutes from `now` to the nearest moment to come that `sentence` names: a day of `distances`, a time, or both.

    A day without a time ends at 18:00 (today at the earliest in an hour); a time without a day is today's.
    None when nothing, or only the past, is named.
    """
    to_come = [distance for distance in distances if distance >= 0]
    times = _times(sentence)
    if not to_come and (distances or not times):
        return None
    at = now.hour * 60 + now.minute
    found = []
    for distance in to_come or [0]:
        ends = times or [_CLOSING if distance else max(_CLOSING, at + 60)]
        found += [distance * _DAY_LONG + end - at for end in ends]
    return min((minutes for minutes in found if minutes > 0), default=None)


def haste(minutes: int) -> str:
    """The class of a time left: "2h", "6h", "12h", "24h", "36h", "72h", "late"."""
    for limit in (2, 6, 12, 24, 36, 72):
        if minutes <= limit * 60:
            return f"{limit}h"
    return "late"


HASTES = ("2h", "6h", "12h", "24h", "36h", "72h", "late")
_CLOSING, _DAY_LONG = 18 * 60, 24 * 60


def _times(sentence: Sentence) -> list[int]:
    """Times of day that a sentence names, in minutes since midnight."""
    found = [12 * 60] * sum(map(_NOON.__contains__, sentence.raw))
    if HOUR not in sentence.stems:
        return found
    for word, stem in zip(sentence.raw, sentence.stems, strict=True):
        match = _HOUR.match(word) if stem == HOUR else None
        if match:
            hour = int(match[1]) % 12 + 12 if match[3] == "pm" else int(match[1])
            found.append(hour * 60 + int(match[2] or 0))
    return found


def bucket(distance: int) -> str:
    """The class of a distance: "past", "0", "1", "2-3", "4-7", "8-31", "later"."""
    if distance < 0:
        return "past"
    for limit, name in _LIMITS:
        if distance <= limit:
            return name
    return "later"


_LIMITS = ((0, "0"), (1, "1"), (3, "2-3"), (7, "4-7"), (31, "8-31"))
BUCKETS = ("past", *(name for _, name in _LIMITS), "later")


def _named(raw: list[str], at: int, today: date) -> int | None:
    before, after = raw[at - 1] if at else "", raw[at + 1] if at + 1 < len(raw) else ""
    word = raw[at]
    if word in _MONTH:
        return _day_of_month(raw, at, today)
    if word in _WEEKDAY:
        return _weekday(raw, at, today)
    if word in _DAYS or word in _WEEK:
        return _ahead(raw, at, before, after)
    if word in _TOMORROW:
        return None if before == "la" else 1 + (before in _AFTER)
    if word in _YESTERDAY:
        return -1
    return 0 if word in _TODAY or after in _PARTS else None


def _ahead(raw: list[str], at: int, before: str, after: str) -> int | None:
    """ "dans 3 jours", "within 10 days", "la semaine prochaine", "next week"."""
    if raw[at] in _WEEK:
        return 7 if before in _NEXT or after in _NEXT else None
    counted = before.isdigit() and len(before) <= 3 and at > 1 and raw[at - 2] in _AHEAD
    return int(before) if counted else None


def _weekday(raw: list[str], at: int, today: date) -> int | None:
    """The next such day; a day "last" is a week earlier; one with its date ("lundi 24 mars") is read from the date."""
    after = raw[at + 1] if at + 1 < len(raw) else ""
    if after[:1].isdigit():
        return None
    distance = (_WEEKDAY[raw[at]] - today.weekday()) % 7
    past = after in _LAST or (at > 0 and raw[at - 1] in _LAST)
    return distance - 7 if past else distance


def _day_of_month(raw: list[str], at: int, today: date) -> int | None:
    """A month's name with its day before it ("28 mars", "1st of May") or after it ("March 28")."""
    month = _MONTH[raw[at]]
    before = at - 1
    while before > 0 and raw[before] in _ORDINALS:
        before -= 1
    for place in (before, at + 1):
        match = _DAY.match(raw[place]) if 0 <= place < len(raw) else None
        if match:
            return _distance(int(match[1]), month, 0, today)
    return None


def _numeric(word: str, today: date) -> int | None:
    match = _NUMERIC.match(word)
    if not match:
        return None
    year = int(match[3] or 0)
    return _distance(int(match[1]), int(match[2]), year + 2000 if 0 < year < 100 else year, today)


def _distance(day: int, month: int, year: int, today: date) -> int | None:
    """Days from `today`; without a year, the nearest such day."""
    try:
        if year:
            return (date(year, month, day) - today).days
        near = [date(y, month, day) for y in (today.year - 1, today.year, today.year + 1)]
    except (ValueError, OverflowError):
        return None
    return min(((d - today) // timedelta(days=1) for d in near), key=abs)
