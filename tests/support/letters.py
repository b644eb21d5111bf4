"""Small real mails for tests of sources and of writers."""

from __future__ import annotations

from email.message import EmailMessage

PDF = b"%PDF-1.4\n" + b"facture " * 4000


def letter(number: int, *, text: str = "Bonjour, où en est notre facture ?", attach: bool = False) -> bytes:
    """A mail with Message-ID <number@client.example>, with headers as long as real ones."""
    mail = EmailMessage()
    mail["Received"] = f"from relay{number}.client.example by mx.dupont.example; Tue, 24 Nov 2026 10:00:00 +0100"
    mail["DKIM-Signature"] = "v=1; a=rsa-sha256; d=client.example; s=k1; b=" + "A" * 300
    mail["From"] = "Claire Client <claire@client.example>"
    mail["To"] = "alice@dupont.example"
    mail["Subject"] = f"Facture n°{number}"
    mail["Date"] = "Tue, 24 Nov 2026 10:00:00 +0100"
    mail["Message-ID"] = message_id(number)
    mail.set_content(text)
    if attach:
        mail.add_attachment(PDF, maintype="application", subtype="pdf", filename="facturé.pdf")
    return mail.as_bytes()


def message_id(number: int) -> str:
    """Of `letter(number)`."""
    return f"<{number}@client.example>"


def alternative(number: int, plain: str, html: str) -> bytes:
    """A mail with a text and its HTML twin."""
    mail = EmailMessage()
    mail["From"], mail["To"] = "claire@client.example", "alice@dupont.example"
    mail["Message-ID"] = message_id(number)
    mail.set_content(plain)
    mail.add_alternative(html, subtype="html")
    return mail.as_bytes()
