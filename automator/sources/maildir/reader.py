"""Reading a Maildir: what is new, what changed, what is gone. Nothing in it is touched."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from automator.errors import PermanentError
from automator.mail.message import Fetched, MessageRef
from automator.mail.mime import Caps, part_of
from automator.ports import Batch, Capabilities, FlagChange
from automator.sources.maildir.boxes import LETTERS, Box, Entry, Options, boxes, content, disk, entry_of, folder_of

CHUNK = 100
MOST_BYTES = 50_000_000
_CAPS = Caps()
_ENTRY = 7  # bytes of a message in a cursor: six of the UID, one of its flags


class Reader:
    """A MailSource (ports.py) on a Maildir."""

    capabilities = Capabilities(move=True)

    def __init__(self, name: str, options: Options, filed: Sequence[str] = ()) -> None:
        self._name, self._options, self._wanted = name, options, tuple(filed)
        self._filed: dict[str, str] = {}

    @property
    def filed(self) -> Mapping[str, str]:
        """See MailSource."""
        return dict(self._filed)

    def fetch(self, cursor: str | None) -> Iterator[Batch]:
        """See MailSource. The cursor holds every known message with its flags, and what is left of a history."""
        with disk(str(self._options.path)):
            seen = _Seen.read(cursor)
            first = not seen.known
            found = boxes(self._options, self._wanted)
            taught = {box.name for box in found if box.role == "filed"}
            names = {wanted: folder_of(wanted).lstrip(".") for wanted in self._wanted}
            self._filed = {wanted: name for wanted, name in names.items() if name in taught}
            yield from self._deleted(found, seen)
            for box in found:
                yield from self._box(box, seen, first=first)

    def _deleted(self, found: Sequence[Box], seen: _Seen) -> Iterator[Batch]:
        """What lay in a folder that taught, and is there no more, is gone from it."""
        lasting = {"INBOX", self._options.sent.lstrip("."), self._options.drafts.lstrip(".")}
        for name in sorted(seen.known.keys() - {box.name for box in found} - lasting):
            gone = tuple(MessageRef(self._name, name, 1, uid) for uid in seen.known.pop(name))
            seen.history.pop(name, None)
            yield Batch((), seen.write(), gone=gone)

    def _box(self, box: Box, seen: _Seen, *, first: bool) -> Iterator[Batch]:
        now = box.entries()
        known = seen.known.get(box.name)
        if known is None:
            known = seen.known[box.name] = {}
            seen.history[box.name] = set(now)
        gone = [uid for uid in known if uid not in now]
        changed = [e for uid, e in now.items() if uid in known and known[uid] != e.letters]
        for uid in gone:
            del known[uid]
        known.update((e.uid, e.letters) for e in changed)
        if gone or changed or (first and not now):
            changes = tuple(FlagChange(self._ref(box, e.uid), _flags(e.letters), frozenset()) for e in changed)
            yield Batch((), seen.write(), changes=changes, gone=tuple(self._ref(box, uid) for uid in gone))
        old = seen.history.setdefault(box.name, set())
        fresh = [e for uid, e in now.items() if uid not in known]
        for wanted in ([e for e in fresh if e.uid in old], [e for e in fresh if e.uid not in old]):
            yield from self._portions(box, seen, wanted)

    def _portions(self, box: Box, seen: _Seen, wanted: list[Entry]) -> Iterator[Batch]:
        """All of them history, or none of them."""
        messages: list[Fetched] = []
        for position, entry in enumerate(wanted, 1):
            old = entry.uid in seen.history[box.name]
            data = content(entry, _CAPS.size + 1)
            if data is not None:
                messages.append(self._fetched(box, entry, data))
                seen.known[box.name][entry.uid] = entry.letters
            seen.history[box.name].discard(entry.uid)
            full = len(messages) >= CHUNK or sum(m.size for m in messages) > MOST_BYTES
            if messages and (full or position == len(wanted)):
                history = (box.name,) if old else ()
                yield Batch(tuple(messages), seen.write(), total=len(wanted), history=history)
                messages = []

    def _fetched(self, box: Box, entry: Entry, whole: bytes) -> Fetched:
        arrived = datetime.fromtimestamp(entry.arrived, UTC)
        ref = self._ref(box, entry.uid)
        return Fetched(ref, arrived, len(whole), whole=whole, flags=_flags(entry.letters), role=box.role)

    def _ref(self, box: Box, uid: int) -> MessageRef:
        return MessageRef(self._name, box.name, 1, uid)

    def part(self, ref: MessageRef, part: str, limit: int) -> bytes:
        """See MailSource."""
        with disk(str(self._options.path)):
            whole = content(entry_of(self._options, ref, self._wanted), _CAPS.size + 1)
        data = part_of(whole, part, _CAPS) if whole is not None else None
        if data is None:
            raise PermanentError(f"message {ref.uid} has no part {part}")
        if len(data) > limit:
            raise PermanentError(f"part {part} of message {ref.uid} is too big")
        return data

    def close(self) -> None:
        """Nothing is kept open."""


@dataclass(slots=True)
class _Seen:
    """What a cursor says: per box the known messages with their flags, and the rest of its history."""

    known: dict[str, dict[int, str]]
    history: dict[str, set[int]]

    @classmethod
    def read(cls, cursor: str | None) -> _Seen:
        try:
            table = json.loads(cursor) if cursor else {"known": {}, "history": {}}
            known = {name: dict(_unpack(text)) for name, text in table["known"].items()}
            history = {name: {uid for uid, _ in _unpack(text)} for name, text in table["history"].items()}
        except (ValueError, KeyError, TypeError, AttributeError, IndexError):
            return cls({}, {})  # damaged: all is history again, and known by its identity
        return cls(known, history)

    def write(self) -> str:
        history = {name: dict.fromkeys(uids, "") for name, uids in self.history.items() if uids}
        table = {"known": _pack_all(self.known), "history": _pack_all(history)}
        return json.dumps(table, separators=(",", ":"))


def _pack_all(found: Mapping[str, Mapping[int, str]]) -> dict[str, str]:
    return {name: _pack(entries) for name, entries in found.items()}


def _pack(entries: Mapping[int, str]) -> str:
    order = "".join(LETTERS)
    data = b"".join(u.to_bytes(6) + bytes([sum(1 << order.index(c) for c in set(f))]) for u, f in entries.items())
    return base64.b64encode(data).decode()


def _unpack(text: str) -> Iterator[tuple[int, str]]:
    data = base64.b64decode(text, validate=True)
    for at in range(0, len(data), _ENTRY):
        bits = data[at + 6]
        yield int.from_bytes(data[at : at + 6]), "".join(c for n, c in enumerate(LETTERS) if bits >> n & 1)


def _flags(letters: str) -> frozenset[str]:
    return frozenset(LETTERS[c] for c in letters)
