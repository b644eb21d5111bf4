"""Failure reports: RFC 3464, and those that only look alike, in French and English (reliability S21)."""

from __future__ import annotations

import pytest

from automator.mail.bounce import Bounce, bounce
from tests.support.mails import mail


def report(
    *blocks: str, original: str = "text/rfc822-headers", head: str = "Message-ID: <9@dupont.example>\nSubject: x"
) -> str:
    status = "\r\n\r\n".join(("Reporting-MTA: dns; mx.example", *blocks))
    return (
        "--b\r\n\r\nIt failed.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        f"{status}\r\n--b\r\nContent-Type: {original}\r\n\r\n{head}\r\n--b--\r\n"
    )


FAILED = "Final-Recipient: rfc822; Paul@Lefevre.example\r\nAction: failed\r\nStatus: 5.1.1"
DELAYED = "Final-Recipient: rfc822; zoe@lefevre.example\r\nAction: delayed\r\nStatus: 4.4.1"
TYPE = "multipart/report; report-type=delivery-status; boundary=b"


@pytest.mark.parametrize("original", ["text/rfc822-headers", "message/rfc822"])
def test_s21_a_report(original: str) -> None:
    found = bounce(
        mail(report(FAILED, DELAYED, original=original), Content_Type=TYPE, From="mailer-daemon@mx.example")
    )
    assert found == Bounce(("paul@lefevre.example",), "<9@dupont.example>")


def test_s21_a_delay_is_no_failure() -> None:
    assert bounce(mail(report(DELAYED), Content_Type=TYPE)) is None


def test_s21_the_original_is_found_by_the_references_too() -> None:
    body = report(FAILED, head="Subject: x")
    assert bounce(mail(body, Content_Type=TYPE, In_Reply_To="<8@d.example>")) == Bounce(
        ("paul@lefevre.example",), "<8@d.example>"
    )
    assert bounce(mail(body, Content_Type=TYPE, References="<7@d.example>")) == Bounce(
        ("paul@lefevre.example",), "<7@d.example>"
    )
    assert bounce(mail(body, Content_Type=TYPE)) == Bounce(("paul@lefevre.example",), "")


def test_both_names_of_one_recipient() -> None:
    block = "Original-Recipient: rfc822;alias@lefevre.example\r\nFinal-Recipient: rfc822; <real@lefevre.example>\r\nAction: failed"
    found = bounce(mail(report(block), Content_Type=TYPE))
    assert found is not None
    assert found.addresses == ("alias@lefevre.example", "real@lefevre.example")


LOOK_ALIKES = [
    (
        "Undelivered Mail Returned to Sender",
        "Votre message n'a pas pu être remis :\n<paul@lefevre.example> : 550 inconnu\n\nLe message d'origine est joint.",
    ),
    (
        "Non remis : Facture 2025-06",
        "Échec de la remise :\n\npaul@lefevre.example\nLa boîte est pleine.\n\nInformations de diagnostic\ncontact@dupont.example zoe@x.example",
    ),
    ("Remise impossible : devis", "Votre message adressé à paul@lefevre.example n'a pas pu être remis."),
    (
        "Delivery Status Notification (Failure)",
        "Your message wasn't delivered to paul@lefevre.example because\n\n---------- Forwarded message ----------\nFrom: x <x@y.example>",
    ),
    (
        "failure notice",
        "<paul@lefevre.example>:\nRemote host said: 550\n\n--- Below this line is a copy of the message.\nReturn-Path: <zoe@x.example>",
    ),
    ("Message non distribué", "Destinataire : paul@lefevre.example.\nErreur 550"),
]


@pytest.mark.parametrize(("subject", "text"), LOOK_ALIKES)
def test_s21_look_alikes(subject: str, text: str) -> None:
    found = bounce(mail(text, Subject=subject, From="MAILER-DAEMON@mx.example"))
    assert found is not None
    assert found.addresses == ("paul@lefevre.example",)


def test_s21_a_named_recipient_and_an_original_in_the_text() -> None:
    text = "It failed for zoe@x.example.\n\n--- original message ---\nMessage-ID: <9@dupont.example>\n"
    found = bounce(
        mail(
            text,
            Subject="Mail delivery failed",
            Return_Path="<>",
            X_Failed_Recipients="Paul@lefevre.example, l@m.example",
        )
    )
    assert found == Bounce(("paul@lefevre.example", "l@m.example"), "<9@dupont.example>")


@pytest.mark.parametrize(
    ("headers", "text"),
    [
        ({"Subject": "Undelivered Mail Returned to Sender"}, "<paul@x.example>"),
        (
            {"Subject": "Rapport de campagne : 38 adresses en erreur", "From": "mailer-daemon@x.example"},
            "<a@b.example>",
        ),
        ({"Subject": "Undelivered mail: delayed", "From": "mailer-daemon@x.example"}, "<a@b.example>"),
        ({"Subject": "Undelivered mail", "From": "mailer-daemon@x.example"}, "no address here"),
        ({"Subject": "Out of office", "Return_Path": "<>"}, "paul@x.example is away"),
    ],
)
def test_s21_what_is_no_bounce(headers: dict[str, str], text: str) -> None:
    assert bounce(mail(text, **headers)) is None


def test_our_own_mails_are_none() -> None:
    assert bounce(mail(report(FAILED), Content_Type=TYPE, role="sent")) is None
