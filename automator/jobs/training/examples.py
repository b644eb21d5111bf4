"""Labelled mails as the trainer sees them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from automator.errors import PermanentError
from automator.triage.corpus import Row, author, message, owner
from automator.triage.features import Features, extract


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled mail as the trainer sees it.

    `group` keeps mails of one author together in cross-validation, `situation` those about one thing. A category
    absent from `labels` is unknown: the row is not used for it. `weight` is how many ordinary rows this one counts
    for. "" as `kind` is unknown, too.
    """

    group: str
    kind: str
    labels: Mapping[str, bool]
    features: Features
    weight: float = 1.0
    situation: str = ""


def read_rows(corpus: Path) -> list[Row]:
    """All rows of the `part_*.jsonl` and `frauds.jsonl` files of a folder, by file name. PermanentError when there are none."""
    rows: list[Row] = []
    for file in sorted([*corpus.glob("part_*.jsonl"), *corpus.glob("frauds.jsonl")]):
        try:
            rows += [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
        except ValueError as error:
            raise PermanentError(f"{file.name} is not a file of JSON lines: {error}") from error
    if not rows:
        raise PermanentError(f"No part_*.jsonl file with labelled mails lies in {corpus}.")
    return rows


def examples(rows: Iterable[Row]) -> list[Example]:
    """Rows as training examples, by way of the mail parser."""
    return [
        Example(
            author(row), row["kind"], row["labels"], extract(message(row), owner(row)), situation=row["situation"]
        )
        for row in rows
    ]


def truths(data: Sequence[Example], category: str) -> list[bool]:
    """What each example is; every one of `data` must know the category."""
    return [bool(example.labels[category]) for example in data]


def weights(data: Sequence[Example]) -> list[float]:
    """How many ordinary rows each example counts for."""
    return [example.weight for example in data]
