"""Train the triage model from a labelled corpus; run as a child process of low priority, never inside the service.

    python -m automator.jobs.learn CORPUS OUT

The same corpus gives the same artefact, byte for byte.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from automator.errors import PermanentError
from automator.jobs.training.examples import Example, examples, read_rows
from automator.jobs.training.fit import fit
from automator.triage.corpus import kept_back
from automator.triage.scorer import pack, unpack

__all__ = ["Example", "examples", "fit", "main", "read_rows", "save", "train"]


def train(corpus: Path, out: Path) -> Path:
    """Train on the rows of `corpus` that are not kept back and write the artefact into the folder `out`.

    Returns its path: triage-NNNN-HASH.json.gz, numbered after the newest there; an equal artefact is not written twice.
    """
    artefact = pack(fit(examples(row for row in read_rows(corpus) if not kept_back(row))))
    return save(artefact, out)


def save(artefact: bytes, out: Path) -> Path:
    """Write an artefact under the next number, in one step; an equal one that is there already is kept."""
    digest = unpack(artefact).digest
    out.mkdir(parents=True, exist_ok=True)
    there = sorted(out.glob("triage-*.json.gz"))
    for file in there:
        if file.name.endswith(f"-{digest}.json.gz"):
            return file
    number = max((int(file.name.split("-")[1]) for file in there if file.name.split("-")[1].isdigit()), default=0) + 1
    path = out / f"triage-{number:04}-{digest}.json.gz"
    scratch = path.with_suffix(".tmp")
    scratch.write_bytes(artefact)
    scratch.replace(path)
    return path


def main(arguments: Sequence[str]) -> int:
    """The child process: two folders in, the path of the artefact out; 2 with a sentence on stderr when it fails."""
    if len(arguments) != 2:
        sys.stderr.write("usage: python -m automator.jobs.learn CORPUS OUT\n")
        return 2
    os.nice(10)
    try:
        path = train(Path(arguments[0]), Path(arguments[1]))
    except PermanentError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(f"{path}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
