"""Reads an IMAP account over one kept connection. EXAMINE and PEEK only: it changes nothing on the server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

from automator.errors import PermanentError, TemporaryError
from automator.mail.message import MessageRef, RawPart
from automator.mail.mime import decoded
from automator.ports import Batch, Capabilities
from automator.sources.imap import cursor as cursors
from automator.sources.imap.connection import Connection, Pending, connect, wire_errors
from automator.sources.imap.cursor import Entry
from automator.sources.imap.folders import Layout, watched
from automator.sources.imap.mailbox import Watched
from automator.sources.imap.options import Options
from automator.sources.imap.structure import leaves

_MISSING = 'no folder for {0} was found on the server, so it is not read; set "{0}" in the account'
_TWICE = 'the folders "{0}" and "{1}" of learn_from are one on the server: what lies there counts for the first only'


class Reader:
    """A MailSource (ports.py). Connects when needed, and anew after a failure."""

    def __init__(self, name: str, options: Options, filed: Sequence[str] = ()) -> None:
        self._name = name
        self._options = options
        self._wanted = tuple(filed)
        self._taught: dict[str, str] = {}
        self._where = f"{name} ({options.host})"
        self._connection: Connection | None = None
        self._layout = Layout(())
        self._watched: dict[str, Watched] = {}
        self._alerts: list[str] = []
        self._capabilities: Capabilities | None = None

    @property
    def capabilities(self) -> Capabilities:
        """Asked once, on a connection of its own: only a mailbox opened for writing tells if it keeps keywords."""
        if self._capabilities is None:
            from automator.sources.imap.changing import Writer

            self._capabilities = Writer(self._name, self._options).capabilities
        return self._capabilities

    @property
    def layout(self) -> Layout:
        """The folders of the account."""
        with self._talking():
            return self._layout

    @property
    def filed(self) -> Mapping[str, str]:
        """See MailSource."""
        roles = {name: seen.place.role for name, seen in self._watched.items()}
        return {wanted: name for wanted, name in self._taught.items() if roles.get(name) in {"filed", "received"}}

    def take_alerts(self) -> tuple[str, ...]:
        """What a person should read, each told once: ALERTs, messages the server would not give, missing folders."""
        if self._connection is not None:
            self._alerts += self._connection.alerts
            self._connection.alerts.clear()
        taken, self._alerts = tuple(dict.fromkeys(self._alerts)), []
        return taken

    def close(self) -> None:
        """Log out. The next call connects again."""
        connection, self._connection = self._connection, None
        if connection is not None:
            self._alerts += connection.alerts
            connection.close()

    @contextmanager
    def _talking(self) -> Iterator[Connection]:
        """The connection, errors as ours. One that failed or has answers under way is not used again."""
        try:
            with wire_errors(self._where):
                yield self._open()
        except BaseException as error:
            if isinstance(error, TemporaryError) or (self._connection is not None and self._connection.busy):
                self.close()
            raise

    def _open(self) -> Connection:
        if self._connection is not None:
            return self._connection
        options = self._options
        connection = connect(options, self._where)
        known = bool(self._watched)
        try:
            self._lay_out(connection)
        except BaseException:
            connection.close()
            raise
        self._connection = connection
        if not known:
            self._alerts += [
                _MISSING.format(r) for r in ("sent", "drafts") if self._layout.special(r, getattr(options, r)) is None
            ]
        return connection

    def _lay_out(self, connection: Connection) -> None:
        """Which folders there are, and which of them are watched from now on."""
        options, before = self._options, self._watched
        layout = connection.layout()
        taught = {wanted: name for wanted in self._wanted if (name := layout.find(wanted)) is not None}
        places = watched(layout, options.mailboxes, options.sent, options.drafts, taught.values())
        if taught != self._taught:
            self._alerts += _same(taught)
        self._layout, self._taught = layout, taught
        self._watched = {p.name: Watched(p, self._name, options) for p in places}
        self._watched.update((name, seen) for name, seen in before.items() if name in self._watched)

    def _look_for_missing(self, connection: Connection) -> None:
        """A folder that teaches may be made at any time: one LIST of its name, for those that are not there yet."""
        missing = [wanted for wanted in self._wanted if wanted not in self._taught]
        if missing and connection.any_folder([name for w in missing for name in self._layout.spellings(w)]):
            self._lay_out(connection)

    def fetch(self, cursor: str | None) -> Iterator[Batch]:
        """See MailSource. Each batch is of one mailbox, oldest first; its cursor resumes right after it.

        Nothing new = no batch. A mailbox seen for the first time is `history`; a cursor that cannot be read
        counts as none.
        """
        with self._talking() as connection:
            self._look_for_missing(connection)
            entries = cursors.load(cursor)
            expected, lost = self._poll(connection, entries)
            for name in (*lost, *sorted(entries.keys() - self._watched.keys())):
                yield self._drop(name, entries)
            for name in tuple(expected):
                for entry, batch in self._watched[name].read(connection, entries.get(name)):
                    entries[name] = entry
                    expected[name] = batch.total or expected[name]
                    yield replace(batch, cursor=cursors.dump(entries), total=sum(expected.values()))
            if expected:
                next(iter(self._watched.values())).parked(connection)

    def _drop(self, name: str, entries: dict[str, Entry]) -> Batch:
        """A folder was deleted or renamed, now or while we were not connected, or is not wanted any more: all that
        lay there is gone from it. One that teaches may come back."""
        self._watched.pop(name, None)
        self._taught = {wanted: found for wanted, found in self._taught.items() if found != name}
        entries.pop(name, None)
        return Batch((), cursors.dump(entries), dropped=(name,))

    def _poll(self, connection: Connection, entries: Mapping[str, Entry]) -> tuple[dict[str, int], list[str]]:
        """The mailboxes with news and how many messages to expect in each, one round trip for all; and those of
        the folders that teach which are there no more."""
        asked: dict[str, Pending] = {}
        by_words: dict[str, list[str]] = {}
        for name, seen in self._watched.items():
            by_words.setdefault(seen.words(connection, entries.get(name)), []).append(name)
        for words, names in by_words.items():
            asked |= connection.news_sent(names, words) if words else {names[0]: connection.send("NOOP")}
        expected, lost = {}, []
        for name, seen in self._watched.items():
            answer = connection.wait(asked[name])
            if seen.is_lost(connection, answer):
                lost.append(name)
                continue
            news = seen.news(connection, answer, entries.get(name))
            if news is not None:
                expected[name] = news
        return expected, lost

    def part(self, ref: MessageRef, part: str, limit: int) -> bytes:
        """See MailSource. The size is looked at first: what is too large is not downloaded."""
        with self._talking() as connection:
            self._open_at(connection, ref)
            connection.dirty = True  # what the server tells of others' changes meanwhile is not looked at here
            found = connection.fetch(str(ref.uid), "UID BODYSTRUCTURE")
            structure = next((item.structure for item in found if item.uid == ref.uid), None)
            leaf = next((leaf.part for leaf in leaves(structure) if leaf.part.number == part), None)
            if leaf is None:
                raise PermanentError(f"message {ref.uid} of {ref.mailbox} has no part {part}, or is gone")
            most = _encoded(leaf, limit)
            body = self._body(connection, ref, part, most) if leaf.size <= most else b""
            plain = decoded(replace(leaf, body=body))
            if leaf.size > most or len(plain) > limit:
                raise PermanentError(f"part {part} of message {ref.uid} is larger than {limit} bytes")
            return plain

    def _open_at(self, connection: Connection, ref: MessageRef) -> None:
        if connection.box is None or connection.selected != ref.mailbox:
            connection.open_box(ref.mailbox)
        if connection.box is None or connection.box.uidvalidity != ref.uidvalidity:
            raise PermanentError(f'the mailbox "{ref.mailbox}" was renumbered: message {ref.uid} is another one now')

    def _body(self, connection: Connection, ref: MessageRef, part: str, most: int) -> bytes:
        found = connection.fetch(str(ref.uid), f"UID BODY.PEEK[{part}]<0.{most + 1}>")
        bodies = [item.sections for item in found if item.uid == ref.uid and item.sections]
        if not bodies:
            raise PermanentError(f"message {ref.uid} of {ref.mailbox} is gone")
        return bodies[0].get(part, b"")


def _same(taught: Mapping[str, str]) -> list[str]:
    """Two names that mean one folder: no word can say of which category it is."""
    first: dict[str, str] = {}
    for wanted, name in taught.items():
        first.setdefault(name, wanted)
    return [_TWICE.format(first[name], wanted) for wanted, name in taught.items() if first[name] != wanted]


def _encoded(leaf: RawPart, limit: int) -> int:
    """How many encoded bytes can hold `limit` decoded ones: base64 with line ends, quoted-printable at its worst."""
    if leaf.encoding == "base64":
        return limit * 3 // 2 + 1_000
    return limit * 3 + 1_000 if leaf.encoding == "quoted-printable" else limit
