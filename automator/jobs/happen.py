"""Happen: what a new message makes happen: bills, events, plans. Runs inside the transaction that stores it."""

from __future__ import annotations

from collections.abc import Sequence

from automator.failpoint import failpoint
from automator.followup.ladder import FollowUp, ObjectRef
from automator.jobs.arm import RulesInForce
from automator.jobs.bookkeeping import keep
from automator.jobs.close import close
from automator.jobs.deps import Deps
from automator.jobs.situation import bill_situation, mail_situation
from automator.rulebook.plan import Event, Plan, Situation, plan
from automator.store import cases, messages, notes, outbox, places
from automator.store.db import Tx
from automator.store.records import StoredMessage


def happen(tx: Tx, deps: Deps, rules: RulesInForce, stored: StoredMessage) -> None:
    """Keep the bills of a new message and raise its events.

    1. A draft makes nothing happen, nor does what lay in a folder that teaches: the owner put it away himself. 2. What a person of ours wrote settles the reminders of its thread; what a
    machine of ours answered (a vacation responder) does not. 3. Bills are kept, of history too. 4. History, our own
    automatic mail and what another account of ours sent raise no event.
    """
    if stored.role in {"draft", "filed"} or stored.ours:
        return
    if stored.role == "sent" and not stored.automatic:
        _settle_thread(tx, deps, stored)
    if _of_another_account(tx, deps, stored):
        return
    kept = keep(tx, deps, stored)
    if stored.baseline:
        return
    for one in kept:
        kind = "iban.changed" if one.iban_changed else "invoice.received"
        if one.iban_changed or (one.new and one.bill.direction == "received" and one.bill.status == "open"):
            event = _event(deps, kind, one.bill.object, stored)
            raise_event(tx, deps, rules, event, bill_situation(tx, deps, one.bill, stored.arrived))
    for event in _mail_events(tx, deps, stored):
        raise_event(tx, deps, rules, event, mail_situation(tx, deps, stored, event.at))


def _settle_thread(tx: Tx, deps: Deps, stored: StoredMessage) -> None:
    for other in messages.thread(tx, stored.thread):
        notes.done_for(tx, other.object, deps.clock.now())
    _end(tx, deps, stored.object, "mail.waiting_for_us")  # it was taken for somebody's mail before it lay in Sent


def _of_another_account(tx: Tx, deps: Deps, stored: StoredMessage) -> bool:
    """A copy to us of what we sent from another account: there its events happen, and its bill is kept."""
    if stored.role != "sent" or places.lies_in_sent(tx, stored.id):
        return False
    sender = stored.message.sender.addr
    return any(a.address.addr == sender for name, a in deps.accounts.items() if name != stored.account)


def _mail_events(tx: Tx, deps: Deps, stored: StoredMessage) -> Sequence[Event]:
    if stored.role == "sent":
        found = [_event(deps, "mail.sent", stored.object, stored)]
        # a letter that a rule wrote belongs to its case already: it starts no second one
        if stored.asks and _to_others(deps, stored) and "x-automator-key" not in stored.message.headers:
            _supersede(tx, deps, stored, "mail.waiting_for_them")
            found.append(_event(deps, "mail.waiting_for_them", stored.object, stored))
        return found
    found = [_event(deps, "mail.received", stored.object, stored)]
    waits = stored.asks or stored.decision("client_request") != "no"
    if waits and not stored.automatic and not _already_waiting(tx, stored):
        found.append(_event(deps, "mail.waiting_for_us", stored.object, stored))
    return found


def _to_others(deps: Deps, stored: StoredMessage) -> bool:
    """A note to oneself waits for nobody."""
    message = stored.message
    return any(a.addr not in deps.identity.addresses for a in (*message.to, *message.cc))


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
        if other.id != stored.id:
            _end(tx, deps, other.object, event)


def _end(tx: Tx, deps: Deps, ref: ObjectRef, event: str) -> None:
    for case in cases.of_object(tx, ref):
        if case.event == event and not case.stopped:
            close(tx, deps.words, case, "sent", deps.clock.now())


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
