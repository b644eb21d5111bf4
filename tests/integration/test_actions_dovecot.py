"""keyword, flag, move, archive and draft on a real IMAP server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from imapclient import IMAPClient

from automator.actions import archive, draft, flag, keyword, move
from automator.mail.message import MessageRef
from automator.sources import imap
from tests.support.dovecot import Dovecot
from tests.support.mails import raw
from tests.support.tools import NOW, Desk, case, intent

pytestmark = pytest.mark.dovecot

USER, PASSWORD = "contact@dupont.example", "secret"
TEMPLATES = {"relance.fr": "Objet: Facture {numero}\n\nBonjour, elle est échue."}


@pytest.fixture
def link() -> Iterator[IMAPClient]:
    """A second client of the account, as the owner's mail program."""
    with Dovecot({USER: PASSWORD}) as server:
        client = IMAPClient("127.0.0.1", server.port, ssl=False, timeout=10)
        client.login(USER, PASSWORD)
        client.port = server.port
        yield client
        client.logout()


@pytest.fixture
def desk(tmp_path: Path, link: IMAPClient) -> Iterator[Desk]:
    options = imap.Options(host="127.0.0.1", port=link.port, tls="none", user=USER, password=PASSWORD)
    made = Desk(tmp_path, TEMPLATES, writer=imap.writer("bureau", options))
    yield made
    made.close()


def put(link: IMAPClient) -> MessageRef:
    link.append("INBOX", raw())
    box = link.select_folder("INBOX", readonly=True)
    return MessageRef("bureau", "INBOX", int(box[b"UIDVALIDITY"]), int(link.search("ALL")[-1]))


def test_a_keyword_and_a_star_and_nothing_else(link: IMAPClient, desk: Desk) -> None:
    ref = put(link)
    for _ in range(2):
        keyword.build(desk.tools).perform(intent("keyword", keyword.Options(keyword="À payer")), case(ref=ref), NOW)
        flag.build(desk.tools).perform(intent("flag", flag.Options()), case(ref=ref), NOW)
    link.select_folder("INBOX", readonly=True)
    assert set(link.get_flags([ref.uid])[ref.uid]) - {b"\\Recent"} == {b"A_payer", b"\\Flagged"}


def test_into_a_new_folder_and_into_the_archive(link: IMAPClient, desk: Desk) -> None:
    first, second = put(link), put(link)
    move.build(desk.tools).perform(intent("move", move.Options(folder="Clients/Été")), case(ref=first), NOW)
    archive.build(desk.tools).perform(intent("archive", archive.Options()), case(ref=second), NOW)
    for folder, count in (("INBOX", 0), ("Clients/Été", 1), ("Archive", 1)):
        link.select_folder(folder, readonly=True)
        assert len(link.search("ALL")) == count


def test_a_draft_is_laid_once(link: IMAPClient, desk: Desk) -> None:
    wanted = intent("draft", draft.Options(template="relance"))
    for _ in range(2):
        draft.build(desk.tools).perform(wanted, case(), NOW)
    link.select_folder("Drafts", readonly=True)
    (uid,) = link.search("ALL")
    assert b"\\Draft" in link.get_flags([uid])[uid]
