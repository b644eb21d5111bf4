"""The main job on real servers: a mail arrives in Dovecot, and the digest arrives at the owner's."""

from __future__ import annotations

import email
from collections.abc import Iterator
from datetime import timedelta
from email import policy
from pathlib import Path

import pytest

from automator.clock import FixedClock
from automator.store import cases, messages, notes, outbox
from tests.support.dovecot import Dovecot
from tests.support.firm import OWNER, PASSWORD, Firm, letter, paris
from tests.support.smtp import SmtpSink

pytestmark = pytest.mark.dovecot

MARK = """
title = "Marquer les demandes"
on = "mail.received"
when = { category = "client_request" }

[[then]]
do = "keyword"
keyword = "Demande"
"""
WAIT = """
title = "Un client attend depuis deux jours ouvrés"
on = "mail.waiting_for_us"
when = { category = "client_request" }
stop = ["replied"]

[[then]]
after = "2 jours ouvrés"
do = "remind"
text = "Répondre à {client} : {subject}"
"""
QUESTION = "Bonjour, pouvez-vous m'envoyer un devis pour une porte d'entrée ? Merci de me répondre. Paul Lefèvre"
CLIENT = "Paul Lefèvre <paul@lefevre.example>"


@pytest.fixture
def dovecot() -> Iterator[Dovecot]:
    with Dovecot({OWNER: PASSWORD}) as server:
        yield server


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    with SmtpSink() as server:
        yield server


def test_a_mail_is_sorted_marked_reminded_of_and_told_in_the_digest(
    tmp_path: Path, dovecot: Dovecot, sink: SmtpSink
) -> None:
    firm = Firm(tmp_path, imap=dovecot.port, smtp=sink.port, rules={"marquer.toml": MARK, "attente.toml": WAIT})
    start = paris("2026-11-18 08:00")
    old = letter(
        "Ancien <old@client.example>",
        OWNER,
        "Vieille demande",
        QUESTION,
        at=start - timedelta(days=30),
        message_id="<old@client.example>",
    )
    firm.arrive(old, start - timedelta(days=30))
    clock = FixedClock(start)
    service = firm.service(clock)
    service.wake()
    assert service.cycle()
    with service.deps.db.read() as tx:
        assert outbox.counts(tx).keys() <= {"done"}, "history is never acted upon"
        assert not cases.running(tx)
    before = firm.flags()
    clock.advance(timedelta(hours=2))
    firm.arrive(
        letter(CLIENT, OWNER, "Devis porte", QUESTION, at=clock.now(), message_id="<new@lefevre.example>"),
        clock.now(),
    )
    assert service.cycle()
    after = firm.flags()
    assert after["<new@lefevre.example>"] == {"Demande"}
    assert {k: v for k, v in after.items() if k != "<new@lefevre.example>"} == before
    with service.deps.db.read() as tx:
        (case,) = cases.running(tx)
        assert notes.open_notes(tx, clock.now()) == []
    clock.set(paris("2026-11-20 09:05"))
    service.cycle()
    with service.deps.db.read() as tx:
        (note,) = notes.open_notes(tx, clock.now())
    assert "Lefèvre" in note.text
    clock.set(paris("2026-11-23 07:01"))
    service.cycle()
    digest = email.message_from_bytes(sink.messages[-1].content, policy=policy.default)
    assert digest["To"] == f"Claire Durand <{OWNER}>"
    assert digest["Auto-Submitted"] == "auto-generated"
    body = digest.get_body(("plain",))
    assert body is not None
    assert "Devis porte" in body.get_content()
    html = digest.get_body(("html",))
    assert html is not None
    assert "Devis porte" in html.get_content()
    assert case.rule == "attente"
    service.close()


def test_an_answer_of_ours_cancels_the_reminder(tmp_path: Path, dovecot: Dovecot, sink: SmtpSink) -> None:
    firm = Firm(tmp_path, imap=dovecot.port, smtp=sink.port, rules={"attente.toml": WAIT})
    clock = FixedClock(paris("2026-11-18 08:00"))
    service = firm.service(clock)
    service.wake()
    service.cycle()
    clock.advance(timedelta(hours=2))
    firm.arrive(
        letter(CLIENT, OWNER, "Devis porte", QUESTION, at=clock.now(), message_id="<q@lefevre.example>"), clock.now()
    )
    service.cycle()
    with service.deps.db.read() as tx:
        assert len(cases.running(tx)) == 1
    clock.advance(timedelta(hours=3))
    answer = letter(
        f"Claire <{OWNER}>", "paul@lefevre.example", "Re: Devis porte", "Bonjour, voici notre devis.", at=clock.now(),
        message_id="<a@durand.example>", answers=["<q@lefevre.example>"],
    )  # fmt: skip
    firm.arrive(answer, clock.now(), "Sent")
    service.cycle()
    clock.set(paris("2026-11-20 09:05"))
    service.cycle()
    with service.deps.db.read() as tx:
        assert cases.running(tx) == []
        assert notes.open_notes(tx, clock.now()) == []
    service.close()


def test_two_instances_at_once_the_second_ends_with_75(tmp_path: Path, dovecot: Dovecot, sink: SmtpSink) -> None:
    import subprocess
    import sys

    from automator.daemon import sole_instance

    firm = Firm(tmp_path, imap=dovecot.port, smtp=sink.port)
    with sole_instance(tmp_path / "state"):
        command = [sys.executable, "-m", "automator", "run", "--once", "--config", str(firm.config)]
        second = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert second.returncode == 75
    assert "another automator" in second.stderr
    assert len(second.stderr.splitlines()) == 1


def test_a_message_known_already_is_not_acted_upon_again_when_the_mailbox_is_renumbered(
    tmp_path: Path, dovecot: Dovecot, sink: SmtpSink
) -> None:
    firm = Firm(tmp_path, imap=dovecot.port, smtp=sink.port, rules={"marquer.toml": MARK})
    clock = FixedClock(paris("2026-11-18 08:00"))
    service = firm.service(clock)
    service.wake()
    service.cycle()
    clock.advance(timedelta(hours=1))
    firm.arrive(
        letter(CLIENT, OWNER, "Devis porte", QUESTION, at=clock.now(), message_id="<q@lefevre.example>"), clock.now()
    )
    service.cycle()
    with service.deps.db.read() as tx:
        before = outbox.counts(tx)
    dovecot.doveadm("mailbox", "update", "-u", OWNER, "--uid-validity", "4711", "INBOX")
    clock.advance(timedelta(hours=1))
    service.cycle()  # Dovecot ends a session whose mailbox is renumbered under it
    assert service.cycle()
    with service.deps.db.read() as tx:
        assert outbox.counts(tx) == before
        assert messages.count(tx, baseline=False) == 1
    service.close()
