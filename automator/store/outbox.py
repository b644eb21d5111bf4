"""The outbox: enqueue once, claim by changing exactly one row, settle."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select

from automator.followup.ladder import ObjectRef
from automator.rulebook.plan import Intent
from automator.store.db import Tx, insert_new
from automator.store.records import OutboxItem, OutboxState
from automator.store.tables import outbox

OPEN: tuple[OutboxState, ...] = ("held", "ready", "sending", "unknown")


def enqueue(tx: Tx, intents: Iterable[Intent], now: datetime, *, follow_up: int | None = None) -> int:
    """Queue intents; one whose key is known already is not queued again. Returns how many were new."""
    return insert_new(tx, outbox, [_row(i, now, follow_up) for i in intents])


def _row(intent: Intent, now: datetime, follow_up: int | None) -> dict[str, Any]:
    state = "observed" if intent.observed else "held" if intent.held else "ready"
    return {
        "key": intent.key,
        "state": state,
        "hold": "approval" if intent.held else "",
        "object_kind": intent.object.kind,
        "object_id": intent.object.id,
        "account": intent.account,
        "action": intent.action,
        "params": intent.params.model_dump_json(),
        "not_before": intent.not_before,
        "autonomy": int(intent.autonomy),
        "rule": intent.rule,
        "rule_version": intent.rule_version,
        "step": intent.step,
        "follow_up": follow_up,
        "why": intent.why,
        "created_at": now,
        "base": intent.base,
        "settled_at": now if intent.observed else None,
        "attempts": 0,
        "error": "",
        "what": "",
        "header_id": "",
        "recipient": "",
        "content_hash": "",
    }


def ready(tx: Tx, now: datetime, *, account: str | None = None, actions: Collection[str] = ()) -> list[OutboxItem]:
    """Intents that may be performed now, oldest first; of one account, of these actions only if given."""
    query = select(outbox).where(outbox.c.state == "ready", outbox.c.not_before <= now)
    if account is not None:
        query = query.where(outbox.c.account == account)
    if actions:
        query = query.where(outbox.c.action.in_(actions))
    return [_item(r) for r in tx.execute(query.order_by(outbox.c.not_before, outbox.c.id))]


def claim(tx: Tx, item_id: int, now: datetime, *, header_id: str, recipient: str) -> bool:
    """ready -> sending. True only for the one caller that changed the row; the Message-ID is fixed with it."""
    mine = and_(outbox.c.id == item_id, outbox.c.state == "ready")
    values = {
        "state": "sending",
        "first_claimed_at": func.coalesce(outbox.c.first_claimed_at, now),
        "claimed_at": now,
        "attempts": outbox.c.attempts + 1,
        "header_id": header_id,
        "recipient": recipient,
        "hold": "",
    }
    return tx.execute(outbox.update().where(mine).values(**values)).rowcount == 1


def settle(tx: Tx, item_id: int, state: OutboxState, now: datetime, **values: Any) -> bool:
    """Leave `sending` or `unknown` for another state, with what is known of the outcome; False when it was neither."""
    chosen = and_(outbox.c.id == item_id, outbox.c.state.in_(("sending", "unknown")))
    return tx.execute(outbox.update().where(chosen).values(state=state, settled_at=now, **values)).rowcount == 1


def refuse(tx: Tx, item_id: int, now: datetime, error: str) -> bool:
    """ready -> failed: it cannot even be tried."""
    chosen = and_(outbox.c.id == item_id, outbox.c.state == "ready")
    values = {"state": "failed", "settled_at": now, "error": error}
    return tx.execute(outbox.update().where(chosen).values(**values)).rowcount == 1


def retry(tx: Tx, item_id: int, not_before: datetime, error: str) -> bool:
    """sending or unknown -> ready, not before then; False when it was neither (cancelled meanwhile, say)."""
    chosen = and_(outbox.c.id == item_id, outbox.c.state.in_(("sending", "unknown")))
    values = {"state": "ready", "not_before": not_before, "error": error}
    return tx.execute(outbox.update().where(chosen).values(**values)).rowcount == 1


def hold(tx: Tx, item_id: int, reason: str, error: str = "") -> bool:
    """Keep back an intent that is ready, or was just tried: "approval", "stale", "cap", "placeholder" ..."""
    chosen = and_(outbox.c.id == item_id, outbox.c.state.in_(("ready", "sending")))
    values = {"state": "held", "hold": reason, "error": error}
    return tx.execute(outbox.update().where(chosen).values(**values)).rowcount == 1


def release(tx: Tx, account: str, reasons: Collection[str]) -> int:
    """held -> ready for an account's intents kept back for one of these reasons: they are judged afresh."""
    chosen = and_(outbox.c.account == account, outbox.c.state == "held", outbox.c.hold.in_(reasons))
    return tx.execute(outbox.update().where(chosen).values(state="ready", hold="")).rowcount


def approve(tx: Tx, item_id: int, now: datetime) -> bool:
    """The owner lets a held or unknown mail leave (unknown: he knows that it never arrived)."""
    chosen = and_(outbox.c.id == item_id, outbox.c.state.in_(("held", "unknown")))
    values = {"state": "ready", "hold": "", "approved_at": now, "not_before": now}
    return tx.execute(outbox.update().where(chosen).values(**values)).rowcount == 1


def cancel(tx: Tx, item_id: int, why: str, now: datetime) -> bool:
    """An intent that has not happened yet never will."""
    chosen = and_(outbox.c.id == item_id, outbox.c.state.in_(("held", "ready", "unknown")))
    values = {"state": "cancelled", "error": why, "settled_at": now}
    return tx.execute(outbox.update().where(chosen).values(**values)).rowcount == 1


def cancel_case(tx: Tx, follow_up: int, why: str, now: datetime) -> int:
    """Cancel all waiting intents of a follow-up."""
    chosen = and_(outbox.c.follow_up == follow_up, outbox.c.state.in_(("held", "ready")))
    values = {"state": "cancelled", "error": why, "settled_at": now}
    return tx.execute(outbox.update().where(chosen).values(**values)).rowcount


def in_state(tx: Tx, *states: OutboxState) -> list[OutboxItem]:
    """All intents in these states, oldest first."""
    return [_item(r) for r in tx.execute(select(outbox).where(outbox.c.state.in_(states)).order_by(outbox.c.id))]


def by_key(tx: Tx, key: str) -> OutboxItem | None:
    """One intent by its key."""
    row = tx.execute(select(outbox).where(outbox.c.key == key)).first()
    return _item(row) if row else None


def get(tx: Tx, item_id: int) -> OutboxItem | None:
    """One intent by database id."""
    row = tx.execute(select(outbox).where(outbox.c.id == item_id)).first()
    return _item(row) if row else None


def of_case(tx: Tx, follow_up: int) -> list[OutboxItem]:
    """The intents of a follow-up, oldest first."""
    query = select(outbox).where(outbox.c.follow_up == follow_up).order_by(outbox.c.id)
    return [_item(r) for r in tx.execute(query)]


def is_own_header(tx: Tx, header_id: str) -> bool:
    """Is this the Message-ID of a mail that we sent? (A draft of ours that the owner sent is his mail.)"""
    query = select(outbox.c.id).where(outbox.c.header_id == header_id, outbox.c.action != "draft")
    return bool(header_id) and tx.execute(query).first() is not None


def alerts_since(tx: Tx, since: datetime) -> int:
    """How many alerts to the owner left since then."""
    query = (
        select(func.count())
        .select_from(outbox)
        .where(outbox.c.action == "notify", outbox.c.state == "done", outbox.c.claimed_at > since)
    )
    return int(tx.execute(query).scalar() or 0)


def sent_since(tx: Tx, since: datetime, recipient: str = "") -> int:
    """How many mails to third parties left (or may have left) since then, all or to one address."""
    query = (
        select(func.count())
        .select_from(outbox)
        .where(
            outbox.c.action.in_(("send", "delegate")),
            outbox.c.state.in_(("done", "sending", "unknown")),
            outbox.c.claimed_at > since,
        )
    )
    if recipient:
        query = query.where(outbox.c.recipient == recipient)
    return int(tx.execute(query).scalar() or 0)


def moved_by_us(tx: Tx, ref: ObjectRef) -> bool:
    """Did a rule of ours move this mail?"""
    mine = and_(outbox.c.object_kind == ref.kind, outbox.c.object_id == ref.id, outbox.c.state == "done")
    return tx.execute(select(outbox.c.id).where(mine, outbox.c.action.in_(("move", "archive")))).first() is not None


def settled_between(tx: Tx, since: datetime, until: datetime, *states: OutboxState) -> list[OutboxItem]:
    """Intents that reached one of these states in a span."""
    query = select(outbox).where(
        outbox.c.state.in_(states), outbox.c.settled_at > since, outbox.c.settled_at <= until
    )
    return [_item(r) for r in tx.execute(query.order_by(outbox.c.id))]


def listed(tx: Tx, *, state: str = "", limit: int = 50) -> list[OutboxItem]:
    """The newest intents, filtered by state."""
    query = select(outbox)
    if state:
        query = query.where(outbox.c.state == state)
    return [_item(r) for r in tx.execute(query.order_by(outbox.c.id.desc()).limit(limit))]


def counts(tx: Tx) -> dict[str, int]:
    """How many intents are in each state."""
    rows = tx.execute(select(outbox.c.state, func.count()).group_by(outbox.c.state))
    return {state: int(n) for state, n in rows}


def put_copy(tx: Tx, item_id: int, content: bytes | None) -> None:
    """Remember (or forget) a copy that is still to be filed in Sent."""
    tx.execute(outbox.update().where(outbox.c.id == item_id).values(sent_copy=content))


def copies(tx: Tx, account: str) -> list[tuple[OutboxItem, bytes]]:
    """Sent mails whose copy is still to be filed."""
    query = select(outbox).where(
        outbox.c.account == account, outbox.c.state == "done", outbox.c.sent_copy.is_not(None)
    )
    return [(_item(r), bytes(r.sent_copy)) for r in tx.execute(query.order_by(outbox.c.id))]


_PLAIN = {f.name for f in fields(OutboxItem)} - {"object", "has_copy"}


def _item(row: Any) -> OutboxItem:
    values = {name: getattr(row, name) for name in _PLAIN}
    return OutboxItem(**values, object=ObjectRef(row.object_kind, row.object_id), has_copy=row.sent_copy is not None)


def of_object(tx: Tx, ref: ObjectRef) -> list[OutboxItem]:
    """All intents on an object, of its cases and those that came at once, oldest first."""
    query = select(outbox).where(outbox.c.object_kind == ref.kind, outbox.c.object_id == ref.id)
    return [_item(r) for r in tx.execute(query.order_by(outbox.c.id))]


def failed_letters(tx: Tx) -> list[OutboxItem]:
    """Letters that failed and belong to a case: it waits for them, oldest first."""
    query = select(outbox).where(
        outbox.c.state == "failed",
        outbox.c.action.in_(("draft", "send", "delegate")),
        outbox.c.follow_up.is_not(None),
    )
    return [_item(r) for r in tx.execute(query.order_by(outbox.c.id))]


def cancel_action(tx: Tx, action: str, why: str, now: datetime) -> int:
    """Cancel all waiting intents of one action."""
    chosen = and_(outbox.c.action == action, outbox.c.state.in_(("held", "ready")))
    values = {"state": "cancelled", "error": why, "settled_at": now}
    return tx.execute(outbox.update().where(chosen).values(**values)).rowcount


def again(tx: Tx, item_id: int, now: datetime) -> bool:
    """failed -> ready: the owner says that what stood in the way is mended. It counts as never tried."""
    chosen = and_(outbox.c.id == item_id, outbox.c.state == "failed")
    values = {"state": "ready", "hold": "", "error": "", "attempts": 0, "not_before": now}
    unset = {"settled_at": None, "first_claimed_at": None}
    return tx.execute(outbox.update().where(chosen).values(**values, **unset)).rowcount == 1
