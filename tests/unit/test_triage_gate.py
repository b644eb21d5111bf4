"""The gate: a new model takes over only if it is at least as good."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from scipy.stats import binomtest

from automator.triage.gate import Refusal, cost, mcnemar, refusal
from automator.triage.measure import Judged
from automator.triage.verdict import Decision

P: dict[Decision, float] = {"yes": 0.9, "no": 0.1, "unsure": 0.5}


def judged(*pairs: tuple[bool, Decision]) -> list[Judged]:
    return [Judged(truth, P[said], said) for truth, said in pairs]


def split(hits: int, misses: int, right: int = 100) -> list[Judged]:
    return judged(*[(True, "yes")] * hits, *[(True, "no")] * misses, *[(False, "no")] * right)


NONE: tuple[Sequence[Judged], Sequence[Judged]] = ((), ())


def test_what_mistakes_cost() -> None:
    assert cost(judged((True, "yes"), (True, "unsure"), (True, "no"), (False, "yes"), (False, "no"))) == 2.5


def test_no_worse_on_the_corrections_means_no_worse_at_all() -> None:
    good, bad = judged((True, "yes"), (False, "no")), judged((True, "yes"), (False, "unsure"))
    assert refusal((good, good), {}) is None
    assert refusal((bad, good), {}) is None
    assert refusal((good, bad), {}) == Refusal("corrections", 0.0, 0.5)


def test_on_the_split_a_hair_worse_is_noise() -> None:
    same = {"invoice": (split(100, 0), split(100, 0))}
    hair = {"invoice": (split(100, 0), split(99, 1))}
    assert refusal(NONE, same) is None
    assert refusal(NONE, hair) is None


def test_between_the_two_falls_significance_decides() -> None:
    few = {"urgent": (split(40, 0), split(38, 2))}  # F1 1 -> 0.974, two mails: p = 0.25
    many = {"urgent": (split(400, 0), split(380, 20))}  # the same fall, twenty mails
    assert refusal(NONE, few) is None
    found = refusal(NONE, many)
    assert found is not None
    assert (found.what, found.before, found.after) == ("urgent", 1.0, 0.9744)


def test_a_large_fall_is_refused_however_few_the_mails() -> None:
    found = refusal(NONE, {"invoice": (split(10, 0), split(10, 0)), "urgent": (split(10, 0), split(8, 2))})
    assert found is not None
    assert found.what == "urgent"


@pytest.mark.parametrize(("worse", "better"), [(0, 0), (1, 0), (5, 0), (7, 3), (3, 7), (60, 40)])
def test_mcnemar_is_the_exact_binomial_test(worse: int, better: int) -> None:
    old = judged(*[(True, "yes")] * worse, *[(True, "no")] * better, (False, "no"))
    new = judged(*[(True, "no")] * worse, *[(True, "yes")] * better, (False, "no"))
    n = worse + better
    expected = binomtest(worse, n, 0.5, alternative="greater").pvalue if n else 1.0
    assert mcnemar(old, new) == pytest.approx(expected)
