"""Bills that the owner brings in a CSV file, and when two bills are one."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Literal

from automator.billing.dates import month_first, one_date
from automator.billing.fold import fold
from automator.billing.invoice import Direction, Identity
from automator.billing.money import CENT, Separator, currency_code, find_amounts, separator
from automator.billing.names import same_party, words
from automator.errors import Problem

ClientType = Literal["", "business", "consumer", "public"]
_COLUMNS = {
    "number": "number numero n° no num facture invoice piece reference ref invoice_number",
    "client": "client customer nom raison_sociale societe tiers destinataire debiteur acheteur buyer company compte",
    "supplier": "supplier fournisseur vendeur vendor seller emetteur creancier",
    "email": "email mail e_mail courriel adresse_mail adresse_email",
    "amount": "amount montant ttc montant_ttc total total_ttc solde reste_a_payer reste_du amount_due balance due "
    "montant_du",
    "net": "net ht montant_ht total_ht",
    "currency": "currency devise monnaie",
    "issue_date": "date issue_date date_facture date_emission emission issued invoice_date facture_le",
    "due_date": "due_date echeance date_echeance due_on payable_le a_payer_le date_limite",
    "status": "status statut etat paid paye payee regle reglee paye_le paid_on regle_le date_paiement date_reglement "
    "payment_date",
    "direction": "direction sens type",
    "client_type": "client_type type_client",
    "siren": "siren siret tva vat vat_number numero_tva",
}
_KNOWN = {name: ours for ours, names in _COLUMNS.items() for name in names.split()}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_PAID = _words("paid paye payee regle reglee solde soldee oui yes x 1 vrai true encaisse encaissee acquittee closed")
_OPEN = _words(
    "open unpaid non no 0 faux false impaye impayee ouverte ouvert en_attente a_payer due overdue en_retard envoyee "
    "sent validee emise partielle partiel partial retard echue draft brouillon"
) | {""}
_RECEIVED = _words("received recu recue achat achats fournisseur purchase supplier")
_ISSUED = _words("issued emis emise vente ventes client sale sales")
_TYPES: Mapping[ClientType, frozenset[str]] = {
    "business": _words("business pro professionnel entreprise b2b company societe"),
    "consumer": _words("consumer particulier prive b2c individual"),
    "public": _words("public administration collectivite b2g"),
}
_MOST_LINES = 50_000


@dataclass(frozen=True, slots=True)
class ImportedBill:
    """One line of the file. `party` is the other side, `client_type` "" when the file does not say.

    `paid_on` is the day of payment, the day of the import when the file only says that it is paid; None = open.
    """

    direction: Direction
    party: str
    email: str
    number: str
    amount: Decimal
    currency: str
    issue_date: date | None
    due_date: date | None
    paid_on: date | None = None
    client_type: ClientType = ""

    @property
    def identity(self) -> tuple[str, tuple[str, ...], str, Decimal, date | None]:
        """What tells this bill from others, however its party is written: reading a file twice gives the same ones.

        The due date counts only where there is no number.
        """
        due = None if self.number else self.due_date
        return self.direction, words(self.party), _squash(self.number), self.amount, due


def read_csv(
    data: bytes, *, identity: Identity, today: date, file: str = "bills.csv"
) -> tuple[list[ImportedBill], list[Problem]]:
    """The bills of a CSV file and a Problem for each line that is none, named as `file`.

    UTF-8 with or without BOM, UTF-16 with BOM, else Windows-1252; separator ; , or tab by the head line; column
    names in French or English, any order, case or accents; amounts and dates as people write them, the day first
    unless the file itself proves that the month stands first. Needed columns: client (or supplier) and amount with VAT.
    A line with a supplier and without another client than us is a bill to us. The same bill twice counts once.
    """
    lines = _decoded(data).replace("\0", "").splitlines(keepends=True)
    head = next((n for n, line in enumerate(lines) if line.strip()), None)
    if head is None:
        return [], [Problem(file, 1, "", "empty_file", "The file is empty.", "Export the invoices again, as CSV.")]
    delimiter = max(";\t,", key=lines[head].count)
    text = "".join(lines[head:])
    columns = [_column(name) for name in next(csv.reader([lines[head]], delimiter=delimiter))]
    missing = _missing(columns, file, head + 1)
    if missing:
        return [], missing
    table = _Table(file, columns, today, identity, month_first(iter([text])), separator(text))
    try:
        return _read(text, table, head, delimiter)
    except csv.Error as error:  # a cell beyond 131 072 characters, mostly
        return [], [Problem(file, head + 1, "", "bad_csv", f"This is no CSV file: {error}.", "Export it again.")]


@dataclass(frozen=True, slots=True)
class _Table:
    """What holds for all lines of a file."""

    file: str
    columns: list[str]
    today: date
    identity: Identity
    american: bool
    decimal: Separator | None


def _read(text: str, table: _Table, head: int, delimiter: str) -> tuple[list[ImportedBill], list[Problem]]:
    bills: dict[object, ImportedBill] = {}
    problems: list[Problem] = []
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    for cells in islice(reader, 1, _MOST_LINES):
        if any(cell.strip() for cell in cells):
            found = _bill(_row(table.columns, cells), table, head + reader.line_num)
            if isinstance(found, Problem):
                problems.append(found)
            else:
                bills.setdefault(found.identity, found)
    if next(reader, None) is not None:
        message = f"Only the first {_MOST_LINES} lines were read."
        problems.append(Problem(table.file, _MOST_LINES, "", "too_long", message, "Split the file."))
    return list(bills.values()), problems


def _decoded(data: bytes) -> str:
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _missing(columns: list[str], file: str, line: int) -> list[Problem]:
    named = {"client": '"client"', "amount": '"montant" or "amount", VAT included'}
    have = {"client" if name == "supplier" else name for name in columns}
    return [
        Problem(file, line, key, "missing_column", f"There is no column for the {key}.", f"Name one column {word}.")
        for key, word in named.items()
        if key not in have
    ]


def _client_type(word: str) -> ClientType:
    """The type that a word means, "" for an unknown one."""
    return next((name for name, words in _TYPES.items() if fold(word).strip() in words), "")


def _column(name: str) -> str:
    """Our name of a column, "" for one we have no use for. Case, accents, "de" and a currency behind do not matter."""
    plain = re.findall(r"[a-z0-9°]+", fold(name))
    shorter = [word for word in plain if word not in {"de", "du", "la", "d", "l", "eur"}]
    for parts in (plain, shorter, shorter[:-1]):
        found = _KNOWN.get("_".join(parts))
        if found:
            return found
    return ""


def _row(columns: list[str], cells: list[str]) -> dict[str, str]:
    """Cells by column name; of two columns with one name the first that has text wins."""
    row: dict[str, str] = {}
    for name, cell in zip(columns, cells, strict=False):
        if name and not row.get(name):
            row[name] = " ".join(cell.split())
    return row


def _bill(row: Mapping[str, str], table: _Table, line: int) -> ImportedBill | Problem:
    """The bill of one line, or the first thing that is wrong with it."""
    try:
        return _read_bill(row, table)
    except _WrongCell as wrong:
        return Problem(table.file, line, wrong.key, wrong.code, wrong.message, wrong.fix)


class _WrongCell(Exception):  # noqa: N818 - a message on its way to a Problem, never seen outside
    def __init__(self, key: str, code: str, message: str, fix: str) -> None:
        super().__init__(message)
        self.key, self.code, self.message, self.fix = key, code, message, fix


def _read_bill(row: Mapping[str, str], table: _Table) -> ImportedBill:
    direction = _direction(row, table.identity)
    party = row.get("supplier" if direction == "received" else "client") or row.get("client") or row.get("supplier")
    if not party:
        raise _WrongCell("client", "missing_value", "The client is missing.", "Write who the invoice is for.")
    value, currency = _money(row.get("amount", ""), row.get("currency", ""), table.decimal)
    kind = _client_type(row.get("client_type", "")) or ("business" if row.get("siren") else "")
    return ImportedBill(
        direction=direction,
        party=party,
        email=row.get("email", "").lower(),
        number=row.get("number", ""),
        amount=value,
        currency=currency,
        issue_date=_date(row, "issue_date", table),
        due_date=_date(row, "due_date", table),
        paid_on=_paid_on(row.get("status", ""), table),
        client_type=kind,
    )


def _date(row: Mapping[str, str], key: str, table: _Table) -> date | None:
    day = one_date(row.get(key, ""), table.today, american=table.american)
    if row.get(key) and day is None:
        raise _WrongCell(key, "bad_date", f"{row[key]!r} is not a date.", "Write it as 30/11/2026 or 2026-11-30.")
    return day


def _money(text: str, currency: str, decimal: Separator | None) -> tuple[Decimal, str]:
    """The one amount of a cell; a bare number takes the currency column's, else the euro."""
    found = find_amounts(text, decimal=decimal)
    if len(found) == 1 and (found[0].negative or found[0].value == 0):
        raise _WrongCell("amount", "nothing_due", f"{text!r}: nothing is due here.", "Leave credit notes out.")
    if len(found) != 1 or found[0].decimals > 2:
        raise _WrongCell(
            "amount", "bad_amount", f"{text!r} is not an amount.", 'Write it as "1 240,50 €" or 1240.50.'
        )
    code = found[0].currency or (currency_code(currency) if currency else "EUR")
    if not code:
        raise _WrongCell("currency", "bad_currency", f"{currency!r} is not a known currency.", "Write its ISO code.")
    return found[0].value.quantize(CENT), code


def _paid_on(text: str, table: _Table) -> date | None:
    """The day of payment, today for a bare "paid", None for an open bill."""
    plain = fold(text)
    word = "_".join(plain.split())
    if word in _OPEN:
        return None
    if word in _PAID:
        return table.today
    lead = re.match(r"(?:payee?|reglee?|paid|encaissee?)(?: le| on)? ", plain)
    day = one_date(text[lead.end() if lead else 0 :], table.today, american=table.american)
    if day is None:
        fix = 'Write "payée", the day of payment, or nothing.'
        raise _WrongCell("status", "bad_status", f"{text!r} does not say whether it is paid.", fix)
    return day


def _direction(row: Mapping[str, str], identity: Identity) -> Direction:
    said = fold(row.get("direction", ""))
    if said in _RECEIVED:
        return "received"
    if said in _ISSUED:
        return "issued"
    ours = any(same_party(row.get("client", ""), own) for own in identity.names)
    return "received" if row.get("supplier") and (ours or not row.get("client")) else "issued"


def same_bill(one: ImportedBill, other: ImportedBill) -> bool:
    """Are these the same bill, told by a mail, a reminder, a PDF or a file?

    The same direction and number with either the same party or the same amount; without a number on either side the
    same party and amount, unless both have a due date and these differ.
    """
    if one.direction != other.direction or one.currency != other.currency:
        return False
    party = same_party(one.party, other.party)
    if one.number and other.number:
        return _squash(one.number) == _squash(other.number) and (party or one.amount == other.amount)
    if not party or one.amount != other.amount:
        return False
    return not (one.due_date and other.due_date) or one.due_date == other.due_date


def _squash(number: str) -> str:
    return "".join(c for c in fold(number) if c.isalnum())
