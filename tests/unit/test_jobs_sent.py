"""What counts as sent by us, wherever it lies; what a machine of ours sends settles nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from automator.mail.message import Address
from automator.ports import Note
from automator.store import messages, notes
from tests.support.firm import OWNER
from tests.support.office import US, Office

SECOND = "atelier@durand.example"
PAUL = "Paul Lefèvre <paul@lefevre.example>"
ASK = "Bonjour Paul, pouvez-vous me confirmer la date ? Merci de me répondre."
RULE = """
title = "{title}"
on = "{on}"
stop = ["replied"]

[[then]]
after = "2 jours ouvrés"
do = "remind"
text = "Attente"
"""
RULES = {
    "eux.toml": RULE.format(title="Ils doivent répondre", on="mail.waiting_for_them"),
    "nous.toml": RULE.format(title="Nous devons répondre", on="mail.waiting_for_us"),
}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with Office(tmp_path, rules=RULES) as made:
        yield made


@pytest.mark.parametrize("order", [("INBOX", "Sent"), ("Sent", "INBOX")])
def test_our_mail_with_ourselves_in_copy_waits_for_them_once(office: Office, order: tuple[str, str]) -> None:
    at = office.clock.at
    for folder in order:
        office.clock.set(at)  # the same mail twice, the same Date
        office.lay(US, f"{PAUL}, {OWNER}", "Question", ASK, message_id="<self@durand.example>", folder=folder)
        office.read()
    assert office.waiting() == ["mail.waiting_for_them"]
    assert office.received() == []


def test_what_only_pretends_to_come_from_us_is_not_ours(office: Office) -> None:
    path = office.firm.config
    text = path.read_text(encoding="utf-8").replace(
        'kind = "maildir"', 'authserv_id = "mx.durand.example"\nkind = "maildir"'
    )
    path.write_text(text, encoding="utf-8")
    office.service.close()
    office.service = office.firm.service(office.clock)
    failed = {"Authentication-Results": "mx.durand.example; dmarc=fail header.from=durand.example"}
    office.lay(US, f"{PAUL}, {OWNER}", "Question", ASK, message_id="<forged@durand.example>", headers=failed)
    office.read()
    assert [m.message.message_id for m in office.received()] == ["<forged@durand.example>"]


@pytest.mark.parametrize(("to", "reply_to"), [(OWNER, ""), ("info@durand.example", "paul@lefevre.example")])
def test_a_scan_to_oneself_and_a_form_that_a_visitor_filled_stay_received(
    office: Office, to: str, reply_to: str
) -> None:
    headers = {"Reply-To": reply_to} if reply_to else {}
    office.lay(US, to, "Question", ASK, message_id="<form@durand.example>", headers=headers)
    office.read()
    assert [m.role for m in office.received()] == ["received"]


def with_a_second_account(office: Office) -> None:
    """The same office with two addresses, each with its mailbox; the letters of the second come to us in copy."""
    deps = office.service.deps
    second = replace(deps.accounts["bureau"], name="atelier", address=Address(SECOND))
    identity = replace(deps.identity, addresses=deps.identity.addresses | {SECOND})
    office.service.deps = replace(deps, identity=identity, accounts=dict(deps.accounts) | {"atelier": second})


@pytest.mark.parametrize(("folder", "events"), [("INBOX", []), ("Sent", ["mail.waiting_for_them"])])
def test_a_copy_of_what_our_other_account_sent_waits_there_and_not_here(
    office: Office, folder: str, events: list[str]
) -> None:
    with_a_second_account(office)
    office.lay(SECOND, f"{PAUL}, {OWNER}", "Question", ASK, message_id="<s@durand.example>", folder=folder)
    office.read()
    assert office.waiting() == events
    assert office.received() == []


def test_a_note_to_oneself_waits_for_nobody(office: Office) -> None:
    office.lay(US, OWNER, "Pense-bête", ASK, message_id="<note@durand.example>", folder="Sent")
    office.read()
    assert office.waiting() == []


def test_a_mail_taken_for_anothers_that_turns_up_in_sent_is_handled_as_sent_once(office: Office) -> None:
    alias = "Claire <alias@autre.example>"  # an address that the configuration does not know
    at = office.clock.at
    office.lay(alias, f"{PAUL}, {OWNER}", "Question", ASK, message_id="<alias@autre.example>")
    office.read()
    assert office.waiting() == ["mail.waiting_for_us"]
    for _ in range(2):
        office.clock.set(at)
        office.lay(alias, f"{PAUL}, {OWNER}", "Question", ASK, message_id="<alias@autre.example>", folder="Sent")
        office.read()
    assert office.waiting() == ["mail.waiting_for_them"]
    assert office.received() == []


def test_a_draft_with_our_bill_that_the_owner_sends_brings_the_bill(office: Office) -> None:
    text = "Menuiserie Durand\nFacture n° F-118\nClient : Garage Petit SARL\nTotal TTC : 1 900,00 €\n"
    at = office.clock.at
    for folder in ("Drafts", "Sent"):
        assert office.bills() == []
        office.clock.set(at)
        office.lay(US, PAUL, "Facture F-118", text, message_id="<d@durand.example>", folder=folder)
        office.read()
    assert [(b.number, b.direction) for b in office.bills()] == [("F-118", "issued")]


def remind_of(office: Office, header_id: str) -> None:
    with office.service.deps.db.transaction() as tx:
        found = messages.by_header(tx, "bureau", header_id)
        assert found is not None
        note = Note(
            key="k", kind="reminder", object=found.object, account="bureau", text="Répondre", at=office.clock.at
        )
        notes.add(tx, note, office.clock.at)


@pytest.mark.parametrize(
    ("headers", "left"), [({"Auto-Submitted": "auto-replied"}, 1), ({"X-Autoreply": "yes"}, 1), ({}, 0)]
)
def test_a_vacation_responder_closes_no_reminder_and_an_answer_does(
    office: Office, headers: dict[str, str], left: int
) -> None:
    office.lay(PAUL, OWNER, "Devis", ASK, message_id="<q@lefevre.example>")
    office.read()
    remind_of(office, "<q@lefevre.example>")
    office.lay(
        US, PAUL, "Re: Devis", "Je suis absente.", message_id="<a@durand.example>", folder="Sent",
        answers=["<q@lefevre.example>"], headers=headers,
    )  # fmt: skip
    office.read()
    with office.service.deps.db.read() as tx:
        assert len(notes.open_notes(tx, office.clock.at)) == left
