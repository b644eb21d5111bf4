"""From examples to the content of an artefact: weights, calibration, thresholds, and how they were chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from automator.jobs.training import kinds
from automator.jobs.training.crossfit import Designs, folds, log_loss, out_of_fold, platt, regression, two_sided
from automator.jobs.training.design import by_name, matrix, vocabulary
from automator.jobs.training.examples import Example, truths, weights
from automator.triage.decide import Calibration, Thresholds
from automator.triage.features import fingerprint
from automator.triage.measure import (
    MISS_COST,
    OWN_MISS_COST,
    Judged,
    choose_thresholds,
    false_alarms,
    figures,
    precision,
)
from automator.triage.verdict import CATEGORIES

STRENGTHS: Final = (16.0, 48.0)
LEAST_EXAMPLES: Final = 5
CAREFUL: Final = Thresholds(0.5, 0.9)
NEVER: Final = -9.0
PRECISE: Final = 0.90  # on authors never seen; what 0.95 would cost is told in models/README.md


@dataclass(frozen=True, slots=True)
class Chosen:
    """What cross-fitting says of one category; `left_out` are the figures on mails of authors not seen."""

    strength: float
    calibration: tuple[float, float]
    thresholds: Thresholds
    left_out: Mapping[str, object]


def fit(data: Sequence[Example], *, categories: Sequence[str] = CATEGORIES) -> dict[str, Any]:
    """The content of an artefact trained on `data` (see triage/scorer.py), and how it was chosen under "made".

    `categories` may hold the owner's own ones; one with too few examples gets a conservative default.
    """
    known = vocabulary(data)
    design = matrix(data, known)
    designs = Designs()
    chosen = {c: choose([example for example in data if c in example.labels], c, designs) for c in categories}
    rows, bias = [], []
    for category in categories:
        row, start = _weights(data, design, category, chosen[category].strength)
        rows.append(row)
        bias.append(start)
    terms, cues = by_name(known, rows)
    return {
        "features": fingerprint(),
        "categories": list(categories),
        "bias": [round(value, 9) for value in bias],
        "calibration": [[round(value, 9) for value in chosen[c].calibration] for c in categories],
        "thresholds": [[chosen[c].thresholds.low, chosen[c].thresholds.high] for c in categories],
        "terms": terms,
        "cues": cues,
        **kinds.fit(data, known, design),
        "made": {
            "mails": len(data),
            "strength": {c: chosen[c].strength for c in categories},
            "authors": sorted({example.group for example in data}),
            "author_left_out": {c: chosen[c].left_out for c in categories},
        },
    }


def choose(data: Sequence[Example], category: str, designs: Designs) -> Chosen:
    """Strength, calibration and thresholds from out-of-fold scores; a conservative default for too few examples."""
    answers = truths(data, category)
    if min(sum(answers), len(answers) - sum(answers)) < LEAST_EXAMPLES:
        return Chosen(STRENGTHS[0], (1.0, 0.0), CAREFUL, {})
    parts, heavy = folds(data, category), weights(data)
    tried = {s: out_of_fold(data, category, s, parts, designs) for s in STRENGTHS}
    strength = min(STRENGTHS, key=lambda s: log_loss(tried[s], answers, heavy))
    scores = tried[strength]
    calibration = platt(scores, answers, heavy)
    ps = [Calibration(*calibration)(score) for score in scores]
    miss_cost = MISS_COST.get(category, OWN_MISS_COST)
    thresholds = choose_thresholds(answers, ps, miss_cost=miss_cost, limit=_LIMITS.get(category, _any))
    judged = [Judged(answer, p, thresholds(p)) for answer, p in zip(answers, ps, strict=True)]
    return Chosen(strength, calibration, thresholds, figures(judged, miss_cost))


def _weights(data: Sequence[Example], design: Any, category: str, strength: float) -> tuple[list[float], float]:
    """Coefficients and intercept learnt from every row that knows the category."""
    rows = [n for n, example in enumerate(data) if category in example.labels]
    seen = [data[n] for n in rows]
    if not two_sided(seen, category):
        return [0.0] * design.shape[1], NEVER
    model = regression(strength).fit(design[rows], truths(seen, category), sample_weight=weights(seen))
    return [float(value) for value in model.coef_[0]], float(model.intercept_[0])


def _precise(judged: Sequence[Judged]) -> bool:
    return (precision(judged).value or 0.0) >= PRECISE


def _quiet(judged: Sequence[Judged]) -> bool:
    return (false_alarms(judged).value or 0.0) <= 1 / 40


def _any(judged: Sequence[Judged]) -> bool:
    return True


_LIMITS: Final = {"invoice": _precise, "urgent": _quiet}
