"""Bills, cases, rules, calendars, notes, digests, settings: one test per promise of their query functions."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from automator.agenda.event import CalendarEvent
from automator.followup.ladder import FollowUp, ObjectRef, StepRecord
from automator.ports import Note
from automator.store import accounts, bills, calendar, cases, digests, notes, outbox, settings
from automator.store.bills import NewBill
from automator.store.db import Database
from automator.store.digests import StoredDigest
from automator.store.tables import outbox as outbox_table
from tests.support.rows import NOW

TODAY = NOW.date()
MAIL = ObjectRef("mail", "1")


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return Database.open(tmp_path / "automator.db")


def bill(**values: object) -> NewBill:
    base: dict[str, object] = {
        "account": "bureau",
        "direction": "received",
        "party": "Matériaux Lerat SARL",
        "number": "F-12",
        "amount": Decimal("640.00"),
        "due": date(2026, 11, 30),
    }
    return NewBill(**(base | values))  # type: ignore[arg-type]


def test_a_bill_its_reminder_and_its_receipt_are_one_bill(db: Database) -> None:
    with db.transaction() as tx:
        first, new = bills.put(tx, bill(due=None), NOW)
        again, second = bills.put(tx, bill(party="MATERIAUX LERAT", document="reminder", demanded=TODAY), NOW)
        paid, third = bills.put(tx, bill(document="receipt", status="paid", settled_on=TODAY), NOW)
    assert (new, second, third) == (True, False, False)
    assert first.id == again.id == paid.id
    assert again.due == date(2026, 11, 30)
    assert (again.demanded, paid.status, paid.settled_on) == (TODAY, "paid", TODAY)


def test_bills_without_a_number_are_told_apart_by_party_amount_and_date(db: Database) -> None:
    with db.transaction() as tx:
        bills.put(tx, bill(number=""), NOW)
        assert not bills.put(tx, bill(number=""), NOW)[1]
        assert bills.put(tx, bill(number="", due=date(2026, 12, 31)), NOW)[1]
        assert bills.put(tx, bill(number="", amount=Decimal("1.00")), NOW)[1]


def test_the_same_number_of_another_supplier_is_another_bill(db: Database) -> None:
    with db.transaction() as tx:
        bills.put(tx, bill(), NOW)
        assert bills.put(tx, bill(party="Électra", amount=Decimal("5.00")), NOW)[1]


def test_s05_another_iban_than_the_one_known_is_noticed(db: Database) -> None:
    with db.transaction() as tx:
        assert not bills.iban_changed(tx, "Lerat", "FR76A")
        bills.put(tx, bill(party="Lerat", iban="FR76A"), NOW)
        assert not bills.iban_changed(tx, "LERAT SARL", "FR76A")
        assert not bills.iban_changed(tx, "Lerat", "")
        assert bills.iban_changed(tx, "Lerat", "FR76B")
        bills.put(tx, bills.with_status(bill(party="Lerat", number="F-13", iban="FR76B"), "verify"), NOW)
        assert bills.iban_changed(tx, "Lerat", "FR76B"), "what waits for verification is not known yet"


def test_only_unpaid_bills_are_open_and_earliest_first(db: Database) -> None:
    with db.transaction() as tx:
        late, _ = bills.put(tx, bill(number="1", due=date(2026, 11, 1)), NOW)
        none, _ = bills.put(tx, bill(number="2", due=None), NOW)
        gone, _ = bills.put(tx, bill(number="3"), NOW)
        assert bills.settle(tx, gone.id, "paid", TODAY)
        assert not bills.settle(tx, 99, "paid", TODAY)
        assert [b.id for b in bills.open_bills(tx)] == [late.id, none.id]
        assert [b.id for b in bills.open_bills(tx, "received", due_before=TODAY)] == [late.id]
        assert bills.open_bills(tx, "issued") == []
        assert [b.id for b in bills.listed(tx, status="paid", direction="received")] == [gone.id]


def follow(**values: object) -> FollowUp:
    base: dict[str, object] = {
        "id": 0, "rule": "relance", "rule_version": "v1", "event": "invoice.overdue", "object": MAIL,
        "account": "bureau", "base": NOW,
    }  # fmt: skip
    return FollowUp(**(base | values))  # type: ignore[arg-type]


def test_a_rule_has_one_case_per_object_and_occurrence(db: Database) -> None:
    with db.transaction() as tx:
        assert cases.arm(tx, follow())
        assert not cases.arm(tx, follow(base=NOW + timedelta(days=1)))
        assert cases.arm(tx, follow(occurrence="2"))
        first, second = cases.running(tx, "bureau")
        cases.record(tx, first.id, {"draft-1": StepRecord("prepared", NOW)})
        cases.record(tx, first.id, {"draft-1": StepRecord("sent", NOW)})
        cases.stop(tx, second.id, "paid", NOW)
        cases.set_next_due(tx, first.id, NOW)
        (left,) = cases.running(tx)
        assert left.records == {"draft-1": StepRecord("sent", NOW)}
        assert cases.next_dues(tx) == {first.id: NOW}
        assert [c.stopped for c in cases.of_object(tx, MAIL)] == ["", "paid"]
        cases.pause(tx, first.id, paused=True)
        assert cases.get(tx, first.id).paused  # type: ignore[union-attr]
        assert cases.get(tx, 99) is None


def test_a_rule_keeps_its_arming_day_through_off_and_on(db: Database) -> None:
    with db.transaction() as tx:
        cases.keep_version(tx, "r", "v1", "r.toml", b"title", NOW)
        assert cases.version(tx, "v1") == ("r.toml", b"title")
        assert cases.version(tx, "v2") is None
        assert cases.arm_rules(tx, {"r": "v1"}, date(2026, 11, 1)) == {"r": date(2026, 11, 1)}
        assert cases.arm_rules(tx, {}, date(2026, 11, 2)) == {}
        assert cases.arm_rules(tx, {"r": "v2"}, date(2026, 11, 3)) == {"r": date(2026, 11, 1)}
        assert cases.last_good(tx, "r") == "v2"
        assert cases.last_good(tx, "other") == ""


def event(uid: str, hour: int, **values: object) -> CalendarEvent:
    start = NOW.replace(hour=hour)
    return CalendarEvent(uid, "agenda", uid.title(), start, start + timedelta(hours=1), **values)  # type: ignore[arg-type]


def test_a_whole_read_forgets_what_is_no_longer_there(db: Database) -> None:
    day = (NOW.replace(hour=0), NOW.replace(hour=23))
    with db.transaction() as tx:
        calendar.replace(tx, "agenda", [event("a", 10), event("b", 12)], whole=True)
        calendar.replace(tx, "agenda", [event("b", 12)], whole=True)
        assert [e.uid for e in calendar.between(tx, *day)] == ["b"]
        calendar.replace(tx, "agenda", [event("c", 9)], whole=False)
        assert [e.uid for e in calendar.between(tx, *day)] == ["c", "b"]
        calendar.replace(tx, "agenda", [event("c", 9, cancelled=True)], whole=False)
        assert calendar.get(tx, event("c", 9).key) is None
        assert calendar.get(tx, event("b", 12).key) == event("b", 12)


def test_a_clash_is_new_once_and_gone_with_its_entry(db: Database) -> None:
    a, b = event("a", 10), event("b", 10)
    with db.transaction() as tx:
        calendar.replace(tx, "agenda", [a, b], whole=True)
        assert calendar.note_clash(tx, a, b, NOW)
        assert not calendar.note_clash(tx, b, a, NOW)
        assert calendar.clash_of(tx, calendar.clash_key(b, a)) == (a, b)
        calendar.replace(tx, "agenda", [a], whole=True)
        assert calendar.clash_of(tx, calendar.clash_key(a, b)) is None
        assert calendar.clash_of(tx, "none") is None


def note(key: str, kind: str = "reminder", **values: object) -> Note:
    return Note(key, kind, MAIL, "bureau", "Appeler", **values)  # type: ignore[arg-type]


def test_notes_are_added_once_shown_from_their_time_and_end_with_their_matter(db: Database) -> None:
    with db.transaction() as tx:
        assert notes.add(tx, note("a"), NOW)
        assert not notes.add(tx, note("a"), NOW)
        notes.add(tx, note("b", at=NOW + timedelta(days=1)), NOW)
        notes.add(tx, note("c", "digest"), NOW)
        notes.add(tx, note("d", "task"), NOW)
        assert {n.key for n in notes.open_notes(tx, NOW)} == {"a", "c", "d"}
        assert {n.key for n in notes.open_notes(tx, NOW, NOW)} == {"a", "d"}, "the line of before was told"
        assert len(notes.open_notes(tx, NOW, NOW - timedelta(seconds=1))) == 3
        notes.told(tx, NOW)
        shown = notes.open_notes(tx, NOW + timedelta(days=2))
        assert {n.key for n in shown} == {"a", "b", "d"}
        assert notes.done_for(tx, MAIL, NOW) == 2
        (task,) = notes.open_notes(tx, NOW)
        assert notes.done(tx, task.id, NOW)
        assert not notes.done(tx, task.id, NOW)


def test_s16_a_day_has_one_digest(db: Database) -> None:
    made = StoredDigest(TODAY, NOW - timedelta(days=1), NOW, "3 à faire", "digest/x")
    with db.transaction() as tx:
        digests.add(tx, made, [(1, MAIL)])
        assert digests.of_day(tx, TODAY) == made == digests.last(tx)
        assert digests.of_day(tx, date(2026, 1, 1)) is None
    with pytest.raises(IntegrityError), db.transaction() as tx:
        digests.add(tx, made, [])


def test_only_a_digest_that_left_has_told_anything(db: Database) -> None:
    with db.transaction() as tx:
        for n, state in enumerate(("done", "failed", "ready")):
            moment = NOW + timedelta(days=n)
            digests.add(tx, StoredDigest(moment.date(), NOW, moment, "x", f"digest/{n}"), [])
            row = {"key": f"digest/{n}", "state": state, "object_kind": "date", "object_id": "x", "account": "bureau"}
            row |= {
                "action": "brief",
                "params": "",
                "autonomy": 3,
                "rule": "digest",
                "rule_version": "",
                "why": "",
                "error": "",
                "what": "",
            }
            tx.execute(outbox_table.insert().values(not_before=moment, created_at=moment, **row))
        later = NOW + timedelta(days=9)
        assert digests.last(tx).day == (NOW + timedelta(days=2)).date()  # type: ignore[union-attr]
        assert digests.last(tx, NOW + timedelta(days=1)).outbox_key == "digest/1"  # type: ignore[union-attr]
        assert digests.last_sent(tx, later).outbox_key == "digest/0"  # type: ignore[union-attr]
        assert digests.last_sent(tx, NOW - timedelta(days=1)) is None
        assert outbox.cancel_action(tx, "brief", "newer", NOW) == 1
        assert outbox.cancel_action(tx, "draft", "newer", NOW) == 0


def test_a_case_that_goes_on_passes_the_dropped_letter_over(db: Database) -> None:
    with db.transaction() as tx:
        cases.arm(tx, follow())
        cases.arm(tx, follow(rule="autre"))
        cases.arm(tx, follow(rule="finie"))
        first, other, ended = cases.running(tx)
        cases.record(tx, first.id, {"a": StepRecord("sent", NOW), "b": StepRecord("dropped", NOW)})
        for case in (first, ended):
            cases.pause(tx, case.id, paused=True)
        cases.stop(tx, ended.id, "paid", NOW)
        assert [c.id for c in cases.paused(tx)] == [first.id]
        later = NOW + timedelta(days=1)
        assert cases.resume(tx, MAIL, later) == 1
        assert cases.paused(tx) == []
        assert cases.get(tx, first.id).records == {  # type: ignore[union-attr]
            "a": StepRecord("sent", NOW),
            "b": StepRecord("skipped", later),
        }
        assert cases.get(tx, other.id).records == {}  # type: ignore[union-attr]
        assert cases.resume(tx, MAIL, later) == 0


def test_the_pause_ends_by_itself_or_by_word(db: Database) -> None:
    with db.transaction() as tx:
        assert settings.paused_until(tx, NOW) is None
        settings.pause(tx, NOW + timedelta(hours=2))
        assert settings.paused_until(tx, NOW) == NOW + timedelta(hours=2)
        assert settings.paused_until(tx, NOW + timedelta(hours=2)) is None
        settings.pause(tx, None)
        assert settings.paused_until(tx, NOW) is None


def test_s15_the_lease_is_one_hosts_until_it_expires(db: Database) -> None:
    span = timedelta(minutes=5)
    with db.transaction() as tx:
        assert settings.take_lease(tx, "a", NOW, span) == ""
        assert settings.take_lease(tx, "b", NOW, span) == "a"
        assert settings.take_lease(tx, "a", NOW, span) == ""
        assert settings.take_lease(tx, "b", NOW + span, span) == ""
        settings.drop_lease(tx, "b")
        assert settings.take_lease(tx, "c", NOW, span) == ""


def test_an_account_is_baseline_until_read_to_its_end(db: Database) -> None:
    with db.transaction() as tx:
        assert accounts.ensure(tx, "bureau").baseline
        accounts.advance(tx, "bureau", "cursor")
        assert accounts.read_failed(tx, "bureau", NOW, "closed") == 1
        assert accounts.read_failed(tx, "bureau", NOW, "closed") == 2
        state = accounts.ensure(tx, "bureau")
        assert (state.baseline, state.cursor, state.error) == (True, "cursor", "closed")
        accounts.read_ok(tx, "bureau", NOW)
        (state,) = accounts.states(tx)
        assert (state.baseline, state.error, state.failures, state.last_ok) == (False, "", 0, NOW)
