"""Given up: the letters of running follow-ups that will not leave by themselves: thrown away, or failed."""

from __future__ import annotations

from collections.abc import Iterator

from automator.digest.reasons import reason
from automator.digest.view import TodoItem
from automator.followup.ladder import FollowUp
from automator.jobs.deps import Deps
from automator.jobs.situation import situation
from automator.store import cases, outbox
from automator.store.db import Tx
from automator.store.records import OutboxItem

_NAMED = frozenset({"mail", "invoice"})  # what `automator follow` and `automator done` can name


def given_up(tx: Tx, deps: Deps) -> Iterator[TodoItem]:
    """One question for each case that waits for the owner's word; it comes each day until he says it.

    1. He threw a draft away: go on? 2. A letter failed: the reason, until it is mended and tried again.
    """
    for case in cases.paused(tx):
        if case.object.kind in _NAMED:
            yield _dropped(tx, deps, case)
    for item in outbox.failed_letters(tx):
        failed = cases.get(tx, item.follow_up) if item.follow_up is not None else None
        # a level that a later word replaced (skipped) is waited for no more
        waits = failed is not None and not failed.stopped and not failed.paused and _is_prepared(failed, item.step)
        if failed is not None and waits and failed.object.kind in _NAMED:
            yield _failed(tx, deps, failed, item)


def _is_prepared(case: FollowUp, step: str) -> bool:
    record = case.records.get(step)
    return record is not None and record.state == "prepared"


def _dropped(tx: Tx, deps: Deps, case: FollowUp) -> TodoItem:
    who, what = _about(tx, deps, case)
    since = max((r.at for r in case.records.values() if r.state == "dropped"), default=case.base)
    said = deps.words.t("draft given up, go on following? {what}", what=what)
    return TodoItem(case.object, "draft", who, said, since, paused=True)


def _failed(tx: Tx, deps: Deps, case: FollowUp, item: OutboxItem) -> TodoItem:
    who, what = _about(tx, deps, case)
    said = deps.words.t("the letter could not be made, try again? {what}", what=what)
    why = (reason(item.error, deps.words),)
    return TodoItem(case.object, "draft", who, said, item.settled_at or item.created_at, why=why, paused=True)


def _about(tx: Tx, deps: Deps, case: FollowUp) -> tuple[str, str]:
    known = situation(tx, deps, case.object, case.base)
    values = known.values if known else {}
    who = values.get("client") or values.get("supplier") or ""
    return who, values.get("number") or values.get("subject") or case.rule
