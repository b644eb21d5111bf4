"""The pure side of the accountant's parcel: names, the table, gaps, the list of what is missing."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automator.billing.parcel import Entry, folder, gaps, ledger, missing_text, paper_name, unique
from automator.words import Words

FR, EN = Words("fr"), Words("en")
DAY = date(2026, 10, 14)


def entry(**values: object) -> Entry:
    base: dict[str, object] = {
        "id": 7, "direction": "received", "document": "invoice", "party": "Bois du Forez", "number": "F-118",
        "day": DAY, "gross": Decimal("1200.00"), "currency": "EUR", "net": Decimal("1000.00"),
        "vat": Decimal("200.00"), "due": date(2026, 11, 14), "papers": ("factures-recues/a.pdf",),
    }  # fmt: skip
    return Entry(**(base | values))  # type: ignore[arg-type]


def test_a_document_is_named_by_day_supplier_and_number() -> None:
    assert paper_name(DAY, "Bois du Forez, SARL", "F/118", "pdf") == "2026-10-14_Bois-du-Forez-SARL_F-118.pdf"
    assert paper_name(DAY, "Électricité d'Œuvre", "", "XML") == "2026-10-14_Electricite-d-OEuvre.xml"
    assert paper_name(DAY, "漢字", "", "") == "2026-10-14.bin"


@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=20))
def test_s50_no_name_leads_out_or_hides_anything(party: str, number: str, ending: str) -> None:
    name = paper_name(DAY, party, number, ending)
    assert re.fullmatch(r"2026-10-14(_[A-Za-z0-9.-]+){0,2}\.[a-z0-9-]+", name), name
    assert ".." not in name
    assert len(name) <= 125


@given(st.lists(st.sampled_from(["a.pdf", "A.pdf", "b.xml", "a-2.pdf"]), max_size=12))
def test_names_are_unique_whatever_the_case(wanted: list[str]) -> None:
    taken: set[str] = set()
    given_ = [unique(name, taken) for name in wanted]
    assert len({name.lower() for name in given_}) == len(wanted)


def test_the_french_table() -> None:
    made = ledger([entry(), entry(direction="issued", status="paid", settled_on=date(2026, 11, 2), vat=None)], FR)
    assert made.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(made.decode("utf-8-sig")), delimiter=";"))
    assert rows[0] == [
        "Date", "Journal", "Tiers", "Numéro", "HT", "TVA", "TTC", "Devise", "Échéance", "Statut", "Payée le", "Document",
    ]  # fmt: skip
    assert rows[1] == [
        "14/10/2026", "AC", "Bois du Forez", "F-118", "1000,00", "200,00", "1200,00", "EUR", "14/11/2026",
        "non payée", "", "factures-recues/a.pdf",
    ]  # fmt: skip
    assert [rows[2][i] for i in (1, 5, 9, 10)] == ["VE", "", "payée", "02/11/2026"]


def test_the_english_table_and_a_credit_note() -> None:
    made = ledger([entry(document="credit_note", status="credited", settled_on=DAY, papers=())], EN)
    rows = list(csv.reader(io.StringIO(made.decode())))
    assert rows[1][:1] == ["2026-10-14"]
    assert rows[1][4:7] == ["-1000.00", "-200.00", "-1200.00"]
    assert rows[1][9:] == ["credited", "", ""]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@"])
def test_no_cell_is_a_formula(sign: str) -> None:
    made = ledger([entry(party=f"{sign}cmd|x", number=f" {sign}1\n2")], EN).decode()
    row = list(csv.reader(io.StringIO(made)))[1]
    assert (row[2], row[3]) == (f"'{sign}cmd|x", f"'{sign}1 2")


def test_folders() -> None:
    assert (folder("received", FR), folder("issued", FR)) == ("factures-recues", "factures-emises")
    assert (folder("received", EN), folder("issued", EN)) == ("bills-received", "bills-issued")


@pytest.mark.parametrize(
    ("month", "others", "expected"),
    [
        (["2026-041", "2026-044"], [], ["2026-042", "2026-043"]),
        (["2026-041", "2026-042"], [], []),
        (["2026-041"], ["2026-038"], ["2026-039", "2026-040"]),
        (["F-9", "F-12"], ["F-10", "F-13"], ["F-11"]),
        (["F-9", "A-12"], [], []),
        (["F-1", "F-900"], [], []),
        (["F-2/A", "F-4/A"], [], ["F-3/A"]),
        (["pro forma", ""], [], []),
    ],
)
def test_gaps_among_our_own_numbers(month: list[str], others: list[str], expected: list[str]) -> None:
    assert gaps(month, others) == expected


@given(st.sets(st.integers(1, 60), min_size=1))
def test_gaps_are_what_is_not_there(numbers: set[int]) -> None:
    known = [f"F-{n:03}" for n in numbers]
    assert set(gaps(known)) <= {f"F-{n:03}" for n in range(min(numbers), max(numbers))} - set(known)


def test_what_is_missing() -> None:
    text = missing_text("Titre", [("Sans document", ["a\nb", "c"]), ("Rien", [])], FR).decode("utf-8-sig")
    assert text == "Titre\r\n\r\nSans document (2)\r\n  - a b\r\n  - c\r\n"
    assert missing_text("T", [("Rien", [])], EN).decode() == "T\r\n\r\nNothing is missing.\r\n"
