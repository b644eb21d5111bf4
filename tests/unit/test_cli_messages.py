"""`automator messages list`, `done`, and what `fix` changes in the list."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from automator.clock import FixedClock
from tests.support.commands import bill, call, cycle, now, question, started
from tests.support.firm import Firm

KEYS = {"id", "arrived", "account", "from", "subject", "kind", "history", "decisions"}
WAIT = """
title = "Un client attend"
on = "mail.waiting_for_us"

[[then]]
after = "1 jour ouvré"
do = "remind"
text = "Répondre à {client} : {subject}"
"""


@pytest.fixture
def firm(tmp_path: Path) -> Firm:
    made = Firm(tmp_path, smtp=9, rules={"attente.toml": WAIT})
    started(made)
    question(made)
    cycle(made)
    return made


def test_the_list_has_stable_keys(firm: Firm) -> None:
    bill(firm)
    cycle(firm)
    rows = call(firm, "messages", "list", "--json").rows
    assert all(row.keys() == KEYS for row in rows)
    assert [r["id"] for r in rows] == ["m2", "m1"] or [r["id"] for r in rows] == ["m1", "m2"]
    asked = next(r for r in rows if r["id"] == "m1")
    assert (asked["from"], asked["subject"], asked["account"]) == ("paul@lefevre.example", "Devis porte", "bureau")
    assert asked["history"] is False
    assert asked["decisions"].keys() == {"invoice", "client_request", "urgent"}
    assert asked["decisions"]["client_request"] == "yes"
    assert timedelta(0) < now() - datetime.fromisoformat(asked["arrived"]) < timedelta(minutes=5)


def test_the_list_for_a_person(firm: Firm) -> None:
    (line,) = call(firm, "messages", "list").out.splitlines()
    assert line.startswith("    m1  ")
    assert line.endswith("  client_request  Paul Lefèvre        Devis porte")
    assert len(line) <= 80


def test_the_list_is_filtered_and_limited(firm: Firm) -> None:
    bill(firm)
    cycle(firm)
    only = call(firm, "messages", "list", "--category", "invoice", "--json").rows
    assert [r["subject"] for r in only] == ["Facture F-2026-118"]
    assert len(call(firm, "messages", "list", "--limit", "1").out.splitlines()) == 1
    assert len(call(firm, "messages", "list", "--account", "bureau").out.splitlines()) == 2
    nothing = call(firm, "messages", "list", "--account", "autre")
    assert (nothing.code, nothing.out, nothing.err) == (0, "", "rien ici\n")


def test_a_verdict_is_corrected_both_ways(firm: Firm) -> None:
    done = call(firm, "fix", "m1", "urgent", "invoice")
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines()[:3] == [
        "m1 “Devis porte”",
        "  urgent\u00a0: non → oui",
        "  invoice\u00a0: non → oui",
    ]
    (row,) = call(firm, "messages", "list", "--json").rows
    assert row["decisions"] == {"invoice": "yes", "client_request": "yes", "urgent": "yes"}
    done = call(firm, "fix", "1", "--not", "client_request", "urgent")
    assert "  client_request\u00a0: oui → non" in done.out.splitlines()
    assert "  il quitte votre liste de choses à faire" in done.out.splitlines()
    (row,) = call(firm, "messages", "list", "--json").rows
    assert row["decisions"] == {"invoice": "yes", "client_request": "no", "urgent": "no"}
    assert call(firm, "messages", "list", "--category", "client_request").out == ""


def test_done_ends_the_follow_up_and_leaves_the_digest(firm: Firm) -> None:
    assert call(firm, "status", "--json").rows[0]["follow_ups"] == 1
    assert "réf. m1" in " ".join(call(firm, "digest", "--preview").out.split())
    done = call(firm, "done", "M1")
    assert (done.code, done.out) == (0, "clos\u00a0: m1\n")
    cycle(firm)
    assert call(firm, "status", "--json").rows[0]["follow_ups"] == 0
    assert "réf. m1" not in " ".join(call(firm, "digest", "--preview").out.split())
    cycle(firm, FixedClock(now() + timedelta(days=5)))
    assert "Répondre à Paul" not in call(firm, "digest", "--preview").out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("fix", "m99", "urgent"), "m99\u00a0: ce mail n'existe pas. Voir automator messages list"),
        (("done", "m99"), "m99\u00a0: ce mail n'existe pas. Voir automator messages list"),
        (("done", "i99"), "i99\u00a0: cette facture n'existe pas. Voir automator money list"),
        (("done", "1"), "1: not an id."),
        (("done", "m99999999999999999999"), "m99999999999999999999: not an id."),
        (("fix", "i1", "urgent"), "i1: not an id."),
        (("fix", "m1", "spam"), "spam: not a category. Allowed: invoice, client_request, urgent"),
        (("messages", "list", "--category", "spam"), "spam: not a category."),
    ],
)
def test_calls_that_are_wrong(firm: Firm, words: tuple[str, ...], said: str) -> None:
    before = call(firm, "messages", "list", "--json").out
    done = call(firm, *words)
    assert done.code == 2
    assert done.err.startswith(said), done.err
    assert len(done.err.splitlines()) == 1
    assert call(firm, "messages", "list", "--json").out == before


def test_on_a_terminal_no_line_is_wider_than_its_window(firm: Firm) -> None:
    question(firm, "Devis pour une très longue véranda " * 5)
    cycle(firm)
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    command = [sys.executable, "-m", "automator", "messages", "list", "--config", str(firm.config)]
    environ = {k: v for k, v in os.environ.items() if k not in {"COLUMNS", "LINES"}}
    shown = subprocess.run(
        command, stdout=theirs, stderr=subprocess.PIPE, timeout=60, check=True, env=environ, text=True
    )
    os.close(theirs)
    lines = os.read(ours, 10_000).decode().splitlines()
    os.close(ours)
    assert shown.stderr == ""
    assert len(lines) == 2
    assert max(len(line) for line in lines) == 80
    assert sum(line.endswith("…") for line in lines) == 1
    assert any(len(line) > 80 for line in call(firm, "messages", "list").out.splitlines()), "elsewhere nothing is cut"
