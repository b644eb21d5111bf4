"""Figures and thresholds."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automator.triage.decide import Calibration, Thresholds, sigmoid
from automator.triage.measure import (
    MAX_UNSURE,
    Judged,
    Share,
    brier,
    calibration_error,
    choose_thresholds,
    confusion,
    cost,
    coverage,
    f1,
    f1_difference,
    f1_interval,
    false_alarms,
    figures,
    groups,
    precision,
    recall,
    unsure,
    wilson,
)

JUDGED = [
    Judged(True, 0.9, "yes"),
    Judged(True, 0.4, "unsure"),
    Judged(True, 0.1, "no"),
    Judged(False, 0.8, "yes"),
    Judged(False, 0.1, "no"),
]


def test_unsure_counts_as_no_but_as_caught() -> None:
    assert precision(JUDGED) == Share(1, 2)
    assert recall(JUDGED) == Share(1, 3)
    assert recall(JUDGED, unsure=True) == Share(2, 3)
    assert false_alarms(JUDGED) == Share(1, 5)
    assert unsure(JUDGED) == Share(1, 5)
    assert f1(JUDGED) == pytest.approx(2 / 5)


def test_wilson_on_a_known_case() -> None:
    low, high = wilson(8, 10)
    assert (round(low, 4), round(high, 4)) == (0.4902, 0.9433)
    assert wilson(0, 0) == (0.0, 1.0)
    assert Share(0, 0).value is None


def test_calibration_error_by_hand() -> None:
    low = [Judged(n < 1, 0.2, "no") for n in range(10)]
    high = [Judged(n < 7, 0.9, "yes") for n in range(10)]
    assert calibration_error([*low, *high]) == pytest.approx((abs(2.0 - 1) + abs(9.0 - 7)) / 20)
    assert calibration_error([*low, *high], bins=1) == pytest.approx(abs(11.0 - 8) / 20)
    assert calibration_error([]) == 0.0


def test_groups_are_of_equal_size_and_never_tiny() -> None:
    many = [Judged(False, n / 1000, "no") for n in range(205)]
    assert [len(held) for held in groups(many)] == [20, 21] * 5
    assert [held[0].p for held in groups(many)] == sorted(held[0].p for held in groups(many))
    assert [len(held) for held in groups(many[:35])] == [11, 12, 12]
    assert [len(held) for held in groups(many[:4])] == [4]


def test_cost_brier_coverage_and_confusion_by_hand() -> None:
    value, low, high = cost(JUDGED, 20)
    assert value == pytest.approx(100 * (20 + 1) / 5)
    assert low <= value <= high
    assert cost([], 20) == (0.0, 0.0, 0.0)
    assert brier(JUDGED) == pytest.approx((0.1**2 + 0.6**2 + 0.9**2 + 0.8**2 + 0.1**2) / 5)
    assert brier([]) == 0.0
    assert coverage(JUDGED) == Share(4, 5)
    assert confusion(JUDGED) == {"yes": {"yes": 1, "unsure": 1, "no": 1}, "no": {"yes": 1, "unsure": 0, "no": 1}}


def sample(draw: random.Random, n: int) -> list[Judged]:
    made = []
    for _ in range(n):
        truth = draw.random() < 0.3
        p = min(1.0, max(0.0, draw.gauss(0.75 if truth else 0.25, 0.25)))
        made.append(Judged(truth, p, Thresholds(0.4, 0.6)(p)))
    return made


def test_the_interval_of_f1_is_that_of_mails_drawn_one_by_one() -> None:
    judged, draw = sample(random.Random(1), 150), random.Random(2)
    drawn = sorted(f1(draw.choices(judged, k=len(judged))) for _ in range(2_000))
    low, high = f1_interval(judged)
    assert (low, high) == pytest.approx((drawn[50], drawn[1949]), abs=0.015)


def test_a_paired_difference_knows_that_the_mails_are_the_same() -> None:
    ours = sample(random.Random(3), 400)
    flip = [n for n, j in enumerate(ours) if j.truth and j.decision == "yes"][:12]
    theirs = [Judged(j.truth, j.p, "no") if n in flip else j for n, j in enumerate(ours)]
    value, low, high = f1_difference(ours, theirs)
    assert value == pytest.approx(f1(ours) - f1(theirs))
    assert 0 < low < value < high
    apart = [f1_interval(judged) for judged in (ours, theirs)]
    assert high - low < min(end - start for start, end in apart)
    assert f1_difference(theirs, ours) == pytest.approx((-value, -high, -low), abs=0.005)
    assert f1_difference(ours, ours) == (0.0, 0.0, 0.0)
    assert f1_difference([], []) == (0.0, -1.0, 1.0)
    with pytest.raises(ValueError, match="zip"):
        f1_difference(ours, ours[1:])


def test_nothing_to_find_and_nothing_found() -> None:
    assert f1([Judged(False, 0.0, "no")]) == 1.0
    assert f1_interval([]) == (0.0, 1.0)


def test_figures_hold_every_number_with_its_n() -> None:
    found = figures(JUDGED)
    assert (found["n"], found["positive"]) == (5, 3)
    assert found["precision"] == {"value": 0.5, "low": 0.0945, "high": 0.9055, "n": 2}
    assert f1_interval(JUDGED) == f1_interval(JUDGED)
    assert found["f1_sure"]["n"] == found["coverage"]["value"] * 5 == 4
    assert found["cost_per_100"]["value"] == 80.0
    assert figures(JUDGED, 20)["cost_per_100"]["value"] == 420.0
    assert figures(JUDGED[3:])["f1"] == {"value": None, "low": 0.0, "high": 1.0, "n": 2}
    assert figures([])["precision"] == {"value": None, "low": 0.0, "high": 1.0, "n": 0}


def test_the_high_threshold_keeps_the_limit_when_it_can() -> None:
    truths = [True, True, True, False, True, False, False, False, False, False]
    ps = [0.95, 0.9, 0.85, 0.8, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05]
    strict = choose_thresholds(truths, ps, miss_cost=5, limit=lambda judged: (precision(judged).value or 0) >= 1.0)
    free = choose_thresholds(truths, ps, miss_cost=5, limit=lambda judged: True)
    assert 0.8 < strict.high <= 0.85
    assert 0.4 < free.high <= 0.5
    hopeless = choose_thresholds(truths, ps, miss_cost=5, limit=lambda judged: False)
    assert hopeless.high == free.high


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1)), min_size=1, max_size=120), st.floats(1, 30))
def test_thresholds_are_ordered_and_few_are_unsure(data: list[tuple[bool, float]], cost: float) -> None:
    truths, ps = [t for t, _ in data], [p for _, p in data]
    found = choose_thresholds(truths, ps, miss_cost=cost, limit=lambda judged: True)
    assert 0 <= found.low <= found.high <= 1
    between = sum(found.low <= p < found.high for p in ps)
    same = max(ps.count(p) for p in ps)
    assert between <= MAX_UNSURE * len(ps) + same


@pytest.mark.parametrize(("p", "decision"), [(0.1, "no"), (0.2, "unsure"), (0.49, "unsure"), (0.5, "yes")])
def test_decisions(p: float, decision: str) -> None:
    assert Thresholds(0.2, 0.5)(p) == decision


@given(st.floats(-1e6, 1e6))
def test_the_sigmoid_never_overflows(score: float) -> None:
    assert 0.0 <= sigmoid(score) <= 1.0
    assert sigmoid(score) + sigmoid(-score) == pytest.approx(1.0)
    assert Calibration(1.0, 0.0)(score) == sigmoid(score)
