"""Todo: what needs a decision of the owner today, oldest first, each matter once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from automator.digest.reasons import reason
from automator.digest.view import TodoItem, TodoKind
from automator.followup.ladder import ObjectRef
from automator.jobs.deps import Deps
from automator.jobs.given_up import given_up
from automator.jobs.situation import situation
from automator.store import bills, correspondents, messages, outbox, places
from automator.store.db import Tx
from automator.store.records import OutboxItem, StoredMessage, StoredNote
from automator.triage.why import telling
from automator.words import Words

_URGENT_DAYS = 7
_OPEN_DAYS = 30
_WHY = 3
_DEADLINE_DAYS = 10
_ORDER: dict[TodoKind, int] = {
    "unknown": 0, "urgent": 1, "maybe_urgent": 2, "late": 3, "verify": 4, "held": 5, "draft": 6, "reminder": 7, "request": 8,
    "maybe_request": 9, "task": 10,
}  # fmt: skip


def todo(tx: Tx, deps: Deps, now: datetime, current: Sequence[StoredNote]) -> tuple[TodoItem, ...]:
    """All kinds of things to do; of several about one object, the most pressing stands for it and tells the others.

    `current` are the notes to be shown now.
    """
    found = [
        *(_of_outbox(tx, deps, i, "unknown") for i in outbox.in_state(tx, "unknown")),
        *(_of_outbox(tx, deps, i, "held") for i in outbox.in_state(tx, "held") if i.hold in _ASKS_OWNER),
        *_urgent(tx, deps, now),
        *_requests(tx, deps, now),
        *_to_verify(tx, deps),
        *_returned(tx, deps, now),
        *given_up(tx, deps),
        *(_of_note(tx, deps, n) for n in current if n.kind in {"task", "reminder"}),
    ]
    known = {item.object for item in found}
    told = [n for n in current if n.kind not in {"task", "reminder"} and n.section == "todo"]
    found += [_of_note(tx, deps, n) for n in told if n.object not in known]
    found.sort(key=lambda i: (_ORDER[i.kind], i.since))
    once: dict[ObjectRef, TodoItem] = {}
    for item in found:
        first = once.get(item.object)
        once[item.object] = item if first is None else _joined(first, item)
    return tuple(once.values())


def _joined(first: TodoItem, other: TodoItem) -> TodoItem:
    """One matter once, but the owner's own words and the question whether to go on are not lost with the others."""
    said = (other.what,) if other.kind in _OWN_WORDS and other.what not in {first.what, *first.notes} else ()
    return replace(first, notes=(*first.notes, *said), paused=first.paused or other.paused)


_OWN_WORDS = frozenset({"reminder", "task", "draft"})
_ASKS_OWNER = frozenset({"approval", "recipient", "allow_send", "placeholder"})


def _of_outbox(tx: Tx, deps: Deps, item: OutboxItem, kind: TodoKind) -> TodoItem:
    known = situation(tx, deps, item.object, item.created_at)
    values = known.values if known else {}
    who = item.recipient or values.get("client") or values.get("supplier") or item.account
    what = values.get("subject") or values.get("number") or item.why
    since = item.claimed_at or item.created_at
    return TodoItem(
        item.object, kind, who, what, since, why=(reason(item.error, deps.words) or item.why,), handle=str(item.id)
    )


def is_shown(tx: Tx, message_id: int, now: datetime) -> bool:
    """Does this mail stand on the list of things to do because of how it is sorted?"""
    return any(m.id == message_id for m in (*_urgent_mails(tx, now), *_request_mails(tx, now)))


def handled(tx: Tx, m: StoredMessage) -> bool:
    """Answered, or put away by the owner himself: he moved or deleted it, and no rule of ours did."""
    if places.current(tx, m.id) is None and not outbox.moved_by_us(tx, m.object):
        return True
    later = [
        o for o in messages.thread(tx, m.thread) if o.arrived > m.arrived and o.role == "sent" and not o.automatic
    ]
    return bool(later)


def _urgent_mails(tx: Tx, now: datetime) -> list[StoredMessage]:
    found = messages.urgent_open(tx, now - timedelta(days=_URGENT_DAYS))
    return [m for m in found if not m.baseline and not handled(tx, m)]


def _urgent(tx: Tx, deps: Deps, now: datetime) -> list[TodoItem]:
    found: list[TodoItem] = []
    for m in _urgent_mails(tx, now):
        kind: TodoKind = "urgent" if m.decision("urgent") == "yes" else "maybe_urgent"
        found.append(_mail(deps, m, kind, now, _reasons(tx, deps, m, "urgent")))
    return found


def _request_mails(tx: Tx, now: datetime) -> list[StoredMessage]:
    found = messages.open_threads(tx, now - timedelta(days=_OPEN_DAYS))
    wanted = [m for m in found if m.role == "received" and not m.baseline and m.decision("client_request") != "no"]
    return [m for m in wanted if not handled(tx, m)]


def _requests(tx: Tx, deps: Deps, now: datetime) -> list[TodoItem]:
    """Clients' requests without an answer of ours: late after two working days. A doubtful one is a question still."""
    found = []
    for m in _request_mails(tx, now):
        late = deps.calendar.working_days_between(deps.local(m.arrived).date(), deps.local(now).date())
        kind: TodoKind = "late" if late >= 2 else "request"
        kind = "maybe_request" if m.decision("client_request") == "unsure" else kind
        found.append(_mail(deps, m, kind, now, _reasons(tx, deps, m, "client_request")))
    return found


def _mail(deps: Deps, m: StoredMessage, kind: TodoKind, now: datetime, why: tuple[str, ...]) -> TodoItem:
    late = deps.calendar.working_days_between(deps.local(m.arrived).date(), deps.local(now).date())
    return TodoItem(
        object=m.object,
        kind=kind,
        who=m.message.sender.shown,
        what=m.message.subject,
        since=m.arrived,
        days_late=late if kind == "late" else 0,
        due=_deadline(m),
        why=why,
    )


def _deadline(m: StoredMessage) -> date | None:
    return date.fromisoformat(m.facts.deadline.value) if m.facts.deadline else None


def _reasons(tx: Tx, deps: Deps, m: StoredMessage, category: str) -> tuple[str, ...]:
    """What decided: the owner's own word, else two words or cues of the mail and that we know the sender, else three."""
    if m.corrections.get(category):
        return (deps.words.t("you said so"),)
    judged = m.verdict.categories.get(category) if m.verdict else None
    found = telling(judged.reasons, _WHY) if judged else ()
    known = acquaintance(tx, deps.words, m)
    return (*found[: _WHY - 1], known, *found[_WHY - 1 :]) if known else found


def acquaintance(tx: Tx, words: Words, m: StoredMessage) -> str:
    """ "known client": he asked us something before and we answered; "known sender": we wrote to each other; else "".

    A sender that is not who he claims to be is not known.
    """
    sender = m.message.sender.addr
    honest = m.message.authentication.verified is not False
    if not honest or not correspondents.corresponds(tx, m.account, sender, m.arrived):
        return ""
    client = correspondents.was_client(tx, m.account, sender, m.arrived)
    return words.t("known client") if client else words.t("known sender")


def came_back(tx: Tx, m: StoredMessage) -> bool:
    """Did this mail of ours bounce?"""
    to = m.message.to[0].addr if m.message.to else ""
    return bool(to) and messages.bounced_at(tx, to, m.arrived) is not None


def _returned(tx: Tx, deps: Deps, now: datetime) -> list[TodoItem]:
    """Mails of the owner that never reached their reader: he waits for an answer in vain."""
    found = []
    for m in messages.open_threads(tx, now - timedelta(days=_OPEN_DAYS)):
        if m.role == "sent" and not m.baseline and came_back(tx, m):
            what = deps.words.t("Your mail came back, it was not delivered: {subject}", subject=m.message.subject)
            found.append(TodoItem(m.object, "task", m.message.to[0].shown, what, m.arrived))
    return found


def _to_verify(tx: Tx, deps: Deps) -> list[TodoItem]:
    found = []
    for b in bills.listed(tx, direction="received", status="verify"):
        what = " ".join(filter(None, (b.number, deps.words.money(b.amount, b.currency) if b.amount else "")))
        why = deps.words.t("another IBAN than the one known: call the number you know before paying")
        found.append(TodoItem(b.object, "verify", b.party, what, b.created_at, due=b.due, why=(why,)))
    return found


def _of_note(tx: Tx, deps: Deps, note: StoredNote) -> TodoItem:
    known = situation(tx, deps, note.object, note.created_at)
    values = known.values if known else {}
    who = values.get("client") or values.get("supplier") or ""
    kind: TodoKind = "task" if note.kind == "task" else "reminder"
    return TodoItem(note.object, kind, who, note.text, note.at or note.created_at)


def deadlines(tx: Tx, deps: Deps, now: datetime) -> tuple[TodoItem, ...]:
    """Dates that clients asked for, today and in the next ten days, in open threads."""
    today = deps.local(now).date()
    found = []
    for m in messages.open_threads(tx, now - timedelta(days=_OPEN_DAYS)):
        due = _deadline(m)
        asked = m.role == "received" and m.decision("client_request") != "no"
        if asked and due and today <= due <= today + timedelta(days=_DEADLINE_DAYS):
            found.append(_mail(deps, m, "request", now, ()))
    return tuple(sorted(found, key=lambda i: (i.due or today, i.since)))
