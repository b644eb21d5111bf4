"""The figures, curves and mistakes as one static HTML page: no script, nothing from outside, all text escaped.

Of the owner's own mail (`private`) a mistake shows the number, subject and date of the mail, never its words. The page
is written with mode 0600 all the same.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from automator.digest.clean import shown as cleaned
from automator.jobs import evaluate_charts as charts
from automator.jobs import evaluate_text as text
from automator.jobs.evaluate import Case, judged, mistakes
from automator.triage.verdict import Decision
from automator.words import Words

if TYPE_CHECKING:
    from jinja2 import Template

MOST: Final = 400
_SUMMARY: Final = ("f1", "precision", "caught", "false_alarms", "calibration_error")
_SMALL: Final = ("f1", "caught", "false_alarms")
_REASONS: Final = 5
Decide = Callable[[str, float], Decision]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its interval, what it was counted on, its aim, and is that reached?"""

    name: str
    value: str
    interval: str
    n: str
    aim: str
    reached: bool | None


@dataclass(frozen=True, slots=True)
class Mistake:
    """A mail that was decided wrongly. `reasons` are left out of the owner's own mail."""

    name: str
    subject: str
    day: str
    said: str
    reasons: str


def page(report: Mapping[str, Any], cases: Sequence[Case], decide: Decide, words: Words, *, private: bool) -> str:
    """The whole page; `decide` is the classifier's, to mark its thresholds."""
    cards = [_card(report, cases, name, decide, words) for name in report["categories"]] if cases else []
    lately = report["last_30_days"]
    compare = report["compare"]
    return _template().render(
        lang=words.language,
        title=words.t("How well mails are sorted"),
        source=text.source_line(report, words),
        notes=text.notes(report, words),
        legend=" ".join(text.legend(report, words)),
        summary=[words.t(text.FIGURES[name]) for name in _SUMMARY],
        cards=cards,
        overall=text.overall(report, words),
        kinds=_kinds(report["kinds"]),
        lately=text.lately_line(lately, words) if lately else "",
        learnt=text.learnt_lines(report, words),
        compared=text.compared(compare, words) if compare else [],
        mistakes=_mistakes(cases, words, private=private),
        left_out=max(0, len(report["wrong"]) - MOST),
        labels=_labels(report, words),
        charts=charts,
    )


def write_private(path: Path, content: str) -> None:
    """Write a file that only its owner may read, in one step; one that is there is replaced."""
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(scratch, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(content)
        scratch.replace(path)
    except OSError:
        scratch.unlink(missing_ok=True)
        raise


def _card(
    report: Mapping[str, Any], cases: Sequence[Case], name: str, decide: Decide, words: Words
) -> dict[str, Any]:
    found, every = report["categories"][name], judged(cases, name)
    figures = {figure: _figure(figure, found["all"], found["aims"], words) for figure in text.FIGURES}
    return {
        "name": name,
        "mails": words.n("{count} mail, {true} of them yes", "{count} mails, {true} of them yes", found["all"]["n"],
                         true=words.number(found["all"]["positive"])),
        "figures": figures,
        "summary": [figures[figure] for figure in _SUMMARY],
        "confusion": found["all"]["confusion"],
        "charts": [
            (words.t("Is what was said likely also true?"), charts.reliability_chart(every, words)),
            (
                words.t("Precision and recall at all thresholds"),
                charts.precision_recall_chart(every, lambda p: decide(name, p), words),
            ),
        ],
        "groups": [
            (words.t(label), [_group(one, figures, words) for one, figures in found[by].items()])
            for by, label in text.GROUPS.items()
            if found[by]
        ],
    }  # fmt: skip


def _figure(name: str, figures: Mapping[str, Any], aims: Mapping[str, Any], words: Words) -> Figure:
    figure = figures[name]
    aim, reached = text.aim(name, aims, words)
    told = text.value(name, figure, words)
    ranged = isinstance(figure, Mapping)
    n = figure["n"] if ranged else figures["n"]
    interval = text.between(name, figure, words) if ranged and told != "-" else ""
    return Figure(words.t(text.FIGURES[name]), told, interval, words.number(n), aim, reached)


def _group(name: str, figures: Mapping[str, Any], words: Words) -> tuple[str, str, list[Figure]]:
    """A row of a breakdown: its name, how many mails and how many of them yes, the figures."""
    counts = f"{words.number(figures['n'])} ({words.number(figures['positive'])})"
    return text.group_name(name, words), counts, [_figure(one, figures, {}, words) for one in _SMALL]


def _kinds(pairs: Sequence[Mapping[str, Any]]) -> tuple[list[str], list[tuple[str, list[int], int]]]:
    """The kinds that occur, and a row for each true one: how often it was told as which, and how many there are."""
    counts = {(pair["truth"], pair["said"]): pair["n"] for pair in pairs}
    names = sorted({name for pair in counts for name in pair})
    total: Counter[str] = Counter()
    for (truth, _), n in counts.items():
        total[truth] += n
    return names, [
        (name, [counts.get((name, said), 0) for said in names], total[name]) for name in names if total[name]
    ]


def _mistakes(cases: Sequence[Case], words: Words, *, private: bool) -> list[tuple[str, list[Mistake]]]:
    """By category, the surest mistakes first; at most MOST of all."""
    found: dict[str, list[Mistake]] = {}
    for case, category in mistakes(cases)[:MOST]:
        found.setdefault(category, []).append(_mistake(case, category, words, private=private))
    return list(found.items())


def _mistake(case: Case, category: str, words: Words, *, private: bool) -> Mistake:
    verdict, mail = case.verdict.categories[category], case.mail.message
    p = words.number(verdict.p, digits=2)
    if verdict.decision == "yes":
        said = words.t("said yes (p {p}), it is not", p=p)
    else:
        said = words.t("said no (p {p}), it is", p=p)
    reasons = [] if private else [_reason(r.text, r.weight) for r in verdict.reasons[:_REASONS]]
    day = words.date((mail.date or mail.arrived).date(), "numeric")
    return Mistake(cleaned(case.mail.name, 120), cleaned(mail.subject, 120), day, said, ", ".join(reasons))


def _reason(said: str, weight: float) -> str:
    return f"{'+' if weight > 0 else '−'} {cleaned(said)}"


def _labels(report: Mapping[str, Any], words: Words) -> dict[str, str]:
    """The fixed words of the page."""
    return {
        "yes": words.t("yes"),
        "no": words.t("no"),
        "unsure": words.t("unsure"),
        "figure": words.t("figure"),
        "interval": words.t("95 % interval"),
        "group": words.t("mails (of them yes)"),
        "aim": words.t("aim"),
        "confusion": words.t("What was true (rows), what was said (columns)"),
        "f1": words.t("F1"),
        "caught": words.t("caught (yes or unsure)"),
        "false_alarms": words.t("false alarms"),
        "kinds": words.t("Kinds: what was true (rows), what was said (columns)"),
        "mistakes": words.t("What was decided wrongly"),
        "none": words.t("Nothing was decided wrongly."),
        "dots": words.t("On the diagonal, what was said is what came true; the larger a dot, the more mails."),
        "compared": words.t("F1 beside {model}:", model=report["compare"]["classifier"]) if report["compare"] else "",
        "more": words.t("... and {count} more", count=max(0, len(report["wrong"]) - MOST)),
    }  # fmt: skip


@lru_cache(maxsize=1)
def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("automator.digest"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return made.get_template("evaluation.html")
