"""The nouns of billing: a fact with its evidence, a bill made of facts, and what one mail tells."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal

Direction = Literal["issued", "received"]
DOCUMENTS = ("invoice", "credit_note", "reminder", "receipt", "pro_forma", "statement", "quote")
PAYMENTS = ("transfer", "direct_debit", "card", "cheque", "paid", "unknown")
TO_PAY = frozenset({"transfer", "cheque", "unknown"})


@dataclass(frozen=True, slots=True)
class Fact:
    """One value read, with the text it came from and where ("body", "subject", "pdf:1", "xml", "csv").

    Amounts are decimal strings with a dot, positive ("1286.40"); dates "YYYY-MM-DD"; currency ISO 4217; IBAN
    without spaces. `confidence` 0..1. `time` ("HH:MM") only for a deadline with an hour.
    """

    value: str
    confidence: float
    evidence: str
    where: str
    time: str = ""


@dataclass(frozen=True, slots=True)
class Bill:
    """A bill as read (triage.md, Extraction). Every field None when not found: a wrong value is worse than none."""

    supplier: Fact | None = None
    number: Fact | None = None
    total_amount: Fact | None = None
    total_without_vat: Fact | None = None
    vat: Fact | None = None
    currency: Fact | None = None
    issue_date: Fact | None = None
    due_date: Fact | None = None
    iban: Fact | None = None
    supplier_id: Fact | None = None
    payment: Fact | None = None
    demanded_date: Fact | None = None
    direction: Fact | None = None
    document: Fact | None = None
    client: Fact | None = None

    def value(self, name: str) -> str:
        """The value of field `name`, "" when it was not found."""
        fact = getattr(self, name)
        return fact.value if fact else ""

    @property
    def found(self) -> tuple[str, ...]:
        return tuple(f.name for f in fields(self) if getattr(self, f.name) is not None)


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the owner should know of what was read: stable `code`, text in his language."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """All that extraction read in one message."""

    bills: tuple[Bill, ...] = ()
    deadline: Fact | None = None
    warnings: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the firm is, for telling issued from received: names, addresses and domains (lower case), SIREN / VAT."""

    names: tuple[str, ...] = ()
    addresses: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()

    def owns(self, addr: str) -> bool:
        """Is this address one of the firm's?"""
        return addr in self.addresses or addr.rpartition("@")[2] in self.domains
