"""The only file that asks the machine for the time; everything else is told."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time. `now` is aware and in UTC; `monotonic` is in seconds, for measuring spans only."""

    def now(self) -> datetime: ...

    def monotonic(self) -> float: ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


@dataclass(slots=True)
class FixedClock:
    """A clock that stands still until it is moved: for tests, the demo and `--date`."""

    at: datetime
    _elapsed: float = field(default=0.0)

    def now(self) -> datetime:
        return self.at.astimezone(UTC)

    def monotonic(self) -> float:
        return self._elapsed

    def advance(self, step: timedelta) -> None:
        """Move on by `step`; both clocks move together."""
        self.at += step
        self._elapsed += step.total_seconds()

    def set(self, at: datetime) -> None:
        """Jump to `at`; only the wall clock moves, as when a person sets it."""
        self.at = at
