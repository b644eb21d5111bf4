"""Follow-ups and what became of their steps; rules in force and the day each was armed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, select

from automator.followup.ladder import FollowUp, ObjectRef, StepRecord
from automator.store.db import Tx, insert_new
from automator.store.tables import arming, follow_up, rule_version, step


def arm(tx: Tx, item: FollowUp) -> bool:
    """Open a case; False when this rule already has one on this object and occurrence."""
    row = {
        "rule": item.rule,
        "rule_version": item.rule_version,
        "event": item.event,
        "object_kind": item.object.kind,
        "object_id": item.object.id,
        "account": item.account,
        "base": item.base,
        "occurrence": item.occurrence,
        "stopped": "",
        "paused": False,
    }
    return insert_new(tx, follow_up, [row]) == 1


def running(tx: Tx, account: str | None = None) -> list[FollowUp]:
    """Cases that are not stopped, oldest first."""
    query = select(follow_up).where(follow_up.c.stopped == "")
    if account is not None:
        query = query.where(follow_up.c.account == account)
    return _load(tx, tx.execute(query.order_by(follow_up.c.id)))


def of_object(tx: Tx, ref: ObjectRef) -> list[FollowUp]:
    """All cases on an object, stopped ones too."""
    query = select(follow_up).where(follow_up.c.object_kind == ref.kind, follow_up.c.object_id == ref.id)
    return _load(tx, tx.execute(query.order_by(follow_up.c.id)))


def get(tx: Tx, case_id: int) -> FollowUp | None:
    """One case by database id."""
    found = _load(tx, tx.execute(select(follow_up).where(follow_up.c.id == case_id)))
    return found[0] if found else None


def record(tx: Tx, case_id: int, records: Mapping[str, StepRecord]) -> None:
    """Note what became of steps; a later word on a step replaces the earlier one."""
    for name, entry in records.items():
        same = and_(step.c.follow_up == case_id, step.c.step == name)
        if tx.execute(step.update().where(same).values(state=entry.state, at=entry.at)).rowcount == 0:
            tx.execute(step.insert().values(follow_up=case_id, step=name, state=entry.state, at=entry.at))


def stop(tx: Tx, case_id: int, why: str, now: datetime) -> None:
    """Close a case: no step of it happens any more."""
    values = {"stopped": why, "stopped_at": now, "next_due": None}
    tx.execute(follow_up.update().where(follow_up.c.id == case_id, follow_up.c.stopped == "").values(**values))


def pause(tx: Tx, case_id: int, *, paused: bool) -> None:
    """The owner dropped a draft: the case waits for his word (or goes on again)."""
    tx.execute(follow_up.update().where(follow_up.c.id == case_id).values(paused=paused))


def paused(tx: Tx) -> list[FollowUp]:
    """Running cases that wait for the owner's word, oldest first."""
    query = select(follow_up).where(follow_up.c.stopped == "", follow_up.c.paused.is_(True))
    return _load(tx, tx.execute(query.order_by(follow_up.c.id)))


def resume(tx: Tx, ref: ObjectRef, now: datetime) -> int:
    """The owner's word: the paused cases of an object go on. Returns how many did.

    The letter that he dropped is passed over (`skipped`): the next one comes at its time.
    """
    waiting = [c for c in of_object(tx, ref) if c.paused and not c.stopped]
    for case in waiting:
        dropped = {name: StepRecord("skipped", now) for name, r in case.records.items() if r.state == "dropped"}
        record(tx, case.id, dropped)
        pause(tx, case.id, paused=False)
    return len(waiting)


def set_next_due(tx: Tx, case_id: int, due: datetime | None) -> None:
    """When the next step comes due, for the digest."""
    tx.execute(follow_up.update().where(follow_up.c.id == case_id).values(next_due=due))


def next_dues(tx: Tx) -> dict[int, datetime | None]:
    """Case id -> when its next step comes due."""
    rows = tx.execute(select(follow_up.c.id, follow_up.c.next_due).where(follow_up.c.stopped == ""))
    return {r.id: r.next_due for r in rows}


def _load(tx: Tx, rows: Iterable[Any]) -> list[FollowUp]:
    rows = list(rows)
    records: dict[int, dict[str, StepRecord]] = {}
    ids = [r.id for r in rows]
    for start in range(0, len(ids), 500):
        for r in tx.execute(select(step).where(step.c.follow_up.in_(ids[start : start + 500]))):
            records.setdefault(r.follow_up, {})[r.step] = StepRecord(r.state, r.at)
    return [
        FollowUp(
            id=r.id,
            rule=r.rule,
            rule_version=r.rule_version,
            event=r.event,
            object=ObjectRef(r.object_kind, r.object_id),
            account=r.account,
            base=r.base,
            occurrence=r.occurrence,
            records=records.get(r.id, {}),
            stopped=r.stopped,
            paused=r.paused,
            resume_on=r.resume_on,
        )
        for r in rows
    ]


def keep_version(tx: Tx, rule: str, version: str, file: str, body: bytes, now: datetime) -> None:
    """Remember the text of a good rule: running cases keep the version that they started with."""
    row = {"version": version, "rule": rule, "file": file, "body": body, "seen_at": now}
    insert_new(tx, rule_version, [row])


def version(tx: Tx, version: str) -> tuple[str, bytes] | None:
    """File name and text of a kept version."""
    row = tx.execute(select(rule_version).where(rule_version.c.version == version)).first()
    return (row.file, bytes(row.body)) if row else None


def arm_rules(tx: Tx, versions: Mapping[str, str], today: date) -> dict[str, date]:
    """Note the rules in force (id -> version); a new one is armed today. Returns id -> the day it was armed.

    A rule that was switched off and comes back keeps its day.
    """
    known = {r.rule: r for r in tx.execute(select(arming))}
    for rule, used in versions.items():
        if rule not in known:
            tx.execute(arming.insert().values(rule=rule, armed_on=today, version=used, active=True))
        else:
            tx.execute(arming.update().where(arming.c.rule == rule).values(version=used, active=True))
    off = [rule for rule in known if rule not in versions]
    if off:
        tx.execute(arming.update().where(arming.c.rule.in_(off)).values(active=False))
    rows = tx.execute(select(arming.c.rule, arming.c.armed_on).where(arming.c.active.is_(True)))
    return {r.rule: r.armed_on for r in rows}


def last_good(tx: Tx, rule: str) -> str:
    """The version of a rule that was last in force, "" when it never was."""
    return tx.execute(select(arming.c.version).where(arming.c.rule == rule)).scalar() or ""
