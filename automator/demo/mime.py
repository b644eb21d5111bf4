"""A mail of the sample office as real MIME: what a mail program would have written and a server received."""

from __future__ import annotations

from email.generator import BytesGenerator
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_DEFAULT
from email.utils import format_datetime, parseaddr
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from automator.demo.office import OfficeMail

# The standard library puts a blank too many into a subject that it folds beside an accent: lines stay whole.
SMTP = SMTP_DEFAULT.clone(max_line_length=900)
_DAYS = ("lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim.")
_MONTHS = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")


def mime(mail: OfficeMail, server: str) -> bytes:
    """The whole message in UTF-8 MIME, the same bytes each time."""
    message = _report(mail) if mail.report else _written(mail)
    _address(message, mail, server)
    for name, value in mail.headers.items():
        message[name] = value
    for number, part in enumerate(message.walk()):
        if part.is_multipart() and part.get_content_maintype() == "multipart":
            part.set_boundary(f"={sha256(f'{mail.id}/{number}'.encode()).hexdigest()[:24]}")
    out = BytesIO()
    BytesGenerator(out, policy=SMTP).flatten(message)
    return out.getvalue()


def _address(message: EmailMessage[Any, Any], mail: OfficeMail, server: str) -> None:
    domain = parseaddr(mail.sender)[1].rpartition("@")[2]
    if mail.mailbox == "INBOX":
        verdict = "pass" if mail.authenticated else "fail"
        message["Return-Path"] = "<>" if mail.report else f"<{parseaddr(mail.sender)[1]}>"
        message["Received"] = f"from smtp.{domain} by {server} with ESMTPS; {format_datetime(mail.at)}"
        message["Authentication-Results"] = (
            f"{server}; spf={verdict} smtp.mailfrom={domain}; dkim={verdict} header.d={domain}; dmarc={verdict} header.from={domain}"
        )
    message["From"] = _mailbox(mail.sender)
    message["To"] = _mailbox(mail.to)
    message["Subject"] = mail.subject
    message["Date"] = mail.at
    message["Message-ID"] = mail.message_id
    if mail.references:
        message["In-Reply-To"] = mail.references[-1]
        message["References"] = " ".join(mail.references)


def _mailbox(text: str) -> Address:
    name, address = parseaddr(text)
    return Address(name, addr_spec=address)


def _written(mail: OfficeMail) -> EmailMessage[Any, Any]:
    message: EmailMessage[Any, Any] = EmailMessage(policy=SMTP)
    message.set_content(_with_quote(mail))
    if mail.html:
        message.add_alternative(mail.html, subtype="html")
    if mail.invite:
        message.add_alternative(mail.invite.content.decode(), subtype="calendar", params={"method": "REQUEST"})
    for file in mail.attachments:
        main, _, sub = file.content_type.partition("/")
        message.add_attachment(file.content, maintype=main, subtype=sub, filename=file.name)
    return message


def _with_quote(mail: OfficeMail) -> str:
    parent = mail.parent
    if parent is None or not mail.quotes:
        return mail.text + "\n"
    when = f"{_DAYS[parent.at.weekday()]} {parent.at.day} {_MONTHS[parent.at.month - 1]} {parent.at:%Y à %H:%M}"
    quoted = "\n".join(f"> {line}".rstrip() for line in parent.text.splitlines())
    return f"{mail.text}\n\nLe {when}, {parent.sender} a écrit :\n\n{quoted}\n"


def _report(mail: OfficeMail) -> EmailMessage[Any, Any]:
    """A delivery status notification (RFC 3464) about a mail of ours."""
    failed, original = mail.report  # type: ignore[misc]  # only called with one
    message: EmailMessage[Any, Any] = EmailMessage(policy=SMTP)
    message.set_content(mail.text + "\n")
    message.make_mixed()
    message.set_param("report-type", "delivery-status")
    message.replace_header("Content-Type", message["Content-Type"].replace("multipart/mixed", "multipart/report"))
    host = parseaddr(mail.sender)[1].rpartition("@")[2]
    status = (
        f"Reporting-MTA: dns; {host}\r\n\r\nFinal-Recipient: rfc822; {failed}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    )
    part: EmailMessage[Any, Any] = EmailMessage(policy=SMTP)
    part["Content-Type"] = "message/delivery-status"
    part.set_payload([_block(block) for block in status.split("\r\n\r\n")])
    message.attach(part)
    message.attach(_original(original))
    return message


def _block(text: str) -> EmailMessage[Any, Any]:
    block: EmailMessage[Any, Any] = EmailMessage(policy=SMTP)
    for line in text.split("\r\n"):
        name, _, value = line.partition(": ")
        if name:
            block[name] = value
    return block


def _original(mail: OfficeMail) -> EmailMessage[Any, Any]:
    part: EmailMessage[Any, Any] = EmailMessage(policy=SMTP)
    part["Content-Type"] = "text/rfc822-headers"
    part.set_payload(f"Message-ID: {mail.message_id}\r\nTo: {parseaddr(mail.to)[1]}\r\n")
    return part
