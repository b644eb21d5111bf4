"""Calendars as text, and what is read of them around November 2026."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from automator.agenda.ics import IcsRead, read_ics

PARIS = ZoneInfo("Europe/Paris")
START = datetime(2026, 11, 1, tzinfo=PARIS)
END = START + timedelta(days=69)
NOV = "20261109T100000"


def calendar(*events: str, head: str = "") -> bytes:
    body = "".join(f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT\n" for event in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//x//EN\n{head}{body}END:VCALENDAR\n".replace(
        "\n", "\r\n"
    ).encode()


def read(data: bytes, start: datetime = START, end: datetime = END, zone: ZoneInfo = PARIS) -> IcsRead:
    return read_ics(data, calendar="bureau", zone=zone, start=start, end=end)


def local(day: int, hour: int = 0, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=PARIS)
