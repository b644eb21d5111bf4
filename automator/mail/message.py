"""The nouns of mail: where a message lies, what the source read of it, and what the parser made of that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Role = Literal["received", "sent", "draft", "filed"]
_BYTES = {"ser_json_bytes": "base64", "val_json_bytes": "base64"}  # the store keeps these nouns as JSON


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox address (RFC 5322 3.4): `addr` in lower case, `name` decoded and cleaned, maybe ""."""

    addr: str
    name: str = ""

    @property
    def domain(self) -> str:
        return self.addr.rpartition("@")[2]

    @property
    def shown(self) -> str:
        """What a person calls them: the name, else the address."""
        return self.name or self.addr


@dataclass(frozen=True, slots=True)
class MessageRef:
    """Where a message lies: account, mailbox, UIDVALIDITY and UID (RFC 9051 2.3.1)."""

    account: str
    mailbox: str
    uidvalidity: int
    uid: int


@dataclass(frozen=True, slots=True)
class RawPart:
    """One leaf of the MIME tree as the source gives it, numbered as IMAP does ("1", "2.1").

    `body` is still transfer-encoded (`encoding`: base64, quoted-printable, 7bit ...), None when it was not read.
    `size` is in bytes, encoded. `filename` is raw: the parser decodes and cleans it.
    """

    __pydantic_config__ = _BYTES
    number: str
    content_type: str
    charset: str = ""
    encoding: str = "7bit"
    disposition: str = ""
    filename: str = ""
    size: int = 0
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """A message as a source read it, nothing interpreted.

    IMAP gives `header` + `parts` (text parts with a body, others without); Maildir and .eml files give `whole`.
    `arrived` is INTERNALDATE or the file's time, aware. `flags` are system flags ("\\\\Seen"), `keywords` the rest.
    `role` follows the mailbox (Sent -> sent, Drafts -> draft, a folder that teaches a category -> filed).
    """

    __pydantic_config__ = _BYTES
    ref: MessageRef
    arrived: datetime
    size: int
    header: bytes = b""
    parts: tuple[RawPart, ...] = ()
    whole: bytes | None = None
    flags: frozenset[str] = frozenset()
    keywords: frozenset[str] = frozenset()
    role: Role = "received"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part that is not the text of the mail. `text` and `content` are filled when somebody read it."""

    __pydantic_config__ = _BYTES
    part: str
    filename: str
    content_type: str
    size: int
    content: bytes | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Authentication:
    """What the receiving server says of the sender (RFC 8601), from the configured authserv-id only.

    `verified` is True when DMARC passed, or DKIM passed aligned with From; False when checked and failed;
    None when nothing trustworthy is said.
    """

    verified: bool | None = None
    spf: str = ""
    dkim: str = ""
    dmarc: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """A parsed mail. Every text is clean: no CR/LF in header values, no NUL, no bidi or zero-width signs.

    `text` is the whole readable text; `new_text` is what this sender wrote (quotes and signature off, the inner
    part of a forward opened); `quoted` is the rest. `date` is the Date header (None if absent or absurd),
    `arrived` the receipt time: order and age go by `arrived`. `identity` stays the same in every mailbox and
    after a UIDVALIDITY change. `language` is "fr", "en", "de", "es", "it", "nl", "pt" or "" when unsure.
    `headers` holds, lower case, the headers that the rules and cues read (list-id, auto-submitted, precedence,
    return-path, list-unsubscribe, x-automator-key, authentication-results ...), each value cleaned.
    `defects` names what was wrong with the mail ("bad_charset", "too_many_parts" ...).
    """

    ref: MessageRef
    identity: str
    message_id: str
    in_reply_to: str
    references: tuple[str, ...]
    date: datetime | None
    arrived: datetime
    sender: Address
    reply_to: Address | None
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    subject: str
    text: str
    new_text: str
    quoted: str = ""
    language: str = ""
    attachments: tuple[Attachment, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    authentication: Authentication = Authentication()
    flags: frozenset[str] = frozenset()
    keywords: frozenset[str] = frozenset()
    role: Role = "received"
    size: int = 0
    defects: tuple[str, ...] = ()

    @property
    def when(self) -> datetime:
        """The mail's own date in its own zone, else when it arrived."""
        return self.date or self.arrived


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """A mail of ours, one recipient each (reliability S20). Addresses come from config or the case, never from text.

    `automatic` writes `Auto-Submitted: auto-generated` (RFC 3834); `to_owner` adds X-Auto-Response-Suppress and
    List-Id. `key` goes into X-Automator-Key. `date` is aware. `message_id` is with angle brackets.
    `mac` goes into X-Automator-Mac (see mail/compose.py, `signed`).
    """

    message_id: str
    date: datetime
    sender: Address
    to: Address
    subject: str
    text: str
    html: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    key: str = ""
    automatic: bool = True
    to_owner: bool = False
    language: str = "fr"
    attachments: tuple[Attachment, ...] = ()
    mac: str = ""
