"""Reliability, precision against recall, thresholds, and the aims beside the figures."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automator.triage.aims import AIMS, OVERALL, Aim, judged_aims
from automator.triage.curves import Cut, at, average_precision, precision_recall, reliability, thresholds
from automator.triage.decide import Thresholds
from automator.triage.measure import Judged, Share, figures, wilson
from automator.triage.verdict import CATEGORIES


def said(*pairs: tuple[float, bool]) -> list[Judged]:
    return [Judged(truth, p, Thresholds(0.3, 0.6)(p)) for p, truth in pairs]


def test_the_reliability_diagram_by_hand() -> None:
    low, high = reliability(said((0.02, False), (0.04, True), (0.91, True), (1.0, True)))
    assert (low.p, low.share, low.n) == (pytest.approx(0.03), 0.5, 2)
    assert (high.p, high.share, high.n) == (pytest.approx(0.955), 1.0, 2)
    assert (low.low, low.high) == wilson(1, 2)
    assert reliability([]) == []


def test_precision_against_recall_by_hand() -> None:
    judged = said((0.9, True), (0.8, False), (0.8, True), (0.1, False))
    assert precision_recall(judged) == [Cut(0.9, 0.5, 1.0), Cut(0.8, 1.0, 2 / 3), Cut(0.1, 1.0, 0.5)]
    assert average_precision(judged) == pytest.approx(0.5 * 1.0 + 0.5 * 2 / 3)
    assert at(judged, 0.8) == (Share(2, 3), Share(2, 2))
    assert precision_recall(said((0.5, False))) == []
    assert average_precision([]) is None


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60))
def test_recall_never_falls_as_the_threshold_does(pairs: list[tuple[float, bool]]) -> None:
    cuts = precision_recall(said(*pairs))
    assert [c.recall for c in cuts] == sorted(c.recall for c in cuts)
    assert not cuts or cuts[-1].recall == 1.0
    assert sum(bin_.n for bin_ in reliability(said(*pairs))) == len(pairs)


def test_thresholds_are_read_from_what_is_decided() -> None:
    assert thresholds(Thresholds(0.25, 0.7)) == (0.25, 0.7)
    assert thresholds(Thresholds(0.5, 0.5)) == (0.5, 0.5)
    assert thresholds(lambda p: "no") == (1.0, 1.0)


def test_an_aim_is_reached_by_the_figure_itself() -> None:
    assert Aim(0.95).reached(0.95)
    assert not Aim(0.95).reached(0.9499)
    assert Aim(0.1, most=True).reached(0.1)
    assert not Aim(0.1, most=True).reached(0.101)


def test_aims_stand_beside_figures_that_exist() -> None:
    found = figures(said((0.9, True), (0.1, False)))
    for category in CATEGORIES:
        judged = judged_aims(AIMS[category], found)
        assert judged["f1"] == {"at_least": AIMS[category]["f1"].value, "reached": True}
        assert judged["unsure"] == {"at_most": 0.10, "reached": True}
    nothing = judged_aims(OVERALL, {name: {"value": None} for name in OVERALL})
    assert [one["reached"] for one in nothing.values()] == [None, None]
