"""Notice: what time alone brings: bills that come overdue, meetings that come near, clashes in the agenda."""

from __future__ import annotations

from datetime import datetime, timedelta

from automator.agenda.conflicts import clashes
from automator.agenda.event import CalendarEvent
from automator.errors import AutomatorError
from automator.followup.ladder import ObjectRef
from automator.jobs.arm import RulesInForce
from automator.jobs.close import EDITED
from automator.jobs.deps import Deps
from automator.jobs.happen import raise_event
from automator.jobs.situation import bill_situation, meeting_situation
from automator.rulebook.plan import Event
from automator.store import accounts, bills, calendar, notes, places
from automator.store.db import Tx

AHEAD = timedelta(days=62)
_CLASHES_AHEAD = timedelta(days=14)


def read_calendars(deps: Deps) -> dict[str, str]:
    """Read every calendar; a failure is written down and ends that calendar's reading only. Name -> error."""
    errors: dict[str, str] = {}
    for name, source in deps.calendars.items():
        label = f"calendar:{name}"
        with deps.db.transaction() as tx:
            state = accounts.ensure(tx, label)
        try:
            for batch in source.fetch(state.cursor):
                with deps.db.transaction() as tx:
                    calendar.replace(tx, name, batch.events, whole=batch.whole)
                    accounts.advance(tx, label, batch.cursor)
        except AutomatorError as error:
            errors[name] = str(error)
            with deps.db.transaction() as tx:
                accounts.read_failed(tx, label, deps.clock.now(), str(error))
            continue
        with deps.db.transaction() as tx:
            accounts.read_ok(tx, label, deps.clock.now())
    return errors


def notice(deps: Deps, rules: RulesInForce) -> None:
    """Raise the events of the day. Raising one twice changes nothing: cases and intents have unique keys."""
    with deps.db.transaction() as tx:
        _begun(tx, deps)
        _left_drafts(tx, deps)
        _overdue(tx, deps, rules)
        _meetings(tx, deps, rules)


def _begun(tx: Tx, deps: Deps) -> None:
    """What was to be prepared for a meeting is no news once it has begun, or is gone."""
    now = deps.clock.now()
    for note in notes.open_notes(tx, now):
        if note.object.kind != "meeting":
            continue
        pair = calendar.clash_of(tx, note.object.id)
        event = pair[0] if pair else calendar.get(tx, note.object.id)
        if event is None or event.start <= now:
            notes.done(tx, note.id, now)


def _left_drafts(tx: Tx, deps: Deps) -> None:
    """An edited draft that the owner was told of has left Drafts: he has seen to it."""
    now = deps.clock.now()
    for note in notes.open_notes(tx, now):
        if note.key.endswith(EDITED) and note.key.removesuffix(EDITED) not in places.drafts(tx, note.account):
            notes.done(tx, note.id, now)


def _overdue(tx: Tx, deps: Deps, rules: RulesInForce) -> None:
    for bill in bills.open_bills(tx, due_before=deps.today()):
        if bill.due is None:
            continue
        base = datetime.combine(bill.due, datetime.min.time(), deps.calendar.zone)
        event = Event(
            "invoice.overdue", bill.object, bill.account or deps.owner_account, base, bill.due + timedelta(days=1)
        )
        raise_event(tx, deps, rules, event, bill_situation(tx, deps, bill, base))


def _meetings(tx: Tx, deps: Deps, rules: RulesInForce) -> None:
    now = deps.clock.now()
    coming = [e for e in calendar.between(tx, now, now + AHEAD) if e.start > now and not e.ours]
    for entry in coming:
        _meeting(tx, deps, rules, "meeting.upcoming", entry.key, entry)
    near = [e for e in coming if e.start <= now + _CLASHES_AHEAD]
    for first, second in clashes(near):
        if calendar.note_clash(tx, first, second, now):
            _meeting(tx, deps, rules, "meeting.conflict", calendar.clash_key(first, second), first)


def _meeting(tx: Tx, deps: Deps, rules: RulesInForce, kind: str, key: str, entry: CalendarEvent) -> None:
    now = deps.clock.now()
    known = meeting_situation(tx, deps, key)
    upcoming = kind == "meeting.upcoming"
    at = entry.start if upcoming else now
    occurrence = deps.local(entry.start).isoformat() if upcoming else ""
    event = Event(kind, ObjectRef("meeting", key), deps.owner_account, at, deps.local(at).date(), occurrence)
    if known is not None:
        raise_event(tx, deps, rules, event, known)
