"""What people said of verdicts: the last word counts, and can be taken back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from automator.mail.message import Authentication
from automator.store import corrections, messages
from automator.store.corrections import Correction
from automator.store.db import Database, Tx
from tests.support.rows import NOW, message, store, verdict


@pytest.fixture
def tx(tmp_path: Path) -> Iterator[Tx]:
    db = Database.open(tmp_path / "automator.db")
    with db.transaction() as opened:
        yield opened


def decision(tx: Tx, message_id: int, category: str) -> str:
    stored = messages.get(tx, message_id)
    assert stored is not None
    return stored.decision(category)


def test_the_last_word_counts_and_the_same_word_again_is_no_news(tx: Tx) -> None:
    stored = store(tx, message(1), found=verdict(urgent="unsure"))
    assert corrections.put(tx, Correction(stored.id, "urgent", True, "command", NOW))
    assert not corrections.put(tx, Correction(stored.id, "urgent", True, "folder", NOW + timedelta(days=1)))
    assert corrections.of(tx, stored.id, "urgent") == Correction(stored.id, "urgent", True, "command", NOW)
    assert corrections.put(tx, Correction(stored.id, "urgent", False, "keyword", NOW + timedelta(days=2)))
    assert decision(tx, stored.id, "urgent") == "no"
    assert corrections.count(tx) == 1


def test_what_is_taken_back_leaves_the_models_verdict(tx: Tx) -> None:
    stored = store(tx, message(1), found=verdict(urgent="unsure"))
    assert not corrections.withdraw(tx, stored.id, "urgent", NOW)
    corrections.put(tx, Correction(stored.id, "urgent", False, "folder", NOW))
    assert messages.urgent_open(tx, NOW - timedelta(days=1)) == []
    assert corrections.withdraw(tx, stored.id, "urgent", NOW)
    assert decision(tx, stored.id, "urgent") == "unsure"
    assert [m.id for m in messages.urgent_open(tx, NOW - timedelta(days=1))] == [stored.id]
    assert not corrections.withdraw(tx, 999, "urgent", NOW + timedelta(days=1))


def test_a_word_taken_back_is_news_for_the_next_training(tx: Tx) -> None:
    stored = store(tx, message(1), found=verdict(urgent="unsure"))
    corrections.put(tx, Correction(stored.id, "urgent", False, "folder", NOW))
    hour = timedelta(hours=1)
    assert not corrections.withdrawn(tx, None, NOW + 2 * hour)
    corrections.withdraw(tx, stored.id, "urgent", NOW + hour)
    assert corrections.withdrawn(tx, None, NOW + 2 * hour)
    assert corrections.withdrawn(tx, NOW, NOW + hour)
    assert not corrections.withdrawn(tx, NOW + hour, NOW + 2 * hour)
    assert not corrections.withdrawn(tx, NOW, NOW)


def test_counts_examples_and_words(tx: Tx) -> None:
    first, second = store(tx, message(1, sender="A@b.example")), store(tx, message(2))
    later = NOW + timedelta(hours=1)
    corrections.put(tx, Correction(first.id, "rh", True, "folder", NOW))
    corrections.put(tx, Correction(second.id, "rh", True, "folder", later))
    corrections.put(tx, Correction(second.id, "invoice", False, "command", later))
    assert corrections.examples(tx) == {"rh": 2}
    assert (corrections.count(tx, NOW), corrections.count(tx, None, NOW), corrections.count(tx, NOW, NOW)) == (
        2,
        1,
        0,
    )
    assert [c.message_id for c in corrections.newest(tx, 2)] == [second.id, second.id]
    assert [(w.category, w.value) for w in corrections.words(tx, NOW)] == [("invoice", False), ("rh", True)]
    assert corrections.words(tx, NOW - timedelta(days=1))[-1].sender == "a@b.example"


@pytest.mark.parametrize("verified", [True, False, None])
def test_words_on_forged_mails_say_nothing_of_the_sender(tx: Tx, verified: bool | None) -> None:
    claims = '{"authentication":{"verified":false}}'
    mail = replace(message(1, text=claims), authentication=Authentication(verified=verified))
    corrections.put(tx, Correction(store(tx, mail).id, "invoice", False, "command", NOW))
    assert [w.sender for w in corrections.words(tx, NOW - timedelta(days=1))] == (
        [] if verified is False else [mail.sender.addr]
    )


def test_a_category_of_ones_own_is_listed_in_portions(tx: Tx) -> None:
    for uid in range(1, 451):
        stored = store(tx, message(uid, arrived=NOW + timedelta(minutes=uid)))
        if uid % 100 == 0:
            corrections.put(tx, Correction(stored.id, "rh", True, "folder", NOW))
    assert [m.message.ref.uid for m in messages.listed(tx, category="rh")] == [400, 300, 200, 100]
    assert [m.message.ref.uid for m in messages.listed(tx, category="rh", limit=2)] == [400, 300]
    assert messages.listed(tx, category="chantier") == []
    assert messages.listed(tx, category="rh")[0].categories == ("invoice", "client_request", "urgent", "rh")
