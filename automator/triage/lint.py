"""Finds what is wrong in files of labelled mails before a model learns it: shape, ids, labels, dates, near-duplicates.

A mail that stands twice under two situations may lie on both sides of the test split and flatter every figure, so
near-duplicates are looked for by their runs of words (shingles, Broder 1997).
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime
from typing import Any, Final

from automator.billing.iban import valid as is_iban
from automator.triage.verdict import CATEGORIES, KINDS

LANGUAGES: Final = frozenset({"fr", "en", "de", "es", "it", "nl", "pt", "pl", "mul"})  # mul: several (ISO 639-2)
DIFFICULTIES: Final = frozenset({"easy", "medium", "hard"})
SAME: Final = 0.5
_SHINGLE: Final = 5
_COMMON: Final = 12
_NEEDED: Final = frozenset({
    "id", "situation", "lang", "date", "from_name", "from_addr", "to_addr", "headers", "subject", "attachments", "labels",
    "kind", "deadline", "difficulty",
})  # fmt: skip
_ALLOWED: Final = _NEEDED | {
    "body_text", "body_html", "reply_to", "fields", "borderline", "all_invoice_numbers", "known", "fraud", "signs", "notes"
}  # fmt: skip
_FIELDS: Final = frozenset(
    {"supplier", "invoice_number", "total_amount", "currency", "due_date", "iban", "all_invoice_numbers"}
)
_OWN_HEADERS: Final = frozenset({"from", "to", "reply-to", "subject", "date", "message-id"})
_SILENT: Final = frozenset({"auto_reply", "bounce"})
_SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
_ADDRESS: Final = re.compile(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)")
_TAG: Final = re.compile(r"<[^>]{0,300}>")
_WORD: Final = re.compile(r"\w+")
_WRITTEN: Final = frozenset({"pdf", "docx", "xlsx", "xml", "txt", "csv", "odt"})

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in `file` at `line` (counted from 1)."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}"


def lint(files: Mapping[str, bytes]) -> list[Problem]:
    """All problems of files of JSON lines (name -> content), in their order; [] when they may be learnt from."""
    found: list[Problem] = []
    rows: list[tuple[str, int, Row]] = []
    for name, body in sorted(files.items()):
        for number, line in enumerate(body.splitlines(), 1):
            if line.strip():
                row = _row(line)
                if isinstance(row, str):
                    found.append(Problem(name, number, row))
                    continue
                rows.append((name, number, row))
                found += [Problem(name, number, text) for text in wrong(row)]
    found += _repeated(rows)
    found += _alike([entry for entry in rows if isinstance(entry[2].get("situation"), str)])
    return sorted(found, key=lambda problem: (problem.file, problem.line))


def wrong(row: Row) -> Iterator[str]:
    """What is wrong in one row by itself."""
    missing, unknown = sorted(_NEEDED - row.keys()), sorted(row.keys() - _ALLOWED)
    if missing:
        yield f"missing: {', '.join(missing)}"
    if unknown:
        yield f"unknown keys: {', '.join(unknown)}; allowed are {', '.join(sorted(_ALLOWED))}"
    if missing:
        return
    yield from _identity(row)
    yield from _labels(row)
    yield from _dates(row)
    yield from _content(row)


def _row(line: bytes) -> Row | str:
    try:
        row = json.loads(line)
    except ValueError as error:
        return f"not JSON: {error}"
    return row if isinstance(row, dict) else "a line must be one JSON object"


def _identity(row: Row) -> Iterator[str]:
    if not _SLUG.match(str(row["situation"])):
        yield f"situation {row['situation']!r} is no slug (lower-case letters and figures joined by -)"
    if row["lang"] not in LANGUAGES:
        yield f"lang {row['lang']!r}; allowed are {', '.join(sorted(LANGUAGES))}"
    if row["difficulty"] not in DIFFICULTIES:
        yield f"difficulty {row['difficulty']!r}; allowed are easy, medium, hard"
    own = sorted(name for name in row["headers"] if name.lower() in _OWN_HEADERS)
    if own:
        yield f"headers {', '.join(own)} have keys of their own"
    if row["kind"] not in KINDS:
        yield f"kind {row['kind']!r} is not one of the kinds"
    text = " ".join(str(row.get(key) or "") for key in ("from_addr", "to_addr", "reply_to", "body_text", "body_html"))
    real = {domain for domain in _ADDRESS.findall(text) if not domain.lower().endswith(".example")}
    if real:
        yield f"addresses outside .example: {', '.join(sorted(real))}"


def _labels(row: Row) -> Iterator[str]:
    labels = row["labels"]
    if set(labels) != set(CATEGORIES) or not all(isinstance(value, bool) for value in labels.values()):
        yield f"labels must be true or false for each of {', '.join(CATEGORIES)}"
        return
    if row["kind"] in _SILENT and labels["client_request"]:
        yield f"a mail of kind {row['kind']} is no client_request"
    if row["deadline"] and not labels["client_request"]:
        yield "a deadline belongs to client requests only"
    filled = any((row.get("fields") or {}).values())
    if filled and not labels["invoice"] and "fraud" not in row:
        yield "fields belong to invoices only"
    elif labels["invoice"]:
        yield from _fields(row.get("fields") or {})


def _fields(fields: Row) -> Iterator[str]:
    if set(fields) - _FIELDS:
        yield f"unknown fields: {', '.join(sorted(set(fields) - _FIELDS))}"
    amount, due, iban = fields.get("total_amount"), fields.get("due_date"), fields.get("iban")
    if amount is not None and not _is_amount(amount):
        yield f'total_amount {amount!r} must be a text such as "1234.50"'
    if due is not None and not _is_day(due):
        yield f'due_date {due!r} must be a day such as "2026-01-31" or null'
    if iban and not is_iban(iban):
        yield f"the IBAN {iban!r} has a wrong checksum"


def _dates(row: Row) -> Iterator[str]:
    try:
        when = parsedate_to_datetime(row["date"])
    except (TypeError, ValueError):
        yield f"date {row['date']!r} is no RFC 5322 date"
        return
    if when.tzinfo is None:
        yield "the date has no offset such as +0200"
    if not str(row["date"]).startswith(when.strftime("%a")):
        yield f"{row['date']!r} was a {when:%A}"
    if row["deadline"] and not _is_moment(row["deadline"]):
        yield f"deadline {row['deadline']!r} must be an ISO 8601 day or moment"


def _content(row: Row) -> Iterator[str]:
    if not (row["subject"] or row.get("body_text") or row.get("body_html") or row["attachments"]):
        yield "the mail is empty"
    for attachment in row["attachments"]:
        name = str(attachment.get("filename") or "")
        if not name or not attachment.get("content_type"):
            yield "an attachment needs filename and content_type"
        elif name.rpartition(".")[2].lower() in _WRITTEN and not attachment.get("text"):
            yield f"the attachment {name} has no text: write the document"


def _repeated(rows: Iterable[tuple[str, int, Row]]) -> Iterator[Problem]:
    counts = Counter(row.get("id") for _, _, row in rows)
    for name, number, row in rows:
        if counts[row.get("id")] > 1:
            yield Problem(name, number, f"the id {row.get('id')!r} stands {counts[row.get('id')]} times")


def _alike(rows: list[tuple[str, int, Row]]) -> Iterator[Problem]:
    """Mails of different situations that share most of the shorter one's runs of words."""
    runs = [_shingles(row) for _, _, row in rows]
    holders: dict[str, list[int]] = defaultdict(list)
    for place, found in enumerate(runs):
        for run in found:
            holders[run].append(place)
    shared: Counter[tuple[int, int]] = Counter()
    for places in holders.values():
        if 1 < len(places) <= _COMMON:
            shared.update((one, other) for n, one in enumerate(places) for other in places[n + 1 :])
    for (one, other), count in sorted(shared.items()):
        first, second = rows[one], rows[other]
        if first[2]["situation"] == second[2]["situation"]:
            continue
        share = count / min(len(runs[one]), len(runs[other]))
        if share >= SAME:
            told = f"{share:.0%} of its runs of {_SHINGLE} words stand in {first[2].get('id')} too: give both one situation"
            yield Problem(second[0], second[1], told)


def _shingles(row: Row) -> set[str]:
    text = f"{row.get('subject', '')} {row.get('body_text') or _TAG.sub(' ', row.get('body_html') or '')}"
    words = _WORD.findall(text.lower())
    return {" ".join(words[at : at + _SHINGLE]) for at in range(len(words) - _SHINGLE + 1)}


def _is_amount(value: object) -> bool:
    try:
        return isinstance(value, str) and Decimal(value) >= 0
    except InvalidOperation:
        return False


def _is_day(value: object) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value) is not None
    except ValueError:
        return False


def _is_moment(value: object) -> bool:
    try:
        return isinstance(value, str) and datetime.fromisoformat(value) is not None
    except ValueError:
        return False
