"""A running case: its dated ladder, whether it is stopped, and what it leads to now. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from automator.agenda.durations import due
from automator.followup.ladder import (
    FollowUp,
    Ladder,
    Step,
    StepRecord,
    due_steps,
    next_moment,
    overtaken,
)
from automator.rulebook.blocks import Block
from automator.rulebook.deeds import Cause, deed
from automator.rulebook.intent import Firm, Intent, Situation, StepPlan
from automator.rulebook.language import DIGEST_VERBS, LEVEL_VERBS, OWNER_VERBS, TOLD_VERBS
from automator.rulebook.match import holds_now
from automator.rulebook.schema import Rule

_ANSWERS = frozenset({"replied", "sent"})
_PAYABLE = ("invoice.", "mail.")


def waits(rule: Rule) -> tuple[Block, ...]:
    """The blocks that a case performs: those with a delay, and a level at once where a later level must follow it."""
    levels = any(block.delay and block.verb in LEVEL_VERBS for block in rule.then)
    return tuple(block for block in rule.then if block.delay or (levels and block.verb in LEVEL_VERBS))


def ladder(rule: Rule, base: datetime, firm: Firm) -> Ladder:
    """The dated steps of `rule` for an event at `base` (aware), in file order."""
    return Ladder(tuple(_step(rule, block, base, firm) for block in waits(rule)))


def _step(rule: Rule, block: Block, base: datetime, firm: Firm) -> Step:
    calendar = firm.calendar
    moment = calendar.next_opening(base)
    if block.delay:
        owner_only = block.verb in OWNER_VERBS
        moment = due(base, block.delay, calendar, before=block.before is not None, owner_only=owner_only)
        if block.verb in DIGEST_VERBS and block.delay.unit != "working_hour":
            # what the owner reads in the digest comes due with the day, or this morning's would not have it
            moment = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    if block.verb in LEVEL_VERBS:
        moment = calendar.next_opening(moment)  # working hours may end on the closing hour itself
    return Step(
        id=block.id,
        verb=block.verb,
        due=moment,
        level=block.verb in LEVEL_VERBS,
        told=block.verb in TOLD_VERBS,
        until=_pointless_from(rule, base, firm) if block.before else None,
    )


def _pointless_from(rule: Rule, base: datetime, firm: Firm) -> datetime:
    """A step `before` a meeting is pointless once it has begun; one before a day, once that day is over."""
    if rule.on.startswith("meeting."):
        return base
    return firm.calendar.day_start(firm.calendar.local_day(base) + timedelta(days=1))


def stopped(rule: Rule, situation: Situation, since: datetime | None = None) -> str:
    """The stop word that came true, "" if none: those of the rule, `done` always, `paid` always for invoices.

    `since` is the base of the case: on mails and invoices an answer (`replied`, `sent`) from before it answers
    something else.
    """
    always: tuple[str, ...] = ("done", "paid") if rule.on.startswith("invoice.") else ("done",)
    for word in dict.fromkeys((*rule.stop, *always)):
        moment = situation.past.get(word)
        if moment is None:
            continue
        older = since is not None and word in _ANSWERS and rule.on.startswith(_PAYABLE) and moment < since
        if not (older and rule.on != "invoice.due"):
            return word
    return ""


def step_intents(item: FollowUp, rule: Rule, situation: Situation, firm: Firm, now: datetime) -> StepPlan:
    """What a case leads to now; call again whenever time has passed or something happened.

    1. A stop word closes the case.
    2. Conditions on the present state (when / except) that do not hold keep it waiting, without closing it.
    3. Of the due steps, levels are prepared inside the window only, the lowest unsent one alone; of missed reminders
       the newest is told and the others are recorded as skipped.
    4. Records: `done` for what is performed at once, `prepared` for a level (`done` where it is told only).
    """
    stop: str = item.stopped or stopped(rule, situation, item.base)
    if stop:
        return StepPlan(stop=stop)
    local = now.astimezone(firm.calendar.zone)
    rungs = ladder(rule, item.base, firm)
    state = holds_now(rule, item.base, situation, now, firm.calendar)
    if not state.ok:
        return StepPlan(next_due=next_moment(item, rungs))
    intents, records = [], {step.id: StepRecord("skipped", now) for step in overtaken(item, rungs, local)}
    for step in due_steps(item, rungs, local):
        if step.level and not firm.calendar.is_open(local):
            continue
        intent = _intent(item, rule, step, firm, now, unsure=state.unsure)
        intents.append(intent)
        waiting = step.level and not intent.observed
        records[step.id] = StepRecord("prepared" if waiting else "done", now)
    after = replace(item, records={**item.records, **records})
    return StepPlan(tuple(intents), records, next_due=next_moment(after, rungs))


def _intent(item: FollowUp, rule: Rule, step: Step, firm: Firm, now: datetime, *, unsure: bool) -> Intent:
    block = rule.block(step.id)
    if block is None:  # pragma: no cover - a ladder is made of the rule's own blocks
        raise ValueError(f"{rule.id} has no step {step.id}")
    cause = Cause(item.object, item.account, item.base, item.occurrence, unsure)
    return deed(rule, block, cause, firm, now)
