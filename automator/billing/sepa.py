"""SEPA credit transfers as a file for the owner's bank: pain.001.001.09 (ISO 20022, EPC115-06). Nothing is sent."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from importlib import resources
from typing import Any

SCHEMA = "pain.001.001.09"
_NAMESPACE = f"{{urn:iso:std:iso:20022:tech:xsd:{SCHEMA}}}"
_REFUSED = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]+")  # EPC217-08: what every bank takes
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss", "ø": "o", "Ø": "O", "&": "+"})
_LONGEST_NAME, _LONGEST_REMITTANCE = 70, 140


@dataclass(frozen=True, slots=True)
class Debtor:
    """Who pays, from which account. `bic` "" = the bank finds itself by the IBAN."""

    name: str
    iban: str
    bic: str = ""


@dataclass(frozen=True, slots=True)
class Transfer:
    """One payment: `amount` in euros with two decimals, `reference` ours (at most 35 signs), `remittance` for the
    creditor."""

    name: str
    iban: str
    amount: Decimal
    remittance: str
    reference: str


@dataclass(frozen=True, slots=True)
class PaymentFile:
    """A file of transfers; `id` (at most 35 signs) tells it from all others, so that a bank refuses it twice."""

    id: str
    made_at: datetime
    execution_on: date
    debtor: Debtor
    transfers: Sequence[Transfer]

    @property
    def total(self) -> Decimal:
        """The control sum."""
        return sum((t.amount for t in self.transfers), Decimal(0))


def plain(text: str, limit: int) -> str:
    """`text` in the Latin signs that every bank takes (EPC217-08): no accents, no "/" at the ends nor two in a row."""
    bare = unicodedata.normalize("NFKD", text.translate(_LIGATURES)).encode("ascii", "ignore").decode()
    kept = re.sub(r"//+", "/", _REFUSED.sub(" ", bare))
    return " ".join(kept.split())[:limit].strip(" /")


def payment_xml(file: PaymentFile) -> bytes:
    """The file, always the same bytes for the same payments. ValueError when it does not keep to the schema.

    1. One block of transfers, each booked by itself, so that every bill is a line of the statement. 2. No address is
    written: none is known for sure, and unstructured ones are refused since November 2026. 3. The bytes as they are
    given out are checked against the schema of ISO 20022.
    """
    if not file.transfers:
        raise ValueError("a payment file needs a transfer")
    from lxml import etree

    root = etree.fromstring(_written(file))
    _settle(root, file)
    schema = etree.XMLSchema(etree.fromstring(_schema()))
    if not schema.validate(root):
        # the schema's own words quote names and account numbers: they stay out of the error
        lines = sorted({f"{e.line}: {e.type_name}" for e in schema.error_log})
        raise ValueError(f"the payment file does not keep to {SCHEMA} ({', '.join(lines)})")
    data: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return data


def _written(file: PaymentFile) -> bytes:
    """As sepaxml writes it: one batch for one account and one day."""
    from sepaxml import SepaTransfer

    debtor = {
        "name": plain(file.debtor.name, _LONGEST_NAME),
        "IBAN": file.debtor.iban,
        "batch": True,
        "currency": "EUR",
    }
    if file.debtor.bic:
        debtor["BIC"] = file.debtor.bic
    writer = SepaTransfer(debtor, schema=SCHEMA, clean=False)
    for transfer in file.transfers:
        writer.add_payment({
            "name": plain(transfer.name, _LONGEST_NAME) or "-",
            "IBAN": transfer.iban,
            "amount": _cents(transfer.amount),
            "execution_date": file.execution_on,
            "description": plain(transfer.remittance, _LONGEST_REMITTANCE) or transfer.reference,
            "endtoend_id": transfer.reference,
        })  # fmt: skip
    data: bytes = writer.export(validate=False)
    return data


def _cents(amount: Decimal) -> int:
    cents = amount * 100
    if cents != cents.to_integral_value() or cents <= 0:
        raise ValueError("an amount to transfer is positive and has at most two decimals")
    return int(cents)


def _settle(root: Any, file: PaymentFile) -> None:
    """What the library leaves to chance or the clock, and what banks ask for beyond the schema."""
    _set(root, "MsgId", file.id)
    _set(root, "PmtInfId", file.id)
    _set(root, "CreDtTm", file.made_at.strftime("%Y-%m-%dT%H:%M:%S"))
    _set(root, "BtchBookg", "false")
    if not file.debtor.bic:
        from lxml import etree

        bank = next(root.iter(f"{_NAMESPACE}DbtrAgt"))[0]
        other = etree.SubElement(bank, f"{_NAMESPACE}Othr")
        etree.SubElement(other, f"{_NAMESPACE}Id").text = "NOTPROVIDED"


def _set(root: Any, name: str, text: str) -> None:
    for element in root.iter(f"{_NAMESPACE}{name}"):
        element.text = text


def _schema() -> bytes:
    return resources.files("sepaxml").joinpath("schemas", f"{SCHEMA}.xsd").read_bytes()
