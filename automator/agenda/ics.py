"""iCalendar (RFC 5545) in and out: occurrences within a window, and one entry put into a file.

Calendars come from strangers. Whatever is in them, `read_ics` returns: what is damaged or would never end is left
out and counted in the notes. It is a pure function on bytes and is meant to be run in the sandbox.
"""

from __future__ import annotations

import hashlib
import re
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from automator.agenda.blocks import Block, cut, decode, split_line
from automator.agenda.bombs import BombError, cost, day_of
from automator.agenda.event import CalendarEvent
from automator.agenda.ics_entry import entry_text
from automator.agenda.ics_event import to_event
from automator.agenda.zones import find_zone

MAX_BYTES = 5_000_000
MAX_WINDOW = timedelta(days=70)  # a week back and 62 days ahead, with a day to spare
MAX_PER_UID = 500
MAX_PER_CALENDAR = 5_000
MAX_ENTRIES_PER_UID = 1_000
MAX_STEPS_IN_ALL = 500_000
_DAY = timedelta(days=1)
_TZID = re.compile(r';TZID=("[^"]*"|[^;:]*)', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class IcsRead:
    """Occurrences in order of time, and in plain words what was left out and why ("" never: no note, no loss)."""

    events: tuple[CalendarEvent, ...]
    notes: tuple[str, ...] = ()


def read_ics(data: bytes, *, calendar: str, zone: ZoneInfo, start: datetime, end: datetime) -> IcsRead:
    """Every occurrence that overlaps [start, end), recurrences expanded; never raises on the content of `data`.

    Floating times and all-day entries are taken in `zone`; a time zone that neither CLDR nor the file explains is
    replaced by the calendar's own (X-WR-TIMEZONE, else `zone`) and the entry is marked `uncertain_zone`. All times
    are returned in `zone`. Windows longer than 70 days are cut at 70.

    1. The file is cut into entries; entries of one UID form a series.
    2. A series whose rule is refused by `bombs.cost`, or that is damaged, is left out with a note.
    3. Each series is expanded by itself: at most 500 occurrences each and 5,000 in all.
    """
    reader = _Reader(calendar, zone, start, min(end, start + MAX_WINDOW))
    if len(data) > MAX_BYTES:
        reader.note("the file is larger than 5 MB: only its beginning was read")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a stranger's file must not write to our stderr
        reader.read(cut(decode(data[:MAX_BYTES])))
    events = sorted(reader.events, key=lambda event: (event.start, event.end, event.uid))
    return IcsRead(tuple(events), reader.notes())


@dataclass(slots=True)
class _Series:
    """The entries of one UID, with what they need to be understood alone."""

    uid: str
    blocks: list[Block] = field(default_factory=list)
    uncertain: bool = False

    @property
    def repeats(self) -> bool:
        return len(self.blocks) > 1 or any(block.has("RRULE", "RDATE", "RECURRENCE-ID") for block in self.blocks)


class _Reader:
    """One reading of one file."""

    def __init__(self, calendar: str, zone: ZoneInfo, start: datetime, end: datetime) -> None:
        self.events: list[CalendarEvent] = []
        self._calendar, self._zone, self._start, self._end = calendar, zone, start, end
        self._notes: Counter[str] = Counter()
        self._zones: dict[str, tuple[str, list[str]]] = {}
        self._steps = 0

    def note(self, text: str) -> None:
        self._notes[text] += 1

    def notes(self) -> tuple[str, ...]:
        return tuple(text if n == 1 else f"{text} ({n} times)" for text, n in sorted(self._notes.items()))

    def read(self, blocks: Iterable[Block]) -> None:
        entries = [block for block in blocks if self._usable(block)]
        for series in _series(entries):
            if len(self.events) >= MAX_PER_CALENDAR:
                self.note("more than 5,000 meetings in the window: the rest was left out")
                break
            try:
                self._expand(series)
            except BombError as refused:
                self.note(f"a repeated meeting was left out: {refused}")
            except Exception:  # noqa: BLE001 - hostile input to two libraries: any failure costs this series only
                self.note("an entry was left out: it is damaged")

    def _usable(self, block: Block) -> bool:
        if block.kind == "VTIMEZONE":
            self._remember_zone(block)
            return False
        if not block.has("DTSTART"):
            self.note("an entry was left out: it has no start")
            return False
        return not self._far(block)

    def _far(self, block: Block) -> bool:
        """Is this single entry surely outside the window? Years of history are skipped without parsing them."""
        if block.has("RRULE", "RDATE", "RECURRENCE-ID", "DURATION"):
            return False
        begin = day_of(block.value("DTSTART"))
        finish = day_of(block.value("DTEND")) or begin
        if begin is None or finish is None:
            return False
        low, high = self._start.replace(tzinfo=None) - 2 * _DAY, self._end.replace(tzinfo=None) + 2 * _DAY
        return max(begin, finish) < low or begin > high

    def _remember_zone(self, block: Block) -> None:
        """Keep the file's definition of a zone that we do not know, when it is a sane one."""
        tzid = block.value("TZID").strip()
        rules = [value.upper() for name, value in block.properties() if name == "RRULE"]
        sane = len(block.lines) <= 400 and len(rules) <= 100 and all("FREQ=YEARLY" in rule for rule in rules)
        if tzid and sane and find_zone(tzid) is None and block.has("TZOFFSETTO"):
            name = "X-" + hashlib.sha256("\n".join(block.lines).encode()).hexdigest()[:24]
            lines = [f"TZID:{name}" if line.upper().startswith("TZID") else line for line in block.lines]
            self._zones[tzid] = (name, lines)

    def _expand(self, series: _Series) -> None:
        if len(series.blocks) > MAX_ENTRIES_PER_UID:
            raise BombError("too many changed occurrences")
        self._charge(series)
        component = _parse(self._text(series))
        found = 0
        for part in _occurrences(component, series.repeats, self._start, self._end):
            event = to_event(part, self._calendar, self._zone, repeated=series.repeats)
            if not _overlaps(event, self._start, self._end):
                continue
            if found == MAX_PER_UID or len(self.events) >= MAX_PER_CALENDAR:
                self.note("a meeting repeats more than 500 times in the window: the rest was left out")
                return
            found += 1
            cancelled = event.cancelled or series.blocks[0].method == "CANCEL"
            self.events.append(replace(event, cancelled=cancelled, uncertain_zone=series.uncertain))

    def _charge(self, series: _Series) -> None:
        """Refuse endless rules, and count what the others cost: many dear ones are a bomb as well."""
        for block in series.blocks:
            start = day_of(block.value("DTSTART"))
            for name, value in block.properties():
                if name == "RRULE":
                    if start is None:
                        raise BombError("it has no readable start")
                    self._steps += cost(value, start, self._end.replace(tzinfo=None))
        if self._steps > MAX_STEPS_IN_ALL:
            raise BombError("the calendar holds too many long series")

    def _text(self, series: _Series) -> str:
        """A small calendar with this series alone, every zone name made plain."""
        used: dict[str, list[str]] = {}
        lines = []
        for block in series.blocks:
            own = [line for line in block.lines if not line.upper().startswith("UID")]
            plain = [self._plain_zone(line, block, series, used) for line in own]
            lines += ["BEGIN:VEVENT", f"UID:{series.uid}", *plain, "END:VEVENT"]
        head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//automator//reader//EN"]
        wide = find_zone(series.blocks[0].zone)
        if wide is not None:
            head.append(f"X-WR-TIMEZONE:{wide.key}")
        zones = [line for lines in used.values() for line in ["BEGIN:VTIMEZONE", *lines, "END:VTIMEZONE"]]
        return "\r\n".join([*head, *zones, *lines, "END:VCALENDAR", ""])

    def _plain_zone(self, line: str, block: Block, series: _Series, used: dict[str, list[str]]) -> str:
        head, value = split_line(line)
        found = _TZID.search(head)
        if found is None:
            return line
        tzid = found.group(1).strip('"').strip()
        zone = find_zone(tzid)
        if zone is not None:
            name = zone.key
        elif tzid in self._zones:
            name, used[tzid] = self._zones[tzid]
        else:
            series.uncertain = True
            name = (find_zone(block.zone) or self._zone).key
        return f"{head[: found.start()]};TZID={name}{head[found.end() :]}:{value}"


def _series(entries: list[Block]) -> Iterator[_Series]:
    """Entries grouped by UID, in file order; one without a UID is a series of its own, named after its content."""
    found: dict[str, _Series] = {}
    for block in entries:
        uid = block.value("UID").strip()[:500]
        if not uid:
            uid = "no-uid-" + hashlib.sha256("\n".join(block.lines).encode()).hexdigest()[:24]
        found.setdefault(uid, _Series(uid)).blocks.append(block)
    yield from found.values()


def _parse(text: str) -> Any:
    from icalendar import Calendar

    return Calendar.from_ical(text.encode())


def _occurrences(component: Any, repeats: bool, start: datetime, end: datetime) -> Iterator[Any]:
    if not repeats:
        yield from component.walk("VEVENT")
        return
    import recurring_ical_events

    # A day more on both sides: floating times are compared after they got their zone.
    query = recurring_ical_events.of(component, skip_bad_series=False)
    yield from query.between(start - _DAY, end + _DAY)


def _overlaps(event: CalendarEvent, start: datetime, end: datetime) -> bool:
    if event.start == event.end:
        return start <= event.start < end
    return event.start < end and event.end > start


def write_ics(existing: bytes | None, event: CalendarEvent, *, now: datetime) -> bytes:
    """The file with `event` in it: an entry of the same UID is replaced, every other byte stays as it was.

    `now` (aware) becomes DTSTAMP. Raises ValueError when `existing` is not empty and no whole calendar.
    """
    entry = entry_text(event, now)
    if not (existing or b"").strip():
        head = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//automator//agenda//EN\r\nCALSCALE:GREGORIAN\r\n"
        return (head + entry + "END:VCALENDAR\r\n").encode()
    text = _strict(existing or b"")
    for block in reversed([b for b in cut(text) if b.kind == "VEVENT" and b.value("UID").strip() == event.uid]):
        text = text[: block.begin] + text[block.end :].lstrip("\r\n")
    last = [found.start() for found in re.finditer(r"^END:VCALENDAR[ \t]*\r?$", text, re.MULTILINE | re.IGNORECASE)]
    if not last:
        raise ValueError("the file has no end of a calendar (END:VCALENDAR)")
    return (text[: last[-1]] + entry + text[last[-1] :]).encode()


def _strict(data: bytes) -> str:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise ValueError("the file is not UTF-8") from None
    if "BEGIN:VCALENDAR" not in text.upper():
        raise ValueError("the file is not a calendar (BEGIN:VCALENDAR)")
    return text
