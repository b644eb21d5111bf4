"""`automator fix`, `train`, `models`, and what `status` tells of learning."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from automator.clock import FixedClock
from automator.jobs.shelf import Shelf
from automator.triage.scorer import pack
from tests.support.commands import QUESTION, bill, call, cycle, now, question, started
from tests.support.firm import OWNER, Firm, letter
from tests.unit.test_jobs_shelf import artefact

TAUGHT = """
[categories.rh]
learn_from = "RH"
"""
WAIT = """
title = "Un client attend"
on = "mail.waiting_for_us"
when = { category = "client_request" }

[[then]]
after = "1 jour ouvré"
do = "remind"
text = "Répondre à {client} : {subject}"
"""
NEXT = "Compte dès maintenant pour les mails du même expéditeur\u00a0; le prochain apprentissage, la nuit, en tient compte."


@pytest.fixture
def firm(tmp_path: Path) -> Firm:
    made = Firm(tmp_path, smtp=9, rules={"attente.toml": WAIT}, extra=TAUGHT)
    made.box.add_folder("Sent")
    started(made)
    question(made)
    cycle(made)
    return made


def test_fix_says_what_changes_ends_and_is_learnt(firm: Firm) -> None:
    assert call(firm, "status", "--json").rows[0]["follow_ups"] == 1
    done = call(firm, "fix", "m1", "--not", "client_request")
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == [
        "m1 “Devis porte”",
        "  client_request\u00a0: oui → non",
        "  1 suivi s'arrête avec",
        "  il quitte votre liste de choses à faire",
        NEXT,
    ]
    assert "réf. m1" not in " ".join(call(firm, "digest", "--preview").out.split())
    again = call(firm, "fix", "m1", "--not", "client_request")
    assert again.out.splitlines()[1] == "  client_request\u00a0: non, comme avant"
    back = call(firm, "fix", "m1", "client_request")
    assert "  il est sur votre liste de choses à faire" in back.out.splitlines()
    cycle(firm)
    assert call(firm, "status", "--json").rows[0]["follow_ups"] == 0


def test_fix_of_several_mails_and_of_a_category_of_ones_own(firm: Firm) -> None:
    bill(firm)
    cycle(firm)
    done = call(firm, "fix", "m1", "2", "rh", "urgent")
    assert done.code == 0, done.err
    lines = done.out.splitlines()
    assert [line for line in lines if line.startswith("m")] == ["m1 “Devis porte”", "m2 “Facture F-2026-118”"]
    assert lines.count("  rh\u00a0: non → oui") == 2
    assert lines[-2:] == [NEXT, "rh\u00a0: règles seules\u00a0: 2/12 exemples"]
    rows = call(firm, "messages", "list", "--category", "rh", "--json").rows
    assert [row["decisions"]["rh"] for row in rows] == ["yes", "yes"]
    assert call(firm, "messages", "list", "--category", "rh", "--limit", "1", "--json").rows == rows[:1]
    cycle(firm)
    status = call(firm, "status")
    shown = status.out.splitlines()
    assert shown[8].split(maxsplit=1) == [
        "apprentissage",
        "4 corrections, dont 4 à apprendre\u00a0; dernier apprentissage jamais",
    ]
    assert shown[9].split(maxsplit=1) == [
        "rh", "règles seules\u00a0: 2/12 exemples\u00a0; ni dossier ni mot-clé «\u00a0RH\u00a0» rencontré jusqu'ici",
    ]  # fmt: skip
    assert call(firm, "status", "--json").rows[0]["learning"] == {
        "corrections": 4, "waiting": 4, "last": None, "result": "", "note": "",
        "categories": {"rh": {"examples": 2, "needed": 12, "missing": ["RH"]}},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("m1", "m99", "urgent"), "m99\u00a0: ce mail n'existe pas."),
        (("m1", "spam"), "spam: not a category. Allowed: invoice, client_request, urgent, rh"),
        (("m1",), "Say a category: invoice, client_request, urgent, rh."),
        (("urgent",), "Say the id of a mail, like m12."),
        (("m2", "urgent"), "m2\u00a0: seuls les mails reçus sont triés"),
    ],
)
def test_what_cannot_be_fixed_changes_nothing(firm: Firm, words: tuple[str, ...], said: str) -> None:
    at = now()
    sent = letter(f"Claire <{OWNER}>", "x@y.example", "Envoi", "Bonjour", at=at, message_id="<s@durand.example>")
    firm.arrive(sent, at, "Sent")
    cycle(firm)
    done = call(firm, "fix", *words)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(said), done.err
    cycle(firm)
    assert call(firm, "status", "--json").rows[0]["learning"]["corrections"] == 0


def test_the_same_sender_is_remembered_at_once(firm: Firm) -> None:
    call(firm, "fix", "m1", "--not", "client_request")
    question(firm, "Autre devis", QUESTION)
    cycle(firm, FixedClock(now() + timedelta(minutes=1)))
    from automator.config import load_config
    from automator.store import messages
    from automator.wiring import open_store

    db = open_store(load_config(firm.config, environ={}))
    with db.read() as tx:
        stored = messages.get(tx, 2)
    db.close()
    assert stored is not None
    assert stored.verdict is not None
    first = stored.verdict.categories["client_request"].reasons[0]
    assert first.text == "vous avez dit une fois que ce n'était pas une demande de client (cet expéditeur)"
    assert first.weight == -0.5


def test_train_without_corrections_learns_nothing(firm: Firm) -> None:
    done = call(firm, "train")
    assert (done.code, done.out) == (0, "personne n'a encore rien corrigé\u00a0: il n'y a rien à apprendre\n")
    assert json.loads(call(firm, "train", "--json").out)["result"] == "nothing"


def shelf(firm: Firm) -> Shelf:
    return Shelf(firm.folder / "state" / "models")


def test_models_are_listed_and_rolled_back(firm: Firm) -> None:
    (only,) = call(firm, "models", "list").out.splitlines()
    assert only.split() == ["0", "en", "service", "le", "modèle", "d'origine"]
    assert call(firm, "models", "rollback").code == 2
    first, second = shelf(firm).add(artefact(1)), shelf(firm).add(artefact(2))
    shelf(firm).add(artefact(3), aside=True)
    assert [(r["number"], r["model"], r["state"]) for r in call(firm, "models", "list", "--json").rows][:3] == [
        (0, None, "older"), (1, first.name, "older"), (2, second.name, "in_force"),
    ]  # fmt: skip
    done = call(firm, "models", "rollback")
    assert done.out == f"en service maintenant\u00a0: {first.name}. Les suivants sont mis de côté pour de bon.\n"
    cycle(firm)
    assert call(firm, "status", "--json").rows[0]["classifier"] == f"linear@{first.name[12:18]}"
    assert "modèle d'origine" in call(firm, "models", "rollback", "0").out
    assert (
        call(firm, "models", "rollback", "7").err
        == "Le modèle d'origine est en service\u00a0: il n'y a rien avant lui.\n"
    )
    states = [r["state"] for r in call(firm, "models", "list", "--json").rows]
    assert states == ["in_force", "aside", "aside", "aside"]


def test_a_damaged_model_gives_way_and_status_says_so(firm: Firm) -> None:
    path = shelf(firm).add(artefact(1))
    path.write_bytes(pack({"made": {}}))
    cycle(firm)
    done = call(firm, "status")
    assert done.code == 1
    assert "refusé" in done.out.splitlines()[-1]
