"""One VEVENT as the library parsed it, as our noun: the only file that reads properties of a component."""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from automator.agenda.event import CalendarEvent

OURS = "@automator.invalid"  # the end of each UID that we write; .invalid is nobody's domain (RFC 2606)
MAX_ATTENDEES = 200


def to_event(component: Any, calendar: str, zone: ZoneInfo, *, repeated: bool) -> CalendarEvent:
    """One occurrence; times without a zone are taken in `zone`. Raises ValueError, TypeError, KeyError on damage."""
    begin = component["DTSTART"].dt
    finish = _end(component, begin)
    all_day = not isinstance(begin, datetime)
    start = _moment(begin, zone)
    uid = _text(component.get("UID"), 500)
    return CalendarEvent(
        uid=uid,
        calendar=calendar,
        title=_text(component.get("SUMMARY"), 200),
        start=start,
        end=max(start, _moment(finish, zone)),
        all_day=all_day,
        location=_text(component.get("LOCATION"), 200),
        organizer=_address(component.get("ORGANIZER")),
        attendees=_attendees(component),
        recurrence=_recurrence(component, begin, zone) if repeated else "",
        cancelled=_word(component, "STATUS") == "CANCELLED",
        transparent=_word(component, "TRANSP") == "TRANSPARENT"
        or _word(component, "X-MICROSOFT-CDO-BUSYSTATUS") == "FREE",
        description=_text(component.get("DESCRIPTION"), 2_000, lines=True),
        ours=uid.endswith(OURS),
    )


def _end(component: Any, begin: date) -> date:
    """DTEND, else DTSTART + DURATION, else the rest of the day or no time at all (RFC 5545 3.6.1)."""
    if "DTEND" in component:
        finish: date = component["DTEND"].dt
        if isinstance(begin, datetime) == isinstance(finish, datetime):
            # An all-day entry that ends on the day it begins is how some programs write one day.
            return finish if isinstance(begin, datetime) else max(finish, begin + timedelta(days=1))
        return begin  # one with a time and one without: only the start can be trusted
    if "DURATION" in component:
        span: timedelta = component["DURATION"].dt
        return begin + span if isinstance(begin, datetime) else begin + timedelta(days=max(1, span.days))
    return begin if isinstance(begin, datetime) else begin + timedelta(days=1)


def _moment(value: date, zone: ZoneInfo) -> datetime:
    if not isinstance(value, datetime):
        return datetime.combine(value, time(), zone)
    if value.tzinfo is None:
        value = value.replace(tzinfo=zone)
    # Through UTC: a local time that the clock jumps over becomes the real moment (S18).
    return value.astimezone(UTC).astimezone(zone)


def _recurrence(component: Any, begin: date, zone: ZoneInfo) -> str:
    """The original start of this occurrence, which stays the same when it is moved."""
    original = component["RECURRENCE-ID"].dt if "RECURRENCE-ID" in component else begin
    if not isinstance(original, datetime):
        return f"{original:%Y%m%d}"
    return _moment(original, zone).astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _attendees(component: Any) -> tuple[str, ...]:
    found = component.get("ATTENDEE", [])
    people = found if isinstance(found, list) else [found]
    addresses = (_address(person) for person in people[:MAX_ATTENDEES])
    return tuple(dict.fromkeys(address for address in addresses if address))


def _address(value: Any) -> str:
    text = _text(value, 320).lower()
    return text.removeprefix("mailto:").strip() if "@" in text else ""


def _word(component: Any, name: str) -> str:
    return _text(component.get(name), 40).upper()


def _text(value: Any, limit: int, *, lines: bool = False) -> str:
    """Clean text: no control, bidi or zero-width sign, white space joined, at most `limit` signs."""
    if isinstance(value, list):
        value = value[0] if value else ""
    signs = (_sign(sign, lines) for sign in str(value or "")[: limit * 4])
    rows = [" ".join(row.split()) for row in "".join(signs).split("\n")]
    return "\n".join(rows).strip()[:limit]


def _sign(sign: str, lines: bool) -> str:
    if sign == "\n" and lines:
        return sign
    kind = unicodedata.category(sign)
    if kind in {"Cc", "Zl", "Zp", "Zs"}:
        return " "
    return "" if kind in {"Cf", "Cs", "Co", "Cn"} else sign
