"""`automator digest --preview`: looked at, never stored."""

from __future__ import annotations

from pathlib import Path

import pytest

from automator.clock import FixedClock
from automator.store import digests
from tests.support.commands import call, cycle, now, question, started
from tests.support.firm import Firm


@pytest.fixture
def firm(tmp_path: Path) -> Firm:
    made = Firm(tmp_path, smtp=9)
    started(made)
    question(made)
    cycle(made)
    return made


def counts(firm: Firm) -> dict[str, int]:
    rows = call(firm, "outbox", "list", "--json").rows
    return {r["state"]: sum(x["state"] == r["state"] for x in rows) for r in rows}


def test_as_text(firm: Firm) -> None:
    done = call(firm, "digest", "--preview")
    assert (done.code, done.err) == (0, "")
    subject, _, rest = done.out.partition("\n\n")
    assert "\n" not in subject
    assert rest.startswith("Bonjour Claire.")
    assert "Devis porte" in rest


def test_as_html(firm: Firm) -> None:
    done = call(firm, "digest", "--preview", "--format", "html")
    assert done.code == 0
    assert done.out.lower().startswith("<!doctype html>")
    assert "Devis porte" in done.out


def test_as_json(firm: Firm) -> None:
    (row,) = call(firm, "digest", "--preview", "--format", "json").rows
    assert row.keys() == {"subject", "text"}
    assert call(firm, "digest", "--preview").out == f"{row['subject']}\n\n{row['text']}\n"


def test_nothing_is_stored(firm: Firm) -> None:
    before = counts(firm)
    service = firm.service(FixedClock(now()))
    with service.deps.db.read() as tx:
        last = digests.last(tx)
    for kind in ("text", "html", "json"):
        call(firm, "digest", "--preview", "--format", kind)
    with service.deps.db.read() as tx:
        assert digests.last(tx) == last
    service.close()
    assert counts(firm) == before


def test_calls_that_are_wrong(firm: Firm) -> None:
    done = call(firm, "digest")
    assert (done.code, done.err) == (2, "say what to do: automator digest --preview\n")
    done = call(firm, "digest", "--preview", "--format", "pdf")
    assert (done.code, done.err) == (2, "pdf: not a format. Allowed: text, html, json\n")
