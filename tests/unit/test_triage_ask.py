"""Which questions are put: few, the dearest, never the same twice, never what is answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automator.triage.ask import BUDGET, REST, Doubt, ask, worths

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
DAY = timedelta(days=1)


def doubt(
    message: int = 1, p: float = 0.5, category: str = "invoice", *, sender: str = "", kind: str = "", age: float = 0.0
) -> Doubt:
    who = sender or f"a@s{message}.example"
    return Doubt(message, category, p, who, kind or f"kind{message}", NOW - age * DAY)


def chosen(*doubts: Doubt, asked: dict[tuple[int, str], datetime] | None = None, budget: int = BUDGET) -> list[int]:
    return [d.message for d in ask(doubts, NOW, asked or {}, budget=budget)]


def worth(one: Doubt, *others: Doubt) -> float:
    return worths([one], [one, *others], NOW)[0]


def test_what_a_lone_answer_saves() -> None:
    assert worth(doubt(p=0.4)) == pytest.approx(0.4 * 5 + 0.6 * 1)
    assert worth(doubt(p=0.4, category="client_request")) == pytest.approx(0.4 * 10 + 0.6)
    assert worth(doubt(p=0.4, category="rh")) == pytest.approx(0.4 * 3 + 0.6)
    assert worth(doubt(p=0.4, age=3)) == pytest.approx(0.5 * 2.6), "half of it is gone after three days"
    assert worth(doubt(p=0.4, age=-1)) == pytest.approx(2.6), "a mail from the future is fresh"


def test_what_an_answer_teaches() -> None:
    one = doubt(1, sender="a@s.example", kind="order")
    saves = 0.5 * 5 + 0.5
    sender, kind, both = (
        doubt(2, sender="A@s.example"),
        doubt(3, kind="order"),
        doubt(4, sender="a@s.example", kind="order"),
    )
    assert worth(one, sender) == pytest.approx(saves * 1.25)
    assert worth(one, kind) == pytest.approx(saves * 1.125)
    assert worth(one, both) == pytest.approx(saves * 1.25), "one mail is like it once"
    assert worth(replace(one, often=5)) == pytest.approx(saves * 1.25), "four more are to be expected"
    assert worth(replace(one, often=2), sender) == pytest.approx(saves * 1.25), "and not counted twice"
    assert worth(one, replace(sender, category="rh")) == pytest.approx(saves)
    assert worth(replace(one, often=999)) == pytest.approx(saves * 3.5), "a newsletter does not take every question"
    near, sure = doubt(1, 0.5), doubt(1, 0.99)
    lessons = [worth(replace(d, often=5)) / worth(d) for d in (near, sure)]
    assert lessons == pytest.approx([1.25, 1 + 0.25 * 4 * 0.99 * 0.01]), "the model knows the second one almost"


def test_the_dearest_come_first_one_a_sender() -> None:
    cheap, dear = doubt(1, 0.2), doubt(2, 0.2, "client_request")
    assert chosen(cheap, dear) == [2, 1]
    same = [doubt(n, 0.3 + n / 100, sender="a@s.example") for n in range(1, 6)]
    assert chosen(*same, cheap) == [5, 1]
    both = [doubt(7, 0.4), doubt(7, 0.4, "client_request")]
    assert [d.category for d in ask(both, NOW, {})] == ["client_request"], "one question about a mail"


def test_of_equals_the_newest() -> None:
    assert chosen(*(doubt(n) for n in range(1, 7))) == [6, 5, 4]


def test_never_asked_twice_within_seven_days() -> None:
    asked = {(1, "invoice"): NOW - REST + timedelta(seconds=1)}
    assert chosen(doubt(1), doubt(2), asked=asked) == [2]
    assert chosen(doubt(1), doubt(2), asked={(1, "invoice"): NOW - REST}) == [2, 1]
    assert chosen(doubt(1), asked={(1, "client_request"): NOW}) == [1], "that was another question"


def test_what_is_settled_or_told_elsewhere_is_not_asked() -> None:
    assert chosen(replace(doubt(1), settled=True), doubt(2, category="urgent"), doubt(3)) == [3]
    assert ask([doubt(1)], NOW, {}, told={(1, "invoice")}) == ()
    alike = [doubt(2, sender="a@s.example"), doubt(3, sender="a@s.example")]
    one = doubt(1, sender="a@s.example")
    assert worth(one, *alike) > worth(one)
    answered = [one, *(replace(d, settled=True) for d in alike), doubt(9, 0.55)]
    assert chosen(*answered) == [9, 1], "what was answered teaches no more"


def test_a_budget_of_nothing() -> None:
    assert chosen(doubt(1), budget=0) == chosen(doubt(1), budget=-1) == chosen() == []


_DOUBTS = st.lists(
    st.builds(
        Doubt,
        message=st.integers(1, 40),
        category=st.sampled_from(["invoice", "client_request", "urgent", "rh"]),
        p=st.floats(0, 1),
        sender=st.sampled_from(["", "a@s.example", "A@S.example", "b@s.example", "c@t.example", "d@u.example"]),
        kind=st.sampled_from(["order", "newsletter", "other"]),
        arrived=st.integers(-2, 14).map(lambda days: NOW - days * DAY),
        often=st.integers(0, 50),
        settled=st.booleans(),
    ),
    max_size=25,
    unique_by=lambda d: d.question,
)
_ASKED = st.dictionaries(
    st.tuples(st.integers(1, 40), st.sampled_from(["invoice", "client_request", "rh"])),
    st.integers(0, 10).map(lambda days: NOW - days * DAY),
)


@given(_DOUBTS, _ASKED, st.integers(0, 5), st.randoms(use_true_random=False))
def test_the_promises(
    doubts: list[Doubt], asked: dict[tuple[int, str], datetime], budget: int, random: object
) -> None:
    found = ask(doubts, NOW, asked, budget=budget)
    assert len(found) <= budget
    assert len({d.sender.lower() for d in found}) == len(found)
    assert not any(d.settled or d.category == "urgent" for d in found)
    assert all(NOW - asked[d.question] >= REST for d in found if d.question in asked)
    shuffled = list(doubts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert ask(shuffled, NOW, asked, budget=budget) == found
    fewer = ask(doubts, NOW, asked, budget=max(0, budget - 1))
    assert fewer == found[: len(fewer)], "a smaller budget leaves out the cheapest"
    free = {d.sender.lower() for d in doubts if not d.settled and d.category != "urgent" and d.question not in asked}
    assert len(found) >= min(budget, len(free)), "while there is something to ask, the budget is used"
