"""Bills: ours to clients (issued) and suppliers' to us (received)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from automator.store.db import Tx, insert_one
from automator.store.records import StoredBill
from automator.store.tables import bill


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


def put(tx: Tx, new: NewBill, now: datetime) -> tuple[StoredBill, bool]:
    """Store a bill, or complete the one that it is (same side, party, number and amount). True = it is new.

    A reminder or a receipt of a known bill never makes a second one; a receipt settles it.
    """
    old = _same(tx, new)
    if old is None:
        values = {k: getattr(new, k) for k in NewBill.__dataclass_fields__}
        values |= {"party_key": party_key(new.party), "amount": _text(new.amount), "created_at": now}
        return _one(tx, insert_one(tx, bill, values)), True
    changes: dict[str, Any] = {}
    for name in ("party_email", "issued_on", "due", "iban", "client_type"):
        if not getattr(old, name) and getattr(new, name):
            changes[name] = getattr(new, name)
    if new.demanded:
        changes["demanded"] = new.demanded
    if new.status == "paid" and old.status == "open":
        changes |= {"status": "paid", "settled_on": new.settled_on}
    if changes:
        tx.execute(bill.update().where(bill.c.id == old.id).values(**changes))
    return _one(tx, old.id), False


def _same(tx: Tx, new: NewBill) -> StoredBill | None:
    base = select(bill).where(bill.c.direction == new.direction)
    if new.number:
        rows = tx.execute(base.where(bill.c.number == new.number)).all()
        rows = [r for r in rows if r.party_key == party_key(new.party) or r.amount == _text(new.amount)]
    else:
        query = base.where(bill.c.party_key == party_key(new.party), bill.c.amount == _text(new.amount))
        rows = list(tx.execute(query.where(bill.c.status == "open")).all()) if new.amount is not None else []
        rows = [r for r in rows if not new.due or not r.due or r.due == new.due]
    return _bill(rows[0]) if rows else None


def with_status(new: NewBill, status: str) -> NewBill:
    """The same bill in another state."""
    return replace(new, status=status)


def iban_changed(tx: Tx, party: str, iban: str) -> bool:
    """Is this an IBAN other than all those known for the supplier? False while none is known."""
    if not iban:
        return False
    query = select(bill.c.iban).where(bill.c.party_key == party_key(party), bill.c.direction == "received")
    known = {r.iban for r in tx.execute(query.where(bill.c.iban != "", bill.c.status != "verify"))}
    return bool(known) and iban not in known


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


def settle(tx: Tx, bill_id: int, status: str, on: date) -> bool:
    """The owner says that a bill is paid, disputed or credited; False when there is no such bill."""
    values = {"status": status, "settled_on": on}
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
