"""A small firm on real servers: Dovecot for its mail, an SMTP sink for what leaves, an .ics file for its agenda."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.message import EmailMessage
from mailbox import Maildir, MaildirMessage
from pathlib import Path
from zoneinfo import ZoneInfo

from imapclient import IMAPClient

from automator import wiring
from automator.clock import FixedClock
from automator.config import load_config
from automator.jobs.cycle import Service

PARIS = ZoneInfo("Europe/Paris")
OWNER = "claire@durand.example"
PASSWORD = "secret-of-claire"
RULES = Path(__file__).parents[2] / "rules"

CONFIG = """
locale = "fr"
timezone = "Europe/Paris"
state_dir = "state"
rules_dir = "rules"
max_autonomy = "{autonomy}"
allow_send = {send}

[owner]
name = "Claire Durand"
addresses = ["{owner}"]
company_names = ["Menuiserie Durand"]
signature = "Claire Durand"

[[accounts]]
name = "bureau"
owner = true
address = "{owner}"
{source}

[[calendars]]
name = "agenda"
kind = "ics_file"
path = "agenda.ics"
write = true

[smtp]
host = "127.0.0.1"
port = {smtp}
tls = "none"
files_sent = {files_sent}
sent_delay = 0

[digest]
hour = "07:00"
"""


IMAP = """kind = "imap"
host = "127.0.0.1"
port = {imap}
tls = "none"
user = "{owner}"
password = {{ file = "password" }}"""
MAILDIR = """kind = "maildir"
path = "mail" """


class Firm:
    """The folder of a firm. `rules`: file name -> text; without any, the shipped ones are copied.

    `imap` is the port of its server; 0 = its mail lies in a Maildir beside the configuration. `extra` ends the
    configuration.
    """

    def __init__(
        self,
        folder: Path,
        *,
        smtp: int,
        imap: int = 0,
        rules: Mapping[str, str] | None = None,
        autonomy: str = "draft",
        send: bool = False,
        files_sent: bool = False,
        extra: str = "",
    ) -> None:
        self.folder, self.imap = folder, imap
        source = IMAP.format(imap=imap, owner=OWNER) if imap else MAILDIR
        values = {"autonomy": autonomy, "send": str(send).lower(), "owner": OWNER, "source": source, "smtp": smtp}
        if not imap:
            self.box = Maildir(folder / "mail")
        self.config = folder / "config.toml"
        text = CONFIG.format(**values, files_sent=str(files_sent).lower())
        self.config.write_text(f"{text}\n{extra}", encoding="utf-8")
        self.config.chmod(0o600)
        (folder / "password").write_text(PASSWORD, encoding="utf-8")
        (folder / "password").chmod(0o600)
        if rules is None:
            shutil.copytree(RULES, folder / "rules")
        else:
            shutil.copytree(RULES / "templates", folder / "rules" / "templates")
            for name, text in rules.items():
                (folder / "rules" / name).write_text(text, encoding="utf-8")

    def service(self, clock: FixedClock) -> Service:
        """The service of this firm at the moment of `clock`."""
        return wiring.build(load_config(self.config, environ={}), clock=clock)

    def client(self) -> IMAPClient:
        """The owner at his mailbox, with any mail program."""
        link = IMAPClient("127.0.0.1", self.imap, ssl=False, timeout=10)
        link.login(OWNER, PASSWORD)
        return link

    def arrive(self, mail: bytes, at: datetime, folder: str = "INBOX") -> None:
        """A mail comes in (or lies in `folder`) with this receipt time."""
        if not self.imap:
            self._lay(mail, at, folder)
            return
        with self.client() as link:
            link.append(folder, mail, msg_time=at)

    def _lay(self, mail: bytes, at: datetime, folder: str) -> None:
        box = self.box if folder == "INBOX" else self.box.add_folder(folder)
        message = MaildirMessage(mail)
        message.set_date(at.timestamp())
        box.add(message)

    def flags(self, folder: str = "INBOX") -> dict[str, frozenset[str]]:
        """Message-ID -> flags and keywords, as on the server."""
        with self.client() as link:
            link.select_folder(folder, readonly=True)
            uids = link.search()
            got = link.fetch(uids, ["FLAGS", "BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]"]) if uids else {}
        found = {}
        for data in got.values():
            header = data[b"BODY[HEADER.FIELDS (MESSAGE-ID)]"].decode().partition(":")[2].strip()
            found[header] = frozenset(f.decode() for f in data[b"FLAGS"] if f != b"\\Recent")
        return found

    def mails(self, folder: str) -> list[bytes]:
        """The raw mails of a folder."""
        with self.client() as link:
            if not link.folder_exists(folder):
                return []
            link.select_folder(folder, readonly=True)
            uids = link.search()
            return [d[b"BODY[]"] for d in link.fetch(uids, ["BODY.PEEK[]"]).values()] if uids else []


def letter(
    sender: str,
    to: str,
    subject: str,
    text: str,
    *,
    at: datetime,
    message_id: str,
    answers: Sequence[str] = (),
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """A plain mail as a person's mail program writes it."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"], mail["Message-ID"] = sender, to, subject, message_id
    mail["Date"] = at
    if answers:
        mail["In-Reply-To"], mail["References"] = answers[-1], " ".join(answers)
    for name, value in (headers or {}).items():
        mail[name] = value
    mail.set_content(text)
    return mail.as_bytes()


def paris(text: str) -> datetime:
    """ "2026-11-23 09:00" on the clock of Paris."""
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)
