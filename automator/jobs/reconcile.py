"""Reconcile: find out what became of deeds that a crash or a cut link left open."""

from __future__ import annotations

from datetime import datetime

from automator.errors import AutomatorError
from automator.jobs.deliver import OWN_ACTIONS
from automator.jobs.deps import Deps
from automator.store import accounts, outbox
from automator.store.records import OutboxItem


def wake(deps: Deps) -> int:
    """At start: whatever was being sent when we died. Repeatable -> ready; anything else -> unknown."""
    with deps.db.transaction() as tx:
        open_deeds = outbox.in_state(tx, "sending")
        for item in open_deeds:
            action = deps.actions.get(item.action)
            if action is not None and action.repeatable:
                outbox.retry(tx, item.id, deps.clock.now(), "")
            else:
                outbox.settle(tx, item.id, "unknown", deps.clock.now(), error="cut off before the answer")
    return len(open_deeds)


def reconcile(account: str, deps: Deps) -> tuple[int, int]:
    """Look for this account's `unknown` mails in Sent. Returns how many were proven sent, and proven not sent.

    1. Found by Message-ID or key: sent, for certain. 2. Absent proves "not sent" only where the server files the
    copy itself, and only by a read made `sent_delay` after the attempt: then it is tried again under the same
    Message-ID. 3. Otherwise it stays unknown, and the owner is asked.
    """
    with deps.db.read() as tx:
        open_deeds = [
            i for i in outbox.in_state(tx, "unknown") if i.account == account and i.action not in OWN_ACTIONS
        ]
        read_at = {s.name: s.last_ok for s in accounts.states(tx)}.get(account)
    sent = not_sent = 0
    for item in open_deeds:
        try:
            found = deps.accounts[account].writer.find(item.header_id, "sent", item.key)
        except AutomatorError:
            return sent, not_sent
        with deps.db.transaction() as tx:
            if found is not None:
                what = deps.words.t("found in Sent: it was sent")
                sent += outbox.settle(tx, item.id, "done", deps.clock.now(), what=what, error="")
            elif _proves_absence(item, deps, read_at):
                not_sent += outbox.retry(tx, item.id, deps.clock.now(), "not in Sent: it was not sent")
    return sent, not_sent


def _proves_absence(item: OutboxItem, deps: Deps, read_at: datetime | None) -> bool:
    if deps.sender is None or not deps.sender.files_sent or item.claimed_at is None or read_at is None:
        return False
    return read_at >= item.claimed_at + deps.sent_delay
