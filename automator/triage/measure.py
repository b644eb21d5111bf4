"""How good verdicts are: precision, recall, F1, calibration and coverage, each with its n and a 95 % interval."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from automator.triage.decide import Thresholds
from automator.triage.verdict import Decision

MAX_UNSURE = 0.085  # 0.10 is the promise; other mails differ from those the thresholds were chosen on
_Z = 1.959963984540054
_DRAWS = 400


@dataclass(frozen=True, slots=True)
class Judged:
    """One mail, one category: what was true, what was said."""

    truth: bool
    p: float
    decision: Decision


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `n`, with Wilson's 95 % interval; `value` None when n = 0."""

    hits: int
    n: int

    @property
    def value(self) -> float | None:
        return self.hits / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(self.hits, self.n)


def wilson(hits: int, n: int) -> tuple[float, float]:
    """Wilson's 95 % score interval of a share (Wilson 1927); (0, 1) when nothing was counted."""
    if not n:
        return 0.0, 1.0
    share, z2 = hits / n, _Z * _Z
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = _Z * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return max(0.0, centre - half), min(1.0, centre + half)


def f1(judged: Sequence[Judged]) -> float:
    """F1 with unsure counted as no; 1.0 when there was nothing to find and nothing was found."""
    hits = sum(j.truth and j.decision == "yes" for j in judged)
    said, true = sum(j.decision == "yes" for j in judged), sum(j.truth for j in judged)
    return 2 * hits / (said + true) if said + true else 1.0


def f1_interval(judged: Sequence[Judged]) -> tuple[float, float]:
    """95 % percentile bootstrap of F1 with a fixed seed: the same mails give the same interval."""
    if not judged:
        return 0.0, 1.0
    draw = random.Random(0)  # noqa: S311 - resampling, not secrecy
    found = sorted(f1(draw.choices(judged, k=len(judged))) for _ in range(_DRAWS))
    return found[int(0.025 * _DRAWS)], found[int(0.975 * _DRAWS) - 1]


def precision(judged: Sequence[Judged]) -> Share:
    """Of the mails said yes, those that are."""
    return Share(sum(j.truth and j.decision == "yes" for j in judged), sum(j.decision == "yes" for j in judged))


def recall(judged: Sequence[Judged], *, unsure: bool = False) -> Share:
    """Of the mails that are, those said yes (with `unsure`: yes or unsure)."""
    caught = {"yes", "unsure"} if unsure else {"yes"}
    return Share(sum(j.truth and j.decision in caught for j in judged), sum(j.truth for j in judged))


def false_alarms(judged: Sequence[Judged]) -> Share:
    """Of all mails, those said yes that are not."""
    return Share(sum(not j.truth and j.decision == "yes" for j in judged), len(judged))


def unsure(judged: Sequence[Judged]) -> Share:
    """Of all mails, those left unsure."""
    return Share(sum(j.decision == "unsure" for j in judged), len(judged))


def calibration_error(judged: Sequence[Judged], bins: int = 10) -> float:
    """Expected calibration error over equal-width bins of p (Naeini et al. 2015)."""
    total = 0.0
    for place in range(bins):
        held = [j for j in judged if min(int(j.p * bins), bins - 1) == place]
        if held:
            total += abs(sum(j.p for j in held) - sum(j.truth for j in held))
    return total / len(judged) if judged else 0.0


def figures(judged: Sequence[Judged]) -> dict[str, object]:
    """Every figure of one category as plain values; shares as {value, low, high, n}."""
    low, high = f1_interval(judged)
    sure = [j for j in judged if j.decision != "unsure"]
    return {
        "n": len(judged),
        "positive": sum(j.truth for j in judged),
        "f1": {"value": round(f1(judged), 4), "low": round(low, 4), "high": round(high, 4), "n": len(judged)},
        "f1_sure": round(f1(sure), 4),
        "precision": _plain(precision(judged)),
        "recall": _plain(recall(judged)),
        "caught": _plain(recall(judged, unsure=True)),
        "false_alarms": _plain(false_alarms(judged)),
        "unsure": _plain(unsure(judged)),
        "calibration_error": round(calibration_error(judged), 4),
    }


def _plain(share: Share) -> dict[str, float | int | None]:
    low, high = share.interval
    value = share.value
    return {
        "value": None if value is None else round(value, 4),
        "low": round(low, 4),
        "high": round(high, 4),
        "n": share.n,
    }


Limit = Callable[[Sequence[Judged]], bool]


def choose_thresholds(truths: Sequence[bool], ps: Sequence[float], *, miss_cost: float, limit: Limit) -> Thresholds:
    """Two thresholds from out-of-fold probabilities.

    1. `high` is the candidate with the best F1 among those that keep `limit`; without one, the best F1 of all.
    2. `low` is where a miss costs as much as a false alarm (p = 1 / (1 + miss_cost)), but
    3. never so low that more than MAX_UNSURE of the mails would be unsure, and never above `high`.
    """
    candidates = [step / 100 for step in range(5, 100)]
    scored = [(_judge(truths, ps, Thresholds(t, t)), t) for t in candidates]
    kept = [(f1(judged), -t) for judged, t in scored if limit(judged)] or [(f1(judged), -t) for judged, t in scored]
    high = -max(kept)[1]
    below = sorted((p for p in ps if p < high), reverse=True)
    room = int(MAX_UNSURE * len(ps))
    floor = below[room] + 1e-6 if room < len(below) else 0.0
    return Thresholds(round(min(high, max(1 / (1 + miss_cost), floor)), 4), high)


def _judge(truths: Sequence[bool], ps: Sequence[float], thresholds: Thresholds) -> list[Judged]:
    return [Judged(truth, p, thresholds(p)) for truth, p in zip(truths, ps, strict=True)]
