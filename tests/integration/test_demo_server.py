"""The embedded server of the demo: it starts, serves IMAP and SMTP, stops, and says so when it cannot."""

from __future__ import annotations

import importlib.util
import smtplib
import socket
import sys
from pathlib import Path

import pytest
from imapclient import IMAPClient

from automator.demo.server import HOST, EmbeddedServer, free_ports
from automator.errors import TemporaryError

pytestmark = [
    pytest.mark.demo,
    pytest.mark.skipif(
        importlib.util.find_spec("mail_devel") is None, reason='mail-devel is missing: pip install "automator[demo]"'
    ),
]


def test_mail_sent_by_smtp_is_read_by_imap_and_nothing_is_left_running() -> None:
    with EmbeddedServer("alice@dupont.example", "sésame") as server:
        with smtplib.SMTP(HOST, server.smtp_port) as smtp:
            smtp.sendmail("claire@client.example", ["alice@dupont.example"], b"Subject: Devis\r\n\r\nBonjour\r\n")
        with IMAPClient(HOST, server.imap_port, ssl=False, timeout=10) as link:
            link.plain_login("alice@dupont.example", "sésame")
            assert link.select_folder("INBOX")[b"EXISTS"] == 1
    for port in (server.imap_port, server.smtp_port):
        with pytest.raises(OSError, match="refused"):
            socket.create_connection((HOST, port), 1)
    server.stop()


def test_a_server_that_dies_at_once_is_told_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\nexit 3\n")
    broken.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(broken))
    with pytest.raises(TemporaryError, match="did not start"), EmbeddedServer("alice@dupont.example", "x"):
        pytest.fail("it cannot have started")


DEAF = """#!{python}
import signal, socket, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
ports = [int(sys.argv[sys.argv.index(word) + 1]) for word in ("--imap-port", "--smtp-port")]
listeners = [socket.create_server(("{host}", port)) for port in ports]
while True:
    for listener in listeners:
        link, _ = listener.accept()
        link.send(b"*")
        link.close()
"""


def test_a_deaf_server_is_killed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    deaf = tmp_path / "python"
    deaf.write_text(DEAF.format(python=sys.executable, host=HOST))
    deaf.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(deaf))
    with EmbeddedServer("alice@dupont.example", "x") as server:
        assert server.imap_port != server.smtp_port
    with pytest.raises(OSError, match="refused"):
        socket.create_connection((HOST, server.imap_port), 1)


def test_free_ports_differ() -> None:
    assert len(set(free_ports(5))) == 5
