"""Which bills may be paid by a file, and the reason of every other one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automator.billing.invoice import DOCUMENTS, PAYMENTS
from automator.billing.payable import Approval, Candidate, sort_out, unfit, why_not
from automator.words import Words

GOOD, OTHER = "FR7630006000011234567890189", "DE89370400440532013000"
BILL = Candidate(
    id=7, direction="received", document="invoice", status="open", payment="transfer", party="Bois du Forez",
    number="F-118", amount=Decimal("1286.40"), currency="EUR", due=date(2026, 11, 30), iban=GOOD,
    approval=Approval(Decimal("1286.40"), GOOD),
)  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"direction": "issued"}, "yours"),
        ({"document": "pro_forma"}, "no bill"),
        ({"document": "credit_note"}, "no bill"),
        ({"status": "paid"}, "it is paid"),
        ({"status": "credited"}, "credit note"),
        ({"status": "disputed"}, "dispute"),
        ({"status": "verify"}, "call the supplier"),
        ({"status": "ordered"}, "payment file"),
        ({"status": "strange"}, "not open"),
        ({"denied": True}, "no invoice"),
        ({"payment": "direct_debit"}, "direct debit"),
        ({"payment": "card"}, "card"),
        ({"payment": "cheque"}, "cheque"),
        ({"payment": "paid"}, "says that it is paid"),
        ({"amount": None}, "could not be read"),
        ({"amount": Decimal(0)}, "nothing is due"),
        ({"amount": Decimal(-5)}, "nothing is due"),
        ({"currency": "CHF"}, "euros"),
        ({"iban": ""}, "no IBAN"),
        ({"iban": "FR7630006000011234567890188"}, "IBAN is wrong"),
        ({"iban": "TN5910006035183598478831"}, "SEPA area"),
        ({"iban_known": False}, "call the supplier"),
    ],
)
def test_a_bill_that_cannot_be_paid_so(changed: dict[str, Any], words: str) -> None:
    bill = replace(BILL, **changed)
    assert words in unfit(bill)
    assert why_not(bill) == unfit(bill)
    assert Words("fr").t(unfit(bill)) != unfit(bill), "the owner reads the reason in his language"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"approval": None}, "not approved"),
        ({"approval": Approval(Decimal("1286.40"), OTHER)}, "approve it again"),
        ({"approval": Approval(Decimal("1286.41"), GOOD)}, "approve it again"),
        ({"due": date(2026, 12, 5)}, "due later"),
    ],
)
def test_a_bill_that_is_not_to_be_paid_now(changed: dict[str, Any], words: str) -> None:
    bill = replace(BILL, **changed)
    assert unfit(bill) == ""
    assert words in why_not(bill, date(2026, 12, 4))


def test_a_bill_without_a_due_date_is_due_at_once_and_no_limit_takes_all() -> None:
    assert why_not(replace(BILL, due=None), date(2026, 1, 1)) == ""
    assert why_not(replace(BILL, due=date(2030, 1, 1))) == ""
    assert why_not(replace(BILL, payment="unknown")) == ""


CANDIDATES = st.builds(
    Candidate,
    id=st.integers(1, 99),
    direction=st.sampled_from(["received", "issued"]),
    document=st.sampled_from(DOCUMENTS),
    status=st.sampled_from(["open", "open", "verify", "ordered", "paid"]),
    payment=st.sampled_from(PAYMENTS),
    party=st.just("Bois"),
    number=st.just("1"),
    amount=st.one_of(st.none(), st.decimals(0, 5000, places=2)),
    currency=st.sampled_from(["EUR", "GBP"]),
    due=st.one_of(st.none(), st.dates(date(2026, 11, 1), date(2026, 12, 31))),
    iban=st.sampled_from([GOOD, OTHER, "", "FR00"]),
    iban_known=st.booleans(),
    approval=st.one_of(
        st.none(), st.builds(Approval, st.decimals(0, 5000, places=2), st.sampled_from([GOOD, OTHER]))
    ),
)


@given(st.lists(CANDIDATES, max_size=8))
def test_every_bill_is_paid_or_has_a_reason_and_none_is_paid_unapproved(bills: list[Candidate]) -> None:
    approved = [replace(b, approval=Approval(b.amount or Decimal(0), b.iban)) for b in bills]
    for some in (bills, approved):
        chosen, left_out = sort_out(some, date(2026, 12, 1))
        assert len(chosen) + len(left_out) == len(some)
        assert all(reason for _, reason in left_out)
        for bill in chosen:
            assert bill.approval == Approval(bill.amount or Decimal(0), bill.iban)
            assert bill.iban_known
            assert bill.status == "open"
            assert bill.payment not in {"direct_debit", "paid", "card"}
