"""Dovecot accounts for the IMAP tests: a fresh user each, and a second client."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

from imapclient import IMAPClient

from automator.ports import Batch, MailSource
from automator.sources.imap import Options
from tests.support.dovecot import Dovecot

USERS = {f"user{n}": "secret" for n in range(200)} | {"rene": "clé à molette"}
_numbers = itertools.count()


@dataclass(frozen=True, slots=True)
class Account:
    """A user of a server; `link` is the second client."""

    server: Dovecot
    user: str
    link: IMAPClient

    def options(self, **changes: Any) -> Options:
        """To read it over plain loopback; `changes` override."""
        values = {
            "host": "127.0.0.1",
            "port": self.server.port,
            "tls": "none",
            "user": self.user,
            "password": "secret",
        }
        return Options(**(values | changes))

    def delete(self, folder: str, uids: list[int]) -> None:
        self.link.select_folder(folder)
        self.link.delete_messages(uids)
        self.link.expunge()


def account(server: Dovecot) -> Account:
    """The next unused user, logged in by the second client."""
    user = f"user{next(_numbers)}"
    link = IMAPClient("127.0.0.1", server.port, ssl=False, timeout=10)
    link.login(user, "secret")
    return Account(server, user, link)


def drain(source: MailSource, cursor: str | None) -> tuple[list[Batch], str | None]:
    """All batches and the last cursor."""
    batches = list(source.fetch(cursor))
    return batches, batches[-1].cursor if batches else cursor


def uids(batches: list[Batch]) -> list[tuple[str, int]]:
    """Mailbox and UID of each message, in order."""
    return [(m.ref.mailbox, m.ref.uid) for b in batches for m in b.messages]
