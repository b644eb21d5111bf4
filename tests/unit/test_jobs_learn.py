"""Training: equal to scikit-learn, deterministic, and blind for the test split."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from automator.errors import PermanentError
from automator.jobs import learn
from automator.jobs.training.design import WORDS, scale, vocabulary
from automator.triage.corpus import Row, author, kept_back, message, mime, owner
from automator.triage.scorer import pack, unpack
from automator.triage.verdict import CATEGORIES

CORPUS = Path(__file__).resolve().parents[2] / "models" / "corpus"


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    """A tenth of the corpus, every author in it."""
    return learn.read_rows(CORPUS)[::10]


@pytest.fixture(scope="module")
def examples(rows: list[Row]) -> list[learn.Example]:
    return learn.examples(rows)


@pytest.fixture(scope="module")
def content(examples: list[learn.Example]) -> dict[str, Any]:
    return learn.fit(examples)


def test_probabilities_equal_scikit_learn(examples: list[learn.Example], content: dict[str, Any]) -> None:
    from scipy.sparse import csr_matrix, hstack
    from sklearn.feature_extraction.text import TfidfTransformer
    from sklearn.linear_model import LogisticRegression

    known = vocabulary(examples)
    counts = csr_matrix([[e.features.terms.get(word, 0) for word in known.terms] for e in examples])
    marks = csr_matrix([[scale(cue) * (cue in e.features.cues) for cue in known.cues] for e in examples])
    design = hstack([WORDS * TfidfTransformer(sublinear_tf=True).fit_transform(counts), marks]).tocsr()
    model = unpack(pack(content))
    for place, category in enumerate(CATEGORIES):
        strength = content["made"]["strength"][category]
        theirs = LogisticRegression(C=strength, solver="liblinear", max_iter=400, random_state=0)
        theirs.fit(design, [e.labels[category] for e in examples])
        ours = [model.plain(e.features)[place] for e in examples]
        assert max(abs(a - b) for a, b in zip(ours, theirs.predict_proba(design)[:, 1], strict=True)) < 1e-6


def test_training_twice_gives_the_same_bytes(examples: list[learn.Example], content: dict[str, Any]) -> None:
    assert pack(learn.fit(examples)) == pack(content)


def test_the_test_split_is_never_seen(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    seen = [row for row in learn.read_rows(CORPUS) if not kept_back(row)][::12]
    held = [row for row in learn.read_rows(CORPUS) if kept_back(row)]
    (corpus / "part_a.jsonl").write_text("\n".join(json.dumps(row) for row in [*seen, *held]), encoding="utf-8")
    (tmp_path / "bare").mkdir()
    (tmp_path / "bare" / "part_a.jsonl").write_text("\n".join(json.dumps(row) for row in seen), encoding="utf-8")
    with_test, without = learn.train(corpus, tmp_path / "one"), learn.train(tmp_path / "bare", tmp_path / "two")
    assert with_test.name == without.name
    assert with_test.read_bytes() == without.read_bytes()


def test_artefacts_are_numbered_and_equal_ones_kept(tmp_path: Path, content: dict[str, Any]) -> None:
    first = learn.save(pack(content), tmp_path)
    assert learn.save(pack(content), tmp_path) == first
    second = learn.save(pack(content | {"bias": [0.0, 0.0, 0.0]}), tmp_path)
    assert [first.name[:11], second.name[:11]] == ["triage-0001", "triage-0002"]
    assert sorted(file.name for file in tmp_path.iterdir()) == [first.name, second.name]


def test_the_split_is_by_situation_and_about_a_seventh() -> None:
    rows = learn.read_rows(CORPUS)
    share = sum(map(kept_back, rows)) / len(rows)
    assert 0.12 < share < 0.18
    sides: dict[str, set[bool]] = {}
    for row in rows:
        sides.setdefault(row["situation"], set()).add(kept_back(row))
    assert all(len(side) == 1 for side in sides.values())
    assert {author(row) for row in rows if kept_back(row)} == {author(row) for row in rows}


def test_every_row_of_the_corpus_becomes_a_mail() -> None:
    rows = learn.read_rows(CORPUS)
    assert len({row["id"] for row in rows}) == len(rows)
    for row in rows:
        mail = message(row)
        assert mail.sender.addr == row["from_addr"].lower(), row["id"]
        assert mail.message_id == f"<{row['id']}@corpus.example>"
        assert owner(row).owns(mail.to[0].addr)
        assert mail.text.strip() or not (row.get("body_text") or row.get("body_html"))
        assert {a["filename"] for a in row["attachments"] if a.get("text")} <= {
            a.filename for a in mail.attachments if a.text
        }


def test_a_sender_that_is_not_well_formed_still_travels(rows: list[Row]) -> None:
    odd = {**rows[0], "from_addr": "no at sign", "from_name": "Odd"}
    assert b"no at sign" in mime(odd)


@pytest.mark.parametrize(("content", "says"), [(None, "No part_"), ("{broken", "not a file of JSON lines")])
def test_a_corpus_that_cannot_be_used(tmp_path: Path, content: str | None, says: str) -> None:
    if content:
        (tmp_path / "part_a.jsonl").write_text(content, encoding="utf-8")
    with pytest.raises(PermanentError, match=says):
        learn.read_rows(tmp_path)


def test_the_child_process_says_why_it_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert learn.main([]) == 2
    assert learn.main([str(tmp_path), str(tmp_path)]) == 2
    assert "No part_" in capsys.readouterr().err


def test_a_child_process_trains_and_says_where(tmp_path: Path) -> None:
    import subprocess
    import sys

    corpus = tmp_path / "corpus"
    corpus.mkdir()
    lines = (CORPUS / "part_b.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (corpus / "part_a.jsonl").write_text("".join(lines[:150]), encoding="utf-8")
    shutil.copy(CORPUS / "part_g.jsonl", corpus)
    done = subprocess.run(
        [sys.executable, "-m", "automator.jobs.learn", str(corpus), str(tmp_path / "out")],
        check=True,
        capture_output=True,
        text=True,
    )
    assert unpack(Path(done.stdout.strip()).read_bytes()).categories == CATEGORIES


def test_importing_the_trainer_does_not_import_scikit_learn() -> None:
    import subprocess
    import sys

    code = "import sys, automator.jobs.learn, automator.jobs.evaluate, automator.classifiers.linear; print(sorted({'sklearn', 'numpy', 'scipy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
