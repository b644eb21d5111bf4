"""Train the triage model from a labelled corpus; run as a child process of low priority, never inside the service.

    python -m automator.jobs.learn CORPUS OUT

The same corpus gives the same artefact, byte for byte.
"""

from __future__ import annotations

import json
import math
import os
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from automator.errors import PermanentError
from automator.triage.corpus import Row, author, kept_back, message, owner
from automator.triage.decide import Calibration, Thresholds
from automator.triage.features import Features, extract, fingerprint
from automator.triage.kind import SILENT
from automator.triage.measure import Judged, choose_thresholds, false_alarms, figures, precision
from automator.triage.scorer import pack
from automator.triage.verdict import CATEGORIES

CUE_SCALE: Final = 0.25
LEAST_MAILS: Final = 3
LEAST_CUES: Final = 3
STRENGTHS: Final = (6.0, 12.0, 24.0)
KIND_STRENGTH: Final = 3.0
LEAST_KIND: Final = 8
PRECISE: Final = 0.88  # on authors never seen; 0.95 there would cost a quarter of the bills (models/README.md)
MISS_COST: Final[Mapping[str, float]] = {"invoice": 5.0, "client_request": 10.0, "urgent": 20.0}


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled mail as the trainer sees it; `group` keeps mails of one author together in cross-validation."""

    group: str
    kind: str
    labels: Mapping[str, bool]
    features: Features


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Columns of the training matrix: words with their idf, then cues."""

    terms: Mapping[str, int]
    idf: Sequence[float]
    cues: Mapping[str, int]


def read_rows(corpus: Path) -> list[Row]:
    """All rows of the `part_*.jsonl` and `frauds.jsonl` files of a folder, by file name. PermanentError when there are none."""
    rows: list[Row] = []
    for file in sorted([*corpus.glob("part_*.jsonl"), *corpus.glob("frauds.jsonl")]):
        try:
            rows += [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
        except ValueError as error:
            raise PermanentError(f"{file.name} is not a file of JSON lines: {error}") from error
    if not rows:
        raise PermanentError(f"No part_*.jsonl file with labelled mails lies in {corpus}.")
    return rows


def examples(rows: Iterable[Row]) -> list[Example]:
    """Rows as training examples, by way of the mail parser."""
    return [Example(author(row), row["kind"], row["labels"], extract(message(row), owner(row))) for row in rows]


def vocabulary(data: Sequence[Example]) -> Vocabulary:
    """Words in LEAST_MAILS mails and cues in LEAST_CUES; idf = ln((1 + n) / (1 + df)) + 1, as scikit-learn smooths it."""
    words = Counter(word for example in data for word in example.features.terms)
    cues = Counter(cue for example in data for cue in example.features.cues)
    kept = sorted(word for word, mails in words.items() if mails >= LEAST_MAILS)
    marks = sorted(cue for cue, mails in cues.items() if mails >= LEAST_CUES)
    idf = [math.log((1 + len(data)) / (1 + words[word])) + 1 for word in kept]
    return Vocabulary({w: n for n, w in enumerate(kept)}, idf, {c: n for n, c in enumerate(marks)})


def matrix(data: Sequence[Example], known: Vocabulary) -> Any:
    """The sparse matrix of `data`: words scaled to length 1 a mail, then cues at CUE_SCALE."""
    from scipy.sparse import csr_matrix

    columns: list[int] = []
    values: list[float] = []
    ends = [0]
    for example in data:
        found = [(known.terms[w], c) for w, c in example.features.terms.items() if w in known.terms]
        weights = [(column, (1 + math.log(count)) * known.idf[column]) for column, count in found]
        norm = math.sqrt(sum(weight * weight for _, weight in weights)) or 1.0
        marks = sorted(known.cues[cue] for cue in example.features.cues if cue in known.cues)
        columns += [column for column, _ in weights] + [len(known.terms) + mark for mark in marks]
        values += [weight / norm for _, weight in weights] + [CUE_SCALE] * len(marks)
        ends.append(len(columns))
    return csr_matrix((values, columns, ends), shape=(len(data), len(known.terms) + len(known.cues)))


def fit(data: Sequence[Example]) -> dict[str, Any]:
    """The content of an artefact trained on `data` (see triage/scorer.py), and how it was chosen under "made"."""
    known = vocabulary(data)
    design = matrix(data, known)
    strengths, scores = _cross_validate(data)
    weights, bias = [], []
    for category in CATEGORIES:
        model = _regression(strengths[category]).fit(design, _truths(data, category))
        weights.append([float(value) for value in model.coef_[0]])
        bias.append(float(model.intercept_[0]))
    calibration = [_platt(scores[c], _truths(data, c)) for c in CATEGORIES]
    held_out = {
        c: [Calibration(*pair)(s) for s in scores[c]] for c, pair in zip(CATEGORIES, calibration, strict=True)
    }
    thresholds = {
        c: choose_thresholds(_truths(data, c), held_out[c], miss_cost=MISS_COST[c], limit=_LIMITS[c])
        for c in CATEGORIES
    }
    return {
        "features": fingerprint(),
        "categories": list(CATEGORIES),
        "bias": [round(value, 9) for value in bias],
        "calibration": [[round(value, 9) for value in pair] for pair in calibration],
        "thresholds": [[thresholds[c].low, thresholds[c].high] for c in CATEGORIES],
        "terms": {word: [round(known.idf[n], 9), *_column(weights, n, 1.0)] for word, n in known.terms.items()},
        "cues": {cue: _column(weights, len(known.terms) + n, CUE_SCALE) for cue, n in known.cues.items()},
        **_kinds(data, known, design),
        "made": {
            "mails": len(data),
            "strength": strengths,
            "authors": sorted({example.group for example in data}),
            "author_left_out": {c: _left_out(data, c, held_out[c], thresholds[c]) for c in CATEGORIES},
        },
    }


def _column(weights: Sequence[Sequence[float]], column: int, scale: float) -> list[float]:
    return [round(row[column] * scale, 9) for row in weights]


def _truths(data: Sequence[Example], category: str) -> list[bool]:
    return [bool(example.labels[category]) for example in data]


def _regression(strength: float) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=strength, solver="liblinear", max_iter=400, random_state=0)


def _cross_validate(data: Sequence[Example]) -> tuple[dict[str, float], dict[str, list[float]]]:
    """Leave one author out: the strength with the least log loss of each category, and its out-of-fold scores."""
    scores = {(c, s): [0.0] * len(data) for c in CATEGORIES for s in STRENGTHS}
    for group in sorted({example.group for example in data}):
        inside = [n for n, example in enumerate(data) if example.group != group]
        outside = [n for n, example in enumerate(data) if example.group == group]
        seen = [data[n] for n in inside]
        known = vocabulary(seen)
        design, held = matrix(seen, known), matrix([data[n] for n in outside], known)
        for (category, strength), held_scores in scores.items():
            model = _regression(strength).fit(design, _truths(seen, category))
            for n, score in zip(outside, model.decision_function(held), strict=True):
                held_scores[n] = float(score)
    best = {c: min(STRENGTHS, key=lambda s, c=c: _log_loss(scores[c, s], _truths(data, c))) for c in CATEGORIES}  # type: ignore[misc]
    return best, {c: scores[c, best[c]] for c in CATEGORIES}


def _log_loss(scores: Sequence[float], truths: Sequence[bool]) -> float:
    """Logistic loss after calibration: strengths are compared as they would be used."""
    slope, offset = _platt(scores, truths)
    return sum(
        math.log1p(math.exp(-(2 * truth - 1) * (slope * score + offset)))
        for score, truth in zip(scores, truths, strict=True)
    )


def _platt(scores: Sequence[float], truths: Sequence[bool]) -> tuple[float, float]:
    model = _regression(1e4).fit([[score] for score in scores], truths)
    return float(model.coef_[0][0]), float(model.intercept_[0])


def _left_out(
    data: Sequence[Example], category: str, ps: Sequence[float], thresholds: Thresholds
) -> dict[str, object]:
    """The figures on mails of an author that the model had not seen (each author left out in turn)."""
    return figures([Judged(truth, p, thresholds(p)) for truth, p in zip(_truths(data, category), ps, strict=True)])


def _precise(judged: Sequence[Judged]) -> bool:
    return (precision(judged).value or 0.0) >= PRECISE


def _quiet(judged: Sequence[Judged]) -> bool:
    return (false_alarms(judged).value or 0.0) <= 1 / 40


_LIMITS: Final = {"invoice": _precise, "client_request": lambda judged: True, "urgent": _quiet}


def _kinds(data: Sequence[Example], known: Vocabulary, design: Any) -> dict[str, Any]:
    """One sparse (L1) regression a kind: few weights say as much as all, and cost little. Silent kinds are told by rule."""
    from sklearn.linear_model import LogisticRegression

    counts = Counter(example.kind for example in data)
    kinds = sorted(kind for kind, mails in counts.items() if mails >= LEAST_KIND and kind not in SILENT)
    names = [*known.terms, *known.cues]
    weights: dict[str, list[float]] = {}
    bias = []
    for place, kind in enumerate(kinds):
        model = LogisticRegression(C=KIND_STRENGTH, l1_ratio=1, solver="liblinear", max_iter=400, random_state=0)
        model.fit(design, [example.kind == kind for example in data])
        bias.append(round(float(model.intercept_[0]), 6))
        for column in model.coef_[0].nonzero()[0]:
            scale = 1.0 if column < len(known.terms) else CUE_SCALE
            weights.setdefault(names[column], []).extend((place, round(float(model.coef_[0][column]) * scale, 4)))
    return {"kinds": kinds, "kind_bias": bias, "kind_weights": weights}


def train(corpus: Path, out: Path) -> Path:
    """Train on the rows of `corpus` that are not kept back and write the artefact into the folder `out`.

    Returns its path: triage-NNNN-HASH.json.gz, numbered after the newest there; an equal artefact is not written twice.
    """
    artefact = pack(fit(examples(row for row in read_rows(corpus) if not kept_back(row))))
    return save(artefact, out)


def save(artefact: bytes, out: Path) -> Path:
    """Write an artefact under the next number, in one step; an equal one that is there already is kept."""
    from automator.triage.scorer import unpack

    digest = unpack(artefact).digest
    out.mkdir(parents=True, exist_ok=True)
    there = sorted(out.glob("triage-*.json.gz"))
    for file in there:
        if file.name.endswith(f"-{digest}.json.gz"):
            return file
    number = max((int(file.name.split("-")[1]) for file in there if file.name.split("-")[1].isdigit()), default=0) + 1
    path = out / f"triage-{number:04}-{digest}.json.gz"
    scratch = path.with_suffix(".tmp")
    scratch.write_bytes(artefact)
    scratch.replace(path)
    return path


def main(arguments: Sequence[str]) -> int:
    """The child process: two folders in, the path of the artefact out; 2 with a sentence on stderr when it fails."""
    if len(arguments) != 2:
        sys.stderr.write("usage: python -m automator.jobs.learn CORPUS OUT\n")
        return 2
    os.nice(10)
    try:
        path = train(Path(arguments[0]), Path(arguments[1]))
    except PermanentError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(f"{path}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
