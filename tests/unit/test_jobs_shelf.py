"""The shelf of models: numbers, roll-back, what was set aside."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from automator.classifiers.linear import newest
from automator.errors import PermanentError
from automator.jobs.learn import examples, fit, read_rows
from automator.jobs.shelf import KEPT, Shelf
from automator.triage.scorer import pack
from tests.support.small_corpus import CORPUS


@cache
def content() -> dict[str, Any]:
    """A real model, of few mails."""
    rows = [row for row in read_rows(CORPUS) if row["id"].startswith(("b-", "g-"))]
    return fit(examples(rows[:60] + rows[-60:]))


def artefact(mark: int) -> bytes:
    """One of many that differ."""
    return pack({**content(), "made": {**content()["made"], "mark": mark}})


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "models")


def numbers(shelf: Shelf) -> list[tuple[int, bool]]:
    return [(m.number, m.aside) for m in shelf.learnt()]


def test_an_empty_shelf(shelf: Shelf) -> None:
    assert shelf.learnt() == []
    assert shelf.current() is None
    with pytest.raises(PermanentError, match="shipped model is in force"):
        shelf.roll_back()


def test_the_newest_is_in_force_and_the_classifier_finds_it(shelf: Shelf) -> None:
    shelf.add(artefact(1))
    path = shelf.add(artefact(2))
    current = shelf.current()
    assert current is not None
    assert (current.number, current.path, newest([shelf.folder])) == (2, path, path)
    assert shelf.known(artefact(1)) == shelf.learnt()[0]
    assert shelf.known(artefact(9)) is None


def test_back_to_the_one_before_then_to_the_shipped_one(shelf: Shelf) -> None:
    for mark in range(3):
        shelf.add(artefact(mark))
    back = shelf.roll_back()
    assert back is not None
    assert back.number == 2
    assert numbers(shelf) == [(1, False), (2, False), (3, True)]
    assert shelf.roll_back(0) is None
    assert shelf.current() is newest([shelf.folder]) is None
    assert numbers(shelf) == [(1, True), (2, True), (3, True)]


def test_back_to_a_number(shelf: Shelf) -> None:
    for mark in range(4):
        shelf.add(artefact(mark))
    back = shelf.roll_back(1)
    assert back is not None
    assert back.number == 1
    with pytest.raises(PermanentError, match="in force already"):
        shelf.roll_back(1)
    with pytest.raises(PermanentError, match="no model 3"):
        shelf.roll_back(3)


def test_what_is_set_aside_is_never_in_force_and_its_number_is_not_used_again(shelf: Shelf) -> None:
    shelf.add(artefact(1))
    refused = shelf.add(artefact(2), aside=True)
    assert refused.parent.name == "aside"
    found = shelf.known(artefact(2))
    assert found is not None
    assert found.aside
    assert shelf.add(artefact(3)).name.startswith("triage-0003-")
    assert [m.number for m in shelf.learnt() if not m.aside] == [1, 3]


def test_the_last_five_are_kept(shelf: Shelf) -> None:
    for mark in range(KEPT + 3):
        shelf.add(artefact(mark))
        shelf.add(artefact(100 + mark), aside=True)
    assert [m.number for m in shelf.learnt() if not m.aside] == [7, 9, 11, 13, 15]
    assert len(shelf.learnt()) == 2 * KEPT
    assert not list(shelf.folder.rglob("*.tmp"))
