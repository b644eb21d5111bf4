"""Measure a classifier on labelled mails: every figure with its n, by category, language, difficulty and author."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from automator.billing.invoice import Identity
from automator.jobs.evaluate_labels import Labels
from automator.mail.message import Message
from automator.ports import Classifier
from automator.triage.aims import AIMS, OVERALL, judged_aims
from automator.triage.corpus import Row, author, kept_back, message, owner
from automator.triage.curves import average_precision, reliability
from automator.triage.kind import SILENT
from automator.triage.measure import (
    FALSE_ALARM_COST,
    MISS_COST,
    OWN_MISS_COST,
    Judged,
    Share,
    f1,
    f1_difference,
    figures,
    plain,
)
from automator.triage.verdict import CATEGORIES, Verdict

LOUD_KINDS: Final = frozenset({"phishing", "bec_fraud", "promotion", "newsletter", "prospecting"})
GROUPS: Final = ("language", "difficulty", "author")
_ORDER: Final = ("fr", "en", "other", "easy", "medium", "hard")
MakeClassifier = Callable[[Identity], Classifier]


@dataclass(frozen=True, slots=True)
class Labelled:
    """A mail of the firm `owner` and what is true of it; `name` is its id, file or number.

    A category absent from `labels` is unknown, and so are "" as kind, language, difficulty and author.
    """

    name: str
    message: Message
    owner: Identity
    labels: Mapping[str, bool]
    kind: str = ""
    language: str = ""
    difficulty: str = ""
    author: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A labelled mail and what the classifier said of it."""

    mail: Labelled
    verdict: Verdict


def kept_for_test(rows: Iterable[Row]) -> list[Row]:
    """The rows that no training sees."""
    return [row for row in rows if kept_back(row)]


def of_corpus(row: Row) -> Labelled:
    """The mail of a row of the corpus."""
    described = (row["kind"], str(row["lang"]), row["difficulty"], author(row))
    return Labelled(str(row["id"]), message(row), owner(row), row["labels"], *described)


def of_file(path: str, mail: Message, firm: Identity, told: Labels) -> Labelled:
    """A mail in a file with its labels; a language that nobody told is that of its text."""
    return Labelled(path, mail, firm, told.labels, told.kind, told.language or mail.language, told.difficulty)


def judge(rows: Iterable[Row], make: MakeClassifier) -> list[Case]:
    """Classify each row of the corpus for the firm that received it."""
    return classify((of_corpus(row) for row in rows), make)


def classify(mails: Iterable[Labelled], make: MakeClassifier) -> list[Case]:
    """Classify each mail for the firm that received it."""
    return [Case(mail, make(mail.owner).classify([mail.message])[0]) for mail in mails]


def report(cases: Sequence[Case]) -> dict[str, Any]:
    """All figures as plain values; the keys are told in docs/reference/cli.md."""
    kinds = [case for case in cases if case.mail.kind]
    shares = {
        "kind_accuracy": _share(kinds, lambda case: case.verdict.kind == case.mail.kind),
        "false_urgent_of_loud_mails": _share(
            [c for c in kinds if c.mail.kind in LOUD_KINDS and c.mail.labels.get("urgent") is False],
            lambda case: case.verdict.decision("urgent") == "yes",
        ),
        "client_request_of_silent_mails": _share(
            [case for case in kinds if case.mail.kind in SILENT],
            lambda case: case.verdict.decision("client_request") != "no",
        ),
    }
    return {
        "classifier": cases[0].verdict.classifier if cases else "",
        "n": len(cases),
        "categories": {category: _category(cases, category) for category in known(cases)},
        **shares,
        "aims": judged_aims(OVERALL, shares),
        "kinds": [
            {"truth": truth, "said": said, "n": n}
            for (truth, said), n in Counter((c.mail.kind, c.verdict.kind) for c in kinds).most_common()
        ],
        "costs": {"miss": {c: miss_cost(c) for c in known(cases)}, "false_alarm": FALSE_ALARM_COST},
        "wrong": [_wrong(case, category) for case, category in mistakes(cases)],
    }


def known(cases: Sequence[Case]) -> tuple[str, ...]:
    """The categories to be measured: the shipped ones, then those of the owner's own with a label and a verdict."""
    own = {name for case in cases for name in case.mail.labels if name in case.verdict.categories}
    return (*CATEGORIES, *sorted(own - set(CATEGORIES)))


def miss_cost(category: str) -> float:
    """What it costs to say no of a mail that is."""
    return MISS_COST.get(category, OWN_MISS_COST)


def judged(cases: Iterable[Case], category: str) -> list[Judged]:
    """What was said of the mails whose truth is known in a category."""
    told = [c for c in cases if category in c.mail.labels and category in c.verdict.categories]
    return [
        Judged(bool(c.mail.labels[category]), v.p, v.decision)
        for c, v in ((c, c.verdict.categories[category]) for c in told)
    ]


def mistakes(cases: Sequence[Case]) -> list[tuple[Case, str]]:
    """What was decided wrongly, category by category, the surest mistakes first; unsure is no mistake."""
    found = []
    for category in known(cases):
        told = [c for c in cases if category in c.mail.labels and category in c.verdict.categories]
        wrong = [c for c in told if c.verdict.decision(category) == ("no" if c.mail.labels[category] else "yes")]
        wrong.sort(key=lambda c: (-abs(c.verdict.categories[category].p - c.mail.labels[category]), c.mail.name))
        found += [(case, category) for case in wrong]
    return found


def compared_with(cases: Sequence[Case], others: Sequence[Case]) -> dict[str, Any]:
    """F1 of both classifiers on the same mails, and the paired difference (cases less others) with its interval."""
    shared = [c for c in known(cases) if all(c in case.verdict.categories for case in others)]
    return {
        "classifier": others[0].verdict.classifier if others else "",
        "categories": {
            category: _difference(judged(cases, category), judged(others, category)) for category in shared
        },
    }


def _difference(ours: Sequence[Judged], theirs: Sequence[Judged]) -> dict[str, Any]:
    value, low, high = (round(figure, 4) for figure in f1_difference(ours, theirs))
    better = "this" if low > 0 else "other" if high < 0 else "unknown"
    return {
        "f1": round(f1(ours), 4),
        "other_f1": round(f1(theirs), 4),
        "difference": {"value": value, "low": low, "high": high, "n": len(ours)},
        "better": better,
    }


def _category(cases: Sequence[Case], category: str) -> dict[str, Any]:
    every, costs = judged(cases, category), miss_cost(category)
    found = figures(every, costs)
    area = average_precision(every)
    return {
        "all": found,
        **{name: _grouped(cases, category, name) for name in GROUPS},
        "aims": judged_aims(AIMS.get(category, {}), found) if every else {},
        "average_precision": None if area is None else round(area, 4),
        "reliability": [{k: round(v, 4) for k, v in asdict(bin_).items()} for bin_ in reliability(every)],
    }


def _grouped(cases: Sequence[Case], category: str, by: str) -> dict[str, Any]:
    names = {_group(case, by) for case in cases} - {""}
    order = sorted(names, key=lambda name: (_ORDER.index(name) if name in _ORDER else len(_ORDER), name))
    return {
        name: figures(judged([c for c in cases if _group(c, by) == name], category), miss_cost(category))
        for name in order
    }


def _group(case: Case, by: str) -> str:
    if by == "language":
        return case.mail.language if case.mail.language in {"fr", "en"} else "other"
    return str(getattr(case.mail, by))


def _wrong(case: Case, category: str) -> dict[str, Any]:
    said = case.verdict.categories[category]
    truth = bool(case.mail.labels[category])
    return {"mail": case.mail.name, "category": category, "truth": truth, "decision": said.decision, "p": said.p}


def _share(cases: Sequence[Case], holds: Callable[[Case], bool]) -> dict[str, Any]:
    return plain(Share(sum(holds(case) for case in cases), len(cases)))
