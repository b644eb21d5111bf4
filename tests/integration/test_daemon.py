"""The daemon as systemd runs it: a process of its own, its signals, its notifications, its log."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from imapclient import IMAPClient

from automator import wiring
from automator.clock import FixedClock
from automator.config import load_config
from automator.daemon import Daemon, notify_manager
from automator.errors import AlreadyRunning
from automator.store import settings
from tests.support.commands import call, now, once, process, question
from tests.support.dovecot import Dovecot
from tests.support.firm import OWNER, PASSWORD, Firm, letter
from tests.support.running import Service
from tests.support.smtp import SmtpSink

MARK = """
title = "Marquer les demandes"
on = "mail.received"
when = { category = "client_request" }

[[then]]
do = "keyword"
keyword = "Demande"
"""


@pytest.fixture
def dovecot() -> Iterator[Dovecot]:
    with Dovecot({OWNER: PASSWORD}) as server:
        yield server


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    with SmtpSink() as server:
        yield server


def make_firm(folder: Path, dovecot: Dovecot, sink: SmtpSink, more: str = "") -> Firm:
    """A firm that marks its clients' requests; `more` goes to the end of its configuration."""
    firm = Firm(folder, imap=dovecot.port, smtp=sink.port, rules={"marquer.toml": MARK})
    text = firm.config.read_text(encoding="utf-8")
    firm.config.write_text(f"{text}\n{more}\n", encoding="utf-8")
    return firm


def until_marked(firm: Firm, count: int, seconds: float = 30) -> None:
    """Wait in IMAP IDLE, as a mail program does, until `count` mails of the INBOX bear the keyword."""
    with IMAPClient("127.0.0.1", firm.imap, ssl=False, timeout=10) as link:
        link.login(OWNER, PASSWORD)
        link.select_folder("INBOX", readonly=True)
        limit = time.perf_counter() + seconds
        while len(link.search(["KEYWORD", "Demande"])) < count:
            assert time.perf_counter() < limit, "the mail was not picked up"
            link.idle()
            link.idle_check(timeout=1)
            link.idle_done()


@pytest.mark.dovecot
def test_ready_watchdog_a_mail_that_arrives_and_an_orderly_end(
    tmp_path: Path, dovecot: Dovecot, sink: SmtpSink
) -> None:
    firm = make_firm(tmp_path, dovecot, sink)
    assert once(firm).code == 0
    question(firm)
    with Service(firm) as service:
        assert service.told("READY=1")[0] == "READY=1"
        assert "WATCHDOG=1" in service.told("WATCHDOG=1")
        until_marked(firm, 1)
        assert call(firm, "status").code == 0
        code, seconds = service.end()
        assert code == 0
        assert seconds < 10
        assert service.told("STOPPING=1")[-1] == "STOPPING=1"
    log = service.log.read_text()
    assert "service_started" in log
    assert "service_stopped" in log
    with open_lease(firm) as holder:
        assert holder == "", "the lease is given back"


@pytest.mark.dovecot
def test_a_mail_that_comes_while_it_runs_is_picked_up_at_the_next_look(
    tmp_path: Path, dovecot: Dovecot, sink: SmtpSink
) -> None:
    firm = make_firm(tmp_path, dovecot, sink)
    assert once(firm).code == 0
    question(firm, "Première demande")
    service = wiring.build(load_config(firm.config, environ={}))
    outcome: list[bool] = []
    daemon = Daemon(service, timedelta(seconds=1))
    thread = threading.Thread(target=lambda: outcome.append(daemon.run()))
    thread.start()
    try:
        until_marked(firm, 1)
        question(firm, "Seconde demande")
        until_marked(firm, 2)
    finally:
        daemon.stop.set()
        thread.join(20)
        service.close()
    assert outcome == [True]


@contextlib.contextmanager
def open_lease(firm: Firm) -> Iterator[str]:
    service = firm.service(FixedClock(now()))
    try:
        with service.deps.db.transaction() as tx:
            yield settings.take_lease(tx, "another", now(), timedelta(seconds=1))
    finally:
        service.close()


@pytest.mark.dovecot
def test_interrupted_from_the_keyboard_it_ends_in_order_with_130(
    tmp_path: Path, dovecot: Dovecot, sink: SmtpSink
) -> None:
    firm = make_firm(tmp_path, dovecot, sink)
    with Service(firm) as service:
        service.told("READY=1")
        code, seconds = service.end(signal.SIGINT)
    assert code == 130
    assert seconds < 10
    assert "service_stopped" in service.log.read_text()
    assert "Traceback" not in service.log.read_text()


@pytest.mark.dovecot
def test_killed_it_starts_again_without_repair_and_goes_on(tmp_path: Path, dovecot: Dovecot, sink: SmtpSink) -> None:
    firm = make_firm(tmp_path, dovecot, sink)
    assert once(firm).code == 0
    question(firm, "Première demande")
    with Service(firm) as service:
        service.told("READY=1")
        until_marked(firm, 1)
        assert service.end(signal.SIGKILL)[0] == -signal.SIGKILL
    question(firm, "Seconde demande")
    with Service(firm) as service:
        service.told("READY=1")
        until_marked(firm, 2)
        assert service.end()[0] == 0
    assert len(call(firm, "messages", "list").out.splitlines()) == 2
    assert {r["state"] for r in call(firm, "outbox", "list", "--json").rows} <= {"done", "ready"}


@pytest.mark.dovecot
def test_while_it_runs_a_second_one_ends_with_75_and_commands_work(
    tmp_path: Path, dovecot: Dovecot, sink: SmtpSink
) -> None:
    firm = make_firm(tmp_path, dovecot, sink)
    with Service(firm) as service:
        service.told("READY=1", "WATCHDOG=1")
        second = process("run", "--config", str(firm.config), folder=tmp_path)
        assert second.code == 75
        assert (
            second.err == f"another automator is at work here (pid {service.process.pid} on {socket.gethostname()})\n"
        )
        assert call(firm, "pause", "1h").code == 0
        assert call(firm, "resume").code == 0
        assert call(firm, "status").code == 0
        assert service.end()[0] == 0


def test_a_server_that_answers_nothing_does_not_hold_up_the_end(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        firm = Firm(tmp_path, imap=mute.getsockname()[1], smtp=9, rules={})
        with Service(firm) as service:
            service.told("READY=1")
            link, _ = mute.accept()  # the reader waits for a greeting, thirty seconds
            with link:
                code, seconds = service.end()
    assert code == 0
    assert seconds < 10
    log = service.log.read_text()
    assert re.search(r"service_stopped +whole=False", log), log
    assert "Traceback" not in log


@pytest.mark.dovecot
@pytest.mark.parametrize("format", ["text", "json"])
def test_the_log_holds_nothing_of_a_mail(tmp_path: Path, dovecot: Dovecot, sink: SmtpSink, format: str) -> None:
    firm = make_firm(tmp_path, dovecot, sink, f'[log]\nformat = "{format}"')
    assert once(firm).code == 0
    at = now() - timedelta(minutes=1)
    text = "Bonjour, pouvez-vous m'envoyer un devis pour un Quetzalcoatlus ? Merci de me répondre."
    mail = letter(
        "Ursule Zyx <ursule@zyxwv.example>", OWNER, "Devis Ornithorynque", text, at=at, message_id="<z@zyxwv.example>"
    )
    firm.arrive(mail, at)
    with Service(firm) as service:
        service.told("READY=1")
        until_marked(firm, 1)
        dovecot.doveadm("mailbox", "update", "-u", OWNER, "--uid-validity", "4711", "INBOX")
        assert service.end()[0] == 0
    (tmp_path / "password").write_text("Xylophone-wrong", encoding="utf-8")
    refused = once(firm)
    assert refused.code == 4
    log = service.log.read_text(encoding="utf-8") + refused.err
    assert "account_read" in log
    for secret in (
        "Ornithorynque",
        "Quetzalcoatlus",
        "Zyx",
        "zyxwv",
        "Ursule",
        OWNER,
        "claire",
        PASSWORD,
        "Xylophone",
    ):
        assert not re.search(re.escape(secret), log, re.IGNORECASE), secret
    if format == "json":
        assert all(line.startswith("{") for line in service.log.read_text().splitlines())


def test_another_host_on_the_same_database_is_refused_and_an_old_lease_is_not(tmp_path: Path) -> None:
    firm = Firm(tmp_path, smtp=9, rules={})
    service = firm.service(FixedClock(now()))
    with service.deps.db.transaction() as tx:
        settings.take_lease(tx, "another-host", now(), timedelta(minutes=5))
    done = process("run", "--config", str(firm.config), folder=tmp_path)
    assert done.code == 75
    assert done.err.splitlines()[-1] == "another automator works on this database (another-host)"
    with service.deps.db.transaction() as tx:
        settings.drop_lease(tx, "another-host")
        settings.take_lease(tx, "another-host", now() - timedelta(minutes=6), timedelta(minutes=5))
    service.close()
    with Service(firm) as running:
        running.told("READY=1")
        assert running.end()[0] == 0


def test_a_daemon_that_loses_its_lease_stops_by_itself(tmp_path: Path) -> None:
    firm = Firm(tmp_path, smtp=9, rules={})
    service = firm.service(FixedClock(now()))
    daemon = Daemon(service, timedelta(minutes=2))
    with service.deps.db.transaction() as tx:
        settings.take_lease(tx, "another-host", now(), timedelta(minutes=5))
    daemon._house()
    assert daemon.stop.is_set()
    with pytest.raises(AlreadyRunning):
        daemon.run()
    service.close()


def test_a_manager_that_went_away_is_no_reason_to_stop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "gone"))
    notify_manager("READY=1")


def test_a_manager_in_the_abstract_namespace_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"automator-test-{os.getpid()}-{threading.get_ident()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.settimeout(5)
        manager.bind("\0" + name)
        monkeypatch.setenv("NOTIFY_SOCKET", "@" + name)
        notify_manager("WATCHDOG=1")
        assert manager.recv(100) == b"WATCHDOG=1"


def test_one_cycle_interrupted_from_the_keyboard_ends_at_once_with_130(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        firm = Firm(tmp_path, imap=mute.getsockname()[1], smtp=9, rules={})
        with Service(firm, "--once") as service:
            link, _ = mute.accept()
            with link:
                service.until_it_waits()
                code, seconds = service.end(signal.SIGINT)
    assert code == 130
    assert seconds < 10
    assert "Traceback" not in service.log.read_text()
