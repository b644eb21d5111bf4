"""Figures and thresholds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automator.triage.decide import Calibration, Thresholds, sigmoid
from automator.triage.measure import (
    MAX_UNSURE,
    Judged,
    Share,
    calibration_error,
    choose_thresholds,
    f1,
    f1_interval,
    false_alarms,
    figures,
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
    judged = [
        Judged(True, 0.95, "yes"),
        Judged(False, 0.95, "yes"),
        Judged(False, 0.05, "no"),
        Judged(True, 1.0, "yes"),
    ]
    assert calibration_error(judged) == pytest.approx((0.9 + 0.05) / 4)
    assert calibration_error([]) == 0.0


def test_nothing_to_find_and_nothing_found() -> None:
    assert f1([Judged(False, 0.0, "no")]) == 1.0
    assert f1_interval([]) == (0.0, 1.0)


def test_figures_hold_every_number_with_its_n() -> None:
    found = figures(JUDGED)
    assert (found["n"], found["positive"]) == (5, 3)
    assert found["precision"] == {"value": 0.5, "low": 0.0945, "high": 0.9055, "n": 2}
    assert f1_interval(JUDGED) == f1_interval(JUDGED)


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
