"""Structured e-invoices: every value by its exact path."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automator.billing import einvoice
from automator.billing.invoice import Bill

FOLDER = (
    Path(os.environ.get("AUTOMATOR_FIXTURES", Path(__file__).resolve().parents[3] / "shared" / "fixtures"))
    / "einvoice"
)
CII = """<?xml version="1.0"?>
<rsm:CrossIndustryInvoice xmlns:rsm="urn:r" xmlns:ram="urn:a" xmlns:udt="urn:u">
 <rsm:ExchangedDocument><ram:ID>FA-26-7</ram:ID><ram:TypeCode>{type}</ram:TypeCode>
  <ram:IssueDateTime><udt:DateTimeString format="102">{issued}</udt:DateTimeString></ram:IssueDateTime></rsm:ExchangedDocument>
 <rsm:SupplyChainTradeTransaction>
  <ram:IncludedSupplyChainTradeLineItem><ram:ID>not this</ram:ID></ram:IncludedSupplyChainTradeLineItem>
  <ram:ApplicableHeaderTradeAgreement>
   <ram:SellerTradeParty><ram:Name>Scierie du Tanargue</ram:Name>
    <ram:SpecifiedTaxRegistration><ram:ID schemeID="FC">99</ram:ID></ram:SpecifiedTaxRegistration>
    <ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">FR 11 999 999 998</ram:ID></ram:SpecifiedTaxRegistration></ram:SellerTradeParty>
   <ram:BuyerTradeParty><ram:Name>Durand Plomberie</ram:Name></ram:BuyerTradeParty></ram:ApplicableHeaderTradeAgreement>
  <ram:ApplicableHeaderTradeSettlement><ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>
   <ram:SpecifiedTradeSettlementPaymentMeans><ram:TypeCode>{means}</ram:TypeCode>
    <ram:PayeePartyCreditorFinancialAccount><ram:IBANID>{iban}</ram:IBANID></ram:PayeePartyCreditorFinancialAccount></ram:SpecifiedTradeSettlementPaymentMeans>
   <ram:SpecifiedTradePaymentTerms><ram:DueDateDateTime><udt:DateTimeString format="102">20261130</udt:DateTimeString></ram:DueDateDateTime></ram:SpecifiedTradePaymentTerms>
   <ram:SpecifiedTradeSettlementHeaderMonetarySummation><ram:TaxBasisTotalAmount>100.00</ram:TaxBasisTotalAmount>
    <ram:TaxTotalAmount>20.00</ram:TaxTotalAmount><ram:GrandTotalAmount>120.00</ram:GrandTotalAmount>
    <ram:DuePayableAmount>{payable}</ram:DuePayableAmount></ram:SpecifiedTradeSettlementHeaderMonetarySummation>
  </ram:ApplicableHeaderTradeSettlement>
 </rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>"""
UBL = """<Invoice xmlns="urn:i" xmlns:cac="urn:c" xmlns:cbc="urn:b">
 <cbc:ID>2026/10/00447</cbc:ID><cbc:IssueDate>2026-10-10</cbc:IssueDate><cbc:DueDate>2026-11-09</cbc:DueDate>
 <cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode><cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
 <cac:AccountingSupplierParty><cac:Party><cac:PartyName><cbc:Name>Quincaillerie de la Meuse</cbc:Name></cac:PartyName></cac:Party></cac:AccountingSupplierParty>
 <cac:PaymentMeans><cbc:PaymentMeansCode>59</cbc:PaymentMeansCode></cac:PaymentMeans>
 <cac:LegalMonetaryTotal><cbc:PayableAmount currencyID="EUR">1874.29</cbc:PayableAmount></cac:LegalMonetaryTotal>
</Invoice>"""


def cii(**changes: str) -> Bill:
    values = {
        "type": "380",
        "issued": "20261031",
        "means": "58",
        "iban": "FR7691097081411745161894027",
        "payable": "70.00",
    }
    found = einvoice.read(CII.format(**{**values, **changes}))
    assert found is not None
    return found


def test_every_value_of_a_factur_x_file() -> None:
    bill = cii()
    assert {name: bill.value(name) for name in bill.found} == {
        "supplier": "Scierie du Tanargue",
        "number": "FA-26-7",
        "total_amount": "70.00",  # what is left to pay, not the sum with VAT
        "total_without_vat": "100.00",
        "vat": "20.00",
        "currency": "EUR",
        "issue_date": "2026-10-31",
        "due_date": "2026-11-30",
        "iban": "FR7691097081411745161894027",
        "supplier_id": "FR11999999998",
        "payment": "transfer",
        "document": "invoice",
        "client": "Durand Plomberie",
    }
    assert all(getattr(bill, name).where == "xml" and getattr(bill, name).confidence == 1 for name in bill.found)


def test_a_bill_that_is_paid_keeps_its_sum() -> None:
    bill = cii(payable="0.00")
    assert (bill.value("total_amount"), bill.value("payment")) == ("120.00", "paid")


@pytest.mark.parametrize(
    ("means", "payment"),
    [("30", "transfer"), ("59", "direct_debit"), ("48", "card"), ("20", "cheque"), ("1", "unknown"), ("", "unknown")],
)
def test_payment_means_by_their_code(means: str, payment: str) -> None:
    assert cii(means=means).value("payment") == payment


def test_wrong_values_are_left_out() -> None:
    bill = cii(iban="FRDEBIT", issued="20261399", payable="beaucoup")
    assert bill.iban is None
    assert bill.issue_date is None
    assert bill.value("total_amount") == "120.00"
    assert cii(issued="demain").issue_date is None
    assert cii(payable="Infinity").value("total_amount") == "120.00"


def test_a_credit_note_by_its_code_or_its_root() -> None:
    assert cii(type="381", payable="-70.00").value("document") == "credit_note"
    assert cii(type="381", payable="-70.00").value("total_amount") == "70.00"
    credit = einvoice.read(UBL.replace("<Invoice ", "<CreditNote ").replace("</Invoice>", "</CreditNote>"))
    assert credit is not None
    assert credit.value("document") == "credit_note"


def test_a_ubl_file() -> None:
    bill = einvoice.read(UBL)
    assert bill is not None
    assert (bill.value("supplier"), bill.value("total_amount"), bill.value("due_date"), bill.value("payment")) == (
        "Quincaillerie de la Meuse", "1874.29", "2026-11-09", "direct_debit",
    )  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "<Order/>",
        "<Invoice/>",  # without a number
        "<Invoice",
        "",
        "no xml",
        '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><Invoice><ID>&a;</ID></Invoice>',
        "<Invoice><ID>1</ID></Invoice>" + " " * 2_000_001,
        "<a>\x01</a>",
    ],
)
def test_any_other_file_is_none(text: str) -> None:
    assert einvoice.read(text) is None


def test_what_looks_like_xml() -> None:
    assert einvoice.is_xml('\ufeff<?xml version="1.0"?><a/>')
    assert einvoice.is_xml("<rsm:CrossIndustryInvoice/>")
    assert not einvoice.is_xml("Facture 12")


@given(st.text(max_size=200))
def test_no_text_breaks_it(text: str) -> None:
    einvoice.read(text)
    einvoice.read(f"<Invoice><ID>{text}</ID></Invoice>")


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the folder of real files is not there (AUTOMATOR_FIXTURES)")
def test_real_files() -> None:
    found = {p.name: einvoice.read(p.read_text(encoding="utf-8")) for p in sorted(FOLDER.rglob("*.xml"))}
    assert [name for name, bill in found.items() if bill is None] == ["order-x-basic.xml", "order-x-comfort.xml"]
    sums = {name: bill.value("total_amount") for name, bill in found.items() if bill}
    assert sums["factur-x-basic.xml"] == "104.90"
    assert sums["ubl-21-en16931.xml"] == "208.03"
    assert sums["zugferd-comfort.xml"] == "529.87"
