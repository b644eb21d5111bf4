"""Bookkeeping: what a new mail means for the bills that are kept. Runs inside the transaction that stores it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation

from automator.billing.invoice import Bill
from automator.jobs.deps import Deps
from automator.mail.message import Address, Message
from automator.store import bills
from automator.store.bills import NewBill
from automator.store.db import Tx
from automator.store.records import StoredBill, StoredMessage

_UNTRUSTED = frozenset({"phishing", "bec_fraud", "promotion", "prospecting"})
_FIRMS = frozenset({"sarl", "sas", "sasu", "sa", "eurl", "sci", "ltd", "gmbh"})


@dataclass(frozen=True, slots=True)
class Kept:
    """A bill that a mail brought or spoke of. `iban_changed`: it names another IBAN than the one known."""

    bill: StoredBill
    new: bool
    iban_changed: bool = False


def keep(tx: Tx, deps: Deps, stored: StoredMessage) -> list[Kept]:
    """Keep the bills of a mail.

    1. Bills of ours come from what we sent only: one that is sent back or on to us says nothing of who owes it.
    2. Quotes and statements are no single bill. 3. Bills to us need the verdict's yes; a receipt of a bill that is
    kept settles it without. 4. Another IBAN than the one known puts the bill under `verify` (reliability S05), even
    when the mail looks like fraud; such a mail brings nothing else. 5. A credit note is kept as itself, and takes
    back the bill whose number it names and whose amount it has.
    """
    read = [_new(deps, stored, bill) for bill in stored.facts.bills if _is_real(stored, bill)]
    return [kept for new in read if (kept := _keep(tx, deps, stored, new)) is not None]


def _is_real(stored: StoredMessage, bill: Bill) -> bool:
    if bill.value("document") in {"quote", "statement"}:
        return False
    receipt = bill.value("document") == "receipt" and bill.value("number")
    if bill.total_amount is None and not receipt:
        return False
    return stored.role == ("sent" if bill.value("direction") == "issued" else "received")


def _keep(tx: Tx, deps: Deps, stored: StoredMessage, new: NewBill) -> Kept | None:
    now, issued = deps.clock.now(), new.direction == "issued"
    trusted = issued or stored.kind not in _UNTRUSTED
    sure = issued or stored.decision("invoice") == "yes"
    if new.document == "credit_note":
        return _credit(tx, deps, stored, new, sure=sure) if trusted else None
    old = bills.same(tx, new)
    if _iban_changed(tx, new, old):
        doubtful = trusted and stored.decision("invoice") != "no"
        if old is None and not doubtful:
            return None
        bill, is_new = bills.put(tx, bills.with_status(new, "verify"), now)
        return Kept(bill, is_new, iban_changed=True)
    settles = new.document == "receipt" and old is not None
    if not trusted or not (sure or settles):
        return None  # a doubtful bill is asked about, not put among those to pay
    return Kept(*bills.put(tx, new, now))


def _iban_changed(tx: Tx, new: NewBill, old: StoredBill | None) -> bool:
    if new.direction == "issued" or new.status != "open":
        return False
    return bills.iban_changed(tx, new.party, new.iban) or (old is not None and bills.contradicts(tx, old, new.iban))


def _credit(tx: Tx, deps: Deps, stored: StoredMessage, new: NewBill, *, sure: bool) -> Kept | None:
    """Never among those to pay: it is settled as it comes."""
    day = deps.local(stored.arrived).date()
    taken_back = [
        b
        for b in bills.open_of_party(tx, new.direction, new.party)
        if b.amount == new.amount and _names(stored.message, b.number)
    ]
    for bill in taken_back[:1]:
        bills.settle(tx, bill.id, "credited", day)
    if not sure and not taken_back:
        return None
    return Kept(*bills.put(tx, replace(new, status="credited", settled_on=day), deps.clock.now()))


def _names(message: Message, number: str) -> bool:
    """Does the mail, or a paper in it, name this number?"""
    if not number:
        return False
    texts = (message.subject, message.text, *(a.text for a in message.attachments))
    whole = re.compile(rf"(?<![\w-]){re.escape(number)}(?![\w-]*\w)", re.I)
    return any(whole.search(text) for text in texts)


def _new(deps: Deps, stored: StoredMessage, bill: Bill) -> NewBill:
    issued = bill.value("direction") == "issued"
    other = _other(deps, stored, issued=issued)
    document = bill.value("document") or "invoice"
    paid = document == "receipt" or bill.value("payment") in {"paid", "card"}
    return NewBill(
        account=stored.account,
        message_id=stored.id,
        direction="issued" if issued else "received",
        party=bill.value("client" if issued else "supplier") or (other.shown if other else ""),
        party_email=other.addr if other else "",
        number=bill.value("number"),
        amount=_decimal(bill.value("total_amount")),
        currency=bill.value("currency") or "EUR",
        issued_on=_date(bill.value("issue_date")),
        due=_date(bill.value("due_date")),
        demanded=_date(bill.value("demanded_date")),
        iban=bill.value("iban"),
        document=document,
        payment=bill.value("payment") or "unknown",
        client_type="business" if issued and bill.value("supplier_id") and _client_is_firm(bill) else "",
        status="paid" if paid else "open",
        settled_on=deps.local(stored.arrived).date() if paid else None,
    )


def _other(deps: Deps, stored: StoredMessage, *, issued: bool) -> Address | None:
    """Who is on the other side: the first whom we sent it to that is not one of us, or who sent it to us."""
    candidates = stored.message.to if issued else (stored.message.sender,)
    return next((a for a in candidates if not deps.identity.owns(a.addr)), None)


def _client_is_firm(bill: Bill) -> bool:
    """Only a legal form in the client's name is proof enough here; all else counts as a consumer."""
    return bool({w.strip(".,").lower() for w in bill.value("client").split()} & _FIRMS)


def _date(value: str) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        return None


def _decimal(value: str) -> Decimal | None:
    try:
        return Decimal(value) if value else None
    except InvalidOperation:
        return None
