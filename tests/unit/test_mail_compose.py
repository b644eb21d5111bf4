"""Mails of ours: only our headers, the same bytes, readable by anybody, known again by us."""

from __future__ import annotations

import dataclasses
import email
from datetime import UTC, datetime, timedelta
from email import policy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automator.errors import PermanentError
from automator.mail.compose import _check, is_ours, marker, message_id, serialize, signed, wire_address
from automator.mail.message import Address, Attachment, Message, OutgoingMail
from automator.mail.parse import parse
from tests.support.mails import fetched

KEY = b"k" * 32
MAIL = OutgoingMail(
    message_id=message_id(KEY, "relance/invoice:12/draft-1/", "dupont.example"),
    date=datetime(2026, 11, 24, 9, 0, tzinfo=UTC),
    sender=Address("contact@dupont.example", "Menuiserie Dupont"),
    to=Address("compta@petit.example", "Garage Petit"),
    subject="Facture n° F-118 échue",
    text="Bonjour,\n\nÉchue le 1er.\n.\nFrom hier\n",
    key="relance/invoice:12/draft-1/",
    automatic=False,
)


def read(mail: OutgoingMail) -> Message:
    return parse(fetched(serialize(mail)))


def names(mail: OutgoingMail) -> list[str]:
    head = serialize(mail).partition(b"\r\n\r\n")[0]
    return [line.partition(b":")[0].decode() for line in head.split(b"\r\n") if not line.startswith((b" ", b"\t"))]


def test_a_message_id_is_the_same_each_time_and_nobody_elses() -> None:
    assert message_id(KEY, "a", "d.example") == message_id(KEY, "a", "d.example")
    assert message_id(KEY, "a", "d.example") != message_id(KEY, "b", "d.example")
    assert message_id(KEY, "a", "d.example") != message_id(b"x", "a", "d.example")
    assert message_id(KEY, "a", "").endswith("@localhost>")


def test_a_draft_carries_exactly_these_headers() -> None:
    assert names(MAIL) == [
        "Date",
        "From",
        "To",
        "Subject",
        "Message-ID",
        "X-Automator-Key",
        "Content-Language",
        "Content-Type",
        "MIME-Version",
        "Content-Transfer-Encoding",
    ]


def test_what_goes_out_by_itself_says_so() -> None:
    automatic = dataclasses.replace(MAIL, automatic=True)
    assert "Auto-Submitted" in names(automatic)
    assert "X-Auto-Response-Suppress" not in names(automatic)
    digest = dataclasses.replace(MAIL, automatic=True, to_owner=True)
    headers = read(digest).headers
    assert headers["auto-submitted"] == "auto-generated"
    assert headers["x-auto-response-suppress"] == "All"
    assert headers["list-id"] == "automator <automator.dupont.example>"


def test_it_reads_back_as_it_was_meant() -> None:
    mail = dataclasses.replace(
        MAIL,
        html="<p>Bonjour</p>",
        in_reply_to="<2@petit.example>",
        references=("<1@petit.example>", "<2@petit.example>", "no id"),
        sender=Address("contact@dupont.example", "Dupont, Éric"),
        to=Address("compta@petit.example", 'Le "Garage" Petit'),
        key="relance-impayés/invoice:12/draft-1/",
        attachments=(Attachment("2", "facturé.pdf", "application/pdf", 4, b"%PDF" * 1000),),
    )
    found = read(mail)
    assert (found.sender, found.to) == (mail.sender, (mail.to,))
    assert (found.subject, found.date, found.message_id) == (mail.subject, mail.date, mail.message_id)
    assert found.references == ("<1@petit.example>", "<2@petit.example>")
    assert found.in_reply_to == "<2@petit.example>"
    assert found.text == MAIL.text.strip()
    assert found.headers["x-automator-key"] == mail.key
    assert [(a.filename, a.content) for a in found.attachments] == [("facturé.pdf", b"%PDF" * 1000)]
    assert serialize(mail) == serialize(mail)


def test_others_read_it_too() -> None:
    mail = dataclasses.replace(
        MAIL, html="<p>é</p>", attachments=(Attachment("2", "a.pdf", "application/pdf", 1, b"x"),)
    )
    other = email.message_from_bytes(serialize(mail), policy=policy.default)
    assert other["Subject"] == MAIL.subject
    assert other["To"].addresses[0].addr_spec == "compta@petit.example"
    body = other.get_body(("plain",))
    assert body is not None
    assert body.get_content().splitlines() == MAIL.text.splitlines()
    assert not other.defects


def test_long_values_are_folded_and_lines_stay_short() -> None:
    mail = dataclasses.replace(
        MAIL,
        subject="très " * 80,
        text="a" * 5_000,
        references=tuple(f"<{n}{'x' * 45}@petit.example>" for n in range(50)),
    )
    assert all(len(line) <= 78 for line in serialize(mail).split(b"\r\n"))
    assert read(mail).subject == ("très " * 80)[:500].strip()
    assert len(read(mail).references) == 30


@pytest.mark.parametrize(
    ("attachment", "kind", "name"),
    [
        (Attachment("1", "", "application/pdf", 1, b"x"), "application/pdf", "document"),
        (Attachment("1", 'a"b\\c.pdf', "application/pdf", 1, b"x"), "application/pdf", "a'b_c.pdf"),
        (Attachment("1", "a.eml", "message/rfc822", 1, b"x"), "application/octet-stream", "a.eml"),
        (Attachment("1", "a", "text/html; x=y\r\nBcc: z", 1, b"x"), "application/octet-stream", "a"),
    ],
)
def test_attachments_are_only_files(attachment: Attachment, kind: str, name: str) -> None:
    (found,) = read(dataclasses.replace(MAIL, attachments=(attachment,))).attachments
    assert (found.content_type, found.filename) == (kind, name)


def test_what_cannot_be_sent_is_refused() -> None:
    unread = Attachment("2", "a.pdf", "application/pdf", 1)
    bad = [
        {"attachments": (unread,)},
        {"message_id": ""},
        {"message_id": "<a@b>\r\nBcc: x@y.example"},
        {"to": Address("a@b.example>\r\nBcc: x@y.example")},
        {"sender": Address("")},
    ]
    for change in bad:
        with pytest.raises(PermanentError):
            serialize(dataclasses.replace(MAIL, **change))  # type: ignore[arg-type] # one field each


@pytest.mark.parametrize("language", ["fr", "en-GB"])
def test_a_language(language: str) -> None:
    assert read(dataclasses.replace(MAIL, language=language)).headers["content-language"] == language
    assert "Content-Language" not in names(dataclasses.replace(MAIL, language="x\r\ny"))


@pytest.mark.parametrize(
    ("addr", "wire"),
    [
        ("Paul@Petit.Example", "Paul@petit.example"),
        ("a@élan.example", "a@xn--lan-9la.example"),
        (" a@b.example ", "a@b.example"),
    ],
)
def test_addresses_on_the_wire(addr: str, wire: str) -> None:
    assert wire_address(addr) == wire


@pytest.mark.parametrize(
    "addr",
    [
        "",
        "a",
        "a@",
        "@b",
        "é@b.example",
        "a b@c.example",
        "a@b..example",
        "a.@b.example",
        "a@-b.example",
        "a@b_c.example",
        "a@" + "é" * 80,
    ],
)
def test_no_addresses_on_the_wire(addr: str) -> None:
    with pytest.raises(PermanentError):
        wire_address(addr)


hostile = st.text(st.one_of(st.characters(codec=None), st.sampled_from("\r\n\0:=?<>@\u2028")), max_size=80)


@given(hostile, hostile, hostile, hostile)
@settings(max_examples=300, deadline=None)
def test_s29_no_text_of_a_stranger_becomes_a_header(subject: str, name: str, key: str, text: str) -> None:
    mail = dataclasses.replace(
        MAIL,
        subject=subject,
        to=Address("a@b.example", name),
        key=key,
        text=text,
        mac=key,
        references=(name, subject),
    )
    assert set(names(mail)) <= {*names(MAIL), "X-Automator-Mac", "References"}
    found = read(mail)
    assert found.to[0].addr == "a@b.example"
    assert found.message_id == MAIL.message_id


@pytest.mark.parametrize(
    "content",
    [
        b"From: a@b.example\r\nBcc: x@y.example\r\n\r\nx",
        b"To: a@b.example\r\n\r\nx",
        b"From: a@b.example\r\n\r\nx\ny",
        b"From: a@b.example\r\n\r\nx\0",
        b"From: a@b.example\r\n\r\n" + b"x" * 999,
    ],
)
def test_s29_the_last_look_refuses_what_nobody_meant(content: bytes) -> None:
    _check(b"From: a@b.example\r\nMIME-Version: 1.0\r\n\r\nx", ["from"])
    with pytest.raises(PermanentError, match="not sent"):
        _check(content, ["from"])


def test_s36_our_mail_is_known_again() -> None:
    found = read(signed(KEY, MAIL))
    assert is_ours(KEY, found)
    assert not is_ours(b"other", found)
    assert not is_ours(KEY, read(MAIL))
    idn = dataclasses.replace(MAIL, to=Address("a@élan.example"))
    assert is_ours(KEY, read(signed(KEY, idn)))


def test_s36_a_copied_marker_is_not_valid() -> None:
    mac = signed(KEY, MAIL).mac
    for change in (
        {"to": Address("x@y.example")},
        {"date": MAIL.date + timedelta(seconds=1)},
        {"message_id": "<z@dupont.example>"},
    ):
        assert not is_ours(KEY, read(dataclasses.replace(MAIL, mac=mac, **change)))  # type: ignore[arg-type] # one field each
    whole = serialize(signed(KEY, MAIL)).replace(b"To: Garage Petit", b"Cc: x@y.example\r\nTo: Garage Petit")
    assert not is_ours(KEY, parse(fetched(whole)))
    undated = serialize(signed(KEY, MAIL)).replace(b"Date: ", b"X-Date: ")
    assert not is_ours(KEY, parse(fetched(undated)))


def test_a_marker_does_not_depend_on_the_order_or_case_of_recipients() -> None:
    assert marker(KEY, "<a@b>", MAIL.date, ["A@x", "b@x"]) == marker(KEY, "<a@b>", MAIL.date, ["b@x", "a@x"])
