"""Moments as a person says them on the morning of the digest."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from automator.digest.view import DigestView
from automator.words import Words

_WEEK = timedelta(days=6)


def local(view: DigestView, moment: datetime) -> datetime:
    """`moment` in the zone of the firm."""
    return moment.astimezone(ZoneInfo(view.zone))


def past(view: DigestView, moment: datetime, words: Words) -> str:
    """ "6 h 42" (today), "hier", "jeudi", "le 12 nov."."""
    at = local(view, moment)
    return words.time(at) if at.date() >= view.day else past_day(view, at.date(), words)


def past_day(view: DigestView, day: date, words: Words) -> str:
    """ "aujourd'hui", "hier", "jeudi", "le 12 nov."."""
    age = view.day - day
    if age <= timedelta(0):
        return words.t("today")
    if age == timedelta(days=1):
        return words.t("yesterday")
    return words.date(day, "weekday") if age <= _WEEK else words.t("on {day}", day=words.date(day, "month"))


def past_time(view: DigestView, moment: datetime, words: Words) -> str:
    """ "6 h 58", "hier 18 h 02", "vendredi 7 h", "le 12 nov. 7 h"."""
    at = local(view, moment)
    time = words.time(at)
    return time if at.date() >= view.day else f"{past_day(view, at.date(), words)} {time}"


def coming(view: DigestView, day: date, words: Words) -> str:
    """ "aujourd'hui", "demain", "mer. 25", "jeu. 10 déc."; a day gone by as `past_day` says it."""
    ahead = day - view.day
    if ahead < timedelta(0):
        return past_day(view, day, words)
    if ahead <= timedelta(days=1):
        return words.t("tomorrow") if ahead else words.t("today")
    return words.date(day, "day" if ahead <= _WEEK else "short")
