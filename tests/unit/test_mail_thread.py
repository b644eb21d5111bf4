"""Conversations, machines, and who waits for an answer."""

from __future__ import annotations

import pytest

from automator.mail.thread import ancestors, expects_answer, is_automatic, normal_subject, reply_subject
from tests.support.mails import mail


def test_ancestors_come_nearest_first() -> None:
    found = mail(In_Reply_To="<3@x>", References="<1@x> <2@x> <3@x>", Message_ID="<2@x>")
    assert ancestors(found) == ("<3@x>", "<1@x>")
    assert ancestors(mail()) == ()
    assert ancestors(mail(References="<1@x> <2@x>")) == ("<2@x>", "<1@x>")


@pytest.mark.parametrize(
    "subject",
    [
        "Porte d'entrée",
        "RE: Porte d'entrée",
        "Re: TR : porte d'ENTRÉE",
        "[EXT] Re[2]: Porte  d'entrée",
        "AW: WG: Porte d'entrée",
        "Re: " * 19 + "Porte d'entrée",
    ],
)
def test_subjects_of_one_conversation(subject: str) -> None:
    assert normal_subject(subject) == "porte d'entrée"


def test_reply_subjects_do_not_pile_up() -> None:
    assert reply_subject("RE: Re: devis") == "Re: devis"
    assert reply_subject("devis") == "Re: devis"
    assert reply_subject("TR: devis") == "Re: TR: devis"


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated; x"},
        {"Return_Path": "<>"},
        {"List_Id": "<x.example>"},
        {"List_Unsubscribe": "<https://x.example>"},
        {"Precedence": "bulk"},
        {"Precedence": "Junk"},
        {"X_Autoreply": "yes"},
        {"X_Failed_Recipients": "a@b.example"},
        {"Content_Type": "multipart/report; boundary=b"},
        {"From": "MAILER-DAEMON@x.example"},
        {"From": "no-reply@x.example"},
        {"From": "ne-pas-repondre@x.example"},
        {"From": "notifications+ab12@x.example"},
        {"From": "bounces-12@x.example"},
        {"Subject": "Réponse automatique : absence"},
        {"Subject": "Out of office"},
        {"X_Automator_Key": "relance/1"},
    ],
)
def test_s11_machines_are_told(headers: dict[str, str]) -> None:
    assert is_automatic(mail("Pouvez-vous répondre ?", **headers))
    assert not expects_answer(mail("Pouvez-vous répondre ?", **headers))


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Auto_Submitted": "no"},
        {"Return_Path": "<paul@lefevre.example>"},
        {"X_Auto_Response_Suppress": "All"},
        {"Precedence": "first-class"},
        {"From": "norepl.martin@x.example"},
        {"From": "robotique@x.example"},
        {"Subject": "Absence de réponse à mon devis"},
    ],
)
def test_s11_people_are_not(headers: dict[str, str]) -> None:
    assert not is_automatic(mail(**headers))


def test_a_draft_that_the_owner_sent_himself_is_his_own_mail() -> None:
    assert not is_automatic(mail(role="sent", X_Automator_Key="relance/1"))


@pytest.mark.parametrize(
    "text",
    [
        "Pouvez-vous passer mardi",
        "Quel est votre prix pour une porte ?",
        "Merci de me confirmer la date.",
        "Merci de bien vouloir nous régler sous huit jours.",
        "Je vous prie de m'adresser un devis.",
        "Veuillez nous indiquer vos disponibilités.",
        "Dans l'attente de votre retour.",
        "Tenez-moi au courant.",
        "Je souhaiterais un rendez-vous.",
        "Il nous faudrait la clé.",
        "Je vous saurais gré de m'en préciser les motifs.",
        "Could you send the invoice again.",
        "Please let us know.",
        "I look it over; let me know.",
        "We would like a quote.",
        "Bonjour,\n\nÇa va ?\nVous venez demain ?",
    ],
)
def test_requests(text: str) -> None:
    assert expects_answer(mail(text))


@pytest.mark.parametrize(
    "text",
    [
        "Merci beaucoup, bonne journée.",
        "Veuillez trouver ci-joint notre facture.",
        "Je vous prie d'agréer mes salutations.",
        "Bonjour, ça va ?",
        "Comment allez-vous ?\nTout est prêt ici.",
        "Une question ? Notre site répond.",
        "Voir https://shop.example/?id=3&x=?",
        "Merci de votre confiance.",
        "Pouvez-vous noter cela ? Pas besoin de répondre.",
        "No need to reply. Could you keep it.",
        "C'est noté.\n\nLe 3 mars, Claire <c@d.example> a écrit :\n> Pouvez-vous venir ?",
        "",
    ],
)
def test_no_requests(text: str) -> None:
    assert not expects_answer(mail(text))


def test_a_quote_of_ours_waits_for_a_yes() -> None:
    text = "Voici notre devis n° 12. Nous restons à votre disposition."
    assert expects_answer(mail(text, role="sent"))
    assert not expects_answer(mail(text))
    assert not expects_answer(mail("Le devis viendra.", role="sent", Subject="porte"))
