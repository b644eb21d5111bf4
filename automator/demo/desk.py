"""The owner's side of the sample mailbox: mail arrives, she writes from her own program, she reads her digest."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, Self

from automator.demo.office import OfficeMail

FOLDERS = ("Sent", "Drafts", "Archive")
_DIGEST = "<digest."


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest as it lies in the mailbox."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A mail that waits in Drafts for the owner."""

    to: str
    subject: str
    text: str


class Desk:
    """One plain IMAP connection to the sample server; `with Desk(...) as desk:`. For loopback only."""

    def __init__(self, host: str, port: int, user: str, password: str) -> None:
        self._where, self._who = (host, port), (user, password)
        self._client: Any = None

    def __enter__(self) -> Self:
        from imapclient import IMAPClient

        self._client = IMAPClient(self._where[0], self._where[1], ssl=False, timeout=30)
        self._client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else each APPEND waits 40 ms
        self._client.login(*self._who)
        for folder in FOLDERS:
            if not self._client.folder_exists(folder):
                self._client.create_folder(folder)
        return self

    def __exit__(self, *error: object) -> None:
        self._client.logout()

    def deliver(self, mail: OfficeMail) -> None:
        """A mail reaches its mailbox, received at the moment that the office says."""
        flags = [b"\\Seen"] if mail.mailbox == "Sent" else []
        self._client.append(mail.mailbox, mail.to_bytes(), flags, mail.at)

    def digests(self) -> list[Digest]:
        """The digests in INBOX, oldest first."""
        found = self._all("INBOX", ["HEADER", "Message-ID", _DIGEST])
        return [Digest(str(m["Subject"]), _body(m, "plain"), _body(m, "html")) for m in found]

    def drafts(self) -> list[Draft]:
        """What waits in Drafts, oldest first."""
        return [Draft(str(m["To"] or ""), str(m["Subject"] or ""), _body(m, "plain")) for m in self._all("Drafts")]

    def _all(self, folder: str, criteria: Sequence[str] = ("ALL",)) -> list[EmailMessage]:
        self._client.select_folder(folder, readonly=True)
        uids = self._client.search(list(criteria))
        raw = self._client.fetch(uids, ["BODY.PEEK[]"]) if uids else {}
        parsed = [message_from_bytes(raw[uid][b"BODY[]"], policy=policy.default) for uid in sorted(raw)]
        return [m for m in parsed if isinstance(m, EmailMessage)]


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part is not None else ""
