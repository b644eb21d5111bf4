"""Retrain: when a training is due, its child process, and what came of it.

1. Due: somebody corrected something before the last quiet hour (03:00 in the firm's zone), and no training was begun
since that hour. A machine that was off at night catches up when it is on again. So is one whose model an upgrade made
useless. 2. While mails of a configured account wait to be sorted none is begun, for a day at most. 3. The child is
asked after at each tick and never waited for; it is ended with the service, and begun anew in the next night. One that
is at work for more than an hour is ended: it failed.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime, time, timedelta
from typing import IO, Any, Final

from automator.clock import Clock
from automator.jobs import child as children
from automator.jobs.deps import Deps
from automator.store import corrections, places, settings
from automator.store.db import Database, Tx
from automator.words import Words, msgid

QUIET: Final = time(3)
PATIENCE: Final = timedelta(days=1)  # with mails that are never sorted
LONGEST: Final = timedelta(hours=1)
_TELL: Final = timedelta(hours=2)
_KEY: Final = "training"
_SETTLED = frozenset({"accepted", "refused", "same", "aside", "nothing"})


@dataclass(frozen=True, slots=True)
class Training:
    """The last training. `begun` and `ended` are aware; `read_until`: the corrections made until then were looked at;
    `learnt`: how many of them were new. `report` is what the child said (jobs/train.py). `held`: since when the next one
    waits for mails to be sorted."""

    begun: datetime | None = None
    ended: datetime | None = None
    read_until: datetime | None = None
    learnt: int = 0
    report: Mapping[str, Any] | None = None
    held: datetime | None = None

    @property
    def result(self) -> str:
        """How it ended; "" when it never did."""
        return str((self.report or {}).get("result", ""))


def last(tx: Tx) -> Training:
    """The last training, all None when there was none."""
    kept = json.loads(settings.get(tx, _KEY) or "{}")
    moments = {k: datetime.fromisoformat(kept[k]) for k in ("begun", "ended", "read_until", "held") if kept.get(k)}
    return Training(**moments, learnt=kept.get("learnt", 0), report=kept.get("report"))


def _keep(tx: Tx, training: Training) -> None:
    values = asdict(training)
    plain = {k: v.isoformat() if isinstance(v, datetime) else v for k, v in values.items()}
    settings.put(tx, _KEY, json.dumps(plain, default=dict))


def waiting(tx: Tx, until: datetime | None = None) -> int:
    """How many corrections no training has looked at yet, of those made until then."""
    return corrections.count(tx, last(tx).read_until, until)


def is_due(tx: Tx, deps: Deps) -> bool:
    """Is a training to be begun now?"""
    return _is_wanted(tx, deps) and not _is_held(tx, deps)


def _is_wanted(tx: Tx, deps: Deps) -> bool:
    now = deps.local(deps.clock.now())
    quiet = datetime.combine(now.date(), QUIET, deps.calendar.zone)
    if quiet > now:
        quiet = datetime.combine(now.date() - timedelta(days=1), QUIET, deps.calendar.zone)
    known = last(tx)
    if known.begun is not None and known.begun >= quiet:
        return False
    useless = bool(deps.classifier_note()) and corrections.count(tx, None, quiet) > 0
    return useless or waiting(tx, quiet) > 0 or corrections.withdrawn(tx, known.read_until, quiet)


def _is_held(tx: Tx, deps: Deps) -> bool:
    since = last(tx).held
    patient = since is None or deps.clock.now() - since < PATIENCE
    return patient and places.count_pending(tx, deps.accounts) > 0


def held_since(tx: Tx, deps: Deps) -> datetime | None:
    """Since when a training that is due waits for mails to be sorted; None when all are."""
    if places.count_pending(tx, deps.accounts) == 0:
        return None
    return last(tx).held or (deps.clock.now() if _is_wanted(tx, deps) else None)


def begin(tx: Tx, now: datetime) -> None:
    """Note that a training begins."""
    _keep(tx, replace(last(tx), begun=now))


def settle(tx: Tx, begun: datetime, report: Mapping[str, Any], now: datetime) -> Training:
    """Note what came of the training that began then. A failed one has looked at nothing: it is tried again."""
    before = last(tx)
    done = report.get("result") in _SETTLED
    new = corrections.count(tx, before.read_until, begun)
    until = begun if done else before.read_until
    training = Training(begun, now, until, new if done else 0, report, before.held)
    _keep(tx, training)
    return training


def start(order: Mapping[str, Any]) -> subprocess.Popen[str]:
    """The child process, at work on this order. It is not given our environment, which may hold passwords."""
    command = children.command("automator.jobs.train")
    environ = {**children.environment(), "OMP_NUM_THREADS": "1"}
    pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
    child = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=nothing, text=True, env=environ)  # noqa: S603 - our own module
    with suppress(BrokenPipeError), _stream(child.stdin) as stream:
        stream.write(json.dumps(order))
    return child


def outcome(child: subprocess.Popen[str]) -> Mapping[str, Any]:
    """What the child reports at its end, waited for."""
    with child:
        said = _stream(child.stdout).read()
    try:
        return dict(json.loads(said))
    except ValueError:
        return {"result": "failed", "error": _CUT_OFF}


def train_now(db: Database, clock: Clock, order: Callable[[datetime], Mapping[str, Any]]) -> Training:
    """Train whether it is due or not, and wait for the end."""
    begun = clock.now()
    with db.transaction() as tx:
        begin(tx, begun)
    report = outcome(start(order(begun)))
    with db.transaction() as tx:
        return settle(tx, begun, report, clock.now())


@dataclass(slots=True)
class Trainer:
    """Begins trainings when they are due. `order` makes the child's order for a moment. One thread uses it."""

    deps: Deps
    order: Callable[[datetime], Mapping[str, Any]]
    _child: subprocess.Popen[str] | None = None
    _begun: datetime | None = None

    def tick(self) -> Training | None:
        """Begin a training that is due, or ask after the one at work; the outcome of one that has just ended."""
        if self._child is not None:
            return self._ended(self._child) if self._child.poll() is not None else self._overdue()
        with self.deps.db.read() as tx:
            due, held, known = is_due(tx, self.deps), held_since(tx, self.deps), last(tx)
        if held != known.held:
            with self.deps.db.transaction() as tx:
                _keep(tx, replace(last(tx), held=held))
        if not due:
            return None
        self._begun = self.deps.clock.now()
        with self.deps.db.transaction() as tx:
            begin(tx, self._begun)
        self._child = start(self.order(self._begun))
        return None

    def _ended(self, child: subprocess.Popen[str]) -> Training:
        self._child = None
        return self._settled(outcome(child))

    def _overdue(self) -> Training | None:
        """End a child that hangs: it would be in the way of every later training."""
        if self._begun is None or self.deps.clock.now() - self._begun < LONGEST:
            return None
        self.stop()
        return self._settled({"result": "failed", "error": _HUNG})

    def _settled(self, report: Mapping[str, Any]) -> Training:
        now = self.deps.clock.now()
        with self.deps.db.transaction() as tx:
            return settle(tx, self._begun or now, report, now)

    def stop(self) -> None:
        """End the child, if one is at work: nothing is lost, the next night begins anew."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            with child:
                _stream(child.stdout).close()


def _stream(pipe: IO[str] | None) -> IO[str]:
    if pipe is None:
        raise TypeError("the child was started without its pipes")
    return pipe


_CUT_OFF = msgid("the training was cut off")
_HUNG = msgid("it was still at work after an hour")
_REFUSED = msgid(
    "the new model was refused: it did worse at {category} on the shipped test mails ({before} → {after})"
)


def told(training: Training, words: Words, now: datetime | None = None) -> str:
    """What the owner should know of a training that did not go through, "" when all is well."""
    report = training.report or {}
    if now is not None and training.held is not None and now - training.held >= _TELL:
        return words.t("the training waits for mails that cannot be sorted; after a day it begins all the same")
    if training.result == "failed":
        why = words.t(str(report.get("error", "")))
        return words.t("the last training failed ({why}); it is tried again at night", why=why)
    if training.result == "aside":
        return words.t("the last training gave the model that was set aside before: it stays there")
    if training.result != "refused":
        return ""
    found = report.get("refused") or {}
    figures = {name: words.number(float(found.get(name, 0))) for name in ("before", "after")}
    if found.get("what") == "corrections":
        return words.t(
            "the new model was refused: it made more mistakes on your own corrections ({before} → {after})", **figures
        )
    return words.t(_REFUSED, category=found.get("what", ""), **figures)
