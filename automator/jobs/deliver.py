"""Deliver: claim, act, settle. No transaction is held across a socket; nothing is sent on stale knowledge."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from automator.actions.brief import Options as BriefOptions
from automator.actions.brief import digest_id
from automator.errors import AutomatorError, MissingCapability, OutcomeUnknown, TemporaryError
from automator.failpoint import failpoint
from automator.jobs.deps import FRESH, Deps
from automator.jobs.guard import TO_OTHERS, judge, too_many
from automator.jobs.intents import intent_of
from automator.jobs.situation import case_of
from automator.mail.compose import message_id
from automator.mail.template import MissingPlaceholder
from automator.ports import Action, Case, Change, Done
from automator.rulebook.plan import Intent
from automator.store import accounts, outbox, places, settings
from automator.store.db import Tx
from automator.store.records import OutboxItem, OutboxState
from automator.words import msgid

OWN_ACTIONS = ("brief",)
_HELD_FOR_NOW = ("stale", "cap", "closed", "rule", "allow_send", "recipient")
_FIRST_WAIT = timedelta(minutes=5)
_LONGEST_WAIT = timedelta(minutes=67)
_GIVE_UP = {"brief": timedelta(hours=12)}
_GIVE_UP_ELSE = timedelta(days=2)
_THIS_MINUTE = timedelta(seconds=30)

_STATE_OF: dict[type[Exception], OutboxState] = {OutcomeUnknown: "unknown", MissingCapability: "observed"}

Refresh = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Delivered:
    """Outcome of a pass over the outbox."""

    done: int = 0
    failed: int = 0
    unknown: int = 0
    held: int = 0


def deliver(account: str | None, deps: Deps, refresh: Refresh) -> Delivered:
    """Perform what is ready, for one account, or (None) the mails to the owner that need no account.

    1. What was kept back for a while is judged afresh. 2. More mails to others at once than the backlog allows are
    all kept back, and the owner is asked. 3. Before each mail to others the account must have been read within five
    minutes (`refresh` reads it and says whether that went well), else the mail is held.
    """
    now = deps.clock.now()
    with deps.db.transaction() as tx:
        if account is not None:
            outbox.release(tx, account, _HELD_FOR_NOW)
            for item in too_many(tx, deps, now):
                outbox.hold(tx, item.id, "approval", msgid("too many mails at once: please look at them first"))
        ready = outbox.ready(tx, now, account=account, actions=OWN_ACTIONS if account is None else ())
    tally: list[str] = []
    for item in ready:
        if deps.stop.is_set():
            break
        if (item.action in OWN_ACTIONS) == (account is None):
            tally.append(_fresh_or_held(item, deps, refresh))
    if account is not None:
        file_copies(account, deps)
    return Delivered(*(tally.count(state) for state in ("done", "failed", "unknown", "held")))


def _fresh_or_held(item: OutboxItem, deps: Deps, refresh: Refresh) -> str:
    if item.action not in TO_OTHERS or is_fresh(item.account, deps, deps.clock.now(), strictly=True) or refresh():
        return perform(item, deps)
    with deps.db.transaction() as tx:
        outbox.hold(tx, item.id, "stale", msgid("the mailbox could not be read just now"))
    return "held"


def perform(item: OutboxItem, deps: Deps) -> str:
    """One intent: judge it on the fresh rows and claim it (one transaction), act, settle. Returns its new state."""
    action = deps.actions.get(item.action)
    now = deps.clock.now()
    with deps.db.transaction() as tx:
        current = outbox.get(tx, item.id)
        paused = item.action not in OWN_ACTIONS and settings.paused_until(tx, now) is not None
        if current is None or current.state != "ready" or paused:
            return "left"
        item = current
        case = _case(tx, deps, item)
        if action is None:
            outbox.refuse(tx, item.id, now, f"no such action: {item.action}")
            return "failed"
        ruling = judge(tx, deps, item, case, now)
        if ruling.state == "cancelled":
            outbox.cancel(tx, item.id, ruling.why, now)
            return "cancelled"
        if ruling.state == "held":
            outbox.hold(tx, item.id, ruling.hold, ruling.why)
            return "held"
        if not outbox.claim(tx, item.id, now, header_id=own_id(deps, item), recipient=_recipient(case)):
            return "taken"
    failpoint("deliver_claimed")
    state = _act(item, action, case, deps)
    failpoint("deliver_settled")
    return state


def _case(tx: Tx, deps: Deps, item: OutboxItem) -> Case:
    case = case_of(tx, deps, item.object, item.account)
    if item.action == "move_draft":
        lying = places.drafts(tx, item.account).get(item.step)
        return replace(case, ref=lying[0] if lying else None)
    return case


def own_id(deps: Deps, item: OutboxItem) -> str:
    """The Message-ID of whatever mail this intent makes: the same at every attempt."""
    if item.action == "brief":
        return digest_id(deps.key, BriefOptions.model_validate_json(item.params).day, deps.owner.addr)
    sender = deps.accounts[item.account].address if item.account in deps.accounts else deps.owner
    return message_id(deps.key, item.key, sender.domain)


def _recipient(case: Case) -> str:
    return case.recipient.addr if case.recipient else ""


def _act(item: OutboxItem, action: Action, case: Case, deps: Deps) -> str:
    """Act and settle. The copy for Sent is made before the mail leaves: afterwards nothing may fail any more."""
    now = deps.clock.now()
    try:
        intent = intent_of(item, deps)
        copy = _copy(action, intent, case, now, deps) if item.action in TO_OTHERS else None
        done = action.perform(intent, case, now)
    except Exception as error:  # noqa: BLE001 - a bug in one action must not stop the others, nor be tried for ever
        return _failed(item, action, error, deps)
    failpoint("deliver_performed")
    return _done(item, done, copy, deps)


def _done(item: OutboxItem, done: Done, copy: bytes | None, deps: Deps) -> str:
    with deps.db.transaction() as tx:
        now = deps.clock.now()
        outbox.settle(tx, item.id, "done", now, what=done.what, content_hash=done.content_hash, error="")
        if copy is not None:
            outbox.put_copy(tx, item.id, copy)
    return "done"


def _copy(action: Action, intent: Intent, case: Case, now: datetime, deps: Deps) -> bytes | None:
    """The bytes to file in Sent (the very mail, so made for the same `now`), unless the server files them itself."""
    if deps.sender is None or deps.sender.files_sent:
        return None
    maker = getattr(action, "copy_for_sent", None)
    return bytes(maker(intent, case, now)) if maker else None


def _hold(item: OutboxItem, deps: Deps, reason: str, error: str) -> str:
    with deps.db.transaction() as tx:
        outbox.hold(tx, item.id, reason, error)
    return "held"


def _failed(item: OutboxItem, action: Action, error: Exception, deps: Deps) -> str:
    """Temporary: tried again. Unknown: a repeatable deed (and the digest) is tried again under the same Message-ID, a
    client's mail is not. A text with a hole waits for the owner; what a server lacks is told; all else has failed."""
    if isinstance(error, TemporaryError):
        return _again(item, deps, error)
    if isinstance(error, OutcomeUnknown) and action.repeatable:
        return _again(item, deps, TemporaryError(str(error)))
    if isinstance(error, MissingPlaceholder):
        return _hold(item, deps, "placeholder", str(error))
    known = [state for kind, state in _STATE_OF.items() if isinstance(error, kind)]
    said = str(error) if isinstance(error, AutomatorError) else f"internal error: {type(error).__name__}"
    return _settle(item, deps, known[0] if known else "failed", said)


def _again(item: OutboxItem, deps: Deps, error: TemporaryError) -> str:
    now = deps.clock.now()
    if now - (item.first_claimed_at or now) > _GIVE_UP.get(item.action, _GIVE_UP_ELSE):
        return _settle(item, deps, "failed", f"given up: {error}")
    wait = min(_FIRST_WAIT * 2 ** min(item.attempts, 8), _LONGEST_WAIT)
    if error.retry_after is not None:
        wait = max(wait, timedelta(seconds=error.retry_after))
    with deps.db.transaction() as tx:
        outbox.retry(tx, item.id, now + wait * random.uniform(0.9, 1.0), str(error))  # noqa: S311 - jitter, no secret
    return "retry"


def _settle(item: OutboxItem, deps: Deps, state: OutboxState, error: str) -> str:
    with deps.db.transaction() as tx:
        outbox.settle(tx, item.id, state, deps.clock.now(), error=error)
    return state


def file_copies(account: str, deps: Deps) -> int:
    """Append the copies of sent mails to Sent; one that fails is tried again by itself, never by sending again."""
    with deps.db.read() as tx:
        waiting = outbox.copies(tx, account)
    filed = 0
    for item, content in waiting:
        writer = deps.accounts[account].writer
        try:
            if writer.find(item.header_id, "sent") is None:
                flags = frozenset({"\\Seen"})
                writer.apply(Change("append", role="sent", content=content, flags=flags, at=item.settled_at))
        except AutomatorError:
            return filed
        failpoint("copy_filed")
        with deps.db.transaction() as tx:
            outbox.put_copy(tx, item.id, None)
        filed += 1
    return filed


def is_fresh(account: str, deps: Deps, now: datetime, *, strictly: bool = False) -> bool:
    """Was the account read to its end within the last five minutes? `strictly`: this very minute."""
    with deps.db.read() as tx:
        last = {s.name: s.last_ok for s in accounts.states(tx)}.get(account)
    return last is not None and timedelta(0) <= now - last <= (_THIS_MINUTE if strictly else FRESH)
