"""Mails that could not be delivered, as mail servers report them (RFC 3464), and reports that only look alike."""

from __future__ import annotations

import re
from dataclasses import dataclass

from automator.mail.message import Message

_SENDER = re.compile(
    r"^(?:mailer-daemon|mail-daemon|postmaster|mailerdaemon|bounces?|double-bounce|microsoftexchange\w*)(?:[-+_.\d].*)?$",
    re.I,
)
_SUBJECT = re.compile(
    r"undeliver|delivery (?:status notification|failure|has failed|failed)|returned mail|mail delivery (?:failed|system)|failure notice|"
    r"message not delivered|could not be delivered|non remis|remise impossible|non[- ]distribu|échec de (?:la )?(?:remise|distribution)|"
    r"impossible de (?:remettre|distribuer)|n'a pas pu être (?:remis|distribué|délivré)|unzustellbar|non recapitabile|no entregado|onbestelbaar",
    re.I,
)
_LATER = re.compile(
    r"delay|warning|still being retried|retard|différé|verzögert|temporar|try again later|will keep trying", re.I
)
_FINAL = re.compile(
    r"^(?:final|original)-recipient[ \t]*:[ \t]*(?:[\w-]+[ \t]*;)?[ \t]*<?([^\s<>;]+@[^\s<>;]+?)>?[ \t]*$",
    re.I | re.M,
)
_ACTION = re.compile(r"^action[ \t]*:[ \t]*([\w-]+)", re.I | re.M)
_ID = re.compile(r"^[ \t>]*message-id[ \t]*:\s*(<[^<>\s]{3,900}>)", re.I | re.M)
_ADDR = re.compile(r"[\w.+'=-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_COPY = re.compile(
    r"^[-_ *]*(?:.{0,40}(?:copy of|copie du|copie de|original message|message d'origine|forwarded message|below this line)|"
    r"extrait du message|(?:informations? de )?diagnosti|received\s*:|return-path\s*:|(?:from|de)\s*:)",
    re.I | re.M,
)
_MOST = 50


@dataclass(frozen=True, slots=True)
class Bounce:
    """The addresses that did not get it (lower case), and the Message-ID of what was not delivered ("" = not said)."""

    addresses: tuple[str, ...]
    original_id: str = ""


def bounce(message: Message) -> Bounce | None:
    """What a failure report says; None for any other mail, also for one that only tells of a delay.

    1. A report with delivery-status blocks (RFC 3464) speaks for itself: recipients with Action failed.
    2. Else a mail of a mail system with a subject that says so: X-Failed-Recipients, or the addresses in its text.
    """
    if message.role != "received":
        return None
    statuses = [a.text for a in message.attachments if a.content_type == "message/delivery-status" and a.text]
    if statuses:
        failed = _failed("\n\n".join(statuses))
        return Bounce(failed, _original(message)) if failed else None
    return _look_alike(message)


def _failed(status: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for block in re.split(r"\n\s*\n", status.replace("\r\n", "\n")):
        action = _ACTION.search(block)
        if action and action[1].lower() == "failed":
            addresses = _FINAL.findall(block)
            found.update(dict.fromkeys(a.lower() for a in addresses[:2]))
    return tuple(found)[:_MOST]


def _look_alike(message: Message) -> Bounce | None:
    system = _SENDER.match(message.sender.addr.rpartition("@")[0]) or message.headers.get("return-path", "") == "<>"
    if not system or not _SUBJECT.search(message.subject) or _LATER.search(message.subject):
        return None
    named = message.headers.get("x-failed-recipients", "")
    own = {message.sender.addr, *(a.addr for a in message.to)}
    addresses = _ADDR.findall(named) or [a for a in _named_in_text(message) if a.lower() not in own]
    found = tuple(dict.fromkeys(a.lower().strip(".'") for a in addresses))[:_MOST]
    original = _original(message)
    return Bounce(found, original) if found or original else None


def _named_in_text(message: Message) -> list[str]:
    """Addresses above the copy of the original mail: below it everybody is named."""
    return _ADDR.findall(_COPY.split(message.text[:20_000], maxsplit=1)[0])


def _original(message: Message) -> str:
    inside = [a.text for a in message.attachments if a.content_type in {"text/rfc822-headers", "message/rfc822"}]
    for text in (*inside, message.text[:100_000]):
        found = _ID.search(text)
        if found:
            return found[1]
    return message.in_reply_to or (message.references[-1] if message.references else "")
