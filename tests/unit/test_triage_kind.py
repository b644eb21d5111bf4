"""Kinds that structure tells, and who the sender is."""

from __future__ import annotations

import pytest

from automator.mail.thread import is_automatic
from automator.triage.cues import bare_subject, sender_type, trusted_server
from automator.triage.kind import is_list, is_noreply, request_ceiling, robot_kind, sure_kind
from tests.support.sorted_mails import OWNER, message


@pytest.mark.parametrize(
    ("subject", "sender", "headers", "kind"),
    [
        ("Devis", "a@b.example", {}, ""),
        ("Devis", "a@b.example", {"Auto-Submitted": "no"}, ""),
        ("Undelivered Mail Returned to Sender", "MAILER-DAEMON@mx.example", {}, "bounce"),
        ("Delivery Status Notification", "x@mx.example", {"Return-Path": "<>"}, "bounce"),
        ("Message non remis", "x@mx.example", {"Auto-Submitted": "auto-replied"}, "bounce"),
        ("Re: devis", "a@b.example", {"Auto-Submitted": "auto-replied"}, "auto_reply"),
        ("Re: devis", "a@b.example", {"X-Autoreply": "yes"}, "auto_reply"),
        ("Absence du bureau", "a@b.example", {"Precedence": "bulk"}, "auto_reply"),
        ("Absence de Paul demain", "a@b.example", {}, ""),
        ("Out of office", "a@b.example", {"X-Auto-Response-Suppress": "All"}, "auto_reply"),
        ("Devis", "a@b.example", {"X-Auto-Response-Suppress": "OOF"}, ""),
        ("Undeliverable: devis", "a@b.example", {"X-Failed-Recipients": "x@y.example"}, "bounce"),
        ("Votre message", "x@mx.example", {"X-Failed-Recipients": "x@y.example", "Return-Path": "<>"}, "bounce"),
        ("Re: devis", "a@b.example", {"Precedence": "auto_reply"}, "auto_reply"),
        ("Re: devis", "a@b.example", {"Precedence": "Auto-Reply"}, "auto_reply"),
        ("Out of office: Re: devis", "a@b.example", {}, "auto_reply"),
        ("Automatic reply: devis", "a@b.example", {}, "auto_reply"),
        ("Réponse automatique\xa0: devis", "a@b.example", {}, "auto_reply"),
        ("Absence du bureau", "a@b.example", {}, "auto_reply"),
        ("Réponse automatique à installer chez nous", "a@b.example", {}, ""),
        ("Re: Réponse automatique : devis", "a@b.example", {}, ""),
        ("Delivery Status Notification (Failure)", "a@b.example", {}, "bounce"),
        ("Undeliverable: devis", "a@b.example", {}, "bounce"),
        ("Undelivered Mail Returned to Sender", "a@b.example", {}, "bounce"),
        ("Non remis : devis", "a@b.example", {}, "bounce"),
        ("Colis non remis", "a@b.example", {"X-Auto-Response-Suppress": "All"}, ""),
        ("Absence de chauffage", "a@b.example", {"X-Auto-Response-Suppress": "All"}, ""),
        ("Votre colis", "suivi@b.example", {"Auto-Submitted": "auto-generated"}, "notification"),
        ("Votre colis", "no-reply@b.example", {}, "notification"),
        ("Votre colis", "ne-pas-repondre@b.example", {}, "notification"),
    ],
)
def test_robots(subject: str, sender: str, headers: dict[str, str], kind: str) -> None:
    assert robot_kind(message(subject, "texte", sender=sender, headers=headers)) == kind


def test_addresses_that_nobody_reads() -> None:
    assert is_noreply(message("x", "y", sender="donotreply@b.example"))
    assert not is_noreply(message("x", "y", sender="noemie@b.example"))


@pytest.mark.parametrize(
    "headers",
    [
        {"List-Id": "<n.b.example>"},
        {"List-Unsubscribe": "<https://b.example>"},
        {"Precedence": "Bulk"},
        {"Feedback-ID": "1:2:3:x"},
        {"List-Owner": "<mailto:o@b.example>"},
        {"List-Archive": "<https://b.example/archive>"},
        {"List-Subscribe": "<mailto:s@b.example>"},
        {"List-Post": "<mailto:l@b.example>"},
        {"X-Mailing-List": "l@b.example"},
        {"X-BeenThere": "l@b.example"},
    ],
)
def test_lists(headers: dict[str, str]) -> None:
    mail = message("Nouveautés", "Découvrez", headers=headers)
    assert is_list(mail)
    assert is_automatic(mail) or "feedback-id" in mail.headers
    assert sender_type(mail, OWNER) == "bulk"
    assert request_ceiling(mail, OWNER, sure_kind(mail)) == "unsure"


def test_an_invitation_is_known_by_its_calendar_part() -> None:
    calendar = (("text/calendar", "invite.ics", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"),)
    assert sure_kind(message("Réunion", "Point", attachments=calendar)) == "invitation"
    assert sure_kind(message("Réunion", "Point")) == ""
    assert sure_kind(message("Out of office", "x", headers={"Auto-Submitted": "auto-replied"})) == "auto_reply"


@pytest.mark.parametrize(
    ("sender", "kind"),
    [
        ("Claire Martin <claire.martin@client.example>", "person"),
        ("Garage Martin <martin@client.example>", "org"),
        ("Comptabilité <facturation@client.example>", "org"),
        ("Paul <paul@dupont.example>", "us"),
        ("Alertes <noreply@client.example>", "robot"),
    ],
)
def test_who_writes(sender: str, kind: str) -> None:
    assert sender_type(message("x", "y", sender=sender), OWNER) == kind


def test_prefixes_of_a_subject() -> None:
    assert bare_subject("Re: TR: AW: Fwd: devis") == " devis"
    assert bare_subject("Retard") == "Retard"


@pytest.mark.parametrize(
    ("header", "server"),
    [
        ("mx.dupont.example; dmarc=pass", "mx.dupont.example"),
        ("dupont.example; dmarc=pass", "dupont.example"),
        ("mx.notdupont.example; dmarc=pass", ""),
        ("", ""),
    ],
)
def test_only_a_server_of_ours_is_trusted(header: str, server: str) -> None:
    assert trusted_server(header, OWNER) == server


@pytest.mark.parametrize(
    ("sender", "headers", "kind", "ceiling"),
    [
        ("a@b.example", {}, "", "yes"),
        ("a@b.example", {}, "auto_reply", "no"),
        ("a@b.example", {}, "bounce", "no"),
        ("a@b.example", {}, "invitation", "no"),
        ("a@b.example", {"List-Unsubscribe": "<https://b.example>"}, "", "unsure"),
        ("contact@dupont.example", {}, "", "no"),
        ("formulaire@dupont.example", {}, "", "yes"),
    ],
)
def test_what_may_be_said_of_a_request(sender: str, headers: dict[str, str], kind: str, ceiling: str) -> None:
    mail = message("Devis", "Pouvez-vous m'envoyer un devis ?", sender=sender, headers=headers)
    assert request_ceiling(mail, OWNER, kind) == ceiling


@pytest.mark.parametrize(
    ("subject", "headers", "ceiling"),
    [
        ("Réponse automatique à installer chez nous", {}, "unsure"),
        ("Non remis hier, le colis", {}, "unsure"),
        ("Absence de chauffage depuis hier", {}, "yes"),
        ("Absence de chauffage depuis hier", {"X-Auto-Response-Suppress": "All"}, "unsure"),
        ("Colis non remis", {"X-Auto-Response-Suppress": "All"}, "unsure"),
        ("Devis", {"X-Auto-Response-Suppress": "DR, OOF, AutoReply"}, "yes"),
    ],
)
def test_a_subject_that_looks_automatic_is_asked_about(subject: str, headers: dict[str, str], ceiling: str) -> None:
    mail = message(subject, "Pouvez-vous m'envoyer un devis ?", headers=headers)
    assert request_ceiling(mail, OWNER, sure_kind(mail)) == ceiling
