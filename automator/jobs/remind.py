"""Remind: turn the due steps of running follow-ups into intents; close the cases that are settled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from automator.actions.move_draft import Options as StaleDraft
from automator.failpoint import failpoint
from automator.followup.ladder import FollowUp, StepRecord, StepState
from automator.jobs.arm import RulesInForce, rule_of_version
from automator.jobs.deps import Deps
from automator.jobs.situation import situation
from automator.mail.message import MessageRef
from automator.rulebook.plan import Autonomy, Intent, step_intents
from automator.rulebook.schema import Rule
from automator.store import cases, messages, notes, outbox, places
from automator.store.db import Tx
from automator.store.records import OutboxItem

_OF_MAIL: Mapping[str, StepState] = {"done": "sent", "cancelled": "dropped", "failed": "dropped"}


@dataclass(frozen=True, slots=True)
class Reminded:
    """Outcome of a pass over the running cases."""

    queued: int = 0
    stopped: int = 0


def remind(account: str, deps: Deps, rules: RulesInForce) -> Reminded:
    """Look at every running case of an account.

    1. What became of its drafts is read off Drafts and Sent. 2. A `stop` that came true, or a rule that is off,
    closes it: its waiting intents are cancelled, its untouched draft is put away. 3. Its due steps become intents.
    Each case is one transaction.
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
    return Reminded(queued, stopped)


def _one(tx: Tx, deps: Deps, rules: RulesInForce, case: FollowUp, rule: Rule | None) -> tuple[int, int]:
    if rule is None or case.rule not in rules.armed:
        return 0, 0  # switched off or unreadable: it rests, and goes on when the file is back
    case = _with_outcomes(tx, deps, case)
    now = deps.clock.now()
    known = situation(tx, deps, case.object, case.base)
    if known is None:
        cases.stop(tx, case.id, "gone", now)
        return 0, 1
    made = step_intents(case, rule, known, rules.firm(deps), now)
    cases.record(tx, case.id, made.records)
    if made.stop:
        _close(tx, deps, case, made.stop)
        return 0, 1
    cases.set_next_due(tx, case.id, made.next_due)
    return outbox.enqueue(tx, made.intents, now, follow_up=case.id), 0


def _close(tx: Tx, deps: Deps, case: FollowUp, why: str) -> None:
    now = deps.clock.now()
    for item in outbox.of_case(tx, case.id):
        if item.action == "draft" and item.state == "done":
            _put_away(tx, deps, item)
    outbox.cancel_case(tx, case.id, why, now)
    cases.stop(tx, case.id, why, now)
    notes.done_for(tx, case.object, now)


def _put_away(tx: Tx, deps: Deps, item: OutboxItem) -> None:
    """An untouched draft is moved, never deleted; an edited one is the owner's: he is told."""
    found = places.drafts(tx, item.account).get(item.key)
    if found is None or found[1] != item.content_hash:
        return
    now = deps.clock.now()
    intent = Intent(
        key=f"{item.key}/stale",
        object=item.object,
        account=item.account,
        action="move_draft",
        params=StaleDraft(),
        not_before=now,
        autonomy=Autonomy.AUTO,
        rule=item.rule,
        rule_version=item.rule_version,
        why=deps.words.t("the case is settled: this draft of ours is no longer needed"),
        step=item.key,
    )
    outbox.enqueue(tx, [intent], now)


def _with_outcomes(tx: Tx, deps: Deps, case: FollowUp) -> FollowUp:
    """What became of prepared levels: sent by the owner, dropped by him, or sent by us."""
    records = dict(case.records)
    lying = places.drafts(tx, case.account)
    for item in outbox.of_case(tx, case.id):
        entry = records.get(item.step)
        if entry is None or entry.state != "prepared":
            continue
        outcome = _outcome(tx, item, lying, deps.clock.now())
        if outcome is not None:
            records[item.step] = outcome
            if outcome.state == "dropped":
                cases.pause(tx, case.id, paused=True)
                case = replace(case, paused=True)
    changed = {name: entry for name, entry in records.items() if case.records.get(name) != entry}
    cases.record(tx, case.id, changed)
    return replace(case, records=records)


def _outcome(
    tx: Tx, item: OutboxItem, lying: Mapping[str, tuple[MessageRef, str]], now: datetime
) -> StepRecord | None:
    """What became of one prepared letter; None while nothing has. A sending counts from when it was sent."""
    moment = item.settled_at or now
    if item.action in {"send", "delegate"} or item.state in {"failed", "cancelled"}:
        state = _OF_MAIL.get(item.state)
        return StepRecord(state, moment) if state else None
    if item.action != "draft" or item.state != "done":
        return None
    sent = places.sent_with_key(tx, item.account, item.key) or _wrote_at(tx, item, moment)
    if sent is not None:
        # a draft that a mail program merely moved to Sent kept its old date: it left between two of our looks
        return StepRecord("sent", sent if sent > moment else now)
    gone = item.key not in lying and places.draft_is_gone(tx, item.account, item.key)
    return StepRecord("dropped", now) if gone else None


def _wrote_at(tx: Tx, item: OutboxItem, since: datetime) -> datetime | None:
    """When the owner wrote to that person after the draft was made."""
    found = messages.sent_to(tx, item.account, item.recipient, since)
    return found[0].arrived if found else None
