"""The owner's own mail: which corrections a training saw, and how many decisions were turned round of late."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from automator.billing.invoice import Identity
from automator.jobs import retrain
from automator.jobs.evaluate_own import SPAN, corrected, lately
from automator.jobs.lessons import is_kept
from automator.store import corrections
from automator.store.corrections import Correction
from automator.store.db import Database, Tx
from tests.support.rows import NOW, message, store, verdict

OWNER = Identity(addresses=frozenset({"claire@durand.example"}))
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def tx(tmp_path: Path) -> Iterator[Tx]:
    db = Database.open(tmp_path / "automator.db")
    with db.transaction() as opened:
        yield opened


def say(tx: Tx, message_id: int, category: str, value: bool, minutes: int = 0) -> None:
    at = NOW + timedelta(minutes=minutes)
    corrections.put(tx, Correction(message_id, category, value, "command", at))


def test_nothing_was_corrected(tx: Tx) -> None:
    store(tx, message(1))
    found = corrected(tx, OWNER)
    assert (found.unseen, found.learnt) == ((), ())


def test_before_any_training_all_are_unseen(tx: Tx) -> None:
    stored = store(tx, message(1))
    say(tx, stored.id, "invoice", True)
    say(tx, stored.id, "rh", False)
    (mail,) = corrected(tx, OWNER).unseen
    assert (mail.name, mail.labels, mail.language) == (f"m{stored.id}", {"invoice": True, "rh": False}, "fr")
    assert mail.owner == OWNER


def test_after_a_training_only_kept_ones_and_new_ones_are_unseen(tx: Tx) -> None:
    ids = [store(tx, message(uid)).id for uid in range(1, 31)]
    kept = {n for n, uid in zip(ids, range(1, 31), strict=True) if is_kept(message(uid).identity)}
    assert 1 < len(kept) < 15
    for n in ids[:25]:
        say(tx, n, "invoice", True)
    begun = NOW + timedelta(minutes=30)
    retrain.begin(tx, begun)
    retrain.settle(tx, begun, {"result": "accepted"}, begun)
    for n in ids[25:]:
        say(tx, n, "invoice", True, minutes=45)
    found = corrected(tx, OWNER)
    learnt = {int(mail.name[1:]) for mail in found.learnt}
    assert learnt == set(ids[:25]) - kept
    assert {int(mail.name[1:]) for mail in found.unseen} == set(ids) - learnt


def test_decisions_turned_round_of_late(tx: Tx) -> None:
    wrong = store(tx, message(1), found=verdict(invoice="yes", client_request="no", urgent="no"))
    right = store(tx, message(2), found=verdict(invoice="yes", client_request="no", urgent="no"))
    doubt = store(tx, message(3), found=verdict(invoice="unsure", client_request="no", urgent="no"))
    old = store(tx, message(4, arrived=NOW - SPAN), found=verdict(invoice="yes", client_request="no", urgent="no"))
    say(tx, wrong.id, "invoice", False)
    say(tx, right.id, "invoice", True)
    say(tx, doubt.id, "invoice", True)
    say(tx, doubt.id, "rh", True)
    say(tx, old.id, "invoice", False)
    found = lately(tx, LATER)
    assert (found["mails"], found["decisions"], found["corrections"], found["answered"]) == (3, 8, 1, 1)
    assert found["error_rate"]["value"] == 0.125
    assert (found["categories"]["invoice"]["value"], found["categories"]["invoice"]["n"]) == (0.5, 2)
    assert found["categories"]["rh"]["n"] == 0


def test_no_mail_of_late(tx: Tx) -> None:
    found = lately(tx, NOW)
    assert (found["mails"], found["error_rate"]["value"], found["categories"]) == (0, None, {})
