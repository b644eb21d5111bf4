"""The figures as text of at most 100 columns, in the owner's language, the aims beside them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from automator.words import Words, msgid

WIDTH: Final = 100
SIDE: Final = 25
_CELL: Final = 25
_BESIDE: Final = 3
_KINDS: Final = 5
_PER_CENT = frozenset({"precision", "recall", "caught", "false_alarms", "coverage", "unsure"})
FIGURES: Final[Mapping[str, str]] = {
    "f1": msgid("F1"),
    "f1_sure": msgid("F1 of the sure ones"),
    "precision": msgid("precision"),
    "recall": msgid("recall"),
    "caught": msgid("caught (yes or unsure)"),
    "false_alarms": msgid("false alarms"),
    "coverage": msgid("coverage (decided)"),
    "unsure": msgid("left unsure"),
    "calibration_error": msgid("calibration error"),
    "brier": msgid("Brier score"),
    "cost_per_100": msgid("cost per 100 mails"),
}
GROUPS: Final[Mapping[str, str]] = {
    "language": msgid("by language"),
    "difficulty": msgid("by difficulty"),
    "author": msgid("by author"),
}
NAMES: Final[Mapping[str, str]] = {
    "fr": msgid("French"),
    "en": msgid("English"),
    "other": msgid("other"),
    "easy": msgid("easy"),
    "medium": msgid("medium"),
    "hard": msgid("hard"),
}
_OVERALL: Final[Mapping[str, str]] = {
    "kind_accuracy": msgid("kind told right"),
    "false_urgent_of_loud_mails": msgid("phishing and ads said to be urgent"),
    "client_request_of_silent_mails": msgid("automatic answers and bounces taken for requests"),
}


def value(name: str, figure: Any, words: Words) -> str:
    """A figure alone: "0,850", "88,9 %", "45,3"; "-" when there is none."""
    found = figure["value"] if isinstance(figure, Mapping) else figure
    if found is None:
        return "-"
    if name in _PER_CENT:
        return words.percent(found, digits=1)
    return words.number(float(found), digits=1 if name == "cost_per_100" else 3)


def between(name: str, figure: Mapping[str, Any], words: Words) -> str:
    """Its 95 % interval: "[0,79-0,90]", "[81-94]"; the unit stands beside the figure."""
    per_cent = name in _PER_CENT
    scale, digits = (100, 0) if per_cent else (1, 0 if name == "cost_per_100" else 2)
    low, high = (words.number(float(figure[end]) * scale, digits=digits) for end in ("low", "high"))
    return f"[{low}-{high}]"


def shown(name: str, figure: Any, words: Words) -> str:
    """A figure with its interval, where it has one."""
    said = value(name, figure, words)
    return f"{said} {between(name, figure, words)}" if isinstance(figure, Mapping) and said != "-" else said


def aim(name: str, aims: Mapping[str, Any], words: Words) -> tuple[str, bool | None]:
    """The aim of a figure ("≥0,95", "≤10 %"), and is it reached? ("", None) without one."""
    if name not in aims:
        return "", None
    found = aims[name]
    most = "at_most" in found
    limit = found["at_most" if most else "at_least"]
    text = (
        words.percent(limit, digits=1 if limit * 100 % 1 else 0)
        if name in _PER_CENT
        else words.number(limit, digits=2)
    )
    return f"{'≤' if most else '≥'}{text}", found["reached"]


def source_line(report: Mapping[str, Any], words: Words) -> str:
    """What was measured on what, in one sentence."""
    n = report["n"]
    said = {
        "test": words.n("{count} mail kept back from training", "{count} mails kept back from training", n),
        "corpus": words.n(
            "{count} mail of the corpus, training mails too", "{count} mails of the corpus, training mails too", n
        ),
        "files": words.n("{count} labelled mail of yours", "{count} labelled mails of yours", n),
        "own": words.n(
            "{count} corrected mail that no training saw", "{count} corrected mails that no training saw", n
        ),
    }
    return f"{report['classifier'] or '-'} · {said[report['source']]}"


def notes(report: Mapping[str, Any], words: Words) -> list[str]:
    """What must be known to read the figures rightly."""
    found = []
    if report["source"] == "own":
        found.append(words.t("Corrected mails are no random sample: they are those where somebody saw a mistake."))
    if report["unlabelled"]:
        n = len(report["unlabelled"])
        found.append(words.n("{count} mail has no label: left out.", "{count} mails have no label: left out.", n))
    return found


def lines(report: Mapping[str, Any], words: Words) -> Iterator[str]:
    """The whole report, line by line."""
    yield from _wrapped(source_line(report, words))
    for note in notes(report, words):
        yield from _wrapped(note)
    if report["n"]:
        names = list(report["categories"])
        for start in range(0, len(names), _BESIDE):
            yield ""
            yield from _block(report, names[start : start + _BESIDE], words)
        yield ""
        yield from _wrapped(" ".join(legend(report, words)))
        yield ""
        yield from _overall(report, words)
    yield from _own(report, words)
    if report["compare"]:
        yield ""
        yield words.t("F1 beside {model}:", model=report["compare"]["classifier"])
        for line in compared(report["compare"], words):
            yield from _wrapped(line, "  ")


def _wrapped(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)


def _row(label: str, cells: Sequence[str]) -> str:
    room = SIDE - 1
    head = label if len(label) <= room else f"{label[: room - 1]}…"
    return "".join([head.ljust(SIDE), *(cell.ljust(_CELL) for cell in cells)]).rstrip()


def _block(report: Mapping[str, Any], names: Sequence[str], words: Words) -> Iterator[str]:
    """Three categories side by side."""
    found = [report["categories"][name] for name in names]
    yield _row("", [name if len(name) < _CELL else f"{name[: _CELL - 2]}…" for name in names])
    counts = [(words.number(one["all"]["n"]), words.number(one["all"]["positive"])) for one in found]
    yield _row(words.t("mails (of them yes)"), [f"{n} ({true})" for n, true in counts])
    for figure, label in FIGURES.items():
        yield _row(words.t(label), [_cell(figure, one, words) for one in found])
    for by, label in GROUPS.items():
        if any(one[by] for one in found):
            yield _row(words.t("F1 {group}", group=words.t(label)), [])
            for name in dict.fromkeys(name for one in found for name in one[by]):
                yield _row(f"  {group_name(name, words)}", [_small(one[by].get(name), words) for one in found])
    left = [report["author_left_out"].get(name) for name in names]
    if any(left):
        yield _row(words.t("an author never seen"), [_small(one, words) for one in left])


def group_name(name: str, words: Words) -> str:
    """What a group is called; authors by their letter."""
    return words.t(NAMES[name]) if name in NAMES else name


def _cell(figure: str, category: Mapping[str, Any], words: Words) -> str:
    text, reached = aim(figure, category["aims"], words)
    mark = "" if reached is None else f" {'✓' if reached else '✗'}{text}"
    return shown(figure, category["all"][figure], words) + mark


def _small(figures: Mapping[str, Any] | None, words: Words) -> str:
    return f"{shown('f1', figures['f1'], words)} n={figures['n']}" if figures and figures["n"] else "-"


def legend(report: Mapping[str, Any], words: Words) -> list[str]:
    """How the figures are to be read."""
    costs = report["costs"]
    told = ", ".join(f"{name} {words.number(cost)}" for name, cost in costs["miss"].items())
    return [
        words.t("In brackets: 95 % intervals (Wilson; bootstrap for F1 and cost)."),
        words.t("✓ the aim beside is reached, ✗ it is not."),
        words.t("Unsure counts as no, but as caught."),
        words.t("Calibration error: over 10 groups of equal size."),
        words.t(
            "Cost of a miss: {costs}; of a false alarm: {alarm}.",
            costs=told,
            alarm=words.number(costs["false_alarm"]),
        ),
    ]


def _overall(report: Mapping[str, Any], words: Words) -> Iterator[str]:
    for said, text, reached in overall(report, words):
        yield said if reached is None else f"{said}  {'✓' if reached else '✗'}{text}"
    wrong = [kind for kind in report["kinds"] if kind["truth"] != kind["said"]][:_KINDS]
    if wrong:
        told = ", ".join(f"{one['truth']} → {one['said']} ({one['n']})" for one in wrong)
        yield from _wrapped(words.t("kinds most taken for others: {kinds}", kinds=told))


def share(figure: Mapping[str, Any], words: Words) -> str:
    """ "64,0 % [59-69], n = 344"."""
    return f"{shown('recall', figure, words)}, n = {words.number(figure['n'])}"


def overall(report: Mapping[str, Any], words: Words) -> list[tuple[str, str, bool | None]]:
    """The overall shares that were measured: figure, aim, reached?"""
    found = []
    for name, label in _OVERALL.items():
        if report[name]["n"]:
            said = words.t("{title}: {text}", title=words.t(label), text=share(report[name], words))
            aims = {"recall": report["aims"][name]} if name in report["aims"] else {}
            found.append((said, *aim("recall", aims, words)))
    return found


def _own(report: Mapping[str, Any], words: Words) -> Iterator[str]:
    for number, line in enumerate(learnt_lines(report, words)):
        if not number:
            yield ""
        yield from _wrapped(line, "  " * bool(number))
    lately = report["last_30_days"]
    if lately:
        yield ""
        yield from _wrapped(lately_line(lately, words))
        for name, turned in lately["categories"].items():
            if turned["n"]:
                yield "  " + words.t("{title}: {text}", title=name, text=share(turned, words))


def learnt_lines(report: Mapping[str, Any], words: Words) -> list[str]:
    """The figures on corrections that the model knows: a sentence, then a line a category; [] without any."""
    learnt = report["learnt_from"]
    if not learnt:
        return []
    told = words.n(
        "{count} corrected mail that trainings saw (the model may know the answer):",
        "{count} corrected mails that trainings saw (the model may know the answers):",
        learnt["n"],
    )
    every = {name: found["all"] for name, found in learnt["categories"].items() if found["all"]["n"]}
    return [told, *(words.t("{title}: {text}", title=n, text=f"F1 {_small(f, words)}") for n, f in every.items())]


def lately_line(lately: Mapping[str, Any], words: Words) -> str:
    """How often people had to correct the service of late."""
    told = {name: words.number(lately[name]) for name in ("corrections", "decisions", "mails", "days")}
    rate = shown("recall", lately["error_rate"], words)
    return words.t(
        "Last {days} days: {corrections} of {decisions} decisions on {mails} mails were corrected, {rate}. The true "
        "error rate is higher: what nobody saw, nobody corrected.",
        rate=rate,
        **told,
    )


def compared(compare: Mapping[str, Any], words: Words) -> list[str]:
    """A line a category: our F1, theirs, the difference with its interval, and what that says."""
    told = {
        "this": words.t("better"),
        "other": words.t("worse"),
        "unknown": words.t("these mails do not tell which is better"),
    }
    found = []
    for name, one in compare["categories"].items():
        ours, theirs = (words.number(one[f1], digits=3) for f1 in ("f1", "other_f1"))
        gap = one["difference"]
        value, low, high = (_signed(gap[end], words) for end in ("value", "low", "high"))
        text = f"{ours} − {theirs} = {value} [{low}; {high}], {told[one['better']]}"
        found.append(words.t("{title}: {text}", title=name, text=text))
    return found


def _signed(number: float, words: Words) -> str:
    return f"{'+' if number > 0 else '−' if number < 0 else ''}{words.number(abs(number), digits=3)}"
