"""Figures, dates and sentences as a French and an English owner write them."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from automator.words import Words, msgid, narrow

FR, EN = Words("fr"), Words("en")
NB = "\u00a0"


@pytest.mark.parametrize(
    ("style", "french", "english"),
    [
        ("long", "lundi 23 novembre", "Monday 23 November"),
        ("short", "lun. 23 nov.", "Mon 23 Nov"),
        ("day", "lun. 23", "Mon 23"),
        ("full", "lundi 23 novembre 2026", "Monday 23 November 2026"),
        ("numeric", "23/11/2026", "23/11/2026"),
        ("weekday", "lundi", "Monday"),
        ("month", "23 nov.", "23 Nov"),
    ],
)
def test_a_date_in_every_style(style: str, french: str, english: str) -> None:
    day = date(2026, 11, 23)
    assert FR.date(day, style) == french
    assert EN.date(day, style) == english


def test_the_first_of_the_month_is_an_ordinal_in_french_only() -> None:
    day = date(2026, 12, 1)
    assert FR.date(day) == "mardi 1er décembre"
    assert FR.date(day, "short") == "mar. 1er déc."
    assert FR.date(day, "month") == "1er déc."
    assert FR.date(day, "numeric") == "01/12/2026"
    assert FR.date(day, "weekday") == "mardi"
    assert EN.date(day) == "Tuesday 1 December"
    assert FR.date(date(2026, 12, 11)) == "vendredi 11 décembre"


def test_hours() -> None:
    assert FR.time(datetime(2026, 1, 1, 9, 5, tzinfo=UTC)) == f"9{NB}h{NB}05"
    assert FR.time(datetime(2026, 1, 1, 14, 0, tzinfo=UTC).time()) == f"14{NB}h"
    assert EN.time(datetime(2026, 1, 1, 9, 5, tzinfo=UTC)) == "09:05"
    assert (
        FR.span(datetime(2026, 1, 1, 14, tzinfo=UTC), datetime(2026, 1, 1, 15, 30, tzinfo=UTC))
        == f"14{NB}h–15{NB}h{NB}30"
    )


@pytest.mark.parametrize(
    ("amount", "currency", "brief", "french", "english"),
    [
        ("1240.5", "EUR", False, f"1{NB}240,50{NB}€", "€1,240.50"),
        ("1240", "EUR", True, f"1{NB}240{NB}€", "€1,240"),
        ("1240.50", "EUR", True, f"1{NB}240,50{NB}€", "€1,240.50"),
        ("1234567.891", "EUR", False, f"1{NB}234{NB}567,89{NB}€", "€1,234,567.89"),
        ("-12", "EUR", False, f"-12,00{NB}€", "-€12.00"),
        ("3", "euro<b>", False, "3,00", "3.00"),
        ("3", "", True, "3", "3"),
        ("5000", "JPY", False, f"5{NB}000,00{NB}JPY", "JP¥5,000.00"),
    ],
)
def test_money(amount: str, currency: str, brief: bool, french: str, english: str) -> None:
    assert FR.money(Decimal(amount), currency, brief=brief) == french
    assert EN.money(Decimal(amount), currency, brief=brief) == english


def test_html_has_a_thin_space_between_thousands_and_nowhere_else() -> None:
    assert FR.money(Decimal("1234567.5"), html=True) == f"1\u202f234\u202f567,50{NB}€"
    assert FR.number(12400, html=True) == "12\u202f400"
    assert (
        narrow(f"1{NB}240,50{NB}€, le 25{NB}nov. 2026{NB}200") == f"1\u202f240,50{NB}€, le 25{NB}nov. 2026\u202f200"
    )
    assert narrow(f"9{NB}h{NB}05") == f"9{NB}h{NB}05"


def test_numbers_and_shares() -> None:
    assert FR.number(7) == "7"
    assert FR.number(12400) == f"12{NB}400"
    assert FR.number(3.25) == "3,25"
    assert FR.number(3, digits=2) == "3,00"
    assert FR.number(Decimal("2.5"), digits=0) == "2"
    assert EN.number(-12400.5) == "-12,400.5"
    assert FR.percent(0.032, digits=1) == f"3,2{NB}%"
    assert EN.percent(0.5) == "50%"


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (0, "0 min"),
        (45, "45 min"),
        (60, "1 h"),
        (126, "2 h 06"),
        (47 * 60, "47 h"),
        (48 * 60, "2 j"),
        (-126, "2 h 06"),
    ],
)
def test_spans_of_time(minutes: int, said: str) -> None:
    assert FR.duration(timedelta(minutes=minutes)).replace(NB, " ") == said


def test_lists() -> None:
    assert FR.list([]) == ""
    assert FR.list(["a"]) == "a"
    assert FR.list(["a", "b", "c"]) == "a, b et c"
    assert EN.list(["a", "b"]) == "a and b"


def test_sentences_and_plurals() -> None:
    assert FR.t("today") == "aujourd'hui"
    assert EN.t("today") == "today"
    assert FR.t("") == ""
    assert FR.t("received {when}", when="{secret} 9 h") == "reçu {secret} 9 h"
    assert FR.n("{count} invoice", "{count} invoices", 0) == "0 facture"
    assert FR.n("{count} invoice", "{count} invoices", 2) == "2 factures"
    assert EN.n("{count} invoice", "{count} invoices", 0) == "0 invoices"
    assert FR.n("{count} invoice", "{count} invoices", 1200) == f"1{NB}200 factures"
    assert FR.t("not in any catalogue") == "not in any catalogue"
    assert msgid("today") == "today"


def test_locales_of_a_region_and_unknown_ones() -> None:
    assert Words("fr_FR").t("today") == "aujourd'hui"
    assert Words("fr-CA").language == "fr"
    assert Words("de").t("today") == "today"
    assert Words("fr") == FR


def test_a_text_that_lacks_a_value_is_a_bug_and_says_so() -> None:
    with pytest.raises(KeyError):
        FR.t("received {when}", day="x")


def test_babel_loads_on_use_only() -> None:
    code = "import sys; from automator.words import Words; Words('fr'); assert not any(m.startswith('babel') for m in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_shipped_catalogue_is_read_without_babel() -> None:
    code = (
        "import sys; from automator.words import Words; assert Words('fr').t('today') == 'aujourd\\'hui';"
        "assert not any(m.startswith('babel') for m in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
