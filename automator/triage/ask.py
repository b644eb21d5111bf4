"""Which doubtful mails to ask the owner about: few questions a day, those whose answer is worth most.

The worth of an answer, in units of one false alarm (the declared costs of triage/measure.py):

1. *What it saves on this mail.* An unsure mail is acted upon neither way. With probability p a deed is missing (the
cost of a miss), with 1 - p a line stands where none need be (a false alarm): saves = p * miss + (1 - p) * alarm.
That is the expected value of perfect information where the act without it is fixed (Howard 1966). It fades, half of
it in three days: the answer on an old mail comes too late for that mail.

2. *What it teaches.* The mails like it will be doubtful in the same way, and cost the same: lesson = saves *
nearness * share * like. `nearness` is 4p(1-p): 1 where the model knows nothing, 0 where it is certain (uncertainty
sampling, Lewis and Gale 1994). `like` counts the mails that the answer speaks for (density weighting, Settles and
Craven 2008): other doubtful ones of the same category by the same sender fully, of the same kind by half, the
sender's further mails of late, to be expected again, by a quarter; ten at most, so that no newsletter takes every
question. `share` says how much of such a doubt one answer settles. A lesson does not fade.

3. *Who is asked about.* One question a sender, the dearest: the same answer would mostly be given twice. No question
that was put within seven days, whatever it is worth now: whoever did not answer it did not want to. Nothing that was
answered or closed. Never whether a mail is urgent: those stand among the things to do, marked as perhaps.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from automator.triage.measure import FALSE_ALARM_COST, MISS_COST, OWN_MISS_COST

BUDGET: Final = 3
"""Questions a day."""
REST: Final = timedelta(days=7)
"""The same question is not put again before."""
ELSEWHERE: Final = frozenset({"urgent"})
"""Categories whose doubtful mails are told among the things to do, so that nothing is asked about them here."""
_HALF_LIFE = timedelta(days=3)
_SHARE = 0.25
_SENDER, _KIND, _EXPECTED = 1.0, 0.5, 0.25
_MOST_LIKE = 10.0


@dataclass(frozen=True, slots=True)
class Doubt:
    """A category that a mail may or may not be of. `message` is its id, `p` the probability, `sender` an address.

    `often`: how many mails the sender wrote of late, this one too. `settled`: the owner has answered or closed it;
    then it is neither asked about nor counted as like another.
    """

    message: int
    category: str
    p: float
    sender: str
    kind: str
    arrived: datetime
    often: int = 1
    settled: bool = False

    @property
    def question(self) -> tuple[int, str]:
        """What is asked: the mail and the category."""
        return self.message, self.category


def ask(
    doubts: Iterable[Doubt],
    now: datetime,
    asked: Mapping[tuple[int, str], datetime],
    *,
    budget: int = BUDGET,
    told: Collection[tuple[int, str]] = (),
) -> tuple[Doubt, ...]:
    """At most `budget` of the doubts, the dearest answer first; the order of `doubts` does not matter.

    `asked`: when each question was last put; `told`: questions that another line of the same digest puts.
    """
    open_ones = [d for d in doubts if not d.settled]
    askable = [d for d in open_ones if d.category not in ELSEWHERE and d.question not in told]
    askable = [d for d in askable if d.question not in asked or now - asked[d.question] >= REST]
    chosen: dict[str, Doubt] = {}
    for _, doubt in sorted(zip(worths(askable, open_ones, now), askable, strict=True), key=_dearest):
        chosen.setdefault(doubt.sender.lower(), doubt)
    return tuple(chosen.values())[: max(0, budget)]


def _dearest(item: tuple[float, Doubt]) -> tuple[float, int, str]:
    """The dearest first; of equals the newest mail, then by name: the same doubts always give the same questions."""
    worth, doubt = item
    return -worth, -doubt.message, doubt.category


def worths(asked_about: Sequence[Doubt], like: Iterable[Doubt], now: datetime) -> list[float]:
    """What each answer is worth, in false alarms; `like` are all open doubts, those asked about among them."""
    senders: Counter[tuple[str, str]] = Counter()
    kinds: Counter[tuple[str, str]] = Counter()
    both: Counter[tuple[str, str, str]] = Counter()
    for d in like:
        senders[d.category, d.sender.lower()] += 1
        kinds[d.category, d.kind] += 1
        both[d.category, d.sender.lower(), d.kind] += 1
    found = []
    for d in asked_about:
        sender = d.sender.lower()
        same = senders[d.category, sender]
        others = kinds[d.category, d.kind] - both[d.category, sender, d.kind]
        expected = max(0, d.often - same)
        alike = _SENDER * (same - 1) + _KIND * others + _EXPECTED * expected
        found.append(_worth(d, min(alike, _MOST_LIKE), now))
    return found


def _worth(doubt: Doubt, like: float, now: datetime) -> float:
    p, miss = doubt.p, MISS_COST.get(doubt.category, OWN_MISS_COST)
    saves = p * miss + (1 - p) * FALSE_ALARM_COST
    age = max(timedelta(0), now - doubt.arrived)
    fresh = float(0.5 ** (age / _HALF_LIFE))
    return saves * (fresh + _SHARE * 4 * p * (1 - p) * like)
