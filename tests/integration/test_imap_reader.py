"""The IMAP reader against Dovecot: bytes on the wire, renumbering, vanishing mail, names, big mailboxes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from automator.errors import PermanentError, TemporaryError
from automator.sources.imap import build
from automator.sources.imap.reader import Reader
from tests.integration.imap_accounts import USERS, Account, account, drain, uids
from tests.support.dovecot import BINARY, Dovecot
from tests.support.letters import PDF, alternative, letter, message_id
from tests.support.proxy import Relay

pytestmark = [
    pytest.mark.dovecot,
    pytest.mark.skipif(BINARY is None, reason="Dovecot is not on this machine: apt install dovecot-imapd"),
]
ALLOWED = {"CAPABILITY", "LOGIN", "LIST", "NAMESPACE", "STATUS", "EXAMINE", "NOOP", "SEARCH", "FETCH", "LOGOUT"}


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with Dovecot(USERS) as running:
        yield running


@pytest.fixture
def box(server: Dovecot) -> Iterator[Account]:
    opened = account(server)
    yield opened
    opened.link.logout()


@pytest.fixture
def relay(server: Dovecot) -> Iterator[Relay]:
    with Relay(server.port) as running:
        yield running


@pytest.fixture
def source(box: Account, relay: Relay) -> Iterator[Reader]:
    reader = Reader("main", box.options(port=relay.port, chunk=3))
    yield reader
    reader.close()


def test_a_poll_without_news_costs_under_400_bytes_for_three_mailboxes(
    box: Account, source: Reader, relay: Relay
) -> None:
    for number in range(5):
        box.link.append("INBOX", letter(number))
    _, cursor = drain(source, None)
    relay.forget()
    assert list(source.fetch(cursor)) == []
    assert relay.traffic <= 400
    assert relay.connections == 1, "the connection is kept"


def test_the_first_sync_takes_no_attachment_and_only_reads(box: Account, source: Reader, relay: Relay) -> None:
    for number in range(4):
        box.link.append("INBOX", letter(number, attach=True))
    batches, cursor = drain(source, None)
    drain(source, cursor)
    assert len(uids(batches)) == 4
    assert len(relay.received) < len(PDF), "four attachments lie there, not even one was read"
    assert relay.verbs <= ALLOWED
    assert b"BODY[" not in relay.sent.replace(b"BODY.PEEK[", b""), "a bare BODY[] would mark as read"
    first = next(m for b in batches for m in b.messages)
    assert [(p.content_type, p.filename, p.disposition, p.body is None) for p in first.parts] == [
        ("text/plain", "", "", False),
        ("application/pdf", "utf-8''factur%C3%A9.pdf", "attachment", True),
    ]
    assert b"Message-ID: <0@client.example>" in first.header
    assert b"DKIM" not in first.header


def test_an_attachment_that_is_too_large_is_not_downloaded(box: Account, source: Reader, relay: Relay) -> None:
    box.link.append("INBOX", letter(1, attach=True))
    batches, _ = drain(source, None)
    relay.forget()
    with pytest.raises(PermanentError, match="larger than 1000 bytes"):
        source.part(batches[0].messages[0].ref, "2", 1000)
    assert len(relay.received) < 1500


def test_a_part_may_be_read_in_the_middle_of_a_fetch(box: Account, source: Reader) -> None:
    box.link.append("Sent", letter(99, attach=True))
    other = Reader("main", box.options())
    sent_batches, _ = drain(other, None)
    other.close()
    sent = next(m.ref for b in sent_batches for m in b.messages)
    for number in range(8):
        box.link.append("INBOX", letter(number, attach=True))
    seen = []
    for batch in source.fetch(None):
        seen += uids([batch])
        for message in batch.messages:
            assert source.part(message.ref, "2", 100_000) == PDF
            assert source.part(sent, "2", 100_000) == PDF
            assert message.parts[0].body
    assert seen == [*[("INBOX", n) for n in range(1, 9)], ("Sent", 1)]


def test_the_html_twin_stays_on_the_server_unless_the_text_is_a_stub(box: Account, source: Reader) -> None:
    box.link.append("INBOX", alternative(1, "Bonjour, " * 100, "<p>" + "Bonjour, " * 100))
    box.link.append("INBOX", alternative(2, "Votre logiciel ne lit pas le HTML", "<p>Bonjour</p>" * 50))
    batches, _ = drain(source, None)
    read = [[p.content_type for p in m.parts if p.body is not None] for b in batches for m in b.messages]
    assert read == [["text/plain"], ["text/plain", "text/html"]]


def test_a_huge_text_is_cut_at_the_limit(box: Account, relay: Relay) -> None:
    box.link.append("INBOX", letter(1, text="Bonjour tout le monde. " * 20_000))
    reader = Reader("main", box.options(port=relay.port, max_text_bytes=10_000))
    batches, _ = drain(reader, None)
    reader.close()
    part = batches[0].messages[0].parts[0]
    assert part.body is not None
    assert len(part.body) == 10_000 < part.size
    assert len(relay.received) < 20_000


def test_a_chunk_with_much_text_is_delivered_in_portions(box: Account) -> None:
    for number in range(12):
        box.link.append("INBOX", letter(number, text="Bonjour tout le monde. " * 40_000))
    reader = Reader("main", box.options(chunk=12))
    batches, _ = drain(reader, None)
    sizes = [sum(len(p.body or b"") for m in b.messages for p in m.parts) for b in batches]
    assert max(sizes) <= 8_000_000
    assert uids(batches) == [("INBOX", n) for n in range(1, 13)]
    middle, _ = drain(reader, batches[0].cursor)
    reader.close()
    assert uids(batches[:1]) + uids(middle) == uids(batches)


def test_a_renumbered_mailbox_is_read_again_and_named(box: Account, source: Reader) -> None:
    for number in range(4):
        box.link.append("INBOX", letter(number))
    _, cursor = drain(source, None)
    source.close()
    box.server.doveadm("mailbox", "update", "--uid-validity", "99999", "-u", box.user, "INBOX")
    batches, cursor = drain(source, cursor)
    assert [b.reset for b in batches if b.messages] == [("INBOX",), ()]
    assert {m.ref.uidvalidity for b in batches for m in b.messages} == {99999}
    assert len(uids(batches)) == 4
    assert not any(b.gone or b.history for b in batches), "the old numbers are dropped by the reset, not one by one"
    assert drain(source, cursor)[0] == []


def test_a_mailbox_renumbered_to_nothing_is_named_too(box: Account, source: Reader) -> None:
    box.link.create_folder("Clients")
    reader = Reader("main", box.options(mailboxes=("INBOX", "Clients")))
    box.link.append("Clients", letter(1))
    _, cursor = drain(reader, None)
    box.link.delete_folder("Clients")
    box.link.create_folder("Clients")
    reader.close()
    batches, _ = drain(reader, cursor)
    reader.close()
    assert [b.reset for b in batches] == [("Clients",)]


def test_mail_that_vanishes_between_search_and_fetch_is_left_out(box: Account, source: Reader) -> None:
    for number in range(9):
        box.link.append("INBOX", letter(number))
    seen = []
    for batch in source.fetch(None):
        seen += uids([batch])
        if len(seen) == 3:
            box.delete("INBOX", [5, 7, 8, 9])
    assert [uid for _, uid in seen if uid not in {5, 7, 8, 9}] == [1, 2, 3, 4, 6]
    batches, _ = drain(source, batch.cursor)
    left = set(seen) - {(ref.mailbox, ref.uid) for b in batches for ref in b.gone}
    assert left == {("INBOX", n) for n in (1, 2, 3, 4, 6)}


def test_a_message_moved_between_watched_mailboxes_is_gone_here_and_new_there(box: Account) -> None:
    box.link.create_folder("Clients/Été & Cie")
    reader = Reader("main", box.options(mailboxes=("INBOX", "Clients/Été & Cie")))
    for number in range(3):
        box.link.append("INBOX", letter(number))
    _, cursor = drain(reader, None)
    box.link.select_folder("INBOX")
    box.link.move([2], "Clients/Été & Cie")
    batches, _ = drain(reader, cursor)
    reader.close()
    assert [(ref.mailbox, ref.uid) for b in batches for ref in b.gone] == [("INBOX", 2)]
    assert uids(batches) == [("Clients/Été & Cie", 1)]


NAMES = [
    "Été & Cie", "Éléments archivés", "R&D", "a+b", "&", "Müller GmbH", "日本", "😀 clients", "Devis #1", "100%",
    "Clients/Œuvres/2026", "it's", 'gui"llemets', "back\\slash", "(paren)", "{5}", "*", "a  b", "INBOX2", "NIL",
]  # fmt: skip


def test_twenty_folder_names_are_read_as_they_are(box: Account, relay: Relay) -> None:
    made = [name for name in NAMES if _made(box, name)]
    assert len(made) >= 17, "Dovecot refuses a few names"
    for number, name in enumerate(made):
        box.link.append(name, letter(number))
    reader = Reader("main", box.options(port=relay.port, mailboxes=("INBOX", *made)))
    batches, cursor = drain(reader, None)
    assert [mailbox for mailbox, _ in uids(batches)] == made
    relay.forget()
    assert drain(reader, cursor)[0] == []
    assert relay.verbs <= {"NOOP", "LIST", "STATUS"}, "each was recognised in the answer, none had to be opened"
    assert relay.sent.count(b"\n") <= 4, "one question for many mailboxes"
    box.link.append(made[3], letter(99))
    assert uids(drain(reader, cursor)[0]) == [(made[3], 2)]
    reader.close()


def _made(box: Account, name: str) -> bool:
    try:
        box.link.create_folder(name)
    except box.link.Error:
        return False
    return True


def test_a_mailbox_that_does_not_exist_is_named(box: Account) -> None:
    reader = Reader("main", box.options(mailboxes=("INBOX", "Clientz", "Devis")))
    with pytest.raises(PermanentError, match='"Clientz", "Devis"'):
        list(reader.fetch(None))
    box.link.create_folder("Clientz")
    box.link.create_folder("Devis")
    assert drain(reader, None)[1]
    reader.close()


def test_a_mailbox_added_later_is_history(box: Account) -> None:
    box.link.create_folder("Clients")
    box.link.append("Clients", letter(1))
    reader = Reader("main", box.options())
    _, cursor = drain(reader, None)
    reader.close()
    wider = Reader("main", box.options(mailboxes=("INBOX", "Clients")))
    batches, _ = drain(wider, cursor)
    wider.close()
    assert [(b.history, len(b.messages)) for b in batches] == [(("Clients",), 1)]


def test_two_thousand_mails_are_counted_right(box: Account, relay: Relay) -> None:
    size = 2000
    for start in range(0, size, 500):
        box.link.multiappend("INBOX", [letter(n) for n in range(start, start + 500)])
    reader = Reader("main", box.options(port=relay.port))
    batches, cursor = drain(reader, None)
    assert uids(batches) == [("INBOX", n) for n in range(1, size + 1)]
    assert {b.total for b in batches if b.messages} == {size}
    assert len(batches) == size // 250 + 2
    box.link.select_folder("INBOX")
    box.link.add_flags(range(1, 1 + size), [b"\\Seen"])
    changed, cursor = drain(reader, cursor)
    assert sum(len(b.changes) for b in changed) == size
    assert max(len(b.changes) for b in changed) <= 1000
    relay.forget()
    assert drain(reader, cursor)[0] == []
    assert relay.traffic <= 400, "flat, whatever the size of the mailbox"
    reader.close()


def test_changes_cut_in_the_middle_are_told_again(box: Account) -> None:
    box.link.multiappend("INBOX", [letter(n) for n in range(1200)])
    reader = Reader("main", box.options())
    _, cursor = drain(reader, None)
    box.link.select_folder("INBOX")
    box.link.add_flags(range(1, 1201), [b"\\Seen"])
    first = next(reader.fetch(cursor))
    assert len(first.changes) == 1000
    reader.close()
    again, _ = drain(reader, first.cursor)
    reader.close()
    assert {c.ref.uid for b in [first, *again] for c in b.changes} == set(range(1, 1201))


def test_giving_up_in_the_middle_leaves_a_source_that_works(box: Account, source: Reader) -> None:
    for number in range(9):
        box.link.append("INBOX", letter(number))
    fetching = source.fetch(None)
    first = next(fetching)
    fetching.close()
    rest, _ = drain(source, first.cursor)
    assert uids([first]) + uids(rest) == [("INBOX", n) for n in range(1, 10)]


def test_a_message_of_a_renumbered_mailbox_is_not_mistaken(box: Account, source: Reader) -> None:
    box.link.append("INBOX", letter(1, attach=True))
    batches, _ = drain(source, None)
    ref = batches[0].messages[0].ref
    source.close()
    box.server.doveadm("mailbox", "update", "--uid-validity", "4242", "-u", box.user, "INBOX")
    with pytest.raises(PermanentError, match="renumbered"):
        source.part(ref, "2", 100_000)


def test_a_message_that_is_gone_has_no_parts(box: Account, source: Reader) -> None:
    box.link.append("INBOX", letter(1, attach=True))
    batches, _ = drain(source, None)
    box.delete("INBOX", [1])
    with pytest.raises(PermanentError, match="gone"):
        source.part(batches[0].messages[0].ref, "2", 100_000)


def test_sent_and_drafts_are_found_by_their_french_names() -> None:
    french = {"sent": '"Éléments envoyés"', "drafts": "Brouillons", "special_use": False}
    with Dovecot(USERS, separator=".", prefix="INBOX.", **french) as server:  # type: ignore[arg-type]
        box = account(server)
        box.link.create_folder("INBOX.Clients.Été")
        box.link.append("INBOX.Éléments envoyés", letter(1))
        box.link.append("INBOX.Brouillons", letter(2))
        box.link.append("INBOX.Clients.Été", letter(3))
        reader = Reader("main", box.options(mailboxes=("INBOX", "Clients/Été")))
        batches, _ = drain(reader, None)
        assert [(m.ref.mailbox, m.role) for b in batches for m in b.messages] == [
            ("INBOX.Clients.Été", "received"),
            ("INBOX.Éléments envoyés", "sent"),
            ("INBOX.Brouillons", "draft"),
        ]
        reader.close()
        box.link.logout()


def test_a_server_without_condstore_tells_flags_too() -> None:
    with Dovecot(USERS, capability="IMAP4rev1 UIDPLUS MOVE NAMESPACE") as server, Relay(server.port) as relay:
        box = account(server)
        for number in range(4):
            box.link.append("INBOX", letter(number))
        reader = build("main", box.options(port=relay.port))
        batches, cursor = drain(reader, None)
        assert len(uids(batches)) == 4
        box.link.select_folder("INBOX")
        box.link.add_flags([2], [b"\\Flagged"])
        box.delete("INBOX", [3])
        batches, cursor = drain(reader, cursor)
        assert [(c.ref.uid, c.flags) for b in batches for c in b.changes] == [(2, frozenset({"\\Flagged"}))]
        assert [ref.uid for b in batches for ref in b.gone] == [3]
        assert b"RETURN" not in relay.sent
        reader.close()
        box.link.logout()


def test_the_password_may_have_accents(server: Dovecot) -> None:
    assert server.port
    reader = Reader("main", Account(server, "rene", None).options(password="clé à molette"))  # type: ignore[arg-type]
    assert drain(reader, None)[1]
    assert reader.layout.special("sent") == "Sent"
    reader.close()


def test_what_the_server_can_do_is_told(box: Account, source: Reader) -> None:
    able = source.capabilities
    assert (able.keywords, able.move, able.condstore, able.special_use, able.idle) == (True,) * 5
    assert not able.files_sent


def test_a_deleted_mailbox_stops_with_its_name(box: Account) -> None:
    box.link.create_folder("Clients")
    reader = Reader("main", box.options(mailboxes=("INBOX", "Clients")))
    _, cursor = drain(reader, None)
    box.link.delete_folder("Clients")
    with pytest.raises((PermanentError, TemporaryError), match="Clients"):
        list(reader.fetch(cursor))
    reader.close()


def test_messages_are_known_by_their_id(box: Account, source: Reader) -> None:
    box.link.append("INBOX", letter(77))
    batches, _ = drain(source, None)
    assert message_id(77).encode() in batches[0].messages[0].header


def test_folders_that_teach_are_watched_for_little_found_when_made_and_dropped_when_deleted(
    box: Account, relay: Relay
) -> None:
    box.link.create_folder("RH")
    box.link.append("RH", letter(1))
    reader = Reader("main", box.options(port=relay.port), ("RH", "Clients/Chantiers", "Sent"))
    batches, cursor = drain(reader, None)
    assert [(m.ref.mailbox, m.role) for b in batches for m in b.messages] == [("RH", "filed")]
    assert [b.history for b in batches if b.messages] == [("RH",)]
    assert reader.filed == {"RH": "RH"}
    relay.forget()
    assert drain(reader, cursor)[0] == []
    assert relay.traffic <= 700, "four mailboxes, and a name that is not there yet"
    box.link.create_folder("Clients/Chantiers")
    box.link.append("Clients/Chantiers", letter(2))
    batches, cursor = drain(reader, cursor)
    assert [(m.ref.mailbox, m.role) for b in batches for m in b.messages] == [("Clients/Chantiers", "filed")]
    assert reader.filed == {"RH": "RH", "Clients/Chantiers": "Clients/Chantiers"}
    relay.forget()
    assert drain(reader, cursor)[0] == []
    assert relay.traffic <= 800, "five mailboxes"
    box.link.delete_folder("RH")
    batches, cursor = drain(reader, cursor)
    assert [b.dropped for b in batches] == [("RH",)]
    assert reader.filed == {"Clients/Chantiers": "Clients/Chantiers"}
    assert drain(reader, cursor)[0] == []
    box.link.create_folder("RH")
    box.link.append("RH", letter(3))
    assert uids(drain(reader, cursor)[0]) == [("RH", 1)]
    reader.close()


def test_two_names_that_are_one_folder_on_the_server_are_told(box: Account) -> None:
    box.link.create_folder("Arrêt-maladie")
    reader = Reader("main", box.options(), ("Arret maladie", "Arrêt-maladie"))
    drain(reader, None)
    assert [a for a in reader.take_alerts() if "one on the server" in a] != []
    reader.close()
