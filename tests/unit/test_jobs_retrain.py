"""When a training is due, its child process, and what is told of it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path

import pytest

from automator.classifiers.current import Current
from automator.clock import FixedClock
from automator.errors import PermanentError
from automator.jobs import retrain
from automator.jobs.retrain import Trainer, Training, begin, is_due, last, outcome, settle, start, told, waiting
from automator.jobs.shelf import Shelf
from automator.jobs.train import Order, Report, train
from automator.jobs.view import health, view
from automator.mail.message import Fetched, MessageRef
from automator.sections import done
from automator.store import corrections, places, settings
from automator.store.corrections import Correction
from automator.store.db import Database
from automator.words import Words
from tests.support.firm import OWNER, paris
from tests.support.office import Office
from tests.support.small_corpus import Small, small_corpus

FR = Words("fr")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Small:
    return small_corpus(tmp_path_factory.mktemp("small"), 80)


@pytest.fixture
def office(tmp_path: Path, small: Small) -> Iterator[Office]:
    with Office(tmp_path) as made:
        deps = made.service.deps
        classifier = Current((models(made), small.shipped), words=deps.words, owner=deps.identity)
        made.service.deps = replace(deps, classifier=classifier, classifier_note=classifier.note)
        yield made


def models(office: Office) -> Path:
    return office.firm.folder / "state" / "models"


def order(office: Office, small: Small) -> Order:
    return Order(
        database=str(office.firm.folder / "state" / "automator.db"), corpus=str(small.corpus),
        shipped=str(small.shipped), models=str(models(office)), categories=["rh"], addresses=[OWNER],
        domains=["durand.example"], now=office.clock.now().isoformat(),
    )  # fmt: skip


def correct(office: Office, n: int = 1, category: str = "urgent", value: bool = False) -> None:
    """A mail comes in and its verdict is corrected."""
    text = f"Bonjour, voici le numéro {n} de notre lettre, bonne lecture à tous."
    office.lay(f"Lettre <l{n}@lettre{n}.example>", OWNER, f"Lettre {n}", text, message_id=f"<l{n}@lettre.example>")
    office.read()
    with office.service.deps.db.transaction() as tx:
        (mail,) = [m for m in office.received() if m.message.subject == f"Lettre {n}"]
        corrections.put(tx, Correction(mail.id, category, value, "command", office.clock.now()))


def due(office: Office) -> bool:
    with office.service.deps.db.read() as tx:
        return is_due(tx, office.service.deps)


def at(office: Office, moment: str) -> None:
    office.clock.set(paris(moment))


def test_due_in_the_night_after_a_correction_and_once(office: Office) -> None:
    assert not due(office)
    correct(office)
    assert not due(office), "it waits for the quiet hour"
    at(office, "2026-11-19 02:59")
    assert not due(office)
    at(office, "2026-11-19 03:00")
    assert due(office)
    with office.service.deps.db.transaction() as tx:
        begin(tx, office.clock.now())
    assert not due(office), "begun"
    at(office, "2026-11-20 03:00")
    assert due(office), "what was begun and never ended has learnt nothing"


def test_a_machine_that_was_off_at_night_catches_up(office: Office) -> None:
    correct(office)
    at(office, "2026-11-19 10:15")
    assert due(office)
    at(office, "2026-11-24 01:00")
    assert due(office)


def test_what_was_corrected_since_the_quiet_hour_waits_for_the_next_one(office: Office) -> None:
    at(office, "2026-11-19 03:30")
    correct(office)
    assert not due(office)
    at(office, "2026-11-20 03:30")
    assert due(office)


def test_not_while_mails_wait_to_be_sorted(office: Office) -> None:
    correct(office)
    at(office, "2026-11-19 03:30")
    with office.service.deps.db.transaction() as tx:
        places.add(
            tx, [Fetched(MessageRef("bureau", "INBOX", 1, 7), office.clock.now(), 1, whole=b"x")], baseline=False
        )
    assert not due(office)


def test_a_model_that_an_upgrade_made_useless_is_trained_again(office: Office) -> None:
    correct(office)
    at(office, "2026-11-19 03:30")
    with office.service.deps.db.transaction() as tx:
        settle(tx, office.clock.now(), {"result": "accepted"}, office.clock.now())
    at(office, "2026-11-20 03:30")
    assert not due(office)
    models(office).mkdir()
    (models(office) / "triage-0001-abcdef.json.gz").write_bytes(b"of another version")
    assert "appris est refusé" in office.service.deps.classifier_note()
    assert office.service.deps.classifier.name.startswith("linear@"), "the shipped one sorts meanwhile"
    assert due(office)


@pytest.mark.parametrize(
    ("result", "learnt", "left"),
    [("accepted", 2, 0), ("refused", 2, 0), ("same", 2, 0), ("failed", 0, 2)],
)
def test_what_a_training_has_looked_at(office: Office, result: str, learnt: int, left: int) -> None:
    correct(office, 1)
    correct(office, 2)
    with office.service.deps.db.transaction() as tx:
        training = settle(tx, office.clock.now(), {"result": result}, office.clock.now() + timedelta(minutes=1))
        assert (training.learnt, training.result, waiting(tx)) == (learnt, result, left)
        assert last(tx) == training


def test_the_child_trains_and_the_service_takes_the_model_up(office: Office, small: Small) -> None:
    for n in range(3):
        correct(office, n)
    at(office, "2026-11-19 03:05")
    before = office.service.deps.classifier.name
    office.service.trainer = trainer = Trainer(office.service.deps, lambda now: asdict(order(office, small)))
    office.service.train()
    assert trainer._child is not None
    trainer._child.wait(120)
    office.service.train()
    with office.service.deps.db.read() as tx:
        training = last(tx)
    assert (training.result, training.learnt) == ("accepted", 3), training.report
    assert training.report is not None
    assert training.report["model"] == next(models(office).glob("triage-0001-*")).name
    assert office.service.deps.classifier.name != before, "without a restart"
    office.service.train()
    assert trainer._child is None, "nothing more is due"
    with office.service.deps.db.read() as tx:
        deps, rules = office.service.deps, office.service.rules()
        shown = view(tx, deps, rules, deps.today(), office.clock.now() - timedelta(days=1), first=False)
        later = view(tx, deps, rules, deps.today(), office.clock.now() + timedelta(minutes=1), first=False)
    assert "3 de vos corrections apprises" in done.lines(shown, FR).lines[0].text
    assert "corrections" not in done.lines(later, FR).lines[0].text


def test_a_service_that_stops_ends_its_child(office: Office, small: Small) -> None:
    correct(office)
    at(office, "2026-11-19 03:05")
    trainer = Trainer(office.service.deps, lambda now: asdict(order(office, small)))
    assert trainer.tick() is None
    child = trainer._child
    assert child is not None
    assert trainer.tick() is None, "still at work, or just done: it is asked after once more below"
    trainer.stop()
    trainer.stop()
    assert child.returncode is not None


def test_training_twice_on_the_same_gives_the_same_and_a_model_set_aside_stays_there(
    office: Office, small: Small
) -> None:
    assert train(order(office, small)) == Report("nothing")
    for n in range(3):
        correct(office, n)
    first = train(order(office, small))
    again = train(order(office, small))
    assert (first.result, again.result, first.model) == ("accepted", "same", again.model)
    assert first.said == 3
    Shelf(models(office)).roll_back()
    assert train(order(office, small)).result == "aside"
    assert office.service.deps.classifier.name == f"linear@{next(small.shipped.glob('*.gz')).name[12:18]}"


def test_when_every_word_is_taken_back_the_model_that_learnt_from_them_goes(office: Office, small: Small) -> None:
    correct(office)
    first = train(order(office, small))
    with office.service.deps.db.transaction() as tx:
        (mail,) = office.received()
        corrections.withdraw(tx, mail.id, "urgent", office.clock.now())
    second = train(order(office, small))
    assert (first.result, second.result, second.said) == ("accepted", "accepted", 0)
    assert second.model != first.model


def test_a_model_that_is_worse_on_the_kept_corrections_is_refused(office: Office, small: Small) -> None:
    """Everything that is taught is wrong, everything that is kept aside is right."""
    from automator.jobs.lessons import is_kept

    bill = "Bonjour, veuillez trouver notre facture n° {n}. Total TTC : {n}20,00 EUR à payer avant le 20/12/2026."
    for n in range(40):
        sender = f"Bois {n} <compta@bois{n}.example>"
        office.lay(sender, OWNER, f"Facture F-{n}", bill.format(n=n), message_id=f"<f{n}@bois.example>")
    office.read()
    with office.service.deps.db.transaction() as tx:
        for mail in office.received():
            right = is_kept(mail.message.identity)
            corrections.put(tx, Correction(mail.id, "invoice", right, "command", office.clock.now()))
    report = train(order(office, small))
    assert report.result == "refused"
    assert report.refused["what"] == "corrections"
    assert report.refused["after"] > report.refused["before"]
    assert Shelf(models(office)).current() is None
    assert [m.aside for m in Shelf(models(office)).learnt()] == [True]
    with office.service.deps.db.transaction() as tx:
        settle(tx, office.clock.now(), asdict(report), office.clock.now())
    with office.service.deps.db.read() as tx:
        (note,) = health(tx, office.service.deps, office.service.rules()).notes
    assert note.startswith(
        "le nouveau modèle est refusé\u00a0: il se trompe plus souvent sur vos propres corrections"
    )


def test_what_is_told_of_a_training() -> None:
    refused = {"result": "refused", "refused": {"what": "urgent", "before": 0.91, "after": 0.87}}
    assert told(Training(report=refused), FR) == (
        "le nouveau modèle est refusé\u00a0: il trie moins bien «\u00a0urgent\u00a0» sur les mails d'essai (0,91 → 0,87)"
    )
    failed = told(Training(report={"result": "failed", "error": "MemoryError"}), FR)
    assert failed == "le dernier apprentissage a échoué (MemoryError)\u00a0; il est retenté la nuit prochaine"
    assert "mis de côté" in told(Training(report={"result": "aside"}), FR)
    assert told(Training(), FR) == told(Training(report={"result": "accepted"}), FR) == ""


def test_a_child_that_fails_says_so_without_the_words_of_a_mail(office: Office, small: Small, tmp_path: Path) -> None:
    correct(office)
    (tmp_path / "none").mkdir()
    no_corpus = {**asdict(order(office, small)), "corpus": str(tmp_path / "none")}
    found = outcome(start(no_corpus))
    assert found["result"] == "failed"
    assert "part_*.jsonl" in found["error"]
    assert outcome(start({**no_corpus, "now": "gestern"}))["error"] == "ValueError"
    assert outcome(start({"nonsense": 1})) == {"result": "failed", "error": "the training was cut off"}


def test_the_child_reads_the_database_and_reaches_no_network(office: Office) -> None:
    db = Database.reader(office.firm.folder / "state" / "automator.db")
    with pytest.raises(PermanentError, match="readonly"), db.transaction() as tx:
        settings.put(tx, "training", "{}")
    db.close()
    code = "import socket; from automator.jobs.train import confine; confine(); socket.create_connection(('127.0.0.1', 9))"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert "PermissionError: a training reaches no network" in ended.stderr


def test_the_child_is_given_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUREAU_PASSWORD", "secret")
    child = start({})
    environ = Path(f"/proc/{child.pid}/environ").read_bytes()
    outcome(child)
    assert b"secret" not in environ


def test_train_now_needs_no_quiet_hour(office: Office, small: Small) -> None:
    correct(office)
    clock = FixedClock(office.clock.at)
    training = retrain.train_now(office.service.deps.db, clock, lambda now: asdict(order(office, small)))
    assert training.result == "accepted"
    assert json.dumps(training.report)
