"""kill -9 at every named point, on real servers: nothing lost, nothing twice (reliability S01, S15, S27)."""

from __future__ import annotations

import email
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from imapclient import IMAPClient

from automator.clock import FixedClock
from automator.store import outbox
from tests.support.dovecot import Dovecot
from tests.support.firm import OWNER, PASSWORD, Firm, letter, paris
from tests.support.smtp import SmtpSink

pytestmark = pytest.mark.dovecot

POINTS = (
    "sync_before_commit", "sync_after_commit", "process_before_commit", "process_after_commit", "plan_half_written",
    "deliver_claimed", "smtp_before_connect", "smtp_after_accept", "deliver_performed",
    "deliver_settled", "copy_filed",
)  # fmt: skip
ANSWER = """
title = "Accuser réception"
on = "mail.received"
when = { from = ["@clients.example"] }
autonomy = "auto"

[[then]]
do = "send"
template = "accuse"
"""
NOW = "2026-11-18T10:00:00+01:00"
RESTARTS = 20


@pytest.fixture
def dovecot() -> Iterator[Dovecot]:
    with Dovecot({OWNER: PASSWORD}) as server:
        yield server


def make_firm(folder: Path, dovecot: Dovecot, sink: SmtpSink, *, files_sent: bool) -> Firm:
    rules = {"accuse.toml": ANSWER}
    firm = Firm(
        folder, imap=dovecot.port, smtp=sink.port, rules=rules, autonomy="auto", send=True, files_sent=files_sent
    )
    template = folder / "rules" / "templates" / "accuse.fr.txt"
    template.write_text("Objet : Bien reçu\n\nBonjour,\n\nNous avons bien reçu votre message.\n", encoding="utf-8")
    service = firm.service(FixedClock(paris("2026-11-18 08:00")))
    service.wake()
    service.cycle()  # the baseline, and the arming of the rule
    service.close()
    return firm


def client_writes(firm: Firm, n: int) -> None:
    at = paris("2026-11-18 09:00")
    text = f"Bonjour, dossier {n}, merci de me répondre."
    mail = letter(f"c{n}@clients.example", OWNER, f"Dossier {n}", text, at=at, message_id=f"<{n}@clients.example>")
    firm.arrive(mail, at)


def cycle(firm: Firm, failpoint: str = "") -> int:
    """One cycle in a process of its own; returns its exit status (-9 = killed at the failpoint)."""
    command = [sys.executable, "-m", "tests.support.cycle_once", str(firm.config), NOW]
    environment = {**os.environ, "AUTOMATOR_FAILPOINT": failpoint}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode in {0, -9}, done.stderr
    return done.returncode


def kills(firm: Firm, count: int) -> int:
    """`count` restarts, a new client each, killed at one point after the other; returns how many really were."""
    killed = 0
    for n in range(count):
        client_writes(firm, n)
        killed += cycle(firm, POINTS[n % len(POINTS)]) == -9
    return killed


def to_clients(sink: SmtpSink) -> Counter[str]:
    found = [email.message_from_bytes(m.content) for m in sink.messages]
    return Counter(str(m["Message-ID"]) for m in found if "clients.example" in str(m["To"]))


def states(firm: Firm) -> Counter[str]:
    service = firm.service(FixedClock(paris("2026-11-18 10:00")))
    with service.deps.db.read() as tx:
        found = Counter(i.state for i in outbox.listed(tx) if i.action == "send")
    service.close()
    return found


def test_s01_with_a_server_that_files_its_copy_twenty_kills_lose_and_double_nothing(
    tmp_path: Path, dovecot: Dovecot, request: pytest.FixtureRequest
) -> None:
    def file_copy(content: bytes) -> None:
        with IMAPClient("127.0.0.1", dovecot.port, ssl=False) as link:
            link.login(OWNER, PASSWORD)
            link.append("Sent", content)

    restarts = 200 if request.config.getoption("--torture") else RESTARTS
    with SmtpSink(on_message=lambda m: file_copy(m.content)) as sink:
        firm = make_firm(tmp_path, dovecot, sink, files_sent=True)
        killed = kills(firm, restarts)
        assert cycle(firm) == 0
        assert cycle(firm) == 0
        assert killed >= restarts // 2
        counts = to_clients(sink)
    assert len(counts) == restarts, "0 missing"
    assert set(counts.values()) == {1}, "0 duplicates"
    assert states(firm) == {"done": restarts}, "0 unknown"


def test_s01_with_a_bare_sink_what_cannot_be_proven_is_unknown_and_never_sent_twice(
    tmp_path: Path, dovecot: Dovecot
) -> None:
    with SmtpSink() as sink:
        firm = make_firm(tmp_path, dovecot, sink, files_sent=False)
        killed = kills(firm, RESTARTS)
        assert cycle(firm) == 0
        assert killed >= RESTARTS // 2
        counts = to_clients(sink)
    found = states(firm)
    assert set(counts.values()) == {1}, "0 duplicates"
    assert found["done"] + found["unknown"] == RESTARTS
    assert len(counts) >= found["done"], "whatever is called done was sent"
    filed = Counter(re.findall(rb"(?im)^Message-ID: (.*?)\r?$", b"\n".join(firm.mails("Sent"))))
    assert set(filed.values()) <= {1}, "each copy is filed once"
    assert len(filed) >= found["done"]
