"""Mails and documents on disk: .eml files, folders of them, Maildir, mbox, and bills as PDF or XML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from automator.mail.message import Fetched, MessageRef

MAIL_CAP = 60 * 1024 * 1024
_DOCUMENTS: dict[str, Literal["pdf", "xml"]] = {".pdf": "pdf", ".xml": "xml"}


@dataclass(frozen=True, slots=True)
class Found:
    """One thing to read: `path` as it is reported ("x.mbox#3" for the third mail of an mbox); `content` its bytes."""

    path: str
    kind: Literal["mail", "pdf", "xml"]
    content: bytes
    changed: datetime

    def fetched(self) -> Fetched:
        """The mail as a source would hand it over; the file's time stands for the arrival."""
        return Fetched(MessageRef("", self.path, 0, 0), self.changed, len(self.content), whole=self.content)


def read(paths: Sequence[Path]) -> Iterator[Found]:
    """Everything below `paths`, sorted by path: folders recursively (*.eml, and all mails of a Maildir).

    A file that was named itself is read whatever it is called. Raises FileNotFoundError before the first item when a
    path does not exist. A file that cannot be read gives an empty mail: one item for every message.
    """
    for path in paths:
        path.stat()
    for path in sorted({file for given in paths for file in _files(given)}, key=str):
        yield from _items(path)


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    for file in path.rglob("*"):
        if file.is_file() and (file.suffix.lower() == ".eml" or _in_maildir(file)):
            yield file


def _in_maildir(file: Path) -> bool:
    return (
        file.parent.name in {"cur", "new"} and (file.parent.parent / "tmp").is_dir() and not file.name.startswith(".")
    )


def _items(path: Path) -> Iterator[Found]:
    try:
        changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        with path.open("rb") as stream:
            head = stream.read(5)
            if head == b"From " and not _in_maildir(path):
                yield from _mbox(path, changed)
                return
            content = head + stream.read(MAIL_CAP)
    except OSError:
        yield Found(str(path), "mail", b"", datetime.fromtimestamp(0, UTC))
        return
    yield Found(str(path), _DOCUMENTS.get(path.suffix.lower(), "mail"), content, changed)


def _mbox(path: Path, changed: datetime) -> Iterator[Found]:
    """Mails of an mbox (RFC 4155), split at "From " lines after an empty line, counted from 1."""
    lines: list[bytes] = []
    number, size, blank = 0, 0, True
    with path.open("rb") as stream:
        for line in stream:
            if blank and line.startswith(b"From "):
                if number:
                    yield Found(f"{path}#{number}", "mail", b"".join(lines), changed)
                number, lines, size = number + 1, [], 0
            elif size < MAIL_CAP:
                # mboxrd writes ">From " for a line of the mail that began with "From "
                lines.append(line[1:] if line.startswith(b">") and line.lstrip(b">").startswith(b"From ") else line)
                size += len(line)
            blank = line in {b"\n", b"\r\n"}
    if number:
        yield Found(f"{path}#{number}", "mail", b"".join(lines), changed)
