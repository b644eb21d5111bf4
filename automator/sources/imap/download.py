"""Reading new messages: headers and structure of a chunk, then its texts, the next chunk already on its way.

1. One FETCH asks a chunk for flags, date, size, headers and structure; attachments are never asked for.
2. The texts worth reading are asked in as few FETCHes as there are different part lists.
3. The next chunk's FETCH is sent before the texts are read: the server works while we do (performance.md bar 3).
4. A message that vanished in between is left out; one the server will not give is named in `alerts`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from automator.errors import TemporaryError
from automator.mail.message import Fetched, MessageRef
from automator.sources.imap import uidset
from automator.sources.imap.answers import Item
from automator.sources.imap.connection import Connection, Pending
from automator.sources.imap.folders import Place
from automator.sources.imap.options import Options
from automator.sources.imap.replies import Answer, fetched
from automator.sources.imap.structure import Leaf, leaves, wanted

MOST_BYTES = 8_000_000
"""Text held at a time; a chunk with more is delivered in portions."""
MOST_HEADER = 128_000
_TRACE = (  # bulk that nobody reads: half of the header bytes of ordinary mail. Echoed with each message: kept short
    "RECEIVED X-RECEIVED DKIM-SIGNATURE X-GOOGLE-DKIM-SIGNATURE ARC-SEAL ARC-MESSAGE-SIGNATURE X-GM-MESSAGE-STATE"
    " X-MICROSOFT-ANTISPAM-MESSAGE-INFO X-MS-EXCHANGE-ANTISPAM-MESSAGEDATA-0"
)
_HEADS = f"UID FLAGS INTERNALDATE RFC822.SIZE BODYSTRUCTURE BODY.PEEK[HEADER.FIELDS.NOT ({_TRACE})]<0.{MOST_HEADER}>"


@dataclass(frozen=True, slots=True)
class Download:
    """Messages in UID order; all up to `last` were asked for."""

    messages: tuple[Fetched, ...]
    last: int


@dataclass(frozen=True, slots=True)
class _Head:
    item: Item
    found: tuple[Leaf, ...]
    ask: tuple[tuple[str, int], ...]

    @property
    def bytes(self) -> int:
        sizes = {leaf.part.number: leaf.part.size for leaf in self.found}
        return sum(limit or sizes.get(number, 0) for number, limit in self.ask)


@dataclass(slots=True)
class Downloader:
    """Reads messages of one open mailbox."""

    connection: Connection
    account: str
    place: Place
    uidvalidity: int
    options: Options
    _items: dict[int, Item] = field(default_factory=dict)

    def read(self, uids: Sequence[int]) -> Iterator[Download]:
        """All of these, in order. The caller may use the connection between two steps."""
        chunks = [uids[at : at + self.options.chunk] for at in range(0, len(uids), self.options.chunk)]
        ahead = [self._ask(chunks[0], _HEADS)] if chunks else []
        for position, chunk in enumerate(chunks):
            portions = list(self._portions(chunk, ahead.pop()))
            for number, (heads, last) in enumerate(portions, 1):
                texts = self._ask_texts(heads)
                if number == len(portions) and position + 1 < len(chunks):
                    ahead.append(self._ask(chunks[position + 1], _HEADS))
                yield Download(tuple(self._messages(heads, texts)), last)
            for uid in chunk:
                self._items.pop(uid, None)

    def _ask(self, uids: Sequence[int], what: str) -> Pending:
        """Send a FETCH, after opening the mailbox again if somebody opened another one meanwhile."""
        if self.connection.selected != self.place.name:
            box = self.connection.open_box(self.place.name)
            if box.uidvalidity != self.uidvalidity:
                raise TemporaryError(f'the mailbox "{self.place.name}" was renumbered while it was read')
        return self.connection.fetch_sent(uidset.compress(uids), what)

    def _collect(self, uids: Sequence[int], what: str, pending: Pending) -> dict[int, Item]:
        """The answer by UID. After a NO, what is missing is asked for one by one: one bad mail stops no others."""
        answer = self.connection.wait(pending)
        self._note(answer)
        found = {uid: item for uid in uids if (item := self._items.get(uid)) is not None and self._has(item, what)}
        if answer.ok:
            return found
        for uid in [uid for uid in uids if uid not in found]:
            self.connection.settle()
            single = self.connection.wait(self._ask([uid], what))
            self._note(single)
            item = self._items.get(uid)
            if item is not None and self._has(item, what):
                found[uid] = item
            elif not single.ok:
                self.connection.alerts.append(f"{self.place.name}: the server does not give message {uid}")
        return found

    def _note(self, answer: Answer) -> None:
        """Answers of commands in flight together come mixed: keep them by UID until they are asked for."""
        for item in fetched(answer):
            if item.uid in self._items:
                self._items[item.uid].add(item)
            else:
                self._items[item.uid] = item

    @staticmethod
    def _has(item: Item, what: str) -> bool:
        return item.header is not None if what == _HEADS else item.sections is not None

    def _portions(self, chunk: Sequence[int], pending: Pending) -> Iterator[tuple[list[_Head], int]]:
        """The chunk's heads, cut where their texts exceed MOST_BYTES."""
        found = self._collect(chunk, _HEADS, pending)
        heads: list[_Head] = []
        held = 0
        for uid in chunk:
            item = found.get(uid)
            if item is None or item.header is None:
                continue
            head = self._head(item)
            if heads and held + head.bytes > MOST_BYTES:
                yield heads, heads[-1].item.uid
                heads, held = [], 0
            heads.append(head)
            held += head.bytes
        yield heads, chunk[-1]

    def _head(self, item: Item) -> _Head:
        """A structure that makes no sense: the beginning of the whole message is read instead."""
        found = tuple(leaves(item.structure))
        ask = tuple(wanted(found, self.options.max_text_bytes)) if found else (("", self.options.max_text_bytes),)
        return _Head(item, found, ask)

    def _ask_texts(self, heads: Iterable[_Head]) -> list[tuple[list[int], str, Pending]]:
        groups: dict[tuple[tuple[str, int], ...], list[int]] = {}
        for head in heads:
            if head.ask:
                groups.setdefault(head.ask, []).append(head.item.uid)
        sent = []
        for ask, uids in groups.items():
            what = "UID " + " ".join(f"BODY.PEEK[{n}]" + (f"<0.{limit}>" if limit else "") for n, limit in ask)
            sent.append((uids, what, self._ask(uids, what)))
        return sent

    def _messages(self, heads: Iterable[_Head], texts: Iterable[tuple[list[int], str, Pending]]) -> Iterator[Fetched]:
        bodies: dict[int, Mapping[str, bytes]] = {}
        for uids, what, pending in texts:
            found = self._collect(uids, what, pending)
            bodies.update((uid, item.sections or {}) for uid, item in found.items())
        for head in heads:
            if not head.ask or head.item.uid in bodies:
                yield self._fetched(head, bodies.get(head.item.uid, {}))

    def _fetched(self, head: _Head, bodies: Mapping[str, bytes]) -> Fetched:
        item, parts = head.item, (leaf.part for leaf in head.found)
        flags, keywords = marks(item.flags or ())
        return Fetched(
            ref=MessageRef(self.account, self.place.name, self.uidvalidity, item.uid),
            arrived=item.arrived,
            size=item.size,
            header=item.header or b"",
            parts=tuple(replace(part, body=bodies.get(part.number)) for part in parts),
            whole=None if head.found else bodies.get("", b""),
            flags=flags,
            keywords=keywords,
            role=self.place.role,
        )


def marks(found: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
    r"""System flags and keywords; \Recent is about the connection, not about the message."""
    flags = frozenset(f for f in found if f.startswith("\\") and f.lower() != "\\recent")
    return flags, frozenset(f for f in found if not f.startswith("\\"))
