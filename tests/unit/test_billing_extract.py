"""What whole mails tell: bills received and issued, forwards, reminders, several bills, and mails that are no bill."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automator.billing.extract import extract, extract_document
from automator.billing.invoice import Bill, Facts, Identity
from automator.mail.message import Address, Attachment, Message, MessageRef, Role

PARIS = ZoneInfo("Europe/Paris")
US = Identity(
    names=("Durand Plomberie",),
    addresses=frozenset({"claire@durand-plomberie.example"}),
    domains=frozenset({"durand-plomberie.example"}),
    ids=frozenset({"732829320"}),
)
IBAN = "FR76 9109 7081 4117 4516 1894 027"
OTHER_IBAN = "NL21 WVXV 4168 7880 24"
UBL = """<?xml version="1.0"?><Invoice><ID>2026-447</ID><DocumentCurrencyCode>EUR</DocumentCurrencyCode>
<AccountingSupplierParty><Party><PartyName><Name>Quincaillerie de la Meuse</Name></PartyName></Party></AccountingSupplierParty>
<LegalMonetaryTotal><PayableAmount>1874.29</PayableAmount></LegalMonetaryTotal></Invoice>"""


def mail(
    text: str,
    *,
    subject: str = "",
    sender: str = "Compta Cartopac <compta@cartopac.example>",
    role: Role = "received",
    to: str = "claire@durand-plomberie.example",
    quoted: str = "",
    attachments: tuple[Attachment, ...] = (),
    headers: dict[str, str] | None = None,
    at: datetime = datetime(2026, 11, 24, 8, 30, tzinfo=UTC),
) -> Message:
    name, _, addr = sender.rpartition(" <")
    whole = f"{text}\n{quoted}" if quoted else text
    return Message(
        ref=MessageRef("bureau", "INBOX", 1, 1), identity="x", message_id="<1@x.example>", in_reply_to="", references=(),
        date=at, arrived=at, sender=Address(addr.rstrip(">"), name), reply_to=None, to=(Address(to),), cc=(), subject=subject,
        text=whole, new_text=text, quoted=quoted, role=role, attachments=attachments, headers=headers or {},
    )  # fmt: skip


def pdf(text: str, name: str = "facture.pdf", part: str = "2") -> Attachment:
    return Attachment(part, name, "application/pdf", len(text), text=text)


def read(message: Message, identity: Identity = US) -> Facts:
    return extract(message, identity, zone=PARIS)


def only(message: Message, identity: Identity = US) -> dict[str, str]:
    (bill,) = read(message, identity).bills
    return {name: bill.value(name) for name in bill.found}


def test_a_bill_in_the_text_alone() -> None:
    text = f"Bonjour,\nci-joint notre facture n° F-26-12 du 20/11/2026 :\nHT 100,00 €\nTVA 20,00 €\nTTC 120,00 €\nÉchéance : 20/12/2026\nIBAN {IBAN}\n\nCartopac Emballages"
    assert only(mail(text)) == {
        "supplier": "Cartopac",
        "number": "F-26-12",
        "total_amount": "120.00",
        "total_without_vat": "100.00",
        "vat": "20.00",
        "currency": "EUR",
        "issue_date": "2026-11-20",
        "due_date": "2026-12-20",
        "iban": IBAN.replace(" ", ""),
        "payment": "transfer",
        "direction": "received",
        "document": "invoice",
    }


def test_every_fact_carries_where_it_stood_and_its_words() -> None:
    (bill,) = read(mail("TTC 120,00 €, à régler avant le 20/12/2026", subject="Facture F-26-12")).bills
    assert bill.number is not None
    assert bill.due_date is not None
    assert (bill.number.where, bill.number.evidence) == ("subject", "Facture F-26-12")
    assert bill.due_date.where == "body"
    assert "20/12/2026" in bill.due_date.evidence
    for name in bill.found:
        assert 0 < getattr(bill, name).confidence <= 1


def test_a_paper_is_completed_from_the_mail_that_brings_it() -> None:
    paper = pdf("CARTOPAC EMBALLAGES\nFACTURE F-26-12\nle 20 novembre 2026\nTOTAL TTC   120,00 €")
    found = only(mail(f"Bonjour, facture jointe, à régler avant le 20/12/2026 sur {IBAN}.", attachments=(paper,)))
    assert (found["number"], found["total_amount"], found["issue_date"]) == ("F-26-12", "120.00", "2026-11-20")
    assert (found["due_date"], found["iban"]) == ("2026-12-20", IBAN.replace(" ", ""))


def test_page_texts_given_by_the_sandbox_are_taken_by_part() -> None:
    message = mail("Facture jointe.", attachments=(Attachment("2", "f.pdf", "application/pdf", 9),))
    facts = extract(message, US, zone=PARIS, pdf_texts={"2": ("FACTURE F-1\nTOTAL TTC 96,00 €", "page 2")})
    assert [b.value("total_amount") for b in facts.bills] == ["96.00"]
    assert read(message).bills == ()


def test_two_papers_are_two_bills_and_a_copy_is_none() -> None:
    one, two = pdf("FACTURE F-1\nTTC 96,00 €", "1.pdf", "2"), pdf("FACTURE F-2\nTTC 10,00 €", "2.pdf", "3")
    order = pdf("BON DE COMMANDE 12\nTotal 500,00 €", "bc.pdf", "4")
    bills = read(mail("Voici.", attachments=(one, two, replace(one, part="5"), order))).bills
    assert [(b.value("number"), b.value("total_amount")) for b in bills] == [("F-1", "96.00"), ("F-2", "10.00")]


def test_a_body_that_lists_bills_line_by_line() -> None:
    text = "Bonjour,\n- facture F-26-01 : 96,00 € TTC, échéance 10/12/2026\n- facture F-26-02 : 120,00 € TTC\nMerci"
    bills = read(mail(text)).bills
    assert [(b.value("number"), b.value("total_amount"), b.value("due_date")) for b in bills] == [
        ("F-26-01", "96.00", "2026-12-10"),
        ("F-26-02", "120.00", ""),
    ]


def test_one_sum_for_several_bills_is_one_bill() -> None:
    text = "Relance : facture F-26-01 : 96,00 € TTC\nfacture F-26-02 : 120,00 € TTC\nTotal dû : 216,00 €"
    found = only(mail(text))
    assert (found["document"], found["total_amount"], found["number"]) == ("reminder", "216.00", "F-26-01")


def test_an_e_invoice_is_believed_before_the_words() -> None:
    xml = Attachment("2", "2026-447.xml", "application/xml", 9, content=UBL.encode())
    found = only(mail("Facture F-1, TTC 12,00 €", sender="Peppol <delivery@lumen-ap.example>", attachments=(xml,)))
    assert (found["number"], found["total_amount"]) == ("2026-447", "1874.29")
    assert (found["supplier"], found["direction"]) == ("Quincaillerie de la Meuse", "received")


def test_a_file_that_is_no_e_invoice_is_left_alone() -> None:
    for name, content in (("a.xml", b"<Order/>"), ("a.xml", b"\xff\xfe"), ("a.bin", UBL.encode()), ("b.xml", None)):
        attachment = Attachment("2", name, "application/xml", 9, content=content)
        assert read(mail("Bonjour", attachments=(attachment,))).bills == ()


def test_a_reminder_keeps_the_old_date_and_tells_the_new() -> None:
    text = f"La facture F-26-12 de 120,00 € échue le 31/10/2026 reste impayée.\nMerci de régler avant le 4 décembre 2026 sur {IBAN}."
    found = only(mail(text, subject="Relance n° 2"))
    assert (found["document"], found["due_date"], found["demanded_date"]) == ("reminder", "2026-10-31", "2026-12-04")


def test_a_collector_is_not_the_creditor_and_his_account_is_left_out() -> None:
    text = f"Agissant à la requête de la société PAPETERIES DE HAUTERIVE, je vous fais sommation de payer la somme de 2 467,18 €.\nFacture 8812 impayée.\nCompte : {IBAN}\nMe Chabrol, commissaire de justice"
    found = only(mail(text, sender="Étude Chabrol <etude@chabrol-cdj.example>"))
    assert found["supplier"] == "PAPETERIES DE HAUTERIVE"
    assert "iban" not in found


def test_a_platform_names_the_supplier() -> None:
    text = "Une facture vous attend.\nFournisseur : BUREAU EXPRESS\nFacture : FBE-8110477 du 04/11/2026 – 418,62 € TTC\nÉchéance : 04/12/2026"
    assert only(mail(text, sender="PDP <notifications@simplifact-pa.example>"))["supplier"] == "BUREAU EXPRESS"
    text = "Invoice FR-118: total due 1,350.00 EUR by 4 December 2026"
    by_subject = only(
        mail(text, sender="Paperlane <noreply@paperlane.example>", subject="Ravi Menon sent you an invoice")
    )
    assert by_subject["supplier"] == "Ravi Menon"


@pytest.mark.parametrize(
    ("sender", "signature", "supplier"),
    [
        ("Alain Guérin <alain@guerin-elec.example>", "Guérin Électricité", "Guérin Électricité"),
        ("Didier Fontanel <d.fontanel@fontanel-expertise.example>", "", "Didier Fontanel"),
        ("Rachid <rachid@gmail.com>", "Nettoyage Clair", "Rachid"),
        ("Compta <compta@cartopac-emballages.example>", "", "Cartopac Emballages"),
        (" <facturation@locafete.example>", "L'équipe Locafête", "Locafête"),
    ],
)
def test_the_supplier_is_who_fits_the_domain(sender: str, signature: str, supplier: str) -> None:
    text = f"Ci-joint la facture F-26-12, 120,00 € TTC, échéance 20/12/2026.\n\n{signature}"
    assert only(mail(text, sender=sender))["supplier"] == supplier


def test_a_colleague_who_forwards_is_not_the_supplier() -> None:
    text = "À payer stp\n\nDe : Automatismes Ferrand <contact@automatismes-ferrand.example>\nEnvoyé : mardi\nObjet : facture\n\nNotre facture n° AF/5561 : 1 944,00 € TTC, échéance 20/12/2026"
    found = only(mail(text, sender="Luc <luc@durand-plomberie.example>"))
    assert (found["supplier"], found["direction"]) == ("Automatismes Ferrand", "received")
    without = only(
        mail("facture F-1 : 12,00 € TTC, échéance 20/12/2026", sender="Luc <luc@durand-plomberie.example>")
    )
    assert "supplier" not in without


def test_a_bill_we_send_is_issued_to_the_addressee() -> None:
    message = mail(
        "Bonjour, ci-joint la facture F-26-031 de 96,00 € TTC, à régler avant le 20/12/2026.",
        sender="Claire Durand <claire@durand-plomberie.example>", role="sent", to="compta@cafe-port.example",
    )  # fmt: skip
    found = only(message)
    assert (found["direction"], found["client"], found["supplier"]) == (
        "issued",
        "compta@cafe-port.example",
        "Durand Plomberie",
    )
    paper = pdf("DURAND PLOMBERIE\nFACTURE F-26-031\nClient : Café du Port SARL\nTOTAL TTC 96,00 €")
    assert only(replace(message, attachments=(paper,)))["client"] == "Café du Port SARL"
    nameless = only(message, Identity(addresses=US.addresses))
    assert (nameless["direction"], nameless["supplier"]) == ("issued", "Claire Durand")


def test_a_copy_of_our_own_bill_that_comes_back_is_issued() -> None:
    paper = pdf(
        "DURAND PLOMBERIE          FACTURE F-26-031\nSIRET 732 829 320 00074\nClient : Café du Port\nTOTAL TTC 96,00 €"
    )
    found = only(mail("Votre facture jointe est rejetée.", attachments=(paper,)))
    assert found["direction"] == "issued"


def test_our_own_account_that_will_be_debited_is_not_the_creditors() -> None:
    text = f"Facture F-118820 : prélèvement SEPA de 86,40 € le 09/12/2026 sur votre compte {IBAN}."
    found = only(mail(text))
    assert found["payment"] == "direct_debit"
    assert "iban" not in found


def test_two_accounts_are_less_sure_and_a_mail_that_contradicts_its_paper_is_told() -> None:
    paper = pdf(f"CARTOPAC\nFACTURE F-1\nTTC 96,00 €\nIBAN {IBAN}")
    facts = read(mail(f"Nouveau RIB : {OTHER_IBAN}", attachments=(paper,)))
    (bill,) = facts.bills
    assert bill.iban is not None
    assert bill.iban.value == IBAN.replace(" ", "")
    assert bill.iban.confidence < 0.7
    assert [w.code for w in facts.warnings] == ["iban_differs"]
    same = read(mail(f"Même RIB : {IBAN}", attachments=(paper,)))
    assert same.warnings == ()


def test_the_history_below_is_not_read_again() -> None:
    message = mail("Merci, bien reçu.", quoted="> facture F-26-12 : 120,00 € TTC, échéance 20/12/2026")
    assert read(message).bills == ()
    assert len(read(replace(message, text="> x", new_text="facture F-1 : 12,00 € TTC", quoted="> x")).bills) == 1


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("Bonjour, pouvez-vous passer demain ?", ""),
        ("Pouvez-vous m'envoyer la facture de 120,00 € TTC, réf. 12-345 ?", ""),
        ("Votre facture F-26-12 de 120,00 € TTC est bloquée, échéance 20/12/2026.", ""),
        ("Ci-joint le compte-rendu, budget 12 000,00 €.", ""),
        ("Facture jointe.", ""),
        ("Notre facture : voir ensemble", ""),
        ("", ""),
    ],
)
def test_what_is_no_bill(text: str, subject: str) -> None:
    assert read(mail(text, subject=subject)).bills == ()


def test_a_request_has_a_deadline_in_the_firms_zone() -> None:
    night = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)  # already the 24th in Paris
    facts = read(mail("Pouvez-vous répondre avant demain 10h ?", at=night, sender="Mme Petit <petit@voisin.example>"))
    assert facts.deadline is not None
    assert (facts.deadline.value, facts.deadline.time) == ("2026-11-25", "10:00")


@pytest.mark.parametrize(
    ("sender", "role", "headers"),
    [
        ("Luc <luc@durand-plomberie.example>", "received", {}),
        ("Client <a@b.example>", "sent", {}),
        ("News <a@b.example>", "received", {"list-unsubscribe": "<x>"}),
        ("Bot <a@b.example>", "received", {"auto-submitted": "auto-generated"}),
        ("Bulk <a@b.example>", "received", {"precedence": "bulk"}),
        ("Bot <noreply@b.example>", "received", {}),
    ],
)
def test_colleagues_machines_and_ourselves_set_no_deadline(sender: str, role: Role, headers: dict[str, str]) -> None:
    message = mail("Pouvez-vous répondre avant vendredi ?", sender=sender, role=role, headers=headers)
    assert read(message).deadline is None


def test_a_websites_form_passes_on_a_person() -> None:
    text = "Nouveau message\nMessage : pouvez-vous répondre avant vendredi ?"
    facts = read(mail(text, sender="Site <noreply@site.example>", headers={"auto-submitted": "auto-generated"}))
    assert facts.deadline is not None
    assert facts.deadline.value == "2026-11-27"


def test_a_bills_own_dates_are_no_weak_deadline() -> None:
    text = "Facture F-26-12 : 120,00 € TTC, échéance 20/12/2026. Passage du technicien avant vendredi"
    assert read(mail(text)).deadline is None


def test_a_document_alone() -> None:
    day = datetime(2026, 11, 24, tzinfo=UTC).date()
    bill = extract_document(("CARTOPAC\nFACTURE F-1\nTTC 96,00 €",), US, today=day)
    assert isinstance(bill, Bill)
    assert (bill.value("supplier"), bill.value("total_amount")) == ("CARTOPAC", "96.00")
    assert extract_document((UBL,), US, today=day) is not None
    for texts in ((), ("",), ("<?xml version='1.0'?><Order/>",), ("Ordre du jour",), ("FACTURE\nsans rien",)):
        assert extract_document(texts, US, today=day) is None


HOSTILE = st.text(alphabet="facture F-12 0,00€\n./:<>De:TTC IBANFR76 échéance avant le", max_size=300)


@settings(max_examples=150, deadline=None)
@given(HOSTILE, HOSTILE, HOSTILE)
def test_no_mail_breaks_it(text: str, subject: str, paper: str) -> None:
    read(mail(text, subject=subject.replace("\n", " "), attachments=(pdf(paper), pdf("FACTURE " + paper, part="3"))))


@pytest.mark.parametrize(
    "unit",
    ["facture n° ", "1 ", "total ttc 12,50 ", "\n", " ", "FR76 ", "12/11/26 ", "le 12 ", "avant le ", "De : x <a"],
)
def test_a_text_made_to_stall_takes_bounded_time(unit: str) -> None:
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    read(mail("Facture 10,00 EUR, règlement\n" + unit * (40_000 // len(unit))))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_utime - used < 5
