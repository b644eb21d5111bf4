"""Where an IMAP account was read to: one entry a mailbox, kept as JSON text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from automator.sources.imap import uidset

WINDOW = 2_000
"""How many of its latest messages a mailbox is watched for disappearance; the drafts mailbox: WHOLE."""
WHOLE = 20_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One mailbox: all messages up to `uid` were delivered, and their flags as of `modseq` (0 = not known).

    `known` is the set of watched UIDs. Messages up to `base` were there before us (history).
    """

    uidvalidity: int
    uid: int = 0
    modseq: int = 0
    known: str = ""
    base: int = 0

    def read(self, uids: Iterable[int], last: int, window: int) -> Entry:
        """The entry after these messages were delivered, and all up to `last` asked for."""
        kept = [*uidset.expand(self.known), *uids][-window:]
        return replace(self, uid=max(self.uid, last), known=uidset.compress(kept))

    def without(self, uids: Iterable[int]) -> Entry:
        """The entry after these messages were reported gone."""
        lost = set(uids)
        return replace(self, known=uidset.compress(u for u in uidset.expand(self.known) if u not in lost))


def dump(entries: Mapping[str, Entry]) -> str:
    """The cursor text."""
    values = {name: [e.uidvalidity, e.uid, e.modseq, e.known, e.base] for name, e in entries.items()}
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def load(text: str | None) -> dict[str, Entry]:
    """The entries of a cursor. A damaged cursor counts as none: all is read again, as history."""
    if not text:
        return {}
    try:
        return {str(name): _entry(*values) for name, values in json.loads(text).items()}
    except (ValueError, TypeError, AttributeError):
        return {}


def _entry(uidvalidity: int, uid: int, modseq: int, known: str, base: int) -> Entry:
    uidset.expand(known)
    return Entry(int(uidvalidity), int(uid), int(modseq), known, int(base))
