"""`automator outbox list`, `approve`, `cancel`."""

from __future__ import annotations

from pathlib import Path

import pytest

from automator.clock import FixedClock
from tests.support.commands import ACCUSE, ASK, call, cycle, next_opening, question, started
from tests.support.firm import OWNER, Firm
from tests.support.smtp import SmtpSink

KEYS = {
    "id", "state", "hold", "action", "object", "rule", "why", "what", "error", "attempts", "account", "at", "key",
}  # fmt: skip


def held(folder: Path, smtp: int = 9) -> tuple[Firm, str]:
    """A firm with a mail to a client that waits for its owner, and its number."""
    firm = Firm(folder, smtp=smtp, rules={"accuse.toml": ASK}, autonomy="ask", send=True)
    (folder / "rules" / "templates" / "accuse.fr.txt").write_text(ACCUSE, encoding="utf-8")
    started(firm)
    question(firm)
    cycle(firm)
    (row,) = call(firm, "outbox", "list", "--state", "held", "--json").rows
    return firm, str(row["id"])


def state(firm: Firm, number: str) -> str:
    return next(str(r["state"]) for r in call(firm, "outbox", "list", "--json").rows if str(r["id"]) == number)


def test_the_list_has_stable_keys(tmp_path: Path) -> None:
    firm, _ = held(tmp_path)
    (row,) = call(firm, "outbox", "list", "--state", "held", "--json").rows
    assert row.keys() == KEYS
    assert (row["action"], row["object"], row["rule"], row["hold"]) == ("send", "m1", "accuse", "approval")
    assert row["account"] == "bureau"


def test_the_list_for_a_person_fits_a_terminal(tmp_path: Path) -> None:
    firm, number = held(tmp_path)
    lines = call(firm, "outbox", "list").out.splitlines()
    assert all(len(line) <= 80 for line in lines)
    first = next(line for line in lines if line.lstrip().startswith(f"{number}  "))
    assert first.split()[3:] == ["held", "send", "m1", "accuse"]
    assert len(call(firm, "outbox", "list", "--limit", "1", "--json").rows) == 1
    nothing = call(firm, "outbox", "list", "--state", "unknown")
    assert (nothing.code, nothing.out, nothing.err) == (0, "", "rien ici\n")


def test_what_the_owner_approves_leaves(tmp_path: Path) -> None:
    with SmtpSink() as sink:
        firm, number = held(tmp_path, sink.port)
        sent_before = len(sink.messages)
        done = call(firm, "outbox", "approve", number)
        assert (done.code, done.out) == (0, "approuvé: send m1 (accuse)\n")
        assert state(firm, number) == "ready"
        cycle(firm, FixedClock(next_opening(firm)))  # whatever the hour of this test: mail leaves in opening hours
        assert state(firm, number) == "done"
        reached = [r for m in sink.messages[sent_before:] for r in m.recipients if r != OWNER]
        assert reached == ["paul@lefevre.example"]


def test_what_the_owner_cancels_never_leaves(tmp_path: Path) -> None:
    with SmtpSink() as sink:
        firm, number = held(tmp_path, sink.port)
        done = call(firm, "outbox", "cancel", number)
        assert (done.code, done.out) == (0, "annulé: send m1 (accuse)\n")
        cycle(firm)
        assert state(firm, number) == "cancelled"
        assert "annulé par vous" in call(firm, "outbox", "list").out
        assert all("lefevre" not in r for m in sink.messages for r in m.recipients)
        again = call(firm, "outbox", "approve", number)
        assert (again.code, again.err) == (2, f"l'action {number} est cancelled\u00a0: rien à approuver\n")
        again = call(firm, "outbox", "cancel", number)
        assert (again.code, again.err) == (2, f"l'action {number} est cancelled\u00a0: rien à annuler\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("approve", "99"), "il n'y a pas d'action 99\u00a0: voir automator outbox list\n"),
        (("cancel", "99"), "il n'y a pas d'action 99\u00a0: voir automator outbox list\n"),
        (("list", "--state", "gone"), "gone: not a state. Allowed: held, ready, sending, done, observed, failed, unknown, cancelled\n"),
    ],
)  # fmt: skip
def test_calls_that_are_wrong(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    done = call(Firm(tmp_path, smtp=9, rules={}), "outbox", *words)
    assert (done.code, done.out, done.err) == (2, "", said)


@pytest.mark.parametrize("number", ["m1", "", "1.5", "99999999999999999999"])
def test_a_number_that_is_none(tmp_path: Path, number: str) -> None:
    done = call(Firm(tmp_path, smtp=9, rules={}), "outbox", "approve", number)
    assert done.code == 2
    assert "Traceback" not in done.err
