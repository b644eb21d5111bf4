"""What every mail source promises (ports.MailSource), on real servers and real files."""

from __future__ import annotations

import importlib
import importlib.util
import itertools
import mailbox
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest
from imapclient import IMAPClient

from automator.demo.server import EmbeddedServer
from automator.errors import PermanentError
from automator.ports import Batch, MailSource
from automator.sources.imap import Options, build
from tests.support import embedded
from tests.support.dovecot import BINARY, Dovecot
from tests.support.letters import PDF, letter, message_id

USERS = {f"user{n}": "secret" for n in range(200)}
KINDS = [
    pytest.param("imap_dovecot", marks=pytest.mark.dovecot),
    pytest.param("imap_embedded", marks=pytest.mark.demo),
    "maildir",
]


class Rig(Protocol):
    """One account of one kind of source, and a second client that changes it."""

    able: frozenset[str]

    def source(self) -> MailSource: ...

    def put(self, content: bytes, folder: str = "INBOX") -> None: ...

    def flag(self, number: int, flag: str) -> None: ...

    def remove(self, number: int, folder: str = "INBOX") -> None: ...

    def state(self) -> dict[str, object]:
        """Message-ID -> flags, as the second client sees them."""
        ...


@dataclass(slots=True)
class ImapRig:
    """An account on a server; `link` is the second client."""

    link: IMAPClient
    options: Options
    able: frozenset[str]

    def source(self) -> MailSource:
        return build("main", self.options)

    def put(self, content: bytes, folder: str = "INBOX") -> None:
        self.link.append(folder, content)

    def flag(self, number: int, flag: str) -> None:
        self.link.add_flags(self._uids(number), [flag])

    def remove(self, number: int, folder: str = "INBOX") -> None:
        self.link.delete_messages(self._uids(number, folder))
        self.link.expunge()

    def state(self) -> dict[str, object]:
        self.link.select_folder("INBOX", readonly=True)
        found = self.link.fetch(self.link.search("ALL"), ["FLAGS", "BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]"])
        ignored = {b"\\Recent"}
        return {
            str(next(v for k, v in values.items() if k.startswith(b"BODY"))): set(values[b"FLAGS"]) - ignored
            for values in found.values()
        }

    def _uids(self, number: int, folder: str = "INBOX") -> list[int]:
        self.link.select_folder(folder)
        return list(self.link.search(["HEADER", "MESSAGE-ID", message_id(number)]))


@dataclass(slots=True)
class MaildirRig:
    """A Maildir on disk; the standard library is the second client."""

    path: Path
    able: frozenset[str] = frozenset({"flags"})

    def source(self) -> MailSource:
        module = importlib.import_module("automator.sources.maildir")
        return module.build("main", module.Options(path=self.path))

    def put(self, content: bytes, folder: str = "INBOX") -> None:
        box = mailbox.Maildir(self.path)
        key = box.add(content)
        newest = 1_700_000_000 + len(box)
        for found in self.path.glob(f"*/{key}*"):
            os.utime(found, (newest, newest))

    def flag(self, number: int, flag: str) -> None:
        box, key = self._find(number)
        message = box[key]
        message.set_subdir("cur")
        message.add_flag({"\\Seen": "S", "\\Flagged": "F"}[flag])
        box[key] = message

    def remove(self, number: int, folder: str = "INBOX") -> None:
        box, key = self._find(number)
        box.remove(key)

    def state(self) -> dict[str, object]:
        return {str(p.relative_to(self.path)): p.stat().st_mtime for p in self.path.rglob("*") if p.is_file()}

    def _find(self, number: int) -> tuple[mailbox.Maildir, str]:
        box = mailbox.Maildir(self.path)
        return box, next(k for k, m in box.items() if m["Message-ID"] == message_id(number))


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, object]]:
    """Servers that were needed, started once."""
    running: dict[str, object] = {}
    yield running
    for server in running.values():
        server.__exit__(None, None, None)  # type: ignore[attr-defined]


_names = itertools.count()


@pytest.fixture(params=KINDS)
def rig(request: pytest.FixtureRequest, servers: dict[str, object], tmp_path: Path) -> Iterator[Rig]:
    """An empty account of each kind."""
    kind = request.param
    if kind == "maildir":
        if importlib.util.find_spec("automator.sources.maildir") is None:
            pytest.skip("there is no maildir source yet")
        mailbox.Maildir(tmp_path / "mail", create=True)
        yield MaildirRig(tmp_path / "mail")
        return
    link, options, able = _dovecot(servers) if kind == "imap_dovecot" else _embedded(servers)
    try:
        yield ImapRig(link, options, frozenset(able))
    finally:
        link.logout()


def _dovecot(servers: dict[str, object]) -> tuple[IMAPClient, Options, set[str]]:
    if BINARY is None:
        pytest.skip("Dovecot is not on this machine: apt install dovecot-imapd")
    if "dovecot" not in servers:
        servers["dovecot"] = Dovecot(USERS).__enter__()
    server = servers["dovecot"]
    assert isinstance(server, Dovecot)
    user = f"user{next(_names)}"
    link = IMAPClient("127.0.0.1", server.port, ssl=False, timeout=10)
    link.login(user, "secret")
    options = Options(host="127.0.0.1", port=server.port, tls="none", user=user, password="secret", chunk=3)
    return link, options, {"flags", "keywords", "folders"}


def _embedded(servers: dict[str, object]) -> tuple[IMAPClient, Options, set[str]]:
    if importlib.util.find_spec("mail_devel") is None:
        pytest.skip('mail-devel is not installed: pip install "automator[demo]"')
    if "embedded" not in servers:
        servers["embedded"] = EmbeddedServer("alice@dupont.example", "secret").__enter__()
    server = servers["embedded"]
    assert isinstance(server, EmbeddedServer)
    link = embedded.client(server)
    embedded.empty(link)
    options = Options(
        host="127.0.0.1", port=server.imap_port, tls="none", user=server.user, password=server.password, chunk=3
    )
    return link, options, {"flags", "folders"}


@pytest.fixture
def source(rig: Rig) -> Iterator[MailSource]:
    """Of the rig, closed at the end."""
    opened = rig.source()
    yield opened
    opened.close()


def needs(rig: Rig, ability: str) -> None:
    if ability not in rig.able:
        pytest.skip(f"this server has no {ability}")


def drain(source: MailSource, cursor: str | None) -> tuple[list[Batch], str | None]:
    """All batches and the last cursor."""
    batches = list(source.fetch(cursor))
    return batches, batches[-1].cursor if batches else cursor


def ids(batches: list[Batch]) -> list[str]:
    """Message-IDs in the order delivered."""
    found = []
    for batch in batches:
        for message in batch.messages:
            head = message.header or (message.whole or b"")
            line = next(x for x in head.splitlines() if x.lower().startswith(b"message-id:"))
            found.append(line.partition(b":")[2].strip().decode())
    return found


def fill(rig: Rig, count: int) -> list[str]:
    for number in range(count):
        rig.put(letter(number, attach=number == 1))
    return [message_id(number) for number in range(count)]


def test_history_comes_once_oldest_first_and_is_named_history(rig: Rig, source: MailSource) -> None:
    wanted = fill(rig, 7)
    batches, _ = drain(source, None)
    assert ids(batches) == wanted
    assert all(batch.history for batch in batches if batch.messages)
    assert all(m.arrived.tzinfo and m.ref.account == "main" and m.size for b in batches for m in b.messages)


def test_every_cursor_resumes_without_loss_or_repeat(rig: Rig, source: MailSource) -> None:
    wanted = fill(rig, 7)
    batches, _ = drain(source, None)
    for done, batch in enumerate(batches, 1):
        rest, _ = drain(source, batch.cursor)
        assert ids(batches[:done]) + ids(rest) == wanted
        assert all(b.history for b in rest if b.messages), "the rest of a history is history after a crash too"
        assert not any(b.gone or b.changes for b in rest)


def test_nothing_new_gives_no_batch(rig: Rig, source: MailSource) -> None:
    fill(rig, 2)
    _, cursor = drain(source, None)
    for _ in range(2):
        assert drain(source, cursor)[0] == []


def test_nothing_new_in_a_new_process_changes_nothing(rig: Rig, source: MailSource) -> None:
    fill(rig, 2)
    _, cursor = drain(source, None)
    other = rig.source()
    batches, _ = drain(other, cursor)
    other.close()
    assert not any(batch.messages or batch.gone for batch in batches)


def test_an_empty_account_gives_a_cursor(rig: Rig, source: MailSource) -> None:
    _, cursor = drain(source, None)
    assert cursor
    rig.put(letter(0))
    batches, _ = drain(source, cursor)
    assert ids(batches) == [message_id(0)]
    assert not any(batch.history for batch in batches), "it came after us"


def test_new_mail_comes_once(rig: Rig, source: MailSource) -> None:
    fill(rig, 4)
    _, cursor = drain(source, None)
    rig.put(letter(10))
    rig.put(letter(11))
    batches, cursor = drain(source, cursor)
    assert ids(batches) == [message_id(10), message_id(11)]
    assert not any(batch.history or batch.gone for batch in batches)
    assert drain(source, cursor)[0] == []


def test_flags_set_by_others_are_told(rig: Rig, source: MailSource) -> None:
    needs(rig, "flags")
    fill(rig, 3)
    first, cursor = drain(source, None)
    rig.flag(1, "\\Seen")
    batches, cursor = drain(source, cursor)
    changes = [c for b in batches for c in b.changes]
    assert [c.flags for c in changes] == [frozenset({"\\Seen"})]
    assert changes[0].ref == [m.ref for b in first for m in b.messages][1]
    assert drain(source, cursor)[0] == []


def test_keywords_set_by_others_are_told(rig: Rig, source: MailSource) -> None:
    needs(rig, "keywords")
    fill(rig, 3)
    _, cursor = drain(source, None)
    rig.flag(2, "$Facture")
    batches, _ = drain(source, cursor)
    assert [(c.flags, c.keywords) for b in batches for c in b.changes] == [(frozenset(), frozenset({"$Facture"}))]


def test_what_disappears_is_gone(rig: Rig, source: MailSource) -> None:
    fill(rig, 3)
    first, cursor = drain(source, None)
    rig.remove(1)
    batches, cursor = drain(source, cursor)
    assert [ref for b in batches for ref in b.gone] == [[m.ref for b in first for m in b.messages][1]]
    assert drain(source, cursor)[0] == []


def test_what_disappears_while_we_are_away_is_gone(rig: Rig, source: MailSource) -> None:
    fill(rig, 3)
    first, cursor = drain(source, None)
    source.close()
    rig.remove(2)
    other = rig.source()
    batches, _ = drain(other, cursor)
    other.close()
    assert [ref for b in batches for ref in b.gone] == [[m.ref for b in first for m in b.messages][2]]


def test_reading_changes_nothing(rig: Rig, source: MailSource) -> None:
    fill(rig, 4)
    before = rig.state()
    batches, cursor = drain(source, None)
    message = next(m for b in batches for m in b.messages if m.parts or m.whole)
    with pytest.raises(PermanentError):
        source.part(message.ref, "99", 10)
    drain(source, cursor)
    assert rig.state() == before


def test_a_part_is_read_whole_or_refused(rig: Rig, source: MailSource) -> None:
    fill(rig, 2)
    batches, _ = drain(source, None)
    ref = [m.ref for b in batches for m in b.messages][1]
    assert source.part(ref, "2", len(PDF)) == PDF
    with pytest.raises(PermanentError):
        source.part(ref, "2", len(PDF) - 1)


def test_a_closed_source_opens_again(rig: Rig, source: MailSource) -> None:
    fill(rig, 1)
    _, cursor = drain(source, None)
    source.close()
    source.close()
    rig.put(letter(5))
    assert ids(drain(source, cursor)[0]) == [message_id(5)]


def test_sent_and_drafts_have_their_roles(rig: Rig, source: MailSource) -> None:
    needs(rig, "folders")
    rig.put(letter(1))
    rig.put(letter(2), "Sent")
    rig.put(letter(3), "Drafts")
    batches, cursor = drain(source, None)
    assert [(m.ref.mailbox, m.role) for b in batches for m in b.messages] == [
        ("INBOX", "received"),
        ("Sent", "sent"),
        ("Drafts", "draft"),
    ]
    rig.remove(3, "Drafts")
    rig.put(letter(4), "Sent")
    batches, _ = drain(source, cursor)
    assert ids(batches) == [message_id(4)]
    assert [ref.mailbox for b in batches for ref in b.gone] == ["Drafts"]


def test_a_damaged_cursor_means_history_again(rig: Rig, source: MailSource) -> None:
    wanted = fill(rig, 2)
    batches, _ = drain(source, '{"INBOX": "nonsense"')
    assert ids(batches) == wanted
    assert all(batch.history for batch in batches if batch.messages)
