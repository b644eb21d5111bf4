"""What mails mean for the bills: ours sent back or on, another IBAN, receipts, credit notes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from email.message import EmailMessage
from pathlib import Path

import pytest
from fpdf import FPDF

from automator.followup.ladder import ObjectRef
from automator.jobs.situation import case_of
from automator.mail.message import Message
from automator.store import bills
from automator.store.bills import NewBill
from automator.triage.verdict import CategoryVerdict, Decision, Verdict
from tests.support.firm import OWNER
from tests.support.office import US, Office

SUPPLIER = "Bois du Vercors <compta@bois.example>"
CLIENT = "compta@garage-petit.example"
GOOD, OTHER = "FR76 3000 6000 0112 3456 7890 189", "DE89 3704 0044 0532 0130 00"
BILL = (
    "Bonjour, veuillez trouver notre facture F-77 du 10/11/2026. Fournisseur : Bois du Vercors SARL. "
    "Total TTC : 1 286,40 €. Échéance : 15/12/2026."
)
OURS = (
    "Menuiserie Durand\nFacture n° F-118\nClient : Garage Petit SARL\nTotal TTC : 1 900,00 €\n"
    "Date d'échéance : 20/11/2026\n"
)
OURS_BACK = "Menuiserie Durand\nAvoir n° AV-3 annulant la facture F-118\nClient : Garage Petit SARL\nTotal TTC : -1 900,00 €\n"
CHANGED = """
title = "Un IBAN a changé"
on = "iban.changed"

[[then]]
do = "task"
text = "Appeler {fournisseur}"
"""


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with Office(tmp_path, rules={"iban.toml": CHANGED}) as made:
        yield made


def receive(office: Office, subject: str, text: str, sender: str = SUPPLIER, **values: str) -> None:
    number = str(office.clock.at.timestamp())
    office.lay(sender, OWNER, subject, text, message_id=f"<{number}@bois.example>", **values)  # type: ignore[arg-type]
    office.read()


def paper(*lines: str) -> bytes:
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("Helvetica", size=11)
    for line in lines:
        pdf.cell(0, 8, line, new_x="LMARGIN", new_y="NEXT")
    return bytes(pdf.output())


def test_a_bill_of_ours_that_somebody_sends_on_to_us_is_no_claim_on_him(office: Office) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Cabinet Comptable <paul@cabinet.example>", OWNER, "Facture F-118"
    mail["Message-ID"], mail["Date"] = "<acc@cabinet.example>", office.clock.at
    mail.set_content("Bonjour Claire, pour votre dossier, copie de la facture F-118 ci-jointe.")
    ours = paper(
        "Menuiserie Durand", "Facture F-118 du 20/10/2026", "Client : Garage Petit SARL", "Total TTC : 1 900,00 EUR",
        "Date d'echeance : 20/11/2026",
    )  # fmt: skip
    mail.add_attachment(ours, maintype="application", subtype="pdf", filename="F-118.pdf")
    office.firm.arrive(mail.as_bytes(), office.clock.at)
    office.read()
    (read,) = office.received()[0].facts.bills
    assert (read.value("direction"), read.value("total_amount")) == ("issued", "1900.00"), "else this proves nothing"
    assert office.bills() == []


def test_the_client_is_the_first_reader_of_our_mail_who_is_not_one_of_us(office: Office) -> None:
    office.lay(
        US, f"{US}, Garage Petit <{CLIENT}>", "Facture F-118", OURS, message_id="<f@durand.example>", folder="Sent"
    )
    office.read()
    (kept,) = office.bills()
    assert (kept.direction, kept.party_email, kept.number) == ("issued", CLIENT, "F-118")


def bill_of_mail(office: Office, *, address: str = "") -> ObjectRef:
    """An issued bill whose first mail is the only one that the office knows."""
    with office.service.deps.db.transaction() as tx:
        known = office.service.deps
        (row,) = tx.exec_driver_sql("select id from message").all()
        new = NewBill("bureau", "issued", "Garage Petit", "F-9", Decimal(5), message_id=row.id, party_email=address)
        return bills.put(tx, new, known.clock.now())[0].object


def test_a_relance_never_goes_to_who_forwarded_our_bill(office: Office) -> None:
    receive(office, "Facture F-9", "Pour information.", "Paul <paul@cabinet.example>")
    ref = bill_of_mail(office)
    with office.service.deps.db.read() as tx:
        case = case_of(tx, office.service.deps, ref, "bureau")
    assert (case.recipient, case.message_id, case.attachments) == (None, "", ())


def test_a_relance_goes_to_whom_we_sent_the_bill_when_no_address_is_known(office: Office) -> None:
    office.lay(US, f"{US}, {CLIENT}", "Facture", "Bonjour, la voici.", message_id="<f@durand.example>", folder="Sent")
    office.read()
    with office.service.deps.db.read() as tx:
        case = case_of(tx, office.service.deps, bill_of_mail(office), "bureau")
    assert case.recipient is not None
    assert (case.recipient.addr, case.message_id) == (CLIENT, "<f@durand.example>")


def test_a_reminder_with_another_iban_for_a_known_bill_is_asked_about(office: Office) -> None:
    receive(office, "Facture F-77", f"{BILL} IBAN : {GOOD}.")
    receive(office, "Rappel facture F-77", f"{BILL} IBAN : {OTHER}. Nos coordonnées bancaires ont changé.")
    (kept,) = office.bills()
    assert (kept.status, kept.iban) == ("verify", GOOD.replace(" ", ""))
    assert [(i.rule, i.object) for i in office.outbox()] == [("iban", kept.object)], "the rule's event happened, once"


def test_a_new_bill_with_another_iban_waits_and_the_same_iban_does_not(office: Office) -> None:
    receive(office, "Facture F-77", f"{BILL} IBAN : {GOOD}.")
    receive(office, "Facture F-78", BILL.replace("F-77", "F-78") + f" IBAN : {GOOD}.")
    receive(office, "Facture F-79", BILL.replace("F-77", "F-79") + f" IBAN : {OTHER}.")
    assert [(b.number, b.status) for b in office.bills()] == [("F-77", "open"), ("F-78", "open"), ("F-79", "verify")]


def test_a_receipt_settles_the_bill_that_it_names_though_it_is_no_invoice(office: Office) -> None:
    receive(office, "Facture F-77", BILL)
    text = (
        "Bonjour, nous accusons réception de votre paiement de 1 286,40 € pour la facture F-77. Bois du Vercors SARL"
    )
    receive(office, "Votre reçu de paiement", text)
    assert office.received()[0].decision("invoice") == "no", "else this test proves nothing"
    (kept,) = office.bills()
    assert (kept.status, kept.settled_on) == ("paid", date(2026, 11, 18))


def test_a_receipt_of_somebody_else_settles_nothing(office: Office) -> None:
    receive(office, "Facture F-77", BILL)
    text = "Bonjour, nous accusons réception de votre paiement de 12,00 € pour la facture F-77. Électra SARL"
    receive(office, "Votre reçu de paiement", text, "Électra <compta@electra.example>")
    assert [b.status for b in office.bills()] == ["open"]


CREDIT = "Bonjour, veuillez trouver notre avoir AV-12 annulant la facture {number}. Bois du Vercors SARL. Total TTC : {sum} €."


@pytest.mark.parametrize(
    ("number", "amount", "status"),
    [("F-77", "-1 286,40", "credited"), ("F-77", "-100,00", "open"), ("F-771", "-1 286,40", "open")],
)
def test_a_credit_note_takes_back_the_bill_of_its_number_and_amount_only(
    office: Office, number: str, amount: str, status: str
) -> None:
    receive(office, "Facture F-77", BILL)
    receive(office, "Avoir AV-12", CREDIT.format(number=number, sum=amount))
    bill, note = office.bills()
    assert (bill.document, bill.status) == ("invoice", status)
    assert (note.document, note.number, note.status) == ("credit_note", "AV-12", "credited")
    with office.service.deps.db.read() as tx:
        assert note.id not in [b.id for b in bills.open_bills(tx)]


class Sure:
    """A classifier that says the same of every mail."""

    def __init__(self, kind: str, invoice: Decision) -> None:
        self.verdict = Verdict("sure", kind, {"invoice": CategoryVerdict(0.5, invoice)})

    def classify(self, messages: Sequence[Message]) -> Sequence[Verdict]:
        return [self.verdict for _ in messages]


def judge(office: Office, kind: str, invoice: Decision) -> None:
    office.service.deps = replace(office.service.deps, classifier=Sure(kind, invoice))


@pytest.mark.parametrize(
    ("kind", "invoice", "kept"),
    [("supplier_invoice", "yes", 1), ("supplier_invoice", "unsure", 0), ("phishing", "yes", 0), ("other", "no", 0)],
)
def test_a_bill_to_us_needs_a_sure_verdict_and_no_sign_of_fraud(
    office: Office, kind: str, invoice: Decision, kept: int
) -> None:
    judge(office, kind, invoice)
    receive(office, "Facture F-77", BILL)
    receive(office, "Devis D-7", "Bonjour, voici notre devis D-7. Total TTC : 80,00 €. Bois du Vercors SARL")
    assert len(office.bills()) == kept


@pytest.mark.parametrize(
    ("kind", "invoice", "doubted"),
    [("bec_fraud", "yes", 1), ("supplier_invoice", "no", 1), ("supplier_invoice", "unsure", 2)],
)
def test_fraud_about_a_known_bill_is_told_and_brings_no_bill_of_its_own(
    office: Office, kind: str, invoice: Decision, doubted: int
) -> None:
    receive(office, "Facture F-77", f"{BILL} IBAN : {GOOD}.")
    judge(office, kind, invoice)
    receive(office, "Facture F-77", f"{BILL} IBAN : {OTHER}.", "Compta <compta@b0is.example>")
    receive(office, "Facture F-80", BILL.replace("F-77", "F-80") + f" IBAN : {OTHER}.")
    assert [b.status for b in office.bills()] == ["verify"] * doubted
    assert office.bills()[0].party_email == "compta@bois.example"


@pytest.mark.parametrize(("kind", "kept"), [("other", ["credited"]), ("phishing", [])])
def test_a_credit_note_in_doubt_is_kept_only_when_it_takes_back_a_bill(
    office: Office, kind: str, kept: list[str]
) -> None:
    receive(office, "Facture F-77", BILL)
    judge(office, kind, "unsure")
    receive(office, "Avoir AV-9", CREDIT.format(number="F-1", sum="-5,00").replace("AV-12", "AV-9"))
    receive(office, "Avoir AV-12", CREDIT.format(number="F-77", sum="-1 286,40"))
    assert [b.status for b in office.bills() if b.document == "credit_note"] == kept


def test_a_credit_note_of_ours_ends_our_claim(office: Office) -> None:
    for subject, text in (("Facture F-118", OURS), ("Avoir AV-3", OURS_BACK)):
        number = f"<{subject[-3:]}@durand.example>"
        office.lay(US, f"Garage Petit <{CLIENT}>", subject, text, message_id=number, folder="Sent")
        office.read()
    assert [(b.direction, b.document, b.status) for b in office.bills()] == [
        ("issued", "invoice", "credited"),
        ("issued", "credit_note", "credited"),
    ]
