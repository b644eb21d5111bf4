"""The text layer of real PDF files, made here."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest
from fpdf import FPDF
from hypothesis import given, settings
from hypothesis import strategies as st

from automator.billing.extract import extract_document
from automator.billing.invoice import Bill, Identity
from automator.billing.pdf import pdf_texts

FOLDER = (
    Path(os.environ.get("AUTOMATOR_FIXTURES", Path(__file__).resolve().parents[3] / "shared" / "fixtures"))
    / "einvoice"
)
TODAY = date(2026, 11, 24)
IBAN = "FR76 9109 7081 4117 4516 1894 027"
XML = b"""<?xml version="1.0"?><Invoice><ID>X-1</ID><LegalMonetaryTotal><PayableAmount>12.00</PayableAmount></LegalMonetaryTotal></Invoice>"""


def paper(*lines: tuple[str, str], pages: int = 1, attach: tuple[str, bytes] | None = None) -> bytes:
    """A PDF whose lines have a label at the left margin and a value at the right one, as invoices do."""
    pdf = FPDF()
    pdf.set_font("helvetica", size=10)
    for _ in range(pages):
        pdf.add_page()
        for label, value in lines:
            pdf.cell(120, 7, label)
            pdf.cell(60, 7, value, align="R", new_x="LMARGIN", new_y="NEXT")
    if attach:
        pdf.embed_file(basename=attach[0], bytes=attach[1])
    return bytes(pdf.output())


INVOICE = (
    ("MENUISERIE KERBRAT", "FACTURE N° 25-0087"),
    ("12 venelle du Port - 29900 Ploudaniel", "Date : 04/11/2026"),
    ("SIRET 732 829 320 00074", ""),
    ("Client : Durand Plomberie", ""),
    ("Bloc-porte âme pleine 83 cm", "970,00"),
    ("Pose et réglages", "362,50"),
    ("Total HT", "1 332,50"),
    ("TVA 10 %", "133,25"),
    ("TOTAL TTC", "1 465,75 EUR"),
    ("Règlement par virement à 30 jours", ""),
    (f"IBAN : {IBAN}", ""),
    ("Indemnité forfaitaire pour frais de recouvrement : 40,00 EUR", ""),
)


def document(data: bytes, identity: Identity = Identity()) -> Bill | None:  # noqa: B008 - frozen
    return extract_document(pdf_texts(data), identity, today=TODAY)


def test_label_and_value_stay_on_one_line() -> None:
    (text,) = pdf_texts(paper(*INVOICE))
    lines = [line.split("   ") for line in text.splitlines()]
    assert ["TOTAL TTC", "1 465,75 EUR"] in lines
    assert lines[0] == ["MENUISERIE KERBRAT", "FACTURE N° 25-0087"]


def test_a_real_paper_is_read_to_the_last_field() -> None:
    bill = document(paper(*INVOICE))
    assert bill is not None
    assert {name: bill.value(name) for name in bill.found} == {
        "supplier": "MENUISERIE KERBRAT",
        "number": "25-0087",
        "total_amount": "1465.75",
        "total_without_vat": "1332.50",
        "vat": "133.25",
        "currency": "EUR",
        "issue_date": "2026-11-04",
        "due_date": "2026-12-04",
        "iban": IBAN.replace(" ", ""),
        "supplier_id": "73282932000074",
        "payment": "transfer",
        "direction": "received",
        "document": "invoice",
    }
    assert bill.total_amount is not None
    assert bill.total_amount.where == "pdf:1"
    assert "1 465,75" in bill.total_amount.evidence


def test_a_paper_of_ours_is_issued_and_names_the_client() -> None:
    lines = (
        ("DURAND PLOMBERIE", "FACTURE F-26-031"),
        ("Date : 04/11/2026", ""),
        ("Client : Café du Port SARL", ""),
        ("TOTAL TTC", "96,00 EUR"),
    )
    ours = Identity(names=("Durand Plomberie",))
    bill = document(paper(*lines), ours)
    assert bill is not None
    assert (bill.value("direction"), bill.value("client"), bill.value("supplier")) == (
        "issued",
        "Café du Port SARL",
        "Durand Plomberie",
    )
    seller = document(
        paper(("PLOMBERIE DU LAC", "FACTURE F-1"), ("SIRET 732 829 320 00074", ""), ("TOTAL TTC", "96,00 EUR")),
        Identity(names=("Lac SARL",), ids=frozenset({"732829320"})),
    )
    assert seller is not None
    assert seller.value("direction") == "issued"


def test_only_the_first_pages_are_read() -> None:
    data = paper(("page", "1"), pages=5)
    assert len(pdf_texts(data)) == 5
    assert len(pdf_texts(data, pages=2)) == 2


def test_an_empty_page_is_an_empty_text() -> None:
    assert pdf_texts(paper()) == ("",)
    assert document(paper()) is None


def test_the_e_invoice_inside_is_believed_before_the_page() -> None:
    data = paper(*INVOICE, attach=("factur-x.xml", XML))
    texts = pdf_texts(data)
    assert len(texts) == 2
    bill = extract_document(texts, Identity(), today=TODAY)
    assert bill is not None
    assert (bill.value("number"), bill.value("total_amount")) == ("X-1", "12.00")
    assert bill.number is not None
    assert bill.number.where == "xml"


@pytest.mark.parametrize(("name", "content"), [("notes.xml", XML), ("factur-x.xml", b" " * 2_000_001)])
def test_any_other_file_inside_is_left_alone(name: str, content: bytes) -> None:
    assert len(pdf_texts(paper(*INVOICE, attach=(name, content)))) == 1


def test_a_paper_that_is_no_bill_is_none() -> None:
    for title in ("BON DE COMMANDE N° 12", "BULLETIN DE PAIE", "Compte-rendu du chantier"):
        assert document(paper((title, ""), ("TOTAL TTC", "96,00 EUR"))) is None


def test_encrypted_damaged_and_foreign_files_give_nothing() -> None:
    locked = FPDF()
    locked.add_page()
    locked.set_encryption(owner_password="a", user_password="b")
    good = paper(*INVOICE)
    for data in (bytes(locked.output()), b"", b"no pdf", good[: len(good) // 3]):
        assert pdf_texts(data) in {(), ("",)}


@settings(max_examples=30, deadline=None)
@given(st.integers(min_value=0, max_value=1500), st.binary(min_size=1, max_size=40))
def test_bytes_overwritten_at_random_never_raise(at: int, junk: bytes) -> None:
    data = bytearray(paper(*INVOICE))
    data[at : at + len(junk)] = junk
    pdf_texts(bytes(data))


def test_a_page_without_end_is_cut() -> None:
    pdf = FPDF()
    pdf.set_font("helvetica", size=1)
    pdf.set_auto_page_break(auto=False)
    pdf.add_page()
    for row in range(700):
        pdf.set_xy(5, 2 + row * 0.4)
        pdf.cell(text="x" * 100)
    (text,) = pdf_texts(bytes(pdf.output()))
    assert 50_000 < len(text) < 75_000


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the folder of real files is not there (AUTOMATOR_FIXTURES)")
def test_real_factur_x_files_by_their_page_as_by_their_xml() -> None:
    for path in sorted(FOLDER.rglob("*.pdf")):
        texts = pdf_texts(path.read_bytes())
        page, structured = (extract_document(t, Identity(), today=date(2017, 11, 20)) for t in (texts[:-1], texts))
        assert page is not None
        assert structured is not None
        for name in ("number", "total_amount"):
            assert page.value(name) == structured.value(name), path.name
