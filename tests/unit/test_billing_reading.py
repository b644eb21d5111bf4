"""Totals, numbers, names and kinds, each from the words of one text."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automator.billing import kind, names, registered, totals
from automator.billing.invoice import Identity
from automator.billing.reference import best_reference
from automator.billing.source import Source, source

NEAR = date(2026, 11, 24)


def total(text: str, *, receipt: bool = False) -> str:
    found = totals.find_totals(source("body", text), receipt=receipt)
    return f"{found.total.amount.value:.2f}" if found else ""


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("HT 694,60\nTVA 138,92\nTTC 833,52", "833.52"),
        ("HT 148,74 / TVA 29,75 / TTC 178,49 €", "178.49"),
        ("TOTAL HT 591,61  TVA 118,32  TTC 709,93", "709.93"),
        ("450,00 HT, 90,00 de TVA, 540,00 TTC", "540.00"),
        ("1 500 € HT, soit 1 800 € TTC", "1800.00"),
        ("165 € HT + TVA 33 € = 198 € TTC payée par CB", "198.00"),
        ("Total TTC 17 589 €\nDéjà appelé -5 863 €\nReste à payer 11 726 €", "11726.00"),
        ("TTC 1 848 €\nacompte versé 500\nreste 1348 euros à payer", "1348.00"),
        ("TTC 14 784,00\nRetenue de garantie 5 % -739,20\nNET A REGLER 14 044,80 €", "14044.80"),
        ("HT 13 440,00\nTVA 10 % 1 344,00\nTTC 14 784,00\nRetenue -739,20\nNET A REGLER 14 044,80 €", "14044.80"),
        ("Total due: £1,386.00 (zero-rated export)", "1386.00"),
        ("Gesamtbetrag 1.284,50 EUR", "1284.50"),
        ("salle 180\ndéjeuner 9 pers x 27 243\nsoit 423 euros TTC", "423.00"),
        ("Taxe 244,00 €\nIntervention 180,00 €\n424,00 €", "424.00"),
        ("Location 100,00\nMoins acompte 40,00\nÉcrans 20,00\n80,00 €", "80.00"),
        ("12,50 € le kg, soit 25,00 € au total", "25.00"),
        ("votre facture F-12 (348,00 EUR) est impayée", "348.00"),
        ("facture F-12 : 60 € de port", "60.00"),
        ("Nous avons 820 € à vous demander", "820.00"),
        ("Total CHF 518.50 (hors taxes, exportation)", "518.50"),
        ("Montant TTC\n286,68 €", "286.68"),
        ("6 x 23,40 = 140,40\n1 x 9,60 = 9,60", "140.40"),
        ("350 session + 70 usage = €420", "420.00"),
        ("devis 612,00 TTC - acompte 183,60 = 428,40 €", "428.40"),
        ("Indemnité forfaitaire de 40 € en cas de retard. TTC 120,00 €", "120.00"),
        ("capital 50 000 EUR", ""),
        ("acompte de 300 €, pénalité de 40 €", ""),
        ("Abonnement 12 € par mois, option 3 € par mois", ""),
        ("Bonjour, 3 rue Basse, 75011, tél. 01 99 00 12 34", ""),
        ("", ""),
    ],
)
def test_the_total_is_chosen_by_its_words(text: str, value: str) -> None:
    assert total(text) == value


def test_in_a_receipt_what_was_paid_is_the_total() -> None:
    assert total("Sous-total 30,00\nTotal paid by card £36.00", receipt=True) == "36.00"


def test_a_proven_sum_is_surer_than_a_word() -> None:
    proven = totals.find_totals(source("body", "Total HT 100,00\nTVA 20,00\nTotal TTC 120,00 €"))
    said = totals.find_totals(source("body", "soit 120,00 €"))
    assert proven is not None
    assert said is not None
    assert proven.checked
    assert proven.net is not None
    assert proven.vat is not None
    assert totals.confidence(proven) > 0.95 > 0.7 > totals.confidence(said)


def test_two_sums_with_one_label_are_less_sure() -> None:
    one = totals.find_totals(source("body", "TTC 120,00 €"))
    two = totals.find_totals(source("body", "TTC 120,00 €\nTTC 130,00 €"))
    assert one is not None
    assert two is not None
    assert totals.confidence(two) < totals.confidence(one)
    assert two.total.amount.value == 120


def test_the_currency_is_the_amounts_own_or_the_texts() -> None:
    for text, code in (("TTC 12,00 £", "GBP"), ("10,00 €\nTTC 12,00", "EUR"), ("TTC 12,00", "")):
        found = totals.find_totals(source("body", text))
        assert found is not None
        assert found.currency == code


def number(*texts: str, credit: bool = False, files: tuple[str, ...] = (), subject: str = "") -> str:
    sources = [source("body", t) for t in texts]
    if subject:
        sources.append(source("subject", subject))
    found = best_reference(sources, NEAR, credit=credit, filenames=files)
    return found.value if found else ""


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("facture n° 2026/P/071 jointe", "2026/P/071"),
        ("Facture FBE-8110477 du 04/11/2026", "FBE-8110477"),
        ("FACTURE N° :   F20260023", "F20260023"),
        ("facture de réabonnement n° 44-7781 : 318,00 € TTC", "44-7781"),
        ("Votre facture n° 1048 2231 77 du 17 janvier", "1048 2231 77"),
        ("facture rectificative 4 410 778 fait apparaître", "4 410 778"),
        ("Invoice no. 55210 (EUR 348,00)", "55210"),
        ("INV-0098 attached", "INV-0098"),
        ("Rechnung Nr. 2025-00317 vom 16.01.2025", "2025-00317"),
        ("N° VC-2501-33871", "VC-2501-33871"),
        ("ID : TR-90117", "TR-90117"),
        ("Avis n° 2026 03 00417", "2026 03 00417"),
        ("fatura FT 2025/311, no valor", "FT 2025/311"),
        ("Facture du 04/11/2026", ""),
        ("Facture de 120 €", ""),
        ("votre client n° 44812", ""),
        ("contrat n° 88-40117", ""),
        ("facture mai 2026", ""),
        ("Facture T3 2025", ""),
        ("Relance n° 2", ""),
        ("ID : 123", ""),
        ("facture pour 3 jours", ""),
    ],
)
def test_the_number_of_a_bill(text: str, value: str) -> None:
    assert number(text) == value


def test_a_code_that_names_the_file_is_the_number() -> None:
    assert number("voici PB-2025-19 comme promis", files=("PB-2025-19.pdf",)) == "PB-2025-19"
    assert number("voici PB-2025-19 comme promis") == ""
    assert number("le PB-2025-19", subject="PB-2025-19 : merci") == "PB-2025-19"


def test_a_credit_note_has_its_own_number() -> None:
    text = "Avoir AV-12 sur la facture F-99"
    assert number(text, credit=True) == "AV-12"


@pytest.mark.parametrize(
    ("text", "subject", "document"),
    [
        ("Veuillez trouver notre facture", "", "invoice"),
        ("La facture est échue depuis le 3", "", "reminder"),
        ("En cas de retard : indemnité forfaitaire pour frais de recouvrement. Facture jointe.", "", "invoice"),
        ("Votre consommation du mois, facture jointe", "", "invoice"),
        ("Nous vous adressons un avoir ci-joint", "", "credit_note"),
        ("Montant", "avoir n° AV-12", "credit_note"),
        ("la facture pro forma demandée", "", "pro_forma"),
        ("facture payée par CB, merci", "", "receipt"),
        ("Thank you for your payment", "Your receipt", "receipt"),
        ("", "Statement of account", "statement"),
        ("Voici notre devis", "Devis 12", "quote"),
        ("Bonjour", "", ""),
    ],
)
def test_what_a_document_is(text: str, subject: str, document: str) -> None:
    folded = source("subject", subject).folded
    assert kind.document([source("body", text), source("subject", subject)], subject=folded) == document


@pytest.mark.parametrize(
    ("text", "document", "payment"),
    [
        ("prélevé le 4", "invoice", "direct_debit"),
        ("prélevé le 4 : rejeté", "reminder", ""),
        ("par virement", "invoice", "transfer"),
        ("par chèque", "invoice", "cheque"),
        ("débit de la carte le 3", "invoice", "card"),
        ("payée par CB", "receipt", "paid"),
        ("payable par CB ou chèque", "invoice", "cheque"),  # offered, not done
        ("merci", "receipt", "paid"),
        ("merci", "invoice", ""),
    ],
)
def test_how_it_is_paid(text: str, document: str, payment: str) -> None:
    found = kind.payment([source("body", text)], document, has_iban=False)
    assert (found[0] if found else "") == payment


def test_an_account_number_alone_means_a_transfer() -> None:
    found = kind.payment([source("body", "merci")], "invoice", has_iban=True)
    assert found is not None
    assert found[0] == "transfer"
    assert kind.payment([], "receipt", has_iban=True) is None


@pytest.mark.parametrize(
    ("shown", "name"),
    [
        ("Comptabilité Cartopac", "Cartopac"),
        ("Service Recouvrement Imprim'Ouest", "Imprim'Ouest"),
        ("Kessel Software GmbH – Billing", "Kessel Software GmbH"),
        ("Accounts – Pennine Cork", "Pennine Cork"),
        ("Compta", ""),
        ("Didier Fontanel", "Didier Fontanel"),
        ('"Fleurs d\'Ici"', "Fleurs d'Ici"),
    ],
)
def test_a_from_name_without_its_department(shown: str, name: str) -> None:
    assert names.clean(shown) == name


def test_names_are_compared_by_what_tells_them_apart() -> None:
    assert names.same_party("CAFÉ DU PORT S.A.R.L.", "Café du Port")
    assert names.same_party("Cartopac", "Cartopac Emballages")
    assert not names.same_party("Café du Port", "Café du Nord")
    assert not names.same_party("", "Café")
    assert names.words("SA") == ("sa",)
    assert names.label("compta.loca-fete.example") == "loca-fete"
    assert names.label("lowell.co.uk") == "lowell"
    assert names.label("localhost") == "localhost"
    assert names.fits_domain("Guérin Électricité", "guerin-elec.example") == 1
    assert names.fits_domain("Ibarguren Patentes y Marcas", "ibargurenpatentes.example") == 1
    assert names.fits_domain("Alain Guérin", "guerin-elec.example") < 0.7
    assert names.fits_domain("", "x.example") == 0


def test_registered_ids_need_their_check_digits_and_their_word() -> None:
    text = "SIRET 732 829 320 00074 - TVA FR44732829320 - RCS 732 829 320, tél 732 829 321"
    assert [n for n, _ in registered.registered_ids(text)] == ["73282932000074", "FR44732829320", "732829320"]
    assert registered.registered_ids("commande 732829320, SIRET 732 829 321 00074") == []
    ours = Identity(ids=frozenset({"732829320"}))
    assert all(registered.is_own_id(n, ours) for n, _ in registered.registered_ids(text))
    assert not registered.is_own_id("FR11999999998", ours)


def test_long_gaps_are_squeezed() -> None:
    text = source("body", "a" + " " * 100_000 + "b")
    assert len(text.text) < 100
    assert source("body", "a\n\n\n\n\n\nb").text == "a\n\n\nb"
    assert isinstance(text, Source)


@given(st.text(alphabet="facture n°FAC-12 0€,.\nTVAH=+:", max_size=120))
def test_no_text_breaks_the_readers(text: str) -> None:
    part = source("body", text)
    totals.find_totals(part)
    best_reference([part], NEAR, credit=False)
    kind.document([part], subject="")
    registered.registered_ids(text)
    names.clean(text)
