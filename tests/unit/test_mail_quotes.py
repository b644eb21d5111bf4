"""What the sender wrote himself: history, signature and the inner part of a forward told apart."""

from __future__ import annotations

import pytest

from automator.mail.quotes import is_forward, split

HISTORIES = [
    "Le lun. 3 mars 2025 à 14:02, Claire Durand <claire@dupont.example> a écrit :\n> Bonjour,\n> merci",
    "Le lun. 3 mars 2025 à 14:02, Claire Durand\n<claire@dupont.example> a écrit :\n\n> Bonjour",
    "On Mon, 3 Mar 2025 at 14:02, Claire Durand <claire@dupont.example> wrote:\n> Hello",
    "On Mon, 3 Mar 2025 at 14:02, Claire Durand <claire@dupont.example> wrote:\n\nHello without marks",
    "Am 03.03.2025 um 14:02 schrieb Claire Durand <claire@dupont.example>:\n> Hallo",
    "El lun, 3 mar 2025 a las 14:02, Claire (<claire@dupont.example>) escribió:\n> Hola",
    "Claire Durand <claire@dupont.example> a écrit :\n> Bonjour",
    "-----Message d'origine-----\nDe : Claire\nObjet : porte\n\nBonjour",
    "-----Original Message-----\nFrom: Claire\n\nHello",
    "De : Claire Durand <claire@dupont.example>\nEnvoyé : lundi 3 mars 2025 14:02\nÀ : Paul\nObjet : porte\n\nBonjour",
    "From: Claire Durand\nSent: Monday, 3 March 2025 14:02\nTo: Paul\nSubject: door\n\nHello",
    "________________________________\nDe : Claire\nEnvoyé : lundi\nObjet : porte\n\nBonjour",
    "*De :* Claire\n*Envoyé :* lundi\n*À :* Paul\n\nBonjour",
    "> Bonjour,\n> merci",
]


@pytest.mark.parametrize("history", HISTORIES)
def test_the_history_below_is_taken_off(history: str) -> None:
    found = split(f"Oui, d'accord.\n\n{history}", "Re: porte")
    assert found.new == "Oui, d'accord."
    assert found.quoted.endswith(history.rpartition("\n")[2])
    assert found.signature == ""


def test_answers_between_the_lines_are_the_senders_own() -> None:
    found = split("Le 3 mars, Claire <c@d.example> a écrit :\n> Quand ?\nMardi.\n> Combien ?\nDeux.")
    assert found.new == "Mardi.\nDeux."
    assert "Quand ?" in found.quoted
    assert "Mardi" not in found.quoted


@pytest.mark.parametrize(
    "text",
    [
        "Le devis que Claire a écrit : il est trop cher.\nMerci",
        "De : rien, à : personne",
        "Il m'a dit que le 3 mars on avait rendez-vous.",
        "De : Claire\nje vous donne la suite demain",
        "On Monday I wrote: never mind, this line goes on",
    ],
)
def test_ordinary_sentences_are_not_taken_for_a_history(text: str) -> None:
    assert split(text).new == text


FORWARDS = [
    "---------- Forwarded message ---------\nDe : Lerat <compta@lerat.example>\nDate: lun. 3 mars 2025 à 14:02\nSubject: Facture F-22\nTo: <contact@dupont.example>\n\nFacture F-22 : 640 €",
    "---------- Message transféré ----------\nDe : Lerat\nDate : lundi\nObjet : Facture\n\nFacture F-22 : 640 €",
    "Début du message transféré :\n\nDe: Lerat <compta@lerat.example>\nObjet: Facture\nDate: 3 mars 2025\nÀ: Claire\n\nFacture F-22 : 640 €",
    "Begin forwarded message:\n\n> From: Lerat\n> Subject: Invoice\n> Date: 3 March\n>\n> Facture F-22 : 640 €",
    "-------- Message transféré --------\nSujet : Facture\nDate : lundi\nDe : Lerat\nPour : Claire, et\n un autre nom long\nCc : Paul\n\nFacture F-22 : 640 €",
]


@pytest.mark.parametrize("inner", FORWARDS)
def test_a_forward_is_opened(inner: str) -> None:
    found = split(f"Pour toi.\n\n{inner}\n\nCordialement,\nLerat", "TR: Facture")
    assert found.new.startswith("Pour toi.")
    assert "Facture F-22 : 640 €" in found.new
    assert "compta@lerat.example" not in found.new
    assert "Cordialement" not in found.new


def test_a_forward_by_outlook_is_told_by_its_subject() -> None:
    text = "Pour toi.\n\nDe : Lerat\nEnvoyé : lundi\nÀ : Claire\nObjet : Facture\n\nFacture F-22\n\nDe : Claire\nEnvoyé : samedi\nÀ : Lerat\nObjet : commande\n\nvieux"
    found = split(text, "TR: Facture")
    assert found.new == "Pour toi.\n\nFacture F-22"
    assert "vieux" in found.quoted
    assert "Facture F-22" not in split(text, "RE: Facture").new


def test_forwards_of_forwards_end_somewhere() -> None:
    head = "---------- Forwarded message ---------\nDe : a\nDate : b\nObjet : c\n\n"
    found = split("".join(f"niveau {n}\n{head}" for n in range(10)) + "fond", "Fwd: x")
    assert found.new.startswith("niveau 0\n\nniveau 1")
    assert "fond" in found.quoted


@pytest.mark.parametrize("subject", ["TR: x", "Fwd: x", "FW: x", "RE: TR: x", "WG: x", "Transféré : x"])
def test_forward_subjects(subject: str) -> None:
    assert is_forward(subject)
    assert not is_forward("Travaux : x")
    assert not is_forward("Re: x")


@pytest.mark.parametrize(
    "signature",
    [
        "Cordialement,\nPaul Lefèvre\n12 rue des Lilas\n01 99 00 41 12",
        "Bien à vous\n\nPaul",
        "Kind regards,\nPaul",
        "Mit freundlichen Grüßen\nPaul",
        "Veuillez agréer, Madame, l'expression de mes salutations distinguées.\n\nPaul",
        "--\nPaul Lefèvre\nMairie de Valbourg",
        "Sincères salutations.",
    ],
)
def test_signatures_are_taken_off(signature: str) -> None:
    found = split(f"Bonjour,\n\nLa porte est arrivée.\n\n{signature}")
    assert found.new == "Bonjour,\n\nLa porte est arrivée."
    assert found.signature == signature


def test_a_phones_line_and_a_notice_are_no_text() -> None:
    assert split("Oui.\n\nEnvoyé de mon iPhone").new == "Oui."
    assert split("Yes.\nSent from my Galaxy").new == "Yes."
    notice = "Ce message et ses pièces jointes sont confidentiels et destinés à leur seul lecteur."
    found = split(f"Bonjour,\n\nLa porte est arrivée.\nVenez demain.\n\n{notice}")
    assert found.new.endswith("Venez demain.")
    assert found.signature == notice


def test_a_postscript_or_a_question_below_the_name_is_kept() -> None:
    assert "PS : et la clé" in split("La porte est là.\n\nCordialement,\nPaul\n\nPS : et la clé").new
    assert "Vous venez ?" in split("La porte est là.\n\nCordialement,\nPaul\n\nVous venez ?").new


def test_a_mail_that_is_only_a_signature_stays() -> None:
    assert split("Cordialement,\nPaul").new == "Cordialement,\nPaul"
    assert split("").new == ""
