"""A linear model of triage, read from its artefact and applied in plain Python: no numpy, no scikit-learn, no pickle.

The artefact is gzipped: one line "automator-model FORMAT SHA256", then JSON. Words weigh (1 + ln count) * idf, scaled
to length 1 over the mail; cues weigh 1. One mail's score of a category is the bias plus the sum of the weights; a
sigmoid makes it scikit-learn's predict_proba, a second one (Platt) makes that a calibrated probability.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log, sqrt
from typing import Any

from automator.errors import PermanentError
from automator.triage.decide import Calibration, Thresholds, sigmoid
from automator.triage.features import Features, fingerprint
from automator.words import msgid

FORMAT = 2
_MAGIC = b"automator-model"
_CAP = 64 * 1024 * 1024

_WHOLE = 1e9

Weights = tuple[float, ...]
SparseWeights = tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class Score:
    """Raw scores by category (log-odds before calibration) and the best kind.

    `words` and `marks` are the rows of the known words and cues, one after the other (see Model); `norm` is the length
    of the mail's vector of words, to which it is scaled.
    """

    raw: tuple[float, ...]
    kind: str
    words: array[float]
    marks: array[float]
    norm: float


@dataclass(frozen=True, slots=True)
class Model:
    """A trained model. `terms`: word -> (idf squared, idf times weight per category); `cues`: cue -> weight per category.

    Both as doubles in bytes, which takes a third of the memory of tuples and is added up without touching each number.
    `kind_terms`: word -> (kind number, idf times weight) pairs, `kind_cues`: cue -> (kind number, weight) pairs. All
    that a cue weighs, and `kind_bias`, is in whole billionths: such sums are exact, in whatever order a set gives cues;
    `digest` is the start of the artefact's SHA-256; `left_out`: figures of the cross-validation by author, as measured
    when it was trained.
    """

    digest: str
    categories: tuple[str, ...]
    bias: Weights
    calibration: tuple[Calibration, ...]
    thresholds: tuple[Thresholds, ...]
    terms: Mapping[str, bytes]
    cues: Mapping[str, bytes]
    kinds: tuple[str, ...]
    kind_bias: Weights
    kind_terms: Mapping[str, SparseWeights]
    kind_cues: Mapping[str, SparseWeights]
    left_out: Mapping[str, Any]

    def score(self, features: Features) -> Score:
        """Raw scores of a mail and its best kind."""
        counts, width = features.terms, len(self.bias)
        words = array("d", b"".join(filter(None, map(self.terms.get, counts))))
        sums = [sum(words[place :: width + 1]) for place in range(width + 1)]
        for row, extra in self._repeated(counts):
            sums[0] += row[0] * extra * (extra + 2.0)  # (1 + extra)² - 1
            for place in range(1, width + 1):
                sums[place] += row[place] * extra
        norm = sqrt(sums[0]) or 1.0
        marks = array("d", b"".join(filter(None, map(self.cues.get, features.cues))))
        raw = [
            self.bias[place] + sums[place + 1] / norm + sum(marks[place::width]) / _WHOLE for place in range(width)
        ]
        return Score(tuple(raw), self._kind(features, norm), words, marks, norm)

    def _repeated(self, counts: Mapping[str, int]) -> Iterator[tuple[Sequence[float], float]]:
        """The words said more than once: their rows, and how much more they weigh than words said once."""
        for name, count in counts.items():
            if count != 1 and name in self.terms:
                yield array("d", self.terms[name]), log(count)

    def plain(self, features: Features) -> tuple[float, ...]:
        """Uncalibrated probabilities: what scikit-learn's predict_proba gives."""
        return tuple(map(sigmoid, self.score(features).raw))

    def parts(self, features: Features, score: Score, place: int) -> Iterable[tuple[str, float]]:
        """What each feature added to the raw score of the category at `place`; the bias is left out."""
        counts, width, norm = features.terms, len(self.bias), score.norm
        names = [*filter(self.terms.__contains__, counts)]
        added = [weight / norm for weight in score.words[place + 1 :: width + 1]]
        for at, name in enumerate(names):
            if counts[name] != 1:
                added[at] *= 1.0 + log(counts[name])
        names += filter(self.cues.__contains__, features.cues)
        added += [weight / _WHOLE for weight in score.marks[place::width]]
        return zip(names, added, strict=True)

    def _kind(self, features: Features, norm: float) -> str:
        kinds, counts = list(self.kind_bias), features.terms
        for cue in filter(self.kind_cues.__contains__, features.cues):
            for kind, weight in self.kind_cues[cue]:
                kinds[kind] += weight
        once = _WHOLE / norm
        for name in filter(self.kind_terms.__contains__, counts):
            value = once if counts[name] == 1 else once * (1.0 + log(counts[name]))
            for kind, weight in self.kind_terms[name]:
                kinds[kind] += value * weight
        return self.kinds[kinds.index(max(kinds))] if kinds else "other"


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
        raise PermanentError(msgid("This file is not a model of automator. Train one with: automator train"))
    if words[1] != b"%d" % FORMAT:
        raise PermanentError(msgid("The model was made for another version of automator. Train it again."))
    digest = hashlib.sha256(body).hexdigest()
    if digest.encode() != words[2]:
        raise PermanentError(
            msgid("The model's checksum does not fit: the file is damaged or was changed. Train it again.")
        )
    try:
        return _model(json.loads(body), digest)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise PermanentError(msgid("The model's content is incomplete. Train it again.")) from error


def _inflate(artefact: bytes) -> bytes:
    try:
        unzip = zlib.decompressobj(wbits=31)
        content = unzip.decompress(artefact, _CAP)
    except zlib.error as error:
        raise PermanentError(msgid("The model file is damaged. Train it again.")) from error
    if unzip.unconsumed_tail or not unzip.eof:
        raise PermanentError(msgid("The model file is cut short or too large. Train it again."))
    return content


def _model(content: Mapping[str, Any], digest: str) -> Model:
    if content["features"] != fingerprint():
        raise PermanentError(
            msgid("The model was trained for other features than this version reads. Train it again.")
        )
    _check(content)
    terms, cues, kinds = content["terms"], content["cues"], content["kind_weights"]
    return Model(
        digest=digest[:6],
        categories=tuple(content["categories"]),
        bias=tuple(content["bias"]),
        calibration=tuple(Calibration(*pair) for pair in content["calibration"]),
        thresholds=tuple(Thresholds(*pair) for pair in content["thresholds"]),
        kinds=tuple(content["kinds"]),
        kind_bias=_whole(content["kind_bias"]),
        kind_terms={name: _pairs(flat, terms[name][0]) for name, flat in kinds.items() if name in terms},
        kind_cues={name: _pairs(flat, cue=True) for name, flat in kinds.items() if name in cues},
        terms=_packed(terms, lambda row: [row[0] * number for number in row]),
        cues=_packed(cues, _whole),
        left_out=content["made"]["author_left_out"],
    )


def _whole(numbers: Sequence[float]) -> Weights:
    return tuple([float(round(number * _WHOLE)) for number in numbers])


def _packed(rows: dict[str, Any], scaled: Callable[[Sequence[float]], Sequence[float]]) -> dict[str, bytes]:
    """Each row of numbers, scaled, as doubles in bytes; in place, so that no list outlives its bytes."""
    for name, row in rows.items():
        rows[name] = array("d", scaled(row)).tobytes()
    return rows


def _pairs(flat: Sequence[float], idf: float = 1.0, *, cue: bool = False) -> SparseWeights:
    weights = _whole(flat[1::2]) if cue else [weight * idf for weight in flat[1::2]]
    return tuple(zip(map(int, flat[::2]), weights, strict=True))


def _check(content: Mapping[str, Any]) -> None:
    """Every category has its numbers, and every kind number names a kind; else ValueError."""
    width = len(content["categories"])
    terms, cues, kinds = content["terms"], content["cues"], content["kind_weights"]
    fits = (
        width > 0
        and set(map(len, terms.values())) <= {width + 1}
        and set(map(len, cues.values())) <= {width}
        and all(len(content[part]) == width for part in ("bias", "calibration", "thresholds"))
        and len(content["kind_bias"]) == len(content["kinds"])
        and not any(len(flat) % 2 for flat in kinds.values())
        and {kind for flat in kinds.values() for kind in flat[::2]} <= set(range(len(content["kinds"])))
    )
    if not fits:
        raise ValueError("the numbers of the model do not fit together")
