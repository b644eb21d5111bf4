"""Bills that a second mail speaks of: another IBAN, a receipt, a credit note; what only the owner may undo."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from automator.store import bills
from automator.store.bills import NewBill
from automator.store.db import Database
from tests.support.rows import NOW

TODAY = NOW.date()
GOOD, OTHER, THIRD = "FR7630006000011234567890189", "DE89370400440532013000", "GB29NWBK60161331926819"


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return Database.open(tmp_path / "automator.db")


def bill(**values: object) -> NewBill:
    base: dict[str, object] = {
        "account": "bureau", "direction": "received", "party": "Bois du Vercors SARL", "number": "F-77",
        "amount": Decimal("1286.40"), "iban": GOOD,
    }  # fmt: skip
    return NewBill(**(base | values))  # type: ignore[arg-type]


def test_a_copy_with_another_iban_puts_an_open_bill_under_verify_and_changes_nothing_else(db: Database) -> None:
    with db.transaction() as tx:
        bills.put(tx, bill(), NOW)
        found, new = bills.put(
            tx, bill(iban=OTHER, document="reminder", party_email="x@y.example", demanded=TODAY), NOW
        )
        assert not new
        assert (found.status, found.iban, found.party_email, found.demanded) == ("verify", GOOD, "", None)


def test_a_copy_told_to_be_in_doubt_does_not_complete_the_bill(db: Database) -> None:
    with db.transaction() as tx:
        bills.put(tx, bill(iban=""), NOW)
        found, _ = bills.put(tx, bills.with_status(bill(iban=OTHER), "verify"), NOW)
        assert (found.status, found.iban) == ("verify", "")


def test_a_bill_leaves_verify_by_the_owners_word_only(db: Database) -> None:
    with db.transaction() as tx:
        first, _ = bills.put(tx, bill(), NOW)
        bills.put(tx, bill(iban=OTHER), NOW)
        assert bills.put(tx, bill(), NOW)[0].status == "verify"
        assert bills.put(tx, bill(document="receipt", status="paid", settled_on=TODAY), NOW)[0].status == "verify"
        assert bills.settle(tx, first.id, "open", TODAY)
        opened = bills.get(tx, first.id)
        assert opened is not None
        assert (opened.status, opened.settled_on) == ("open", None)


def test_a_settled_bill_stays_settled_whatever_iban_a_copy_names(db: Database) -> None:
    with db.transaction() as tx:
        first, _ = bills.put(tx, bill(), NOW)
        bills.settle(tx, first.id, "paid", TODAY)
        assert bills.put(tx, bill(iban=OTHER), NOW)[0].status == "paid"


def test_the_good_iban_stays_known_while_its_bill_is_under_verify(db: Database) -> None:
    with db.transaction() as tx:
        bills.put(tx, bill(), NOW)
        bills.put(tx, bill(iban=OTHER), NOW)
        assert bills.iban_changed(tx, "Bois du Vercors", OTHER)
        assert not bills.iban_changed(tx, "Bois du Vercors", GOOD)


def test_another_known_account_of_the_supplier_is_no_contradiction(db: Database) -> None:
    with db.transaction() as tx:
        bills.put(tx, bill(), NOW)
        second, _ = bills.put(tx, bills.with_status(bill(number="F-78", iban=OTHER), "verify"), NOW)
        assert bills.iban_changed(tx, "Bois du Vercors", OTHER)
        bills.settle(tx, second.id, "open", TODAY)
        assert not bills.iban_changed(tx, "Bois du Vercors", OTHER), "the owner called: it is known now"
        assert bills.put(tx, bill(iban=OTHER), NOW)[0].status == "open"
        assert bills.put(tx, bill(iban=THIRD), NOW)[0].status == "verify"


def test_our_own_bills_are_never_in_doubt(db: Database) -> None:
    with db.transaction() as tx:
        bills.put(tx, bill(direction="issued"), NOW)
        assert bills.put(tx, bill(direction="issued", iban=OTHER), NOW)[0].status == "open"


def test_a_copy_without_a_number_does_not_get_round_verify(db: Database) -> None:
    with db.transaction() as tx:
        bills.put(tx, bill(number=""), NOW)
        bills.put(tx, bill(number="", iban=OTHER), NOW)
        assert not bills.put(tx, bill(number="", iban=OTHER), NOW)[1]
        assert bills.open_bills(tx) == []


def test_a_receipt_with_a_number_of_its_own_settles_the_one_bill_of_that_amount(db: Database) -> None:
    receipt = bill(number="R-5", document="receipt", status="paid", settled_on=TODAY)
    with db.transaction() as tx:
        first, _ = bills.put(tx, bill(), NOW)
        settled, new = bills.put(tx, receipt, NOW)
        assert (settled.id, settled.status, new) == (first.id, "paid", False)


def test_a_receipt_that_fits_two_bills_settles_neither(db: Database) -> None:
    with db.transaction() as tx:
        bills.put(tx, bill(due=date(2026, 11, 1)), NOW)
        bills.put(tx, bill(number="F-78", due=date(2026, 12, 1)), NOW)
        assert bills.same(tx, bill(number="R-5", document="receipt", status="paid")) is None
        assert bills.same(tx, bill(number="", document="receipt", status="paid")) is None
        assert bills.same(tx, bill(number="R-5", amount=None, document="receipt", status="paid")) is None


def test_a_receipt_that_names_the_number_needs_no_amount(db: Database) -> None:
    with db.transaction() as tx:
        bills.put(tx, bill(), NOW)
        found, _ = bills.put(tx, bill(amount=None, document="receipt", status="paid", settled_on=TODAY), NOW)
        assert (found.status, found.amount) == ("paid", Decimal("1286.40"))


def test_a_credit_note_is_another_document_even_under_the_same_number(db: Database) -> None:
    with db.transaction() as tx:
        first, _ = bills.put(tx, bill(), NOW)
        note, new = bills.put(tx, bill(document="credit_note", status="credited", settled_on=TODAY), NOW)
        assert (new, note.id != first.id) == (True, True)
        assert not bills.put(tx, bill(document="credit_note", number="", status="credited"), NOW)[1]
        assert [b.id for b in bills.open_of_party(tx, "received", "BOIS DU VERCORS")] == [first.id]
        assert bills.open_of_party(tx, "received", "Autre") == []
