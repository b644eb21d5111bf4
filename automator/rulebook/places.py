"""Where each key of a TOML text stands: tomllib tells values, not lines, and owners need lines."""

from __future__ import annotations

import re
from collections.abc import Mapping

Path = tuple[str | int, ...]
Place = tuple[int, int]

_TRIPLE = ('"""', "'''")
_KEY = re.compile(r"""[ \t]*("(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[A-Za-z0-9_-]+)[ \t]*""")
_HEADER = re.compile(r"[ \t]*(\[\[|\[)([^\]\n]*)(\]\]|\])")


def places(text: str) -> Mapping[Path, Place]:
    """Key path -> (line, column) of its name, both from 1, for a text that tomllib has accepted.

    Tables of an array are numbered from 0: ("then", 0, "after"); a header stands for its table. Values inside
    inline tables have their own place; values of plain arrays have not.
    """
    return _Scanner(text).run()


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.table: Path = ()
        self.found: dict[Path, Place] = {}
        self.counts: dict[Path, int] = {}

    def run(self) -> dict[Path, Place]:
        while self.at < len(self.text):
            self._blank()
            header = _HEADER.match(self.text, self.at)
            if header:
                self._header(header)
            elif _KEY.match(self.text, self.at):
                self._pair(self.table)
            else:
                self.at += 1
        return self.found

    def _header(self, header: re.Match[str]) -> None:
        names = self._resolve(_split(header[2]))
        if header[1] == "[[":
            number = self.counts.get(names, -1) + 1
            self.counts[names] = number
            self._note(names, header.start(1))
            names = (*names, number)
        self.table = names
        self._note(names, header.start(1))
        self.at = header.end()
        self._line_end()

    def _resolve(self, names: list[str]) -> Path:
        """The path of a header: each array of tables on the way stands for its last table."""
        path: Path = ()
        for i, name in enumerate(names):
            path = (*path, name)
            if i < len(names) - 1 and path in self.counts:
                path = (*path, self.counts[path])
        return path

    def _pair(self, table: Path) -> None:
        """`key.key = value`, the cursor on the key."""
        path = table
        while match := _KEY.match(self.text, self.at):
            path = (*path, _bare(match[1]))
            self._note(path, match.start(1))
            self.at = match.end()
            if not self._take("."):
                break
        self._take("=")
        self._value(path)

    def _value(self, path: Path) -> None:
        self._blank()
        if self._take("{"):
            while not self._close("}"):
                self._pair(path)
        elif self._take("["):
            number = 0
            while not self._close("]"):
                self._value((*path, number))
                number += 1
        elif self.text[self.at : self.at + 1] in {'"', "'"}:
            self._string()
        else:
            plain = re.compile(r"[^,\]}#\n]*").match(self.text, self.at)
            self.at = plain.end() if plain else self.at
            if self.text[self.at : self.at + 1] == "#":
                self._line_end()

    def _close(self, sign: str) -> bool:
        self._blank()
        while self._take(","):
            self._blank()
        return self._take(sign) or self.at >= len(self.text)

    def _string(self) -> None:
        mark = self.text[self.at : self.at + 3]
        if mark not in _TRIPLE:
            mark = mark[0]
        self.at += len(mark)
        while self.at < len(self.text) and not self.text.startswith(mark, self.at):
            self.at += 2 if mark[0] == '"' and self.text[self.at] == "\\" else 1
        self.at += len(mark)
        while len(mark) == 3 and self.text[self.at : self.at + 1] == mark[0]:
            self.at += 1  # up to two more quotes may end a multi-line string

    def _take(self, sign: str) -> bool:
        if not self.text.startswith(sign, self.at):
            return False
        self.at += len(sign)
        return True

    def _blank(self) -> None:
        """Skip blanks, line ends and comments."""
        while self.at < len(self.text):
            if self.text[self.at] == "#":
                self._line_end()
            elif self.text[self.at] in " \t\r\n":
                self.at += 1
            else:
                return

    def _line_end(self) -> None:
        end = self.text.find("\n", self.at)
        self.at = len(self.text) if end < 0 else end

    def _note(self, path: Path, at: int) -> None:
        start = self.text.rfind("\n", 0, at) + 1
        self.found.setdefault(path, (self.text.count("\n", 0, at) + 1, at - start + 1))


def _split(header: str) -> list[str]:
    return [_bare(m[1]) for m in _KEY.finditer(header)]


def _bare(name: str) -> str:
    return name[1:-1] if name[:1] in {'"', "'"} else name
