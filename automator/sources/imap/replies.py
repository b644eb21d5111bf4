"""What the server answered, as values. Nothing here talks to it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from imapclient.imap_utf7 import decode as decode_name
from imapclient.imap_utf7 import encode as encode_name

from automator.errors import PermanentError, TemporaryError
from automator.sources.imap import uidset
from automator.sources.imap.answers import BadAnswer, Item, items, responses, text_of
from automator.sources.imap.folders import Folder

_CODE = re.compile(rb"\s*\[([A-Z-]+)")
_ALL = re.compile(rb"\bALL ([\d:,]+)")
_COUNT = re.compile(rb"([A-Z]+) (\d+)")
LATER = frozenset({b"UNAVAILABLE", b"INUSE", b"LIMIT", b"SERVERBUG", b"OVERQUOTA"})


@dataclass(slots=True)
class Answer:
    """What a command got: `ok` for OK, the server's words, and the untagged data by name."""

    status: str
    words: bytes
    data: dict[str, list[Any]]

    @property
    def ok(self) -> bool:
        return self.status == "OK"

    @property
    def code(self) -> bytes:
        """The response code (RFC 5530), b"" without one."""
        match = _CODE.match(self.words)
        return match[1] if match else b""

    @property
    def said(self) -> str:
        """The server's words, fit for one line."""
        return clean(self.words)


@dataclass(frozen=True, slots=True)
class Box:
    """A mailbox as it was when it was opened. `modseq` 0 = the server keeps none (RFC 7162)."""

    name: str
    uidvalidity: int
    uidnext: int
    modseq: int
    exists: int
    writable: bool = False
    any_keyword: bool = False
    kept_flags: frozenset[str] = frozenset()

    @property
    def numbers(self) -> dict[str, int]:
        """The same in STATUS words."""
        return {
            "UIDVALIDITY": self.uidvalidity,
            "UIDNEXT": self.uidnext,
            "HIGHESTMODSEQ": self.modseq,
            "MESSAGES": self.exists,
        }


def clean(words: bytes) -> str:
    """Server text for a person: printable, one line, at most 200 signs."""
    text = words.decode("utf-8", "replace")
    return "".join(c for c in " ".join(text.split()) if c.isprintable())[:200]


def alerts(*lines: bytes) -> list[str]:
    """The texts of ALERT codes: a person must see them (RFC 9051 7.1)."""
    return [clean(line.strip()[7:]) for line in lines if line.strip().upper().startswith(b"[ALERT]")]


def listed(answer: Answer) -> tuple[tuple[Folder, ...], str]:
    """The folders of a LIST answer and the delimiter between levels. Raises BadAnswer."""
    folders, delimiter = [], ""
    for flags, sign, *words in responses(answer.data.get("LIST", ())):
        name = decode_name(b"".join(b"NIL" if word is None else word for word in words if not isinstance(word, list)))
        delimiter = delimiter or text_of(sign)
        marked = flags if isinstance(flags, list) else []
        folders.append(Folder(str(name), frozenset(text_of(flag).lower() for flag in marked)))
    return tuple(folders), delimiter or "/"


def namespace(answer: Answer) -> str:
    """The prefix of the owner's own folders, "" when there is none or the server does not say."""
    personal = next((values[0] for values in responses(answer.data.get("NAMESPACE", ())) if values), None)
    first = personal[0] if isinstance(personal, list) and personal else None
    return str(decode_name(text_of(first[0]).encode())) if isinstance(first, list) and first else ""


def quoted(name: str) -> bytes:
    """A folder name for the wire: modified UTF-7 (RFC 3501 5.1.3), quoted."""
    encoded: bytes = encode_name(name)
    return b'"' + encoded.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


def refused(answer: Answer, what: str) -> TemporaryError | PermanentError:
    """The error for a NO or BAD: some response codes say that it may work later (RFC 5530)."""
    kind = TemporaryError if answer.code in LATER else PermanentError
    return kind(f"{what}: the server says: {answer.said or answer.status}")


def found_uids(answer: Answer) -> list[int]:
    """The UIDs of a SEARCH answer, ascending. Raises BadAnswer."""
    if not answer.ok:
        raise refused(answer, "searching")
    found: set[int] = set()
    try:
        for line in answer.data.get("ESEARCH", ()):
            match = _ALL.search(line)
            found.update(uidset.expand(match[1].decode("ascii")) if match else ())
        for line in answer.data.get("SEARCH", ()):
            found.update(int(word) for word in line.partition(b"(")[0].split())
    except ValueError:
        raise BadAnswer from None
    return sorted(found)


def counts(answer: Answer, mailbox: str) -> dict[str, int]:
    """The numbers a STATUS answer gives for this mailbox; {} when it says nothing of it."""
    for line in answer.data.get("STATUS", ()):
        text = b" ".join(line) if isinstance(line, tuple) else line
        name, _, numbers = text.rpartition(b"(")
        if _same_name(name, mailbox):
            return {word.decode("ascii"): int(number) for word, number in _COUNT.findall(numbers.upper())}
    return {}


def _same_name(written: bytes, mailbox: str) -> bool:
    name = written.strip()
    if name.startswith(b'"') and name.endswith(b'"'):
        name = re.sub(rb"\\(.)", rb"\1", name[1:-1])
    return name == encode_name(mailbox) or (name.upper() == b"INBOX" == mailbox.upper().encode())


def fetched(answer: Answer) -> list[Item]:
    """The messages of a FETCH answer, also of one that ended in NO. Taken out: the next call gives what came since."""
    if answer.status == "BAD":
        raise refused(answer, "reading messages")
    return items(answer.data.pop("FETCH", ()))


def opened(name: str, answer: Answer, *, write: bool) -> Box:
    def number(key: str) -> int:
        values = answer.data.get(key, [b"0"])
        return int(values[-1]) if values[-1].isdigit() else 0

    kept = b" ".join(line for line in answer.data.get("OK", ()) if line.upper().startswith(b"[PERMANENTFLAGS"))
    flags = frozenset(kept.partition(b"(")[2].partition(b")")[0].decode("ascii", "replace").lower().split())
    return Box(
        name,
        uidvalidity=number("UIDVALIDITY"),
        uidnext=number("UIDNEXT"),
        modseq=number("HIGHESTMODSEQ"),
        exists=number("EXISTS"),
        writable=write and "READ-ONLY" not in answer.data,
        any_keyword="\\*" in flags,
        kept_flags=flags,
    )
