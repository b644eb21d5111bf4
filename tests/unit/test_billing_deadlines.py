"""Deadlines of requests, counted from the mail's own date."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automator.billing.deadlines import deadline
from automator.billing.fold import fold
from automator.billing.moments import find_moments

TUESDAY = datetime(2026, 11, 24, 9, 30, tzinfo=ZoneInfo("Europe/Paris"))


@pytest.mark.parametrize(
    ("text", "day", "time"),
    [
        ("Pouvez-vous m'envoyer le devis avant vendredi prochain ?", "2026-11-27", ""),
        ("Merci de répondre d'ici mardi 14h.", "2026-12-01", "14:00"),
        ("Il nous le faut demain avant 10 h, merci de confirmer.", "2026-11-25", "10:00"),
        ("Merci de nous répondre sous huitaine.", "2026-12-02", ""),
        ("Merci de nous répondre sous 48 h.", "2026-11-26", ""),
        ("Pouvez-vous confirmer avant la fin du mois ?", "2026-11-30", ""),
        ("Merci d'envoyer les pièces pour fin décembre", "2026-12-31", ""),
        ("Could you send the drawings by EOD Thursday?", "2026-11-26", ""),
        ("Please reply within 48 hours.", "2026-11-26", ""),
        ("Please answer within 5 working days.", "2026-12-01", ""),
        ("Please let me know before 5 pm today.", "2026-11-24", "17:00"),
        ("Merci de le retourner signé avant le 12/12/26.", "2026-12-12", ""),
        ("Merci de confirmer pour le 4 décembre au plus tard.", "2026-12-04", ""),
        ("Il me le faut pour lundi dernier délai.", "2026-11-30", ""),
        ("Merci de transmettre les pièces avant le 9.", "2026-12-09", ""),
        ("Merci de transmettre les pièces avant jeudi 26 à midi.", "2026-11-26", "12:00"),
        ("Pouvez-vous répondre d'ici la fin de la semaine ?", "2026-11-27", ""),
        ("Réponse souhaitée avant la fin de semaine prochaine, merci.", "2026-12-04", ""),
        ("Merci de répondre dans un délai de trois mois.", "2027-02-24", ""),
        ("Vous disposez de 2 semaines pour nous répondre.", "2026-12-08", ""),
        ("Réponds-moi avant 16h, après c'est trop tard.", "2026-11-24", "16:00"),
        ("Venez tout de suite svp, ça fuit !", "2026-11-24", ""),
        ("Bitte um Rückmeldung bis Freitag, 27. November.", "2026-11-27", ""),
        ("Avant après-demain si possible, merci de confirmer", "2026-11-26", ""),
        ("Merci de passer avant la semaine prochaine.", "2026-12-04", ""),
        ("Merci de répondre avant la semaine du 7.", "2026-12-11", ""),
        ("Merci de le faire d'ici cette semaine", "2026-11-27", ""),
        ("Please confirm by Mon at the latest", "2026-11-30", ""),
    ],
)
def test_a_deadline_is_counted_from_the_mail(text: str, day: str, time: str) -> None:
    found = deadline(text, TUESDAY)
    assert found is not None
    assert (found.value, found.time) == (day, time)
    assert found.where == "body"
    assert found.evidence


@pytest.mark.parametrize(
    "text",
    [
        "Bonjour, tout va bien ici.",
        "Merci de régler la facture avant vendredi.",
        "Votre offre valable jusqu'au 4 décembre nous intéresse, merci.",
        "Suite à notre entretien du 12 novembre, pouvez-vous nous rappeler ?",
        "Nous étions là avant le 12/11/2024, vous confirmez ?",
        "Mon assistante vous dira, de mon côté tout est prêt.",
        "Le samedi on est fermé.",
        "Avant 8 h il faisait froid, vous voyez ?",
        "Rappelez-nous au 01 99 00 88 21 s'il vous plaît",
        "",
    ],
)
def test_no_deadline_where_none_is_set(text: str) -> None:
    assert deadline(text, TUESDAY) is None


def test_of_two_days_offered_the_later_holds() -> None:
    found = deadline("Pouvez-vous passer avant jeudi ou vendredi ?", TUESDAY)
    assert found is not None
    assert found.value in {"2026-11-26", "2026-11-27"}


def test_the_surest_limit_wins_over_a_mere_day() -> None:
    found = deadline("Nous nous voyons jeudi. Merci d'envoyer le plan au plus tard le 2 décembre.", TUESDAY)
    assert found is not None
    assert found.value == "2026-12-02"


def moments(text: str) -> list[date]:
    return [day for day, _ in find_moments(fold(text), text, TUESDAY)]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("mardi", date(2026, 12, 1)),
        ("ce soir", date(2026, 11, 24)),
        ("le 30", date(2026, 11, 30)),
        ("end of next week", date(2026, 12, 4)),
        ("in 2 weeks", date(2026, 12, 8)),
        ("sous quinze jours", date(2026, 12, 9)),
        ("sous quinzaine", date(2026, 12, 9)),
        ("within 3 months", date(2027, 2, 24)),
        ("within 24 hours", date(2026, 11, 25)),
    ],
)
def test_named_moments(text: str, day: date) -> None:
    assert moments(text) == [day]


def test_a_day_number_that_no_month_has_is_none() -> None:
    assert moments("le 45") == []


@given(st.text(max_size=300))
def test_no_text_breaks_it(text: str) -> None:
    found = deadline(text, TUESDAY)
    assert found is None or date.fromisoformat(found.value) >= TUESDAY.date()
