"""The IMAP writer against Dovecot: marks, moves, copies; what it will not do; that twice is once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from automator.errors import PermanentError, TemporaryError
from automator.mail.message import MessageRef
from automator.ports import Change
from automator.sources.imap import Options, writer
from automator.sources.imap.changing import Writer
from automator.sources.imap.reader import Reader
from tests.integration.imap_accounts import USERS, Account, account, drain
from tests.support.dovecot import BINARY, Dovecot
from tests.support.letters import letter, message_id
from tests.support.proxy import Relay
from tests.support.scripted import Scripted, polite

on_dovecot = pytest.mark.dovecot
ALLOWED = {"CAPABILITY", "LOGIN", "LIST", "NAMESPACE", "SELECT", "EXAMINE", "NOOP", "SEARCH", "FETCH", "LOGOUT"}
WRITES = {"STORE", "MOVE", "APPEND", "CREATE", "SUBSCRIBE"}


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    if BINARY is None:
        pytest.skip("Dovecot is not on this machine: apt install dovecot-imapd")
    with Dovecot(USERS) as running:
        yield running


@pytest.fixture
def box(server: Dovecot) -> Iterator[Account]:
    opened = account(server)
    yield opened
    opened.link.logout()


def ref(box: Account, number: int, folder: str = "INBOX") -> MessageRef:
    """Append `letter(number)` and say where it lies."""
    box.link.append(folder, letter(number))
    status = box.link.folder_status(folder, ["UIDVALIDITY", "UIDNEXT"])
    return MessageRef("main", folder, status[b"UIDVALIDITY"], status[b"UIDNEXT"] - 1)


def flags(box: Account, at: MessageRef) -> set[bytes]:
    box.link.select_folder(at.mailbox, readonly=True)
    return set(box.link.fetch([at.uid], ["FLAGS"])[at.uid][b"FLAGS"]) - {b"\\Recent"}


def found(box: Account, folder: str) -> list[bytes]:
    """The Message-IDs in a folder."""
    box.link.select_folder(folder, readonly=True)
    field = "BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]"
    values = box.link.fetch(box.link.search("ALL"), [field]).values()
    return [value[b"BODY[HEADER.FIELDS (MESSAGE-ID)]"].split()[1] for value in values]


@on_dovecot
def test_marks_are_set_once_and_nothing_else_changes(box: Account) -> None:
    at = ref(box, 1)
    with Relay(box.server.port) as relay:
        write = writer("main", box.options(port=relay.port))
        for _ in range(2):
            write.apply(Change("keyword", at, "$Facture"))
            write.apply(Change("flag", at, "\\seen"))
        assert relay.verbs <= ALLOWED | {"STORE"}
        assert relay.connections == 4
    assert flags(box, at) == {b"$Facture", b"\\Seen"}


@on_dovecot
@pytest.mark.parametrize(
    "change",
    [
        Change("flag", value="\\Deleted"),
        Change("flag", value="\\deleted"),
        Change("flag", value="$Facture"),
        Change("keyword", value="\\Deleted"),
        Change("keyword", value="a b"),
        Change("keyword", value="a) (b"),
        Change("keyword", value="a\r\nA1 DELETE INBOX"),
        Change("keyword", value="facturé"),
        Change("keyword", value=""),
        Change("move", value=""),
        Change("move", value="a\r\nb"),
    ],
    ids=lambda c: f"{c.kind}-{c.value!r}",
)
def test_what_is_no_mark_and_no_folder_is_refused(box: Account, change: Change) -> None:
    at = ref(box, 1)
    with Relay(box.server.port) as relay:
        with pytest.raises(PermanentError):
            writer("main", box.options(port=relay.port)).apply(replace(change, ref=at))
        assert not relay.verbs & WRITES
    assert flags(box, at) == set()


@on_dovecot
def test_a_move_makes_the_folder_and_twice_is_once(box: Account) -> None:
    at = ref(box, 1)
    change = Change("move", at, "Automator/Été & Cie", message_id=message_id(1))
    with Relay(box.server.port) as relay:
        with Writer("main", box.options(port=relay.port)) as write:
            write.apply(change)
            write.apply(change)
        assert relay.connections == 1, "one connection for a burst"
        assert relay.verbs <= ALLOWED | {"MOVE", "CREATE", "SUBSCRIBE"}
    assert found(box, "Automator/Été & Cie") == [message_id(1).encode()]
    assert found(box, "INBOX") == []
    assert "Automator/Été & Cie" in [name for _, _, name in box.link.list_sub_folders()]


@on_dovecot
def test_a_move_to_where_it_lies_is_done(box: Account) -> None:
    at = ref(box, 1)
    writer("main", box.options()).apply(Change("move", at, "inbox"))
    assert found(box, "INBOX") == [message_id(1).encode()]


@on_dovecot
@pytest.mark.parametrize("kind", ["move", "keyword", "flag"])
def test_a_message_that_is_gone_is_said_to_be_gone(box: Account, kind: str) -> None:
    at = ref(box, 1)
    box.delete("INBOX", [at.uid])
    value = {"move": "Archive", "keyword": "$Facture", "flag": "\\Seen"}[kind]
    with pytest.raises(PermanentError, match="no longer in"):
        writer("main", box.options()).apply(Change(kind, at, value, message_id=message_id(1)))  # type: ignore[arg-type]


@on_dovecot
def test_a_message_of_a_renumbered_mailbox_is_not_touched(box: Account) -> None:
    at = ref(box, 1)
    stale = replace(at, uidvalidity=at.uidvalidity + 1)
    with pytest.raises(PermanentError, match="renumbered"):
        writer("main", box.options()).apply(Change("move", stale, "Archive"))
    assert found(box, "INBOX") == [message_id(1).encode()]


@on_dovecot
def test_a_change_without_a_message_is_refused(box: Account) -> None:
    with pytest.raises(PermanentError, match="needs a message"):
        writer("main", box.options()).apply(Change("move", None, "Archive"))


@on_dovecot
def test_a_mailbox_that_does_not_exist_is_named(box: Account) -> None:
    with pytest.raises(PermanentError, match="Clients"):
        writer("main", box.options()).apply(Change("flag", MessageRef("main", "Clients", 1, 1), "\\Seen"))


@on_dovecot
def test_an_appended_mail_keeps_flags_date_and_text_and_lies_there_once(box: Account) -> None:
    at = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
    content = letter(5).replace(b"\r\n", b"\n")
    change = Change("append", role="sent", content=content, flags=frozenset({"\\Seen", "$Auto"}), at=at)
    for _ in range(2):
        writer("main", box.options()).apply(change)
    box.link.select_folder("Sent", readonly=True)
    box.link.normalise_times = False
    (uid,) = box.link.search("ALL")
    values = box.link.fetch([uid], ["FLAGS", "INTERNALDATE", "BODY.PEEK[]"])[uid]
    assert set(values[b"FLAGS"]) - {b"\\Recent"} == {b"\\Seen", b"$Auto"}
    assert values[b"INTERNALDATE"] == at
    assert values[b"BODY[]"] == content.replace(b"\n", b"\r\n")


@on_dovecot
def test_an_append_into_a_folder_makes_it(box: Account) -> None:
    writer("main", box.options()).apply(Change("append", value="Automator/Digest", content=letter(1)))
    writer("main", box.options()).apply(Change("append", value="Automator/Digest", content=b"Subject: x\r\n\r\ny"))
    assert box.link.select_folder("Automator/Digest")[b"EXISTS"] == 2


@on_dovecot
def test_an_append_with_a_deleted_flag_is_refused(box: Account) -> None:
    change = Change("append", role="drafts", content=letter(1), flags=frozenset({"\\Deleted"}))
    with pytest.raises(PermanentError, match="not a flag"):
        writer("main", box.options()).apply(change)


@on_dovecot
def test_mail_is_found_by_its_id_else_by_our_key_and_only_exactly(box: Account) -> None:
    mail = b"Message-ID:\r\n <a.b@dupont.example>\r\nX-Automator-Key: relance:42:step1\r\nSubject: x\r\n\r\ny\r\n"
    box.link.append("Sent", mail)
    box.link.append("Sent", mail.replace(b"a.b@", b"other@").replace(b"42:step1", b"42:step10"))
    with Writer("main", box.options()) as write:
        first = write.find("<a.b@dupont.example>", "sent")
        assert first is not None
        assert (first.mailbox, first.uid, first.account) == ("Sent", 1, "main")
        assert write.find("<nothing@dupont.example>", "sent", "relance:42:step1") == first
        assert write.find("<nothing@dupont.example>", "sent", "relance:42:step") is None
        assert write.find("<nothing@dupont.example>", "sent") is None
        assert write.find("<a.b@dupont.example>", "drafts") is None
        assert write.find('<"quoted\\"@dupont.example>', "sent") is None
        assert write.find("<é@dupont.example>", "sent", 'a"b\r\nc') is None
        box.link.append("Sent", mail.replace(b"a.b@", b"late@"))
        assert write.find("<late@dupont.example>", "sent") is not None


@on_dovecot
def test_a_dotted_server_with_a_prefix_gets_names_it_understands() -> None:
    with Dovecot(USERS, separator=".", prefix="INBOX.") as server:
        box = account(server)
        at = ref(box, 1)
        write = writer("main", box.options())
        write.apply(Change("move", at, "Automator/Périmés"))
        assert found(box, "INBOX.Automator.Périmés") == [message_id(1).encode()]
        again = ref(box, 2)
        write.apply(Change("move", again, "Automator/Périmés"))
        assert len(found(box, "INBOX.Automator.Périmés")) == 2
        box.link.logout()


@on_dovecot
def test_a_server_without_move_is_never_copied_and_deleted() -> None:
    with Dovecot(USERS, capability="IMAP4rev1 UIDPLUS") as server, Relay(server.port) as relay:
        box = account(server)
        at = ref(box, 1)
        write = writer("main", box.options(port=relay.port))
        assert not write.capabilities.move
        with pytest.raises(PermanentError, match="cannot move"):
            write.apply(Change("move", at, "Archive"))
        assert not relay.verbs & {"COPY", "STORE", "EXPUNGE", "CREATE"}
        box.link.logout()


@on_dovecot
def test_a_cut_connection_is_temporary_and_the_next_call_works(box: Account) -> None:
    at = ref(box, 1)
    with Relay(box.server.port, cut_after=1500) as relay:
        write = writer("main", box.options(port=relay.port))
        with pytest.raises(TemporaryError):
            write.apply(Change("move", at, "Archive"))
        relay.cut_after = -1
        write.apply(Change("move", at, "Archive", message_id=message_id(1)))
    assert found(box, "Archive") == [message_id(1).encode()]


@on_dovecot
def test_what_the_writer_did_is_news_to_the_reader(box: Account) -> None:
    at = ref(box, 1)
    reader = Reader("main", box.options())
    _, cursor = drain(reader, None)
    writer("main", box.options()).apply(Change("keyword", at, "$Facture"))
    batches, cursor = drain(reader, cursor)
    assert [c.keywords for b in batches for c in b.changes] == [frozenset({"$Facture"})]
    writer("main", box.options()).apply(Change("move", at, "Archive"))
    batches, _ = drain(reader, cursor)
    assert [r for b in batches for r in b.gone] == [at]
    reader.close()


def scripted(server: Scripted, **more: object) -> Writer:
    values = {"host": "127.0.0.1", "port": server.port, "tls": "none", "user": "alice", "password": "hunter2"}
    return Writer("main", Options(**(values | more)))  # type: ignore[arg-type]


HERE = MessageRef("main", "INBOX", 7, 1)


def test_a_server_that_keeps_no_keywords_is_not_asked_to() -> None:
    def script(tag: str, verb: str, arguments: str) -> bytes:
        return polite(tag, verb, arguments).replace(b" \\*", b"")

    with Scripted(script) as server:
        write = scripted(server)
        assert not write.capabilities.keywords
        with pytest.raises(PermanentError, match="keeps no"):
            write.apply(Change("keyword", HERE, "$Facture"))
        with pytest.raises(PermanentError, match="keeps no"):
            write.apply(Change("flag", HERE, "\\Flagged"))
        write.apply(Change("flag", HERE, "\\Seen"))
        assert sum("STORE" in line for line in server.heard) == 1


def test_a_mailbox_that_may_only_be_read_is_not_written() -> None:
    def script(tag: str, verb: str, arguments: str) -> bytes:
        said = polite(tag, verb, arguments)
        return said.replace(b" OK done", b" OK [READ-ONLY] done") if verb == "SELECT" else said

    with Scripted(script) as server, pytest.raises(PermanentError, match="only be read"):
        scripted(server).apply(Change("flag", HERE, "\\Seen"))


@pytest.mark.parametrize(("verb", "change"), [
    ("UID STORE", Change("flag", HERE, "\\Seen")),
    ("UID MOVE", Change("move", HERE, "Archive")),
    ("CREATE", Change("move", HERE, "Archive")),
    ("APPEND", Change("append", value="INBOX", content=b"Subject: x\r\n\r\ny")),
])  # fmt: skip
@pytest.mark.parametrize(("words", "kind"), [
    ("NO [OVERQUOTA] full", TemporaryError),
    ("NO [INUSE] later", TemporaryError),
    ("NO [NOPERM] never", PermanentError),
    ("BAD what", PermanentError),
])  # fmt: skip
def test_a_refusal_is_told_with_the_servers_words(
    verb: str, change: Change, words: str, kind: type[Exception]
) -> None:
    def script(tag: str, said: str, arguments: str) -> bytes:
        if f"{said} {arguments}".startswith(verb):
            return f"{tag} {words}\r\n".encode()
        return polite(tag, said, arguments)

    with Scripted(script) as server, pytest.raises(kind, match=words.rsplit(maxsplit=1)[-1]) as caught:
        scripted(server).apply(change)
    assert type(caught.value) is kind


def test_a_folder_that_somebody_made_meanwhile_is_used() -> None:
    def script(tag: str, verb: str, arguments: str) -> bytes:
        if verb == "CREATE":
            return f"{tag} NO [ALREADYEXISTS] there\r\n".encode()
        return polite(tag, verb, arguments)

    with Scripted(script) as server:
        scripted(server).apply(Change("move", HERE, "Archive"))
        assert any("MOVE" in line for line in server.heard)


def test_without_a_sent_folder_the_owner_is_told_what_to_set() -> None:
    with Scripted(polite) as server:
        with pytest.raises(PermanentError, match='set "sent"'):
            scripted(server).find("<1@client.example>", "sent")
        with pytest.raises(PermanentError, match='"Envoi"'):
            scripted(server, sent="Envoi").find("<1@client.example>", "sent")


def test_a_server_known_to_file_sent_mail_says_so() -> None:
    def script(tag: str, verb: str, arguments: str) -> bytes:
        return polite(tag, verb, arguments).replace(b"IMAP4rev1", b"IMAP4rev1 X-GM-EXT-1")

    with Scripted(script) as server:
        assert scripted(server).capabilities.files_sent


@on_dovecot
def test_the_archive_is_found_by_its_flag(box: Account) -> None:
    writer("main", box.options()).apply(Change("move", ref(box, 1), "\\Archive"))
    assert found(box, "Archive") == [message_id(1).encode()]
    box.link.create_folder("Vieux")
    writer("main", box.options(archive="Vieux")).apply(Change("move", ref(box, 2), "\\Archive"))
    assert found(box, "Vieux") == [message_id(2).encode()]
