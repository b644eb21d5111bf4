"""The nouns of follow-up: the object of a case, a ladder of dated steps, and a case that climbs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
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
    """

    id: str
    verb: str
    due: datetime
    level: bool = False


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
