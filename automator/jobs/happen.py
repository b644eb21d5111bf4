"""Happen: what a new message makes happen: bills, events, plans. Runs inside the transaction that stores it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation

from automator.billing.invoice import Bill
from automator.failpoint import failpoint
from automator.followup.ladder import FollowUp, ObjectRef
from automator.jobs.arm import RulesInForce
from automator.jobs.deps import Deps
from automator.jobs.situation import bill_situation, mail_situation
from automator.rulebook.plan import Event, Plan, Situation, plan
from automator.store import bills, cases, messages, notes, outbox
from automator.store.bills import NewBill
from automator.store.db import Tx
from automator.store.records import StoredBill, StoredMessage

_NEVER_A_BILL = frozenset({"phishing", "bec_fraud", "promotion", "prospecting"})


def happen(tx: Tx, deps: Deps, rules: RulesInForce, stored: StoredMessage) -> None:
    """Keep the bills of a new message and raise its events.

    1. A draft makes nothing happen. 2. Bills are kept, of history too. 3. An answer of ours settles the reminders
    of its thread. 4. History and our own automatic mail raise no event.
    """
    if stored.role == "draft" or stored.ours:
        return
    kept = [
        found for bill in stored.facts.bills if _is_real(stored, bill) and (found := _keep(tx, deps, stored, bill))
    ]
    if stored.role == "sent":
        for other in messages.thread(tx, stored.thread):
            notes.done_for(tx, other.object, deps.clock.now())
    if stored.baseline:
        return
    for bill, new in kept:
        if new and bill.direction == "received" and bill.status == "open":
            event = _event(deps, "invoice.received", bill.object, stored)
            raise_event(tx, deps, rules, event, bill_situation(tx, deps, bill, stored.arrived))
    for event in _mail_events(tx, deps, stored):
        raise_event(tx, deps, rules, event, mail_situation(tx, deps, stored, event.at))


def _is_real(stored: StoredMessage, bill: Bill) -> bool:
    """Bills to us need the verdict's yes (or its doubt, to be watched); quotes and statements are no single bill."""
    if bill.value("document") in {"quote", "statement"} or bill.total_amount is None:
        return False
    if bill.value("direction") == "issued":
        return stored.role == "sent" or stored.kind not in _NEVER_A_BILL
    return stored.role == "received" and stored.kind not in _NEVER_A_BILL and stored.decision("invoice") != "no"


def _keep(tx: Tx, deps: Deps, stored: StoredMessage, bill: Bill) -> tuple[StoredBill, bool] | None:
    issued = bill.value("direction") == "issued"
    other = stored.message.to[0] if issued and stored.message.to else stored.message.sender
    party = bill.value("client" if issued else "supplier") or other.shown
    document = bill.value("document") or "invoice"
    paid = document == "receipt" or bill.value("payment") in {"paid", "card"}
    new = NewBill(
        account=stored.account,
        message_id=stored.id,
        direction="issued" if issued else "received",
        party=party,
        party_email=other.addr if other.addr not in deps.identity.addresses else "",
        number=bill.value("number"),
        amount=_decimal(bill.value("total_amount")),
        currency=bill.value("currency") or "EUR",
        issued_on=_date(bill.value("issue_date")),
        due=_date(bill.value("due_date")),
        demanded=_date(bill.value("demanded_date")),
        iban=bill.value("iban"),
        document=document,
        payment=bill.value("payment") or "unknown",
        client_type="business" if issued and bill.value("supplier_id") and _client_is_firm(bill) else "",
        status="paid" if paid else "open",
        settled_on=deps.local(stored.arrived).date() if paid else None,
    )
    if not issued and not paid and bills.iban_changed(tx, new.party, new.iban):
        # another account number than the one known: never payable before the owner called (reliability S05)
        new = bills.with_status(new, "verify")
    elif not issued and stored.decision("invoice") != "yes":
        return None  # a doubtful bill is asked about, not put among those to pay
    return bills.put(tx, new, deps.clock.now())


def _client_is_firm(bill: Bill) -> bool:
    """Only a legal form in the client's name is proof enough here; all else counts as a consumer."""
    words = {w.strip(".,").lower() for w in bill.value("client").split()}
    return bool(words & {"sarl", "sas", "sasu", "sa", "eurl", "sci", "ltd", "gmbh"})


def _mail_events(tx: Tx, deps: Deps, stored: StoredMessage) -> Sequence[Event]:
    if stored.role == "sent":
        found = [_event(deps, "mail.sent", stored.object, stored)]
        # a letter that a rule wrote belongs to its case already: it starts no second one
        if stored.asks and "x-automator-key" not in stored.message.headers:
            _supersede(tx, deps, stored, "mail.waiting_for_them")
            found.append(_event(deps, "mail.waiting_for_them", stored.object, stored))
        return found
    found = [_event(deps, "mail.received", stored.object, stored)]
    waits = stored.asks or stored.decision("client_request") != "no"
    if waits and not stored.automatic and not _already_waiting(tx, stored):
        found.append(_event(deps, "mail.waiting_for_us", stored.object, stored))
    return found


def _already_waiting(tx: Tx, stored: StoredMessage) -> bool:
    """A client who writes again before we answered does not start the clock anew."""
    since_answer: list[StoredMessage] = []
    for other in messages.thread(tx, stored.thread):
        if other.role == "sent" and not other.automatic:
            since_answer = []
        elif other.id != stored.id:
            since_answer.append(other)
    return any(
        c.event == "mail.waiting_for_us" and not c.stopped
        for o in since_answer
        for c in cases.of_object(tx, o.object)
    )


def _supersede(tx: Tx, deps: Deps, stored: StoredMessage, event: str) -> None:
    """A newer mail of ours in the thread takes over: the waiting counts from the last one."""
    for other in messages.thread(tx, stored.thread):
        for case in cases.of_object(tx, other.object):
            if other.id != stored.id and case.event == event and not case.stopped:
                cases.stop(tx, case.id, "sent", deps.clock.now())
                outbox.cancel_case(tx, case.id, "sent", deps.clock.now())


def _event(deps: Deps, kind: str, ref: ObjectRef, stored: StoredMessage) -> Event:
    return Event(kind, ref, stored.account, stored.arrived, deps.local(stored.arrived).date())


def raise_event(tx: Tx, deps: Deps, rules: RulesInForce, event: Event, situation: Situation) -> Plan:
    """Plan for one event, queue its intents and arm its follow-ups, all in the caller's transaction."""
    now = deps.clock.now()
    made = plan(event, situation, rules.rules, now, rules.firm(deps))
    outbox.enqueue(tx, made.intents, now)
    failpoint("plan_half_written")
    for a in made.armed:
        cases.arm(tx, FollowUp(0, a.rule, a.rule_version, a.event, a.object, a.account, a.base, a.occurrence))
    return made


def _date(value: str) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        return None


def _decimal(value: str) -> Decimal | None:
    try:
        return Decimal(value) if value else None
    except InvalidOperation:
        return None
