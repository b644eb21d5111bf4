"""Sync: read what is new in one account. Messages and cursor move in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from automator.errors import AutomatorError, LoginError
from automator.failpoint import failpoint
from automator.jobs.deps import Deps
from automator.ports import Batch
from automator.store import accounts, places
from automator.store.db import Tx

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Synced:
    """Outcome of a sync: how many messages were new; `error` is "" when the account was read to its end.

    `refused`: the server refused the login.
    """

    new: int
    error: str = ""
    failures: int = 0
    refused: bool = False


def sync(account: str, deps: Deps, progress: Progress | None = None) -> Synced:
    """Fetch all batches of an account.

    1. Each batch is stored with its cursor in one transaction: after a crash the next sync goes on from there.
    2. Until a first fetch was read to its end, all is baseline: indexed, never acted upon (reliability S04).
    3. A failure is written down for status and digest, and ends this sync only.
    """
    with deps.db.transaction() as tx:
        state = accounts.ensure(tx, account)
    new = 0
    try:
        for batch in deps.accounts[account].source.fetch(state.cursor):
            failpoint("sync_before_commit")
            with deps.db.transaction() as tx:
                new += _store(tx, account, batch, baseline=state.baseline)
            failpoint("sync_after_commit")
            if progress is not None and batch.total:
                progress(len(batch.messages), batch.total)
    except AutomatorError as error:
        with deps.db.transaction() as tx:
            failures = accounts.read_failed(tx, account, deps.clock.now(), str(error))
        return Synced(new, str(error), failures, refused=isinstance(error, LoginError))
    with deps.db.transaction() as tx:
        accounts.read_ok(tx, account, deps.clock.now())
    return Synced(new)


def _store(tx: Tx, account: str, batch: Batch, *, baseline: bool) -> int:
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
