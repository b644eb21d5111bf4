"""IMAP when the network, the server or somebody in between misbehaves. Every error is one of our three kinds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from automator.errors import LoginError, PermanentError, TemporaryError
from automator.mail.message import MessageRef
from automator.ports import Batch
from automator.sources.imap import Options
from automator.sources.imap.reader import Reader
from tests.integration.imap_accounts import USERS, Account, account, drain, uids
from tests.support.dovecot import BINARY, Dovecot, make_certificate
from tests.support.letters import letter
from tests.support.proxy import Relay
from tests.support.scripted import Scripted, polite


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


def secure(box: Account, tmp_path: Path, tls: str, **more: object) -> Reader:
    """Over TLS, trusting the server's own certificate."""
    port = box.server.tls_port if tls == "tls" else box.server.port
    values = {"tls": tls, "port": port, "ca_file": box.server.certificate, "host": "localhost"} | more
    return Reader("main", box.options(**values))


@pytest.mark.parametrize("tls", ["tls", "starttls"])
@pytest.mark.dovecot
def test_both_ways_of_tls_read(box: Account, tmp_path: Path, tls: str) -> None:
    box.link.append("INBOX", letter(1))
    reader = secure(box, tmp_path, tls)
    batches, cursor = drain(reader, None)
    assert uids(batches) == [("INBOX", 1)]
    assert drain(reader, cursor)[0] == []
    reader.close()


@pytest.mark.parametrize("tls", ["tls", "starttls"])
@pytest.mark.dovecot
def test_an_unknown_certificate_is_refused_before_the_password(box: Account, tmp_path: Path, tls: str) -> None:
    port = box.server.tls_port if tls == "tls" else box.server.port
    with Relay(port) as relay:
        reader = secure(box, tmp_path, tls, port=relay.port, ca_file=None)
        with pytest.raises(PermanentError, match="certificate is not trusted"):
            drain(reader, None)
        assert b"LOGIN" not in relay.sent


def test_a_certificate_for_another_host_is_refused(tmp_path: Path) -> None:
    certificate, key = tmp_path / "c.pem", tmp_path / "k.pem"
    make_certificate(certificate, key, host="mail.other.example", address="192.0.2.1")
    with Scripted(polite, certificate=(certificate, key)) as server:
        reader = scripted_reader(server, tls="tls", ca_file=certificate)
        with pytest.raises(PermanentError, match="certificate is not trusted"):
            drain(reader, None)
        assert server.heard == []


def test_a_ca_file_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("nothing")
    for path in (tmp_path / "missing.pem", tmp_path / "empty.pem"):
        reader = Reader("main", Options(host="imap.dupont.example", user="a", password="b", ca_file=path))
        with pytest.raises(PermanentError, match=path.name):
            drain(reader, None)


def test_a_port_without_tls_is_temporary(tmp_path: Path) -> None:
    make_certificate(tmp_path / "c.pem", tmp_path / "k.pem")
    with Scripted(polite) as plain:
        reader = scripted_reader(plain, tls="tls", ca_file=tmp_path / "c.pem")
        with pytest.raises(TemporaryError, match="secure"):
            drain(reader, None)


def scripted_reader(server: Scripted, **more: object) -> Reader:
    values = {"host": "127.0.0.1", "port": server.port, "tls": "none", "user": "alice", "password": "hunter2"}
    return Reader("main", Options(**(values | more)))  # type: ignore[arg-type]


def test_a_closed_port_is_temporary() -> None:
    with Scripted(polite) as server:
        reader = scripted_reader(server)
    with pytest.raises(TemporaryError, match="no connection"):
        drain(reader, None)


@pytest.mark.dovecot
def test_a_wrong_password_is_a_login_error_without_the_password(box: Account) -> None:
    reader = Reader("main", box.options(password="wrong-secret"))
    with pytest.raises(LoginError, match="login refused") as caught:
        drain(reader, None)
    assert "wrong-secret" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_starttls_stripped_from_the_capabilities_fails_closed() -> None:
    with Scripted(polite) as server:
        with pytest.raises(PermanentError, match="STARTTLS"):
            drain(scripted_reader(server, tls="starttls"), None)
        assert not any("LOGIN" in line for line in server.heard)


def with_starttls(tag: str, verb: str, arguments: str) -> bytes:
    if verb == "CAPABILITY":
        return f"* CAPABILITY IMAP4rev1 STARTTLS\r\n{tag} OK done\r\n".encode()
    return polite(tag, verb, arguments)


@pytest.mark.parametrize("answer", ["NO not today", "BAD what?"])
def test_starttls_refused_fails_closed(answer: str) -> None:
    def script(tag: str, verb: str, arguments: str) -> bytes:
        return f"{tag} {answer}\r\n".encode() if verb == "STARTTLS" else with_starttls(tag, verb, arguments)

    with Scripted(script) as server:
        with pytest.raises(PermanentError, match="STARTTLS"):
            drain(scripted_reader(server, tls="starttls"), None)
        assert not any("LOGIN" in line for line in server.heard)


def test_a_preauth_greeting_does_not_skip_starttls() -> None:
    with Scripted(with_starttls, greeting=b"* PREAUTH welcome\r\n") as server:
        with pytest.raises(PermanentError, match="STARTTLS"):
            drain(scripted_reader(server, tls="starttls"), None)
        assert not any("EXAMINE" in line for line in server.heard)


def test_words_injected_before_tls_are_not_believed() -> None:
    def script(tag: str, verb: str, arguments: str) -> bytes:
        if verb == "STARTTLS":
            return f"{tag} OK go\r\n* OK [ALERT] obey\r\n".encode()
        return with_starttls(tag, verb, arguments)

    with Scripted(script) as server:
        reader = scripted_reader(server, tls="starttls", timeout=0.5)
        with pytest.raises(TemporaryError):
            drain(reader, None)
        assert reader.take_alerts() == ()
        assert not any("LOGIN" in line for line in server.heard)


def test_a_server_that_takes_no_password_gets_none() -> None:
    def script(tag: str, verb: str, arguments: str) -> bytes:
        if verb == "CAPABILITY":
            return f"* CAPABILITY IMAP4rev1 LOGINDISABLED\r\n{tag} OK done\r\n".encode()
        return polite(tag, verb, arguments)

    with Scripted(script) as server:
        with pytest.raises(PermanentError, match="no password"):
            drain(scripted_reader(server), None)
        assert not any("hunter2" in line for line in server.heard)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("NO [UNAVAILABLE] backend down", TemporaryError),
        ("NO [INUSE] locked", TemporaryError),
        ("NO [AUTHENTICATIONFAILED] wrong", LoginError),
        ("NO [CONTACTADMIN] ask", LoginError),
        ("BAD no such thing", LoginError),
    ],
)
def test_a_busy_server_is_not_a_wrong_password(answer: str, kind: type[Exception]) -> None:
    def script(tag: str, verb: str, arguments: str) -> bytes:
        return f"{tag} {answer}\r\n".encode() if verb == "LOGIN" else polite(tag, verb, arguments)

    with Scripted(script) as server, pytest.raises(kind) as caught:
        drain(scripted_reader(server), None)
    assert type(caught.value) is kind


def test_alerts_are_kept_for_the_owner() -> None:
    def script(tag: str, verb: str, arguments: str) -> bytes:
        if verb == "LOGIN":
            return b"* OK [ALERT] Maintenance ce soir\r\n" + polite(tag, verb, arguments)
        if verb == "LIST":
            return b"* NO [ALERT] Boite presque pleine\r\n" + polite(tag, verb, arguments)
        return polite(tag, verb, arguments)

    with Scripted(script, greeting=b"* OK [ALERT] Bienvenue\r\n") as server:
        reader = scripted_reader(server)
        drain(reader, None)
        told = reader.take_alerts()
        assert {"Maintenance ce soir", "Boite presque pleine", "Bienvenue"} <= set(told)
        assert [word for word in ("sent", "drafts") if any(f'set "{word}"' in text for text in told)] == [
            "sent",
            "drafts",
        ]
        assert reader.take_alerts() == ()
        reader.close()


def test_an_alert_with_a_refused_login_is_in_the_error() -> None:
    def script(tag: str, verb: str, arguments: str) -> bytes:
        if verb == "LOGIN":
            return f"{tag} NO [ALERT] Use an app password\r\n".encode()
        return polite(tag, verb, arguments)

    with Scripted(script) as server, pytest.raises(LoginError, match="Use an app password"):
        drain(scripted_reader(server), None)


@pytest.mark.parametrize("verb", ["STATUS", "EXAMINE", "UID", "LIST"])
def test_a_bye_is_temporary_and_says_why(verb: str) -> None:
    def script(tag: str, said: str, arguments: str) -> bytes:
        return b"* BYE going down\r\n" if said == verb else polite(tag, said, arguments)

    with Scripted(script) as server:
        reader = scripted_reader(server)
        with pytest.raises(TemporaryError):
            drain(reader, None)
        reader.close()


HOSTILE = [
    b"* 1 FETCH (UID 1 FLAGS (\\Seen)\r\n",
    b"* 1 FETCH UID 1)\r\n",
    b'* 1 FETCH (UID 1 BODY[HEADER] "never closed)\r\n',
    b"* 1 FETCH " + b"(" * 5000 + b")" * 5000 + b"\r\n",
    b"* 1 FETCH (UID x)\r\n",
    b"* 1 FETCH (UID 1 FLAGS)\r\n",
    b"* 1 FETCH ((a) b)\r\n",
    b"* FETCH\r\n",
    b"complete nonsense\r\n",
    b'* ESEARCH (TAG "x") UID ALL 1:4294967295\r\n',
    b"\xff\xfe\r\n",
    b"\r\n",
]


@pytest.mark.parametrize("words", HOSTILE)
@pytest.mark.parametrize("verb", ["FETCH", "SEARCH", "STATUS"])
def test_a_server_that_talks_nonsense_is_an_error_of_ours_that_quotes_nothing(words: bytes, verb: str) -> None:
    def script(tag: str, said: str, arguments: str) -> bytes:
        if said == verb or (said == "UID" and arguments.startswith(verb)):
            return words + polite(tag, said, arguments)
        return polite(tag, said, arguments)

    with Scripted(script) as server:
        reader = scripted_reader(server)
        said = ""
        batches = []
        try:
            batches = list(reader.fetch(None))
        except TemporaryError as error:
            said = str(error)
        assert "nonsense" not in said
        assert "FETCH" not in said
        assert not any(m.ref.uid > 2 for b in batches for m in b.messages)
        reader.close()


def test_one_message_the_server_will_not_give_stops_no_other() -> None:
    heads = b'UID %d FLAGS () INTERNALDATE "17-Jul-2026 02:44:25 -0700" RFC822.SIZE 5'
    structure = b'BODYSTRUCTURE ("text" "plain" ("charset" "utf-8") NIL NIL "7bit" 5 1)'

    def script(tag: str, said: str, arguments: str) -> bytes:
        if said != "UID" or not arguments.startswith("FETCH"):
            return polite(tag, said, arguments)
        wanted, good = arguments.split()[1], b""
        if wanted in {"1:2", "2"}:
            what = (
                b'BODY[HEADER.FIELDS.NOT ("RECEIVED")]<0> {5}\r\nA: b\n'
                if "HEADER" in arguments
                else b"BODY[1] {2}\r\nhi"
            )
            good = b"* 2 FETCH (" + heads % 2 + b" " + structure + b" " + what + b")\r\n"
        status = b"NO [SERVERBUG] corrupt" if wanted != "2" else b"OK done"
        return good + tag.encode() + b" " + status + b"\r\n"

    with Scripted(script) as server:
        reader = scripted_reader(server)
        batches, cursor = drain(reader, None)
        assert uids(batches) == [("INBOX", 2)]
        assert batches[0].messages[0].parts[0].body == b"hi"
        assert "INBOX: the server does not give message 1" in reader.take_alerts()
        assert not any(b.messages for b in drain(reader, cursor)[0])
        reader.close()


def test_a_structure_that_makes_no_sense_means_the_whole_message_is_read() -> None:
    def script(tag: str, said: str, arguments: str) -> bytes:
        if said != "UID" or not arguments.startswith("FETCH"):
            return polite(tag, said, arguments)
        if "HEADER" in arguments:
            head = b"* 1 FETCH (UID 1 FLAGS (a \\Seen \\Recent) INTERNALDATE NIL BODYSTRUCTURE NIL BODY[HEADER]<0> {4}\r\nA: b)\r\n"
            return head + f"{tag} OK done\r\n".encode()
        assert arguments == "FETCH 1 (UID BODY.PEEK[]<0.1000000>)"
        return b"* 1 FETCH (UID 1 BODY[]<0> {9}\r\nA: b\r\n\r\nc)\r\n" + f"{tag} OK done\r\n".encode()

    with Scripted(script) as server:
        reader = scripted_reader(server)
        message = drain(reader, None)[0][0].messages[0]
        assert (message.whole, message.parts) == (b"A: b\r\n\r\nc", ())
        assert (message.flags, message.keywords) == (frozenset({"\\Seen"}), frozenset({"a"}))
        assert message.arrived.year == 1970
        reader.close()


def test_a_search_in_a_sparse_mailbox_is_asked_in_slices() -> None:
    def script(tag: str, said: str, arguments: str) -> bytes:
        if said == "EXAMINE":
            return (
                b"* 2 EXISTS\r\n* OK [UIDVALIDITY 7] \r\n* OK [UIDNEXT 120001] \r\n" + f"{tag} OK done\r\n".encode()
            )
        if arguments.startswith("FETCH"):
            return f"{tag} OK done\r\n".encode()
        if arguments.startswith("SEARCH"):
            return f"* SEARCH\r\n{tag} OK done\r\n".encode()
        return polite(tag, said, arguments)

    with Scripted(script) as server:
        reader = scripted_reader(server)
        drain(reader, None)
        reader.close()
        asked = [line.split()[-1] for line in server.heard if "SEARCH" in line]
        assert asked == ["1:50000", "50001:100000", "100001:120000"]


def test_a_server_that_tells_no_uidnext_is_read_too() -> None:
    def script(tag: str, said: str, arguments: str) -> bytes:
        if said == "EXAMINE":
            return b"* 2 EXISTS\r\n* OK [UIDVALIDITY 7] \r\n" + f"{tag} OK done\r\n".encode()
        if arguments.startswith("FETCH"):
            return f"{tag} OK done\r\n".encode()
        return polite(tag, said, arguments)

    with Scripted(script) as server:
        reader = scripted_reader(server)
        _, cursor = drain(reader, None)
        reader.close()
        other = scripted_reader(server)
        assert not any(batch.messages for batch in drain(other, cursor)[0])
        other.close()
        assert [line.split()[-1] for line in server.heard if "SEARCH" in line] == ["1:*", "3:*"]


@pytest.mark.dovecot
@pytest.mark.parametrize("after", [1, 500, 3_000, 8_000, 20_000, 60_000])
def test_a_connection_cut_anywhere_loses_and_repeats_nothing(box: Account, after: int) -> None:
    for number in range(20):
        box.link.append("INBOX", letter(number, text="Bonjour. " * 300))
    got: list[Batch] = []
    with Relay(box.server.port, cut_after=after) as relay:
        reader = Reader("main", box.options(port=relay.port, chunk=4))
        with pytest.raises(TemporaryError):
            got.extend(reader.fetch(None))
        cursor = got[-1].cursor if got else None
        relay.cut_after = -1
        rest, _ = drain(reader, cursor)
        reader.close()
    assert uids(got) + uids(rest) == [("INBOX", n) for n in range(1, 21)]
    assert all(b.history for b in [*got, *rest] if b.messages)


@pytest.mark.dovecot
def test_a_silent_connection_ends_at_the_timeout(box: Account) -> None:
    box.link.append("INBOX", letter(1))
    with Relay(box.server.port, mute_after=2_500) as relay:
        reader = Reader("main", box.options(port=relay.port, timeout=0.3))
        with pytest.raises(TemporaryError, match="does not answer"):
            drain(reader, None)
        relay.mute_after = -1
        relay.forget()
        assert uids(drain(reader, None)[0]) == [("INBOX", 1)]
        reader.close()


@pytest.mark.dovecot
def test_a_kept_connection_that_died_is_opened_again(box: Account) -> None:
    with Relay(box.server.port) as relay:
        reader = Reader("main", box.options(port=relay.port))
        _, cursor = drain(reader, None)
        relay.cut()
        with pytest.raises(TemporaryError):
            drain(reader, cursor)
        box.link.append("INBOX", letter(1))
        assert uids(drain(reader, cursor)[0]) == [("INBOX", 1)]
        assert relay.connections == 2
        reader.close()


@pytest.mark.dovecot
def test_a_user_put_out_by_the_server_comes_back(box: Account) -> None:
    reader = Reader("main", box.options())
    _, cursor = drain(reader, None)
    box.server.doveadm("kick", box.user)
    with pytest.raises(TemporaryError):
        drain(reader, cursor)
    assert drain(reader, cursor)[1] == cursor
    reader.close()
    box.link.shutdown()
    box.link.__init__("127.0.0.1", box.server.port, ssl=False, timeout=10)  # type: ignore[misc]
    box.link.login(box.user, "secret")


def test_a_text_that_vanished_after_its_header_leaves_the_message_out() -> None:
    head = (
        b"* %d FETCH (UID %d FLAGS () RFC822.SIZE 5 BODY[HEADER]<0> {4}\r\nA: b"
        b' BODYSTRUCTURE ("text" "plain" NIL NIL NIL "7bit" 5 1))\r\n'
    )

    def script(tag: str, said: str, arguments: str) -> bytes:
        if said != "UID" or not arguments.startswith("FETCH"):
            return polite(tag, said, arguments)
        heads = head % (1, 1) + head % (2, 2)
        texts = b"* 2 FETCH (UID 2 BODY[1] {2}\r\nhi)\r\n"
        return (heads if "HEADER" in arguments else texts) + f"{tag} OK done\r\n".encode()

    with Scripted(script) as server:
        reader = scripted_reader(server)
        assert uids(drain(reader, None)[0]) == [("INBOX", 2)]
        reader.close()


@pytest.mark.parametrize("verb", ["LIST", "STATUS", "EXAMINE", "SEARCH", "FETCH"])
@pytest.mark.parametrize(
    ("words", "kind"), [("NO [UNAVAILABLE] later", TemporaryError), ("NO [NOPERM] never", PermanentError)]
)
def test_a_refusal_is_told_in_the_servers_words(verb: str, words: str, kind: type[Exception]) -> None:
    def script(tag: str, said: str, arguments: str) -> bytes:
        refuse = said == verb or (said == "UID" and arguments.startswith(verb))
        return f"{tag} {words}\r\n".encode() if refuse else polite(tag, said, arguments)

    with Scripted(script) as server:
        reader = scripted_reader(server)
        read = (lambda: reader.part(MessageRef("main", "INBOX", 7, 1), "1", 10)) if verb == "FETCH" else None
        with pytest.raises(kind, match=words.rsplit(maxsplit=1)[-1]):
            read() if read else drain(reader, None)
        reader.close()


def test_folder_names_come_in_every_form() -> None:
    lines = (
        b'* LIST (\\HasNoChildren) "/" INBOX\r\n* LIST () "/" [Gmail]/Tous\r\n* LIST () NIL NIL\r\n'
        b'* LIST (\\Sent) "/" {7}\r\nEnv"oi*\r\n* LIST () "/" "&AMk-t&AOk-"\r\n'
    )

    def script(tag: str, said: str, arguments: str) -> bytes:
        if said == "CAPABILITY":
            return f"* CAPABILITY IMAP4rev1 NAMESPACE\r\n{tag} OK done\r\n".encode()
        if said == "NAMESPACE":
            return f'* NAMESPACE NIL NIL (("x" "/"))\r\n{tag} OK done\r\n'.encode()
        if said == "LIST":
            return lines + f"{tag} OK done\r\n".encode()
        return polite(tag, said, arguments)

    with Scripted(script) as server:
        reader = scripted_reader(server)
        found = reader.layout
        assert [folder.name for folder in found.folders] == ["INBOX", "[Gmail]/Tous", "NIL", 'Env"oi*', "Été"]
        assert (found.delimiter, found.prefix, found.special("sent")) == ("/", "", 'Env"oi*')
        reader.close()
