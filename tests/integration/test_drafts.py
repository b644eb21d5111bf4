"""The life of a draft of ours, on Dovecot: prepared, sent or dropped by the owner, put away when it is settled."""

from __future__ import annotations

import email
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import cast

import pytest

from automator.clock import FixedClock
from automator.jobs.cycle import Service
from automator.store import bills, cases, outbox
from automator.store.bills import NewBill
from tests.support.dovecot import Dovecot
from tests.support.firm import OWNER, PASSWORD, Firm, letter, paris
from tests.support.smtp import SmtpSink

pytestmark = pytest.mark.dovecot

STALE = "Automator/Périmés"
CLIENT = "compta@garage-petit.example"


class Office:
    """A firm with one unpaid invoice, due 2 November, followed by the shipped rule relance-impayes."""

    def __init__(self, folder: Path, dovecot: Dovecot, sink: SmtpSink) -> None:
        self.firm = Firm(folder, imap=dovecot.port, smtp=sink.port)
        self.clock = FixedClock(paris("2026-11-02 08:00"))
        self.service: Service = self.firm.service(self.clock)
        self.service.wake()
        self.service.cycle()
        with self.service.deps.db.transaction() as tx:
            new = NewBill(
                "bureau", "issued", "Garage Petit SARL", "F-118", Decimal("1900.00"), due=date(2026, 11, 2),
                party_email=CLIENT, client_type="business", source="csv",
            )  # fmt: skip
            self.bill, _ = bills.put(tx, new, self.clock.now())

    def day(self, text: str) -> None:
        """Live from day to day until then, as the service would."""
        end = paris(text)
        while self.clock.now() < end:
            self.clock.set(min(end, self.clock.at + timedelta(hours=12)))
            self.service.cycle()
        self.service.cycle()

    def drafts(self) -> list[EmailMessage]:
        return [self.read(raw) for raw in self.firm.mails("Drafts")]

    def read(self, raw: bytes) -> EmailMessage:
        return cast("EmailMessage", email.message_from_bytes(raw, policy=policy.default))

    def case(self) -> str:
        with self.service.deps.db.read() as tx:
            (found,) = cases.of_object(tx, self.bill.object)
        return found.stopped or ("paused" if found.paused else "running")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with Dovecot({OWNER: PASSWORD}) as dovecot, SmtpSink() as sink:
        made = Office(tmp_path, dovecot, sink)
        yield made
        made.service.close()


def test_the_first_letter_waits_in_drafts_on_the_right_working_day(office: Office) -> None:
    office.day("2026-11-11 10:00")
    assert office.drafts() == [], "11 November is a public holiday: seven working days after the 2nd is the 12th"
    office.day("2026-11-12 10:00")
    (draft,) = office.drafts()
    assert draft["To"] == f"Garage Petit SARL <{CLIENT}>"
    assert draft["Auto-Submitted"] is None, "a draft is the owner's own mail"
    text = draft.get_content()
    assert "F-118" in text
    assert "1 900,00 €" in text.replace("\u202f", " ").replace("\u00a0", " ")
    assert "{" not in text
    office.day("2026-11-13 10:00")
    assert len(office.drafts()) == 1, "never twice"


def test_a_payment_puts_an_untouched_draft_away(office: Office) -> None:
    office.day("2026-11-12 10:00")
    with office.service.deps.db.transaction() as tx:
        bills.settle(tx, office.bill.id, "paid", date(2026, 11, 12))
    office.day("2026-11-12 12:00")
    assert office.drafts() == []
    assert len(office.firm.mails(STALE)) == 1
    assert office.case() == "paid"


def test_an_edited_draft_is_left_where_it_is(office: Office) -> None:
    office.day("2026-11-12 10:00")
    (draft,) = office.drafts()
    key = draft["X-Automator-Key"]
    with office.firm.client() as link:
        link.select_folder("Drafts")
        link.delete_messages(link.search())
        link.expunge()
    edited = letter(f"Claire <{OWNER}>", CLIENT, draft["Subject"], "Cher Paul, on en parle ?", at=office.clock.now(),
                    message_id="<edited@durand.example>", headers={"X-Automator-Key": key})  # fmt: skip
    office.firm.arrive(edited, office.clock.now(), "Drafts")
    with office.service.deps.db.transaction() as tx:
        bills.settle(tx, office.bill.id, "paid", date(2026, 11, 12))
    office.day("2026-11-12 12:00")
    assert len(office.drafts()) == 1
    assert office.firm.mails(STALE) == []


def test_a_draft_that_the_owner_sent_lets_the_next_level_come_no_sooner_than_the_rule_says(office: Office) -> None:
    office.day("2026-11-12 10:00")
    office.day("2026-11-16 10:00")
    (draft,) = office.firm.mails("Drafts")
    with office.firm.client() as link:
        link.select_folder("Drafts")
        link.move(link.search(), "Sent")
    office.day("2026-11-17 10:00")
    assert office.case() == "running"
    assert office.drafts() == []
    office.day("2026-11-20 10:00")
    assert office.drafts() == [], "the levels are five days apart, counted from the real sending"
    office.day("2026-11-27 10:00")
    (second,) = office.drafts()
    assert second["Message-ID"] != office.read(draft)["Message-ID"]


def test_a_draft_that_the_owner_threw_away_pauses_the_case(office: Office) -> None:
    office.day("2026-11-12 10:00")
    office.day("2026-11-12 12:00")
    with office.firm.client() as link:
        link.select_folder("Drafts")
        link.delete_messages(link.search())
        link.expunge()
    office.day("2026-11-13 10:00")
    assert office.case() == "paused"
    office.day("2026-11-27 10:00")
    assert office.drafts() == []


def test_an_answer_of_the_client_stops_the_case(office: Office) -> None:
    office.day("2026-11-05 10:00")
    answer = letter(f"Petit <{CLIENT}>", OWNER, "Votre facture", "Bonjour, le virement est parti hier.",
                    at=office.clock.now(), message_id="<paid@garage-petit.example>")  # fmt: skip
    office.firm.arrive(answer, office.clock.now())
    office.day("2026-11-12 10:00")
    assert office.drafts() == []
    assert office.case() == "replied"


def test_a_pause_stops_every_deed_but_the_digest(office: Office) -> None:
    from automator.store import settings

    office.day("2026-11-11 12:00")
    with office.service.deps.db.transaction() as tx:
        settings.pause(tx, office.clock.now() + timedelta(days=2))
        sent = [i for i in outbox.listed(tx) if i.action == "brief"]
    office.day("2026-11-12 12:00")
    assert office.drafts() == []
    with office.service.deps.db.read() as tx:
        now = [i for i in outbox.listed(tx) if i.action == "brief"]
    assert len(now) == len(sent) + 1
    assert now[0].state == "done"
    assert "PAUSE" in now[0].params
    office.day("2026-11-13 14:00")
    assert len(office.drafts()) == 1
