"""The shelf of models: numbers, roll-back, what was set aside."""

from __future__ import annotations

import stat
import threading
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from automator.billing.invoice import Identity
from automator.classifiers.current import Current
from automator.classifiers.linear import newest
from automator.errors import PermanentError
from automator.jobs.learn import examples, fit, read_rows
from automator.jobs.shelf import KEPT, Shelf, _write
from automator.triage.scorer import pack, unpack
from automator.words import Words
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
    assert shelf.current() is None
    assert newest([shelf.folder]) is None
    assert numbers(shelf) == [(1, True), (2, True), (3, True)]


def test_back_to_a_number(shelf: Shelf) -> None:
    for mark in range(4):
        shelf.add(artefact(mark))
    back = shelf.roll_back(1)
    assert back is not None
    assert back.number == 1
    with pytest.raises(PermanentError, match="in force already"):
        shelf.roll_back(1)
    with pytest.raises(PermanentError, match="no such model"):
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


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_nobody_else_may_read_what_was_learnt(shelf: Shelf) -> None:
    shelf.folder.mkdir(mode=0o755)
    paths = [shelf.add(artefact(1)), shelf.add(artefact(2), aside=True)]
    assert [mode(path) for path in paths] == [0o600, 0o600]
    assert [mode(path.parent) for path in paths] == [0o700, 0o700]


def test_what_a_kill_or_a_full_disk_left_half_written_is_taken_away(shelf: Shelf) -> None:
    shelf.add(artefact(1), aside=True)
    for folder in (shelf.folder, shelf.folder / "aside"):
        (folder / "triage-0007-abcdef.json.tmp").write_bytes(b"half")
    shelf.add(artefact(2))
    assert not list(shelf.folder.rglob("*.tmp"))
    (shelf.folder / "triage-0003-x.json.gz").mkdir()  # what is to be written cannot be put there
    with pytest.raises(OSError, match="directory"):
        _write(shelf.folder / "triage-0003-x.json.gz", artefact(3))
    assert not list(shelf.folder.rglob("*.tmp"))


def test_a_model_set_aside_long_ago_does_not_come_back(shelf: Shelf) -> None:
    for mark in range(KEPT + 2):
        shelf.add(artefact(mark), aside=True)
    found = shelf.known(artefact(0))
    assert found is not None
    assert (found.aside, found.number, found.path.exists()) == (True, 1, False)
    assert len(shelf.learnt()) == KEPT
    kept = shelf.known(artefact(KEPT))
    assert kept is not None
    assert kept.path.exists()


def test_shelf_and_classifier_agree_on_what_is_in_force(shelf: Shelf) -> None:
    first = shelf.add(artefact(1))
    twin = first.with_name("triage-0001-ffffff.json.gz")
    for path in (twin, shelf.folder / "triage-old.json.gz", shelf.folder / "triage-99999-a.json.gz"):
        path.write_bytes(b"nonsense")
    twin.write_bytes(artefact(2))
    named = shelf.current()
    sorter = Current([shelf.folder], words=Words("en"), owner=Identity())
    assert named is not None
    assert named.path == twin, "the newest is no good, the one before it is in force"
    assert sorter.name == f"linear@{unpack(artefact(2)).digest}"


def test_two_writers_at_once_never_take_the_same_number(shelf: Shelf) -> None:
    models = [artefact(mark) for mark in range(KEPT)]
    threads = [threading.Thread(target=Shelf(shelf.folder).add, args=(model,)) for model in models]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [m.number for m in shelf.learnt()] == [1, 2, 3, 4, 5]
