"""Rows of the labelled corpus as the mails they stand for, by way of real MIME text and the mail parser."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC
from email.headerregistry import Address as HeaderAddress
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from typing import Any

from automator.billing.invoice import Identity
from automator.mail.message import Fetched, Message, MessageRef
from automator.mail.parse import parse
from automator.triage.cues import trusted_server

Row = Mapping[str, Any]
KEPT_BACK_PERCENT = 15


def kept_back(row: Row) -> bool:
    """Is this row in the test split, which no training sees? Decided by the hash of its situation, for ever."""
    return int(hashlib.sha256(row["situation"].encode()).hexdigest()[:8], 16) % 100 < KEPT_BACK_PERCENT


def author(row: Row) -> str:
    """The part of the corpus a row belongs to; each part was written by one author."""
    return str(row["id"]).partition("-")[0]


def owner(row: Row) -> Identity:
    """The firm that received the mail: the To address and its domain."""
    address = row["to_addr"].lower()
    return Identity(addresses=frozenset({address}), domains=frozenset({address.rpartition("@")[2]}))


def message(row: Row) -> Message:
    """The mail of a row, as the parser reads it; the texts given for attachments are filled in."""
    when = parsedate_to_datetime(row["date"])
    arrived = when if when.tzinfo else when.replace(tzinfo=UTC)
    raw = mime(row)
    fetched = Fetched(MessageRef("corpus", "INBOX", 1, 1), arrived.astimezone(UTC), len(raw), whole=raw)
    server = trusted_server((row.get("headers") or {}).get("Authentication-Results", ""), owner(row))
    parsed = parse(fetched, authserv_id=server)
    texts = {a["filename"]: a["text"] for a in row["attachments"] if a.get("text")}
    attachments = tuple(replace(a, text=texts.get(a.filename, a.text)) for a in parsed.attachments)
    return replace(parsed, attachments=attachments)


def mime(row: Row) -> bytes:
    """The mail of a row as it travels (RFC 5322, RFC 2045)."""
    mail = EmailMessage()
    mail["From"] = _address(row["from_name"], row["from_addr"])
    mail["To"] = row["to_addr"]
    if row.get("reply_to"):
        mail["Reply-To"] = row["reply_to"]
    mail["Subject"] = " ".join(row["subject"].split())
    mail["Date"] = row["date"]
    mail["Message-ID"] = f"<{row['id']}@corpus.example>"
    headers = {name.lower(): value for name, value in (row.get("headers") or {}).items()}
    whole = headers.pop("content-type", "")
    for name, value in headers.items():
        del mail[name]  # a header given twice is the one of `headers`
        mail[name] = value
    if row.get("body_text"):
        mail.set_content(row["body_text"])
        if row.get("body_html"):
            mail.add_alternative(row["body_html"], subtype="html")
    else:
        mail.set_content(row.get("body_html") or "", subtype="html")
    for attachment in row["attachments"]:
        main, _, sub = (attachment.get("content_type") or "application/octet-stream").partition("/")
        content = (attachment.get("text") or "").encode() or b"-"
        mail.add_attachment(content, maintype=main, subtype=sub or "octet-stream", filename=attachment["filename"])
    if whole.lower().startswith("multipart/"):  # "multipart/report" makes a bounce; the parts are what they are
        mail.make_mixed()
        mail.set_type(whole.partition(";")[0].strip())
    return mail.as_bytes()


def _address(name: str, addr: str) -> HeaderAddress | str:
    """Some senders of the corpus are not well-formed, on purpose."""
    try:
        return HeaderAddress(display_name=name, addr_spec=addr)
    except ValueError:
        return f"{name} <{addr}>"
