"""`automator status`, `pause`, `resume`."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from automator.clock import FixedClock
from tests.support.commands import ACCUSE, ASK, call, cycle, now, question, started
from tests.support.firm import Firm

KEYS = {
    "now", "up_since", "mode", "accounts", "backlog", "outbox", "waiting_for_you", "errors_24h", "follow_ups", "rules",
    "classifier", "classifier_note", "learning", "quarantined", "last_digest", "next_digest", "troubles",
}  # fmt: skip


@pytest.fixture
def firm(tmp_path: Path) -> Firm:
    made = Firm(tmp_path, smtp=9, rules={"accuse.toml": ASK}, autonomy="ask", send=True)
    (tmp_path / "rules" / "templates" / "accuse.fr.txt").write_text(ACCUSE, encoding="utf-8")
    return made


def english(firm: Firm) -> None:
    firm.config.write_text(firm.config.read_text(encoding="utf-8").replace('"fr"', '"en"', 1), encoding="utf-8")


def test_before_the_first_run_it_says_what_to_do(firm: Firm) -> None:
    done = call(firm, "status")
    assert done.code == 1
    assert done.err == "le service n'a pas encore tourné\u00a0: lancez-le avec automator run\n"
    assert done.out == ""


def test_eight_lines_in_the_language_of_the_firm(firm: Firm) -> None:
    cycle(firm)
    done = call(firm, "status")
    assert done.code == 0, done.out
    lines = done.out.splitlines()
    assert len(lines) == 8
    assert all(len(line) <= 80 for line in lines)
    labels = [line.split("  ")[0] for line in lines]
    assert labels == ["démarré", "relèves", "en attente", "pour vous", "erreurs 24 h", "bilan", "règles", "mode"]
    assert lines[-1].endswith("ask, envoi aux clients permis")
    english(firm)
    assert call(firm, "status").out.splitlines()[-1].endswith("ask, mail to clients allowed")


def test_json_has_stable_keys(firm: Firm) -> None:
    cycle(firm)
    done = call(firm, "status", "--json")
    (row,) = done.rows
    assert done.code == 0
    assert row.keys() == KEYS
    assert [a.keys() for a in row["accounts"]] == [{"name", "last_ok", "error"}] * 2
    assert [a["name"] for a in row["accounts"]] == ["bureau", "calendar:agenda"]
    assert row["mode"] == {"max_autonomy": "ask", "allow_send": True, "paused_until": None}
    assert row["rules"] == {"active": 1, "ignored": {}}
    assert datetime.fromisoformat(row["next_digest"]).hour == 7
    assert (firm.folder / "state" / "status.json").stat().st_mode & 0o777 == 0o600


def test_a_service_that_does_not_pass_by_any_more(firm: Firm) -> None:
    cycle(firm, FixedClock(now() - timedelta(minutes=16)))
    done = call(firm, "status")
    assert done.code == 1
    assert done.out.splitlines()[-1].startswith("!  le service n'est pas passé depuis le ")
    assert len(call(firm, "status", "--json").rows[0]["troubles"]) == 1


def test_what_waits_what_failed_and_what_was_left_out(firm: Firm) -> None:
    started(firm)
    (firm.folder / "rules" / "faux.toml").write_text('title = "Faux"\non = "mail.recieved"\n', encoding="utf-8")
    question(firm)
    cycle(firm)
    done = call(firm, "status")
    assert done.code == 1
    assert "1 actives, 1 écartées" in done.out
    assert "pour vous     1 à approuver" in done.out
    assert sum(line.startswith("!  règle écartée") for line in done.out.splitlines()) == 1


def test_an_account_that_is_down_is_named_once(firm: Firm) -> None:
    cycle(firm)
    (firm.folder / "mail").rename(firm.folder / "elsewhere")
    service = firm.service(FixedClock(now()))
    service.wake()
    assert not service.cycle()
    service.close()
    done = call(firm, "status")
    assert done.code == 1
    (trouble,) = [line for line in done.out.splitlines() if line.startswith("!")]
    assert "bureau" in trouble
    values = json.loads((firm.folder / "state" / "status.json").read_text())
    assert values["accounts"][0]["error"]


def test_pause_holds_every_deed_and_resume_lifts_it(firm: Firm) -> None:
    cycle(firm)
    paused = call(firm, "pause", "2h")
    assert paused.code == 0
    assert paused.out.startswith("en pause jusqu'au ")
    cycle(firm)
    assert "EN PAUSE jusqu'au " in call(firm, "status").out
    until = datetime.fromisoformat(call(firm, "status", "--json").rows[0]["mode"]["paused_until"])
    assert timedelta(minutes=118) < until - now() <= timedelta(hours=2)
    assert call(firm, "resume").out == "la pause est levée\n"
    cycle(firm)
    assert call(firm, "status", "--json").rows[0]["mode"]["paused_until"] is None


@pytest.mark.parametrize("span", ["2", "h", "0h", "2 weeks", "²h", "", "99999999999d"])
def test_a_span_that_is_none(firm: Firm, span: str) -> None:
    done = call(firm, "pause", span)
    assert done.code == 2
    assert len(done.err.splitlines()) == 1
    assert "30m, 2h or 3d" in done.err
    assert not (firm.folder / "state").exists()


@pytest.mark.parametrize(("span", "minutes"), [("30m", 30), ("1h", 60), ("2d", 2880), ("1j", 1440)])
def test_spans(firm: Firm, span: str, minutes: int) -> None:
    assert call(firm, "pause", span).code == 0
    cycle(firm)
    until = datetime.fromisoformat(call(firm, "status", "--json").rows[0]["mode"]["paused_until"])
    assert abs(until - now() - timedelta(minutes=minutes)) < timedelta(minutes=1)
