"""What each part of the triage model is worth: python -m benchmarks.triage_variants [VARIANT...].

Rows of the training split only, each scored by a model that has not seen its author (authors left out in groups of
eight) or its situation (five folds). Prints the best F1 over all thresholds: for comparing features, not a promise.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from automator.jobs.training.crossfit import Designs, Fold, by_situation, folds, out_of_fold
from automator.jobs.training.design import WORDS
from automator.jobs.training.examples import Example, examples, read_rows, truths
from automator.triage.corpus import kept_back
from automator.triage.features import Features
from automator.triage.verdict import CATEGORIES

CORPUS = Path(__file__).resolve().parents[1] / "models" / "corpus"
STRENGTH: Final = 48.0


@dataclass(frozen=True, slots=True)
class Variant:
    """Which features stay (by name), how heavy the words are, and how strong the regression."""

    stays: Callable[[str], bool] = lambda name: True
    words: float = WORDS
    strength: float = STRENGTH


def _timed(name: str) -> bool:
    return any(mark in name for mark in ("day", "due", "soon", "hour", "=first", "=written", "=only_past"))


VARIANTS: Final = {
    "words": Variant(lambda name: name[0] != "=" and name[0] != "2"),
    "words and pairs of words": Variant(lambda name: name[0] != "="),
    "cues": Variant(lambda name: name[0] == "="),
    "light words": Variant(words=1.0),
    "weak": Variant(strength=8.0),
    "no pairs of words": Variant(lambda name: name[0] != "2"),
    "no words of questions": Variant(lambda name: name[0] != "q"),
    "no two concepts in a sentence": Variant(lambda name: name[0] != "=" or "+" not in name),
    "no concept by who says it": Variant(lambda name: "@" not in name),
    "no times": Variant(lambda name: name[0] != "=" or not _timed(name)),
    "all": Variant(),
}


def best_f1(scores: Sequence[float], answers: Sequence[bool]) -> float:
    """The highest F1 that any threshold on `scores` reaches."""
    hits, best, positive = 0, 0.0, sum(answers)
    for said, (_, answer) in enumerate(sorted(zip(scores, answers, strict=True), reverse=True), 1):
        hits += answer
        best = max(best, 2 * hits / (said + positive))
    return best


def figures(data: Sequence[Example], variant: Variant) -> Iterator[float]:
    """Best F1 of each category with authors left out, then with situations left out."""
    kept = [replace(example, features=_kept(example.features, variant)) for example in data]
    designs = Designs(words=variant.words)
    for by_author in (True, False):
        for category in CATEGORIES:
            parts: list[Fold] = folds(kept, category) if by_author else by_situation(kept, category, 5)
            scores = out_of_fold(kept, category, variant.strength, parts, designs)
            yield best_f1(scores, truths(kept, category))


def _kept(features: Features, variant: Variant) -> Features:
    terms = Counter({name: count for name, count in features.terms.items() if variant.stays(name)})
    return Features(terms, frozenset(filter(variant.stays, features.cues)))


def main(asked: Sequence[str]) -> None:
    """Print a table of the variants asked for, by default all."""
    data = examples(row for row in read_rows(CORPUS) if not kept_back(row))
    print(f"{len(data)} mails; best F1 by author: {', '.join(CATEGORIES)}; by situation: the same", flush=True)
    for name in asked or VARIANTS:
        print(f"| {name} | " + " | ".join(f"{f1:.3f}" for f1 in figures(data, VARIANTS[name])) + " |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
