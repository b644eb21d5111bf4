"""`automator messages show`: why a mail was sorted as it was, and all that followed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.commands import bill, call, cycle, now, question, started
from tests.support.firm import OWNER, Firm, letter
from tests.support.views import plain

KEYS = {
    "id", "arrived", "account", "from", "subject", "role", "ours", "history", "closed", "kind", "classifier",
    "categories", "sender", "facts", "deeds", "follow_ups",
}  # fmt: skip
WAIT = """
title = "Un client attend"
on = "mail.waiting_for_us"

[[then]]
after = "1 jour ouvré"
do = "remind"
text = "Répondre à {client} : {subject}"
"""
NOTE = """
title = "Noter"
on = "mail.received"
when = { from = ["paul@lefevre.example"] }

[[then]]
do = "task"
text = "Sortir le plan de {client}"
"""


@pytest.fixture
def firm(tmp_path: Path) -> Firm:
    made = Firm(tmp_path, smtp=9, rules={"attente.toml": WAIT, "noter.toml": NOTE})
    made.box.add_folder("Sent")
    started(made)
    question(made)
    cycle(made)
    return made


def lines(firm: Firm, item: str = "m1") -> list[str]:
    done = call(firm, "messages", "show", item)
    assert (done.code, done.err) == (0, "")
    return [plain(line) for line in done.out.splitlines()]


def block(found: list[str], title: str) -> list[str]:
    """The lines of a category: its own and those set in under it."""
    start = next(n for n, line in enumerate(found) if line.startswith(f"{title} : "))
    end = next((n for n in range(start + 1, len(found)) if not found[n].startswith("  ")), len(found))
    return found[start:end]


def test_a_mail_for_a_person(firm: Firm) -> None:
    found = lines(firm)
    assert found[0].startswith("m1  ")
    assert found[0].endswith("  Paul Lefèvre <paul@lefevre.example>")
    assert found[1] == "  Devis porte"
    assert ", trié par " in found[2]
    asked = block(found, "client_request")
    assert asked[0].startswith("client_request : oui (")
    assert "comme le modèle juge aujourd'hui" not in asked[0]
    assert asked[1].startswith("  pour     ")
    refused = block(found, "urgent")
    assert refused[0].startswith("urgent : non (0,")
    assert refused[0].endswith(", comme le modèle juge aujourd'hui"), "the reasons of a no are not kept"
    assert len(refused) > 1
    assert "suivi : attente, en cours" in found
    assert any(line.endswith("task (noter) : tâche : Sortir le plan de Paul Lefèvre") for line in found), found


def test_for_and_against_are_parted(firm: Firm) -> None:
    (row,) = call(firm, "messages", "show", "m1", "--json").rows
    for name, judged in row["categories"].items():
        shown = block(lines(firm), name)[1:]
        sides = {line.split()[0] for line in shown}
        weights = [reason["weight"] for reason in judged["reasons"]]
        assert sides == {"pour" if weight > 0 else "contre" for weight in weights}


def test_stable_keys(firm: Firm) -> None:
    (row,) = call(firm, "messages", "show", "1", "--json").rows
    assert row.keys() == KEYS
    assert (row["id"], row["from"], row["role"], row["ours"]) == ("m1", "paul@lefevre.example", "received", False)
    assert row["categories"].keys() == {"invoice", "client_request", "urgent"}
    judged = row["categories"]["client_request"]
    assert judged.keys() == {"decision", "p", "reasons", "reasons_of_today", "word"}
    assert (judged["decision"], judged["reasons_of_today"], judged["word"]) == ("yes", False, None)
    assert row["categories"]["urgent"]["reasons_of_today"] is True
    assert row["follow_ups"] == [{"rule": "attente", "event": "mail.waiting_for_us", "stopped": "", "paused": False}]
    (deed,) = row["deeds"]
    assert (deed["action"], deed["rule"], deed["state"]) == ("task", "noter", "done")
    assert row["sender"] == {"known": "", "memory": []}


WORD = "client_request : non (0,"


def test_your_word_and_what_is_remembered_of_the_sender(firm: Firm) -> None:
    call(firm, "fix", "m1", "--not", "client_request")
    found = lines(firm)
    said = block(found, "client_request")[0]
    assert said.startswith(WORD)
    assert ", votre parole, par commande, " in said
    assert "expéditeur : vous avez dit une fois que ce n'était pas une demande de client (cet expéditeur)" in found, (
        found
    )
    assert "suivi : attente, en cours" in found, "its rule asks for no category"
    call(firm, "done", "m1")
    assert "suivi : attente, arrêté" in lines(firm)
    (row,) = call(firm, "messages", "show", "m1", "--json").rows
    assert row["closed"] == "done"
    word = row["categories"]["client_request"]["word"]
    assert (word["is"], word["by"]) == (False, "command")


def test_what_was_read_in_a_bill(firm: Firm) -> None:
    bill(firm)
    cycle(firm)
    (listed,) = call(firm, "messages", "list", "--category", "invoice", "--json").rows
    found = lines(firm, listed["id"])
    (read,) = [line for line in found if line.startswith("lu dedans : ")]
    assert " · F-2026-118 · 1 200,00 € · échéance 20/12/2026" in read
    (row,) = call(firm, "messages", "show", listed["id"], "--json").rows
    assert row["facts"]["invoice"]["total_amount"]["value"] == "1200.00"


def test_the_deadline_a_client_named(firm: Firm) -> None:
    question(
        firm, "Porte", "Bonjour, pouvez-vous m'envoyer votre devis avant le 15/12/2027 à 10 h ? Merci. Paul Lefèvre"
    )
    cycle(firm)
    assert any(line.startswith("lu dedans : attendu pour 15/12/2027") for line in lines(firm, "m2"))


def test_mail_of_ours_is_not_sorted(firm: Firm) -> None:
    at = now() - timedelta(minutes=1)
    mail = letter(OWNER, "paul@lefevre.example", "Re: Devis", "Voici.", at=at, message_id="<s@durand.example>")
    firm.arrive(mail, at, "Sent")
    cycle(firm)
    found = lines(firm, "m2")
    assert found[2:] == ["  pas trié : c'est un mail de vous"]
    (row,) = call(firm, "messages", "show", "m2", "--json").rows
    assert (row["role"], row["classifier"], row["categories"]) == ("sent", None, {})


def test_a_hostile_mail_shows_nothing_hidden(firm: Firm) -> None:
    question(firm, "Devis \u202e\u200bporte\x1b[31m https://evil.example/pay " + "x" * 500)
    cycle(firm)
    found = lines(firm, "m2")
    assert not any(sign in "".join(found) for sign in "\u202e\u200b\x1b")
    assert "https://" not in found[1]
    assert len(found[1]) <= 122


@pytest.mark.parametrize("item", ["m99", "i1", "x"])
def test_calls_that_are_wrong(firm: Firm, item: str) -> None:
    done = call(firm, "messages", "show", item)
    assert (done.code, done.out) == (2, "")
    assert len(done.err.splitlines()) == 1
