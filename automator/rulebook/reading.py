"""Reading a rule file as TOML, with a plain message for the slips that word processors and habits cause.

A slip that has one obvious meaning is reported once and mended in memory, so that the rest of the file is still
checked and every problem comes in one run. The file itself is never touched.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from automator.errors import Problem
from automator.rulebook.places import Path, Place, places
from automator.words import Words

MAX_BYTES = 256_000
_MOST_SLIPS = 50
_CURLY = "“”„‟«»″＂"
_ASSIGN = re.compile(r"^(?P<head>\s*[A-Za-z0-9_\"'-]+\s*=\s*)(?P<value>.*?)\s*$")
_POSITION = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)")
_ACCENTED = re.compile(r"(^\s*|[{,]\s*)([A-Za-z_]*[^\W\d_a-zA-Z][\w-]*)(\s*=)")
_COMMA = re.compile(r"(?P<before>[=\[,{]\s*-?\d[\d \u00a0\u202f]*),(?P<after>\d+)")


@dataclass(slots=True)
class Reading:
    """A rule file as read: its table (None = not TOML even after mending), the place of each key, the problems."""

    file: str
    words: Words
    table: dict[str, Any] | None = None
    places: Mapping[Path, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def add(
        self, path: Path, code: str, message: str, *, fix: str = "", suggestion: str = "", at: Place | None = None
    ) -> None:
        """Note an error at the nearest known place of `path` (line 1 when there is none)."""
        line, column = at or self.place(path)
        if suggestion:
            fix = f"{fix} {self.words.t('Did you mean “{word}”?', word=suggestion)}".strip()
        key = ".".join(str(p + 1) if isinstance(p, int) else p for p in path)
        self.problems.append(Problem(self.file, line, key, code, message, fix, suggestion, "error", column))

    def place(self, path: Path) -> Place:
        """Where `path` or, failing that, what holds it stands."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, (1, 1))


def read(file: str, data: bytes, words: Words) -> Reading:
    """Decode and parse; every slip becomes a problem with its line. Never raises."""
    reading = Reading(file, words)
    text = _decode(data, reading)
    if text is None:
        return reading
    for _ in range(_MOST_SLIPS):
        try:
            reading.table, reading.places = tomllib.loads(text), places(text)
        except tomllib.TOMLDecodeError as error:
            mended = _mend(text, error, reading)
            if mended is None:
                return reading
            text = mended
        except (RecursionError, ValueError):
            reading.add((), "not_toml", words.t("This file is not a rule: it cannot be read as TOML."))
            return reading
        else:
            return reading
    return reading


def _decode(data: bytes, reading: Reading) -> str | None:
    t = reading.words.t
    if len(data) > MAX_BYTES:
        reading.add((), "too_large", t("This file is too large for a rule ({limit} bytes at most).", limit=MAX_BYTES))
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        fix = t("Save the file as UTF-8 (in the editor: Save as, Encoding: UTF-8).")
        reading.add((), "not_utf8", t("This file is not written in UTF-8."), fix=fix)
        return None
    return text.replace("\r\n", "\n")


def _mend(text: str, error: tomllib.TOMLDecodeError, reading: Reading) -> str | None:
    """Report the slip behind a syntax error; the mended text, or None when its meaning is not obvious."""
    line, column = _where(text, error)
    rows = text.split("\n")
    quoted = _ACCENTED.sub(r'\1"\2"\3', rows[line - 1])
    if quoted != rows[line - 1]:  # a key like modèle: TOML wants it quoted, the schema will say what was meant
        return "\n".join([*rows[: line - 1], quoted, *rows[line:]])
    for repair in (_curly, _single_then, _comma, _twice, _backslash, _inline_table, _unquoted):
        found = repair(rows, line, column, reading.words)
        if found:
            rows, code, message, fix, place = found
            reading.add((), code, message, fix=fix, at=place)
            return "\n".join(rows)
    _other(str(error), line, column, reading)
    return None


def _where(text: str, error: tomllib.TOMLDecodeError) -> Place:
    found = _POSITION.search(str(error))
    if found and found[1]:
        return int(found[1]), int(found[2])
    rows = text.rstrip().split("\n")
    return len(rows), max(len(rows[-1]), 1)


_Found = tuple[list[str], str, str, str, Place] | None
_Repair = Callable[[list[str], int, int, Words], _Found]


def _curly(rows: list[str], line: int, column: int, words: Words) -> _Found:
    """Quotes that a word processor made: “texte”."""
    row = rows[line - 1]
    if not any(sign in row for sign in _CURLY):
        return None
    plain = row
    for sign in _CURLY:
        plain = plain.replace(sign, '"')
    plain = re.sub(r'"\s*"(?=[^,\]}\s#])', '"', plain) if '""' in plain else plain
    message = words.t("A word processor turned the straight quotes of this line into curly ones.")
    fix = words.t('Write "straight quotes" around the text; a plain text editor does not change them.')
    place = (line, 1 + min(i for i, sign in enumerate(row) if sign in _CURLY))
    return [*rows[: line - 1], plain, *rows[line:]], "curly_quotes", message, fix, place


def _single_then(rows: list[str], line: int, column: int, words: Words) -> _Found:
    """`[then]` where `[[then]]` is meant; TOML only minds the second one, so all are mended at once."""
    single = re.compile(r"^\s*\[(then|test)\]\s*(#.*)?$")
    mine = [i for i, row in enumerate(rows) if single.match(row)]
    if not mine or not re.match(r"^\s*\[\[?(then|test)\]", rows[line - 1]):
        return None
    name = re.sub(r"[\[\]\s#].*|^\s*\[+", "", rows[mine[0]].strip().lstrip("["))
    mended = [f"[[{row.strip()[1:].split(']')[0]}]]" if i in mine else row for i, row in enumerate(rows)]
    return mended, "single_bracket", *single_bracket(name, words), (mine[0] + 1, 1)


def single_bracket(name: str, words: Words) -> tuple[str, str]:
    """Message and fix for `[then]` written with one pair of brackets."""
    message = words.t("[{name}] needs two pairs of brackets, for there may be several.", name=name)
    return message, words.t("Write [[{name}]].", name=name)


def _comma(rows: list[str], line: int, column: int, words: Words) -> _Found:
    """A French decimal comma in a bare number: 12,50."""
    row = rows[line - 1]
    found = _COMMA.search(row)
    if not found:
        return None
    number = f"{found['before'].lstrip('=[,{ ')},{found['after']}"
    plain = f'{row[: found.start()]}{found["before"][0]} "{number} €"{row[found.end() :]}'
    message = words.t("{number} is a bare number with a decimal comma.", number=number)
    fix = words.t('Amounts are texts with their currency, in quotes: "{number} €".', number=number)
    return [*rows[: line - 1], plain, *rows[line:]], "decimal_comma", message, fix, (line, found.start() + 2)


def _inline_table(rows: list[str], line: int, column: int, words: Words) -> _Found:
    """`{ ... }` over several lines (TOML 1.1), or with a comma at its end: joined on its first line."""
    message = words.t("A table in braces must stand on one line, without a comma at its end.")
    fix = words.t("Put everything between {open} and {close} on one line.", open="{", close="}")
    row = re.sub(r",\s*}", " }", rows[line - 1])
    if row != rows[line - 1]:
        return [*rows[: line - 1], row, *rows[line:]], "inline_table", message, fix, (line, 1)
    start = next((i for i in range(line - 1, max(line - 60, -1), -1) if _opens(rows[i])), None)
    if start is None:
        return None
    end = next((i for i in range(start + 1, min(start + 60, len(rows))) if "}" in rows[i]), None)
    if end is None or end < line - 1:
        return None
    parts = [re.sub(r"\s+#[^\"']*$", "", row).strip() for row in rows[start : end + 1]]
    joined = re.sub(r",\s*}", " }", re.sub(r"{\s*,", "{", _with_commas(parts)))
    blank = [""] * (end - start)
    return [*rows[:start], joined, *blank, *rows[end + 1 :]], "inline_table", message, fix, (start + 1, 1)


def _opens(row: str) -> bool:
    return bool(re.match(r"^\s*[\w\"'-]+\s*=\s*\{[^}]*$", row))


def _with_commas(parts: list[str]) -> str:
    joined = ""
    for part in parts:
        glue = ", " if joined and not joined.rstrip().endswith((",", "{")) and not part.startswith("}") else " "
        joined += (glue if joined else "") + part
    return joined


def _unquoted(rows: list[str], line: int, column: int, words: Words) -> _Found:
    """A text without its quotes, or with one of the two: title = Relancer les clients."""
    found = _ASSIGN.match(rows[line - 1])
    if not found or found["value"][:1] in {"", "[", "{", "'"} or _is_value(found["value"]):
        return None
    value = re.sub(r"\s+#.*$", "", found["value"]).strip('"').replace("\\", "").replace('"', "'")
    row = f'{found["head"]}"{value}"'
    message = words.t("The text of this line is not between quotes.")
    fix = words.t("Write: {line}", line=row.strip())
    return [*rows[: line - 1], row, *rows[line:]], "unquoted_text", message, fix, (line, found.end("head") + 1)


def _is_value(text: str) -> bool:
    return not _is_broken(f"x = {text}")


def _twice(rows: list[str], line: int, column: int, words: Words) -> _Found:
    """A key that stands twice in one table: the first one is kept for the rest of the check."""
    found = _ASSIGN.match(rows[line - 1])
    if not found or not _is_value(found["value"]) or _is_broken("\n".join(rows[: line - 1])):
        return None
    if not _is_broken("\n".join(rows[:line])):
        return None
    message = words.t("This key stands twice in the same table.")
    return [*rows[: line - 1], "", *rows[line:]], "twice", message, words.t("Keep one of the two."), (line, 1)


def _is_broken(text: str) -> bool:
    try:
        tomllib.loads(text)
    except (ValueError, RecursionError):
        return True
    return False


def _backslash(rows: list[str], line: int, column: int, words: Words) -> _Found:
    """A lone backslash in a quoted text: a Windows folder, or a regular expression."""
    row = rows[line - 1]
    plain = re.sub(r"\\\\|\\", r"\\\\", row)
    if plain == row or not re.search(r'"[^"]*\\[^"]*"', row):
        return None
    message = words.t("A backslash between double quotes needs a second one.")
    fix = words.t("Write the backslash twice, or a slash; there are no regular expressions here, * is the wildcard.")
    return [*rows[: line - 1], plain, *rows[line:]], "backslash", message, fix, (line, row.index("\\") + 1)


def _other(error: str, line: int, column: int, reading: Reading) -> None:
    t = reading.words.t
    said = _POSITION.sub("", error)
    if said.startswith("Cannot overwrite"):
        message = t("This key stands twice in the same table.")
        reading.add((), "twice", message, fix=t("Keep one of the two."), at=(line, 1))
    elif said.startswith("Cannot declare"):
        message = t("This section stands twice.")
        reading.add((), "twice", message, fix=t("Keep one of the two."), at=(line, 1))
    else:
        message = t("This line is not TOML ({reason}).", reason=said)
        fix = t("A line is: key = value; texts stand between straight quotes.")
        reading.add((), "not_toml", message, fix=fix, at=(line, column))
