"""Guard: the last look before a deed: is it still wanted, still allowed, within the caps?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from automator.jobs.arm import rule_of_version
from automator.jobs.deps import Deps
from automator.jobs.situation import situation
from automator.ports import Case
from automator.rulebook.plan import stopped
from automator.store import cases, outbox
from automator.store.db import Tx
from automator.store.records import OutboxItem

_DAY = timedelta(hours=24)
_OWN_BRAKE = 50


@dataclass(frozen=True, slots=True)
class Ruling:
    """go, cancelled or held; `why` in words, `hold` the machine's reason."""

    state: Literal["go", "cancelled", "held"]
    why: str = ""
    hold: str = ""


def judge(tx: Tx, deps: Deps, item: OutboxItem, case: Case, now: datetime) -> Ruling:
    """Judge an intent on the rows as they are now.

    1. A `stop` that came true cancels a step of a case. 2. A mail to other people needs allow_send, a recipient,
    an open window and room under the caps; what the owner approved himself needs no window and no backlog.
    """
    if item.follow_up is not None and item.action != "move_draft":
        word = _stop_word(tx, deps, item)
        if word:
            return Ruling("cancelled", word)
    if item.action not in {"send", "delegate"}:
        return Ruling("go")
    return _third_party(tx, deps, item, case, now)


def _stop_word(tx: Tx, deps: Deps, item: OutboxItem) -> str:
    case = cases.get(tx, item.follow_up) if item.follow_up is not None else None
    if case is None:
        return ""
    if case.stopped:
        return case.stopped
    rule = rule_of_version(tx, deps, case.rule_version)
    known = situation(tx, deps, case.object, case.base)
    return stopped(rule, known) if rule and known else ""


def _third_party(tx: Tx, deps: Deps, item: OutboxItem, case: Case, now: datetime) -> Ruling:
    if case.recipient is None:
        return Ruling("held", "nobody to write to is known for this case", "recipient")
    own = case.recipient.addr in deps.identity.addresses
    if not own and not deps.allow_send:
        return Ruling("held", "allow_send is off", "allow_send")
    if item.approved_at is None and deps.calendar.next_opening(now) > now:
        return Ruling("held", "outside the hours in which mail may leave", "closed")
    return _caps(tx, deps, item, case.recipient.addr, now)


def _caps(tx: Tx, deps: Deps, item: OutboxItem, address: str, now: datetime) -> Ruling:
    own = address in deps.identity.addresses
    if outbox.sent_since(tx, now - _DAY, address) >= (_OWN_BRAKE if own else deps.caps.per_address_day):
        return Ruling("held", "this address has had its mail for today", "cap")
    if outbox.sent_since(tx, now - _DAY) >= deps.caps.per_day:
        return Ruling("held", "the daily number of mails is reached", "cap")
    waiting = [i for i in outbox.ready(tx, now, actions=("send", "delegate")) if i.approved_at is None]
    if item.approved_at is None and len(waiting) > deps.caps.backlog:
        return Ruling("held", "too many mails at once: please look at them first", "approval")
    return Ruling("go")
