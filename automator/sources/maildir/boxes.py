"""The folders of a Maildir, their messages, and reading one of them (cr.yp.to/proto/maildir.html).

A message's UID is made from its file's unique name, so that it is known again by any process, without a file of ours
in somebody else's mailbox.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from automator.errors import PermanentError, TemporaryError
from automator.mail.message import MessageRef, Role

LETTERS = {"D": "\\Draft", "F": "\\Flagged", "R": "\\Answered", "S": "\\Seen", "T": "\\Deleted"}


class Options(BaseModel):
    """`path` is the Maildir (with cur, new and tmp); `sent` and `drafts` are folders in it (Maildir++), used if there."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    path: Path
    sent: str = Field(default=".Sent", pattern=r"^\.[^/\x00]*$")
    drafts: str = Field(default=".Drafts", pattern=r"^\.[^/\x00]*$")


@dataclass(frozen=True, slots=True)
class Entry:
    """One message file: where it lies and what its name says."""

    path: Path
    uid: int
    letters: str
    arrived: float


@dataclass(frozen=True, slots=True)
class Box:
    """One folder of the Maildir and what its messages are to us."""

    name: str
    path: Path
    role: Role

    def entries(self) -> dict[int, Entry]:
        """Its messages by UID, the oldest first."""
        found = [entry for part in ("cur", "new") for entry in self._entries(self.path / part)]
        return {e.uid: e for e in sorted(found, key=lambda e: (e.arrived, e.path.name))}

    def _entries(self, folder: Path) -> Iterator[Entry]:
        with os.scandir(folder) as listing:
            for item in listing:
                unique, _, info = item.name.partition(":")
                if item.name.startswith("."):
                    continue
                with suppress(FileNotFoundError):
                    letters = "".join(c for c in info.removeprefix("2,") if c in LETTERS)
                    yield Entry(Path(item.path), uid_of(unique), letters, item.stat().st_mtime)


def uid_of(unique: str) -> int:
    """The UID of a message from the unique part of its file name: 48 bits of its hash."""
    return int.from_bytes(hashlib.sha256(unique.encode("utf-8", "surrogateescape")).digest()[:6])


def folder_of(wanted: str) -> str:
    """The folder that the owner calls `wanted`, with "/" between levels: "Clients/2026" is ".Clients.2026"."""
    return "." + ".".join(level.strip(". ") for level in wanted.split("/"))


def boxes(options: Options, filed: Sequence[str] = ()) -> list[Box]:
    """INBOX, and Sent, Drafts and the folders of `filed` where they exist. PermanentError when the path is no Maildir."""
    if not all((options.path / part).is_dir() for part in ("cur", "new", "tmp")):
        raise PermanentError(f"{options.path} is no Maildir: it needs the folders cur, new and tmp")
    special: list[tuple[str, Role]] = [(options.sent, "sent"), (options.drafts, "draft")]
    taught = dict.fromkeys(folder_of(wanted) for wanted in filed)
    special += [(name, "filed") for name in taught if name not in {options.sent, options.drafts}]
    found = [Box(name.lstrip("."), options.path / name, role) for name, role in special]
    return [Box("INBOX", options.path, "received"), *(b for b in found if (b.path / "cur").is_dir())]


@contextmanager
def disk(what: str) -> Iterator[None]:
    try:
        yield
    except PermissionError:
        raise PermanentError(f"{what}: this user may not read or write there") from None
    except OSError as error:
        raise TemporaryError(f"{what}: {error.strerror or type(error).__name__}") from None


def content(entry: Entry, limit: int) -> bytes | None:
    """Its first `limit` bytes; None when it is gone or no ordinary file."""
    try:
        descriptor = os.open(entry.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        return None
    with os.fdopen(descriptor, "rb") as file:
        return file.read(limit)


def entry_of(options: Options, ref: MessageRef, filed: Sequence[str] = ()) -> Entry:
    for box in boxes(options, filed):
        if box.name == ref.mailbox:
            found = box.entries().get(ref.uid)
            if found is not None:
                return found
    raise PermanentError(f"message {ref.uid} is no longer in {ref.mailbox}")
