"""`automator run --once` and `--dry-run` as a person calls them, on a real mailbox and a real database."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.commands import ACCUSE, ASK, bill, call, once, process, question
from tests.support.dovecot import Dovecot
from tests.support.firm import OWNER, PASSWORD, Firm
from tests.support.smtp import SmtpSink

pytestmark = pytest.mark.dovecot

INTENT = {"state", "action", "object", "rule", "why", "account", "not_before", "params"}
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


@pytest.fixture
def firm(tmp_path: Path, dovecot: Dovecot, sink: SmtpSink) -> Firm:
    rules = {"marquer.toml": MARK, "accuse.toml": ASK}
    made = Firm(tmp_path, imap=dovecot.port, smtp=sink.port, rules=rules, autonomy="ask", send=True)
    (tmp_path / "rules" / "templates" / "accuse.fr.txt").write_text(ACCUSE, encoding="utf-8")
    assert once(made).code == 0
    return made


def stored(firm: Firm) -> dict[str, str]:
    """Every file of the state folder but the lock, with the hash of its bytes."""
    files = [p for p in (firm.folder / "state").rglob("*") if p.is_file() and p.name != "lock"]
    return {str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def rehearse(firm: Firm, *words: str) -> list[dict[str, object]]:
    done = process("run", "--dry-run", "--json", *words, "--config", str(firm.config), folder=firm.folder)
    assert done.code == 0, done.err
    return done.rows


def test_once_reads_sorts_marks_and_ends(firm: Firm) -> None:
    question(firm)
    before = firm.flags()
    done = once(firm)
    assert (done.code, done.out) == (0, "")
    after = firm.flags()
    assert before.keys() == after.keys()
    assert set(after.values()) == {frozenset({"Demande"})}
    assert [r["subject"] for r in call(firm, "messages", "list", "--json").rows] == ["Devis porte"]
    assert call(firm, "status").code == 0


def test_a_rehearsal_prints_what_would_be_done_and_does_nothing(firm: Firm, sink: SmtpSink) -> None:
    question(firm)
    files, flags, sent = stored(firm), firm.flags(), len(sink.messages)
    agenda = (firm.folder / "agenda.ics").exists()
    rows = rehearse(firm)
    assert all(row.keys() == INTENT for row in rows)
    assert {(r["state"], r["action"], r["rule"]) for r in rows} == {
        ("ready", "keyword", "marquer"), ("held", "send", "accuse"),
    }  # fmt: skip
    assert all(r["object"] == "m1" and r["account"] == "bureau" for r in rows)
    assert stored(firm) == files
    assert firm.flags() == flags
    assert len(sink.messages) == sent
    assert (firm.folder / "agenda.ics").exists() == agenda
    again = process("run", "--dry-run", "--config", str(firm.config), folder=firm.folder)
    assert again.code == 0
    assert [line.split()[:4] for line in again.out.splitlines() if not line.startswith(" ")] == [
        ["held", "send", "m1", "accuse"], ["ready", "keyword", "m1", "marquer"],
    ]  # fmt: skip


def test_a_rehearsal_of_a_firm_that_never_ran_leaves_no_database(
    tmp_path: Path, dovecot: Dovecot, sink: SmtpSink
) -> None:
    firm = Firm(tmp_path, imap=dovecot.port, smtp=sink.port, rules={"marquer.toml": MARK})
    question(firm)
    assert rehearse(firm) == [], "all of it is history"
    assert not (tmp_path / "state" / "automator.db").exists()
    assert not (tmp_path / "state" / "status.json").exists()


def test_with_nothing_to_do_a_rehearsal_says_so(firm: Firm) -> None:
    done = process("run", "--dry-run", "--config", str(firm.config), folder=firm.folder)
    assert (done.code, done.out) == (0, "")
    assert done.err.splitlines()[-1] == "rien à faire"


def test_while_paused_nothing_leaves_and_after_it_everything_does(firm: Firm) -> None:
    assert call(firm, "pause", "1h").code == 0
    question(firm)
    assert once(firm).code == 0
    assert [r["subject"] for r in call(firm, "messages", "list", "--json").rows] == ["Devis porte"], "sorting goes on"
    assert set(firm.flags().values()) == {frozenset()}
    assert call(firm, "resume").code == 0
    assert once(firm).code == 0
    assert set(firm.flags().values()) == {frozenset({"Demande"})}


def test_an_account_that_is_down_ends_with_three_and_status_says_so(
    tmp_path: Path, sink: SmtpSink, dovecot: Dovecot
) -> None:
    firm = Firm(tmp_path, imap=dovecot.port, smtp=sink.port, rules={})
    text = firm.config.read_text(encoding="utf-8")
    assert once(firm).code == 0
    firm.config.write_text(text.replace(f"port = {dovecot.port}", "port = 1"), encoding="utf-8")
    done = once(firm)
    assert done.code == 3
    last = done.err.splitlines()[-1]
    assert last.startswith("bureau (127.0.0.1): no connection")
    status = call(firm, "status")
    assert status.code == 1
    assert [line for line in status.out.splitlines() if line.startswith("!")] == [f"!  {last}"]
    rehearsal = process("run", "--dry-run", "--config", str(firm.config), folder=firm.folder)
    assert rehearsal.code == 3
    firm.config.write_text(text, encoding="utf-8")
    assert once(firm).code == 0
    assert call(firm, "status").code == 0


def test_a_refused_login_ends_with_four_and_never_shows_the_password(
    tmp_path: Path, dovecot: Dovecot, sink: SmtpSink
) -> None:
    firm = Firm(tmp_path, imap=dovecot.port, smtp=sink.port, rules={})
    (tmp_path / "password").write_text("not-the-password", encoding="utf-8")
    done = once(firm)
    assert done.code == 4
    last = done.err.splitlines()[-1]
    assert last.startswith("bureau (127.0.0.1): login refused")
    assert "not-the-password" not in done.err
    assert "Traceback" not in done.err
    status = call(firm, "status")
    assert status.code == 1
    assert "login refused" in status.out
    assert "not-the-password" not in (tmp_path / "state" / "status.json").read_text(encoding="utf-8")


def test_a_password_that_is_missing_is_one_clear_line(tmp_path: Path, dovecot: Dovecot, sink: SmtpSink) -> None:
    firm = Firm(tmp_path, imap=dovecot.port, smtp=sink.port, rules={})
    (tmp_path / "password").chmod(0o644)
    done = once(firm)
    assert done.code == 2
    assert "chmod o-rwx" in done.err.splitlines()[-1]
    assert "Traceback" not in done.err


def test_a_bill_goes_from_the_mailbox_to_the_money_list_and_is_paid(firm: Firm) -> None:
    bill(firm)
    assert once(firm).code == 0
    (row,) = call(firm, "money", "list", "--json").rows
    assert (row["id"], row["party"], row["amount"]) == ("i1", "Bois du Forez", "1200.00")
    assert call(firm, "money", "paid", "i1").code == 0
    assert json.loads(call(firm, "money", "list", "--json").out)["status"] == "paid"
