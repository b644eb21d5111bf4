"""What the model sees of a mail."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from automator.billing.invoice import Identity
from automator.mail.message import Address, Attachment, Authentication
from automator.triage.features import extract, fingerprint
from tests.support.sorted_mails import BILL, OWNER, REQUEST, message


def test_a_request_for_tonight() -> None:
    features = extract(message("Plus de chauffage", REQUEST), OWNER)
    expected = {
        "=from:person",
        "=b:ask",
        "=b:outage",
        "=b:day0",
        "=b:day0+ask",
        "=b:soon",
        "=b:due12h",
        "=first:12h",
        "=first:12h@person",
        "=written:am",
        "=phone",
        "=questions:1",
        "=money:0",
        "=s:outage",
    }
    assert expected <= features.cues
    assert "=b:ask@person" in features.cues
    assert features.terms["w:chaudi"] == 1
    assert features.terms["2:pouvez vous"] == 1
    assert features.terms["q:passer"] == 1
    assert features.terms["f:claire"] == 1


def test_a_bill_with_a_pdf() -> None:
    mail = message(
        "Facture F-2026-118",
        BILL,
        sender="Fournitures SARL <compta@fournitures.example>",
        attachments=(("application/pdf", "F-2026-118.pdf", b"%PDF"),),
    )
    mail = replace(
        mail,
        attachments=(replace(mail.attachments[0], text="Total TTC 1 286,40 EUR FR76 9296 2910 3429 5381 1546 084"),),
    )
    features = extract(mail, OWNER)
    assert {
        "=iban",
        "=x:iban",
        "=has:pdf",
        "=s:invoice",
        "=b:our_bill",
        "=b:pay",
        "=money:1",
        "=x:amount",
        "=b:day8-31",
    } <= features.cues
    assert features.terms["x:total"] == features.terms["w:total"] == 1
    assert "2:total ttc" not in features.terms
    assert "=has:nothing" not in features.cues


def test_the_envelope() -> None:
    headers = {
        "In-Reply-To": "<9@dupont.example>",
        "Reply-To": "x@elsewhere.example",
        "List-Unsubscribe": "<https://a.example>",
        "Precedence": "bulk",
        "Auto-Submitted": "auto-generated",
    }
    mail = message(
        "Re: Fwd: ÇA URGE BEAUCOUP ?",
        "Vous venez ?\n\nLe lun. 23 nov. 2026 à 10:00, Dupont a écrit :\n> Bonjour\n",
        headers=headers,
        to="contact@dupont.example, b@dupont.example",
    )
    mail = replace(mail, authentication=Authentication(verified=False), cc=(Address("c@x.example"),))
    cues = extract(mail, OWNER).cues
    assert {
        "=reply",
        "=reply_to_us",
        "=reply_to_elsewhere",
        "=list",
        "=precedence",
        "=auto",
        "=several_to",
        "=shouting",
    } <= cues
    assert {"=question_in_subject", "=ends_asking", "=verified:false", "=quoted", "=from:robot"} <= cues


def test_a_colleague_is_told_by_the_domain() -> None:
    mail = message("Devis", REQUEST, sender="Paul <paul@dupont.example>")
    assert "=b:ask@us" in extract(mail, OWNER).cues
    assert "=b:ask@us" not in extract(mail, Identity()).cues


def test_quoted_text_is_not_read() -> None:
    mail = message(
        "Re: panne",
        "Merci, tout est réglé.\n\nLe lun. 23 nov. 2026 à 10:00, Dupont a écrit :\n> URGENT, la chaudière est en panne, pouvez-vous venir ?\n",
    )
    features = extract(mail, OWNER)
    assert "=b:resolved" in features.cues
    assert "=b:ask" not in features.cues
    assert "w:chaudi" not in features.terms


def test_the_fingerprint_is_stable_within_a_version() -> None:
    assert fingerprint() == fingerprint()
    assert len(fingerprint()) == 16


@given(st.text(max_size=200), st.text(max_size=60), st.text(max_size=30))
def test_any_mail_has_features(text: str, subject: str, filename: str) -> None:
    mail = replace(
        message("x", "y"),
        new_text=text,
        subject=subject,
        attachments=(Attachment("2", filename, "application/pdf", 0, text=text),),
    )
    features = extract(mail, OWNER)
    assert all(count > 0 for count in features.terms.values())
    assert features == extract(mail, OWNER)
