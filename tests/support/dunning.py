"""A firm on a Maildir with an unpaid invoice, due 2 November 2026, that a rule follows."""

from __future__ import annotations

import email
import html
import re
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from email import policy
from email.message import EmailMessage
from pathlib import Path

from automator.clock import FixedClock
from automator.followup.ladder import FollowUp
from automator.jobs.cycle import Service
from automator.store import bills, cases, outbox
from automator.store.bills import NewBill
from automator.store.records import OutboxItem, StoredBill
from tests.support.firm import OWNER, RULES, Firm, letter, paris
from tests.support.smtp import SmtpSink

CLIENT = "compta@garage-petit.example"
RULE = "relance-impayes.toml"


class Dunning:
    """The service of the firm, lived through half a day at a time; the owner's hand on his Drafts and Sent."""

    def __init__(self, folder: Path, sink: SmtpSink, rules: Mapping[str, str] | None = None) -> None:
        shipped = {RULE: (RULES / RULE).read_text(encoding="utf-8")}
        self.firm = Firm(folder, smtp=sink.port, rules=shipped if rules is None else rules)
        self.firm.box.add_folder("Drafts")
        self.firm.box.add_folder("Sent")
        self.sink = sink
        self.clock = FixedClock(paris("2026-11-02 08:00"))
        self.service: Service = self.firm.service(self.clock)
        self.service.wake()
        self.service.cycle()
        self.bill = self.invoice("F-118")

    def invoice(self, number: str, amount: str = "1900.00", to: str = CLIENT) -> StoredBill:
        new = NewBill(
            "bureau", "issued", "Garage Petit SARL", number, Decimal(amount), due=date(2026, 11, 2),
            party_email=to, client_type="business", source="csv",
        )  # fmt: skip
        with self.service.deps.db.transaction() as tx:
            return bills.put(tx, new, self.clock.now())[0]

    def restart(self) -> None:
        """A new process: it reads templates afresh."""
        self.service.close()
        self.service = self.firm.service(self.clock)
        self.service.wake()

    def receive(self, subject: str, text: str) -> None:
        """A mail of a client comes in, an hour later."""
        self.clock.advance(timedelta(hours=1))
        mail = letter(
            "Paul Lefèvre <paul@lefevre.example>", OWNER, subject, text, at=self.clock.now(),
            message_id=f"<{len(self.firm.box)}@lefevre.example>",
        )  # fmt: skip
        self.firm.arrive(mail, self.clock.now())
        self.service.cycle()

    def until(self, moment: str) -> None:
        """Live on, half a day at a time."""
        end = paris(moment)
        while self.clock.now() < end:
            self.clock.set(min(end, self.clock.at + timedelta(hours=12)))
            self.service.cycle()
        self.service.cycle()

    def in_folder(self, name: str) -> list[EmailMessage]:
        if name not in self.firm.box.list_folders():
            return []
        found = self.firm.box.get_folder(name)
        return [_read(found.get_bytes(key)) for key in sorted(found.iterkeys())]

    def drop_any(self) -> None:
        """The owner throws the only draft away."""
        self._take("")

    def drop(self, number: str = "F-118") -> None:
        """The owner throws a draft away."""
        self._take(number)

    def send(self, number: str = "F-118") -> None:
        """The owner sends a draft as it is."""
        self.firm.arrive(self._take(number), self.clock.now(), "Sent")

    def edit(self, text: str, number: str = "F-118") -> None:
        """The owner changes a draft: his mail program lays a new one in its place."""
        old = _read(self._take(number))
        new = letter(
            OWNER, CLIENT, old["Subject"], text, at=self.clock.now(), message_id="<edited@durand.example>",
            headers={"X-Automator-Key": old["X-Automator-Key"]},
        )  # fmt: skip
        self.firm.arrive(new, self.clock.now(), "Drafts")

    def _take(self, number: str) -> bytes:
        drafts = self.firm.box.get_folder("Drafts")
        (key,) = [k for k in drafts.iterkeys() if number in _read(drafts.get_bytes(k))["Subject"]]
        raw = drafts.get_bytes(key)
        drafts.remove(key)
        return raw

    def write(self, subject: str, text: str, *, answers: tuple[str, ...] = (), name: str = "x") -> None:
        """A mail that the owner himself writes to the client."""
        mail = letter(
            f"Claire <{OWNER}>", CLIENT, subject, text, at=self.clock.now(),
            message_id=f"<{name}@durand.example>", answers=answers,
        )  # fmt: skip
        self.firm.arrive(mail, self.clock.now(), "Sent")

    def case(self, bill: StoredBill | None = None) -> FollowUp:
        with self.service.deps.db.read() as tx:
            (found,) = cases.of_object(tx, (bill or self.bill).object)
        return found

    def states(self, bill: StoredBill | None = None) -> list[str]:
        """What became of the steps of the case."""
        return [record.state for record in self.case(bill).records.values()]

    def letters(self) -> list[OutboxItem]:
        with self.service.deps.db.read() as tx:
            return [i for i in outbox.listed(tx) if i.action == "draft"]

    def digest(self) -> str:
        """The words of the last digest that arrived."""
        return digest_text(self.sink)


def digest_text(sink: SmtpSink, number: int = -1) -> str:
    """The words of a digest that arrived (of its HTML: there no column parts a sentence), with plain spaces."""
    body = _read(sink.messages[number].content).get_body(("html",))
    assert body is not None
    page = re.sub(r"<style.*?</style>", "", str(body.get_content()), flags=re.DOTALL)
    plain = re.sub(r"<[^>]*>", " ", re.sub(r"</?span>", "", page))  # a bare span only parts the dots of addresses
    return " ".join(html.unescape(plain).split())


def _read(raw: bytes) -> EmailMessage:
    return email.message_from_bytes(raw, policy=policy.default)
