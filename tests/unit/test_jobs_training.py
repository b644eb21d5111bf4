"""Cross-fitting, partial labels, weights and the owner's own categories."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from automator.jobs.training.crossfit import FOLDS, by_situation, folds, log_loss, others, platt
from automator.jobs.training.design import CUE, LEAST_PAIR, MARK, PAIR, matrix, scale, vocabulary
from automator.jobs.training.examples import Example
from automator.jobs.training.fit import CAREFUL, fit
from automator.triage.decide import Calibration
from automator.triage.features import Features
from automator.triage.scorer import pack, unpack
from automator.triage.verdict import CATEGORIES

WORDS = ("devis", "facture", "panne", "conge", "salut")


def example(n: int, group: str = "a", *, weight: float = 1.0, situation: str = "", **labels: bool) -> Example:
    """A mail whose words tell its labels: "w:devis" a request, "w:facture" a bill, "w:panne" urgent, "w:conge" staff."""
    told = {"client_request": "devis", "invoice": "facture", "urgent": "panne", "rh": "conge"}
    words = Counter(
        [f"w:{told[name]}" for name, value in labels.items() if value] + [f"w:{WORDS[n % 5]}x", "w:salut"]
    )
    return Example(
        group, "other", labels, Features(words, frozenset({"=phone"} if n % 3 else {"=list"})), weight, situation
    )


def mails(count: int = 60) -> list[Example]:
    return [
        example(n, "abc"[n % 3], invoice=n % 4 == 0, client_request=n % 4 == 1, urgent=n % 5 == 0)
        for n in range(count)
    ]


@pytest.mark.parametrize(
    ("cue", "size"), [("=b:ask", CUE), ("=b:day0+ask", PAIR), ("=phone", MARK), ("=b:ask@person", CUE)]
)
def test_scales(cue: str, size: float) -> None:
    assert scale(cue) == size


def test_rare_words_are_left_out() -> None:
    data = [
        Example("a", "", {}, Features(Counter({"w:often": 1, "2:one two": 1}), frozenset()))
        for _ in range(LEAST_PAIR - 1)
    ]
    assert set(vocabulary(data).terms) == {"w:often"}
    assert matrix(data, vocabulary(data)).shape == (LEAST_PAIR - 1, 1)


def test_authors_are_left_out_whole() -> None:
    data = mails()
    parts = folds(data, "invoice")
    assert sorted(n for part in parts for n in part) == list(range(len(data)))
    assert [{data[n].group for n in part} for part in parts] == [{"a"}, {"b"}, {"c"}]
    many = [example(n, f"author{n % 20:02}", invoice=n % 2 == 0) for n in range(200)]
    assert len(folds(many, "invoice")) == FOLDS


def test_situations_are_left_out_whole_where_one_author_says_all() -> None:
    data = [example(n, "owner", situation=f"s{n // 2}", rh=n % 6 < 2) for n in range(40)]
    parts = folds(data, "rh")
    assert sorted(n for part in parts for n in part) == list(range(40))
    for part in parts:
        assert {data[n].situation for n in part}.isdisjoint({data[n].situation for n in others(40, part)})
        assert {data[n].labels["rh"] for n in part} == {True, False}
    assert all(len(part) == 8 for part in by_situation([example(n, rh=n % 2 == 0) for n in range(40)], "rh", 5))


def test_rows_are_dealt_one_by_one_where_one_situation_holds_every_yes() -> None:
    data = [example(n, "owner", situation=f"s{n // 6}", rh=n < 6) for n in range(30)]
    parts = folds(data, "rh")
    assert len(parts) == 5
    assert all({data[n].labels["rh"] for n in others(30, part)} == {True, False} for part in parts)


def test_platt_makes_log_odds() -> None:
    scores = [-2.0, -1.0, 1.0, 2.0] * 50
    answers = [False, True, False, True] * 25 + [False, False, True, True] * 25
    slope, offset = platt(scores, answers, [1.0] * 200)
    ps = [Calibration(slope, offset)(score) for score in scores]
    assert sum(ps) == pytest.approx(sum(answers), abs=0.5)
    assert log_loss(scores, answers, [1.0] * 200) == pytest.approx(
        log_loss([3 * s for s in scores], answers, [1.0] * 200), rel=1e-3
    )


def of(content: dict[str, Any], words: str, category: str) -> float:
    model = unpack(pack(content))
    features = Features(Counter(words.split()), frozenset())
    place = model.categories.index(category)
    return model.calibration[place](model.score(features).raw[place])


def test_the_owners_own_category_rides_in_the_same_model() -> None:
    taught = [example(n, "owner", rh=n % 2 == 0) for n in range(24)]
    content = fit([*mails(), *taught], categories=(*CATEGORIES, "rh"))
    assert unpack(pack(content)).categories == (*CATEGORIES, "rh")
    assert of(content, "w:conge w:salut", "rh") > 0.5 > of(content, "w:facture w:salut", "rh")
    assert of(content, "w:facture w:salut", "invoice") > 0.5 > of(content, "w:conge w:salut", "invoice")


@pytest.mark.parametrize("known", [0, 1, 4])
def test_too_few_examples_make_a_careful_category(known: int) -> None:
    taught = [example(n, "owner", rh=n < known) for n in range(30)]
    content = fit([*mails(), *taught], categories=(*CATEGORIES, "rh"))
    assert content["thresholds"][-1] == [CAREFUL.low, CAREFUL.high]
    assert of(content, "w:facture w:salut", "rh") < CAREFUL.low


def test_a_row_that_does_not_know_a_category_does_not_teach_it() -> None:
    silent = [example(n, "abc"[n % 3], invoice=False) for n in range(30)]
    content = fit([*mails(), *silent])
    assert content["made"]["author_left_out"]["urgent"]["n"] == 60
    assert content["made"]["author_left_out"]["invoice"]["n"] == 90


def test_a_heavy_row_weighs_more() -> None:
    odd = {"invoice": True, "client_request": False, "urgent": False}
    said = Features(Counter({"w:salut": 1, "w:salutx": 1}), frozenset())
    light, heavy = (fit([*mails(), Example("a", "other", odd, said, weight)]) for weight in (0.01, 50.0))
    assert of(heavy, "w:salut w:salutx", "invoice") > of(light, "w:salut w:salutx", "invoice")


def test_a_mail_without_a_kind_names_none() -> None:
    data = [Example(e.group, "", e.labels, e.features) for e in mails()]
    content = fit(data)
    assert content["kinds"] == []
    assert unpack(pack(content)).score(data[0].features).kind == "other"
