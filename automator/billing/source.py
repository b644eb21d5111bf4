"""One text that a bill is read from: the body, the subject, a page of a PDF."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import islice

from automator.billing.dates import find_dates
from automator.billing.fold import fold
from automator.billing.iban import find_ibans
from automator.billing.invoice import Fact
from automator.billing.money import Amount, Separator, find_amounts, separator

_ANY_DAY = date(2026, 1, 1)  # only where a date stands matters here
_NO_MONEY = re.compile(
    r"(?:\+\d{1,3}[ .]?(?:\(0\))?|\b0)\d(?:[ .-]?\d\d){3,4}\b|\b0\d{3,4} \d{3} \d{3}\b"  # telephone numbers
    r"|\b\d{1,2} ?h ?\d{0,2}\b|\b\d{1,2}:\d\d\b|(?<=\d)e\b"  # hours, "5e étage"
    r"|\b(?:le|the|du|au|am|vom|il|el) \d{1,2}(?:er|st|nd|rd|th)?\b(?![ ]?(?:€|euros?|eur\b|[.,]\d|\d{3}))"
    r"|(?:siret|siren|rcs|tva|vat|kvk|btw|reg|capital)[a-z .:°-]{0,20}(?:[a-z]{2} ?)?\d[\d ]{6,}"  # registered ids
)
_MOST_AMOUNTS = 1_000
_WIDEST = " " * 40
_GAPS = re.compile(r"[^\S\n]{41,}")
_LONGEST = 40_000  # characters of one text; a bill says what it has to say long before


@dataclass(frozen=True, slots=True)
class Source:
    """A text with its folded twin (same positions), the numbers in it, and `where` it was ("body", "pdf:1")."""

    where: str
    text: str
    folded: str
    decimal: Separator | None
    amounts: tuple[Amount, ...] = field(repr=False)

    def line_start(self, position: int) -> int:
        """Where the line that holds `position` begins."""
        return self.folded.rfind("\n", 0, position) + 1

    def line_end(self, position: int) -> int:
        """Where the line that holds `position` ends."""
        end = self.folded.find("\n", position)
        return len(self.folded) if end < 0 else end

    def line(self, position: int) -> str:
        """The folded line that holds `position`."""
        return self.folded[self.line_start(position) : self.line_end(position)]

    def fact(self, value: str, span: tuple[int, int], confidence: float) -> Fact:
        """A fact read at `span`; its evidence is the words around it on the same line, 120 characters at most."""
        start = max(self.line_start(span[0]), span[0] - 60)
        end = min(self.line_end(span[1]), max(span[1], start + 120))
        return Fact(value, round(confidence, 2), " ".join(self.text[start:end].split()), self.where)

    def shorter(self, start: int, end: int) -> Source:
        """The part of this text between two positions."""
        return source(self.where, self.text[start:end], self.decimal)


def source(where: str, text: str, decimal: Separator | None = None) -> Source:
    """Make a source of a text; `decimal` is its decimal sign when known, else the text itself decides."""
    text = _squeezed(text[:_LONGEST])
    decimal = decimal or separator(text)
    folded = fold(text)
    return Source(where, text, folded, decimal, tuple(islice(_money(text, folded, decimal), _MOST_AMOUNTS)))


def _squeezed(text: str) -> str:
    """No more than two empty lines or 40 spaces in a row: layout stays, text made to stall the patterns does not."""
    kept: list[str] = []
    for line in text.splitlines():
        plain = _GAPS.sub(_WIDEST, line.rstrip())
        if plain or kept[-2:] != ["", ""]:
            kept.append(plain)
    return "\n".join(kept)


def _money(text: str, folded: str, decimal: Separator | None) -> Iterator[Amount]:
    """Numbers that may be money: none that is part of a date, an account number, a telephone number or an hour."""
    taken = bytearray(len(text))
    spans = [f.span for f in find_dates(text, _ANY_DAY)] + [span for _, span in find_ibans(text)]
    for start, end in [*spans, *(hit.span() for hit in _NO_MONEY.finditer(folded))]:
        taken[start:end] = b"\1" * (end - start)
    for amount in find_amounts(text, decimal=decimal):
        if not any(taken[slice(*amount.span)]):
            yield amount
