"""Measure a classifier on labelled mails: every figure with its n, by category, language and difficulty."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from automator.billing.invoice import Identity
from automator.mail.message import Message
from automator.ports import Classifier
from automator.triage.corpus import Row, kept_back, message, owner
from automator.triage.kind import SILENT
from automator.triage.measure import Judged, figures
from automator.triage.verdict import CATEGORIES, Verdict

LOUD_KINDS = frozenset({"phishing", "bec_fraud", "promotion", "newsletter", "prospecting"})
MakeClassifier = Callable[[Identity], Classifier]


@dataclass(frozen=True, slots=True)
class Case:
    """A labelled mail and what the classifier said of it."""

    row: Row
    verdict: Verdict


def kept_for_test(rows: Iterable[Row]) -> list[Row]:
    """The rows that no training sees."""
    return [row for row in rows if kept_back(row)]


def judge(rows: Iterable[Row], make: MakeClassifier) -> list[Case]:
    """Classify each row for the firm that received it."""
    cases = []
    for row in rows:
        mail: Message = message(row)
        cases.append(Case(row, make(owner(row)).classify([mail])[0]))
    return cases


def report(cases: Sequence[Case]) -> dict[str, Any]:
    """The figures as plain values: categories (all, by language, by difficulty), kinds, loud and silent mails."""
    return {
        "classifier": cases[0].verdict.classifier if cases else "",
        "n": len(cases),
        "categories": {category: _category(cases, category) for category in CATEGORIES},
        "kind_accuracy": _share(cases, lambda case: case.verdict.kind == case.row["kind"]),
        "false_urgent_of_loud_mails": _share(
            [case for case in cases if case.row["kind"] in LOUD_KINDS and not case.row["labels"]["urgent"]],
            lambda case: case.verdict.decision("urgent") == "yes",
        ),
        "client_request_of_silent_mails": _share(
            [case for case in cases if case.row["kind"] in SILENT],
            lambda case: case.verdict.decision("client_request") != "no",
        ),
    }


def _category(cases: Sequence[Case], category: str) -> dict[str, Any]:
    groups = {"language": sorted({_language(case) for case in cases}), "difficulty": ("easy", "medium", "hard")}
    return {
        "all": figures(_judged(cases, category)),
        "language": {
            name: figures(_judged([c for c in cases if _language(c) == name], category))
            for name in groups["language"]
        },
        "difficulty": {
            name: figures(_judged([c for c in cases if c.row["difficulty"] == name], category))
            for name in groups["difficulty"]
        },
    }


def _language(case: Case) -> str:
    language = str(case.row["lang"])
    return language if language in {"fr", "en"} else "other"


def _judged(cases: Iterable[Case], category: str) -> list[Judged]:
    said = [(case, case.verdict.categories[category]) for case in cases]
    return [Judged(bool(case.row["labels"][category]), verdict.p, verdict.decision) for case, verdict in said]


def _share(cases: Sequence[Case], holds: Callable[[Case], bool]) -> dict[str, Any]:
    from automator.triage.measure import Share

    share = Share(sum(holds(case) for case in cases), len(cases))
    return {"value": share.value, "low": share.interval[0], "high": share.interval[1], "n": share.n}
