"""The tables of payments: what the owner approved, and the payment files that were made of it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from automator.store.tables import table


class ApprovalRow(SQLModel, table=True):
    """The owner's word that a bill may be paid: this amount (a decimal string) to this IBAN, nothing else."""

    __tablename__ = "approval"
    bill_id: int = Field(primary_key=True, foreign_key="bill.id")
    amount: str
    iban: str
    at: datetime


class PaymentOrder(SQLModel, table=True):
    """A payment file that was made. `sha256` is that of its bytes, `total` its control sum."""

    __tablename__ = "payment_order"
    id: int | None = Field(default=None, primary_key=True)
    message_id: str = ""
    made_at: datetime
    execution_on: date
    debtor_name: str
    debtor_iban: str
    debtor_bic: str = ""
    total: str
    sha256: str = ""
    file: str = ""
    undone_at: datetime | None = None


class PaymentLine(SQLModel, table=True):
    """A bill in a payment file, as it was written there."""

    __tablename__ = "payment_line"
    __table_args__ = (UniqueConstraint("order_id", "bill_id"),)
    id: int | None = Field(default=None, primary_key=True)
    order_id: int = Field(foreign_key="payment_order.id")
    bill_id: int = Field(foreign_key="bill.id", index=True)
    name: str
    iban: str
    amount: str
    remittance: str


approval, payment_order, payment_line = table(ApprovalRow), table(PaymentOrder), table(PaymentLine)
