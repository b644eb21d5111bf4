"""A model that is missing, refused or damaged: mails are sorted by keywords, and every place says so."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.commands import Done, process, question
from tests.support.firm import Firm
from tests.unit.test_jobs_shelf import artefact

ROOT = Path(__file__).parents[2]
NAME = "triage-0001-abcdef.json.gz"


def nothing(models: Path) -> None:
    shutil.rmtree(models)


def empty(models: Path) -> None:
    for file in models.iterdir():
        file.unlink()


def cut_short(models: Path) -> None:
    file = models / NAME
    file.write_bytes(file.read_bytes()[:-20])


def changed(models: Path) -> None:
    content = bytearray((models / NAME).read_bytes())
    content[len(content) // 2] ^= 0xFF
    (models / NAME).write_bytes(bytes(content))


class Installed:
    """The program as installed in a folder of its own, with a small model that it ships; and a firm that uses it."""

    def __init__(self, folder: Path) -> None:
        site = folder / "site"
        shutil.copytree(ROOT / "automator", site / "automator", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copytree(ROOT / "rules", site / "rules")
        self.models = site / "models"
        self.models.mkdir()
        (self.models / NAME).write_bytes(artefact(1))
        self.environ = {"PYTHONPATH": str(site)}
        self.firm = Firm(folder, smtp=9, rules={})

    def call(self, *words: str) -> Done:
        done = process(*words, "--config", str(self.firm.config), folder=self.firm.folder, environ=self.environ)
        assert "Traceback" not in done.err, done.err
        return done

    def row(self, *words: str) -> dict[str, Any]:
        return self.call(*words, "--json").rows[0]


@pytest.fixture
def installed(tmp_path: Path) -> Installed:
    return Installed(tmp_path)


@pytest.mark.parametrize("harm", [nothing, empty, changed, cut_short])
def test_without_a_sound_model_keywords_sort_and_every_place_says_so(
    installed: Installed, harm: Callable[[Path], None]
) -> None:
    """The service works on in each case: it starts, sorts, makes its digest."""
    harm(installed.models)
    note = "pas de modèle entraîné" if harm in {nothing, empty} else "modèle entraîné refusé, tri par mots-clés"
    question(installed.firm)
    assert installed.call("run", "--once").code == 0
    shown = installed.row("messages", "show", "m1")
    assert shown["classifier"] == "keywords"
    assert shown["categories"]["client_request"]["decision"] == "yes"
    status = installed.row("status")
    assert status["classifier"] == "keywords"
    assert [t for t in status["troubles"] if t.startswith(note)], status["troubles"]
    digest = " ".join(installed.call("digest", "--preview").out.split())
    assert "tri par mots-clés seulement." in digest
    assert note in digest
    check = installed.call("check", "--json")
    (problem,) = check.rows
    assert (check.code, problem["code"], problem["severity"]) == (0, "model", "warning")
    assert problem["message"].startswith(note)


def test_with_a_sound_model_nobody_speaks_of_it(installed: Installed) -> None:
    assert installed.call("run", "--once").code == 0
    status = installed.row("status")
    assert status["classifier"].startswith("linear@")
    assert status["classifier_note"] == ""
    assert "mots-clés" not in installed.call("digest", "--preview").out
    assert installed.call("check", "--json").out == ""


def test_a_learnt_model_that_is_damaged_gives_way_to_the_shipped_one(installed: Installed) -> None:
    learnt = installed.firm.folder / "state/models"
    learnt.mkdir(parents=True)
    (learnt / "triage-0002-abcdef.json.gz").write_bytes(artefact(2)[:-9])
    assert installed.call("run", "--once").code == 0
    status = installed.row("status")
    assert status["classifier"].startswith("linear@")
    note = "le modèle appris est refusé, les mails sont triés par celui d'origine"
    assert status["classifier_note"].startswith(note)
    assert note in " ".join(installed.call("digest", "--preview").out.split())
    assert installed.call("check", "--json").rows[0]["message"].startswith(note)
