"""May a new model take over? It must be at least as good on what people said, and hardly worse on the shipped split.

1. On the mails that people corrected and no training saw, its mistakes may not cost more than those of the model in
force: a wrong decision costs 1, an unsure one a half. 2. On the shipped test split each category is compared with the
shipped model, not with the last one: else many small steps down would add up. F1 (unsure counts as no) may fall by
0.01, the size of one or two mails there; by up to 0.03 where the two do not differ significantly (McNemar's exact
test, one-sided, p < 0.05); by more never.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from automator.triage.measure import Judged, f1
from automator.triage.verdict import Decision

SMALL_FALL: Final = 0.01
LARGE_FALL: Final = 0.03
SIGNIFICANT: Final = 0.05


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a model may not take over: "corrections" or the category that it got worse at; the two figures compared."""

    what: str
    before: float
    after: float


def cost(judged: Sequence[Judged]) -> float:
    """What the mistakes cost: 1 for a wrong decision, a half for an unsure one."""
    return math.fsum(_cost(j.truth, j.decision) for j in judged)


def _cost(truth: bool, decision: Decision) -> float:
    if decision == "unsure":
        return 0.5
    return float((decision == "yes") != truth)


def refusal(
    corrections: tuple[Sequence[Judged], Sequence[Judged]],
    split: Mapping[str, tuple[Sequence[Judged], Sequence[Judged]]],
) -> Refusal | None:
    """None when the new model may take over. Each pair is (before, after), of the same mails in the same order."""
    before, after = (cost(judged) for judged in corrections)
    if after > before:
        return Refusal("corrections", before, after)
    for category, (old, new) in split.items():
        fall = f1(old) - f1(new)
        if fall > LARGE_FALL or (fall > SMALL_FALL and mcnemar(old, new) < SIGNIFICANT):
            return Refusal(category, round(f1(old), 4), round(f1(new), 4))
    return None


def mcnemar(old: Sequence[Judged], new: Sequence[Judged]) -> float:
    """The chance of so many new mistakes among the mails on which the two differ, were both equally good.

    McNemar 1947, exact binomial form, one-sided; 1.0 when they do not differ.
    """
    right = [(_right(a), _right(b)) for a, b in zip(old, new, strict=True)]
    worse, better = right.count((True, False)), right.count((False, True))
    n = worse + better
    return math.ldexp(sum(math.comb(n, k) for k in range(worse, n + 1)), -n)


def _right(judged: Judged) -> bool:
    return (judged.decision == "yes") == judged.truth
