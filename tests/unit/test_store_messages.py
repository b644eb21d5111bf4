"""Messages, threads and places: one message once, wherever and in whatever order it is met."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations
from pathlib import Path

import pytest

from automator.mail.message import Fetched, MessageRef
from automator.store import corrections, messages, places
from automator.store.corrections import Correction
from automator.store.db import Database
from tests.support.rows import NOW, message, store, verdict


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return Database.open(tmp_path / "automator.db")


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_a_thread_is_one_whatever_the_order_of_arrival(tmp_path: Path, order: tuple[int, ...]) -> None:
    a, b, c, d = "<a@x.example>", "<b@x.example>", "<c@x.example>", "<d@x.example>"
    mails = [
        message(1, header_id=a),
        message(2, header_id=b, references=(a,)),
        message(3, header_id=c, references=(a, b)),
        message(4, header_id=d, references=(c,)),
    ]
    db = Database.open(tmp_path / "automator.db")
    with db.transaction() as tx:
        for index in order:
            store(tx, mails[index])
        threads = {messages.known(tx, "bureau", m.identity).thread for m in mails}  # type: ignore[union-attr]
        assert len(threads) == 1
        assert len(messages.thread(tx, threads.pop())) == 4
    db.close()


def test_two_answers_to_a_mail_never_seen_share_a_thread(db: Database) -> None:
    root = "<root@x.example>"
    with db.transaction() as tx:
        one, two = store(tx, message(1, references=(root,))), store(tx, message(2, references=(root,)))
        other = store(tx, message(3))
        assert messages.get(tx, two.id).thread == one.thread != other.thread  # type: ignore[union-attr]


def test_what_is_stored_comes_back_equal(db: Database) -> None:
    made = message(1)
    with db.transaction() as tx:
        stored = store(tx, made, found=verdict(urgent="yes"))
    with db.read() as tx:
        again = messages.get(tx, stored.id)
    assert again is not None
    assert again.message == made
    assert again.verdict == verdict(urgent="yes")


def test_a_batch_that_comes_twice_is_stored_once(db: Database) -> None:
    fetched = Fetched(
        MessageRef("bureau", "INBOX", 1, 7), NOW, 3, whole=b"\xff\x00x", keywords=frozenset({"$a", "b"})
    )
    with db.transaction() as tx:
        assert places.add(tx, [fetched], baseline=False) == 1
        assert places.add(tx, [fetched], baseline=True) == 0
        (pending,) = places.pending(tx, "bureau", 10)
    assert (pending.fetched, pending.baseline) == (fetched, False)


def test_s12_a_renumbered_mailbox_leaves_no_stale_place(db: Database) -> None:
    with db.transaction() as tx:
        stored = store(tx, message(1))
        places.reset(tx, "bureau", "INBOX", 2)
        assert places.current(tx, stored.id) is None


def test_s10_a_message_that_failed_twice_is_set_aside_and_named(db: Database) -> None:
    with db.transaction() as tx:
        places.add(tx, [Fetched(MessageRef("bureau", "INBOX", 1, 7), NOW, 1, whole=b"x")], baseline=False)
        (pending,) = places.pending(tx, "bureau", 10)
        places.failed(tx, pending.id, "killed", quarantine=False)
        assert places.count_pending(tx) == 1
        places.failed(tx, pending.id, "killed", quarantine=True)
        assert places.count_pending(tx) == 0
        assert places.quarantined(tx) == [MessageRef("bureau", "INBOX", 1, 7)]


def test_the_owners_word_overrules_the_model_and_can_be_changed(db: Database) -> None:
    with db.transaction() as tx:
        stored = store(tx, message(1), found=verdict(urgent="yes"))
        corrections.put(tx, Correction(stored.id, "urgent", False, "command", NOW))
        assert messages.get(tx, stored.id).decision("urgent") == "no"  # type: ignore[union-attr]
        assert messages.urgent_open(tx, NOW - timedelta(days=1)) == []
        corrections.put(tx, Correction(stored.id, "urgent", True, "command", NOW))
        assert [m.id for m in messages.urgent_open(tx, NOW - timedelta(days=1))] == [stored.id]


def test_the_last_word_of_a_thread_ignores_robots_and_closed_matters(db: Database) -> None:
    later = NOW + timedelta(hours=1)
    with db.transaction() as tx:
        first = store(tx, message(1), asks=True)
        store(tx, message(2, references=(first.message.message_id,), arrived=later), automatic=True)
        assert [m.id for m in messages.open_threads(tx, NOW - timedelta(days=1))] == [first.id]
        messages.close(tx, first.id, "cli")
        assert messages.open_threads(tx, NOW - timedelta(days=1)) == []


def test_mail_that_came_back_is_found_by_address(db: Database) -> None:
    with db.transaction() as tx:
        stored = store(tx, message(1))
        messages.add_bounce(tx, stored.id, ["x@y.example"], "<o@z.example>", NOW)
        messages.add_bounce(tx, stored.id, ["x@y.example"], "<o@z.example>", NOW)
        assert messages.bounced_at(tx, "x@y.example", NOW - timedelta(days=1)) == NOW
        assert messages.bounced_at(tx, "x@y.example", NOW) is None
