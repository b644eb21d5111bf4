"""Raw mails for tests of the parser, and a short way to parse them."""

from __future__ import annotations

from datetime import UTC, datetime

from automator.mail.message import Fetched, Message, MessageRef, Role
from automator.mail.parse import parse

ARRIVED = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
REF = MessageRef("bureau", "INBOX", 1, 7)


def raw(body: str | bytes = "Bonjour", **headers: str) -> bytes:
    """A message: header names with "_" for "-"; From, Subject, Message-ID and Date unless given ("" = left out)."""
    fields = {
        "From": "Paul Lefèvre <paul@lefevre.example>",
        "To": "contact@dupont.example",
        "Subject": "Porte d'entrée",
        "Message_ID": "<1@lefevre.example>",
        "Date": "Tue, 24 Nov 2026 10:00:00 +0100",
        "Content_Type": "text/plain; charset=utf-8",
    } | headers
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items() if value)
    return head.encode() + b"\r\n" + (body.encode() if isinstance(body, str) else body)


def fetched(whole: bytes, *, role: Role = "received") -> Fetched:
    """As a Maildir or an .eml file gives it."""
    return Fetched(REF, ARRIVED, len(whole), whole=whole, role=role)


def mail(body: str | bytes = "Bonjour", *, role: Role = "received", authserv_id: str = "", **headers: str) -> Message:
    """The parsed message of `raw`."""
    return parse(fetched(raw(body, **headers), role=role), authserv_id=authserv_id)
