"""One entry of ours as iCalendar text (RFC 5545 3.1, 3.3.11): no text of a stranger can begin a line of its own."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from automator.agenda.event import CalendarEvent

_DAY = timedelta(days=1)


def entry_text(event: CalendarEvent, now: datetime) -> str:
    """The VEVENT with CRLF line ends, folded at 75 bytes. Times are written in UTC, all-day entries as dates."""
    return "".join(_fold(line) + "\r\n" for line in _entry_lines(event, now))


def _entry_lines(event: CalendarEvent, now: datetime) -> list[str]:
    lines = ["BEGIN:VEVENT", f"UID:{_escape(event.uid)}", f"DTSTAMP:{_utc(now)}"]
    if event.all_day:
        last = event.end.date() if event.end.time() == time() else event.end.date() + _DAY
        lines += [f"DTSTART;VALUE=DATE:{event.start:%Y%m%d}", f"DTEND;VALUE=DATE:{_after(event.start, last):%Y%m%d}"]
    else:
        lines += [f"DTSTART:{_utc(event.start)}", f"DTEND:{_utc(event.end)}"]
    lines.append(f"SUMMARY:{_escape(event.title)}")
    texts = (("LOCATION", event.location), ("DESCRIPTION", event.description))
    lines += [f"{name}:{_escape(text)}" for name, text in texts if text]
    lines.append(f"TRANSP:{'TRANSPARENT' if event.transparent else 'OPAQUE'}")
    if event.alarm is not None:
        minutes = int(event.alarm.total_seconds() // 60)
        lines += ["BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{_escape(event.title)}"]
        lines += [f"TRIGGER:-PT{minutes}M", "END:VALARM"]
    return [*lines, "END:VEVENT"]


def _after(start: datetime, last: date) -> date:
    """DTEND of an all-day entry is the day after its last one, and later than DTSTART (RFC 5545 3.6.1)."""
    return max(last, start.date() + _DAY)


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _escape(text: str) -> str:
    """RFC 5545 3.3.11; other control signs are dropped, so that no text can begin a line of its own."""
    clean = "".join(sign for sign in text.replace("\r\n", "\n").replace("\r", "\n") if sign == "\n" or sign >= " ")
    return clean.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _fold(line: str) -> str:
    """At most 75 bytes a line, continuation lines begin with a space (RFC 5545 3.1); no sign is cut in two."""
    pieces, size, piece = [], 0, ""
    for sign in line:
        width = len(sign.encode())
        if size + width > 74:
            pieces.append(piece)
            piece, size = "", 0
        piece += sign
        size += width
    return "\r\n ".join([*pieces, piece])
