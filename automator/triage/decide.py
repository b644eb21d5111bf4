"""From scores to a decision: calibrated probability, two thresholds a category."""

from __future__ import annotations

import math
from dataclasses import dataclass

from automator.triage.verdict import Decision

_STEP = 1e-4


@dataclass(frozen=True, slots=True)
class Calibration:
    """Platt scaling (Platt 1999): p = 1 / (1 + exp(-(slope * score + offset)))."""

    slope: float = 1.0
    offset: float = 0.0

    def __call__(self, score: float) -> float:
        return sigmoid(self.slope * score + self.offset)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """`yes` from `high` on, `no` under `low`, `unsure` between."""

    low: float
    high: float

    def __call__(self, p: float) -> Decision:
        if p >= self.high:
            return "yes"
        return "no" if p < self.low else "unsure"

    def under(self, p: float, ceiling: Decision) -> float:
        """`p` lowered until the decision is not more than `ceiling`: 0 for "no", at most just under `high` for "unsure"."""
        if ceiling == "no":
            return 0.0
        return min(p, self.high - _STEP) if ceiling == "unsure" else p


def sigmoid(score: float) -> float:
    """The logistic function, without overflow."""
    if score >= 0:
        return 1.0 / (1.0 + math.exp(-score))
    small = math.exp(score)
    return small / (1.0 + small)
