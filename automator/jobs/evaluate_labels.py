"""Labels of mails in files: a `labels.csv` beside them, or the header `X-Automator-Labels` in each.

    file,invoice,client_request,urgent,kind,lang,difficulty
    2026/bill.eml,yes,no,no,supplier_invoice,fr,easy

Only `file` is needed. An empty cell is unknown. `file` counts from the folder of its labels.csv; the third mail of an
mbox is `x.mbox#3`. Comma, semicolon and tab separate, as spreadsheets write them. The header names what the mail is
(`X-Automator-Labels: invoice, urgent`); it is none of the other shipped categories; an empty header = none at all.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from automator.mail.headers import read_headers
from automator.triage.lint import DIFFICULTIES, LANGUAGES, Problem
from automator.triage.verdict import CATEGORIES, KINDS

NAME: Final = "labels.csv"
HEADER: Final = "X-Automator-Labels"
_CAP: Final = 16 << 20
_TRUTHS: Final[Mapping[str, bool]] = {
    **dict.fromkeys(("yes", "y", "true", "oui", "vrai", "1"), True),
    **dict.fromkeys(("no", "n", "false", "non", "faux", "0"), False),
}
_OTHERS: Final[Mapping[str, frozenset[str]]] = {
    "kind": frozenset(KINDS),
    "lang": LANGUAGES,
    "difficulty": DIFFICULTIES,
}


@dataclass(frozen=True, slots=True)
class Labels:
    """What is true of a mail; a category that is not there, and "" elsewhere, is unknown. `line` of its labels.csv."""

    labels: Mapping[str, bool] = field(default_factory=dict)
    kind: str = ""
    language: str = ""
    difficulty: str = ""
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class LabelFiles:
    """All labels found beside mails, by the path of the mail, and what is wrong with them."""

    labels: Mapping[str, Labels]
    problems: Sequence[Problem]


def read_label_files(path: Path, categories: Sequence[str]) -> LabelFiles:
    """The labels.csv files of a folder and those below it; for a file, the one beside it."""
    files = sorted(path.rglob(NAME)) if path.is_dir() else [f for f in (path.parent / NAME,) if f.is_file()]
    found: dict[str, Labels] = {}
    problems: list[Problem] = []
    for file in files:
        for item in _read(file, categories):
            if isinstance(item, Problem):
                problems.append(item)
            elif item[0] in found:
                problems.append(Problem(str(file), item[1].line, f"{item[0]} stands here more than once"))
            else:
                found[item[0]] = item[1]
    return LabelFiles(found, problems)


def _read(file: Path, categories: Sequence[str]) -> Iterator[Problem | tuple[str, Labels]]:
    try:
        with file.open("rb") as stream:
            text = stream.read(_CAP).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        yield Problem(str(file), 1, f"cannot be read as UTF-8 text ({type(error).__name__})")
        return
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        head = [name.strip().lower() for name in next(rows, [])]
        allowed = ("file", *categories, *_OTHERS)
        wrong = [name for name in head if name not in allowed or head.count(name) > 1]
        if wrong or "file" not in head:
            told = f"wrong columns: {', '.join(wrong)}; " if wrong else "the column file is missing; "
            yield Problem(str(file), 1, f"{told}the first line names each column once, of {', '.join(allowed)}")
            return
        for row in rows:
            if any(cell.strip() for cell in row):
                yield from _row(file, rows.line_num, dict(zip(head, (cell.strip() for cell in row), strict=False)))
    except csv.Error as error:
        yield Problem(str(file), rows.line_num, f"is no CSV: {error}")


def _row(file: Path, line: int, row: Mapping[str, str]) -> Iterator[Problem | tuple[str, Labels]]:
    name = row.get("file", "").replace("\\", "/")
    if not name:
        yield Problem(str(file), line, "the name of the file is missing")
        return
    labels: dict[str, bool] = {}
    for column, cell in row.items():
        said = cell.lower()
        if column in _OTHERS:
            if said and said not in _OTHERS[column]:
                yield Problem(str(file), line, f"{column} {cell!r}; allowed are {', '.join(sorted(_OTHERS[column]))}")
        elif column != "file" and said:
            if said not in _TRUTHS:
                yield Problem(str(file), line, f"{column} {cell!r}; allowed are yes, no, true, false, oui, non, 1, 0")
            else:
                labels[column] = _TRUTHS[said]
    kind, language, difficulty = (row.get(column, "").lower() for column in _OTHERS)
    yield str(file.parent / name), Labels(labels, kind, language, difficulty, str(file), line)


def header_labels(content: bytes, path: str, categories: Sequence[str]) -> Labels | Problem | None:
    """The labels in the header of a mail; None when it has no such header."""
    values = read_headers(content).all(HEADER.lower())
    if not values:
        return None
    named = [name.strip().lower() for name in values[0].split(",") if name.strip()]
    wrong = sorted(set(named) - set(categories))
    if wrong:
        return Problem(
            path, 1, f"{HEADER}: {', '.join(repr(name[:40]) for name in wrong)}; allowed are {', '.join(categories)}"
        )
    return Labels({**dict.fromkeys(CATEGORIES, False), **dict.fromkeys(named, True)})
