"""The accountant's parcel of a month: names of documents, the list of bills, and what is missing. No file is touched."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from automator.billing.invoice import Direction
from automator.words import Words, msgid

_UNSAFE = re.compile(r"[^A-Za-z0-9.-]+")
_NUMBER = re.compile(r"(.{0,40}?)(\d{1,9})(\D{0,4})")
_FORMULA = ("=", "+", "-", "@", "\t")
_LONGEST_GAP = 50  # numbers further apart belong to no one series
_STATUS = {
    "open": msgid("not paid"),
    "ordered": msgid("in a payment file"),
    "paid": msgid("paid"),
    "disputed": msgid("in dispute"),
    "credited": msgid("credited"),
    "verify": msgid("to be verified"),
}
_COLUMNS = (
    msgid("Date"),
    msgid("Journal"),
    msgid("Party"),
    msgid("Number"),
    msgid("Net"),
    msgid("VAT"),
    msgid("Gross"),
    msgid("Currency"),
    msgid("Due"),
    msgid("Status"),
    msgid("Paid on"),
    msgid("Document"),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A bill of the month. Amounts are positive, a credit note's too; `papers` are the names of its documents in the
    parcel."""

    id: int
    direction: Direction
    document: str
    party: str
    number: str
    day: date
    gross: Decimal | None
    currency: str
    net: Decimal | None = None
    vat: Decimal | None = None
    due: date | None = None
    status: str = "open"
    settled_on: date | None = None
    papers: tuple[str, ...] = ()


def folder(direction: Direction, words: Words) -> str:
    """The folder of the parcel for bills of this direction."""
    return words.t("bills-received") if direction == "received" else words.t("bills-issued")


def paper_name(day: date, party: str, number: str, ending: str) -> str:
    """ "2026-10-14_Bois-du-Forez_F-118.pdf": Latin letters, digits, dots and dashes, whatever the parts hold
    (reliability S50); at most 120 signs."""
    parts = [day.isoformat(), _safe(party, 60), _safe(number, 40)]
    return "_".join(part for part in parts if part) + f".{_safe(ending, 8).lower() or 'bin'}"


def _safe(text: str, limit: int) -> str:
    bare = (
        unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "OE")).encode("ascii", "ignore").decode()
    )
    return re.sub(r"\.{2,}", ".", _UNSAFE.sub("-", bare)).strip(".-")[:limit].strip(".-")


def unique(name: str, taken: set[str]) -> str:
    """`name`, or "name-2" and so on where it is taken already (case does not count); it is taken from then on."""
    stem, _, ending = name.rpartition(".")
    candidate, n = name, 1
    while candidate.lower() in taken:
        n += 1
        candidate = f"{stem}-{n}.{ending}"
    taken.add(candidate.lower())
    return candidate


def ledger(entries: Iterable[Entry], words: Words) -> bytes:
    """The bills as a table: in French semicolons, decimal commas and a byte order mark (as Excel wants it), in English
    commas and dots. A credit note counts negative. No cell can be taken for a formula."""
    french = words.language == "fr"
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";" if french else ",", lineterminator="\r\n")
    writer.writerow([words.t(column) for column in _COLUMNS])
    for entry in entries:
        writer.writerow(_row(entry, words, french=french))
    return text.getvalue().encode("utf-8-sig" if french else "utf-8")


def _row(entry: Entry, words: Words, *, french: bool) -> list[str]:
    def day(value: date | None) -> str:
        return "" if value is None else f"{value:%d/%m/%Y}" if french else value.isoformat()

    def money(value: Decimal | None) -> str:
        if value is None:
            return ""
        text = f"{-value if entry.document == 'credit_note' else value:.2f}"
        return text.replace(".", ",") if french else text

    return [
        day(entry.day),
        "AC" if entry.direction == "received" else "VE",
        _cell(entry.party),
        _cell(entry.number),
        money(entry.net),
        money(entry.vat),
        money(entry.gross),
        _cell(entry.currency),
        day(entry.due),
        words.t(_STATUS.get(entry.status, "not paid")),
        day(entry.settled_on if entry.status == "paid" else None),
        " ".join(entry.papers),
    ]


def _cell(text: str) -> str:
    line = " ".join(text.split())
    return f"'{line}" if line.startswith(_FORMULA) else line


def gaps(month: Iterable[str], others: Iterable[str] = ()) -> list[str]:
    """Numbers that lack in the series of our own invoices of a month, in order; `others` are those of other months.

    1. A series is what is the same before and after the last digits ("2026-041"). 2. It runs from the greatest number
    known below the month's first to the month's last. 3. Numbers more than 50 apart are no series.
    """
    series, around = _series(month), _series(others)
    missing: list[str] = []
    for (before, after), found in sorted(series.items()):
        widths = around.get((before, after), {}) | found
        start = max((n for n in widths if n < min(found)), default=min(found))
        for low, high in pairwise(n for n in sorted(widths) if start <= n <= max(found)):
            if high - low <= _LONGEST_GAP:
                missing += [f"{before}{n:0{widths[high]}}{after}" for n in range(low + 1, high)]
    return missing


def _series(numbers: Iterable[str]) -> dict[tuple[str, str], dict[int, int]]:
    """What stands around the last digits -> number -> how many digits it is written with."""
    series: dict[tuple[str, str], dict[int, int]] = {}
    for number in numbers:
        hit = _NUMBER.fullmatch(number.strip())
        if hit:
            series.setdefault((hit[1], hit[3]), {})[int(hit[2])] = len(hit[2])
    return series


def missing_text(title: str, groups: Sequence[tuple[str, Sequence[str]]], words: Words) -> bytes:
    """What is missing, group by group; says so when nothing is."""
    lines = [title, ""]
    for head, items in groups:
        if items:
            lines += [f"{head} ({len(items)})", *(f"  - {' '.join(item.split())}" for item in items), ""]
    if len(lines) == 2:
        lines.append(words.t("Nothing is missing."))
    return ("\r\n".join(lines).rstrip() + "\r\n").encode("utf-8-sig" if words.language == "fr" else "utf-8")
