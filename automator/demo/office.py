"""The sample office: an invented plumbing firm, six weeks of its mail, and ten working days around a public holiday.

The mails lie in `sample/*.toml`, written by hand. Times there are local (Europe/Paris).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parseaddr
from functools import cache
from importlib.resources import files
from typing import Any, Literal
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Paris")
SERVER = "mx.maurel-plomberie.example"
Mailbox = Literal["INBOX", "Sent"]
_SAMPLE = files("automator.demo") / "sample"
_KINDS = {"pdf": "application/pdf", "ics": "text/calendar"}


@dataclass(frozen=True, slots=True)
class Firm:
    """The firm and its people. `people` maps the short name used in the mails to "Name <address>"."""

    name: str
    owner: str
    siren: str
    vat: str
    iban: str
    signature: str
    people: dict[str, str]

    def person(self, short: str) -> str:
        """The full address of a short name; anything else is an address already."""
        return self.people.get(short, short)

    @property
    def address(self) -> str:
        """The owner's bare address."""
        return parseaddr(self.person(self.owner))[1]


@dataclass(frozen=True, slots=True)
class File:
    """A file that goes with a mail."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class OfficeMail:
    """One mail of the office. `at` is aware; `parent` is the mail it answers; `text` is what its author wrote.

    `authenticated` is what the receiving server says of the sender. `report` makes it a bounce: the address that
    failed and the mail that was for it.
    """

    id: str
    at: datetime
    sender: str
    to: str
    subject: str
    text: str
    mailbox: Mailbox
    html: str = ""
    parent: OfficeMail | None = None
    quotes: bool = False
    headers: dict[str, str] = field(default_factory=dict)
    attachments: tuple[File, ...] = ()
    invite: File | None = None
    authenticated: bool = True
    report: tuple[str, OfficeMail] | None = None

    @property
    def message_id(self) -> str:
        domain = parseaddr(self.sender)[1].rpartition("@")[2]
        return f"<{self.id}.{self.at:%Y%m%d%H%M}@{domain}>"

    @property
    def references(self) -> tuple[str, ...]:
        """Message-IDs of the thread so far, oldest first."""
        return (*self.parent.references, self.parent.message_id) if self.parent else ()

    def to_bytes(self) -> bytes:
        """The mail as it lies on the server; always the same bytes."""
        from automator.demo.mime import mime

        return mime(self, SERVER)


@dataclass(frozen=True, slots=True)
class Act:
    """What the owner does at a moment: bills she marks as paid (by number), mails she is done with (by id), an
    invitation she accepts (the name of its file)."""

    at: datetime
    paid: tuple[str, ...] = ()
    done: tuple[str, ...] = ()
    accept: str = ""


@cache
def firm() -> Firm:
    """The firm itself."""
    data = _toml("firm.toml")
    known = {name: data["firm"][name] for name in ("name", "owner", "siren", "vat", "iban", "signature")}
    return Firm(**known, people=data["people"])


@cache
def mails() -> tuple[OfficeMail, ...]:
    """Every mail, by time."""
    rows = [row for name in ("1-history", "2-first-week", "3-second-week") for row in _toml(f"{name}.toml")["mail"]]
    made: dict[str, OfficeMail] = {}
    for row in sorted(rows, key=lambda row: row["at"]):
        made[row["id"]] = _mail(row, made)
    return tuple(made.values())


@cache
def acts() -> tuple[Act, ...]:
    """What the owner does by other means than mail, by time."""
    rows = sorted(_toml("acts.toml")["act"], key=lambda row: row["at"])
    return tuple(
        Act(
            row["at"].replace(tzinfo=ZONE),
            tuple(row.get("paid", ())),
            tuple(row.get("done", ())),
            row.get("accept", ""),
        )
        for row in rows
    )


def mail(name: str) -> OfficeMail:
    """The mail of this id; KeyError when there is none."""
    return {found.id: found for found in mails()}[name]


def agenda() -> bytes:
    """The firm's calendar as it is on the first day."""
    return sample("bureau.ics")


def with_entry(calendar: bytes, invitation: bytes) -> bytes:
    """The calendar after the owner accepted an invitation: its VEVENT is added, the rest stays as it is."""
    begin, end = invitation.index(b"BEGIN:VEVENT"), invitation.index(b"END:VCALENDAR")
    head, mark, tail = calendar.rpartition(b"END:VCALENDAR")
    return head + invitation[begin:end] + mark + tail


def invoices_csv() -> bytes:
    """The invoices that the firm issued, as its invoicing program exports them."""
    return sample("factures-emises.csv")


def sample(name: str) -> bytes:
    """One file of the sample."""
    return (_SAMPLE / name).read_bytes()


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads(sample(name).decode())


def _mail(row: dict[str, Any], made: dict[str, OfficeMail]) -> OfficeMail:
    """One mail from its row. `from` the owner lies in Sent; her signature is added, an answer quotes what it answers."""
    house = firm()
    parent = made[row["re"]] if "re" in row else None
    own = row["from"] == house.owner
    text = row["text"].strip("\n")
    return OfficeMail(
        id=row["id"],
        at=row["at"].replace(tzinfo=ZONE),
        sender=house.person(row["from"]),
        to=house.person(row.get("to", house.owner)),
        subject=row.get("subject") or _answered(parent),
        text=f"{text}\n\n{house.signature.strip()}" if own else text,
        mailbox="Sent" if own else "INBOX",
        html=row.get("html", ""),
        parent=parent,
        quotes=parent is not None and row.get("quote", True),
        headers=row.get("headers", {}),
        attachments=tuple(_file(name) for name in row.get("attach", ())),
        invite=_file(row["invite"]) if "invite" in row else None,
        authenticated=row.get("auth", "pass") == "pass",
        report=(row["report"]["failed"], made[row["report"]["original"]]) if "report" in row else None,
    )


def _answered(parent: OfficeMail | None) -> str:
    subject = parent.subject if parent else ""
    return subject if subject.startswith("Re: ") else f"Re: {subject}"


def _file(name: str) -> File:
    return File(name, _KINDS[name.rpartition(".")[2]], sample(name))
