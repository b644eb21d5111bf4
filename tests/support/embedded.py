"""The demo's embedded server for tests: started once a session, emptied before each test."""

from __future__ import annotations

from imapclient import IMAPClient

from automator.demo.server import HOST, EmbeddedServer


def client(server: EmbeddedServer) -> IMAPClient:
    """A plain IMAP client, logged in."""
    link = IMAPClient(HOST, server.imap_port, ssl=False, timeout=10)
    link.login(server.user, server.password)
    return link


def empty(link: IMAPClient) -> None:
    """No mail in INBOX, no folder but new ones called Sent and Drafts."""
    for _, _, name in link.list_folders():
        if name != "INBOX":
            link.delete_folder(name)
    link.select_folder("INBOX")
    link.delete_messages(link.search("ALL"))
    link.expunge()
    for name in ("Sent", "Drafts"):
        link.create_folder(name)
