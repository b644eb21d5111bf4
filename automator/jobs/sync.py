"""Sync: read what is new in one account. Messages and cursor move in one transaction."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from automator.errors import AutomatorError, LoginError
from automator.failpoint import failpoint
from automator.jobs.deps import Deps
from automator.ports import Batch
from automator.store import accounts, places, settings
from automator.store.db import Tx
from automator.store.records import AccountState

Progress = Callable[[int, int], None]
_REFUSALS = 3
_AFTER_REFUSALS = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Synced:
    """Outcome of a sync: how many messages were new; `error` is "" when the account was read to its end.

    `refused`: the server refused the login. `changed`: anything at all happened in the account since it was last read.
    """

    new: int
    error: str = ""
    refused: bool = False
    changed: bool = False


def sync(account: str, deps: Deps, progress: Progress | None = None) -> Synced:
    """Fetch all batches of an account.

    1. Each batch is stored with its cursor in one transaction: after a crash the next sync goes on from there.
    2. Until a first fetch was read to its end, all is baseline: indexed, never acted upon (reliability S04).
    3. A failure is written down for status and digest, and ends this sync only.
    """
    with deps.db.transaction() as tx:
        state = accounts.ensure(tx, account)
    if _shut_out(state, deps.clock.now()):
        return Synced(0, state.error, refused=True)
    new, changed = 0, False
    try:
        for batch in deps.accounts[account].source.fetch(state.cursor):
            failpoint("sync_before_commit")
            with deps.db.transaction() as tx:
                new += _store(tx, account, batch, baseline=state.baseline)
            changed = True
            failpoint("sync_after_commit")
            if progress is not None and batch.total:
                progress(len(batch.messages), batch.total)
            if deps.stop.is_set():
                return Synced(new, "stopped", changed=changed)
    except AutomatorError as error:
        refused = isinstance(error, LoginError)
        with deps.db.transaction() as tx:
            accounts.read_failed(tx, account, deps.clock.now(), str(error), refused=refused)
        return Synced(new, str(error), refused=refused, changed=changed)
    with deps.db.transaction() as tx:
        accounts.read_ok(tx, account, deps.clock.now())
        found = _keep_folders(tx, account, deps)
    return Synced(new, changed=changed or found)


def _keep_folders(tx: Tx, account: str, deps: Deps) -> bool:
    """Note which of the folders that teach are there; True when that changed."""
    key, found = f"filed:{account}", json.dumps(dict(deps.accounts[account].source.filed), sort_keys=True)
    if settings.get(tx, key) == found:
        return False
    settings.put(tx, key, found)
    return True


def _shut_out(state: AccountState, now: datetime) -> bool:
    """A login refused three times is tried once an hour: more could lock the account (reliability S40)."""
    recent = state.last_try is not None and now - state.last_try < _AFTER_REFUSALS
    return state.refused and state.failures >= _REFUSALS and recent


def _store(tx: Tx, account: str, batch: Batch, *, baseline: bool) -> int:
    for mailbox in batch.dropped:
        places.drop(tx, account, mailbox)
    for mailbox in batch.reset:
        numbers = [m.ref.uidvalidity for m in batch.messages if m.ref.mailbox == mailbox]
        places.reset(tx, account, mailbox, numbers[0] if numbers else 0)
    old = [m for m in batch.messages if baseline or m.ref.mailbox in batch.history]
    live = [m for m in batch.messages if not (baseline or m.ref.mailbox in batch.history)]
    new = places.add(tx, old, baseline=True) + places.add(tx, live, baseline=False)
    for change in batch.changes:
        places.set_flags(tx, change.ref, change.flags, change.keywords)
    for ref in batch.gone:
        places.set_gone(tx, ref)
    accounts.advance(tx, account, batch.cursor)
    return new
