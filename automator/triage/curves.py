"""The curves behind the figures: how often what was said with probability p came true, and precision against recall."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from automator.triage.measure import BINS, Judged, Share, wilson
from automator.triage.verdict import Decision

_STEPS = 1_000


@dataclass(frozen=True, slots=True)
class Bin:
    """The mails of a span of p: their mean p, the share of them that are, its 95 % interval, how many they are."""

    p: float
    share: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Cut:
    """Precision and recall when all mails of at least this `p` are said to be."""

    p: float
    recall: float
    precision: float


def reliability(judged: Sequence[Judged], bins: int = BINS) -> list[Bin]:
    """The reliability diagram (Murphy & Winkler 1977): spans of p of equal width, those without a mail left out."""
    spans: dict[int, list[Judged]] = {}
    for j in judged:
        spans.setdefault(min(int(j.p * bins), bins - 1), []).append(j)
    found = []
    for _, held in sorted(spans.items()):
        hits, n = sum(j.truth for j in held), len(held)
        found.append(Bin(math.fsum(j.p for j in held) / n, hits / n, *wilson(hits, n), n))
    return found


def precision_recall(judged: Sequence[Judged]) -> list[Cut]:
    """One cut for each p that occurs, from the highest to the lowest; [] when no mail is."""
    true = sum(j.truth for j in judged)
    ranked = sorted(judged, key=lambda j: -j.p)
    cuts, hits = [], 0
    for said, j in enumerate(ranked, 1):
        hits += j.truth
        if true and (said == len(ranked) or ranked[said].p < j.p):
            cuts.append(Cut(j.p, hits / true, hits / said))
    return cuts


def average_precision(judged: Sequence[Judged]) -> float | None:
    """The precision at each cut, weighted by what it adds to recall (no interpolation); None when no mail is."""
    cuts = precision_recall(judged)
    steps = zip([0.0, *(cut.recall for cut in cuts)], cuts, strict=False)
    return math.fsum((cut.recall - before) * cut.precision for before, cut in steps) if cuts else None


def thresholds(decide: Callable[[float], Decision]) -> tuple[float, float]:
    """(low, high): the least p that is not "no", the least that is "yes", to a thousandth; 1.0 when none is."""
    steps = [n / _STEPS for n in range(_STEPS + 1)]
    low = next((p for p in steps if decide(p) != "no"), 1.0)
    return low, next((p for p in steps if p >= low and decide(p) == "yes"), 1.0)


def at(judged: Sequence[Judged], p: float) -> tuple[Share, Share]:
    """(precision, recall) when all mails of at least this p are said to be."""
    said = [j for j in judged if j.p >= p]
    hits = sum(j.truth for j in said)
    return Share(hits, len(said)), Share(hits, sum(j.truth for j in judged))
