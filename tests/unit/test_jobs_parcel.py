"""What the parcel of a month knows: which bills, which gaps, which documents that no bill came of."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from automator.agenda.workdays import WorkCalendar
from automator.billing.invoice import Bill, Fact, Facts
from automator.jobs.parcel import month
from automator.mail.message import Attachment
from automator.store import bills
from automator.store.bills import NewBill
from automator.store.db import Database
from automator.words import Words
from tests.support.rows import NOW, message, store, verdict

CALENDAR, WORDS, NOVEMBER = WorkCalendar(ZoneInfo("Europe/Paris")), Words("fr"), date(2026, 11, 1)
PAPER = Attachment("2", "facture.pdf", "application/pdf", 100)


def fact(value: str) -> Fact:
    return Fact(value, 0.9, value, "body")


def test_bills_are_of_the_month_of_their_date_else_of_the_day_they_came(tmp_path: Path) -> None:
    db = Database.open(tmp_path / "automator.db")
    with db.transaction() as tx:
        for number, day in (("1", date(2026, 10, 31)), ("2", date(2026, 11, 30)), ("4", date(2026, 11, 2))):
            bills.put(tx, NewBill("bureau", "issued", "Paul", f"F-{number}", Decimal(1), issued_on=day), NOW)
        mail = store(tx, message(1, arrived=NOW - timedelta(days=40)))
        bills.put(tx, NewBill("bureau", "received", "Bois", "B-1", Decimal(1), message_id=mail.id), NOW)
        bills.put(tx, NewBill("bureau", "received", "Clous", "C-1", Decimal(1)), NOW)
        made = month(tx, CALENDAR, WORDS, NOVEMBER)
    assert [e.number for e in made.entries] == ["F-4", "F-2", "C-1"]
    assert made.gaps == ("F-3",)
    assert (made.orphans, made.papers) == ((), ())


def test_net_and_vat_are_those_of_the_mail_and_two_papers_of_one_bill_have_two_names(tmp_path: Path) -> None:
    db = Database.open(tmp_path / "automator.db")
    read = Bill(number=fact("B-1"), total_amount=fact("12.00"), total_without_vat=fact("10.00"), vat=fact("2.00"))
    with db.transaction() as tx:
        made = replace(message(1), attachments=(PAPER, replace(PAPER, part="3")))
        mail = store(tx, made, facts=Facts((read,)), found=verdict(invoice="yes"))
        bills.put(tx, NewBill("bureau", "received", "Bois", "B-1", Decimal(12), message_id=mail.id), NOW)
        (entry,) = month(tx, CALENDAR, WORDS, NOVEMBER).entries
    assert (entry.net, entry.vat) == (Decimal("10.00"), Decimal("2.00"))
    stem = "factures-recues/2026-11-23_Bois_B-1"
    assert entry.papers == (f"{stem}.pdf", f"{stem}-2.pdf")


def test_documents_that_no_bill_came_of(tmp_path: Path) -> None:
    db = Database.open(tmp_path / "automator.db")
    known = Facts((Bill(number=fact("B-1"), total_amount=fact("12.00")),))
    with db.transaction() as tx:
        bills.put(tx, NewBill("bureau", "received", "Bois", "B-1", Decimal(12)), NOW)
        for uid, facts, word in ((1, known, "yes"), (2, Facts(), "yes"), (3, Facts(), "unsure"), (4, Facts(), "no")):
            made = replace(message(uid), attachments=(replace(PAPER, filename=f"p{uid}.pdf"),))
            store(tx, made, facts=facts, found=verdict(invoice="yes" if word == "yes" else word))  # type: ignore[arg-type]
        store(
            tx,
            replace(message(5, arrived=NOW - timedelta(days=40)), attachments=(PAPER,)),
            found=verdict(invoice="yes"),
        )
        unnamed = replace(message(6), attachments=(replace(PAPER, filename=""),))
        store(tx, unnamed, found=verdict(invoice="yes"))
        made_month = month(tx, CALENDAR, WORDS, NOVEMBER)
    assert [line.split("  ")[2] for line in made_month.orphans] == ["p2.pdf", "p3.pdf", "sans nom"]
    assert made_month.orphans[0].startswith("23/11/2026  ")
