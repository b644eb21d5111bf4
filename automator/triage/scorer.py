"""A linear model of triage, read from its artefact and applied in plain Python: no numpy, no scikit-learn, no pickle.

The artefact is gzipped: one line "automator-model FORMAT SHA256", then JSON. Words weigh (1 + ln count) * idf, scaled
to length 1 over the mail; cues weigh 1. One mail's score of a category is the bias plus the sum of the weights; a
sigmoid makes it scikit-learn's predict_proba, a second one (Platt) makes that a calibrated probability.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import math
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import mul
from typing import Any

from automator.errors import PermanentError
from automator.triage.decide import Calibration, Thresholds, sigmoid
from automator.triage.features import Features, fingerprint

FORMAT = 2
_MAGIC = b"automator-model"
_CAP = 64 * 1024 * 1024

Weights = tuple[float, ...]
SparseWeights = tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class Score:
    """Raw scores by category (log-odds before calibration) and the best kind; the rest is what they were made of."""

    raw: tuple[float, ...]
    kind: str
    names: Sequence[str]
    values: Sequence[float]
    rows: Sequence[Weights]


@dataclass(frozen=True, slots=True)
class Model:
    """A trained model. `terms`: word -> (idf, weight per category); `cues`: cue -> weight per category.

    `kind_weights`: feature -> (kind number, weight) pairs; `digest` is the start of the artefact's SHA-256;
    `left_out`: figures of the cross-validation by author, as measured when it was trained.
    """

    digest: str
    categories: tuple[str, ...]
    bias: Weights
    calibration: tuple[Calibration, ...]
    thresholds: tuple[Thresholds, ...]
    terms: Mapping[str, Weights]
    cues: Mapping[str, Weights]
    kinds: tuple[str, ...]
    kind_bias: Weights
    kind_weights: Mapping[str, SparseWeights]
    left_out: Mapping[str, Any]

    def score(self, features: Features) -> Score:
        """Raw scores of a mail and its best kind."""
        names, values, rows = self._vector(features)
        raw = self._linear(features, values, rows)
        return Score(raw, self._kind(names, values, features), names, values, rows)

    def plain(self, features: Features) -> tuple[float, ...]:
        """Uncalibrated probabilities: what scikit-learn's predict_proba gives."""
        _, values, rows = self._vector(features)
        return tuple(sigmoid(score) for score in self._linear(features, values, rows))

    def parts(self, features: Features, score: Score, place: int) -> list[tuple[str, float]]:
        """What each feature added to the raw score of the category at `place`; the bias is left out."""
        column = place + 1
        found = [
            (name, value * row[column])
            for name, value, row in zip(score.names, score.values, score.rows, strict=True)
        ]
        found += [(cue, self.cues[cue][place]) for cue in features.cues if cue in self.cues]
        return found

    def _linear(self, features: Features, values: Sequence[float], rows: Sequence[Weights]) -> tuple[float, ...]:
        known = self.cues
        cues = [known[cue] for cue in features.cues if cue in known]
        nothing: list[Weights] = [()] * len(self.bias)
        columns = [*zip(*rows, strict=True)][1:] or nothing
        marks = [*zip(*cues, strict=True)] or nothing
        return tuple(
            math.fsum([bias, *map(mul, values, column), *mark])
            for bias, column, mark in zip(self.bias, columns, marks, strict=True)
        )

    def _kind(self, names: Sequence[str], values: Sequence[float], features: Features) -> str:
        kinds, sparse = list(self.kind_bias), self.kind_weights
        for name, value in zip(names, values, strict=True):
            pairs = sparse.get(name)
            if pairs is not None:
                for kind, weight in pairs:
                    kinds[kind] += value * weight
        for cue in sorted(features.cues & sparse.keys()):
            for kind, weight in sparse[cue]:
                kinds[kind] += weight
        return self.kinds[kinds.index(max(kinds))] if kinds else "other"

    def _vector(self, features: Features) -> tuple[list[str], list[float], list[Weights]]:
        """The known words, their values scaled to length 1, and their rows of weights."""
        terms, log = self.terms, math.log
        counts = features.terms
        names = [name for name in counts if name in terms]
        rows = [terms[name] for name in names]
        said = [counts[name] for name in names]
        values = [row[0] if n == 1 else row[0] * (1.0 + log(n)) for row, n in zip(rows, said, strict=True)]
        norm = math.sqrt(sum(map(mul, values, values))) or 1.0
        return names, [value / norm for value in values], rows


def pack(content: Mapping[str, Any]) -> bytes:
    """The artefact's bytes; equal content gives equal bytes."""
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    head = b"%s %d %s\n" % (_MAGIC, FORMAT, hashlib.sha256(body).hexdigest().encode())
    return gzip.compress(head + body, 9, mtime=0)


def unpack(artefact: bytes) -> Model:
    """The model in an artefact. Raises PermanentError when it is damaged, changed, or made for another version."""
    head, _, body = _inflate(artefact).partition(b"\n")
    words = head.split(b" ")
    if len(words) != 3 or words[0] != _MAGIC:
        raise PermanentError("This file is not a model of automator. Train one with: automator train")
    if words[1] != b"%d" % FORMAT:
        raise PermanentError(
            f"The model has format {words[1][:9].decode('ascii', 'replace')}, this version reads {FORMAT}. Train it again."
        )
    digest = hashlib.sha256(body).hexdigest()
    if digest.encode() != words[2]:
        raise PermanentError("The model's checksum does not fit: the file is damaged or was changed. Train it again.")
    try:
        return _model(json.loads(body), digest)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise PermanentError("The model's content is incomplete. Train it again.") from error


def _inflate(artefact: bytes) -> bytes:
    try:
        unzip = zlib.decompressobj(wbits=31)
        content = unzip.decompress(artefact, _CAP)
    except zlib.error as error:
        raise PermanentError("The model file is damaged. Train it again.") from error
    if unzip.unconsumed_tail or not unzip.eof:
        raise PermanentError("The model file is cut short or too large. Train it again.")
    return content


def _model(content: Mapping[str, Any], digest: str) -> Model:
    if content["features"] != fingerprint():
        raise PermanentError("The model was trained for other features than this version reads. Train it again.")
    categories = tuple(content["categories"])
    model = Model(
        digest=digest[:6],
        categories=categories,
        bias=tuple(content["bias"]),
        calibration=tuple(Calibration(*pair) for pair in content["calibration"]),
        thresholds=tuple(Thresholds(*pair) for pair in content["thresholds"]),
        terms={name: tuple(weights) for name, weights in content["terms"].items()},
        cues={name: tuple(weights) for name, weights in content["cues"].items()},
        kinds=tuple(content["kinds"]),
        kind_bias=tuple(content["kind_bias"]),
        kind_weights={name: _pairs(flat) for name, flat in content["kind_weights"].items()},
        left_out=content["made"]["author_left_out"],
    )
    _check(model)
    return model


def _pairs(flat: Sequence[float]) -> SparseWeights:
    return tuple((int(kind), weight) for kind, weight in zip(flat[::2], flat[1::2], strict=True))


def _check(model: Model) -> None:
    """Every category has its numbers and every kind number names a kind; else ValueError."""
    width = len(model.categories)
    per_category = (model.bias, model.calibration, model.thresholds)
    rows = {len(row) for row in model.terms.values()} - {width + 1} | {len(row) for row in model.cues.values()} - {
        width
    }
    kinds = {kind for pairs in model.kind_weights.values() for kind, _ in pairs} - set(range(len(model.kinds)))
    if (
        not width
        or rows
        or kinds
        or any(len(part) != width for part in per_category)
        or len(model.kind_bias) != len(model.kinds)
    ):
        raise ValueError("the numbers of the model do not fit together")
