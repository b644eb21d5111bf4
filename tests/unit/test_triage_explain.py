"""Reasons as the owner reads them."""

from __future__ import annotations

from collections import Counter

import pytest

from automator.triage.explain import TOP, Explainer
from automator.triage.features import Features, extract
from automator.words import Words
from tests.support.sorted_mails import OWNER, REQUEST, message

MAIL = message("Plus de chauffage", REQUEST)


def texts(contributions: dict[str, float], locale: str = "en") -> list[str]:
    return [
        reason.text for reason in Explainer(extract(MAIL, OWNER), MAIL, Words(locale)).reasons(contributions.items())
    ]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("w:chaudi", "« chaudière »"),
        ("2:pouvez vous", "« Pouvez-vous »"),
        ("=b:ask", "« Pouvez-vous »"),
        ("=first:none@person", "no moment to come is named"),
        ("=b:ask@person", "« Pouvez-vous »"),
        ("=b:day0+ask", "today with « Pouvez-vous »"),
        ("=from:person", "sent by a person"),
        ("=b:?", "a question"),
    ],
)
def test_each_kind_of_feature_has_words(name: str, text: str) -> None:
    assert texts({name: 1.0}) == [text]


@pytest.mark.parametrize(
    "name", ["=length:5", "a:factur", "f:claire", "w:de", "=strange", "w:unseen", "=b:unseen", "=b:unseen+unheard"]
)
def test_what_the_owner_cannot_see_is_not_a_reason(name: str) -> None:
    assert texts({name: 1.0}) == []


def test_in_french() -> None:
    assert texts({"=from:person": 2.0, "=b:day0": 1.0}, "fr") == ["envoyé par une personne", "aujourd'hui"]


def test_reasons_from_the_same_words_are_one_and_the_strongest_comes_first() -> None:
    explainer = Explainer(extract(MAIL, OWNER), MAIL, Words("en"))
    reasons = explainer.reasons(
        {"=b:ask": 0.5, "=b:ask@person": 0.4, "=phone": -0.7, "=questions:1": 0.01}.items(), scale=2.0
    )
    assert [(r.text, r.weight) for r in reasons] == [("« Pouvez-vous »", 1.8), ("a telephone number", -1.4)]


def test_at_most_a_handful() -> None:
    features = extract(MAIL, OWNER)
    every = Explainer(features, MAIL, Words("en")).reasons(
        [(name, 1.0) for name in [*features.terms, *features.cues]]
    )
    assert len(every) == TOP


def test_two_cues_read_from_the_same_words_are_said_once() -> None:
    assert texts({"=b:ask+ask": 1.0}) == ["« Pouvez-vous »"]


def test_words_that_are_not_in_the_text_stay_folded() -> None:
    features = extract(MAIL, OWNER)
    other = message("Autre", "Rien de tel")
    assert [r.text for r in Explainer(features, other, Words("en")).reasons([("w:chaudi", 1.0)])] == ["« chaudiere »"]


def test_features_made_by_hand_have_no_words_to_quote() -> None:
    by_hand = Features(Counter({"w:chaudi": 1}), frozenset({"=phone"}))
    reasons = Explainer(by_hand, MAIL, Words("en")).reasons([("w:chaudi", 1.0), ("=b:ask", 1.0), ("=phone", 1.0)])
    assert [r.text for r in reasons] == ["a telephone number"]
