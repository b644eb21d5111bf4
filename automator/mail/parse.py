"""From what a source read to a Message. Whatever the mail is, this does not raise."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from automator.mail.addresses import addresses, message_id_of, message_ids, sender_of
from automator.mail.auth import authenticate
from automator.mail.clean import clean, clean_line, text_hash
from automator.mail.headers import Headers, decode_bytes, file_name, line_value, read_date, read_headers
from automator.mail.message import Address, Attachment, Fetched, Message, MessageRef, RawPart
from automator.mail.mime import Caps, decoded, open_whole
from automator.mail.quotes import split
from automator.mail.text import html_to_text, language

__all__ = ["Caps", "parse"]

_KEPT = frozenset(
    {
        "authentication-results",
        "auto-submitted",
        "content-language",
        "content-type",
        "date",
        "delivered-to",
        "feedback-id",
        "importance",
        "list-archive",
        "list-help",
        "list-id",
        "list-owner",
        "list-post",
        "list-subscribe",
        "list-unsubscribe",
        "mailing-list",
        "precedence",
        "priority",
        "return-path",
        "sender",
        "x-auto-response-suppress",
        "x-automator-key",
        "x-automator-mac",
        "x-autoreply",
        "x-autorespond",
        "x-autorespond-to",
        "x-beenthere",
        "x-failed-recipients",
        "x-loop",
        "x-mailer",
        "x-mailing-list",
        "x-original-to",
        "x-priority",
        "x-spam-flag",
    }
)
_NOISE = frozenset({"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"})
_REPORTED = frozenset({"message/delivery-status", "message/disposition-notification", "text/rfc822-headers"})
_TOLERANCE = timedelta(days=2)
_MESSAGE_DEPTH = 3
_WORD = re.compile(r"\w{3,}")
_NOWHERE = MessageRef("", "", 0, 0)
_EPOCH = datetime(9000, 1, 1, tzinfo=UTC)


def parse(fetched: Fetched, *, authserv_id: str = "", caps: Caps = Caps()) -> Message:  # noqa: B008 - frozen default
    """The message that `fetched` holds. Pure; never raises; what was wrong with the mail stands in `defects`.

    `authserv_id` names the server whose Authentication-Results are believed ("" = none). Takes time proportional to
    the size of the mail, within `caps`.
    """
    try:
        return _parse(fetched, authserv_id, caps, 0)
    except Exception:  # noqa: BLE001 - the promise of this function; the envelope is kept so that the mail is shown
        return _bare(fetched)


def _parse(fetched: Fetched, authserv_id: str, caps: Caps, depth: int) -> Message:
    if fetched.whole is not None:
        header, parts, defects = open_whole(fetched.whole, caps)
    else:
        header, parts, defects = fetched.header, fetched.parts[: caps.parts], set[str]()
        if len(fetched.parts) > caps.parts:
            defects.add("too_many_parts")
    headers = read_headers(header, caps.header)
    body = Body(parts, caps, depth, defects)
    subject = line_value(headers.first("subject"), 500, caps.words)
    text = clean(body.text, caps.text)
    pieces = split(text, subject)
    report = headers.first("content-type").strip().lower().startswith("multipart/report")
    new_text = pieces.new if report else _joined(pieces.new, body.passed_on)
    date = read_date(headers.first("date"))
    sender = _sender(headers)
    message_id = message_id_of(headers.first("message-id"))
    if headers.first("subject").count("=?") > caps.words:
        defects.add("too_many_words")
    replied = message_ids(headers.first("in-reply-to"))
    return Message(
        ref=fetched.ref,
        identity=_identity(message_id, sender, headers.first("date"), subject, text),
        message_id=message_id,
        in_reply_to=replied[0] if replied else "",
        references=message_ids(headers.first("references")),
        date=_sensible(date, fetched.arrived, defects) if date else None,
        arrived=fetched.arrived,
        sender=sender,
        reply_to=next(iter(addresses(headers.first("reply-to"))), None),
        to=_people(headers, "to"),
        cc=_people(headers, "cc"),
        subject=subject,
        text=text,
        new_text=new_text,
        quoted=pieces.quoted,
        language=language(f"{subject}\n{new_text or text}"),
        attachments=body.attachments,
        headers=_kept(headers),
        authentication=authenticate(headers.all("authentication-results"), sender, authserv_id),
        flags=fetched.flags,
        keywords=fetched.keywords,
        role=fetched.role,
        size=fetched.size or len(fetched.whole or b""),
        defects=tuple(sorted(defects)),
    )


class Body:
    """Reads the leaves of a mail: its text, its attachments, and the text of mails that lie inside it."""

    def __init__(self, parts: Sequence[RawPart], caps: Caps, depth: int, defects: set[str]) -> None:
        self._caps, self._depth, self._defects = caps, depth, defects
        texts = [part for part in parts if _is_text(part)]
        self.text = "\n\n".join(t for t in self._texts(texts) if t)
        self.passed_on = ""
        self.attachments = tuple(
            self._attachment(p) for p in parts if not _is_text(p) and p.content_type not in _NOISE
        )

    def _texts(self, parts: Sequence[RawPart]) -> Iterable[str]:
        read = [(part, self._readable(part)) for part in parts if part.body is not None]
        plain = [(part, text) for part, text in read if part.content_type != "text/html"]
        dropped: set[str] = set()
        for part, text in read:
            if part.content_type == "text/html":
                for other, twin in plain:
                    if _parent(part.number).startswith(_parent(other.number)):
                        dropped.add(_worse(other, twin, part, text))
        return [text for part, text in read if part.number not in dropped]

    def _readable(self, part: RawPart) -> str:
        text, good = decode_bytes(decoded(part)[: self._caps.text * 4], part.charset)
        if not good:
            self._defects.add("bad_charset")
        return html_to_text(text) if part.content_type == "text/html" else clean(text, self._caps.text)

    def _attachment(self, part: RawPart) -> Attachment:
        content = None if part.body is None else decoded(part)
        name, text = file_name(part.filename), ""
        if content is not None and part.content_type == "message/rfc822":
            subject, text = self._inner(content)
            name = name or f"{subject or 'message'}.eml"
        elif content is not None and (part.content_type.startswith("text/") or part.content_type in _REPORTED):
            text = self._readable(part)[: self._caps.attachment_text]
        size = part.size if content is None else len(content)
        return Attachment(part.number, name, clean_line(part.content_type, 100), size, content, text)

    def _inner(self, content: bytes) -> tuple[str, str]:
        """Subject and readable text of a mail inside the mail; its words count as passed on."""
        if self._depth >= _MESSAGE_DEPTH:
            self._defects.add("too_deep")
            return "", ""
        outer = Fetched(ref=_NOWHERE, arrived=_EPOCH, size=len(content), whole=content)
        inner = _parse(outer, "", self._caps, self._depth + 1)
        self._defects.update(inner.defects)
        self.passed_on = _joined(self.passed_on, inner.new_text)
        head = [f"From: {inner.sender.name} <{inner.sender.addr}>", f"Subject: {inner.subject}"]
        if inner.date:
            head.append(f"Date: {inner.date.isoformat()}")
        if inner.message_id:
            head.append(f"Message-ID: {inner.message_id}")
        return inner.subject, ("\n".join(head) + "\n\n" + inner.text)[: self._caps.attachment_text]


def _is_text(part: RawPart) -> bool:
    plain = part.content_type in {"text/plain", "text/html"}
    return plain and part.disposition != "attachment" and not part.filename


def _parent(number: str) -> str:
    return number[: number.rfind(".") + 1]


def _worse(plain: RawPart, plain_text: str, html: RawPart, html_text: str) -> str:
    """Which of two texts of one mail says less, by part number; "" when they are not the same text twice.

    1. Neighbours, or texts of mostly the same words, are two versions: the HTML counts when it says far more ("your
    program shows no HTML"). 2. Others are texts of their own.
    """
    if not plain_text or not html_text:
        return plain.number if not plain_text else html.number
    words, others = _WORD.findall(plain_text.lower()), _WORD.findall(html_text.lower())
    seen = set(others)
    if _neighbours(plain.number, html.number) or sum(word in seen for word in words) >= len(words) * 0.6:
        return plain.number if len(others) > 2 * len(words) + 20 else html.number
    return ""


def _neighbours(plain: str, html: str) -> bool:
    """ "1.1" and "1.2", or "1.1" and "1.2.1" where pictures go with the HTML."""
    parent, _, last = plain.rpartition(".")
    if not last.isdigit():
        return False
    after = f"{parent}.{int(last) + 1}" if parent else str(int(last) + 1)
    return html == after or html.startswith(f"{after}.")


def _joined(first: str, second: str) -> str:
    return "\n\n".join(part for part in (first, second) if part)


def _sender(headers: Headers) -> Address:
    """From; where that is missing, Sender or Return-Path."""
    found = sender_of(headers.first("from"))
    if found.addr or found.name:
        return found
    return next((a for name in ("sender", "return-path") for a in addresses(headers.first(name))), found)


def _people(headers: Headers, name: str) -> tuple[Address, ...]:
    return tuple(dict.fromkeys(a for raw in headers.all(name)[:5] for a in addresses(raw)))


def _kept(headers: Headers) -> dict[str, str]:
    """The headers that rules and cues read, the topmost of each name."""
    kept: dict[str, str] = {}
    for name, value in headers.fields:
        if name in _KEPT and name not in kept:
            kept[name] = line_value(value, 1_000)
    return kept


def _sensible(date: datetime, arrived: datetime, defects: set[str]) -> datetime | None:
    """A date that lies in the future of the receipt says nothing (reliability S52)."""
    if date > arrived + _TOLERANCE:
        defects.add("absurd_date")
        return None
    return date


def _identity(message_id: str, sender: Address, date: str, subject: str, text: str) -> str:
    """The same in every mailbox and after every move; another content under the same Message-ID is another mail."""
    content = "\0".join((sender.addr, clean_line(date, 100), subject, text_hash(text)))
    return f"{message_id}{hashlib.sha256(content.encode('utf-8', 'replace')).hexdigest()[:32]}"


def _bare(fetched: Fetched) -> Message:
    """What is left of a mail that cannot be read at all: that it is there."""
    data = fetched.whole if fetched.whole is not None else fetched.header
    return Message(
        ref=fetched.ref,
        identity=hashlib.sha256(data[:1_000_000]).hexdigest()[:32],
        message_id="",
        in_reply_to="",
        references=(),
        date=None,
        arrived=fetched.arrived,
        sender=Address(""),
        reply_to=None,
        to=(),
        cc=(),
        subject="",
        text="",
        new_text="",
        flags=fetched.flags,
        keywords=fetched.keywords,
        role=fetched.role,
        size=fetched.size,
        defects=("unreadable",),
    )
