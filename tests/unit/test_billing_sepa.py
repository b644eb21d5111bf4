"""The payment file: valid by the schema, the same bytes each time, and nothing in it that a bank refuses."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from automator.billing.sepa import Debtor, PaymentFile, Transfer, payment_xml, plain

OURS, THEIRS = "FR7630006000011234567890189", "DE89370400440532013000"
FILE = PaymentFile(
    "AUTOMATOR-20261124090000-1",
    datetime(2026, 11, 24, 9, 0, tzinfo=UTC),
    date(2026, 11, 25),
    Debtor("Menuiserie Durand & Fils", OURS),
    (
        Transfer("Électricité du Forez", THEIRS, Decimal("1286.40"), "F-118", "P1-I7"),
        Transfer("Bœuf", THEIRS, Decimal("0.05"), "2026/41", "P1-I8"),
    ),
)


def texts(data: bytes, name: str) -> list[str]:
    return [str(e.text) for e in etree.fromstring(data).iter(f"{{*}}{name}")]


def test_what_stands_in_the_file() -> None:
    data = payment_xml(FILE)
    assert b"urn:iso:std:iso:20022:tech:xsd:pain.001.001.09" in data
    assert texts(data, "MsgId") == texts(data, "PmtInfId") == [FILE.id]
    assert texts(data, "CreDtTm") == ["2026-11-24T09:00:00"]
    assert texts(data, "Dt") == ["2026-11-25"]
    assert texts(data, "NbOfTxs") == ["2", "2"]
    assert texts(data, "CtrlSum") == ["1286.45", "1286.45"]
    assert FILE.total == Decimal("1286.45")
    assert texts(data, "IBAN") == [OURS, THEIRS, THEIRS]
    assert texts(data, "Nm") == ["Menuiserie Durand + Fils"] * 2 + ["Electricite du Forez", "Boeuf"]
    assert texts(data, "Ustrd") == ["F-118", "2026/41"]
    assert texts(data, "EndToEndId") == ["P1-I7", "P1-I8"]
    assert texts(data, "BtchBookg") == ["false"]
    assert texts(data, "PstlAdr") == []


def test_the_bank_is_named_by_its_bic_or_not_at_all() -> None:
    assert ">NOTPROVIDED<" in payment_xml(FILE).decode()
    named = payment_xml(replace(FILE, debtor=Debtor("Durand", OURS, "AGRIFRPP")))
    assert texts(named, "BICFI") == ["AGRIFRPP"]
    assert b"NOTPROVIDED" not in named


def test_the_same_payments_give_the_same_bytes() -> None:
    assert payment_xml(FILE) == payment_xml(FILE)
    assert payment_xml(FILE) != payment_xml(replace(FILE, id="AUTOMATOR-20261124090000-2"))


def test_a_bill_without_a_number_is_told_by_our_reference() -> None:
    bare = replace(FILE, transfers=(replace(FILE.transfers[0], remittance="", name="漢字"),))
    assert texts(payment_xml(bare), "Ustrd") == ["P1-I7"]
    assert texts(payment_xml(bare), "Nm")[-1] == "-"


@pytest.mark.parametrize("amount", ["0", "-1", "1.005"])
def test_an_amount_that_is_none(amount: str) -> None:
    with pytest.raises(ValueError, match="two decimals"):
        payment_xml(replace(FILE, transfers=(replace(FILE.transfers[0], amount=Decimal(amount)),)))


def test_a_file_of_nothing() -> None:
    with pytest.raises(ValueError, match="needs a transfer"):
        payment_xml(replace(FILE, transfers=()))


@pytest.mark.parametrize(
    "changed",
    [{"id": "x" * 36}, {"debtor": Debtor("Durand", "no iban")}, {"debtor": Debtor("Durand", OURS, "short")}],
)
def test_what_breaks_the_schema_is_refused_without_telling_names_or_accounts(changed: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="does not keep to") as caught:
        payment_xml(replace(FILE, **changed))
    assert "no iban" not in str(caught.value)
    assert "Durand" not in str(caught.value)


AMOUNTS = st.decimals(Decimal("0.01"), Decimal(999_999), places=2)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=200), AMOUNTS, st.text(max_size=300)), min_size=1, max_size=5))
def test_whatever_strangers_call_themselves_the_file_is_valid_and_its_sum_is_theirs(
    payments: list[tuple[str, Decimal, str]],
) -> None:
    transfers = tuple(Transfer(n, THEIRS, a, r, f"P1-I{i}") for i, (n, a, r) in enumerate(payments))
    data = payment_xml(replace(FILE, transfers=transfers))
    amounts = [Decimal(t) for t in texts(data, "InstdAmt")]
    assert amounts == [a for _, a, _ in payments]
    assert {Decimal(t) for t in texts(data, "CtrlSum")} == {sum(amounts)}


@given(st.text(max_size=300))
def test_plain_text_is_what_every_bank_takes(text: str) -> None:
    made = plain(text, 140)
    assert re.fullmatch(r"[A-Za-z0-9/\-?:().,'+ ]{0,140}", made)
    assert "//" not in made
    assert not made.startswith("/")
    assert not made.endswith("/")
    assert plain(made, 140) == made
