"""Bills that the owner approved, and the payment files that were made of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, select

from automator.billing.payable import Approval, Candidate
from automator.billing.sepa import Debtor, PaymentFile, Transfer
from automator.store import bills, messages
from automator.store.db import Tx, insert_one
from automator.store.payment_tables import approval, payment_line, payment_order
from automator.store.records import StoredBill
from automator.store.tables import bill


@dataclass(frozen=True, slots=True)
class Order:
    """A payment file as it was made; `bills` are the ids of its bills, in its order. `file` is where it was written."""

    id: int
    made: PaymentFile
    sha256: str
    file: str
    bills: tuple[int, ...]
    undone_at: datetime | None = None


def candidate(tx: Tx, stored: StoredBill) -> Candidate:
    """A stored bill as it is judged for payment. What is in a file in force is ordered, whatever its status says:
    a bill that was opened again by hand is not paid twice."""
    row = tx.execute(select(approval).where(approval.c.bill_id == stored.id)).first()
    mail = messages.get(tx, stored.message_id) if stored.message_id else None
    return Candidate(
        id=stored.id,
        direction=stored.direction,
        document=stored.document,
        status="ordered" if stored.status == "open" and file_of(tx, stored.id) else stored.status,
        payment=stored.payment,
        party=stored.party,
        number=stored.number,
        amount=stored.amount,
        currency=stored.currency,
        due=stored.due,
        iban=stored.iban,
        iban_known=not bills.iban_changed(tx, stored.party, stored.iban),
        denied=mail is not None and mail.corrections.get("invoice") is False,
        approval=Approval(Decimal(row.amount), row.iban) if row else None,
    )


def candidates(tx: Tx) -> list[Candidate]:
    """All bills to us that are neither settled nor in a payment file, by due date."""
    waiting = {"open", "verify", "disputed"}
    judged = [candidate(tx, b) for b in bills.listed(tx, direction="received") if b.status in waiting]
    return [c for c in judged if c.status != "ordered"]


def any_approved(tx: Tx) -> bool:
    """Was any bill approved at all?"""
    return tx.execute(select(approval.c.bill_id).limit(1)).first() is not None


def first_payment(tx: Tx, stored: Candidate) -> bool:
    """Was no bill of this account ever paid or put into a file? Then its IBAN rests on this mail alone."""
    query = select(bill.c.id).where(
        bill.c.iban == stored.iban, bill.c.id != stored.id, bill.c.status.in_(("paid", "ordered"))
    )
    return tx.execute(query.limit(1)).first() is None


def approve(tx: Tx, stored: Candidate, now: datetime) -> None:
    """The owner lets this bill be paid, as it stands now: it must have an amount."""
    withdraw(tx, stored.id)
    values = {"bill_id": stored.id, "amount": f"{stored.amount:.2f}", "iban": stored.iban, "at": now}
    tx.execute(approval.insert().values(**values))


def withdraw(tx: Tx, bill_id: int) -> bool:
    """The owner takes his approval back; False when there was none."""
    return tx.execute(approval.delete().where(approval.c.bill_id == bill_id)).rowcount == 1


def order(
    tx: Tx, chosen: Iterable[Candidate], debtor: Debtor, made_at: datetime, execution_on: date, shown_at: datetime
) -> Order:
    """Put bills into a new payment file: each one goes from open to ordered here, or LookupError and nothing is kept.

    `shown_at` is the moment in the firm's zone, as the file names it.
    """
    lines = [_line(c) for c in chosen]
    total = sum((Decimal(line["amount"]) for line in lines), Decimal(0))
    values = {
        "message_id": "",
        "made_at": made_at,
        "execution_on": execution_on,
        "debtor_name": debtor.name,
        "debtor_iban": debtor.iban,
        "debtor_bic": debtor.bic,
        "total": f"{total:.2f}",
        "sha256": "",
        "file": "",
    }
    number = insert_one(tx, payment_order, values)
    mark = f"AUTOMATOR-{shown_at:%Y%m%d%H%M%S}-{number}"
    tx.execute(payment_order.update().where(payment_order.c.id == number).values(message_id=mark))
    for line in lines:
        insert_one(tx, payment_line, {"order_id": number, **line})
        mine = and_(bill.c.id == line["bill_id"], bill.c.status == "open")
        if tx.execute(bill.update().where(mine).values(status="ordered", settled_on=None)).rowcount != 1:
            raise LookupError(line["bill_id"])
    found = get(tx, number)
    if found is None:
        raise LookupError(number)
    return found


def _line(chosen: Candidate) -> dict[str, Any]:
    if chosen.amount is None:
        raise LookupError(chosen.id)
    return {
        "bill_id": chosen.id,
        "name": chosen.party,
        "iban": chosen.iban,
        "amount": f"{chosen.amount:.2f}",
        "remittance": chosen.number,
    }


def seal(tx: Tx, order_id: int, sha256: str, file: str) -> None:
    """Note what was written: the hash of its bytes, and where."""
    tx.execute(payment_order.update().where(payment_order.c.id == order_id).values(sha256=sha256, file=file))


def undo(tx: Tx, order_id: int, now: datetime) -> int | None:
    """The file was not used: its bills are open again, those paid meanwhile stay so. None when there is none to undo."""
    mine = and_(payment_order.c.id == order_id, payment_order.c.undone_at.is_(None))
    if tx.execute(payment_order.update().where(mine).values(undone_at=now)).rowcount != 1:
        return None
    inside = select(payment_line.c.bill_id).where(payment_line.c.order_id == order_id)
    ordered = and_(bill.c.id.in_(inside), bill.c.status == "ordered")
    return tx.execute(bill.update().where(ordered).values(status="open")).rowcount


def get(tx: Tx, order_id: int) -> Order | None:
    """One payment file by its number."""
    row = tx.execute(select(payment_order).where(payment_order.c.id == order_id)).first()
    if row is None:
        return None
    query = select(payment_line).where(payment_line.c.order_id == order_id).order_by(payment_line.c.id)
    lines = list(tx.execute(query))
    transfers = tuple(_transfer(order_id, line) for line in lines)
    debtor = Debtor(row.debtor_name, row.debtor_iban, row.debtor_bic)
    made = PaymentFile(row.message_id, _moment(row.message_id), row.execution_on, debtor, transfers)
    return Order(row.id, made, row.sha256, row.file, tuple(int(line.bill_id) for line in lines), row.undone_at)


def _transfer(order_id: int, line: Any) -> Transfer:
    return Transfer(line.name, line.iban, Decimal(line.amount), line.remittance, f"P{order_id}-I{line.bill_id}")


def _moment(message_id: str) -> datetime:
    """The local moment that the file names: it stands in its id, so that the file can be written again as it was."""
    return datetime.strptime(message_id.split("-")[1], "%Y%m%d%H%M%S")  # noqa: DTZ007 - local time, as pain.001 has it


def orders(tx: Tx) -> list[Order]:
    """All payment files, the newest first."""
    ids = [r.id for r in tx.execute(select(payment_order.c.id).order_by(payment_order.c.id.desc()))]
    return [found for i in ids if (found := get(tx, i)) is not None]


def file_of(tx: Tx, bill_id: int) -> int | None:
    """The payment file in force that a bill is in."""
    joined = select(payment_line.c.order_id).join(payment_order, payment_order.c.id == payment_line.c.order_id)
    mine = joined.where(payment_line.c.bill_id == bill_id, payment_order.c.undone_at.is_(None))
    found = tx.execute(mine).scalar()
    return None if found is None else int(found)
