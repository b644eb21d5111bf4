"""Writing to a Maildir: flags, moves, copies into Sent and Drafts. Nothing is deleted or overwritten."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Literal

from automator.errors import PermanentError
from automator.mail.addresses import message_id_of
from automator.mail.headers import read_headers
from automator.mail.message import MessageRef, Role
from automator.ports import Capabilities, Change
from automator.sources.maildir.boxes import LETTERS, Box, Entry, Options, boxes, content, disk, entry_of

_LETTER = {flag.lower(): letter for letter, flag in LETTERS.items()}
_HEADER = 65_536


class Writer:
    """A MailboxWriter (ports.py) on a Maildir: sets flags, moves and appends; deletes nothing. It keeps no keywords."""

    capabilities = Capabilities(move=True)

    def __init__(self, name: str, options: Options) -> None:
        self._name, self._options = name, options

    def apply(self, change: Change) -> None:
        """See MailboxWriter."""
        with disk(str(self._options.path)):
            if change.kind == "append":
                self._append(change)
            elif change.ref is None or change.kind == "keyword":
                raise PermanentError(
                    "a Maildir keeps no keywords" if change.ref else f"a {change.kind} needs a message"
                )
            elif change.kind == "flag":
                self._flag(entry_of(self._options, change.ref), change.value)
            else:
                self._move(change.ref, change.value)

    def _move(self, ref: MessageRef, wanted: str) -> None:
        """Into the folder, made if it is missing. There already = done: a message keeps its UID in every folder."""
        target = self._folder("Archive" if wanted.lower() == "\\archive" else wanted)
        if ref.uid in Box(wanted, target, "received").entries():
            return
        entry = entry_of(self._options, ref)
        entry.path.rename(target / "cur" / _renamed(entry, entry.letters))

    def _flag(self, entry: Entry, flag: str) -> None:
        letter = _LETTER.get(flag.lower(), "")
        if not letter or letter == "T":
            raise PermanentError(f'"{flag}" is not a flag that may be set')
        letters = "".join(sorted({*entry.letters, letter}))
        entry.path.rename(entry.path.parent.parent / "cur" / _renamed(entry, letters))

    def _append(self, change: Change) -> None:
        role = {"sent": self._options.sent, "drafts": self._options.drafts}
        folder = self._folder(role[change.role].lstrip(".") if change.role else change.value)
        letters = "".join(sorted(_LETTER[f.lower()] for f in change.flags if f.lower() in _LETTER))
        name = f"{int(change.at.timestamp()) if change.at else 0}.{secrets.token_hex(12)}.automator"
        hidden = folder / "tmp" / name
        descriptor = os.open(hidden, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(change.content)
            file.flush()
            os.fsync(file.fileno())
        hidden.rename(folder / "cur" / f"{name}:2,{letters}")

    def _folder(self, name: str) -> Path:
        """The folder of this name ("Clients/2026" is ".Clients.2026"), made when it is missing."""
        if name.upper() == "INBOX":
            return self._options.path
        levels = [level.strip(". ") for level in name.split("/")]
        if not all(levels) or any("\x00" in level for level in levels):
            raise PermanentError(f'"{name}" cannot be the name of a folder')
        folder = self._options.path / ("." + ".".join(levels))
        for part in ("cur", "new", "tmp"):
            (folder / part).mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder

    def find(self, message_id: str, role: Literal["sent", "drafts"], key: str = "") -> MessageRef | None:
        """See MailboxWriter."""
        wanted: Role = "sent" if role == "sent" else "draft"
        with disk(str(self._options.path)):
            for box in (b for b in boxes(self._options) if b.role == wanted):
                for entry in box.entries().values():
                    headers = read_headers(content(entry, _HEADER) or b"")
                    same = message_id_of(headers.first("message-id")) == message_id
                    if same or (key and headers.first("x-automator-key") == key):
                        return MessageRef(self._name, box.name, 1, entry.uid)
        return None


def _renamed(entry: Entry, letters: str) -> str:
    return f"{entry.path.name.partition(':')[0]}:2,{letters}"
