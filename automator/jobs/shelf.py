"""The shelf of learnt models: numbered files, the newest in force; what was refused or rolled back lies apart.

models/triage-0007-HASH.json.gz     in force when it is the highest number, else older
models/aside/triage-0006-...        refused by the gate, or rolled back by the owner; never taken up again by itself
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from automator.errors import PermanentError
from automator.triage.scorer import unpack

KEPT: Final = 5
_ASIDE = "aside"


@dataclass(frozen=True, slots=True)
class Learnt:
    """A model on the shelf; `aside` = refused or rolled back."""

    number: int
    path: Path
    aside: bool = False


@dataclass(frozen=True, slots=True)
class Shelf:
    """The models of a state folder."""

    folder: Path

    def learnt(self) -> list[Learnt]:
        """All models, those set aside too, by number."""
        found = [Learnt(_number(p), p) for p in self.folder.glob("triage-*.json.gz")]
        found += [Learnt(_number(p), p, aside=True) for p in (self.folder / _ASIDE).glob("triage-*.json.gz")]
        return sorted(found, key=lambda model: (model.number, model.path.name))

    def current(self) -> Learnt | None:
        """The model in force; None = the shipped one."""
        return max((m for m in self.learnt() if not m.aside), key=lambda m: m.number, default=None)

    def known(self, artefact: bytes) -> Learnt | None:
        """The model of the same content, if it is on the shelf."""
        digest = unpack(artefact).digest
        return next((m for m in self.learnt() if m.path.name.endswith(f"-{digest}.json.gz")), None)

    def add(self, artefact: bytes, *, aside: bool = False) -> Path:
        """Put a model on the shelf under the next number, in one step; the oldest ones beyond KEPT are thrown away."""
        number = max((m.number for m in self.learnt()), default=0) + 1
        home = self.folder / _ASIDE if aside else self.folder
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = home / f"triage-{number:04}-{unpack(artefact).digest}.json.gz"
        scratch = path.with_suffix(".tmp")
        scratch.write_bytes(artefact)
        scratch.replace(path)
        self._prune(aside=aside)
        return path

    def roll_back(self, to: int | None = None) -> Learnt | None:
        """Back to the model before the one in force, or to number `to` (0 = the shipped one). Returns the one in force.

        Those after it are set aside. PermanentError when there is nothing to go back from, or no such model.
        """
        models = [m for m in self.learnt() if not m.aside]
        if not models:
            raise PermanentError("The shipped model is in force: there is nothing to go back to.")
        target = to if to is not None else (models[-2].number if len(models) > 1 else 0)
        if target and target not in {m.number for m in models}:
            raise PermanentError(f"There is no model {target} to go back to. See automator models list")
        later = [m for m in models if m.number > target]
        if not later:
            raise PermanentError(f"Model {target} is in force already.")
        (self.folder / _ASIDE).mkdir(mode=0o700, exist_ok=True)
        for model in sorted(later, key=lambda m: -m.number):  # the newest first: it is out of force at once
            model.path.replace(self.folder / _ASIDE / model.path.name)
        self._prune(aside=True)
        return self.current()

    def _prune(self, *, aside: bool) -> None:
        for model in [m for m in self.learnt() if m.aside == aside][:-KEPT]:
            with contextlib.suppress(FileNotFoundError):
                model.path.unlink()


def _number(path: Path) -> int:
    found = path.name.split("-")[1]
    return int(found) if found.isdigit() else 0
