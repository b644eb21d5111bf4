"""What the sections agenda and money say: clashes, free hours, totals and bills."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from automator.digest.phrases import past_day
from automator.digest.view import (
    Meeting,
)
from automator.sections import agenda, money
from automator.words import Words
from tests.support.views import at, bill, busy, empty, event, plain, said

FR, EN = Words("fr"), Words("en")
NB = "\u00a0"


def test_agenda_tells_a_clash_once_with_free_hours() -> None:
    assert said(agenda.lines(busy(), FR)) == [
        "CONFLIT | 14 h–15 h | Visite de chantier Rueil × 14 h 30 Visio banque | créneaux libres : demain à 10 h, demain à 16 h, mer. 25 à 9 h",
        "8 h 30–9 h | Point équipe",
        "demain, toute la journée | Formation sécurité",
        "demain 9 h–10 h 30 | Rendez-vous Mme Arnaud | 12 rue des Lilas, Valbourg | dernier échange : devis D-311",
    ]


def test_three_meetings_at_once_are_three_clashes() -> None:
    a, b, c = event("A", at(23, 9)), event("B", at(23, 9, 10)), event("C", at(23, 9, 20))
    view = replace(empty(), meetings=(Meeting(a, (b, c)), Meeting(b, (a, c)), Meeting(c, (a, b))))
    section = agenda.lines(view, FR)
    assert section.figures[0].count == 3
    assert [line.text for line in section.lines] == [
        f"A × 9{NB}h{NB}10 B",
        f"A × 9{NB}h{NB}20 C",
        f"B × 9{NB}h{NB}20 C",
    ]
    assert section.lines[0].details == ()


def test_a_clash_of_another_day_and_odd_entries() -> None:
    a, b = event("A", at(24, 9)), event("", at(24, 9, 30))
    odd = replace(event("C", at(23, 18)), uncertain_zone=True)
    section = agenda.lines(replace(empty(), meetings=(Meeting(b, (a,)), Meeting(odd))), FR)
    assert said(section) == [
        "CONFLIT | demain 9 h–10 h | A × 9 h 30 (sans titre)",
        "18 h–19 h | C | fuseau horaire inconnu : vérifiez l'heure",
    ]
    assert plain(section.preview[0]) == "2 rendez-vous se chevauchent à demain 9 h 30."
    assert section.note == "1 rendez-vous aujourd'hui"
    tomorrow = agenda.lines(replace(empty(), meetings=(Meeting(a),)), FR)
    assert tomorrow.note == "rien aujourd'hui"
    today = event("D", at(23, 0), 24 * 60, all_day=True)
    assert said(agenda.lines(replace(empty(), meetings=(Meeting(today),)), FR)) == ["toute la journée | D"]


def test_money_in_blocks_with_their_totals() -> None:
    assert said(money.lines(busy(), FR)) == [
        "À payer sous 7 jours | 2 factures | 1 240,00 €",
        "EN RETARD 2 j | Transports Vauquelin | TV-5512 | 350,00 € | échue samedi",
        "Matériaux Lerat | 2026-1187 | 890,00 € | échéance mer. 25",
        "Prélevé mer. 25 | Électra | 318,40 €",
        "Clients en retard | 3 factures | 4 860,00 €",
        "EN RETARD 23 j | SCI Belvédère | F-109 | 2 120,00 € | prochaine étape mar. 24 nov.",
        "EN RETARD 16 j | Garage Petit | F-118 | 1 900,00 € | relance à relire dans vos brouillons",
        "EN RETARD 7 j | Atelier Roux | F-124 | 840,00 € | non suivi",
        "À recevoir d'ici la fin du mois | 12 400,00 €",
        "À payer d'ici la fin du mois | 5 120,00 €",
    ]


def test_a_bill_whose_matter_the_owner_closed_is_plain() -> None:
    closed = bill(7, "Atelier Roux", "F-7", "840", date(2026, 11, 16), late=7, closed=True)
    section = money.lines(replace(empty(), overdue=(closed,)), FR)
    assert said(section)[1] == "EN RETARD 7 j | Atelier Roux | F-7 | 840,00 €"
    assert section.lines[1].verbs == ("paid", "dispute")


def test_money_shows_five_bills_and_counts_the_rest_of_each_block() -> None:
    overdue = tuple(bill(n, f"Client {n}", f"F-{n}", "10", date(2026, 11, 1), late=n + 1) for n in range(6))
    to_pay = tuple(bill(n, f"Fournisseur {n}", f"A-{n}", "10", None, direction="received") for n in range(4))
    section = money.lines(replace(empty(), overdue=overdue, to_pay=to_pay), FR)
    assert [line.kind for line in section.lines] == [
        "row",
        "item",
        "item",
        "more",
        "row",
        "item",
        "item",
        "item",
        "more",
    ]
    assert [line.text for line in section.lines if line.kind == "more"] == ["et 2 autres", "et 3 autres"]
    assert section.lines[5].who == "Client 5"
    alone = money.lines(replace(empty(), overdue=overdue), FR)
    assert [line.kind for line in alone.lines] == ["row", *["item"] * 5, "more"]


def test_money_of_several_currencies_and_unread_amounts() -> None:
    bills = (
        bill(1, "A", "1", "10.50", date(2026, 11, 20), direction="received"),
        bill(2, "B", "2", "20", None, direction="received", currency="GBP"),
        bill(3, "C", "3", None, None, direction="received"),
    )
    section = money.lines(replace(empty(), to_pay=bills, debits=(bill(4, "D", "4", None, None), bill(5, "E", "5", "1", None)),
                                  expected_in={"EUR": Decimal(0)}), FR)  # fmt: skip
    assert said(section) == [
        "À payer sous 7 jours | 3 factures | 10,50 € + 20,00 £GB | dont 1 sans montant lisible",
        "A | 1 | 10,50 € | échue vendredi",
        "B | 2 | 20,00 £GB | échéance non trouvée",
        "C | 3 | échéance non trouvée",
        "Prélèvement | D",
        "Prélèvement | E | 1,00 €",
    ]
    assert plain(section.figures[0].text) == "3 factures à payer (10,50 € + 20 £GB)"


def test_a_day_that_is_today_is_called_so() -> None:
    due = bill(1, "A", "1", "10", date(2026, 11, 23), direction="received")
    assert said(money.lines(replace(empty(), to_pay=(due,)), FR))[1] == "A | 1 | 10,00 € | échéance aujourd'hui"
    assert past_day(empty(), date(2026, 11, 23), FR) == "aujourd'hui"
    assert past_day(empty(), date(2026, 11, 24), EN) == "today"
