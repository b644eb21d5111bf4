"""The classifier in force: the newest sound model, looked for at each use."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from automator.billing.invoice import Identity
from automator.classifiers.current import Current
from automator.jobs.shelf import Shelf
from automator.words import Words
from tests.support.rows import message
from tests.unit.test_jobs_shelf import artefact


@pytest.fixture
def learnt(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "learnt")


@pytest.fixture
def shipped(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "shipped")


def current(*shelves: Shelf) -> Current:
    return Current([shelf.folder for shelf in shelves], words=Words("fr"), owner=Identity())


def test_without_any_model_keywords_sort_and_it_says_so(learnt: Shelf, shipped: Shelf) -> None:
    found = current(learnt, shipped)
    assert (found.name, found.categories) == ("keywords", ("invoice", "client_request", "urgent"))
    assert found.note() == "pas de modèle entraîné\u00a0: tri par mots-clés"
    assert found.decide("invoice", 0.99) == "yes"
    assert found.classify([message(1)])[0].classifier == "keywords"


def test_a_new_model_is_taken_up_and_one_that_is_gone_is_left(learnt: Shelf, shipped: Shelf) -> None:
    shipped.add(artefact(1))
    found = current(learnt, shipped)
    before = found.name
    assert (before.startswith("linear@"), found.note()) == (True, "")
    learnt.add(artefact(2))
    held = found.now()
    assert found.name == held.name != before
    assert found.classify([message(1)])[0].classifier == held.name
    learnt.roll_back()
    assert found.name == before
    assert held.classify([message(1)])[0].classifier == held.name, "who holds one keeps it"


def test_a_model_that_is_refused_gives_way(learnt: Shelf, shipped: Shelf) -> None:
    good, bad = shipped.add(artefact(1)), learnt.add(artefact(2))
    bad.write_bytes(b"nonsense")
    found = current(learnt, shipped)
    assert found.name.startswith("linear@")
    assert found.note().startswith("le modèle appris est refusé, les mails sont triés par celui d'origine\u00a0: ")
    good.unlink()
    assert found.name == "keywords"
    assert found.note().startswith("modèle entraîné refusé, tri par mots-clés")


def test_a_learnt_model_that_is_damaged_gives_way_to_the_one_before_it(learnt: Shelf, shipped: Shelf) -> None:
    shipped.add(artefact(1))
    before, last = learnt.add(artefact(2)), learnt.add(artefact(3))
    last.write_bytes(last.read_bytes()[:100])
    found = current(learnt, shipped)
    assert found.name == f"linear@{before.name[12:18]}"
    assert found.note() == (
        "le dernier modèle est refusé, les mails sont triés par celui d'avant\u00a0: "
        "Le fichier du modèle est tronqué ou trop grand. Refaites l'apprentissage."
    )


def test_several_threads_may_ask_while_models_come_and_go(learnt: Shelf, shipped: Shelf) -> None:
    shipped.add(artefact(1))
    found, seen = current(learnt, shipped), set()

    def ask() -> None:
        for _ in range(20):
            seen.add(found.classify([message(1)])[0].classifier)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    learnt.add(artefact(2))
    for thread in threads:
        thread.join()
    assert len(seen) <= 2
