"""What is known of an object right now, in the words that rules use. Read fresh each time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from automator.agenda.event import CalendarEvent
from automator.followup.ladder import FollowUp, ObjectRef
from automator.jobs.deps import Deps
from automator.mail.message import Address
from automator.ports import Case
from automator.rulebook.plan import Situation
from automator.store import bills, calendar, messages, places, replies
from automator.store.db import Tx
from automator.store.records import StoredBill, StoredMessage

_INDEMNITY = Decimal(40)  # fixed recovery costs between professionals: Code de commerce, L441-10 and D441-5


def situation(tx: Tx, deps: Deps, ref: ObjectRef, base: datetime) -> Situation | None:
    """The situation of an object since `base`; None when it is no longer known."""
    if ref.kind == "mail":
        stored = messages.get(tx, int(ref.id))
        return mail_situation(tx, deps, stored, base) if stored else None
    if ref.kind == "invoice":
        bill = bills.get(tx, int(ref.id))
        return bill_situation(tx, deps, bill, base) if bill else None
    if ref.kind == "meeting":
        return meeting_situation(tx, deps, ref.id)
    return None


def mail_situation(tx: Tx, deps: Deps, stored: StoredMessage, base: datetime) -> Situation:
    """A mail: its verdict, headers and text; what its thread did since `base`."""
    facts = _mail_facts(tx, deps, stored)
    kept = bills.of_message(tx, stored.id)
    if kept:
        facts |= _bill_facts(deps, kept[0])
    values = _mail_values(deps, stored) | (_bill_values(deps, kept[0]) if kept else {})
    return Situation(facts, _mail_past(tx, deps, stored, base), values)


def _mail_facts(tx: Tx, deps: Deps, stored: StoredMessage) -> dict[str, Any]:
    message = stored.message
    facts: dict[str, Any] = {
        "category": {c: stored.decision(c) for c in stored.categories},
        "probability": {c: v.p for c, v in stored.verdict.categories.items()} if stored.verdict else {},
        "kind": stored.kind,
        "from": message.sender.addr,
        "to": tuple(a.addr for a in (*message.to, *message.cc)),
        "account": stored.account,
        "mailbox": message.ref.mailbox,
        "subject": message.subject,
        "text": message.new_text,
        "has_attachment": bool(message.attachments),
        "attachments": tuple(a.filename for a in message.attachments),
        "keywords": places.keywords(tx, stored.id),
        "own_domains": deps.identity.domains,
        "received" if stored.role == "received" else "sent": stored.arrived,
    }
    if message.language:
        facts["language"] = message.language
    if message.authentication.verified is not None:
        facts["verified_sender"] = message.authentication.verified
    if stored.role == "received":
        facts["first_contact"] = messages.is_first_contact(tx, stored.account, message.sender.addr, stored.arrived)
    return facts


def _mail_past(tx: Tx, deps: Deps, stored: StoredMessage, base: datetime) -> dict[str, datetime]:
    past: dict[str, datetime] = {}
    for other in messages.thread(tx, stored.thread):
        if other.arrived <= base or other.id == stored.id or other.automatic:
            continue
        if other.role == "sent":
            past.setdefault("sent", other.arrived)
            if stored.role == "received":
                past.setdefault("replied", other.arrived)  # we answered them
        elif stored.role == "sent":
            past.setdefault("replied", other.arrived)  # they answered us
    if stored.role == "sent" and stored.message.to:
        _elsewhere(tx, _other_side(deps, stored).addr, stored, base, past)
    if stored.closed:
        past["done"] = stored.arrived
    return past


def _elsewhere(tx: Tx, address: str, stored: StoredMessage, base: datetime, past: dict[str, datetime]) -> None:
    """An answer in a new thread, or a bounce, counts as well."""
    answered = replies.from_address(tx, stored.account, address, base)
    if answered is not None:
        past.setdefault("replied", answered)
    back = messages.bounced_at(tx, address, base)
    if back is not None:
        past["bounced"] = back


def bill_situation(tx: Tx, deps: Deps, bill: StoredBill, base: datetime) -> Situation:
    """A bill: what was read or imported of it; what its party did since `base`."""
    stored = messages.get(tx, bill.message_id) if bill.message_id else None
    facts = (_mail_facts(tx, deps, stored) if stored else {}) | _bill_facts(deps, bill)
    past: dict[str, datetime] = {}
    settled = _start_of(deps, bill.settled_on)
    if bill.status in {"paid", "disputed", "credited"}:
        past[bill.status] = settled or deps.clock.now()
    answers = _answers(tx, deps, bill, stored, base)
    if answers:
        past["replied"] = min(answers)
    if bill.party_email:
        back = messages.bounced_at(tx, bill.party_email, base)
        if back is not None:
            past["bounced"] = back
    return Situation(facts, past, (_mail_values(deps, stored) if stored else {}) | _bill_values(deps, bill))


def _answers(tx: Tx, deps: Deps, bill: StoredBill, stored: StoredMessage | None, base: datetime) -> list[datetime]:
    """When the party of a bill wrote: the address known, a colleague of its firm, or whoever in the bill's threads."""
    account = bill.account or deps.owner_account
    threads = set(replies.threads_of_letters(tx, account, bill.object))
    if stored and _is_of_the_party(bill, stored):
        threads.add(stored.thread)
    found = [at for sender, at in replies.in_threads(tx, account, threads, base) if not deps.identity.owns(sender)]
    if bill.party_email:
        domain = bill.party_email.rpartition("@")[2]
        firm = deps.providers is not None and domain not in (deps.providers | deps.identity.domains)
        known = replies.from_address(tx, account, bill.party_email, base)
        colleague = replies.from_domain(tx, account, domain, base) if firm else None
        found += [at for at in (known, colleague) if at is not None]
    return found


def _is_of_the_party(bill: StoredBill, stored: StoredMessage) -> bool:
    """Is this mail one between us and the party? A bill of ours that was sent on to us came from anybody."""
    return stored.role == "sent" or bill.direction == "received"


def _bill_facts(deps: Deps, bill: StoredBill) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "direction": bill.direction,
        "account": bill.account,
        "document": bill.document,
        "payment": bill.payment,
        "currency": bill.currency,
        "client" if bill.direction == "issued" else "supplier": bill.party,
        "client_type": _client_type(deps, bill),
        "own_domains": deps.identity.domains,
    }
    if bill.amount is not None:
        facts["amount"] = bill.amount
    if bill.due is not None:
        facts["due"] = bill.due
    return facts


def _client_type(deps: Deps, bill: StoredBill) -> str:
    """business, consumer or public; unknown counts as a consumer, to whom no penalty is ever asked."""
    return (deps.client_types or {}).get(bill.party_email) or bill.client_type or "consumer"


def meeting_situation(tx: Tx, deps: Deps, key: str) -> Situation | None:
    """A meeting, or a clash of two ("a x b"); past `cancelled` when it is gone."""
    pair = calendar.clash_of(tx, key)
    event = pair[0] if pair else calendar.get(tx, key)
    if event is None:
        return Situation({}, {"cancelled": deps.clock.now()}, {})
    facts = {
        "attendees": event.attendees,
        "subject": event.title,
        "own_domains": deps.identity.domains,
        "starts": event.start,
    }
    values = _meeting_values(deps, event)
    if pair:
        values["other"] = pair[1].title
    return Situation(facts, {}, values)


def _mail_values(deps: Deps, stored: StoredMessage) -> dict[str, str]:
    message = stored.message
    other = _other_side(deps, stored)
    return {
        "subject": message.subject,
        "from": message.sender.shown,
        "client": other.shown,
        "date": deps.words.date(deps.local(stored.arrived).date(), "long"),
        "received": deps.words.date(deps.local(stored.arrived).date(), "long"),
    }


def _bill_values(deps: Deps, bill: StoredBill) -> dict[str, str]:
    values = {"client" if bill.direction == "issued" else "supplier": bill.party, "number": bill.number}
    if bill.amount is not None:
        values["amount"] = deps.words.money(bill.amount, bill.currency)
    if bill.due is not None:
        values["due_date"] = deps.words.date(bill.due, "full")
        values["days_late"] = str(max(0, (deps.today() - bill.due).days))
    if _client_type(deps, bill) == "business":
        values["indemnity"] = deps.words.money(_INDEMNITY, "EUR")
    if bill.issued_on is not None:
        values["issue_date"] = deps.words.date(bill.issued_on, "full")
    return values


def _meeting_values(deps: Deps, event: CalendarEvent) -> dict[str, str]:
    start = deps.local(event.start)
    return {
        "title": event.title,
        "subject": event.title,
        "date": deps.words.date(start.date(), "long"),
        "time": deps.words.time(start),
        "location": event.location,
        "attendees": deps.words.list(event.attendees),
    }


def _other_side(deps: Deps, stored: StoredMessage) -> Address:
    """Who wrote to us, or the first whom we wrote to, ourselves left out."""
    message = stored.message
    if stored.role != "sent" or not message.to:
        return message.sender
    return next((a for a in message.to if a.addr not in deps.identity.addresses), message.to[0])


def _start_of(deps: Deps, day: date | None) -> datetime | None:
    return datetime.combine(day, datetime.min.time(), deps.calendar.zone) if day else None


def case_of(tx: Tx, deps: Deps, ref: ObjectRef, account: str) -> Case:
    """All that an action may know of its object. A mail of the case that is gone leaves `ref` empty."""
    known = situation(tx, deps, ref, deps.clock.now())
    values: Mapping[str, str] = known.values if known else {}
    case = Case(ref, account, values=values)
    if ref.kind == "mail":
        stored = messages.get(tx, int(ref.id))
        return _mail_case(tx, deps, case, stored) if stored else case
    if ref.kind == "invoice":
        bill = bills.get(tx, int(ref.id))
        return _bill_case(tx, deps, case, bill) if bill else case
    if ref.kind == "meeting":
        pair = calendar.clash_of(tx, ref.id)
        event = pair[0] if pair else calendar.get(tx, ref.id)
        return replace(case, subject=event.title, when=event.start, until=event.end) if event else case
    return case


def _mail_case(tx: Tx, deps: Deps, case: Case, stored: StoredMessage) -> Case:
    message = stored.message
    refs = tuple(dict.fromkeys((*message.references, message.message_id)))
    found = bills.of_message(tx, stored.id)
    return replace(
        case,
        subject=message.subject,
        ref=places.current(tx, stored.id),
        message_id=message.message_id,
        references=tuple(r for r in refs if r),
        recipient=_other_side(deps, stored),
        language=message.language if message.language in {"fr", "en"} else case.language,
        attachments=message.attachments,
        due=found[0].due if found else None,
        when=stored.arrived,
    )


def _bill_case(tx: Tx, deps: Deps, case: Case, bill: StoredBill) -> Case:
    """The case of a bill: its recipient is the party's address, else whom we sent it to, never who sent it on to us."""
    stored = messages.get(tx, bill.message_id) if bill.message_id else None
    if stored and _is_of_the_party(bill, stored):
        case = _mail_case(tx, deps, case, stored)
    other = case.recipient if stored and stored.role == "sent" else None
    recipient = Address(bill.party_email, bill.party) if bill.party_email else other
    return replace(case, recipient=recipient, due=bill.due, when=_start_of(deps, bill.due))


def party_of(case: FollowUp, known: Situation | None) -> str:
    """Who a case is about, in words."""
    values = known.values if known else {}
    return values.get("client") or values.get("supplier") or values.get("title") or case.rule
