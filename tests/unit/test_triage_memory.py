"""What people said of a sender leans a verdict and never overrules the text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automator.mail.message import Address
from automator.triage.decide import Thresholds
from automator.triage.memory import FORGOTTEN, HALF_LIFE, Lean, Word, leans, reason, recalled
from automator.triage.verdict import CategoryVerdict, Decision, Reason, Verdict
from automator.words import Words

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
SENDER = Address("compta@bois.example", "Bois")
PROVIDERS = frozenset({"gmail.com"})
FR = Words("fr")


def said(value: bool, sender: str = SENDER.addr, *, ago: timedelta = timedelta(0), category: str = "invoice") -> Word:
    return Word(category, value, sender, NOW - ago)


def shift(*words: Word, sender: Address = SENDER, providers: frozenset[str] | None = PROVIDERS) -> float:
    found = leans(words, sender, NOW, providers).get("invoice")
    return found.shift if found else 0.0


def decide(category: str, p: float) -> Decision:
    return Thresholds(0.4, 0.6)(p)


def test_one_word_leans_and_more_of_them_lean_more_but_never_a_whole_unit() -> None:
    one, three = shift(said(False)), shift(*[said(False)] * 3)
    assert (one, three) == (-0.5, -0.75)
    assert -1 < shift(*[said(False)] * 500) < -0.99
    assert shift(said(True)) == 0.5
    assert shift(said(True), said(False)) == 0.0


def test_half_is_left_after_a_half_life_and_nothing_in_the_end() -> None:
    assert shift(said(True, ago=HALF_LIFE)) == pytest.approx(0.5 / 1.5)
    assert shift(said(True, ago=FORGOTTEN)) == 0.0
    assert shift(said(True, ago=-timedelta(days=3))) == 0.5, "a clock that was set back"


def test_another_address_of_the_firm_counts_half_but_not_at_a_public_provider() -> None:
    colleague = Address("relance@bois.example")
    assert shift(said(True), sender=colleague) == pytest.approx(0.5 / 1.5)
    assert shift(said(True, "a@gmail.com"), sender=Address("b@gmail.com")) == 0.0
    assert shift(said(True, "a@gmail.com"), sender=Address("a@gmail.com")) == 0.5
    assert shift(said(True), sender=colleague, providers=None) == 0.0, "not known which are public"
    assert shift(said(True), sender=Address("paul@autre-bois.example")) == 0.0
    assert shift(said(True, ""), sender=Address("")) == 0.5


@given(
    p=st.floats(0.0001, 1.0),
    values=st.lists(st.tuples(st.booleans(), st.integers(0, 400)), max_size=30),
    low=st.floats(0.05, 0.5),
    high=st.floats(0.5, 0.95),
)
def test_a_yes_never_becomes_no_nor_a_no_yes(
    p: float, values: list[tuple[bool, int]], low: float, high: float
) -> None:
    thresholds = Thresholds(low, high)
    before = Verdict("x", "other", {"invoice": CategoryVerdict(p, thresholds(p))})
    words = [said(value, ago=timedelta(days=days)) for value, days in values]
    after = recalled(before, leans(words, SENDER, NOW, PROVIDERS), lambda _, q: thresholds(q), FR)
    assert {before.decision("invoice"), after.decision("invoice")} != {"yes", "no"}
    assert 0 <= after.categories["invoice"].p <= 1


@pytest.mark.parametrize(
    ("p", "value", "before", "after"),
    [
        (0.62, False, "yes", "unsure"),
        (0.55, True, "unsure", "yes"),
        (0.45, False, "unsure", "no"),
        (0.38, True, "no", "unsure"),
        (0.97, False, "yes", "yes"),
    ],
)
def test_how_far_a_word_reaches(p: float, value: bool, before: Decision, after: Decision) -> None:
    verdict = Verdict("x", "other", {"invoice": CategoryVerdict(p, before, (Reason("IBAN", 1.0),))})
    found = recalled(verdict, leans([said(value)], SENDER, NOW, PROVIDERS), decide, FR)
    assert found.decision("invoice") == after
    assert [r.text for r in found.categories["invoice"].reasons][1:] == ["IBAN"], "the owner's word comes first"


def test_what_is_not_judged_or_proven_stays_as_it_is() -> None:
    verdict = Verdict("x", "bounce", {"client_request": CategoryVerdict(0.0, "no")})
    words = [said(True, category="client_request"), said(True, category="rh")]
    assert recalled(verdict, leans(words, SENDER, NOW, PROVIDERS), decide, FR) == verdict
    assert recalled(verdict, {}, decide, FR) == verdict


@pytest.mark.parametrize(
    ("p", "before", "ceiling", "after"),
    [
        (0.59, "unsure", "yes", "yes"),
        (0.59, "unsure", "unsure", "unsure"),
        (0.2, "no", "unsure", "no"),
        (0.38, "no", "unsure", "unsure"),
    ],
)
def test_list_mail_is_no_request_for_sure_whatever_was_said_before(
    p: float, before: Decision, ceiling: Decision, after: Decision
) -> None:
    verdict = Verdict("x", "newsletter", {c: CategoryVerdict(p, before) for c in ("client_request", "invoice")})
    words = [said(True, category="client_request")]
    found = recalled(verdict, leans(words, SENDER, NOW, PROVIDERS), decide, FR, ceiling=ceiling)
    assert found.decision("client_request") == after
    assert found.categories["client_request"].p < 0.6 or after == "yes"
    assert found.categories["client_request"].reasons, "it is said all the same"
    assert found.decision("invoice") == before, "no other category is held back"


@pytest.mark.parametrize(
    ("category", "lean", "text"),
    [
        ("invoice", Lean(-0.7, 3), "vous avez dit 3 fois que ce n'était pas une facture (cet expéditeur)"),
        ("urgent", Lean(0.3, 1, of_firm=True), "vous avez dit une fois que c'était urgent (cette entreprise)"),
        ("rh", Lean(0.6, 2), "vous avez dit 2 fois que c'était «\u00a0rh\u00a0» (cet expéditeur)"),
        ("client_request", Lean(-0.5, 1), "vous avez dit une fois que ce n'était pas une demande de client (cet expéditeur)"),
    ],
)  # fmt: skip
def test_the_reason_is_in_the_owners_words(category: str, lean: Lean, text: str) -> None:
    assert reason(category, lean, FR) == text


def test_only_the_words_on_the_winning_side_are_counted() -> None:
    found = leans([said(False), said(False), said(True), said(False, "x@bois.example")], SENDER, NOW, PROVIDERS)
    assert (found["invoice"].times, found["invoice"].of_firm) == (2, False)
