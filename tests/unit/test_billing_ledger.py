"""Bills brought in a CSV file, and when two bills are one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automator.billing.invoice import Identity
from automator.billing.ledger import ImportedBill, read_csv, same_bill

TODAY = date(2026, 11, 24)
US = Identity(names=("Durand Plomberie",))
FRENCH = (
    "Numéro;Client;E-mail;Montant TTC (€);Date d'émission;Échéance;Statut;Type de client\r\n"
    "F-26-101;Café du Port;Contact@cafe.example;1 240,50 €;01/10/2026;31/10/2026;;pro\r\n"
    "F-26-102;Mme Petit;;96,00;3/10/26;2026-11-02;payée;particulier\r\n"
)
BILL = ImportedBill("issued", "Café du Port", "", "F-26-101", Decimal("1240.50"), "EUR", None, date(2026, 10, 31))


def read(text: str | bytes) -> tuple[list[ImportedBill], list[str]]:
    data = text if isinstance(text, bytes) else text.encode()
    bills, problems = read_csv(data, identity=US, today=TODAY, file="export.csv")
    return bills, [f"{p.file}:{p.line}:{p.key}:{p.code}" for p in problems]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_french_export_is_read_in_every_encoding(encoding: str) -> None:
    bills, problems = read(FRENCH.encode(encoding))
    assert problems == []
    assert bills == [
        ImportedBill(
            "issued", "Café du Port", "contact@cafe.example", "F-26-101", Decimal("1240.50"), "EUR",
            date(2026, 10, 1), date(2026, 10, 31), None, "business",
        ),
        ImportedBill(
            "issued", "Mme Petit", "", "F-26-102", Decimal("96.00"), "EUR", date(2026, 10, 3), date(2026, 11, 2), TODAY, "consumer"
        ),
    ]  # fmt: skip


def test_an_english_export_with_tabs_and_commas() -> None:
    rows = [
        "invoice number|customer|amount|currency|issue_date|due date|paid|vat number",
        'A-1|Lowell Ltd|"1,240.50"|GBP|10/25/2026|11/24/2026|2026-11-20|GB123',
        "A-2|Lowell Ltd|€ 12.00||10/03/2026|||",
    ]
    for sign in ("\t", ";"):
        bills, problems = read("\n".join(rows).replace("|", sign))
        assert problems == []
        assert [(b.amount, b.currency, b.issue_date, b.due_date, b.paid_on, b.client_type) for b in bills] == [
            (Decimal("1240.50"), "GBP", date(2026, 10, 25), date(2026, 11, 24), date(2026, 11, 20), "business"),
            (Decimal("12.00"), "EUR", date(2026, 10, 3), None, None, ""),
        ]


def test_the_payment_may_be_told_as_a_date_in_words() -> None:
    bills, problems = read("numero,client,ttc,statut\n1,A,10,payée le 12/11/2026\n2,B,10,en attente\n3,C,10,réglée")
    assert problems == []
    assert [b.paid_on for b in bills] == [date(2026, 11, 12), None, TODAY]


def test_a_bill_of_a_supplier_is_received() -> None:
    bills, _ = read("number;supplier;client;amount\n7;Bois & Co;Durand Plomberie;10\n8;Bois & Co;;10\n9;Nous;Café;10")
    assert [(b.direction, b.party) for b in bills] == [
        ("received", "Bois & Co"),
        ("received", "Bois & Co"),
        ("issued", "Café"),
    ]
    told, _ = read("number;client;amount;direction\n1;A;10;achat\n2;B;10;vente\n3;C;10;?")
    assert [b.direction for b in told] == ["received", "issued", "issued"]


def test_the_same_bill_twice_counts_once_however_the_client_is_written() -> None:
    bills, _ = read("number;client;amount\nF-1;CAFÉ DU PORT SARL;10,00\nF 1;Café du Port;10\nF-2;Café du Port;10")
    assert [b.number for b in bills] == ["F-1", "F-2"]


def test_without_a_number_the_due_date_tells_bills_apart() -> None:
    bills, problems = read("client;montant;échéance\nA;10;30/11/2026\nA;10;31/12/2026\nA;10;30/11/2026")
    assert problems == []
    assert [b.due_date for b in bills] == [date(2026, 11, 30), date(2026, 12, 31)]


def test_every_bad_line_is_a_problem_and_the_others_are_read() -> None:
    lines = [
        "", "number;client;amount;date;due_date;status;currency",
        "F-1;A;douze;;;;", "F-2;;12;;;;", "F-3;A;12;hier;;;", "F-4;A;12;;31/02/2026;;", "F-5;A;12;;;peut-être;",
         "F-6;A;-12,00;;;;", "F-7;A;12;;;;XYZ", ";;;;;;", "F-8;A;12;;;;", "F-9;A;10 et 12;;;;", "F-10;A;0;;;;",
    ]  # fmt: skip
    bills, problems = read("\n".join(lines))
    assert [b.number for b in bills] == ["F-8"]
    assert problems == [
        "export.csv:3:amount:bad_amount",
        "export.csv:4:client:missing_value",
        "export.csv:5:issue_date:bad_date",
        "export.csv:6:due_date:bad_date",
        "export.csv:7:status:bad_status",
        "export.csv:8:amount:nothing_due",
        "export.csv:9:currency:bad_currency",
        "export.csv:12:amount:bad_amount",
        "export.csv:13:amount:nothing_due",
    ]


def test_missing_columns_are_all_named_at_once() -> None:
    assert read("a;b\n1;2") == (
        [],
        [f"export.csv:1:{key}:missing_column" for key in ("client", "amount")],
    )
    assert read("") == ([], ["export.csv:1::empty_file"])
    assert read("\n \n") == ([], ["export.csv:1::empty_file"])


def test_a_file_without_end_is_read_only_so_far() -> None:
    bills, problems = read("number;client;amount\n" + "".join(f"F-{n};A;{n}\n" for n in range(1, 50_010)))
    assert len(bills) == 49_999
    assert problems == ["export.csv:50000::too_long"]


def test_a_cell_without_end_is_a_problem() -> None:
    assert read('number;client;amount\n1;"' + "x" * 200_000)[1] == ["export.csv:1::bad_csv"]


@given(st.binary(max_size=300))
def test_no_file_breaks_it(data: bytes) -> None:
    read_csv(data, identity=US, today=TODAY)
    read_csv(b"number;client;amount;date;statut\n" + data, identity=US, today=TODAY)


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({}, True),
        ({"party": "CAFE DU PORT SARL"}, True),
        ({"number": "f26101"}, True),
        ({"party": "Autre nom"}, True),  # same number and amount: a collector's writing of the name
        ({"party": "Autre nom", "amount": Decimal("5.00")}, False),
        ({"amount": Decimal("5.00")}, True),  # a reminder with fees keeps number and party
        ({"number": "F-26-102"}, False),
        ({"number": ""}, True),
        ({"number": "", "due_date": None}, True),
        ({"number": "", "due_date": date(2026, 9, 30)}, False),
        ({"number": "", "amount": Decimal("5.00")}, False),
        ({"number": "", "party": "Autre nom"}, False),
        ({"direction": "received"}, False),
        ({"currency": "USD"}, False),
    ],
)
def test_one_bill_told_twice(change: dict[str, object], same: bool) -> None:
    other = replace(BILL, **change)  # type: ignore[arg-type]
    assert same_bill(BILL, other) is same
    assert same_bill(other, BILL) is same
