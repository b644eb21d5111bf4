"""Mails for the tests of triage, by way of real MIME text and the parser."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage

from automator.billing.invoice import Identity
from automator.mail.message import Fetched, Message, MessageRef
from automator.mail.parse import parse

OWNER = Identity(addresses=frozenset({"contact@dupont.example"}), domains=frozenset({"dupont.example"}))
REQUEST = (
    "Bonjour,\n\nLa chaudière ne marche plus depuis ce matin et il fait 13 degrés. Pouvez-vous passer avant 18h ce soir ?\n"
    "Merci de me rappeler au 06 39 98 11 22.\n\nClaire Martin"
)
BILL = (
    "Bonjour,\n\nVeuillez trouver ci-joint notre facture F-2026-118 d'un montant de 1 286,40 € TTC, à régler avant le"
    " 24 décembre 2026 par virement.\nIBAN : FR76 9296 2910 3429 5381 1546 084\n\nComptabilité"
)


def raw(
    subject: str,
    text: str,
    *,
    sender: str = "Claire Martin <claire.martin@client.example>",
    to: str = "contact@dupont.example",
    date: str | None = "Tue, 24 Nov 2026 10:00:00 +0100",
    headers: dict[str, str] | None = None,
    attachments: tuple[tuple[str, str, bytes], ...] = (),
) -> bytes:
    """The bytes of a mail; attachments are (content type, file name, content)."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Message-ID"] = "<1@client.example>"
    if date:
        mail["Date"] = date
    for name, value in (headers or {}).items():
        mail[name] = value
    mail.set_content(text)
    for content_type, filename, content in attachments:
        main, _, sub = content_type.partition("/")
        mail.add_attachment(content, maintype=main, subtype=sub, filename=filename)
    return mail.as_bytes()


def message(subject: str, text: str, **more: object) -> Message:
    """The parsed mail of `raw` with the same arguments."""
    content = raw(subject, text, **more)  # type: ignore[arg-type]
    return parse(
        Fetched(MessageRef("a", "INBOX", 1, 1), datetime(2026, 11, 24, 9, tzinfo=UTC), len(content), whole=content)
    )
