"""Scores of mails by models that have not seen them: what strengths, calibration and thresholds are chosen on."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from automator.jobs.training.design import WORDS, Vocabulary, matrix, vocabulary
from automator.jobs.training.examples import Example, truths, weights

FOLDS: Final = 8
FEW_FOLDS: Final = 5

Fold = list[int]


def regression(strength: float) -> Any:
    """An L2 logistic regression; the solver is deterministic."""
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=strength, solver="liblinear", max_iter=400, random_state=0)


def folds(data: Sequence[Example], category: str) -> list[Fold]:
    """Authors left out, in at most FOLDS groups; where that leaves one answer only, FEW_FOLDS folds by situation.

    Where that leaves one answer, too, rows are dealt one by one: LEAST_EXAMPLES (fit.py) of each answer are then enough.
    """
    authors = sorted({example.group for example in data})
    count = min(FOLDS, len(authors))
    groups = [[n for n, e in enumerate(data) if authors.index(e.group) % count == k] for k in range(count)]
    for found in (groups, by_situation(data, category, FEW_FOLDS)):
        if len(found) > 1 and all(two_sided([data[n] for n in others(len(data), part)], category) for part in found):
            return found
    return by_situation([replace(example, situation="") for example in data], category, FEW_FOLDS)


def by_situation(data: Sequence[Example], category: str, count: int) -> list[Fold]:
    """`count` folds with mails of one situation together and the yes spread evenly; a mail without one stands alone."""
    units: dict[str, Fold] = {}
    for n, example in enumerate(data):
        units.setdefault(example.situation or f"\0{n}", []).append(n)
    order = sorted(units.values(), key=lambda unit: (any(data[n].labels[category] for n in unit), unit[0]))
    dealt: list[Fold] = [[] for _ in range(count)]
    for place, unit in enumerate(order):
        dealt[place % count] += unit
    return [sorted(fold) for fold in dealt if fold]


def others(count: int, fold: Iterable[int]) -> Fold:
    """The rows that are not in `fold`."""
    outside = set(fold)
    return [n for n in range(count) if n not in outside]


def two_sided(data: Sequence[Example], category: str) -> bool:
    """Are there both a yes and a no to learn from?"""
    return len(set(truths(data, category))) == 2


class Designs:
    """Matrices of each fold, made once and shared by the categories that use the same rows and folds."""

    def __init__(self, *, words: float = WORDS) -> None:
        self._words = words
        self._made: dict[tuple[tuple[int, ...], tuple[int, ...]], tuple[Any, ...]] = {}

    def of(self, data: Sequence[Example], fold: Fold) -> tuple[Any, ...]:
        """The matrix of the rows outside `fold`, and of those in it."""
        key = (tuple(id(example) for example in data), tuple(fold))
        if key not in self._made:
            seen = [data[n] for n in others(len(data), fold)]
            known: Vocabulary = vocabulary(seen)
            self._made[key] = tuple(
                matrix(rows, known, words=self._words) for rows in (seen, [data[n] for n in fold])
            )
        return self._made[key]


def out_of_fold(
    data: Sequence[Example], category: str, strength: float, parts: Sequence[Fold], designs: Designs
) -> list[float]:
    """The score of each mail by the model of the folds that it is not in."""
    scores = [0.0] * len(data)
    for fold in parts:
        design, held = designs.of(data, fold)
        seen = [data[n] for n in others(len(data), fold)]
        model = regression(strength).fit(design, truths(seen, category), sample_weight=weights(seen))
        for n, score in zip(fold, model.decision_function(held), strict=True):
            scores[n] = float(score)
    return scores


def platt(scores: Sequence[float], answers: Sequence[bool], heavy: Sequence[float]) -> tuple[float, float]:
    """Slope and offset that make scores log-odds (Platt 1999)."""
    model = regression(1e4).fit([[score] for score in scores], answers, sample_weight=heavy)
    return float(model.coef_[0][0]), float(model.intercept_[0])


def log_loss(scores: Sequence[float], answers: Sequence[bool], heavy: Sequence[float]) -> float:
    """Logistic loss after calibration: strengths are compared as they would be used."""
    slope, offset = platt(scores, answers, heavy)
    return sum(
        weight * _softplus(-(2 * answer - 1) * (slope * score + offset))
        for score, answer, weight in zip(scores, answers, heavy, strict=True)
    )


def _softplus(x: float) -> float:
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))
