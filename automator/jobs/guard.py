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
from automator.store import cases, outbox, rules
from automator.store.db import Tx
from automator.store.records import OutboxItem
from automator.words import msgid

TO_OTHERS = frozenset({"send", "delegate"})
_LETTERS = TO_OTHERS | {"draft"}
_DAY = timedelta(hours=24)
_OWN_BRAKE = 50


@dataclass(frozen=True, slots=True)
class Ruling:
    """go, cancelled or held; `why` in words (English, translated where it is shown), `hold` the machine's reason."""

    state: Literal["go", "cancelled", "held"]
    why: str = ""
    hold: str = ""


GO = Ruling("go")


def judge(tx: Tx, deps: Deps, item: OutboxItem, case: Case, now: datetime) -> Ruling:
    """Judge an intent on the rows as they are now.

    1. A `stop` that came true cancels it, whether it belongs to a case or came at once. 2. A letter of a rule that is
    switched off, or of which nothing is known any more, waits. 3. A mail to other people needs allow_send, a
    recipient, an open window and room under the caps. 4. Alerts to the owner have a brake against loops.
    """
    if not item.rule_version:
        return GO  # our own mails: digest, stale drafts
    known = _by_the_rule(tx, deps, item)
    if known.state != "go":
        return known
    if item.action == "notify" and outbox.alerts_since(tx, now - _DAY) >= _OWN_BRAKE:
        return Ruling("held", msgid("enough alerts for one day"), "cap")
    return _third_party(tx, deps, item, case, now) if item.action in TO_OTHERS else GO


def _by_the_rule(tx: Tx, deps: Deps, item: OutboxItem) -> Ruling:
    """Does the rule that asked for it still want it?"""
    if item.action == "move_draft":
        return GO
    case = cases.get(tx, item.follow_up) if item.follow_up is not None else None
    if case is not None and case.stopped:
        return Ruling("cancelled", case.stopped)
    rule = rule_of_version(tx, deps, item.rule_version)
    base = item.base or item.created_at
    known = situation(tx, deps, item.object, base)
    word = stopped(rule, known, base) if rule and known else ""
    if word:
        return Ruling("cancelled", word)
    if item.action in _LETTERS and not (rule and known and rules.is_active(tx, item.rule)):
        return Ruling("held", msgid("its rule is switched off"), "rule")
    return GO


def _third_party(tx: Tx, deps: Deps, item: OutboxItem, case: Case, now: datetime) -> Ruling:
    if case.recipient is None or not case.recipient.addr:
        return Ruling("held", msgid("nobody to write to is known for this case"), "recipient")
    own = case.recipient.addr in deps.identity.addresses
    if not own and not deps.allow_send:
        return Ruling("held", msgid("allow_send is off in config.toml"), "allow_send")
    if deps.calendar.next_opening(now) > now:
        return Ruling("held", msgid("outside the hours in which mail may leave"), "closed")
    return _caps(tx, deps, case.recipient.addr, now)


def _caps(tx: Tx, deps: Deps, address: str, now: datetime) -> Ruling:
    own = address in deps.identity.addresses
    if outbox.sent_since(tx, now - _DAY, address) >= (_OWN_BRAKE if own else deps.caps.per_address_day):
        return Ruling("held", msgid("this address has had its mail for today"), "cap")
    if outbox.sent_since(tx, now - _DAY) >= deps.caps.per_day:
        return Ruling("held", msgid("the daily number of mails is reached"), "cap")
    return GO


def too_many(tx: Tx, deps: Deps, now: datetime) -> list[OutboxItem]:
    """Mails to others that nobody looked at, when there are more at once than the backlog allows: all of them."""
    waiting = [i for i in outbox.ready(tx, now, actions=TO_OTHERS) if i.approved_at is None]
    return waiting if len(waiting) > deps.caps.backlog else []
