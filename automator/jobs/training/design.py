"""From examples to the matrix that the regressions see, in the units of triage/scorer.py."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from automator.jobs.training.examples import Example

LEAST_MAILS: Final = 3
LEAST_PAIR: Final = 5
LEAST_CUES: Final = 3
WORDS: Final = 2.5
CUE: Final = 0.18
MARK: Final = 0.45
PAIR: Final = 0.125
"""How large the words of a mail together, a concept, a mark of the envelope and two concepts in a sentence stand in the
matrix. An L2 penalty shrinks a small column more: what is many and rare (pairs) must prove itself."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Columns of the matrix: words with their idf, then cues with their scale."""

    terms: Mapping[str, int]
    idf: Sequence[float]
    cues: Mapping[str, int]
    scales: Sequence[float]

    @property
    def width(self) -> int:
        return len(self.terms) + len(self.cues)


def scale(cue: str) -> float:
    """How large a cue stands in the matrix."""
    if "+" in cue:
        return PAIR
    return CUE if cue[2:3] == ":" or "@" in cue else MARK


def vocabulary(data: Sequence[Example]) -> Vocabulary:
    """Words in LEAST_MAILS mails, two in a row in LEAST_PAIR, cues in LEAST_CUES; idf = ln((1 + n) / (1 + df)) + 1, as scikit-learn smooths it."""
    words = Counter(word for example in data for word in example.features.terms)
    cues = Counter(cue for example in data for cue in example.features.cues)
    kept = sorted(word for word, mails in words.items() if mails >= (LEAST_PAIR if word[0] == "2" else LEAST_MAILS))
    marks = sorted(cue for cue, mails in cues.items() if mails >= LEAST_CUES)
    idf = [math.log((1 + len(data)) / (1 + words[word])) + 1 for word in kept]
    return Vocabulary(
        {w: n for n, w in enumerate(kept)}, idf, {c: n for n, c in enumerate(marks)}, [*map(scale, marks)]
    )


def matrix(data: Sequence[Example], known: Vocabulary, *, words: float = WORDS) -> Any:
    """The sparse matrix of `data`: words, (1 + ln count) * idf, scaled to length `words` a mail; then cues at their scale."""
    from scipy.sparse import csr_matrix

    columns: list[int] = []
    values: list[float] = []
    ends = [0]
    for example in data:
        found = [(known.terms[w], c) for w, c in example.features.terms.items() if w in known.terms]
        weights = [(column, (1 + math.log(count)) * known.idf[column]) for column, count in found]
        length = math.sqrt(sum(weight * weight for _, weight in weights)) or 1.0
        marks = sorted(known.cues[cue] for cue in example.features.cues if cue in known.cues)
        columns += [column for column, _ in weights] + [len(known.terms) + mark for mark in marks]
        values += [weight / length * words for _, weight in weights] + [known.scales[mark] for mark in marks]
        ends.append(len(columns))
    return csr_matrix((values, columns, ends), shape=(len(data), known.width))


def by_name(known: Vocabulary, rows: Sequence[Sequence[float]]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Coefficients (one row a category) as the artefact keeps them: word -> idf and weights, cue -> weights."""
    terms = {w: [round(known.idf[n], 9), *(round(row[n] * WORDS, 9) for row in rows)] for w, n in known.terms.items()}
    first = len(known.terms)
    cues = {c: [round(row[first + n] * known.scales[n], 9) for row in rows] for c, n in known.cues.items()}
    return terms, cues
