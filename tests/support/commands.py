"""The command line as a person calls it: in this process where that is safe, else in one of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zlib import crc32

from typer.testing import CliRunner

from automator.cli.app import app
from automator.clock import FixedClock, SystemClock
from automator.config import load_config
from tests.support.firm import OWNER, Firm, letter

QUESTION = "Bonjour, pouvez-vous m'envoyer un devis pour une porte d'entrée ? Merci de me répondre. Paul Lefèvre"
BILL = """Bonjour,

Veuillez trouver notre facture n° F-2026-118.
Total HT : 1 000,00 €
TVA 20 % : 200,00 €
Total TTC : 1 200,00 €
À payer avant le 20/12/2026.

Bois du Forez SARL
"""
ASK = """
title = "Répondre aux clients"
on = "mail.received"
when = { from = ["paul@lefevre.example"] }
autonomy = "ask"

[[then]]
do = "send"
template = "accuse"
"""
ACCUSE = "Objet : Bien reçu\n\nBonjour,\n\nNous avons bien reçu votre message.\n"


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Standard output, one JSON object a line."""
        return [json.loads(line) for line in self.out.splitlines()]


def call(firm: Firm, *words: str) -> Done:
    """A command that logs nothing, in this process."""
    done = CliRunner().invoke(app, [*words, "--config", str(firm.config)])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return Done(done.exit_code, done.stdout, done.stderr)


def process(*words: str, folder: Path, environ: Mapping[str, str] | None = None) -> Done:
    """A command in a process of its own, standing in `folder`."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("AUTOMATOR_", "STATE_DIRECTORY", "NOTIFY_"))}
    root = str(Path(__file__).parents[2])
    command = [sys.executable, "-m", "automator", *words]
    done = subprocess.run(
        command,
        cwd=folder,
        env={**clean, "PYTHONPATH": root, **(environ or {})},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def once(firm: Firm, *words: str) -> Done:
    """`automator run --once` in a process of its own."""
    return process("run", "--once", *words, "--config", str(firm.config), folder=firm.folder)


def now() -> datetime:
    """The machine's time: commands ask no other."""
    return SystemClock().now()


def next_opening(firm: Firm) -> datetime:
    """The next moment at which mail to others may leave."""
    return load_config(firm.config, environ={}).work_calendar.next_opening(now())


def question(firm: Firm, subject: str = "Devis porte", text: str = QUESTION) -> None:
    """A client asks something, a minute ago."""
    at = now() - timedelta(minutes=1)
    mail = letter(
        "Paul Lefèvre <paul@lefevre.example>",
        OWNER,
        subject,
        text,
        at=at,
        message_id=f"<{crc32(subject.encode())}@lefevre.example>",
    )
    firm.arrive(mail, at)


def bill(firm: Firm) -> None:
    """A supplier sends a bill, a minute ago."""
    at = now() - timedelta(minutes=1)
    sender = "Bois du Forez <compta@boisduforez.example>"
    firm.arrive(letter(sender, OWNER, "Facture F-2026-118", BILL, at=at, message_id="<f118@boisduforez.example>"), at)


def started(firm: Firm) -> None:
    """The service has run once, an hour ago: the baseline is read, the rules are armed."""
    cycle(firm, FixedClock(now() - timedelta(hours=1)))


def cycle(firm: Firm, clock: FixedClock | None = None) -> None:
    """One whole cycle, in this process and without a log."""
    service = firm.service(clock or FixedClock(now()))
    try:
        service.wake()
        assert service.cycle(), service.down
    finally:
        service.close()
