"""How good verdicts are: precision, recall, F1, coverage, calibration and cost, each with its n and a 95 % interval.

Shares have Wilson's interval; F1 and cost, which are no shares, the percentile bootstrap (Efron 1979) of 2 000 draws with
a fixed seed: the same mails give the same interval. Mails count as independent of each other; where several tell of one
matter the true intervals are a little wider.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from automator.triage.decide import Thresholds
from automator.triage.verdict import Decision

MAX_UNSURE = 0.085  # 0.10 is the promise; other mails differ from those the thresholds were chosen on
MISS_COST: Final[Mapping[str, float]] = {"invoice": 5.0, "client_request": 10.0, "urgent": 20.0}
OWN_MISS_COST: Final = 3.0
FALSE_ALARM_COST: Final = 1.0
BINS: Final = 10
LEAST: Final = 10
_Z = 1.959963984540054
_DRAWS = 2_000


@dataclass(frozen=True, slots=True)
class Judged:
    """One mail, one category: what was true, what was said."""

    truth: bool
    p: float
    decision: Decision


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `n`, with Wilson's 95 % interval; `value` None when n = 0."""

    hits: int
    n: int

    @property
    def value(self) -> float | None:
        return self.hits / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(self.hits, self.n)


def wilson(hits: int, n: int) -> tuple[float, float]:
    """Wilson's 95 % score interval of a share (Wilson 1927); (0, 1) when nothing was counted."""
    if not n:
        return 0.0, 1.0
    share, z2 = hits / n, _Z * _Z
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = _Z * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return max(0.0, centre - half), min(1.0, centre + half)


def f1(judged: Sequence[Judged]) -> float:
    """F1 with unsure counted as no; 1.0 when there was nothing to find and nothing was found."""
    hits = sum(j.truth and j.decision == "yes" for j in judged)
    said, true = sum(j.decision == "yes" for j in judged), sum(j.truth for j in judged)
    return 2 * hits / (said + true) if said + true else 1.0


def f1_interval(judged: Sequence[Judged]) -> tuple[float, float]:
    """95 % bootstrap interval of F1; (0, 1) when nothing was judged."""
    if not judged:
        return 0.0, 1.0
    return _bootstrap(Counter((j.truth, j.decision) for j in judged), _f1_of)


def f1_difference(one: Sequence[Judged], other: Sequence[Judged]) -> tuple[float, float, float]:
    """F1 of `one` less F1 of `other`, with its paired 95 % bootstrap interval: (difference, low, high).

    Both judge the same mails in the same order, and each draw takes a mail with both verdicts on it: what makes a mail
    hard for both does not widen the interval. 0 inside = these mails do not tell the two apart. (0, -1, 1) for no mails.
    """
    if not one:
        return 0.0, -1.0, 1.0
    pairs = Counter((a.truth, a.decision, b.decision) for a, b in zip(one, other, strict=True))
    low, high = _bootstrap(pairs, lambda cell: _f1_of(_side(cell, 1)) - _f1_of(_side(cell, 2)))
    return f1(one) - f1(other), low, high


def _side(cells: Mapping[Any, float], place: int) -> Counter[Any]:
    """The counts by truth and one of the two decisions."""
    found: Counter[Any] = Counter()
    for cell, count in cells.items():
        found[cell[0], cell[place]] += count  # type: ignore[assignment]
    return found


def _f1_of(cells: Mapping[Any, float]) -> float:
    hits = cells.get((True, "yes"), 0)
    said = hits + cells.get((False, "yes"), 0)
    true = sum(count for (truth, _), count in cells.items() if truth)
    return 2 * hits / (said + true) if said + true else 1.0


def _bootstrap(cells: Mapping[Any, int], figure: Callable[[Mapping[Any, float]], float]) -> tuple[float, float]:
    """2.5 % and 97.5 % of a figure over mails drawn anew with replacement.

    A figure that depends only on how many mails are of each cell needs no list of mails: the counts of a draw are
    multinomial. RandomState, for its stream of numbers never changes.
    """
    from numpy.random import RandomState

    names, n = list(cells), sum(cells.values())
    draws = RandomState(0).multinomial(n, [cells[name] / n for name in names], size=_DRAWS).tolist()
    known: dict[tuple[int, ...], float] = {}
    found = []
    for draw in map(tuple, draws):
        if draw not in known:
            known[draw] = figure(dict(zip(names, draw, strict=True)))
        found.append(known[draw])
    found.sort()
    return found[int(0.025 * _DRAWS)], found[int(0.975 * _DRAWS) - 1]


def precision(judged: Sequence[Judged]) -> Share:
    """Of the mails said yes, those that are."""
    return Share(sum(j.truth and j.decision == "yes" for j in judged), sum(j.decision == "yes" for j in judged))


def recall(judged: Sequence[Judged], *, unsure: bool = False) -> Share:
    """Of the mails that are, those said yes (with `unsure`: yes or unsure)."""
    caught = {"yes", "unsure"} if unsure else {"yes"}
    return Share(sum(j.truth and j.decision in caught for j in judged), sum(j.truth for j in judged))


def false_alarms(judged: Sequence[Judged]) -> Share:
    """Of all mails, those said yes that are not."""
    return Share(sum(not j.truth and j.decision == "yes" for j in judged), len(judged))


def unsure(judged: Sequence[Judged]) -> Share:
    """Of all mails, those left unsure."""
    return Share(sum(j.decision == "unsure" for j in judged), len(judged))


def coverage(judged: Sequence[Judged]) -> Share:
    """Of all mails, those decided: yes or no."""
    return Share(sum(j.decision != "unsure" for j in judged), len(judged))


def confusion(judged: Sequence[Judged]) -> dict[str, dict[str, int]]:
    """How many mails of each truth ("yes", "no") were said to be what ("yes", "unsure", "no")."""
    counts = Counter((j.truth, j.decision) for j in judged)
    said: tuple[Decision, ...] = ("yes", "unsure", "no")
    return {name: {d: counts[truth, d] for d in said} for name, truth in (("yes", True), ("no", False))}


def groups(judged: Sequence[Judged], bins: int = BINS) -> list[list[Judged]]:
    """The mails by rising p in `bins` groups of as equal a size as can be; fewer where one would hold under LEAST mails."""
    ranked = sorted(judged, key=lambda j: j.p)
    parts = max(1, min(bins, len(ranked) // LEAST))
    return [ranked[n * len(ranked) // parts : (n + 1) * len(ranked) // parts] for n in range(parts)]


def calibration_error(judged: Sequence[Judged], bins: int = BINS) -> float:
    """Expected calibration error over `bins` groups of equal size (equal mass; Nguyen & O'Connor 2015), 0..1.

    Groups of equal size, for most p lie near 0: of equal widths the upper ones would hold a handful of mails each.
    """
    gaps = [abs(math.fsum(j.p for j in held) - sum(j.truth for j in held)) for held in groups(judged, bins)]
    return math.fsum(gaps) / len(judged) if judged else 0.0


def brier(judged: Sequence[Judged]) -> float:
    """Mean squared distance of p from the truth (Brier 1950): 0 is perfect; 0.0 when nothing was judged."""
    return math.fsum((j.p - j.truth) ** 2 for j in judged) / len(judged) if judged else 0.0


def cost(judged: Sequence[Judged], miss_cost: float) -> tuple[float, float, float]:
    """Declared cost per 100 mails with its bootstrap interval: (cost, low, high).

    A mail that is and was said no costs `miss_cost`, one that is not and was said yes FALSE_ALARM_COST; unsure ones are
    shown to the owner and cost nothing here. All 0.0 when nothing was judged.
    """
    if not judged:
        return 0.0, 0.0, 0.0
    price = {(True, "no"): miss_cost, (False, "yes"): FALSE_ALARM_COST}
    cells = Counter((j.truth, j.decision) for j in judged)

    def per_hundred(counts: Mapping[Any, float]) -> float:
        return 100 * math.fsum(price.get(cell, 0.0) * n for cell, n in counts.items()) / len(judged)

    return per_hundred(cells), *_bootstrap(cells, per_hundred)


def figures(judged: Sequence[Judged], miss_cost: float = OWN_MISS_COST) -> dict[str, Any]:
    """Every figure of one category as plain values; those with an interval as {value, low, high, n}.

    The value is None where there was nothing to count: F1 and recall without a mail that is, precision without a yes.
    """
    sure = [j for j in judged if j.decision != "unsure"]
    return {
        "n": len(judged),
        "positive": sum(j.truth for j in judged),
        "f1": _f1(judged),
        "f1_sure": _f1(sure),
        "precision": plain(precision(judged)),
        "recall": plain(recall(judged)),
        "caught": plain(recall(judged, unsure=True)),
        "false_alarms": plain(false_alarms(judged)),
        "coverage": plain(coverage(judged)),
        "unsure": plain(unsure(judged)),
        "calibration_error": round(calibration_error(judged), 4),
        "brier": round(brier(judged), 4),
        "cost_per_100": _between(*cost(judged, miss_cost), len(judged)),
        "confusion": confusion(judged),
    }


def _f1(judged: Sequence[Judged]) -> dict[str, float | int | None]:
    value = f1(judged) if any(j.truth for j in judged) else None
    return _between(value, *(f1_interval(judged) if value is not None else (0.0, 1.0)), len(judged))


def plain(share: Share) -> dict[str, float | int | None]:
    """A share as {value, low, high, n}."""
    low, high = share.interval
    return _between(share.value, low, high, share.n)


def _between(value: float | None, low: float, high: float, n: int) -> dict[str, float | int | None]:
    rounded = None if value is None else round(value, 4)
    return {"value": rounded, "low": round(low, 4), "high": round(high, 4), "n": n}


Limit = Callable[[Sequence[Judged]], bool]


def choose_thresholds(truths: Sequence[bool], ps: Sequence[float], *, miss_cost: float, limit: Limit) -> Thresholds:
    """Two thresholds from out-of-fold probabilities.

    1. `high` is the candidate with the best F1 among those that keep `limit`; without one, the best F1 of all.
    2. `low` is where a miss costs as much as a false alarm (p = 1 / (1 + miss_cost)), but
    3. never so low that more than MAX_UNSURE of the mails would be unsure, and never above `high`.
    """
    candidates = [step / 100 for step in range(5, 100)]
    scored = [(_judge(truths, ps, Thresholds(t, t)), t) for t in candidates]
    kept = [(f1(judged), -t) for judged, t in scored if limit(judged)] or [(f1(judged), -t) for judged, t in scored]
    high = -max(kept)[1]
    below = sorted((p for p in ps if p < high), reverse=True)
    room = int(MAX_UNSURE * len(ps))
    floor = below[room] + 1e-6 if room < len(below) else 0.0
    return Thresholds(round(min(high, max(1 / (1 + miss_cost), floor)), 4), high)


def _judge(truths: Sequence[bool], ps: Sequence[float], thresholds: Thresholds) -> list[Judged]:
    return [Judged(truth, p, thresholds(p)) for truth, p in zip(truths, ps, strict=True)]
