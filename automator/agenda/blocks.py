"""The text of an iCalendar file cut into its entries before any library sees it (RFC 5545 3.1, 3.4).

Cutting first buys three things: one damaged entry cannot cost the others, properties that nobody reads
(alarms, pictures) never reach the parser, and an entry can be replaced without touching a byte of the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

MAX_LINE = 8_192
MAX_LINES = 2_000
READ = frozenset({
    "UID", "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "STATUS", "TRANSP",
    "SUMMARY", "LOCATION", "DESCRIPTION", "ORGANIZER", "ATTENDEE", "SEQUENCE", "X-MICROSOFT-CDO-BUSYSTATUS",
})  # fmt: skip
_BREAK = re.compile(r"\r\n|\n|\r")
_FOLD = re.compile(r"(?:\r\n|\n|\r)[ \t]")
_NAME = re.compile(r"[A-Za-z0-9-]+")


@dataclass(slots=True)
class Block:
    """One VEVENT or VTIMEZONE: its unfolded lines without the BEGIN and END of the block itself.

    `begin` and `end` are offsets into the text given to `cut`; `method` and `zone` are METHOD and X-WR-TIMEZONE
    of the calendar around it; `closed` is False when the file ended, or another entry began, before its END.
    """

    kind: str
    begin: int
    end: int = 0
    lines: list[str] = field(default_factory=list)
    method: str = ""
    zone: str = ""
    closed: bool = False

    def value(self, name: str) -> str:
        """The value of the first property `name` (upper case), "" when absent."""
        return next((value for found, value in self.properties() if found == name), "")

    def has(self, *names: str) -> bool:
        return any(name in names for name, _ in self.properties())

    def properties(self) -> Iterator[tuple[str, str]]:
        """(NAME, value) of each line, parameters left out."""
        for line in self.lines:
            head, value = split_line(line)
            yield head.partition(";")[0].upper(), value


_ONCE = frozenset({"UID", "DTSTART", "DTEND", "DURATION", "RECURRENCE-ID", "STATUS", "TRANSP", "SUMMARY"})


def mended(lines: list[str]) -> list[str]:
    """The lines of an entry as its writer meant them; both faults are seen in exports of large vendors.

    Empty properties go (`RRULE:`), blanks inside a rule go (`BYDAY=MO, TU`), and of a property that may stand
    once (RFC 5545 3.6.1) the first one counts.
    """
    seen: set[str] = set()
    kept = []
    for line in lines:
        head, value = split_line(line)
        name = head.partition(";")[0].upper()
        if not value.strip() or (name in _ONCE and name in seen):
            continue
        seen.add(name)
        kept.append(f"{head}:{''.join(value.split())}" if name == "RRULE" else line)
    return kept


def decode(data: bytes) -> str:
    """UTF-8 with or without BOM; anything else is read as Windows-1252, as old exports are. NUL is dropped."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    return text.replace("\0", "")


def split_line(line: str) -> tuple[str, str]:
    """`NAME;PARAM="a:b":value` -> (`NAME;PARAM="a:b"`, `value`); a colon inside quotes does not count."""
    quoted = False
    for at, sign in enumerate(line):
        if sign == '"':
            quoted = not quoted
        elif sign == ":" and not quoted:
            return line[:at], line[at + 1 :]
    return line, ""


def cut(text: str) -> list[Block]:
    """The entries and time zones of the file, in file order; entries nested in others and alarms are left out."""
    cutter = _Cutter()
    for begin, end in _logical_lines(text):
        cutter.take(_FOLD.sub("", text[begin:end]), begin, end)
    cutter.close(len(text))
    return cutter.blocks


def _logical_lines(text: str) -> Iterator[tuple[int, int]]:
    """Offsets of each content line, its continuation lines included, the final line break not."""
    begin = 0
    for match in _BREAK.finditer(text):
        if text[match.end() : match.end() + 1] in {" ", "\t"}:
            continue
        if match.start() > begin:
            yield begin, match.start()
        begin = match.end()
    if begin < len(text):
        yield begin, len(text)


class _Cutter:
    """Follows BEGIN and END; `depth` counts components nested in the open block (VALARM, STANDARD)."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._open: Block | None = None
        self._inside: list[str] = []
        self._method = ""
        self._zone = ""

    def take(self, line: str, begin: int, end: int) -> None:
        head, value = split_line(line[:MAX_LINE])
        name, word = head.strip().upper(), value.strip().upper()
        if name == "BEGIN":
            self._begin(word, begin, line)
        elif name == "END":
            self._end(word, end, line)
        elif self._open is not None:
            self._property(self._open, line)
        elif name.startswith("METHOD"):
            self._method = word
        elif name.startswith("X-WR-TIMEZONE"):
            self._zone = value.strip()

    def close(self, end: int) -> None:
        if self._open is not None:
            self._open.end = end
            if self._open.kind == "VEVENT":
                self._open.lines = mended(self._open.lines)
        self._open = None

    def _begin(self, word: str, begin: int, line: str) -> None:
        if word == "VCALENDAR":
            self.close(begin)
            self._method = self._zone = ""
        elif word in {"VEVENT", "VTIMEZONE", "VTODO", "VJOURNAL", "VFREEBUSY"}:
            self.close(begin)
            self._open = Block(word, begin, method=self._method, zone=self._zone)
            self._inside = []
            if word in {"VEVENT", "VTIMEZONE"}:
                self.blocks.append(self._open)
        elif self._open is not None:
            self._inside.append(word)
            self._keep_nested(line)

    def _end(self, word: str, end: int, line: str) -> None:
        block = self._open
        if block is None:
            return
        if word == block.kind:
            block.closed = True
            self.close(end)
        elif self._inside:
            self._inside.pop()
            self._keep_nested(line)

    def _keep_nested(self, line: str) -> None:
        if self._open is not None and self._open.kind == "VTIMEZONE":
            self._append(self._open, line)

    def _property(self, block: Block, line: str) -> None:
        if block.kind == "VTIMEZONE":
            self._append(block, line)
        elif not self._inside:
            found = _NAME.match(line)
            if found and found.group().upper() in READ:
                self._append(block, line)

    @staticmethod
    def _append(block: Block, line: str) -> None:
        # DESCRIPTION may be cut short without harm; any other over-long line would change its meaning.
        if len(line) > MAX_LINE:
            if not line.upper().startswith("DESCRIPTION"):
                return
            line = line[:MAX_LINE].rstrip("\\")
        if len(block.lines) < MAX_LINES:
            block.lines.append(line)
