"""The outbox: once per key, one claimer, every state reached by its own door."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import BaseModel

from automator.followup.ladder import ObjectRef
from automator.rulebook.plan import Autonomy, Intent
from automator.store import outbox
from automator.store.db import Database
from automator.store.records import OutboxItem

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class Params(BaseModel):
    text: str = "x"


def intent(key: str = "r/mail:1/s/", *, action: str = "remind", held: bool = False, observed: bool = False) -> Intent:
    return Intent(
        key=key, object=ObjectRef("mail", "1"), account="bureau", action=action, params=Params(), not_before=NOW,
        autonomy=Autonomy.AUTO, rule="r", rule_version="v", why="because", step="s", held=held, observed=observed,
    )  # fmt: skip


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return Database.open(tmp_path / "automator.db")


def only(db: Database) -> OutboxItem:
    with db.read() as tx:
        (item,) = outbox.listed(tx)
    return item


def test_the_same_key_is_queued_once(db: Database) -> None:
    with db.transaction() as tx:
        assert outbox.enqueue(tx, [intent(), intent()], NOW) == 1
    with db.transaction() as tx:
        assert outbox.enqueue(tx, [intent()], NOW) == 0
    assert only(db).why == "because"


def test_nothing_is_ready_before_its_time(db: Database) -> None:
    with db.transaction() as tx:
        outbox.enqueue(tx, [intent()], NOW)
        assert outbox.ready(tx, NOW - timedelta(seconds=1)) == []
        assert [i.key for i in outbox.ready(tx, NOW, account="bureau")] == [intent().key]
        assert outbox.ready(tx, NOW, account="compta") == []
        assert outbox.ready(tx, NOW, actions=("send",)) == []


def test_of_many_claimers_exactly_one_wins(db: Database) -> None:
    with db.transaction() as tx:
        outbox.enqueue(tx, [intent()], NOW)
    wins: list[bool] = []
    item = only(db)

    def work() -> None:
        with db.transaction() as tx:
            wins.append(outbox.claim(tx, item.id, NOW, header_id="<a@b.example>", recipient="c@d.example"))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert sorted(wins) == [False] * 7 + [True]
    assert (only(db).state, only(db).attempts, only(db).header_id) == ("sending", 1, "<a@b.example>")


@pytest.mark.parametrize(
    ("made", "state", "hold"), [(intent(held=True), "held", "approval"), (intent(observed=True), "observed", "")]
)
def test_held_and_observed_intents_are_never_ready(db: Database, made: Intent, state: str, hold: str) -> None:
    with db.transaction() as tx:
        outbox.enqueue(tx, [made], NOW)
        assert outbox.ready(tx, NOW) == []
    assert (only(db).state, only(db).hold) == (state, hold)


def test_approval_lets_a_held_mail_leave_and_is_remembered(db: Database) -> None:
    with db.transaction() as tx:
        outbox.enqueue(tx, [intent(held=True)], NOW)
    with db.transaction() as tx:
        assert outbox.approve(tx, only(db).id, NOW)
    assert (only(db).state, only(db).approved_at) == ("ready", NOW)
    with db.transaction() as tx:
        assert not outbox.approve(tx, only(db).id, NOW)


def test_cancelling_stops_what_waits_and_nothing_that_left(db: Database) -> None:
    with db.transaction() as tx:
        outbox.enqueue(tx, [intent()], NOW)
    with db.transaction() as tx:
        assert outbox.cancel(tx, only(db).id, "paid", NOW)
        assert not outbox.cancel(tx, only(db).id, "paid", NOW)
    assert (only(db).state, only(db).error) == ("cancelled", "paid")


def test_a_retry_waits_and_release_looks_at_its_reason(db: Database) -> None:
    with db.transaction() as tx:
        outbox.enqueue(tx, [intent()], NOW)
    item = only(db)
    with db.transaction() as tx:
        outbox.claim(tx, item.id, NOW, header_id="", recipient="")
        outbox.retry(tx, item.id, NOW + timedelta(minutes=5), "451")
        assert outbox.ready(tx, NOW) == []
        outbox.hold(tx, item.id, "cap")
        assert outbox.release(tx, "bureau", ("stale",)) == 0
        assert outbox.release(tx, "compta", ("cap",)) == 0
        assert outbox.release(tx, "bureau", ("cap",)) == 1


def test_the_count_of_mails_to_others_forgets_nothing_that_may_have_left(db: Database) -> None:
    with db.transaction() as tx:
        outbox.enqueue(tx, [intent(f"k{n}", action="send") for n in range(3)], NOW)
        first, second, _ = outbox.listed(tx)
        outbox.claim(tx, first.id, NOW, header_id="", recipient="c@d.example")
        outbox.settle(tx, first.id, "unknown", NOW)
        outbox.claim(tx, second.id, NOW, header_id="", recipient="e@d.example")
        outbox.settle(tx, second.id, "done", NOW)
        assert outbox.sent_since(tx, NOW - timedelta(hours=24)) == 2
        assert outbox.sent_since(tx, NOW - timedelta(hours=24), "c@d.example") == 1
        assert outbox.sent_since(tx, NOW) == 0
        assert outbox.counts(tx) == {"unknown": 1, "done": 1, "ready": 1}


def test_a_draft_of_ours_that_the_owner_sent_is_his_mail(db: Database) -> None:
    with db.transaction() as tx:
        outbox.enqueue(tx, [intent("d", action="draft"), intent("s", action="send")], NOW)
        for item in outbox.listed(tx):
            outbox.claim(tx, item.id, NOW, header_id=f"<{item.key}@x.example>", recipient="")
        assert not outbox.is_own_header(tx, "<d@x.example>")
        assert outbox.is_own_header(tx, "<s@x.example>")
        assert not outbox.is_own_header(tx, "")


def test_a_copy_for_sent_is_kept_until_it_is_filed(db: Database) -> None:
    with db.transaction() as tx:
        outbox.enqueue(tx, [intent(action="send")], NOW)
        item = outbox.listed(tx)[0]
        outbox.claim(tx, item.id, NOW, header_id="", recipient="")
        assert outbox.settle(tx, item.id, "done", NOW)
        outbox.put_copy(tx, item.id, b"mail")
        assert [c for _, c in outbox.copies(tx, "bureau")] == [b"mail"]
        outbox.put_copy(tx, item.id, None)
        assert outbox.copies(tx, "bureau") == []


def test_what_was_cancelled_never_comes_back(db: Database) -> None:
    with db.transaction() as tx:
        outbox.enqueue(tx, [intent(action="send")], NOW)
        item = outbox.listed(tx)[0]
        assert outbox.cancel(tx, item.id, "by you", NOW)
        assert not outbox.hold(tx, item.id, "closed")
        assert not outbox.retry(tx, item.id, NOW, "")
        assert not outbox.settle(tx, item.id, "done", NOW)
        assert not outbox.refuse(tx, item.id, NOW, "")
        assert not outbox.claim(tx, item.id, NOW, header_id="", recipient="")
        assert outbox.release(tx, "bureau", ("closed",)) == 0
    assert only(db).state == "cancelled"
