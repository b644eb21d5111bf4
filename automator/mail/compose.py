"""A mail of ours as bytes: every header written by us, none that a stranger's text could add (reliability S29)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from email.charset import QP, Charset
from email.header import Header
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime, quote

from automator.errors import PermanentError
from automator.mail.clean import clean_line
from automator.mail.headers import read_date, read_headers
from automator.mail.message import Address, Attachment, Message, OutgoingMail

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}")
_DOMAIN = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{3,900}>")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9 !#$%&'*+/=?^_`{|}~-]*")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})?")
_LIST_NAME = "automator"
_POLICY = compat32.clone(linesep="\r\n")
_MIME_HEADERS = frozenset({"content-type", "mime-version", "content-transfer-encoding"})


def message_id(key: bytes, seed: str, domain: str) -> str:
    """A Message-ID that is the same at every attempt and that nobody without the key can guess.

    `<` + the first 26 signs of base32(HMAC-SHA256(key, seed)), lower case + `@domain>`.
    """
    return f"<{_mac(key, seed)}@{domain or 'localhost'}>"


def marker(key: bytes, message_id: str, date: datetime, recipients: Iterable[str]) -> str:
    """The MAC of a mail of ours over Message-ID, Date (to the second) and recipients (reliability S36)."""
    to = ",".join(sorted(a.lower() for a in recipients))
    return _mac(key, f"mail|{message_id}|{int(date.timestamp())}|{to}")


def is_ours(key: bytes, message: Message) -> bool:
    """Does the message bear a valid MAC of ours? One that was copied onto another mail is not valid."""
    said = message.headers.get("x-automator-mac", "")
    date = read_date(message.headers.get("date", ""))
    if not said or date is None or not message.message_id:
        return False
    recipients = [a.addr for a in (*message.to, *message.cc)]
    return hmac.compare_digest(said.encode(), marker(key, message.message_id, date, recipients).encode())


def signed(key: bytes, mail: OutgoingMail) -> OutgoingMail:
    """`mail` with its MAC: what lets us know it again when it comes back."""
    return replace(mail, mac=marker(key, mail.message_id, mail.date, [wire_address(mail.to.addr)]))


def _mac(key: bytes, text: str) -> str:
    digest = hmac.new(key, text.encode(), hashlib.sha256).digest()
    return base64.b32encode(digest).decode()[:26].lower()


def wire_address(addr: str) -> str:
    """An address as SMTP takes it: ASCII local part, the domain in IDNA. PermanentError when it cannot be one."""
    local, _, domain = addr.strip().rpartition("@")
    try:
        domain = domain.encode("idna").decode() if not domain.isascii() else domain
    except UnicodeError:
        domain = ""
    dotted = local.startswith(".") or local.endswith(".") or ".." in local or ".." in domain
    if dotted or not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain):
        raise PermanentError("the address of the recipient or of the sender cannot be written to")
    return f"{local}@{domain.lower()}"


def serialize(mail: OutgoingMail) -> bytes:
    """The mail as it goes over the wire (RFC 5322, CRLF): the same bytes for the same mail.

    1. Only our own headers, each cleaned and encoded; text in UTF-8, quoted-printable; with `html`, both as
       multipart/alternative; attachments around that.
    2. `automatic` adds Auto-Submitted: auto-generated; `to_owner` also X-Auto-Response-Suppress: All and List-Id.
    3. The bytes are read back: a header that we did not mean to write is a PermanentError, never a mail.
    """
    fields = _fields(mail)
    body = _body(mail).as_bytes(policy=_POLICY)
    head = "".join(_folded(name, value) for name, value in fields).encode("ascii")
    content = head + body
    _check(content, [name.lower() for name, _ in fields])
    return content


def _fields(mail: OutgoingMail) -> list[tuple[str, str]]:
    fields = [
        ("Date", format_datetime(mail.date)),
        ("From", _written(mail.sender)),
        ("To", _written(mail.to)),
        ("Subject", _encoded(mail.subject, len("Subject: "))),
        ("Message-ID", _one_id(mail.message_id)),
    ]
    references = [i for i in mail.references if _MESSAGE_ID.fullmatch(i)]
    if _MESSAGE_ID.fullmatch(mail.in_reply_to):
        fields.append(("In-Reply-To", mail.in_reply_to))
        references = [*(i for i in references if i != mail.in_reply_to), mail.in_reply_to]
    if references:
        fields.append(("References", " ".join(references[-30:])))
    if mail.automatic:
        fields.append(("Auto-Submitted", "auto-generated"))
    if mail.to_owner:
        domain = wire_address(mail.sender.addr).rpartition("@")[2]
        fields += [("X-Auto-Response-Suppress", "All"), ("List-Id", f"{_LIST_NAME} <{_LIST_NAME}.{domain}>")]
    fields += [("X-Automator-Key", _encoded(mail.key, len("X-Automator-Key: ")))] if mail.key else []
    fields += [("X-Automator-Mac", _encoded(mail.mac, 0))] if mail.mac else []
    fields += [("Content-Language", mail.language)] if _LANGUAGE.fullmatch(mail.language) else []
    return fields


def _one_id(message_id: str) -> str:
    if not _MESSAGE_ID.fullmatch(message_id):
        raise PermanentError("a mail of ours has no usable Message-ID")
    return message_id


def _written(address: Address) -> str:
    name, addr = clean_line(address.name, 200), wire_address(address.addr)
    if not name:
        return addr
    if not name.isascii():
        return f"{_encoded(name, 6)} <{addr}>"
    return f"{name} <{addr}>" if _PLAIN_NAME.fullmatch(name) else f'"{quote(name)}" <{addr}>'


def _encoded(text: str, used: int) -> str:
    """Unstructured text: as it is where it is plain ASCII, else as encoded words (RFC 2047)."""
    line = clean_line(text, 500)
    if line.isascii() and "=?" not in line:
        return line
    return Header(line, Charset("utf-8"), maxlinelen=75).encode(maxlinelen=75 - used).replace("\n", "")


def _folded(name: str, value: str) -> str:
    """One header field, folded at blanks before the 78th sign."""
    lines, line = [], f"{name}:"
    for word in value.split(" "):
        if len(line) + 1 + len(word) > 78 and line.strip() and line != f"{name}:":
            lines.append(line)
            line = ""
        line = f"{line} {word}"
    return "\r\n".join([*lines, line]) + "\r\n"


def _body(mail: OutgoingMail) -> MIMEBase:
    text = _text(mail.text, "plain")
    readable: MIMEBase = text
    seed = hashlib.sha256(mail.message_id.encode()).hexdigest()[:24]
    if mail.html:
        readable = both = MIMEMultipart("alternative", boundary=f"=_a{seed}")
        _inside(both, text)
        _inside(both, _text(mail.html, "html"))
    if not mail.attachments:
        return readable
    mixed = MIMEMultipart("mixed", boundary=f"=_m{seed}")
    for part in (readable, *map(_attached, mail.attachments)):
        _inside(mixed, part)
    return mixed


def _inside(outer: MIMEMultipart, part: MIMEBase) -> None:
    del part["MIME-Version"]  # said once, for the whole
    outer.attach(part)


def _text(text: str, kind: str) -> MIMEText:
    charset = Charset("utf-8")
    charset.body_encoding = QP
    kept = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace").decode()
    return MIMEText(kept if kept.endswith("\n") else f"{kept}\n", kind, _charset=charset)  # type: ignore[arg-type] # typeshed knows names only


def _attached(attachment: Attachment) -> MIMEBase:
    if attachment.content is None:
        raise PermanentError(f"the attachment {attachment.part} was not read")
    kind, _, subtype = attachment.content_type.partition("/")
    if kind in {"multipart", "message"} or not re.fullmatch(r"[a-z]+/[a-z0-9.+-]{1,100}", attachment.content_type):
        kind, subtype = "application", "octet-stream"
    part = MIMEBase(kind, subtype)
    encoded = base64.encodebytes(attachment.content).decode("ascii")
    part.set_payload(encoded)
    part["Content-Transfer-Encoding"] = "base64"
    name = clean_line(attachment.filename, 150).replace('"', "'").replace("\\", "_") or "document"
    part.add_header("Content-Disposition", "attachment", filename=name if name.isascii() else ("utf-8", "", name))
    return part


def _check(content: bytes, expected: list[str]) -> None:
    head, _, _ = content.partition(b"\r\n\r\n")
    if re.search(rb"[\x00]|\r(?!\n)|(?<!\r)\n", content) or any(len(line) > 998 for line in content.split(b"\r\n")):
        raise PermanentError("a mail of ours would break the rules of the wire: it is not sent")
    names = [name for name, _ in read_headers(head, len(head) + 1).fields]
    if [name for name in names if name not in _MIME_HEADERS] != expected:
        raise PermanentError("a mail of ours would carry a header that nobody meant: it is not sent")
