"""The text of a mail to somebody else: chosen by language, filled, signed, and put into its conversation. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from automator.errors import PermanentError
from automator.mail.clean import clean
from automator.mail.compose import message_id, signed
from automator.mail.message import Address, Attachment, OutgoingMail
from automator.mail.template import parse_template, render
from automator.mail.thread import reply_subject


@dataclass(frozen=True, slots=True)
class Thread:
    """The mail that is answered: its subject, Message-ID and the ones before it; empty = a new conversation."""

    subject: str = ""
    message_id: str = ""
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Letter:
    """All that a letter is made of. `values` fill the placeholders, `key` is the outbox key, `at` its date (aware).

    `automatic`: nobody looked at it before it leaves (RFC 3834).
    """

    template: str
    sender: Address
    to: Address
    key: str
    at: datetime
    values: Mapping[str, str] = field(default_factory=dict)
    thread: Thread = Thread()
    language: str = "fr"
    signature: str = ""
    automatic: bool = False
    attachments: tuple[Attachment, ...] = ()


def pick(templates: Mapping[str, str], name: str, language: str) -> tuple[str, str]:
    """The text of template `name` and its language: `name.language`, else `name`, else any language there is."""
    order = (f"{name}.{language}", name, f"{name}.fr", f"{name}.en")
    found = next((n for n in order if n in templates), None)
    if found is None:
        raise PermanentError(f'there is no template "{name}": put {name}.{language}.txt into the templates folder')
    return templates[found], found.removeprefix(name).lstrip(".") or language


def write(letter: Letter, templates: Mapping[str, str], secret: bytes) -> OutgoingMail:
    """The finished mail, the same for the same letter.

    In a conversation the subject is "Re: ..." and In-Reply-To and References are set, so that every mail program
    shows it there; else the template's own subject. Raises MissingPlaceholder rather than leave a hole, and
    PermanentError without a template or a subject.
    """
    text, language = pick(templates, letter.template, letter.language)
    known = {"client": letter.to.shown, "to": letter.to.shown, "subject": letter.thread.subject}
    known |= {"owner": letter.sender.shown, "firm": letter.sender.shown}
    values = known | {name: value for name, value in letter.values.items() if value.strip()}
    subject, body = render(parse_template(text), values)
    if letter.thread.message_id and letter.thread.subject:
        subject = reply_subject(letter.thread.subject)
    if not subject:
        raise PermanentError(f'the template "{letter.template}" has no subject: begin it with "Objet: ..."')
    mail = OutgoingMail(
        message_id=message_id(secret, letter.key, letter.sender.domain),
        date=letter.at,
        sender=letter.sender,
        to=letter.to,
        subject=subject,
        text="\n\n".join(part for part in (body, clean(letter.signature)) if part),
        in_reply_to=letter.thread.message_id,
        references=letter.thread.references,
        key=letter.key,
        automatic=letter.automatic,
        language=language,
        attachments=letter.attachments,
    )
    return signed(secret, mail)
