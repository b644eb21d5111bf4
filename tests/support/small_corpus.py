"""A small corpus and a model trained on it: trainings that end in seconds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from automator.jobs.learn import train

CORPUS = Path(__file__).resolve().parents[2] / "models" / "corpus"
PARTS = ("part_b", "part_g")


@dataclass(frozen=True, slots=True)
class Small:
    """`corpus` stands for the shipped corpus, `shipped` for the folder of shipped models."""

    corpus: Path
    shipped: Path


def small_corpus(folder: Path, rows: int = 120) -> Small:
    """The first rows of two authors, and the model that they give."""
    made = Small(folder / "corpus", folder / "shipped")
    made.corpus.mkdir()
    for name in PARTS:
        lines = (CORPUS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
        (made.corpus / f"{name}.jsonl").write_text("".join(lines[:rows]), encoding="utf-8")
    train(made.corpus, made.shipped)
    return made
