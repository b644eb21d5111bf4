"""One watched mailbox: has it news, and which.

Where the server keeps modification sequences (CONDSTORE, RFC 7162) every change of flags is seen; elsewhere those
of the latest FLAG_WINDOW messages of each received mailbox. Disappearance is seen for the latest messages
(cursor.WINDOW), in Drafts for all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from automator.mail.message import Fetched, MessageRef
from automator.ports import Batch, FlagChange
from automator.sources.imap import uidset
from automator.sources.imap.answers import Item
from automator.sources.imap.connection import Connection
from automator.sources.imap.cursor import WHOLE, WINDOW, Entry
from automator.sources.imap.download import Downloader, marks
from automator.sources.imap.folders import Place
from automator.sources.imap.options import Options
from automator.sources.imap.replies import LATER, Answer, Box, counts, refused

FLAG_WINDOW = 200
MOST_CHANGES = 1_000
SEARCH_SPAN = 50_000
"""imaplib refuses lines over a megabyte: a plain SEARCH is asked in slices of the UID range."""


@dataclass(slots=True)
class Watched:
    """A mailbox and what it was like when it was last read to the end (`calm` with `numbers`)."""

    place: Place
    account: str
    options: Options
    calm: Entry | None = None
    numbers: dict[str, int] = field(default_factory=dict)
    flags: dict[int, frozenset[str]] | None = None

    @property
    def name(self) -> str:
        return self.place.name

    def words(self, connection: Connection, entry: Entry | None) -> str:
        """The fewest STATUS words that tell of any change; "" for the open mailbox: NOOP tells.

        With QRESYNC everything, an expunge too, moves HIGHESTMODSEQ (RFC 7162 3.2.3).
        """
        if connection.selected == self.name:
            return ""
        if self.calm and self.calm == entry and self.numbers.get("HIGHESTMODSEQ") and connection.has("QRESYNC"):
            return "UIDVALIDITY HIGHESTMODSEQ"
        more = " HIGHESTMODSEQ" if connection.has("CONDSTORE") else ""
        return f"UIDVALIDITY UIDNEXT MESSAGES{more}"

    def is_lost(self, connection: Connection, answer: Answer) -> bool:
        """Was this folder, by which the owner teaches, deleted or renamed? He may: it is no error."""
        if self.place.role != "filed" or connection.selected == self.name or answer.code in LATER:
            return False
        return not counts(answer, self.name)

    def news(self, connection: Connection, answer: Answer, entry: Entry | None) -> int | None:
        """None = nothing new; else how many messages to expect at most (0 = unknown)."""
        if not answer.ok:
            raise refused(answer, f'the mailbox "{self.name}" cannot be asked for news')
        is_open = connection.selected == self.name
        now = {} if is_open else counts(answer, self.name)
        same = all(self.numbers.get(word) == number for word, number in now.items())
        changed = connection.dirty if is_open else not (now and same)
        if entry is not None and entry == self.calm and not changed and not self._flags_unsure(entry):
            return None
        read = entry.uid if entry and entry.uidvalidity == now.get("UIDVALIDITY") else 0
        return max(0, min(now.get("MESSAGES", 0), now.get("UIDNEXT", 1) - 1 - read))

    def _flags_unsure(self, entry: Entry) -> bool:
        """Without modification sequences only reading the flags again shows a change."""
        return not entry.modseq and self.place.role == "received" and bool(entry.known)

    def parked(self, connection: Connection) -> None:
        """Leave it open for cheap polls; what happened since it was read counts as news."""
        if connection.open_box(self.name).numbers != self.numbers:
            self.calm = None

    def read(self, connection: Connection, before: Entry | None) -> Iterator[tuple[Entry, Batch]]:
        """All news, each batch with the entry that resumes after it. Nothing at all when nothing changed.

        1. Changes and disappearances of what was read before; 2. new messages, history apart from the rest.
        """
        box = connection.open_box(self.name)
        entry, reset = self._start(box, before)
        told = before
        if before is not None and not reset:
            for told, batch in self._changes(connection, box, entry):
                yield told, batch
            entry = replace(told or entry, modseq=box.modseq)
        for told, batch in self._messages(connection, box, entry, reset=reset):
            yield told, batch
            entry, reset = told, False
        entry = replace(entry, uid=max(entry.uid, box.uidnext - 1))
        if entry != told:
            yield entry, self._batch((), reset=reset)
        self.calm, self.numbers = entry, box.numbers

    def _start(self, box: Box, before: Entry | None) -> tuple[Entry, bool]:
        """First sight = history; another UIDVALIDITY = read again from the start (RFC 9051 2.3.1.1)."""
        top = max(box.uidnext - 1, 0)
        if before is None:
            self.flags = None
            return Entry(box.uidvalidity, modseq=box.modseq, base=top), False
        if before.uidvalidity != box.uidvalidity:
            self.flags = None
            return Entry(box.uidvalidity, modseq=box.modseq, base=top if before.uid < before.base else 0), True
        return before, False

    def _changes(self, connection: Connection, box: Box, entry: Entry) -> Iterator[tuple[Entry, Batch]]:
        """Flags and disappearances. The entry's modseq moves with the last batch only."""
        known = uidset.expand(entry.known)
        changes = self._flag_changes(box, self._changed(connection, box, entry, known))
        lost: set[int] = set()
        if known and box.numbers != self.numbers:
            lost = set(known).difference(connection.search(f"UID {known[0]}:{known[-1]}"))
        changes = [c for c in changes if c.ref.uid <= entry.uid and c.ref.uid not in lost]
        gone = tuple(self._ref(box, uid) for uid in sorted(lost))
        entry = entry.without(lost)
        while changes or gone:
            some, changes = changes[:MOST_CHANGES], changes[MOST_CHANGES:]
            entry = entry if changes else replace(entry, modseq=box.modseq)
            yield entry, Batch((), "", tuple(some), gone)
            gone = ()

    def _changed(self, connection: Connection, box: Box, entry: Entry, known: Sequence[int]) -> list[Item]:
        """The flags that may have changed."""
        if entry.modseq and box.modseq >= entry.modseq:
            if box.modseq == entry.modseq or not entry.uid:
                return []
            return connection.fetch(f"1:{entry.uid}", "UID FLAGS", f"(CHANGEDSINCE {entry.modseq})")
        if self.place.role != "received" or not known:
            return []
        return connection.fetch(uidset.compress(known[-FLAG_WINDOW:]), "UID FLAGS")

    def _flag_changes(self, box: Box, found: Sequence[Item]) -> list[FlagChange]:
        """Without modification sequences: those that differ from what this process saw last."""
        before = None if box.modseq else self.flags
        now = {item.uid: item.flags for item in found if item.flags is not None}
        if not box.modseq:
            self.flags = dict(now)
        return [
            FlagChange(self._ref(box, uid), *marks(flags))
            for uid, flags in sorted(now.items())
            if before is None or before.get(uid) != flags
        ]

    def _messages(
        self, connection: Connection, box: Box, entry: Entry, *, reset: bool
    ) -> Iterator[tuple[Entry, Batch]]:
        uids = self._new_uids(connection, box, entry)
        old = [uid for uid in uids if uid <= entry.base]
        window = WHOLE if self.place.role == "draft" else WINDOW
        download = Downloader(connection, self.account, self.place, box.uidvalidity, self.options)
        for some, history in ((old, True), (uids[len(old) :], False)):
            for got in download.read(some):
                last = max(got.last, box.uidnext - 1) if got.last == uids[-1] else got.last
                entry = entry.read((m.ref.uid for m in got.messages), last, window)
                self._remember(box, got.messages)
                batch = self._batch(got.messages, reset=reset, history=history)
                yield entry, replace(batch, total=len(uids))
                reset = False

    def _new_uids(self, connection: Connection, box: Box, entry: Entry) -> list[int]:
        """The UIDs after the last one read. `n:*` would always name the last message: both ends are given."""
        if not box.exists or 0 < box.uidnext <= entry.uid + 1:
            return []
        if not box.uidnext:
            return [uid for uid in connection.search(f"UID {entry.uid + 1}:*") if uid > entry.uid]
        if connection.has("ESEARCH"):
            return connection.search(f"UID {entry.uid + 1}:{box.uidnext - 1}")
        found: list[int] = []
        for low in range(entry.uid + 1, box.uidnext, SEARCH_SPAN):
            found += connection.search(f"UID {low}:{min(low + SEARCH_SPAN, box.uidnext) - 1}")
        return found

    def _remember(self, box: Box, messages: Sequence[Fetched]) -> None:
        if not box.modseq:
            self.flags = {**(self.flags or {}), **{m.ref.uid: m.flags | m.keywords for m in messages}}

    def _batch(self, messages: tuple[Fetched, ...], *, reset: bool, history: bool = False) -> Batch:
        names = (self.name,)
        return Batch(messages, "", reset=names if reset else (), history=names if history else ())

    def _ref(self, box: Box, uid: int) -> MessageRef:
        return MessageRef(self.account, self.name, box.uidvalidity, uid)
