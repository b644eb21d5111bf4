"""The tools of an action on real things: a Maildir, an SMTP sink, a database."""

from __future__ import annotations

import mailbox
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel

from automator.clock import FixedClock
from automator.followup.ladder import ObjectRef
from automator.mail.message import Address, Message
from automator.mail.parse import parse
from automator.ports import Case, MailboxWriter, MailSender, Tools
from automator.rulebook.plan import Autonomy, Intent
from automator.senders.smtp import Options as SmtpOptions
from automator.senders.smtp import build as smtp
from automator.sources import maildir
from automator.store.db import Database
from automator.store.notes import StoredNotebook, open_notes
from automator.store.records import StoredNote
from automator.words import Words
from tests.support.smtp import SmtpSink

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
KEY = b"k" * 32
OWNER = Address("claire@dupont.example", "Claire Durand")
OFFICE = Address("contact@dupont.example", "Menuiserie Dupont")
CLIENT = Address("compta@petit.example", "Garage Petit")


@dataclass
class Desk:
    """One account "bureau" in a Maildir below `folder`; `templates` are the owner's."""

    folder: Path
    templates: dict[str, str] = field(default_factory=dict)
    sink: SmtpSink | None = None
    writer: MailboxWriter | None = None

    def __post_init__(self) -> None:
        self.mail = self.folder / "mail"
        for name in ("", "Sent", "Drafts"):
            mailbox.Maildir(self.mail / f".{name}" if name else self.mail, create=True)
        options = maildir.Options(path=self.mail)
        self.source = maildir.build("bureau", options)
        self.own_writer = maildir.writer("bureau", options)
        self.db = Database.open(self.folder / "test.db")

    def close(self) -> None:
        self.db.close()

    @property
    def tools(self) -> Tools:
        sender: MailSender | None = None
        if self.sink is not None:
            sender = smtp(SmtpOptions(host="127.0.0.1", port=self.sink.port, tls="none", timeout=5))
        return Tools(
            writer=lambda account: self.writer or self.own_writer,
            sender=sender,
            part=self.source.part,
            notebook=StoredNotebook(self.db, FixedClock(NOW)),
            templates=self.templates,
            owner=OWNER,
            identities={"bureau": OFFICE},
            key=KEY,
            words=Words("fr"),
            filing_root=self.folder / "filed",
            signature="Claire Durand",
            own_addresses=frozenset({OWNER.addr, OFFICE.addr}),
        )

    def put(self, content: bytes, folder: str = "INBOX") -> Message:
        """Deliver a mail; the message as the source then reads it."""
        mailbox.Maildir(self.mail if folder == "INBOX" else self.mail / f".{folder}").add(content)
        return self.messages(folder)[-1]

    def messages(self, folder: str) -> list[Message]:
        found = [m for batch in self.source.fetch(None) for m in batch.messages]
        return [parse(m) for m in found if m.ref.mailbox == folder]

    def notes(self) -> list[StoredNote]:
        with self.db.transaction() as tx:
            return open_notes(tx, NOW)


def intent(action: str, params: BaseModel, autonomy: Autonomy = Autonomy.DRAFT) -> Intent:
    """An intent of rule "relance" on invoice 12."""
    return Intent(
        key="relance/invoice:12/step-1/",
        object=ObjectRef("invoice", "12"),
        account="bureau",
        action=action,
        params=params,
        not_before=NOW,
        autonomy=autonomy,
        rule="relance",
        rule_version="1",
        why="la facture est échue depuis 7 jours",
    )


def case(message: Message | None = None, **more: object) -> Case:
    """The case of an unpaid invoice, on `message` when it is a mail in the box."""
    fields: dict[str, object] = {
        "object": ObjectRef("invoice", "12"),
        "account": "bureau",
        "recipient": CLIENT,
        "values": {"number": "F-118", "client": "Garage Petit", "amount": "1 900,00 €", "due_date": "1er octobre"},
    }
    if message is not None:
        fields |= {
            "subject": message.subject,
            "ref": message.ref,
            "message_id": message.message_id,
            "references": (message.message_id,),
            "attachments": message.attachments,
        }
    return Case(**(fields | more))  # type: ignore[arg-type] # fields by name
