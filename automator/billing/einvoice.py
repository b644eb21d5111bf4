"""Structured e-invoices, each value by its exact path: UN/CEFACT CII (Factur-X, ZUGFeRD 1 and 2) and OASIS UBL 2.1.

The terms in brackets are those of EN 16931.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from automator.billing.iban import compact, valid
from automator.billing.invoice import Bill, Fact
from automator.billing.money import currency_code, written

if TYPE_CHECKING:
    from lxml.etree import _Element

_LARGEST = 2_000_000  # characters of XML
_CREDIT_CODES = frozenset({"381", "396", "261", "262", "308", "420", "458", "502", "503"})  # UNTDID 1001
_DEBIT_MEANS = frozenset({"49", "59"})  # UNTDID 4461
_CARD_MEANS = frozenset({"48", "54", "55"})
_TRANSFER_MEANS = frozenset({"30", "31", "42", "58"})
_TRADE = "SupplyChainTradeTransaction"
_AGREED, _SETTLED = f"{_TRADE}/ApplicableHeaderTradeAgreement", f"{_TRADE}/ApplicableHeaderTradeSettlement"
_SUMS = f"{_SETTLED}/SpecifiedTradeSettlementHeaderMonetarySummation"
_CII = {
    "number": "ExchangedDocument/ID",  # BT-1
    "issued": "ExchangedDocument/IssueDateTime/DateTimeString",  # BT-2
    "type": "ExchangedDocument/TypeCode",  # BT-3
    "currency": f"{_SETTLED}/InvoiceCurrencyCode",  # BT-5
    "due": f"{_SETTLED}/SpecifiedTradePaymentTerms/DueDateDateTime/DateTimeString",  # BT-9
    "supplier": f"{_AGREED}/SellerTradeParty/Name",  # BT-27
    "supplier_id": f"{_AGREED}/SellerTradeParty/SpecifiedLegalOrganization/ID",  # BT-30
    "supplier_vat": f"{_AGREED}/SellerTradeParty/SpecifiedTaxRegistration/ID[@schemeID='VA']",  # BT-31
    "client": f"{_AGREED}/BuyerTradeParty/Name",  # BT-44
    "means": f"{_SETTLED}/SpecifiedTradeSettlementPaymentMeans/TypeCode",  # BT-81
    "iban": f"{_SETTLED}/SpecifiedTradeSettlementPaymentMeans/PayeePartyCreditorFinancialAccount/IBANID",  # BT-84
    "net": f"{_SUMS}/TaxBasisTotalAmount",  # BT-109
    "vat": f"{_SUMS}/TaxTotalAmount",  # BT-110
    "gross": f"{_SUMS}/GrandTotalAmount",  # BT-112
    "payable": f"{_SUMS}/DuePayableAmount",  # BT-115
}
_ZUGFERD1 = {
    key: path.replace("ExchangedDocument", "HeaderExchangedDocument")
    .replace(_TRADE, "SpecifiedSupplyChainTradeTransaction")
    .replace("ApplicableHeaderTrade", "ApplicableSupplyChainTrade")
    .replace("SpecifiedTradeSettlementHeaderMonetarySummation", "SpecifiedTradeSettlementMonetarySummation")
    for key, path in _CII.items()
}
_SELLER, _BUYER = "AccountingSupplierParty/Party", "AccountingCustomerParty/Party"
_UBL = {
    "number": "ID",
    "issued": "IssueDate",
    "type": "InvoiceTypeCode",
    "currency": "DocumentCurrencyCode",
    "due": "DueDate",
    "supplier": f"{_SELLER}/PartyLegalEntity/RegistrationName",
    "supplier_trade": f"{_SELLER}/PartyName/Name",
    "supplier_id": f"{_SELLER}/PartyLegalEntity/CompanyID",
    "supplier_vat": f"{_SELLER}/PartyTaxScheme/CompanyID",
    "client": f"{_BUYER}/PartyLegalEntity/RegistrationName",
    "client_trade": f"{_BUYER}/PartyName/Name",
    "means": "PaymentMeans/PaymentMeansCode",
    "iban": "PaymentMeans/PayeeFinancialAccount/ID",
    "net": "LegalMonetaryTotal/TaxExclusiveAmount",
    "vat": "TaxTotal/TaxAmount",
    "gross": "LegalMonetaryTotal/TaxInclusiveAmount",
    "payable": "LegalMonetaryTotal/PayableAmount",
}
_PATHS: dict[str, Mapping[str, str]] = {
    "CrossIndustryInvoice": _CII,
    "CrossIndustryDocument": _ZUGFERD1,
    "Invoice": _UBL,
    "CreditNote": {**_UBL, "type": "CreditNoteTypeCode", "due": "PaymentMeans/PaymentDueDate"},
}


def is_xml(text: str) -> bool:
    """Does this text look like an XML file at all?"""
    return text.lstrip("\ufeff \r\n\t").startswith("<?xml") or bool(
        re.match(r"\ufeff?\s*(?:<!--.*?-->\s*)?<[a-z]+:(?:CrossIndustry|Invoice|CreditNote)", text[:600], re.DOTALL)
    )


def read(text: str) -> Bill | None:
    """The bill of an e-invoice file; None for any other XML (an order, say), a damaged or an oversized one.

    `total_amount` is the amount due for payment (BT-115), the sum with VAT (BT-112) when all is paid already.
    Entities, external files and DTDs are never loaded.
    """
    root = _parse(text)
    if root is None:
        return None
    paths = _PATHS.get(_local(root))
    if paths is None:
        return None
    found = {key: value for key, path in paths.items() if (value := _value(root, path))}
    return _bill(found, credit=_local(root) == "CreditNote") if "number" in found else None


def _parse(text: str) -> _Element | None:
    from lxml import etree

    if len(text) > _LARGEST or "<!DOCTYPE" in text[:5000]:
        return None
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
    )
    try:
        return etree.fromstring(text.lstrip("\ufeff \r\n\t").encode(), parser)
    except (etree.XMLSyntaxError, ValueError, LookupError):
        return None


def _local(element: _Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _value(root: _Element, path: str) -> str:
    """Text of the first element on this path; namespaces are left out, as the versions differ only there."""
    steps = []
    for step in path.split("/"):
        name, _, condition = step.partition("[")
        steps.append(f"*[local-name()='{name}']" + (f"[{condition}" if condition else ""))
    found = root.xpath("/".join(steps))
    return " ".join((found[0].text or "").split()) if found else ""


def _bill(found: Mapping[str, str], *, credit: bool) -> Bill:
    payable, gross = _amount(found.get("payable")), _amount(found.get("gross"))
    paid = payable == 0 and bool(gross)
    total = gross if paid or payable is None else payable
    return Bill(
        supplier=_fact(found.get("supplier") or found.get("supplier_trade")),
        number=_fact(found["number"]),
        total_amount=_money(total),
        total_without_vat=_money(_amount(found.get("net"))),
        vat=_money(_amount(found.get("vat"))),
        currency=_fact(currency_code(found.get("currency", "")) or found.get("currency", "").upper()[:3]),
        issue_date=_day(found.get("issued")),
        due_date=_day(found.get("due")),
        iban=_fact(compact(found["iban"]), found["iban"]) if valid(found.get("iban", "")) else None,
        supplier_id=_fact((found.get("supplier_vat") or found.get("supplier_id", "")).replace(" ", "")),
        payment=_fact("paid" if paid else _means(found.get("means", "")), found.get("means", "")),
        document=_fact(
            "credit_note" if credit or found.get("type") in _CREDIT_CODES else "invoice", found.get("type", "")
        ),
        client=_fact(found.get("client") or found.get("client_trade")),
    )


def _means(code: str) -> str:
    if code in _DEBIT_MEANS:
        return "direct_debit"
    if code in _CARD_MEANS:
        return "card"
    return {"20": "cheque"}.get(code, "transfer" if code in _TRANSFER_MEANS else "unknown")


def _fact(value: str | None, evidence: str = "") -> Fact | None:
    return Fact(value[:200], 1.0, (evidence or value)[:200], "xml") if value else None


def _amount(text: str | None) -> Decimal | None:
    try:
        value = Decimal(text or "")
    except InvalidOperation:
        return None
    return abs(value) if value.is_finite() and abs(value) < 10**12 else None


def _money(value: Decimal | None) -> Fact | None:
    return None if value is None else _fact(written(value))


def _day(text: str | None) -> Fact | None:
    """A date in format 102 (CCYYMMDD) or ISO 8601, with or without a zone behind it."""
    plain = re.match(r"(\d{4})-?(\d\d)-?(\d\d)", text or "")
    if plain is None:
        return None
    try:
        return _fact(date(*map(int, plain.groups())).isoformat(), text or "")
    except ValueError:
        return None
