"""Bills: ours to clients (issued) and suppliers' to us (received)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from automator.store.db import Tx, insert_one
from automator.store.records import StoredBill
from automator.store.tables import bill

if TYPE_CHECKING:
    from automator.billing.ledger import ImportedBill


@dataclass(frozen=True, slots=True)
class NewBill:
    """A bill to be stored; `number` and `amount` with `party` tell it from others."""

    account: str
    direction: str
    party: str
    number: str
    amount: Decimal | None
    currency: str = "EUR"
    message_id: int | None = None
    party_email: str = ""
    issued_on: date | None = None
    due: date | None = None
    demanded: date | None = None
    iban: str = ""
    document: str = "invoice"
    payment: str = "unknown"
    client_type: str = ""
    status: str = "open"
    settled_on: date | None = None
    source: str = "mail"


def party_key(name: str) -> str:
    """A name as it is compared: no case, accents, punctuation or legal form."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", " ", plain).split()
    forms = {"sarl", "sas", "sasu", "sa", "eurl", "sci", "ltd", "limited", "gmbh", "inc", "llc", "ei", "sprl", "bv"}
    return " ".join(w for w in words if w not in forms) or plain.strip()


def from_import(bill: ImportedBill, account: str) -> NewBill:
    """A line of an imported file as a bill to be stored."""
    return NewBill(
        account=account,
        direction=bill.direction,
        party=bill.party,
        party_email=bill.email,
        number=bill.number,
        amount=bill.amount,
        currency=bill.currency,
        issued_on=bill.issue_date,
        due=bill.due_date,
        client_type=bill.client_type,
        status="paid" if bill.paid_on else "open",
        settled_on=bill.paid_on,
        source="csv",
    )


def put(tx: Tx, new: NewBill, now: datetime) -> tuple[StoredBill, bool]:
    """Store a bill, or complete the one that it is (`same`). True = it is new.

    1. A reminder or a receipt of a known bill never makes a second one; a receipt settles an open one. 2. A copy with
    another IBAN changes nothing but the status of an open bill, to `verify`: what was known before stays. 3. Only
    the owner's word takes a bill out of `verify` (`settle`).
    """
    old = same(tx, new)
    if old is None:
        values = {k: getattr(new, k) for k in NewBill.__dataclass_fields__}
        values |= {"party_key": party_key(new.party), "amount": _text(new.amount), "created_at": now}
        return _one(tx, insert_one(tx, bill, values)), True
    if new.status == "verify" or contradicts(tx, old, new.iban):
        changes: dict[str, Any] = {"status": "verify"} if old.status == "open" else {}
    else:
        changes = _completed(old, new)
    if changes:
        tx.execute(bill.update().where(bill.c.id == old.id).values(**changes))
    return _one(tx, old.id), False


def _completed(old: StoredBill, new: NewBill) -> dict[str, Any]:
    names = ("party_email", "issued_on", "due", "iban", "client_type")
    changes: dict[str, Any] = {n: getattr(new, n) for n in names if not getattr(old, n) and getattr(new, n)}
    if new.demanded:
        changes["demanded"] = new.demanded
    if new.status == "paid" and old.status in {"open", "ordered"}:
        changes |= {"status": "paid", "settled_on": new.settled_on}
    return changes


def same(tx: Tx, new: NewBill) -> StoredBill | None:
    """The stored bill that this one is.

    1. With a number: same side and number, and the same party or amount. 2. Without one, or for a receipt that has a
    number of its own: same side, party and amount, not settled, no other due date; a receipt that could stand for
    two bills stands for none. 3. A credit note is a document of its own, never the bill that it takes back.
    """
    credit = new.document == "credit_note"
    kind = bill.c.document == "credit_note" if credit else bill.c.document != "credit_note"
    base = select(bill).where(bill.c.direction == new.direction, kind).order_by(bill.c.id)
    key, amount = party_key(new.party), _text(new.amount)
    receipt = new.document == "receipt"
    if new.number:
        rows = [
            r for r in tx.execute(base.where(bill.c.number == new.number)) if amount == r.amount or r.party_key == key
        ]
        if rows or not receipt:
            return _bill(rows[0]) if rows else None
    if new.amount is None:
        return None
    query = base.where(bill.c.party_key == key, bill.c.amount == amount)
    rows = list(tx.execute(query if credit else query.where(bill.c.status.in_(("open", "verify", "ordered")))))
    rows = [r for r in rows if not new.due or not r.due or r.due == new.due]
    return _bill(rows[0]) if len(rows) == 1 or (rows and not receipt) else None


def with_status(new: NewBill, status: str) -> NewBill:
    """The same bill in another state."""
    return replace(new, status=status)


def iban_changed(tx: Tx, party: str, iban: str) -> bool:
    """Is this an IBAN other than all those known for the supplier? False while none is known."""
    known = _known_ibans(tx, party) if iban else frozenset()
    return bool(known) and iban not in known


def contradicts(tx: Tx, old: StoredBill, iban: str) -> bool:
    """Does a copy of a bill to us name another IBAN than it did? Another known account of its supplier is none."""
    other = old.direction == "received" and bool(old.iban and iban) and iban != old.iban
    return other and iban not in _known_ibans(tx, old.party)


def _known_ibans(tx: Tx, party: str) -> frozenset[str]:
    """The supplier's IBANs that may be trusted: the first one met, and those of bills that were never in doubt.

    A bill under `verify` counts when its IBAN was known before it: then a later copy brought the doubt, and the
    row still has the good IBAN.
    """
    query = select(bill.c.iban, bill.c.status).where(
        bill.c.party_key == party_key(party), bill.c.direction == "received", bill.c.iban != ""
    )
    known: set[str] = set()
    for row in tx.execute(query.order_by(bill.c.id)):
        if row.status != "verify" or not known:
            known.add(row.iban)
    return frozenset(known)


def get(tx: Tx, bill_id: int) -> StoredBill | None:
    """One bill by database id."""
    row = tx.execute(select(bill).where(bill.c.id == bill_id)).first()
    return _bill(row) if row else None


def open_bills(tx: Tx, direction: str = "", due_before: date | None = None) -> list[StoredBill]:
    """Unpaid bills, by due date; those due before a day only, if given."""
    query = select(bill).where(bill.c.status == "open", bill.c.document.in_(("invoice", "reminder")))
    if direction:
        query = query.where(bill.c.direction == direction)
    if due_before:
        query = query.where(bill.c.due < due_before)
    return [_bill(r) for r in tx.execute(query.order_by(bill.c.due.is_(None), bill.c.due, bill.c.id))]


def listed(tx: Tx, *, direction: str = "", status: str = "") -> list[StoredBill]:
    """All bills, filtered, by due date."""
    query = select(bill)
    if direction:
        query = query.where(bill.c.direction == direction)
    if status:
        query = query.where(bill.c.status == status)
    return [_bill(r) for r in tx.execute(query.order_by(bill.c.due.is_(None), bill.c.due, bill.c.id))]


def open_of_party(tx: Tx, direction: str, party: str) -> list[StoredBill]:
    """The unpaid bills of one party, as `open_bills` has them."""
    return [b for b in open_bills(tx, direction) if party_key(b.party) == party_key(party)]


def settle(tx: Tx, bill_id: int, status: str, on: date) -> bool:
    """The owner says that a bill is paid, disputed or credited, or that it is in order and to be paid ("open").

    False when there is no such bill.
    """
    values = {"status": status, "settled_on": None if status == "open" else on}
    return tx.execute(bill.update().where(bill.c.id == bill_id).values(**values)).rowcount == 1


def of_message(tx: Tx, message_id: int) -> list[StoredBill]:
    """The bills that a message brought first."""
    rows = tx.execute(select(bill).where(bill.c.message_id == message_id).order_by(bill.c.id))
    return [_bill(r) for r in rows]


def _one(tx: Tx, bill_id: int) -> StoredBill:
    return _bill(tx.execute(select(bill).where(bill.c.id == bill_id)).one())


def _text(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:.2f}"


def _bill(row: Any) -> StoredBill:
    values = {f.name: getattr(row, f.name) for f in fields(StoredBill)}
    values["amount"] = Decimal(row.amount) if row.amount else None
    return StoredBill(**values)
