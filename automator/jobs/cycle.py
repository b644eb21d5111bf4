"""Cycle: the jobs in their order, for one account, for the house, or all of it once."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from automator.jobs.arm import RulesInForce, arm
from automator.jobs.brief import brief
from automator.jobs.correct import observe
from automator.jobs.deliver import Delivered, deliver, is_fresh
from automator.jobs.deps import Deps
from automator.jobs.notice import notice, read_calendars
from automator.jobs.process import process
from automator.jobs.reconcile import reconcile, wake
from automator.jobs.remind import Reminded, remind
from automator.jobs.retrain import Trainer
from automator.jobs.status import snapshot
from automator.jobs.sync import Progress, Synced, sync
from automator.store import accounts, outbox, places
from automator.store.records import OutboxItem

_PATIENCE = timedelta(minutes=10)

Report = Callable[[str, Mapping[str, object]], None]


def silent(_event: str, _values: Mapping[str, object]) -> None:
    """Reports nothing."""


@dataclass(slots=True)
class Service:
    """The service without its scheduler. `report` gets one canonical line per pass: counts, never mail text.

    An account's passes must not overlap: one thread owns an account's source. Passes of different accounts and
    the house's may. `down`: the accounts whose last reading failed, and how.
    """

    deps: Deps
    report: Report = silent
    status_file: Path | None = None
    trainer: Trainer | None = None
    started: datetime | None = None
    down: dict[str, Synced] = field(default_factory=dict)
    _waiting_since: datetime | None = None
    _observed: set[str] = field(default_factory=set)
    _rules: RulesInForce | None = None
    _rules_seen: tuple[Mapping[str, bytes], date] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wake(self) -> None:
        """Put in order what the last run left open; once, before the first pass."""
        self.started = self.deps.clock.now()
        self.report("service_woke", {"open_deeds": wake(self.deps)})

    def rules(self) -> RulesInForce:
        """The rules in force; files are read again when one changed (hot reload), tests run then too."""
        with self._lock:
            files = {**self.deps.rule_files(), **dict.fromkeys(self.deps.unreadable_rules(), b"")}
            seen = (files, self.deps.today())
            if self._rules is None or seen != self._rules_seen:
                self._rules, self._rules_seen = arm(self.deps), seen
                values = {"active": len(self._rules.rules), "ignored": len(self._rules.ignored)}
                self.report("rules_armed", values)
            return self._rules

    def read(self, account: str, progress: Progress | None = None) -> bool:
        """Sync and process one account; True when it was read to its end."""
        synced = sync(account, self.deps, progress)
        self.down.pop(account, None)
        if synced.error:
            self.down[account] = synced
        processed = process(account, self.deps, self.rules())
        corrected = 0
        if synced.changed or processed.done or account not in self._observed:
            corrected = observe(account, self.deps)
            self._observed.add(account)
        values = {
            "account": account,
            "new": synced.new,
            "processed": processed.done,
            "failed": processed.failed,
            "quarantined": processed.quarantined,
            "corrected": corrected,
        }
        self.report("account_read", values | ({"error": synced.error} if synced.error else {}))
        return not synced.error

    def act(self, account: str) -> Delivered:
        """Follow-ups and deeds of one account; follow-ups only on what was read in the last minutes."""
        rules = self.rules()
        fresh = is_fresh(account, self.deps, self.deps.clock.now())
        if fresh:
            reconcile(account, self.deps)
        reminded = remind(account, self.deps, rules) if fresh else Reminded()
        delivered = deliver(account, self.deps, lambda: self._refresh(account))
        values = {"account": account, "queued": reminded.queued, "stopped": reminded.stopped}
        deeds = {
            "done": delivered.done,
            "failed": delivered.failed,
            "unknown": delivered.unknown,
            "held": delivered.held,
        }
        self.report("account_acted", values | deeds)
        return delivered

    def _refresh(self, account: str) -> bool:
        self.read(account)
        return is_fresh(account, self.deps, self.deps.clock.now())

    def house(self) -> None:
        """What belongs to no account: calendars, what time alone brings, the digest, the status file."""
        rules = self.rules()
        errors = read_calendars(self.deps)
        notice(self.deps, rules)
        made = self._looked_everywhere() and brief(self.deps, rules)
        delivered = deliver(None, self.deps, lambda: True)
        self.write_status()
        self.report("house_pass", {"calendar_errors": len(errors), "digest_made": made, "sent": delivered.done})

    def train(self) -> None:
        """Begin the nightly training when it is due, or see what came of it; never waits."""
        ended = self.trainer.tick() if self.trainer else None
        if ended is not None:
            report = ended.report or {}
            values = {"result": ended.result, "learnt": ended.learnt, "model": report.get("model", "")}
            self.report("training_ended", values)

    def _looked_everywhere(self) -> bool:
        """Was every account tried, and worked off, in the last minutes? Else the digest would tell old news as today's:
        after a start, or when the machine wakes up. It waits ten minutes at most: nothing may silence it.
        """
        now = self.deps.clock.now()
        since = max(now - _PATIENCE, self.started or now - _PATIENCE)
        with self.deps.db.read() as tx:
            tried = {s.name: s.last_try for s in accounts.states(tx)}
            backlog = places.count_pending(tx)
        looked = all((at := tried.get(name)) is not None and at >= since for name in self.deps.accounts)
        if looked and not backlog:
            self._waiting_since = None
            return True
        self._waiting_since = self._waiting_since or now
        return now - self._waiting_since >= _PATIENCE

    def cycle(self, progress: Progress | None = None) -> bool:
        """One full pass over everything, in order; True when every account was read."""
        whole = [self.read(name, progress) for name in self.deps.accounts]
        read_calendars(self.deps)
        notice(self.deps, self.rules())
        for name in self.deps.accounts:
            self.act(name)
        self.house()
        return all(whole)

    def rehearse(self, progress: Progress | None = None) -> list[OutboxItem]:
        """Everything up to the deeds: what would newly be done, held or told. Meant for a throw-away database."""
        with self.deps.db.read() as tx:
            before = {i.key for i in outbox.listed(tx, limit=1_000_000)}
        for name in self.deps.accounts:
            self.read(name, progress)
        read_calendars(self.deps)
        notice(self.deps, self.rules())
        for name in self.deps.accounts:
            remind(name, self.deps, self.rules())
        with self.deps.db.read() as tx:
            return [i for i in outbox.listed(tx, limit=1_000_000) if i.key not in before]

    def write_status(self) -> None:
        """Replace the status file in one step."""
        if self.status_file is None:
            return
        with self.deps.db.read() as tx:
            values = snapshot(tx, self.deps, self.rules(), self.started)
        scratch = self.status_file.with_suffix(".tmp")
        descriptor = os.open(scratch, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(values, file, ensure_ascii=False, indent=1)
        scratch.replace(self.status_file)

    def close(self) -> None:
        """Give connections, child processes and database back."""
        if self.trainer is not None:
            self.trainer.stop()
        for account in self.deps.accounts.values():
            account.source.close()
        self.deps.sandbox.close()
        self.deps.db.close()
