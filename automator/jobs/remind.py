"""Remind: turn the due steps of running follow-ups into intents; close the cases that are settled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from automator.failpoint import failpoint
from automator.followup.ladder import FollowUp, ObjectRef, StepRecord, StepState
from automator.jobs.arm import RulesInForce, rule_of_version
from automator.jobs.close import close, put_away
from automator.jobs.deps import Deps
from automator.jobs.guard import TO_OTHERS
from automator.jobs.situation import situation
from automator.mail.message import MessageRef
from automator.mail.thread import normal_subject
from automator.rulebook.plan import step_intents
from automator.rulebook.schema import Rule
from automator.store import bills, cases, messages, outbox, places
from automator.store.db import Tx
from automator.store.records import OutboxItem, StoredMessage

_OF_MAIL: Mapping[str, StepState] = {"done": "sent", "cancelled": "dropped"}


@dataclass(frozen=True, slots=True)
class Reminded:
    """Outcome of a pass over the running cases."""

    queued: int = 0
    stopped: int = 0


def remind(account: str, deps: Deps, rules: RulesInForce) -> Reminded:
    """Look at every running case of an account.

    1. What became of its drafts is read off Drafts and Sent. 2. A `stop` that came true, or a rule that is off,
    closes it (`close`). 3. Its due steps become intents. Each case is one transaction.
    """
    queued = stopped = 0
    with deps.db.read() as tx:
        running = cases.running(tx, account)
    texts: dict[str, Rule | None] = {}
    for case in running:
        with deps.db.transaction() as tx:
            if case.rule_version not in texts:
                texts[case.rule_version] = rule_of_version(tx, deps, case.rule_version)
            made, ended = _one(tx, deps, rules, case, texts[case.rule_version])
        failpoint("remind_after_case")
        queued += made
        stopped += ended
    with deps.db.transaction() as tx:
        _tidy(tx, deps, account)
    return Reminded(queued, stopped)


def _one(tx: Tx, deps: Deps, rules: RulesInForce, case: FollowUp, rule: Rule | None) -> tuple[int, int]:
    if rule is None or case.rule not in rules.armed:
        return 0, 0  # switched off or unreadable: it rests, and goes on when the file is back
    case = _with_outcomes(tx, deps, case)
    now = deps.clock.now()
    known = situation(tx, deps, case.object, case.base)
    if known is None:
        close(tx, deps.words, case, "gone", now)
        return 0, 1
    made = step_intents(case, rule, known, rules.firm(deps), now)
    cases.record(tx, case.id, made.records)
    if made.stop:
        close(tx, deps.words, case, made.stop, now)
        return 0, 1
    cases.set_next_due(tx, case.id, made.next_due)
    return outbox.enqueue(tx, made.intents, now, follow_up=case.id), 0


def _tidy(tx: Tx, deps: Deps, account: str) -> None:
    """Drafts that were first seen after their case had ended are put away as well."""
    for key in places.drafts(tx, account):
        item = outbox.by_key(tx, key)
        case = cases.get(tx, item.follow_up) if item is not None and item.follow_up is not None else None
        if item is not None and case is not None and case.stopped:
            put_away(tx, deps.words, item, case.stopped, deps.clock.now())


def _with_outcomes(tx: Tx, deps: Deps, case: FollowUp) -> FollowUp:
    """What became of prepared levels: sent by the owner, dropped by him, or sent by us."""
    records = dict(case.records)
    lying = places.drafts(tx, case.account)
    for item in outbox.of_case(tx, case.id):
        entry = records.get(item.step)
        if entry is None or entry.state != "prepared":
            continue
        outcome = _outcome(tx, case, item, lying, deps.clock.now())
        if outcome is not None:
            records[item.step] = outcome
            if outcome.state == "dropped":
                cases.pause(tx, case.id, paused=True)
                case = replace(case, paused=True)
    changed = {name: entry for name, entry in records.items() if case.records.get(name) != entry}
    cases.record(tx, case.id, changed)
    return replace(case, records=records)


def _outcome(
    tx: Tx, case: FollowUp, item: OutboxItem, lying: Mapping[str, tuple[MessageRef, str]], now: datetime
) -> StepRecord | None:
    """What became of one prepared letter; None while nothing has. A sending counts from when it was sent.

    One that failed, or is kept back, stays prepared: the digest says why, and it may be tried again.
    """
    moment = item.settled_at or now
    if item.action in TO_OTHERS or item.state == "cancelled":
        state = _OF_MAIL.get(item.state)
        return StepRecord(state, moment) if state else None
    if item.action != "draft" or item.state != "done":
        return None
    sent = places.sent_with_key(tx, item.account, item.key)
    if sent is None and item.key not in lying:
        sent = wrote_at(tx, case, item, moment)
    if sent is not None:
        # a draft that a mail program merely moved to Sent kept its old date: it left between two of our looks
        return StepRecord("sent", sent if sent > moment else now)
    gone = item.key not in lying and places.draft_is_gone(tx, item.account, item.key)
    return StepRecord("dropped", now) if gone else None


def wrote_at(tx: Tx, case: FollowUp, item: OutboxItem, since: datetime) -> datetime | None:
    """When the owner himself wrote, after our draft was made, what the draft was to say.

    To the same person, and in the conversation of the case, in answer to the draft, or under its subject: any other
    mail to that person is another matter, and so is a letter of ours that bears another key.
    """
    found = [m for m in messages.sent_to(tx, item.account, item.recipient, since) if _key(m) in {"", item.key}]
    if not found:
        return None
    ours = [m for n in places.with_key(tx, item.account, item.key) if (m := messages.get(tx, n)) is not None]
    threads = {m.thread for m in (*_origin(tx, case.object), *ours)}
    subjects = {normal_subject(m.message.subject) for m in ours} - {""}
    named = {item.header_id, *(m.message.message_id for m in ours)} - {""}
    for m in found:
        answers = bool(named & {m.message.message_id, m.message.in_reply_to, *m.message.references})
        if answers or m.thread in threads or normal_subject(m.message.subject) in subjects:
            return m.arrived
    return None


def _key(m: StoredMessage) -> str:
    return m.message.headers.get("x-automator-key", "")


def _origin(tx: Tx, ref: ObjectRef) -> list[StoredMessage]:
    """The mail that a case is about: its own, or the one that brought its bill."""
    number: int | None = None
    if ref.kind == "mail":
        number = int(ref.id)
    elif ref.kind == "invoice":
        bill = bills.get(tx, int(ref.id))
        number = bill.message_id if bill else None
    stored = messages.get(tx, number) if number is not None else None
    return [stored] if stored else []
