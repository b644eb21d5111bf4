"""From a block of a rule to the Intent: how far it may go alone, its key, and one sentence that says why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from pydantic import BaseModel

from automator.followup.ladder import ObjectRef
from automator.rulebook.blocks import Block
from automator.rulebook.intent import Autonomy, Firm, Intent
from automator.rulebook.language import LEVEL_VERBS, OWNER_VERBS, SENDING_VERBS
from automator.rulebook.phrases import delay_phrase, event_phrase
from automator.rulebook.schema import Rule
from automator.words import Words


@dataclass(frozen=True, slots=True)
class Cause:
    """What a deed follows from: the object, its account, the event's moment and name, and how sure it is."""

    object: ObjectRef
    account: str
    base: datetime
    occurrence: str = ""
    unsure: bool = False


def effective(rule: Rule, firm: Firm, *, unsure: bool) -> Autonomy:
    """The lowest of the rule's and the ceiling; one level less for a match through an unsure verdict."""
    level = min(firm.max_autonomy, rule.autonomy if rule.autonomy is not None else firm.max_autonomy)
    return Autonomy(max(level - 1, Autonomy.OBSERVE)) if unsure else level


def key(rule: str, object_: ObjectRef, step: str, occurrence: str) -> str:
    """The once-only key of a deed: rule / object / step / occurrence."""
    return f"{rule}/{object_}/{step}/{occurrence}"


def deed(rule: Rule, block: Block, cause: Cause, firm: Firm, now: datetime) -> Intent:
    """The Intent of a block that is due, by the table of autonomy:

    1. What concerns the owner only (digest, remind, task, notify) is always done.
    2. Under OBSERVE everything else is told only.
    3. A send under DRAFT, or where sending is not allowed at all, becomes a draft; under ASK it is held.
    4. What writes to others waits for the next opening of the window.
    """
    level = effective(rule, firm, unsure=cause.unsure)
    form = _form(block, level, firm)
    return Intent(
        key=key(rule.id, cause.object, block.id, cause.occurrence),
        object=cause.object,
        account=cause.account,
        action=form.action,
        params=form.params,
        not_before=firm.calendar.next_opening(now) if block.verb in LEVEL_VERBS else now,
        autonomy=level,
        rule=rule.id,
        rule_version=rule.version,
        why=_why(rule, block, cause, firm.words, firm.calendar.local_day(cause.base)),
        step=block.id,
        observed=form.observed,
        held=form.held,
        base=cause.base,
    )


class _Form(NamedTuple):
    """How a block is performed: which action with which Options, told only, or held for approval."""

    action: str
    params: BaseModel
    observed: bool = False
    held: bool = False


def _form(block: Block, level: Autonomy, firm: Firm) -> _Form:
    if block.verb in OWNER_VERBS:
        return _Form(block.verb, block.params)
    if level is Autonomy.OBSERVE:
        return _Form(block.verb, block.params, observed=True)
    if block.verb not in SENDING_VERBS:
        return _Form(block.verb, block.params)
    if level is Autonomy.DRAFT or not firm.allow_send:
        if block.as_draft is None:  # a delegation has no template of its own: it is only told
            return _Form(block.verb, block.params, observed=True)
        return _Form("draft", block.as_draft)
    return _Form(block.verb, block.params, held=level is Autonomy.ASK)


def _why(rule: Rule, block: Block, cause: Cause, words: Words | None, day: date) -> str:
    if words is None:
        return rule.title
    said = words.t(
        "{title} ({event}, {date})",
        title=rule.title,
        event=event_phrase(rule.on, words),
        date=words.date(day, "long"),
    )
    if block.delay:
        said = words.t("{reason}, {delay}", reason=said, delay=delay_phrase(block.after, block.before, words))
    if cause.unsure and block.verb in OWNER_VERBS:
        return words.t("{reason}; the sorting hesitates", reason=said)
    if cause.unsure:
        said = words.t("{reason}; the sorting hesitates, so one step less", reason=said)
    return said
