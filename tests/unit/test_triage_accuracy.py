"""The shipped classifiers on the kept-back split: a floor a little under what they reach (models/README.md)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from automator.billing.invoice import Identity
from automator.classifiers import keywords, linear
from automator.jobs.evaluate import judge, kept_for_test, report
from automator.jobs.learn import read_rows
from automator.ports import Classifier
from automator.words import Words

MODELS = Path(__file__).resolve().parents[2] / "models"
WORDS = Words("en")


@pytest.fixture(scope="module")
def trained() -> dict[str, Any]:
    path = linear.newest([MODELS])
    assert path is not None
    model = linear.read(path)

    def make(firm: Identity) -> Classifier:
        return linear.Linear(model, words=WORDS, owner=firm)

    return report(judge(kept_for_test(read_rows(MODELS / "corpus")), make))


@pytest.fixture(scope="module")
def plain() -> dict[str, Any]:
    def make(firm: Identity) -> Classifier:
        return keywords.build(keywords.Options(), words=WORDS, owner=firm)

    return report(judge(kept_for_test(read_rows(MODELS / "corpus")), make))


@pytest.mark.parametrize(
    ("category", "f1", "caught"), [("invoice", 0.83, 0.94), ("client_request", 0.80, 0.88), ("urgent", 0.79, 0.88)]
)
def test_the_shipped_model(trained: dict[str, Any], category: str, f1: float, caught: float) -> None:
    figures = trained["categories"][category]["all"]
    assert figures["n"] > 300
    assert figures["f1"]["value"] >= f1
    assert figures["caught"]["value"] >= caught
    assert figures["unsure"]["value"] <= 0.12
    assert figures["calibration_error"] <= 0.05


def test_false_alarms_of_urgency(trained: dict[str, Any]) -> None:
    assert trained["categories"]["urgent"]["all"]["false_alarms"]["value"] <= 1 / 40
    assert trained["false_urgent_of_loud_mails"]["value"] <= 0.05


def test_machines_never_ask(trained: dict[str, Any], plain: dict[str, Any]) -> None:
    assert trained["client_request_of_silent_mails"]["n"] > 0
    assert trained["client_request_of_silent_mails"]["value"] == plain["client_request_of_silent_mails"]["value"] == 0


def test_kinds(trained: dict[str, Any], plain: dict[str, Any]) -> None:
    assert trained["kind_accuracy"]["value"] >= 0.60
    assert plain["kind_accuracy"]["value"] >= 0.30


@pytest.mark.parametrize(("category", "f1"), [("invoice", 0.75), ("client_request", 0.69), ("urgent", 0.56)])
def test_keywords_alone_are_decent(plain: dict[str, Any], category: str, f1: float) -> None:
    assert plain["categories"][category]["all"]["f1"]["value"] >= f1


def test_figures_are_given_by_language_and_difficulty(trained: dict[str, Any]) -> None:
    for groups in trained["categories"].values():
        assert sum(part["n"] for part in groups["language"].values()) == groups["all"]["n"]
        assert sum(part["n"] for part in groups["difficulty"].values()) == groups["all"]["n"]


def test_no_mails_give_an_empty_report() -> None:
    assert report([])["n"] == 0
