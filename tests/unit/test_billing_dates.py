"""Dates, payment terms, and the dates of a bill."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automator.billing.dates import add_months, find_dates, month_end, month_first, nearest, next_day_number, one_date
from automator.billing.due import BillDates, find_bill_dates
from automator.billing.source import source
from automator.billing.terms import Term, due_date, find_term

NEAR = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("le 12/11/26", "2026-11-12"),
        ("12.11.2026", "2026-11-12"),
        ("09-07-2026", "2026-07-09"),
        ("2026-12-01", "2026-12-01"),
        ("30 novembre 2026", "2026-11-30"),
        ("1er décembre 2026", "2026-12-01"),
        ("30 NOV. 2026", "2026-11-30"),
        ("8 February 2025", "2025-02-08"),
        ("February 8, 2025", "2025-02-08"),
        ("Sep 4, 2025", "2025-09-04"),
        ("the 3rd of May 2026", "2026-05-03"),
        ("18-Jun-2025", "2025-06-18"),
        ("8. Februar 2025", "2025-02-08"),
        ("15 de marzo de 2025", "2025-03-15"),
        ("31 agosto 2026", "2026-08-31"),
        ("5 mei 2026", "2026-05-05"),
        ("2 août 2026", "2026-08-02"),
    ],
)
def test_a_date_is_read_in_every_writing(text: str, day: str) -> None:
    (found,) = find_dates(text, NEAR)
    assert found.day == date.fromisoformat(day)
    assert found.sure


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("31 octobre", "2026-10-31"),
        ("le 20/06", "2027-06-20"),
        ("1er décembre", "2026-12-01"),
        ("15 janvier", "2027-01-15"),
    ],
)
def test_a_year_left_out_is_the_nearest_one(text: str, day: str) -> None:
    (found,) = find_dates(text, NEAR)
    assert found.day == date.fromisoformat(day)
    assert not found.sure


@pytest.mark.parametrize(
    "text", ["may 2026", "31/02/2026", "1/2 journée", "25-0087", "n° 3/2026", "1 240,50", "FR 12/11/26A"]
)
def test_what_is_no_date_is_left_out(text: str) -> None:
    assert find_dates(text, NEAR) == []


def test_the_month_stands_first_only_where_the_text_proves_it() -> None:
    found = find_dates("Date 11/03/2026, due 11/24/2026", NEAR)
    assert [f.day for f in found] == [date(2026, 11, 3), date(2026, 11, 24)]
    assert [f.day for f in find_dates("11/03/2026", NEAR)] == [date(2026, 3, 11)]
    assert not month_first(iter(["13/11/2026", "11/13/2026"]))


def test_one_date_is_the_whole_text_or_none() -> None:
    assert one_date(" 30/11/2026 ", NEAR) == date(2026, 11, 30)
    assert one_date("11/03/2026", NEAR, american=True) == date(2026, 11, 3)
    assert one_date("avant le 30/11/2026", NEAR) is None
    assert one_date("", NEAR) is None


def test_days_of_the_calendar() -> None:
    assert nearest(29, 2, date(2026, 1, 1)) is None
    assert nearest(31, 2, NEAR) is None
    assert next_day_number(9, NEAR) == date(2026, 12, 9)
    assert next_day_number(24, NEAR) == NEAR
    assert next_day_number(31, date(2026, 11, 2)) == date(2026, 12, 31)
    assert next_day_number(99, NEAR) is None
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(NEAR, 14) == date(2028, 1, 24)
    assert month_end(date(2028, 2, 3)) == date(2028, 2, 29)


@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 31)))
def test_a_written_date_is_read_back(day: date) -> None:
    for text in (f"{day:%d/%m/%Y}", day.isoformat(), f"{day:%d.%m.%Y}"):
        assert [f.day for f in find_dates(f"échéance {text}.", NEAR)] == [day]


@pytest.mark.parametrize(
    ("text", "term", "due"),
    [
        ("Règlement à 30 jours", Term(30), "2026-02-19"),
        ("Règlement à 30 jours fin de mois", Term(30, end_of_month=True), "2026-02-28"),
        ("Paiement 45 jours fin de mois le 10", Term(45, end_of_month=True, day=10), "2026-04-10"),
        ("règlement fin de mois + 45 jours", Term(45, from_end=True), "2026-03-17"),
        ("payable within 30 days", Term(30), "2026-02-19"),
        ("Terms: net 30", Term(30), "2026-02-19"),
        ("sous trente jours, virement", Term(30), "2026-02-19"),
        ("règlement sous huitaine", Term(8), "2026-01-28"),
        ("règlement sous quinzaine", Term(15), "2026-02-04"),
        ("zahlbar innerhalb 14 Tagen", Term(14), "2026-02-03"),
    ],
)
def test_payment_terms_count_from_the_issue_date(text: str, term: Term, due: str) -> None:
    found = find_term(text)
    assert found is not None
    assert found[0] == term
    assert due_date(date(2026, 1, 20), term) == date.fromisoformat(due)


@pytest.mark.parametrize(
    "text",
    [
        "à réception",
        "en cas de retard, pénalités sous 30 jours",
        "escompte 2 % pour paiement sous 8 jours",
        "garantie 30 jours",
        "livraison en 10 jours ouvrés",
        "les 30 jours suivants il a plu",
    ],
)
def test_what_is_no_payment_term(text: str) -> None:
    assert find_term(text) is None


def dates(text: str, document: str = "invoice", where: str = "body", near: date = NEAR) -> tuple[str, str, str]:
    found = find_bill_dates([source(where, text)], near, document=document)
    facts = (found.issued, found.due, found.demanded)
    return tuple(f.value if f else "" for f in facts)  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("text", "issued", "due"),
    [
        ("Facture F-12 du 04/11/2026\nÉchéance : 04/12/2026", "2026-11-04", "2026-12-04"),
        ("Date de facture : 4 novembre 2026\nConditions de paiement : 30 jours", "2026-11-04", "2026-12-04"),
        ("Date : 04/11/2026\nRèglement à 30 jours fin de mois", "2026-11-04", "2026-12-31"),
        ("Montant TTC prélevé le 4 décembre 2026", "", "2026-12-04"),
        ("à régler avant le 20/12", "", "2026-12-20"),
        ("Payment due by 24 December 2026.", "", "2026-12-24"),
        ("Pay by: 3 December 2026", "", "2026-12-03"),
        ("Zahlbar bis 15.12.2026 ohne Abzug", "", "2026-12-15"),
        ("Vervaldatum 31-12-2026", "", "2026-12-31"),
        ("3 650,40 € TTC à 30 jours, soit le 24/12", "", "2026-12-24"),
        ("facture 26-1190 de 288,00 € TTC au 31/12/2026.", "", "2026-12-31"),
        ("Merci de bien vouloir procéder au règlement pour le 17 décembre.", "", "2026-12-17"),
        ("Échéance\n15/12/2026", "", "2026-12-15"),
        ("Facture F-12 du 04/11/2026, payable à réception", "2026-11-04", ""),
        ("Nous sommes passés le 12 décembre 2026 pour la livraison.", "", ""),
        ("Facture F-12 du 04/11/2026. Règlement à réception ou 30 jours.", "2026-11-04", ""),
        ("acompte 30,00 € versé le 12/11/2026", "", ""),
        ("Facture F-2 du 04/12/2026\nÉchéance : 04/11/2026", "2026-12-04", ""),
    ],
)
def test_issue_and_due_date_of_a_bill(text: str, issued: str, due: str) -> None:
    assert dates(text)[:2] == (issued, due)


def test_the_date_alone_at_the_head_of_a_paper_is_its_issue_date() -> None:
    assert (
        dates("TRAITEUR AUZIAS\n                     le 18 novembre 2026\nFacture 12", where="pdf:1")[0]
        == "2026-11-18"
    )
    assert dates("TRAITEUR AUZIAS\nlivré le 18 novembre 2026 à 9 h", where="pdf:1")[0] == ""


@pytest.mark.parametrize(
    ("text", "due", "demanded"),
    [
        (
            "La facture échue le 31/10/2026 est impayée. Merci de régler avant le 4 décembre 2026.",
            "2026-10-31",
            "2026-12-04",
        ),
        ("Impayée : échéance 15/10/2026", "2026-10-15", ""),
        ("unpaid since 21 September 2026, despite three reminders", "2026-09-21", ""),
        ("Vous avez jusqu'au 30 novembre 2026 pour payer", "", "2026-11-30"),
        ("Rappel : payable avant le 28 octobre 2026, non reçu", "2026-10-28", ""),
        ("Rappel. Date limite de paiement : 30/11/2026", "2026-11-30", ""),
        ("Rappel de votre facture, sans date", "", ""),
    ],
)
def test_a_reminder_keeps_the_original_date_and_tells_the_new_one(text: str, due: str, demanded: str) -> None:
    assert dates(text, "reminder")[1:] == (due, demanded)


def test_receipts_and_credit_notes_have_no_due_date() -> None:
    text = "Reçu du 04/11/2026\nÉchéance : 04/12/2026"
    for document in ("receipt", "credit_note"):
        found = find_bill_dates([source("body", text)], NEAR, document=document)
        assert found == BillDates(issued=found.issued)
        assert found.issued is not None
