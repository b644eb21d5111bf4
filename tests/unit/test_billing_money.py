"""Amounts in French, English and German writing."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automator.billing.fold import fold
from automator.billing.money import amount, currency_code, find_amounts, separator, written

NARROW, NBSP, THIN = "\u202f", "\u00a0", "\u2009"


@pytest.mark.parametrize(
    ("text", "value", "currency"),
    [
        ("1 240,50 €", "1240.50", "EUR"),
        (f"1{NARROW}240,50{NBSP}€", "1240.50", "EUR"),
        (f"1{THIN}240,50 €", "1240.50", "EUR"),
        ("1.240,50 EUR", "1240.50", "EUR"),
        ("€1,240.50", "1240.50", "EUR"),
        ("€ 3.812,71", "3812.71", "EUR"),
        ("1240€", "1240", "EUR"),
        ("1 240 € TTC", "1240", "EUR"),
        ("12€50", "12.50", "EUR"),
        ("450,- €", "450", "EUR"),
        ("£1,386.00", "1386.00", "GBP"),
        ("USD 8,715.00", "8715.00", "USD"),
        ("US$ 20", "20", "USD"),
        ("CHF 1'250.00", "1250.00", "CHF"),
        ("423 euros", "423", "EUR"),
        ("1 000 000,00 EUR", "1000000.00", "EUR"),
    ],
)
def test_one_amount_is_found_in_every_writing(text: str, value: str, currency: str) -> None:
    (found,) = find_amounts(text)
    assert (found.value, found.currency) == (Decimal(value), currency)
    assert found.explicit


@pytest.mark.parametrize(
    "text", ["TVA 20 %", "le 20/06", "n°2026/112", "85 k€", "F-0525-06", "v1.2.3", "12.30.45", "a1240"]
)
def test_what_is_no_amount_is_left_out(text: str) -> None:
    assert [a for a in find_amounts(text) if a.explicit] == []


def test_a_long_run_of_digits_is_no_amount() -> None:
    assert find_amounts("9" * 5000) == []
    assert find_amounts("1234567890123") == []


def test_several_amounts_keep_their_places() -> None:
    text = "450 + 450 = 900 €, moins -1 902,14 €"
    found = find_amounts(text)
    assert [a.value for a in found] == [Decimal(450), Decimal(450), Decimal(900), Decimal("1902.14")]
    assert [a.negative for a in found] == [False, False, False, True]
    assert text[slice(*found[2].span)] == "900 €"


def test_cents_after_the_sign_are_not_taken_twice() -> None:
    assert [a.value for a in find_amounts("12,5€50")] == []


@pytest.mark.parametrize(
    ("text", "sign"),
    [("1.240,50 et 3,20", ","), ("1,240.50 and 3.20", "."), ("1240 et 12", None), ("3,20 and 3.20", None)],
)
def test_a_document_decides_its_decimal_sign(text: str, sign: str | None) -> None:
    assert separator(text) == sign


@pytest.mark.parametrize(
    ("text", "decimal", "value"),
    [
        ("1.650", None, "1650"),
        ("1.650", ".", "1.650"),
        ("1,650", ".", "1650"),
        ("0,082", None, "0.082"),
        ("1234,567", None, "1234.567"),
    ],
)
def test_a_group_of_three_follows_the_document(text: str, decimal: str | None, value: str) -> None:
    (found,) = find_amounts(text, decimal=decimal)  # type: ignore[arg-type]
    assert found.value == Decimal(value)


@pytest.mark.parametrize(
    ("text", "value", "currency"),
    [
        ("50 €", "50.00", "EUR"),
        ("EUR 1,000.00", "1000.00", "EUR"),
        ("1 000,50 eur", "1000.50", "EUR"),
        ("1.000 €", "1000.00", "EUR"),
        ("£ 12.5", "12.50", "GBP"),
    ],
)
def test_a_rule_file_writes_one_amount_with_its_currency(text: str, value: str, currency: str) -> None:
    assert amount(text) == (Decimal(value), currency)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("50", "exactly one currency"),
        ("€ 50 EUR", "exactly one currency"),
        ("cinquante €", "not an amount"),
        ("", "not an amount"),
        ("50 € ou 60 €", "not an amount"),
        ("-50 €", "not an amount"),
        ("0,125 €", "more than two decimals"),
        ("ABC 5", "ABC is not a known currency"),
    ],
)
def test_anything_else_is_refused_in_a_sentence(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        amount(text)


@pytest.mark.parametrize(
    ("sign", "code"), [("€", "EUR"), ("Euros", "EUR"), ("gbp", "GBP"), ("$", "USD"), ("XYZ", ""), ("", "")]
)
def test_currency_codes(sign: str, code: str) -> None:
    assert currency_code(sign) == code


def french(value: Decimal, space: str) -> str:
    whole, _, cents = f"{value:,.2f}".partition(".")
    return f"{whole.replace(',', space)},{cents} €"


@given(
    st.decimals(min_value=Decimal("0.01"), max_value=Decimal("99999999.99"), places=2),
    st.sampled_from([" ", NBSP, NARROW, THIN, "."]),
)
def test_what_is_written_is_read_back(value: Decimal, space: str) -> None:
    english = f"EUR {value:,.2f}"
    for text in (french(value, space), english):
        assert amount(text) == (value, "EUR")
        (found,) = find_amounts(f"Total : {text} TTC")
        assert found.value == value
    assert Decimal(written(value)) == value


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader_and_positions_stay(text: str) -> None:
    assert len(fold(text)) == len(text)
    for found in find_amounts(text):
        assert 0 <= found.span[0] < found.span[1] <= len(text)
