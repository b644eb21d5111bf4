"""Approvals and payment files in a real database: nothing unapproved, nothing twice, no bill whose IBAN changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from automator.billing.payable import Candidate, sort_out
from automator.billing.sepa import Debtor, payment_xml
from automator.store import bills, corrections, payments
from automator.store.bills import NewBill
from automator.store.corrections import Correction
from automator.store.db import Database, Tx
from tests.support.rows import NOW, message, store

OURS = Debtor("Menuiserie Durand", "FR7630006000011234567890189")
GOOD, OTHER = "DE89370400440532013000", "GB29NWBK60161331926819"
DAY = date(2026, 11, 25)


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return Database.open(tmp_path / "automator.db")


def put(tx: Tx, number: str, **values: object) -> Candidate:
    base: dict[str, object] = {
        "account": "bureau", "direction": "received", "party": "Bois du Vercors", "number": number,
        "amount": Decimal("100.00"), "iban": GOOD, "payment": "transfer",
    }  # fmt: skip
    made, _ = bills.put(tx, NewBill(**(base | values)), NOW)  # type: ignore[arg-type]
    return payments.candidate(tx, made)


def chosen(tx: Tx) -> list[Candidate]:
    return sort_out(payments.candidates(tx))[0]


def make(tx: Tx) -> payments.Order:
    return payments.order(tx, chosen(tx), OURS, NOW, DAY, NOW)


def again(tx: Tx, bill: Candidate) -> Candidate:
    stored = bills.get(tx, bill.id)
    assert stored is not None
    return payments.candidate(tx, stored)


def test_a_bill_is_ready_once_it_is_approved_and_no_more_when_that_is_taken_back(db: Database) -> None:
    with db.transaction() as tx:
        bill = put(tx, "1")
        assert (chosen(tx), payments.any_approved(tx)) == ([], False)
        payments.approve(tx, bill, NOW)
        payments.approve(tx, bill, NOW)
        assert [c.id for c in chosen(tx)] == [bill.id]
        assert payments.withdraw(tx, bill.id)
        assert not payments.withdraw(tx, bill.id)
        assert chosen(tx) == []


def test_an_order_takes_its_bills_and_gives_them_back(db: Database) -> None:
    with db.transaction() as tx:
        bill = put(tx, "1")
        payments.approve(tx, bill, NOW)
        order = make(tx)
        assert (order.bills, order.made.total, order.undone_at) == ((bill.id,), Decimal("100.00"), None)
        assert order.made.id == "AUTOMATOR-20261123090000-1"
        assert (again(tx, bill).status, payments.candidates(tx)) == ("ordered", [])
        assert bills.open_bills(tx) == []
        assert payments.undo(tx, order.id, NOW) == 1
        assert payments.undo(tx, order.id, NOW) is None
        assert payments.undo(tx, 99, NOW) is None
        assert [c.id for c in chosen(tx)] == [bill.id]
        assert payments.orders(tx)[0].undone_at == NOW


def test_a_bill_paid_meanwhile_stays_paid_when_the_file_is_undone(db: Database) -> None:
    with db.transaction() as tx:
        one, two = put(tx, "1"), put(tx, "2")
        for bill in (one, two):
            payments.approve(tx, bill, NOW)
        order = make(tx)
        bills.settle(tx, one.id, "paid", DAY)
        assert payments.undo(tx, order.id, NOW) == 1
        assert (again(tx, one).status, again(tx, two).status) == ("paid", "open")


def test_a_receipt_settles_an_ordered_bill(db: Database) -> None:
    with db.transaction() as tx:
        bill = put(tx, "1")
        payments.approve(tx, bill, NOW)
        make(tx)
        put(tx, "1", document="receipt", status="paid", settled_on=DAY)
        assert again(tx, bill).status == "paid"
        unnamed = put(tx, "", party="Sans Numéro", amount=Decimal("7.00"))
        payments.approve(tx, unnamed, NOW)
        make(tx)
        put(tx, "", party="Sans Numéro", amount=Decimal("7.00"), document="receipt", status="paid", settled_on=DAY)
        assert again(tx, unnamed).status == "paid"


def test_a_bill_opened_again_by_hand_is_not_put_into_a_second_file(db: Database) -> None:
    with db.transaction() as tx:
        bill = put(tx, "1")
        payments.approve(tx, bill, NOW)
        make(tx)
        bills.settle(tx, bill.id, "open", DAY)  # what `automator money verified` does
        assert (again(tx, bill).status, chosen(tx)) == ("ordered", [])


def test_an_order_of_a_bill_that_is_not_open_keeps_nothing(db: Database) -> None:
    def attempt(tx: Tx) -> None:
        bill = put(tx, "1")
        bills.settle(tx, bill.id, "disputed", DAY)
        payments.order(tx, [bill], OURS, NOW, DAY, NOW)

    with pytest.raises(LookupError), db.transaction() as tx:
        attempt(tx)
    with db.read() as tx:
        assert payments.orders(tx) == []


def test_what_the_owner_called_no_invoice_is_not_paid(db: Database) -> None:
    with db.transaction() as tx:
        mail = store(tx, message(1))
        bill = put(tx, "1", message_id=mail.id)
        payments.approve(tx, bill, NOW)
        assert len(chosen(tx)) == 1
        corrections.put(tx, Correction(mail.id, "invoice", False, "command", NOW))
        assert [reason for _, reason in sort_out(payments.candidates(tx))[1]] == [
            "you said that its mail is no invoice"
        ]


def test_the_first_payment_to_an_account_is_known_as_such(db: Database) -> None:
    with db.transaction() as tx:
        one, two = put(tx, "1"), put(tx, "2")
        assert payments.first_payment(tx, one)
        bills.settle(tx, two.id, "paid", DAY)
        assert not payments.first_payment(tx, one)


def test_another_iban_after_the_approval_voids_it(db: Database) -> None:
    with db.transaction() as tx:
        late = put(tx, "1", iban="")
        assert late.iban == ""
        payments.approve(tx, late, NOW)
        put(tx, "1")  # a reminder brings the IBAN that was not known
        (_, reason) = sort_out(payments.candidates(tx))[1][0]
        assert "approve it again" in reason


STEPS: dict[str, Callable[[Tx, Candidate], object]] = {
    "approve": lambda tx, bill: payments.approve(tx, again(tx, bill), NOW),
    "withdraw": lambda tx, bill: payments.withdraw(tx, bill.id),
    "paid": lambda tx, bill: bills.settle(tx, bill.id, "paid", DAY),
    "verified": lambda tx, bill: bills.settle(tx, bill.id, "open", DAY),
    "forged": lambda tx, bill: put(tx, bill.number, iban=OTHER, amount=bill.amount, document="reminder"),
    "reminder": lambda tx, bill: put(tx, bill.number, amount=bill.amount, document="reminder"),
    "receipt": lambda tx, bill: put(
        tx, bill.number, amount=bill.amount, document="receipt", status="paid", settled_on=DAY
    ),
    "pay": lambda tx, bill: _pay(tx),
    "undo": lambda tx, bill: [payments.undo(tx, o.id, NOW) for o in payments.orders(tx)[:1]],
}


def _pay(tx: Tx) -> None:
    """One file; what must hold of it at that moment."""
    ready = chosen(tx)
    for bill in ready:
        assert bill.approval is not None
        assert (bill.approval.amount, bill.approval.iban) == (bill.amount, bill.iban)
        assert bill.iban == GOOD, "the IBAN that was known first"
        assert again(tx, bill).status == "open"
    if not ready:
        return
    order = payments.order(tx, ready, OURS, NOW + timedelta(minutes=1), DAY, NOW)
    root = etree.fromstring(payment_xml(order.made))
    sums = {Decimal(str(e.text)) for e in root.iter("{*}CtrlSum")}
    assert sums == {sum((b.amount for b in ready if b.amount), Decimal(0))}
    assert len(list(root.iter("{*}CdtTrfTxInf"))) == len(ready)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 2)), max_size=14))
def test_whatever_happens_no_bill_is_in_two_files_in_force(tmp_path: Path, steps: list[tuple[str, int]]) -> None:
    path = tmp_path / "property.db"
    path.unlink(missing_ok=True)
    db = Database.open(path)
    with db.transaction() as tx:
        known = [put(tx, str(n), amount=Decimal(n + 1) / 3 // Decimal("0.01") / 100 + 1) for n in range(3)]
        for step, which in steps:
            STEPS[step](tx, known[which])
            inside = [b for o in payments.orders(tx) if o.undone_at is None for b in o.bills]
            assert len(inside) == len(set(inside))
        _pay(tx)
    db.close()
