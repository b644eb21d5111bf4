"""Which reasons are told first, and how they look."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automator.digest.clean import LIMIT
from automator.digest.why import one_reason, why
from automator.triage.verdict import Reason
from automator.triage.why import telling
from automator.words import Words
from tests.support.views import plain

FR, EN = Words("fr"), Words("en")
REASONS = (
    Reason("une heure", 2.0),
    Reason("un PDF joint", -3.0),
    Reason("« fuite »", 1.5),
    Reason("« ce matin »", 1.8),
    Reason("« vite »", 0.4),
    Reason("« the »", 0.1),
    Reason("un montant", 0.4),
    Reason("« merci »", -0.9),
    Reason("pas de question", -0.5),
)


def test_words_of_the_mail_come_before_cues_and_weak_ones_are_left_out() -> None:
    assert telling(REASONS, 9) == ("« ce matin »", "« fuite »", "« vite »", "une heure")
    assert telling(REASONS, 2) == ("« ce matin »", "« fuite »")
    assert telling(REASONS, 9, against=True) == ("« merci »", "un PDF joint")
    assert telling((), 3) == telling(REASONS[:1], 3, against=True) == ()


def test_what_is_said_twice_is_told_once() -> None:
    assert telling((Reason("« a »", 1.0), Reason("« a »", 0.9)), 3) == ("« a »",)


def test_as_many_as_fit_into_one_line() -> None:
    assert plain(why(("« fuite »", "« ce matin »", "client connu"), FR)) == "« fuite », « ce matin », client connu"
    assert why(("« fuite »", "", "known client"), EN) == "“fuite”, known client"
    long = "« " + "mot " * 15 + "»"
    assert plain(why((long, "trop", "x" * 70), FR)) == f"{long[:-2]} », trop"
    assert why((), FR) == why(("", "\u200b"), FR) == ""


@pytest.mark.parametrize("locale", ["fr", "en"])
def test_nothing_hidden_and_nothing_secret(locale: str) -> None:
    said = one_reason("« \u202eeman\u202c \x1b[1m https://evil.example/x code 123456 »", Words(locale))
    assert not any(sign in said for sign in "\u202e\u202c\x1b")
    assert "https" not in said
    assert "123456" not in said


@given(st.lists(st.one_of(st.text(max_size=120), st.text(max_size=60).map(lambda t: f"« {t} »")), max_size=6))
def test_never_longer_than_a_line(reasons: list[str]) -> None:
    for words in (FR, EN):
        assert len(why(reasons, words)) <= LIMIT
