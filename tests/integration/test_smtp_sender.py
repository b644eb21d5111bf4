"""The SMTP sender against a real server: every answer that matters, at every step."""

from __future__ import annotations

import dataclasses
import ssl
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from automator.errors import LoginError, OutcomeUnknown, PermanentError, TemporaryError
from automator.mail.compose import message_id, serialize
from automator.mail.message import Address, OutgoingMail
from automator.senders.smtp import Options, SmtpSender, build
from tests.support.smtp import SmtpSink

KEY = b"k" * 32
MAIL = OutgoingMail(
    message_id=message_id(KEY, "relance/1", "dupont.example"),
    date=datetime(2026, 11, 24, 9, 0, tzinfo=UTC),
    sender=Address("contact@dupont.example", "Menuiserie Dupont"),
    to=Address("compta@garage-petit.example", "Garage Petit"),
    subject="Facture n° F-118 échue",
    text="Bonjour,\n\n.\n..deux points\nMerci d'avance.",
)


def sender(sink: SmtpSink, **more: object) -> SmtpSender:
    options = {"host": "127.0.0.1", "port": sink.port, "tls": "none", "timeout": 5, **more}
    return build(Options.model_validate(options))


def test_one_mail_one_recipient_the_same_bytes() -> None:
    with SmtpSink() as sink:
        sender(sink).send(MAIL)
    (got,) = sink.messages
    assert got.sender == "contact@dupont.example"
    assert got.recipients == ("compta@garage-petit.example",)
    assert got.content == serialize(MAIL)


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA", "END"])
def test_s19_4xx_is_temporary_at_every_verb(verb: str) -> None:
    with SmtpSink(replies={verb: "451 4.7.1 greylisted, try <compta@garage-petit.example> later"}) as sink:
        with pytest.raises(TemporaryError, match=r"451 4.7.1 greylisted") as caught:
            sender(sink).send(MAIL)
        assert "compta@" not in str(caught.value)
    assert sink.messages == []


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA", "END"])
def test_s19_5xx_is_permanent_at_every_verb(verb: str) -> None:
    with SmtpSink(replies={verb: "550 5.1.1 no such user"}) as sink, pytest.raises(PermanentError, match="550"):
        sender(sink).send(MAIL)
    assert sink.messages == []


def test_s43_a_used_up_quota_is_tried_again_much_later() -> None:
    with SmtpSink(replies={"RCPT": "550 5.4.5 Daily sending quota exceeded"}) as sink:
        with pytest.raises(TemporaryError) as caught:
            sender(sink).send(MAIL)
        assert (caught.value.retry_after or 0) > 3600


def test_s01_a_link_that_dies_after_the_dot_is_unknown_and_the_server_has_the_mail() -> None:
    with SmtpSink(cut="dot") as sink, pytest.raises(OutcomeUnknown):
        sender(sink).send(MAIL)
    assert len(sink.messages) == 1


def test_an_answer_without_sense_after_the_dot_is_unknown() -> None:
    with SmtpSink(replies={"END": "2x0 what"}) as sink, pytest.raises(OutcomeUnknown):
        sender(sink).send(MAIL)


def test_a_link_that_dies_before_the_dot_is_temporary() -> None:
    with SmtpSink(cut="data") as sink, pytest.raises(TemporaryError):
        sender(sink).send(MAIL)
    assert sink.messages == []


def test_nobody_listens() -> None:
    with SmtpSink() as sink:
        way_out = sender(sink)
    with pytest.raises(TemporaryError, match="no link"):
        way_out.send(MAIL)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(cert)]
    subprocess.run(command, check=True, capture_output=True)
    return cert, key


def server_context(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    return context


@pytest.mark.parametrize("starttls", [False, True])
def test_tls_and_login(certificate: tuple[Path, Path], starttls: bool) -> None:
    with SmtpSink(tls=server_context(certificate), starttls=starttls, users={"claire": "s3cret"}) as sink:
        more = {"tls": "starttls" if starttls else "tls", "ca_file": certificate[0], "user": "claire"}
        sender(sink, **more, password="s3cret").send(MAIL)
        with pytest.raises(LoginError) as caught:
            sender(sink, **more, password="wrong-canary").send(MAIL)
    assert "canary" not in str(caught.value)
    assert len(sink.messages) == 1


@pytest.mark.parametrize("starttls", [False, True])
def test_s34_an_unknown_certificate_ends_it(certificate: tuple[Path, Path], starttls: bool) -> None:
    with (
        SmtpSink(tls=server_context(certificate), starttls=starttls) as sink,
        pytest.raises(TemporaryError, match="certificate"),
    ):
        sender(sink, tls="starttls" if starttls else "tls").send(MAIL)
    assert sink.messages == []


def test_s34_starttls_stripped_sends_nothing_in_the_clear() -> None:
    with SmtpSink() as sink, pytest.raises(PermanentError, match="STARTTLS"):
        sender(sink, tls="starttls").send(MAIL)
    assert sink.messages == []


def test_a_server_without_login() -> None:
    with SmtpSink() as sink, pytest.raises(LoginError, match="no login"):
        sender(sink, user="claire", password="x").send(MAIL)


def test_a_ca_file_that_is_not_there(tmp_path: Path) -> None:
    with SmtpSink() as sink, pytest.raises(PermanentError, match="ca_file"):
        sender(sink, ca_file=tmp_path / "none.pem").send(MAIL)


def test_an_address_that_is_none_never_reaches_the_wire() -> None:
    with SmtpSink() as sink:
        way_out = sender(sink)
        for addr in ("", "a b@c.example", "a@b.example\r\nRCPT TO:<x@y.example>", "a@@b.example", ".a@b.example"):
            with pytest.raises(PermanentError):
                way_out.send(dataclasses.replace(MAIL, to=Address(addr)))
    assert sink.messages == []


def test_options_refuse_the_clear_outside_this_machine() -> None:
    assert Options(host="localhost", tls="none").address == ("localhost", 25)
    assert Options(host="smtp.hebergeur.example").address == ("smtp.hebergeur.example", 465)
    assert Options(host="smtp.hebergeur.example", tls="starttls").address[1] == 587
    for host in ("smtp.hebergeur.example", "192.0.2.7"):
        with pytest.raises(ValidationError, match="this machine only"):
            Options(host=host, tls="none")
    with pytest.raises(ValidationError, match="password"):
        Options(host="smtp.hebergeur.example", user="claire")
    assert "s3cret" not in repr(Options(host="h.example", user="u", password=SecretStr("s3cret")))


def test_files_sent_is_told() -> None:
    assert build(Options(host="smtp.hebergeur.example", files_sent=True)).files_sent
