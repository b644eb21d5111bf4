"""Who answers about a bill of ours: the address known, a colleague, whoever writes in its threads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from automator.jobs.situation import bill_situation
from automator.store import bills
from automator.store.bills import NewBill
from automator.store.records import StoredBill
from tests.support.firm import OWNER
from tests.support.office import US, Office

CLIENT = "compta@garage-petit.example"
OURS = (
    "Menuiserie Durand\nFacture n° F-118\nClient : Garage Petit SARL\nTotal TTC : 1 900,00 €\n"
    "Date d'échéance : 20/11/2026\n"
)
SAYS = "Bonjour, nous contestons cette facture : les travaux ne sont pas finis."
RELANCE = """
title = "Relancer"
on = "invoice.overdue"
when = { direction = "issued" }
stop = ["replied", "paid"]

[[then]]
after = "1 jour"
do = "draft"
template = "relance-1-courtoise"
"""


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with Office(tmp_path, rules={"relance.toml": RELANCE}) as made:
        yield made


def our_bill(office: Office) -> StoredBill:
    office.lay(US, f"Garage Petit <{CLIENT}>", "Facture F-118", OURS, message_id="<f@durand.example>", folder="Sent")
    office.read()
    return office.bills()[0]


def replied(office: Office, bill: StoredBill) -> bool:
    with office.service.deps.db.read() as tx:
        known = bill_situation(tx, office.service.deps, bill, office.clock.at - timedelta(minutes=90))
    return "replied" in known.past


def answer(
    office: Office, sender: str, *, answers: tuple[str, ...] = (), headers: Mapping[str, str] | None = None
) -> None:
    office.clock.advance(timedelta(minutes=5))
    office.lay(sender, OWNER, "Facture", SAYS, message_id="<r@x.example>", answers=answers, headers=headers)
    office.read()


@pytest.mark.parametrize(
    ("sender", "in_thread", "counts"),
    [
        (CLIENT, False, True),
        ("jean@garage-petit.example", False, True),
        ("jean@autre.example", True, True),
        ("jean@autre.example", False, False),
        ("jean@mongarage-petit.example", False, False),
        ("associe@durand.example", True, False),
    ],
)
def test_who_counts_as_the_client(office: Office, sender: str, in_thread: bool, counts: bool) -> None:
    bill = our_bill(office)
    assert not replied(office, bill)
    answer(office, sender, answers=("<f@durand.example>",) if in_thread else ())
    assert replied(office, bill) is counts


def test_a_machine_in_the_thread_is_no_answer(office: Office) -> None:
    bill = our_bill(office)
    answer(office, CLIENT, answers=("<f@durand.example>",), headers={"Auto-Submitted": "auto-replied"})
    assert not replied(office, bill)


def imported(office: Office, address: str) -> StoredBill:
    new = NewBill(
        "bureau", "issued", "Garage Petit", "F-200", Decimal(900), due=date(2026, 11, 17), party_email=address, source="csv"
    )  # fmt: skip
    with office.service.deps.db.transaction() as tx:
        return bills.put(tx, new, office.clock.at)[0]


def test_two_clients_of_one_mail_provider_are_not_one_firm(office: Office) -> None:
    bill = imported(office, "garage.petit@orange.fr")
    answer(office, "quelquun@orange.fr")
    assert not replied(office, bill)
    office.lay("garage.petit@orange.fr", OWNER, "Oui", SAYS, message_id="<r2@x.example>")
    office.read()
    assert replied(office, bill)


def test_without_a_list_of_providers_no_domain_is_a_firm(office: Office) -> None:
    office.service.deps = replace(office.service.deps, providers=None)
    bill = imported(office, CLIENT)
    answer(office, "jean@garage-petit.example")
    assert not replied(office, bill)


def test_an_answer_to_a_letter_of_ours_counts_though_the_bill_never_came_by_mail(office: Office) -> None:
    bill = imported(office, CLIENT)
    office.until("2026-11-20 12:00")
    (item,) = [i for i in office.outbox() if i.action == "draft"]
    assert item.object == bill.object
    header = {"X-Automator-Key": item.key}
    office.lay(US, CLIENT, "Relance", "Relance.", message_id="<l@d.example>", folder="Sent", headers=header)
    answer(office, "jean@autre.example", answers=("<l@d.example>",))
    assert replied(office, bill)


def test_an_answer_counts_when_our_letter_itself_lies_nowhere(office: Office) -> None:
    bill = imported(office, CLIENT)
    office.until("2026-11-20 12:00")
    (item,) = [i for i in office.outbox() if i.action == "draft"]
    assert item.header_id
    answer(office, "jean@autre.example", answers=(item.header_id,))
    assert replied(office, bill)
