"""The child or the command that looks through a folder of labelled mails: `python -m automator.jobs.lint FOLDER`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from automator.triage.lint import Problem, lint

PATTERNS = ("part_*.jsonl", "frauds.jsonl")


def lint_folder(folder: Path) -> list[Problem]:
    """What is wrong in the corpus files of a folder; a folder without any is a problem too."""
    files = {path.name: path.read_bytes() for pattern in PATTERNS for path in folder.glob(pattern)}
    if not files:
        return [Problem(str(folder), 1, "no part_*.jsonl file with labelled mails lies here")]
    return lint(files)


def main(arguments: Sequence[str]) -> int:
    """Prints each problem as file:line: what; 0 when there is none, 1 when there are, 2 for a wrong call."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m automator.jobs.lint FOLDER\n")
        return 2
    found = lint_folder(Path(arguments[0]))
    for problem in found:
        sys.stdout.write(f"{problem}\n")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
