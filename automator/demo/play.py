"""Ten working days of the sample office, played with a clock that is moved by hand.

Before each pass of the service the mails due by then are put into the mailbox, the owner's own into Sent, as if
people had written them; then the service does what it does on any other day.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol

from automator.clock import FixedClock
from automator.demo import office
from automator.demo.office import ZONE, Act, OfficeMail

FIRST, LAST = date(2026, 11, 9), date(2026, 11, 23)
HOLIDAY = date(2026, 11, 11)
PASSES = (time(7, 0), time(9, 5), time(16, 0))


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing the service did, prepared, told or left alone. `state` is the outbox's word; `about` a subject."""

    at: datetime
    rule: str
    action: str
    state: str
    what: str
    about: str
    why: str


@dataclass(frozen=True, slots=True)
class DayPlayed:
    """One day of the story. `digest` is the subject of that morning's digest, "" on a day without one."""

    day: date
    received: tuple[OfficeMail, ...]
    written: tuple[OfficeMail, ...]
    deeds: tuple[Deed, ...]
    digest: str
    history: int = 0
    acts: tuple[Act, ...] = ()


class Cycle(Protocol):
    """The service under play: one full pass at the clock's moment."""

    def cycle(self) -> object: ...


class Trail(Protocol):
    """What the service did in a span of time."""

    def deeds(self, since: datetime, until: datetime) -> Sequence[Deed]: ...


class Mailbox(Protocol):
    """Where the office's mail lands."""

    def deliver(self, mail: OfficeMail) -> None: ...


class Digests(Protocol):
    """The subjects of the digests so far."""

    def subjects(self) -> Sequence[str]: ...


class Owner(Protocol):
    """What the owner does with a command or in her calendar."""

    def act(self, act: Act) -> None: ...


def moments() -> list[datetime]:
    """When the service passes by: three times on a working day, once on the holiday, on the last day at 7 only."""
    found = []
    for number in range((LAST - FIRST).days + 1):
        day = FIRST + timedelta(days=number)
        if day.weekday() >= 5:
            continue
        hours = (time(10),) if day == HOLIDAY else PASSES[:1] if day == LAST else PASSES
        found += [datetime.combine(day, hour, ZONE) for hour in hours]
    return found


def open_office(mailbox: Mailbox, clock: FixedClock) -> tuple[OfficeMail, ...]:
    """Put six weeks of mail into the mailbox and set the clock to the first morning; returns that mail."""
    first = moments()[0]
    clock.set(first)
    old = tuple(mail for mail in office.mails() if mail.at < datetime.combine(FIRST, time(), ZONE))
    for mail in old:
        mailbox.deliver(mail)
    return old


@dataclass(slots=True)
class Play:
    """The play itself: who takes part."""

    service: Cycle
    trail: Trail
    mailbox: Mailbox
    digests: Digests
    owner: Owner
    clock: FixedClock

    def days(self, history: Sequence[OfficeMail]) -> Iterator[DayPlayed]:
        """Play day after day; each is yielded when it is over."""
        waiting = list(office.mails()[len(history) :])
        to_do = list(office.acts())
        since, known = moments()[0] - timedelta(days=1), len(self.digests.subjects())
        for day, passes in _by_day(moments()):
            came: list[OfficeMail] = []
            did: list[Act] = []
            for moment in passes:
                due = [mail for mail in waiting if mail.at <= moment]
                now = [act for act in to_do if act.at <= moment]
                waiting, to_do = waiting[len(due) :], to_do[len(now) :]
                came, did = came + due, did + now
                self._pass(moment, due, now)
            subjects = self.digests.subjects()
            yield DayPlayed(
                day=day,
                received=tuple(mail for mail in came if mail.mailbox == "INBOX"),
                written=tuple(mail for mail in came if mail.mailbox == "Sent"),
                deeds=tuple(self.trail.deeds(since, passes[-1])),
                digest=subjects[-1] if len(subjects) > known else "",
                history=len(history) if day == FIRST else 0,
                acts=tuple(did),
            )
            since, known = passes[-1], len(subjects)

    def _pass(self, moment: datetime, due: Sequence[OfficeMail], acts: Sequence[Act]) -> None:
        for mail in due:
            self.mailbox.deliver(mail)
        self.clock.set(moment)
        for act in acts:
            self.owner.act(act)
        self.service.cycle()


def _by_day(all_moments: Sequence[datetime]) -> Iterator[tuple[date, list[datetime]]]:
    days: dict[date, list[datetime]] = {}
    for moment in all_moments:
        days.setdefault(moment.date(), []).append(moment)
    yield from days.items()
