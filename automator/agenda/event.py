"""The nouns of the agenda: one occurrence of a meeting, and a free slot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """One occurrence (recurrences are expanded). `start` and `end` are aware; an all-day event runs from local
    midnight to local midnight. `uid` is RFC 5545's UID, made unique per occurrence with `recurrence` ("" if single).
    `attendees` are addresses in lower case; `ours` marks an entry that automator wrote itself.
    `uncertain_zone` is True when the zone named in the file is unknown and the calendar's own was taken.
    `alarm` is how long before `start` a calendar program should ring: written into our own entries, never read.
    """

    uid: str
    calendar: str
    title: str
    start: datetime
    end: datetime
    all_day: bool = False
    location: str = ""
    organizer: str = ""
    attendees: tuple[str, ...] = ()
    recurrence: str = ""
    cancelled: bool = False
    transparent: bool = False
    description: str = ""
    ours: bool = False
    uncertain_zone: bool = False
    alarm: timedelta | None = None

    @property
    def key(self) -> str:
        """Stable identity of this occurrence."""
        return f"{self.calendar}/{self.uid}/{self.recurrence}"


@dataclass(frozen=True, slots=True)
class Slot:
    """A free span of the agenda; both ends aware."""

    start: datetime
    end: datetime
