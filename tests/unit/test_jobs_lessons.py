"""What corrections teach: weights, what is kept aside, the owner's own categories; and that a few wrong ones do no harm."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from automator.billing.invoice import Identity
from automator.classifiers.linear import Linear
from automator.jobs.learn import Example, examples, fit
from automator.jobs.lessons import (
    EACH_MOST,
    LEAST_EXAMPLES,
    LEFT,
    MOST_WEIGHT,
    SENDER_MOST,
    WORD,
    Lesson,
    Lessons,
    is_kept,
    lessons,
    weighed,
)
from automator.jobs.train import _of_owner, _on_corrections
from automator.store import corrections, filings, places
from automator.store.corrections import By, Correction
from automator.store.db import Database, Tx
from automator.store.filings import Filing
from automator.triage.corpus import Row, kept_back
from automator.triage.corpus import message as mail_of
from automator.triage.gate import cost, refusal
from automator.triage.scorer import pack, unpack
from automator.words import Words
from tests.support.rows import NOW, message, store
from tests.support.small_corpus import CORPUS

OWN = ("rh",)


@pytest.fixture
def tx(tmp_path: Path) -> Iterator[Tx]:
    db = Database.open(tmp_path / "automator.db")
    with db.transaction() as opened:
        yield opened


def say(tx: Tx, uid: int, category: str, value: bool = True, by: By = "folder") -> int:
    """A mail of its own sender, and a person's word on it; its id."""
    stored = store(tx, message(uid, sender=f"a{uid}@paie{uid}.example", text=f"Bonjour {uid}"))
    corrections.put(tx, Correction(stored.id, category, value, by, NOW))
    return stored.id


def test_nobody_said_anything(tx: Tx) -> None:
    store(tx, message(1))
    assert lessons(tx, OWN, NOW) == Lessons()


def test_a_fifth_is_kept_aside_for_ever() -> None:
    kept = [n for n in range(1000) if is_kept(f"identity {n}")]
    assert 150 < len(kept) < 250
    assert kept == [n for n in range(1000) if is_kept(f"identity {n}")]


def test_own_categories_want_twelve_mails(tx: Tx) -> None:
    for uid in range(1, LEAST_EXAMPLES):
        say(tx, uid, "rh")
    assert lessons(tx, OWN, NOW).own == ()
    say(tx, 50, "autre")
    found = lessons(tx, OWN, NOW)
    assert (found.own, found.said, found.taught) == ((), 0, ())
    say(tx, 51, "rh")
    found = lessons(tx, OWN, NOW)
    assert (found.own, found.said) == (OWN, LEAST_EXAMPLES)
    assert len(found.taught) + len(found.kept) == LEAST_EXAMPLES
    assert {is_kept(x.message.identity) for x in found.kept} == {True}
    assert {is_kept(x.message.identity) for x in found.taught} == {False}


def test_a_folder_of_thousands_leaves_room_for_the_other_categories(tx: Tx) -> None:
    for uid in range(1, LEAST_EXAMPLES + 1):
        say(tx, uid, "rh")
    for n in range(EACH_MOST + 100):
        say(tx, 1000 + n, "invoice")
    say(tx, 5000, "invoice", value=False)
    found = lessons(tx, OWN, NOW)
    labels = Counter(label for x in (*found.taught, *found.kept) for label in x.labels.items())
    assert (found.own, found.said) == (OWN, LEAST_EXAMPLES + EACH_MOST + 1)
    assert labels["rh", True] == LEAST_EXAMPLES
    assert (labels["invoice", True], labels["invoice", False]) == (EACH_MOST, 1)
    assert min(x.message.ref.uid for x in (*found.taught, *found.kept) if "invoice" in x.labels) == 1100, "the newest"


@pytest.mark.parametrize(
    ("by", "labels"), [("folder", {"invoice": True, "rh": False}), ("keyword", {"invoice": True})]
)
def test_a_mail_lies_in_one_folder_but_may_bear_two_keywords(tx: Tx, by: By, labels: dict[str, bool]) -> None:
    for uid in range(1, LEAST_EXAMPLES + 1):
        say(tx, uid, "rh")
    say(tx, 100, "invoice", by=by)
    say(tx, 101, "urgent", value=False)
    found = lessons(tx, OWN, NOW)
    by_uid = {x.message.ref.uid: x.labels for x in (*found.taught, *found.kept)}
    assert (by_uid[100], by_uid[101], by_uid[1]) == (labels, {"urgent": False}, {"rh": True})


def test_mails_opened_and_left_are_weak_signs_for_own_categories_alone(tx: Tx) -> None:
    def seen(uid: int, *, days: int = 9, flags: str = "\\Seen") -> int:
        stored = store(tx, message(uid, arrived=NOW - timedelta(days=days)))
        places.set_flags(tx, stored.message.ref, frozenset({flags}), frozenset())
        return stored.id

    left, unread, young, moved = (
        seen(300), seen(301, flags="\\Flagged"), seen(302, days=6), seen(303),
    )  # fmt: skip
    filings.put(tx, Filing(moved, "invoice", "Factures", 1, inside=False, ours=True, at=NOW))
    say(tx, 400, "invoice")
    assert [x.weight for x in lessons(tx, OWN, NOW).taught if x.weight < WORD] == []
    for uid in range(1, LEAST_EXAMPLES + 1):
        say(tx, uid, "rh")
    weak = [x for x in lessons(tx, OWN, NOW).taught if x.weight == LEFT]
    assert {x.message.ref.uid for x in weak} == {300} - ({300} if is_kept(message(300).identity) else set())
    assert all(x.labels == {"rh": False} for x in weak)
    assert (left, unread, young) == (1, 2, 3)


def lesson(n: int, sender: str, **labels: bool) -> Lesson:
    return Lesson(message(n, sender=sender), labels)


def test_one_sender_weighs_no_more_than_three_words() -> None:
    loud = [lesson(n, "robot@a.example", urgent=False) for n in range(30)]
    found = weighed([*loud, lesson(99, "b@b.example", urgent=False)])
    assert sum(x.weight for x in found[:30]) == pytest.approx(SENDER_MOST)
    assert found[30].weight == WORD


def test_one_answer_on_one_category_weighs_no_more_than_a_tenth_of_the_corpus() -> None:
    many = [lesson(n, f"a{n}@a.example", invoice=True) for n in range(1000)]
    few = [lesson(2000 + n, f"b{n}@b.example", invoice=False) for n in range(3)]
    found = weighed([*many, *few])
    assert sum(x.weight for x in found[:1000]) == pytest.approx(MOST_WEIGHT)
    assert [x.weight for x in found[1000:]] == [WORD] * 3


# --- five in a hundred corrections are wrong


def rows_of(*parts: str, most: int) -> list[Row]:
    found = []
    for part in parts:
        lines = (CORPUS / f"part_{part}.jsonl").read_text(encoding="utf-8").splitlines()
        found += [row for row in map(json.loads, lines) if not kept_back(row)][:most]
    return found


FIRM = Identity(addresses=frozenset({"claire@durand.example"}), domains=frozenset({"durand.example"}))


@pytest.fixture(scope="module")
def shipped() -> list[Example]:
    return examples(rows_of("b", "g", most=110))


@pytest.fixture(scope="module")
def told() -> Lessons:
    """An owner's mails, and what she rightly said of each: is it a bill?"""
    mails = [(replace(mail_of(row), identity=row["id"]), row) for row in rows_of("h", most=200)]
    found = [Lesson(mail, {"invoice": bool(row["labels"]["invoice"])}) for mail, row in mails]
    kept = tuple(x for x in found if is_kept(x.message.identity))
    return Lessons(tuple(x for x in found if not is_kept(x.message.identity)), kept, (), len(found))


def model(shipped: Sequence[Example], taught: Sequence[Lesson]) -> Linear:
    found = Lessons(tuple(weighed(taught)), (), (), len(taught))
    return Linear(unpack(pack(fit([*shipped, *_of_owner(found, FIRM)]))), words=Words("en"), owner=FIRM)


def wrong(taught: Sequence[Lesson], every: int) -> list[Lesson]:
    """One in `every` says the contrary."""
    return [
        replace(x, labels={"invoice": not x.labels["invoice"]}) if n % every == 0 else x for n, x in enumerate(taught)
    ]


def test_s44_five_percent_wrong_corrections_do_not_sink_it(shipped: list[Example], told: Lessons) -> None:
    """Without lessons, with right ones, with 5 % wrong ones, with half of them wrong: mistakes on the mails kept aside."""
    plain, right = model(shipped, []), model(shipped, told.taught)
    poisoned, hostile = model(shipped, wrong(told.taught, 20)), model(shipped, wrong(told.taught, 2))
    judged = [_on_corrections(made, told) for made in (plain, right, poisoned, hostile)]
    costs = [cost(found) / len(found) for found in judged]
    assert len(told.kept) >= 25
    assert costs[1] <= costs[0] + 0.03, "right corrections do no harm"
    assert costs[2] <= costs[1] + 0.05
    assert costs[3] > costs[2], "the test can fail: half of them wrong does harm"
    assert refusal((judged[1], judged[3]), {}) is not None, "what is poisoned for good does not pass the gate"
