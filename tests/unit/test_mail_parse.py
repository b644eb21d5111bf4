"""Parsing: both ways in give one message; whatever comes, a message comes out."""

from __future__ import annotations

import dataclasses
import pickle
import random
import resource
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automator.mail.bounce import bounce
from automator.mail.message import Address, Fetched, RawPart
from automator.mail.mime import Caps
from automator.mail.parse import parse
from automator.mail.thread import expects_answer, is_automatic
from tests.support.mails import ARRIVED, REF, fetched, mail, raw


def test_an_ordinary_mail() -> None:
    message = mail(
        "Bonjour,\r\n\r\nPouvez-vous rappeler ?\r\n\r\nCordialement,\r\nPaul\r\n",
        Cc="a@b.example, A <a2@b.example>, a@b.example",
        Reply_To="Bureau <bureau@lefevre.example>",
        In_Reply_To="<0@dupont.example>",
        References="<00@dupont.example> <0@dupont.example>",
        List_Id="x",
    )
    assert message.sender == Address("paul@lefevre.example", "Paul Lefèvre")
    assert message.to == (Address("contact@dupont.example"),)
    assert message.cc == (Address("a@b.example"), Address("a2@b.example", "A"))
    assert message.reply_to == Address("bureau@lefevre.example", "Bureau")
    assert (message.subject, message.language) == ("Porte d'entrée", "fr")
    assert message.text == "Bonjour,\n\nPouvez-vous rappeler ?\n\nCordialement,\nPaul"
    assert message.new_text == "Bonjour,\n\nPouvez-vous rappeler ?"
    assert message.date == datetime(2026, 11, 24, 9, tzinfo=UTC)
    assert (message.in_reply_to, message.references[0]) == ("<0@dupont.example>", "<00@dupont.example>")
    assert message.headers["list-id"] == "x"
    assert message.defects == ()
    assert pickle.loads(pickle.dumps(message)) == message


def test_header_and_parts_give_the_same_message_as_the_whole() -> None:
    whole = raw(
        b"--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\nw6k=\r\n"
        b"--b\r\nContent-Type: application/pdf; name=a.pdf\r\n\r\n%PDF\r\n--b--\r\n",
        Content_Type="multipart/mixed; boundary=b",
    )
    parts = (
        RawPart("1", "text/plain", charset="utf-8", encoding="base64", size=4, body=b"w6k="),
        RawPart("2", "application/pdf", filename="a.pdf", size=4),
    )
    header = whole.partition(b"\r\n\r\n")[0]
    one = parse(fetched(whole))
    other = parse(Fetched(REF, ARRIVED, len(whole), header=header, parts=parts))
    (read,), (unread,) = one.attachments, other.attachments
    assert read.content == b"%PDF"
    assert unread == dataclasses.replace(read, content=None)
    assert dataclasses.replace(one, attachments=()) == dataclasses.replace(other, attachments=())


def test_s37_identity_is_the_same_in_every_mailbox_and_differs_with_the_content() -> None:
    whole = raw("Bonjour")
    moved = dataclasses.replace(
        fetched(whole), ref=dataclasses.replace(REF, mailbox="Archive", uid=99, uidvalidity=5)
    )
    assert parse(moved).identity == parse(fetched(whole)).identity
    assert mail("Bonsoir").identity != mail("Bonjour").identity
    assert mail("Bonjour", Message_ID="").identity
    assert mail("Bonjour", Subject="autre").identity != mail("Bonjour").identity
    assert mail("Bonjour").identity.startswith("<1@lefevre.example>")


def alternative(plain: str, html: str) -> bytes:
    return raw(
        f"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{plain}\r\n"
        f"--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n--b--\r\n",
        Content_Type="multipart/alternative; boundary=b",
    )


@pytest.mark.parametrize(
    ("plain", "html", "text"),
    [
        ("Bonjour, merci.", "<p>Bonjour, merci.</p>", "Bonjour, merci."),
        ("", "<p>Bonjour</p>", "Bonjour"),
        ("Bonjour", "<p></p>", "Bonjour"),
        (
            "Votre programme ne montre pas le HTML.",
            "<p>" + "La facture est jointe, merci de la régler. " * 20,
            "La facture est jointe",
        ),
        (
            "Bonjour",
            "<p>Bonjour " + "voici tout ce que le texte seul ne dit pas, mot après mot " * 20,
            "Bonjour voici tout",
        ),
        ("x" * 300, "<p>" + "y" * 300, "x" * 300),
    ],
)
def test_of_two_versions_the_one_that_says_more(plain: str, html: str, text: str) -> None:
    message = parse(fetched(alternative(plain, html)))
    assert message.text.startswith(text)
    assert message.attachments == ()


def test_two_texts_that_are_not_versions_of_each_other_are_both_read() -> None:
    first = " ".join(f"mot{n}" for n in range(60))
    second = " ".join(f"autre{n}" for n in range(60))
    whole = raw(
        f"--b\r\n\r\n{first}\r\n--b\r\nContent-Type: application/pdf\r\n\r\n%PDF\r\n"
        f"--b\r\nContent-Type: text/html\r\n\r\n<p>{second}</p>\r\n--b--",
        Content_Type="multipart/mixed; boundary=b",
    )
    assert parse(fetched(whole)).text == f"{first}\n\n{second}"


def forwarded(kind: str = "multipart/mixed") -> bytes:
    inner = raw(
        "Veuillez trouver notre facture F-22.",
        Subject="Facture F-22",
        From="Lerat <compta@lerat.example>",
        Message_ID="<in@lerat.example>",
    )
    return raw(
        b"--b\r\n\r\nPour toi.\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n" + inner + b"\r\n--b--",
        Content_Type=f"{kind}; boundary=b",
        Subject="TR: facture",
    )


def test_a_mail_passed_on_as_attachment_is_opened() -> None:
    message = parse(fetched(forwarded()))
    assert message.new_text == "Pour toi.\n\nVeuillez trouver notre facture F-22."
    (inside,) = message.attachments
    assert inside.filename == "Facture F-22.eml"
    assert inside.text.startswith("From: Lerat <compta@lerat.example>\nSubject: Facture F-22\nDate: 2026-11-24T10:00")
    assert "Message-ID: <in@lerat.example>" in inside.text


def test_the_mail_in_a_report_is_not_what_its_sender_says() -> None:
    assert parse(fetched(forwarded("multipart/report"))).new_text == "Pour toi."


def test_mails_within_mails_end_somewhere() -> None:
    whole = b"Content-Type: message/rfc822\n\n" * 50 + b"Subject: x\n\nhi"
    assert "too_deep" in parse(fetched(whole)).defects


def test_attachments_are_told_with_decoded_names_and_signatures_are_not() -> None:
    whole = raw(
        "--b\r\nContent-Type: text/plain; name=note.txt\r\n\r\nune note\r\n"
        "--b\r\nContent-Type: image/png; name*=utf-8''%C3%A9.png\r\nContent-Disposition: inline\r\n\r\nx\r\n"
        "--b\r\nContent-Type: application/pgp-signature\r\n\r\nx\r\n"
        "--b\r\nContent-Type: text/html\r\nContent-Disposition: attachment; filename=page.html\r\n\r\n<p>page</p>\r\n--b--",
        Content_Type="multipart/mixed; boundary=b",
    )
    message = parse(fetched(whole))
    assert [(a.part, a.filename, a.text) for a in message.attachments] == [
        ("1", "note.txt", "une note"),
        ("2", "é.png", ""),
        ("4", "page.html", "page"),
    ]
    assert message.text == ""


@pytest.mark.parametrize(
    ("headers", "sender"),
    [
        ({"From": "", "Sender": "s@x.example"}, "s@x.example"),
        ({"From": "", "Return_Path": "<r@x.example>"}, "r@x.example"),
        ({"From": ""}, ""),
        ({"From": "<"}, ""),
    ],
)
def test_somebody_sent_it(headers: dict[str, str], sender: str) -> None:
    assert mail(**headers).sender.addr == sender


def test_s52_a_date_in_the_future_says_nothing() -> None:
    message = mail(Date="Fri, 24 Nov 2099 10:00:00 +0100")
    assert message.date is None
    assert message.when == ARRIVED
    assert message.defects == ("absurd_date",)
    assert mail(Date="").defects == ()


def test_a_bad_charset_is_flagged() -> None:
    assert mail("é".encode("cp1252")).defects == ("bad_charset",)
    assert mail("é".encode("cp1252")).text == "é"


def test_authentication_is_read_for_the_configured_server() -> None:
    result = "mx.dupont.example; dmarc=pass"
    assert mail(authserv_id="mx.dupont.example", Authentication_Results=result).authentication.verified
    assert mail(Authentication_Results=result).authentication.verified is None


def test_too_many_parts_over_imap() -> None:
    parts = tuple(RawPart(str(n), "text/plain", body=b"x") for n in range(1, 500))
    message = parse(Fetched(REF, ARRIVED, 1, header=b"Subject: x", parts=parts))
    assert message.defects == ("too_many_parts",)
    assert message.text.count("x") == 200


KILLERS = [
    b"Message-ID: <[x...@microsoft.example]>\n\nx",
    b"Message-ID: <\n\nx",
    b"From: <\n\nx",
    b"From: =?utf-8?q?a=0D=0ABcc:_x@y?= <a@b.example>\n\nx",
    b"To: " + b"(" * 50_000 + b"x500\n\nx",
    b'To: "' + b'\\"' * 30_000 + b"\n\nx",
    b"To: " + b"<" * 60_000 + b"\n\nx",
    b"Subject: " + b"=?utf-8?b?w6k=?= " * 9_000 + b"\n\nx",
    b"Content-Type: " + b";" * 60_000 + b"\n\nx",
    b"Content-Type: text/plain; charset=punycode\n\n" + b"x-" * 50_000,
    b"Content-Type: text/plain; charset=zlib\n\nx",
    b"Content-Type: text/plain; name*0*=" + b"a'" * 30_000 + b"\n\nx",
    b"References: " + b"<a@b> " * 12_000 + b"\n\nx",
    b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(1_000)),
    b'Content-Type: multipart/mixed; boundary="b"\n\n' + b"--b\n\nx\n" * 40_000,
    b'Content-Type: multipart/mixed; boundary="b"\n\n'
    + b'--b\nContent-Type: multipart/mixed; boundary="b"\n\n' * 5_000,
    b"Content-Type: message/rfc822\n\n" * 5_000,
    b"\n" + b"On " * 100_000 + b"wrote:\n",
    b"\n" + b"On a b c d\n" * 20_000,
    b"\n" + b"De : x\n" * 20_000,
    b"\n" + b"________________\n" * 10_000,
    b"\n" + b" \n" * 200_000,
    b"Content-Transfer-Encoding: quoted-printable\n\n" + b"=\n" * 500_000,
    b"Content-Type: text/html\n\n" + b"<div>" * 50_000,
    b"Content-Type: text/html\n\n" + b"<table><tr><td>" * 2_000 + b"x" * 100_000,
    bytes(range(256)) * 1_000,
    b"",
    b"\n",
    b"\x00" * 10_000,
]


@pytest.mark.parametrize("whole", KILLERS, ids=lambda whole: repr(whole[:30]))
def test_s49_killers_come_out_as_messages(whole: bytes) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    message = parse(fetched(whole))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_utime - used < 2
    assert "unreadable" not in message.defects
    assert "\n" not in message.subject + message.sender.addr + message.sender.name
    expects_answer(message)
    is_automatic(message)
    bounce(message)
    pickle.dumps(message)


def test_s10_a_failure_of_our_own_still_gives_the_envelope() -> None:
    broken = Fetched(REF, ARRIVED, 3, header=b"x", parts=(RawPart("1", None, body=b"x"),))  # type: ignore[arg-type] # a bug elsewhere
    message = parse(broken)
    assert message.defects == ("unreadable",)
    assert (message.ref, message.arrived, message.size) == (REF, ARRIVED, 3)
    assert message.identity


@given(st.binary(max_size=2_000))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_a_message(whole: bytes) -> None:
    assert "unreadable" not in parse(fetched(whole)).defects


@given(st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_damaged_mails_are_messages(chance: random.Random) -> None:
    whole = bytearray(forwarded() + alternative("Bonjour", "<p>Bonjour</p>"))
    for _ in range(chance.randrange(1, 30)):
        at = chance.randrange(len(whole))
        if chance.random() < 0.5:
            whole[at] = chance.randrange(256)
        else:
            del whole[at : at + chance.randrange(40)]
    assert "unreadable" not in parse(fetched(bytes(whole)), caps=Caps(parts=20, depth=3)).defects
