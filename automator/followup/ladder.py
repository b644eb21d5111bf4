"""The nouns of follow-up: the object of a case, a ladder of dated steps, and a case that climbs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal

ObjectKind = Literal["mail", "invoice", "meeting", "contract", "date"]
StepState = Literal["prepared", "sent", "dropped", "done", "cancelled", "skipped"]


@dataclass(frozen=True, slots=True)
class ObjectRef:
    """What a case is about, by kind and database id."""

    kind: ObjectKind
    id: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"


@dataclass(frozen=True, slots=True)
class Step:
    """One dated block of a rule. `id` is the block's own, else `verb-N`. `due` is aware.

    `level` is True for a step that writes to other people (draft, send, delegate): a level is prepared only
    after the one before was sent, and keeps its distance. False: task, remind, notify, digest and filing.
    `told` is True where several missed ones come down to the newest (remind, notify, digest). `until` is the moment
    from which the step is pointless (a preparation after its meeting), None = never.
    """

    id: str
    verb: str
    due: datetime
    level: bool = False
    told: bool = False
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ladder:
    """The dated steps of one rule for one event, in file order."""

    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class StepRecord:
    """What became of a step, and when (aware). `prepared` = a draft lies in Drafts or a mail waits."""

    state: StepState
    at: datetime


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A case: one rule version at work on one object since `base` (the event's moment, from which `after` counts)."""

    id: int
    rule: str
    rule_version: str
    event: str
    object: ObjectRef
    account: str
    base: datetime
    occurrence: str = ""
    records: Mapping[str, StepRecord] = field(default_factory=dict)
    stopped: str = ""
    paused: bool = False
    resume_on: date | None = None


def due_steps(item: FollowUp, ladder: Ladder, now: datetime) -> list[Step]:
    """The steps to perform now, in the order in which they fell due; pure, safe to call again after each record.

    1. A closed case has none, nor one that waits for `resume_on` (the local day is that of `now`, aware).
    2. A step with a record is never given again; one whose `until` has passed neither.
    3. Of the levels only the lowest unsent one is given, and only when the one before was sent (by whomever) at
       least as long ago as the two are apart in the rule. A prepared or dropped level, or a paused case, makes the
       later ones wait.
    4. Of several missed reminders of one verb only the newest is given (see `overtaken`); every other step comes due
       by itself.
    """
    if item.stopped or (item.resume_on and now.date() < item.resume_on):
        return []
    past = set(overtaken(item, ladder, now))
    own = [s for s in _open(item, ladder, now) if not s.level and s not in past]
    level = None if item.paused else _next_level(item, ladder, now)
    return sorted([*own, level] if level else own, key=_moment)


def overtaken(item: FollowUp, ladder: Ladder, now: datetime) -> list[Step]:
    """Steps that are not to be performed any more: reminders with a newer one due, and those past their `until`."""
    newest: dict[str, datetime] = {}
    for step in _open(item, ladder, now):
        if step.told:
            newest[step.verb] = max(step.due, newest.get(step.verb, step.due))
    return [
        step
        for step in ladder.steps
        if step.id not in item.records
        and (
            (step.until is not None and now >= step.until)
            or (step.told and step.due <= now and step.due < newest.get(step.verb, step.due))
        )
    ]


def next_moment(item: FollowUp, ladder: Ladder) -> datetime | None:
    """When the next step comes due as things stand, None when nothing more is to come by itself."""
    moments = [s.due for s in ladder.steps if not s.level and s.id not in item.records]
    level, earliest = _waiting_level(item, ladder)
    if level and earliest and not item.paused:
        moments.append(earliest)
    return min(moments, default=None)


def _moment(step: Step) -> datetime:
    return step.due


def _open(item: FollowUp, ladder: Ladder, now: datetime) -> list[Step]:
    """Steps that fell due, are not settled, and still make sense."""
    return [
        s for s in ladder.steps if s.due <= now and s.id not in item.records and (s.until is None or now < s.until)
    ]


def _next_level(item: FollowUp, ladder: Ladder, now: datetime) -> Step | None:
    level, earliest = _waiting_level(item, ladder)
    if level is None or earliest is None or now < earliest or (level.until and now >= level.until):
        return None
    return level


def _waiting_level(item: FollowUp, ladder: Ladder) -> tuple[Step | None, datetime | None]:
    """The lowest level not yet settled and the earliest moment for it (None = it waits for the one before)."""
    before: tuple[Step, StepRecord] | None = None
    for step in sorted((s for s in ladder.steps if s.level), key=_moment):
        record = item.records.get(step.id)
        if record is None:
            distance = step.due - before[0].due if before else timedelta(0)
            return step, max(step.due, before[1].at + distance) if before else step.due
        if record.state in {"prepared", "dropped"}:
            return step, None
        if record.state in {"sent", "done"}:
            before = step, record
    return None, None
