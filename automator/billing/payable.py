"""Which bills may go into a payment file, and why the others may not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from automator.billing.iban import valid
from automator.billing.invoice import Direction
from automator.words import msgid

_SEPA = frozenset(
    [
        "AD",
        "AL",
        "AT",
        "BE",
        "BG",
        "CH",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GB",
        "GI",
        "GR",
        "HR",
        "HU",
        "IE",
        "IS",
        "IT",
        "LI",
        "LT",
        "LU",
        "LV",
        "MC",
        "MD",
        "ME",
        "MK",
        "MT",
        "NL",
        "NO",
        "PL",
        "PT",
        "RO",
        "RS",
        "SE",
        "SI",
        "SK",
        "SM",
        "VA",
    ]
)
"""Countries of IBANs that a SEPA credit transfer reaches (EPC409-09); French territories share the code FR."""
_DOCUMENTS = frozenset({"invoice", "reminder"})
_STATUS = {
    "paid": msgid("it is paid"),
    "credited": msgid("a credit note took it back"),
    "disputed": msgid("it is in dispute"),
    "verify": msgid("its IBAN is not the one known: call the supplier, then automator money verified"),
    "ordered": msgid("it is in a payment file already"),
}
_PAYMENT = {
    "direct_debit": msgid("it is taken by direct debit"),
    "card": msgid("it is paid by card"),
    "cheque": msgid("it is to be paid by cheque"),
    "paid": msgid("it says that it is paid"),
}


@dataclass(frozen=True, slots=True)
class Approval:
    """What the owner approved: these figures, no others."""

    amount: Decimal
    iban: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A bill as it is judged. `amount` is what remains to be paid; `iban_known`: no other account is known for this
    supplier; `denied`: the owner said that its mail is no invoice."""

    id: int
    direction: Direction
    document: str
    status: str
    payment: str
    party: str
    number: str
    amount: Decimal | None
    currency: str
    due: date | None
    iban: str
    iban_known: bool = True
    denied: bool = False
    approval: Approval | None = None


def unfit(bill: Candidate) -> str:
    """Why this bill can never be in a payment file as it stands, approved or not: a msgid, "" = it can."""
    if bill.direction != "received":
        return msgid("it is an invoice of yours")
    if bill.document not in _DOCUMENTS:
        return msgid("it is no bill to pay")
    if bill.status != "open":
        return _STATUS.get(bill.status, msgid("it is not open"))
    if bill.denied:
        return msgid("you said that its mail is no invoice")
    return _PAYMENT.get(bill.payment, "") or _money(bill) or _account(bill)


def _money(bill: Candidate) -> str:
    if bill.amount is None:
        return msgid("its amount could not be read")
    if bill.amount <= 0:
        return msgid("nothing is due")
    return "" if bill.currency == "EUR" else msgid("it is not in euros")


def _account(bill: Candidate) -> str:
    if not bill.iban:
        return msgid("no IBAN stands on it")
    if not valid(bill.iban):
        return msgid("its IBAN is wrong")
    if bill.iban[:2] not in _SEPA:
        return msgid("its account lies outside the SEPA area")
    return "" if bill.iban_known else _STATUS["verify"]


def why_not(bill: Candidate, until: date | None = None) -> str:
    """Why this bill does not go into a file of what is due by `until`: a msgid, "" = it goes.

    Without a due date a bill is due at once. An approval counts for the amount and the IBAN that were approved.
    """
    reason = unfit(bill)
    if reason:
        return reason
    if bill.approval is None:
        return msgid("you have not approved it")
    if bill.approval != Approval(bill.amount or Decimal(0), bill.iban):
        return msgid("its amount or IBAN is not what you approved: approve it again")
    if until is not None and bill.due is not None and bill.due > until:
        return msgid("it is due later")
    return ""


def sort_out(
    bills: Iterable[Candidate], until: date | None = None
) -> tuple[list[Candidate], list[tuple[Candidate, str]]]:
    """The bills to pay, and the others with their reason (a msgid)."""
    judged = [(bill, why_not(bill, until)) for bill in bills]
    return [bill for bill, reason in judged if not reason], [(bill, reason) for bill, reason in judged if reason]
