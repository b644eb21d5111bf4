"""Deciding: an event, the situation of its object and the rules give a plan. Pure; nothing is done here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from automator.rulebook.deeds import Cause, deed
from automator.rulebook.intent import (
    Arming,
    Autonomy,
    Event,
    Firm,
    Intent,
    Plan,
    Situation,
    StepPlan,
    Trace,
)
from automator.rulebook.language import FILING_VERBS
from automator.rulebook.match import match
from automator.rulebook.schema import Rule
from automator.rulebook.steps import ladder, step_intents, stopped, waits

__all__ = [
    "Arming",
    "Autonomy",
    "Event",
    "Firm",
    "Intent",
    "Plan",
    "Situation",
    "StepPlan",
    "Trace",
    "ladder",
    "plan",
    "step_intents",
    "stopped",
]


def plan(event: Event, situation: Situation, rules: Sequence[Rule], now: datetime, firm: Firm) -> Plan:
    """What the rules make of an event.

    1. Rules are taken by priority (highest first), then file name; a rule acts on events of its arming day or later.
    2. A matching rule gives an Intent for each block at once, and one Arming when any block waits.
    3. Of several filing deeds (move, archive) on the object the first wins; the others stand in the trace.
    Deterministic: the same arguments give the same plan, and no key stands twice.
    """
    intents: list[Intent] = []
    armed: list[Arming] = []
    trace: list[Trace] = []
    filed_by = ""
    for rule in sorted(rules, key=lambda r: (-r.priority, r.file)):
        if rule.on != event.kind:
            continue
        own, cases, reason = _apply(rule, event, situation, now, firm)
        filing = [intent for intent in own if intent.action in FILING_VERBS and not intent.observed]
        if filing and filed_by:
            own = [intent for intent in own if intent.action not in FILING_VERBS]
            reason = f"filing: {filed_by}"
        elif filing:
            filed_by = rule.id
            own = [intent for intent in own if intent.action not in FILING_VERBS or intent is filing[0]]
        intents += own
        armed += cases
        trace.append(Trace(rule.id, not reason, reason))
    return Plan(tuple(intents), tuple(armed), tuple(trace))


def _apply(
    rule: Rule, event: Event, situation: Situation, now: datetime, firm: Firm
) -> tuple[list[Intent], list[Arming], str]:
    """Intents at once, the case to open, and what stood against the rule ("" = nothing)."""
    since = firm.armed.get(rule.id)
    if since is None or event.happened < since:
        return [], [], "armed"
    waiting = waits(rule)
    later = match(rule, event, situation, now, firm.calendar, later=True)
    if not later.ok:
        return [], [], later.failed
    stop = stopped(rule, situation, event.at)
    if stop:
        return [], [], f"stop: {stop}"
    cases = [_arming(rule, event)] if waiting else []
    matched = match(rule, event, situation, now, firm.calendar)
    if not matched.ok:  # not old enough yet: only the steps that wait for it
        return [], cases, "" if cases else matched.failed
    cause = Cause(event.object, event.account, event.at, event.occurrence, matched.unsure)
    blocks = [block for block in rule.then if block not in waiting]
    return [deed(rule, block, cause, firm, now) for block in blocks], cases, ""


def _arming(rule: Rule, event: Event) -> Arming:
    return Arming(rule.id, rule.version, event.kind, event.object, event.account, event.at, event.occurrence)
