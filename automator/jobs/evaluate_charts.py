"""Where the points of the curves lie in a picture: plain numbers in SVG user units, drawn by the page's template."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from automator.triage.curves import at, precision_recall, reliability, thresholds
from automator.triage.measure import Judged
from automator.triage.verdict import Decision
from automator.words import Words, msgid

WIDTH: Final = 320
HEIGHT: Final = 300
LEFT: Final = 48
TOP: Final = 12
SIDE: Final = 244
TICKS: Final = (0.0, 0.25, 0.5, 0.75, 1.0)
_LEAST, _MOST = 2.5, 9.0
_MOST_CUTS = 240


@dataclass(frozen=True, slots=True)
class Point:
    """A circle with its interval from `top` to `bottom`, and what it says when pointed at."""

    x: float
    y: float
    radius: float
    top: float
    bottom: float
    told: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A threshold on the curve: where it is, its sign, what it says."""

    x: float
    y: float
    sign: str
    told: str


@dataclass(frozen=True, slots=True)
class Chart:
    """One picture; both axes go from 0 to 1. `line` is a path of SVG, "" for none."""

    x_title: str
    y_title: str
    points: tuple[Point, ...] = ()
    line: str = ""
    marks: tuple[Mark, ...] = ()
    diagonal: bool = False


def x_of(value: float) -> float:
    """Where 0..1 lies from left to right."""
    return round(LEFT + value * SIDE, 1)


def y_of(value: float) -> float:
    """Where 0..1 lies from bottom to top."""
    return round(TOP + (1 - value) * SIDE, 1)


def reliability_chart(judged: Sequence[Judged], words: Words) -> Chart:
    """A point a span of p: how often it came true; its area grows with the number of mails."""
    bins = reliability(judged)
    most = max((bin_.n for bin_ in bins), default=1)
    points = []
    for bin_ in bins:
        told = words.n(
            "p {p}: {share} of {count} mail",
            "p {p}: {share} of {count} mails",
            bin_.n,
            p=words.number(bin_.p, digits=2),
            share=words.percent(bin_.share),
        )
        radius = round(max(_LEAST, _MOST * math.sqrt(bin_.n / most)), 1)
        points.append(Point(x_of(bin_.p), y_of(bin_.share), radius, y_of(bin_.high), y_of(bin_.low), told))
    return Chart(words.t("probability said"), words.t("share that came true"), tuple(points), diagonal=True)


def precision_recall_chart(judged: Sequence[Judged], decide: Callable[[float], Decision], words: Words) -> Chart:
    """The curve over all thresholds; marks tell where yes and where unsure begin, by the first letter of the word."""
    cuts = precision_recall(judged)
    step = max(1, len(cuts) // _MOST_CUTS)
    kept = [cut for n, cut in enumerate(cuts) if n % step == 0 or n == len(cuts) - 1]
    line = "".join(f"{'L' if n else 'M'}{x_of(cut.recall)} {y_of(cut.precision)}" for n, cut in enumerate(kept))
    low, high = thresholds(decide)
    marks = [
        _mark(judged, high, msgid("yes from p {p} on: precision {precision}, recall {recall}"), words.t("yes"), words)
    ]
    if low < high:
        told = msgid("unsure from p {p} on: precision {precision}, recall {recall}")
        marks.append(_mark(judged, low, told, words.t("unsure"), words))
    return Chart(words.t("recall"), words.t("precision"), line=line, marks=tuple(m for m in marks if m))


def _mark(judged: Sequence[Judged], p: float, text: str, decision: str, words: Words) -> Mark | None:
    precision, recall = at(judged, p)
    if precision.value is None or recall.value is None:
        return None
    told = words.t(
        text,
        p=words.number(p, digits=2),
        precision=words.percent(precision.value),
        recall=words.percent(recall.value),
    )
    sign = decision[0].upper()
    return Mark(x_of(recall.value), y_of(precision.value), sign, words.t("{title}: {text}", title=sign, text=told))
