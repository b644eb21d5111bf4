"""View: read from the store all that a digest may show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from automator.agenda.conflicts import clashes
from automator.agenda.event import Slot
from automator.agenda.slots import free_slots
from automator.billing.payable import sort_out
from automator.digest.lines import AT_MOST
from automator.digest.reasons import reason
from automator.digest.view import AccountHealth, Deed, DigestView, Health, Meeting, Money, Remark, Waiting
from automator.followup.ladder import FollowUp, ObjectRef
from automator.jobs.arm import RulesInForce
from automator.jobs.deps import Deps
from automator.jobs.questions import questions
from automator.jobs.retrain import last, told
from automator.jobs.todo import came_back, deadlines, todo
from automator.store import accounts, bills, calendar, cases, messages, notes, outbox, payments, places, settings
from automator.store.db import Tx
from automator.store.records import OutboxItem, StoredBill, StoredMessage, StoredNote
from automator.words import Words

_SHOWN_DAYS = 2


def view(tx: Tx, deps: Deps, rules: RulesInForce, day: date, since: datetime, *, first: bool) -> DigestView:
    """The read model of the digest of `day`; `since` is the end of the previous one."""
    now = deps.clock.now()
    meetings, slots = _agenda(tx, deps, now)
    ours, theirs = _money(tx, deps, day)
    observed = outbox.settled_between(tx, since, now, "observed")
    current = notes.open_notes(tx, now, None if first else since)
    to_do = todo(tx, deps, now, current)
    return DigestView(
        owner=deps.owner.name.split(" ")[0] if deps.owner.name else "",
        day=day,
        now=now,
        since=since,
        zone=deps.calendar.zone.key,
        todo=to_do,
        meetings=meetings,
        slots=slots,
        to_pay=tuple(m for m in theirs if m.payment != "direct_debit" and _soon(m.due, day)),
        debits=tuple(m for m in theirs if m.payment == "direct_debit" and _soon(m.due, day)),
        overdue=tuple(m for m in ours if m.due is not None and m.due < day),
        expected_in=_sums(ours, day),
        expected_out=_sums(theirs, day),
        waiting=_waiting(tx, deps, now),
        deadlines=deadlines(tx, deps, now),
        remarks=_remarks(tx, current),
        unsure=questions(tx, deps, day, now, to_do[:AT_MOST]),
        sorted=messages.processed_between(tx, since, now),
        deeds=_deeds(outbox.settled_between(tx, since, now, "done")),
        observed=_deeds(observed),
        failures=_failures(outbox.settled_between(tx, since, now, "failed"), deps.words),
        health=health(tx, deps, rules, observed),
        paused=settings.paused_until(tx, now) is not None,
        first=first,
        history=messages.count(tx, baseline=True),
        learnt=_learnt(tx, since),
        approved=_approved(tx, theirs),
    )


def _approved(tx: Tx, theirs: Iterable[Money]) -> tuple[Money, ...]:
    """Those of the bills to pay that `automator money pay` would take now."""
    ready, _ = sort_out(payments.candidates(tx)) if payments.any_approved(tx) else ([], [])
    chosen = {str(c.id) for c in ready}
    return tuple(m for m in theirs if m.object.id in chosen)


def _soon(due: date | None, day: date) -> bool:
    return due is None or due <= day + timedelta(days=7)


def _agenda(tx: Tx, deps: Deps, now: datetime) -> tuple[tuple[Meeting, ...], tuple[Slot, ...]]:
    """Meetings of today and of the next working days, with their clashes; free slots when there is a clash."""
    start = datetime.combine(deps.local(now).date(), time.min, deps.calendar.zone)
    known = calendar.between(tx, start, now + timedelta(days=21))
    last = start.date()
    for _ in range(_SHOWN_DAYS - 1):
        last = deps.calendar.next_working(last + timedelta(days=1))
    pairs = clashes(known)
    shown = [e for e in known if deps.local(e.start).date() <= last and e.end > now]
    clashing = {e.key for pair in pairs for e in pair}
    later = [e for e in known if e.key in clashing and e not in shown and e.start <= now + timedelta(days=7)]
    found = tuple(
        Meeting(e, tuple(b if a.key == e.key else a for a, b in pairs if e.key in {a.key, b.key}))
        for e in (*shown, *later)
    )
    slots = free_slots(known, deps.calendar, now) if any(m.clashes_with for m in found) else ()
    return found, slots


def _money(tx: Tx, deps: Deps, day: date) -> tuple[tuple[Money, ...], tuple[Money, ...]]:
    dues = cases.next_dues(tx)
    made = [_bill(tx, deps, b, day, dues) for b in bills.open_bills(tx)]
    return tuple(m for m in made if m.direction == "issued"), tuple(m for m in made if m.direction == "received")


def _bill(tx: Tx, deps: Deps, bill: StoredBill, day: date, dues: Mapping[int, datetime | None]) -> Money:
    known = [c for c in cases.of_object(tx, bill.object) if c.event == "invoice.overdue"]
    running = [c for c in known if not c.stopped]
    late = (day - bill.due).days if bill.due and bill.due < day else 0
    return Money(
        object=bill.object,
        direction=bill.direction,
        party=bill.party,
        number=bill.number,
        amount=bill.amount,
        currency=bill.currency,
        due=bill.due,
        days_late=late,
        next_step=_next(deps, running, dues),
        followed=bool(running),
        payment=bill.payment,
        draft=any(_has_draft(tx, c) for c in running),
        closed=not running and any(c.stopped == "done" for c in known),
    )


def _next(deps: Deps, running: Iterable[FollowUp], dues: Mapping[int, datetime | None]) -> str:
    coming = [due for due in (dues.get(c.id) for c in running) if due is not None]
    if not coming:
        return ""
    return deps.words.t("next step {day}", day=deps.words.date(deps.local(min(coming)).date(), "short"))


def _has_draft(tx: Tx, case: FollowUp) -> bool:
    lying = places.drafts(tx, case.account)
    return any(i.action == "draft" and i.state == "done" and i.key in lying for i in outbox.of_case(tx, case.id))


def _sums(money: Iterable[Money], day: date) -> dict[str, Decimal]:
    """What is due from today to the end of the month, per currency; late bills count, they are expected too."""
    sums: dict[str, Decimal] = {}
    for m in money:
        if m.amount is not None and m.due is not None and (m.due.year, m.due.month) <= (day.year, day.month):
            sums[m.currency] = sums.get(m.currency, Decimal(0)) + m.amount
    return sums


def _waiting(tx: Tx, deps: Deps, now: datetime) -> tuple[Waiting, ...]:
    """Threads whose last word is ours and expects an answer, after two working days, with or without a rule."""
    dues = cases.next_dues(tx)
    found = []
    for m in messages.open_threads(tx, now - timedelta(days=60)):
        if m.role != "sent" or not m.asks:
            continue
        days = deps.calendar.working_days_between(deps.local(m.arrived).date(), deps.local(now).date())
        running = [c for c in cases.of_object(tx, m.object) if not c.stopped]
        if days >= 2 and (running or not m.baseline) and not came_back(tx, m):
            found.append(_wait(tx, deps, m, days, running, dues))
    return tuple(found)


def _wait(
    tx: Tx, deps: Deps, m: StoredMessage, days: int, running: list[FollowUp], dues: Mapping[int, datetime | None]
) -> Waiting:
    who = m.message.to[0].shown if m.message.to else ""
    draft = any(_has_draft(tx, c) for c in running)
    return Waiting(m.object, who, m.message.subject, m.arrived, days, draft, _next(deps, running, dues))


def _learnt(tx: Tx, since: datetime) -> int:
    """How many corrections a new model has learnt from since then."""
    training = last(tx)
    taken_up = training.result == "accepted" and training.ended is not None and training.ended > since
    return training.learnt if taken_up else 0


def _remarks(tx: Tx, current: Iterable[StoredNote]) -> tuple[Remark, ...]:
    """What rules put into the other sections by their verb `digest`; a clash stands for its first entry."""
    found = []
    for note in current:
        if note.kind in {"task", "reminder"} or note.section == "todo":
            continue
        pair = calendar.clash_of(tx, note.object.id) if note.object.kind == "meeting" else None
        ref = ObjectRef("meeting", pair[0].key) if pair else note.object
        found.append(Remark(note.section, ref, note.text, note.high))
    return tuple(found)


def _deeds(items: Iterable[OutboxItem]) -> tuple[Deed, ...]:
    counts = Counter(i.action for i in items if i.action != "brief")
    return tuple(Deed(action, count) for action, count in sorted(counts.items()))


def _failures(items: Iterable[OutboxItem], words: Words) -> tuple[Deed, ...]:
    return tuple(
        Deed(i.action, 1, words.t("{title}: {text}", title=i.rule, text=reason(i.error, words))) for i in items
    )


def health(tx: Tx, deps: Deps, rules: RulesInForce, observed: Iterable[OutboxItem] = ()) -> Health:
    """What works and what does not; each capability that was missing for a deed once."""
    missing = tuple(dict.fromkeys(reason(i.error, deps.words) for i in observed if i.error))
    states = {s.name: s for s in accounts.states(tx)}
    names = [*deps.accounts, *(f"calendar:{n}" for n in deps.calendars)]
    shown = [(n.removeprefix("calendar:"), states.get(n)) for n in names]
    refs = places.quarantined(tx)
    said = tuple(filter(None, (deps.classifier_note(), told(last(tx), deps.words, deps.clock.now()))))
    return Health(
        accounts=tuple(
            AccountHealth(n, s.last_ok if s else None, reason(s.error, deps.words) if s else "") for n, s in shown
        ),
        rules_active=len(rules.rules),
        rules_ignored=tuple(rules.ignored.items()),
        classifier=deps.classifier.name,
        quarantined=tuple(f"{r.account}/{r.mailbox}, {r.uid}" for r in refs),
        notes=said + missing,
    )
