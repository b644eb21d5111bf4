"""`automator train FOLDER`, and its model in `automator evaluate`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from automator.classifiers.linear import read
from automator.cli.app import app

CORPUS = Path(__file__).resolve().parents[2] / "models" / "corpus"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A small corpus of two authors."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    for name in ("part_b", "part_g"):
        lines = (CORPUS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
        (folder / f"{name}.jsonl").write_text("".join(lines[:120]), encoding="utf-8")
    return folder


def test_train_writes_a_model_and_says_how_good_it_is(corpus: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["train", str(corpus), "--out", str(tmp_path / "out"), "--json"])
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert said["classifier"] == f"linear@{read(Path(said['model'])).digest}"
    assert said["categories"]["invoice"]["all"]["n"] == said["n"] > 10
    assert said["author_left_out"]["urgent"]["n"] > 100
    shown = CliRunner().invoke(app, ["evaluate", str(corpus), "--model", said["model"]])
    assert shown.exit_code == 0
    assert "un auteur jamais vu" in shown.stdout


def test_what_cannot_be_used(tmp_path: Path) -> None:
    untrained = CliRunner().invoke(app, ["train", str(tmp_path), "--out", str(tmp_path / "out")])
    assert untrained.exit_code == 2
    assert not (tmp_path / "out").exists()
