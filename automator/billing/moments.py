"""Moments that are named, not dated: "demain", "vendredi prochain", "sous huitaine", "fin de mois", "within 48 hours"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice

from automator.billing.dates import add_months, find_dates, month_end, next_day_number

_DAYS = (
    "lundi monday mon montag lunes lunedi maandag segunda",
    "mardi tuesday tue tues dienstag martes martedi dinsdag terca",
    "mercredi wednesday wed mittwoch miercoles mercoledi woensdag quarta",
    "jeudi thursday thu thurs donnerstag jueves giovedi donderdag quinta",
    "vendredi friday fri freitag viernes venerdi vrijdag sexta",
    "samedi saturday sat samstag sabado sabato zaterdag",
    "dimanche sunday sun sonntag domingo domenica zondag",
)
_WEEKDAYS = {name: number for number, names in enumerate(_DAYS) for name in names.split()}
WEEKDAY = "|".join(sorted(_WEEKDAYS, key=len, reverse=True))
_NUMBERS = {
    "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8, "dix": 10, "quinze": 15,
    "vingt": 20, "trente": 30, "vingt-quatre": 24, "quarante-huit": 48, "huitaine": 8, "quinzaine": 15, "one": 1, "a": 1, "an": 1, "two": 2, "three": 3, "four": 4,
    "five": 5, "seven": 7, "ten": 10, "fourteen": 14,
}  # fmt: skip
_N = r"(?P<n>\d{1,3}|" + "|".join(sorted(_NUMBERS, key=len, reverse=True)) + ")"
_TODAY = (
    r"aujourd'hui|ce jour\b|ce (?:soir|midi|matin)|cet apres[- ]midi|cette (?:nuit|apres[- ]midi)|"
    r"dans la journee|today|tonight|this (?:afternoon|evening|morning)|end of (?:the )?day|"
    r"(?:by )?eod\b(?! (?:mon|tue|wed|thu|fri))|cob\b(?! (?:mon|tue|wed|thu|fri))|close of business|heute|"
    r"hoy\b|oggi|vandaag|\bhoje|esta tarde|stasera|vanavond"
)
_NEXT_DAY = r"(?<!apres[- ])demain|tomorrow|\bmorgen\b(?! fruh an)|\bmanana\b|domani|amanha"
_RELATIVE = re.compile(
    rf"(?P<after_tomorrow>apres[- ]demain|ubermorgen|pasado manana|dopodomani|overmorgen)|(?P<today>{_TODAY})|"
    rf"(?P<tomorrow>{_NEXT_DAY})"
    rf"|(?P<weekend>(?:la )?fin de (?:la |cette )?semaine(?P<weekend_next> prochaine)?|end of (?:the |"
    rf"this )?week|ende der woche|end of next week|fine settimana)"
    rf"|(?P<this_week>cette semaine|this week|diese woche|deze week|esta semana|questa settimana)|"
    rf"(?:la )?(?:semaine du|week of) (?P<week_of>\d{{1,2}})(?! ?h)|(?P<next_week>(?:la )?semaine prochaine|"
    rf"next week(?! (?:mon|tue|wed|thu|fri)))"
    rf"|(?P<month>(?:la )?fin (?:de|du) (?:ce )?mois|(?:la )?fin du mois|month[- ]end|end of (?:the |"
    rf"this )?month|monatsende|fin de mes|fine mese)"
    rf"|(?:la )?(?:fin|end of|ende|fine|eind) (?P<end_month>janvier|fevrier|mars|avril|mai|juin|juillet|aout|"
    rf"septembre|octobre|novembre|decembre|january|february|march|april|may|june|july|august|september|"
    rf"october|november|december)"
    rf"|(?P<span>(?:sous|dans (?:les|un delai de|le delai de)?|(?:delai|disposez|disposes) de|(?:tu as|"
    rf"you have)|d'ici|within(?: the next)?|in(?: the)? next|in|innerhalb von|binnen|entro|"
    rf"en un plazo de) ?{_N} ?(?P<kind2>working |business )?(?P<unit>heures?|h\b|hours?|jours?|j\b|days?|tage[n]?|dagen|dias|giorni|"
    rf"semaines?|weeks?|mois|months?|stunden)(?: (?P<kind>ouvres?|ouvrables?|calendaires|working|business))?|"
    rf"(?:sous|d'ici|dans la) (?:une |la )?(?P<word>huitaine|quinzaine))"
    rf"|(?:(?P<next>next |nachsten |kommenden |proximo )|this |diesen |ce |on |"
    rf"coming )?\b(?P<weekday>{WEEKDAY})\b(?!\.? \d{{1,2}}(?:er)?(?![\dh:]| ?h\b|"
    rf" heures))(?P<prochain> (?:prochain|en huit|next|proximo|prossimo|que viene))?"
    rf"|(?:(?:{WEEKDAY}),? )?(?:le|the|au|du|il|el|am|op de) (?P<number>\d{{1,2}})(?:er|st|nd|rd|th|"
    rf"\.)?(?![\w/:]|[.,-]?\d| \d\d\b| ?(?:h\b|heures|jours|days|%|€|euros|mois|m2|m\b|personnes|pieces|x\b|"
    rf"rue|[a-z]* (?:factures|cartons)))"
    rf"|(?:{WEEKDAY}) (?P<number2>\d{{1,2}})(?:er|st|nd|rd|th)?(?![\w/:]|[.,-]?\d| ?(?:h\b|heures))"
)
_WHOLE_DAYS = frozenset({"lundi", "mardi", "jeudi"})
_FROM_TODAY = {"today": 0, "tomorrow": 1, "after_tomorrow": 2}
_MOST = 200
_HOURS = ("h", "hour", "heure", "stunde")


def find_moments(folded: str, text: str, now: datetime) -> Iterator[tuple[date, tuple[int, int]]]:
    """Every named moment of a text (`folded` is its folded twin) as a day counted from `now`, with its span, in order.

    A weekday is the next one after today, "prochain" or not; "fin de semaine" is Friday, "semaine prochaine" the Friday
    of the next one; "fin de mois" the last day of this month; a bare day of the month the next such day.
    """
    for hit in islice(_RELATIVE.finditer(folded), _MOST):
        day = None if _no_weekday(hit, text) else _moment(hit, now)
        if day is not None:
            yield day, hit.span()


def _no_weekday(hit: re.Match[str], text: str) -> bool:
    """Is "mon", "sat", "sun" ... a word of another language here, not an English abbreviation?"""
    word = hit["weekday"]
    if not word or len(word) > 5 or word in _WHOLE_DAYS:
        return False
    before = text[max(0, hit.start("weekday") - 8) : hit.start("weekday")].lower()
    led = re.search(r"\b(?:by|on|before|until|till|next|this|eod|cob)\s+$", before)
    return not text[hit.start("weekday")].isupper() or (word == "mon" and not led)


def _moment(hit: re.Match[str], now: datetime) -> date | None:
    """The day that a named moment means."""
    today = now.date()
    for group, days in _FROM_TODAY.items():
        if hit[group]:
            return today + timedelta(days=days)
    if hit["span"]:
        return _after(hit, now)
    if hit["weekday"]:
        return today + timedelta(days=(_WEEKDAYS[hit["weekday"]] - today.weekday() - 1) % 7 + 1)
    if hit["number"] or hit["number2"]:
        return next_day_number(int(hit["number"] or hit["number2"]), today)
    return _week(hit, today) or _month(hit, today)


def _week(hit: re.Match[str], today: date) -> date | None:
    """The Friday of this week, of the next one, or of the one that is named by its Monday."""
    if hit["weekend"]:
        friday = today + timedelta(days=(4 - today.weekday()) % 7)
        return friday + timedelta(days=7 if hit["weekend_next"] or "next" in hit["weekend"] else 0)
    if hit["this_week"]:
        return today + timedelta(days=max(0, 4 - today.weekday()))
    if hit["next_week"]:
        return today + timedelta(days=11 - today.weekday())
    start = next_day_number(int(hit["week_of"]), today) if hit["week_of"] else None
    return start + timedelta(days=4 - start.weekday()) if start else None


def _month(hit: re.Match[str], today: date) -> date | None:
    if hit["end_month"]:
        return month_end(find_dates(f"1 {hit['end_month']}", today)[0].day)
    return month_end(today) if hit["month"] else None


def _after(hit: re.Match[str], now: datetime) -> date:
    word = hit["word"] or hit["n"]
    count = _NUMBERS.get(word) or int(word)
    unit = hit["unit"] or "jours"
    if unit.startswith(_HOURS):
        return (now + timedelta(hours=count)).date()
    if unit.startswith(("semaine", "week")):
        return now.date() + timedelta(weeks=count)
    if unit.startswith(("mois", "month")):
        return add_months(now.date(), count)
    if (hit["kind"] or hit["kind2"] or "").startswith(("ouvr", "work", "bus")):
        return _working_days(now.date(), count)
    return now.date() + timedelta(days=count)


def _working_days(day: date, count: int) -> date:
    """So many Mondays to Fridays on; public holidays are the owner's calendar, which a stranger's text does not know."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day
