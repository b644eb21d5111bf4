"""The shelf of learnt models: numbered files, the newest in force; what was refused or rolled back lies apart.

models/triage-0007-HASH.json.gz     in force when it is the highest number, else older
models/aside/triage-0006-...        refused by the gate, or rolled back by the owner; never taken up again by itself
models/aside/triage-0001-....gone   an empty file: one set aside that is thrown away, so that it does not come back

They hold words of the owner's mail: nobody else may read them. A lock file keeps two writers apart.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from automator.classifiers import linear
from automator.errors import PermanentError
from automator.triage.scorer import unpack
from automator.words import msgid

KEPT: Final = 5
_ASIDE = "aside"
_NO_GOING_BACK = msgid("The shipped model is in force: there is nothing to go back to.")
_NO_SUCH = msgid("There is no such model to go back to. See automator models list")
_IN_FORCE = msgid("That model is in force already.")


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
        found = [Learnt(linear.number_of(p), p) for p in linear.models(self.folder)]
        found += [Learnt(linear.number_of(p), p, aside=True) for p in linear.models(self.folder / _ASIDE)]
        return sorted(found, key=lambda model: (model.number, model.path.name))

    def current(self) -> Learnt | None:
        """The model in force, as the classifier finds it: the newest sound one; None = the shipped one."""
        for path in linear.models(self.folder):
            with contextlib.suppress(PermanentError):
                linear.read(path)
                return Learnt(linear.number_of(path), path)
        return None

    def known(self, artefact: bytes) -> Learnt | None:
        """The model of the same content, if it is on the shelf or was set aside once."""
        digest = unpack(artefact).digest
        return next((m for m in (*self.learnt(), *self._gone()) if m.path.name.endswith(f"-{digest}.json.gz")), None)

    def add(self, artefact: bytes, *, aside: bool = False) -> Path:
        """Put a model on the shelf under the next number, in one step; the oldest ones beyond KEPT are thrown away."""
        digest = unpack(artefact).digest
        with self._locked() as home:
            number = max((m.number for m in (*self.learnt(), *self._gone())), default=0) + 1
            path = (home / _ASIDE if aside else home) / f"triage-{number:04}-{digest}.json.gz"
            _write(path, artefact)
            self._prune(aside=aside)
        return path

    def roll_back(self, to: int | None = None) -> Learnt | None:
        """Back to the model before the one in force, or to number `to` (0 = the shipped one). Returns the one in force.

        Those after it are set aside. PermanentError when there is nothing to go back from, or no such model.
        """
        with self._locked() as home:
            models = [m for m in self.learnt() if not m.aside]
            for model in _later(models, to):  # the newest first: it is out of force at once
                model.path.replace(home / _ASIDE / model.path.name)
            _settle(home / _ASIDE)
            _settle(home)
            self._prune(aside=True)
        return self.current()

    def _gone(self) -> list[Learnt]:
        """Those set aside that are thrown away, by the path they had."""
        marks = (self.folder / _ASIDE).glob(f"{linear.PATTERN}.gone")
        return [Learnt(linear.number_of(mark), mark.with_suffix(""), aside=True) for mark in marks]

    def _prune(self, *, aside: bool) -> None:
        for model in [m for m in self.learnt() if m.aside == aside][:-KEPT]:
            if aside:
                model.path.with_name(f"{model.path.name}.gone").touch(mode=0o600)
            model.path.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[Path]:
        """The folder, ours alone, made when it is missing; what a kill left half written is taken away."""
        for folder in (self.folder, self.folder / _ASIDE):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            folder.chmod(0o700)
        lock = os.open(self.folder / "lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            for scratch in self.folder.rglob("triage-*.tmp"):
                scratch.unlink(missing_ok=True)
            yield self.folder
        finally:
            os.close(lock)


def _later(models: list[Learnt], to: int | None) -> list[Learnt]:
    """The models after number `to` (None: the one before the last), the newest first."""
    if not models:
        raise PermanentError(_NO_GOING_BACK)
    target = to if to is not None else (models[-2].number if len(models) > 1 else 0)
    if target and target not in {m.number for m in models}:
        raise PermanentError(_NO_SUCH)
    later = [m for m in models[::-1] if m.number > target]
    if not later:
        raise PermanentError(_IN_FORCE)
    return later


def _write(path: Path, content: bytes) -> None:
    """The whole file or none, on the disk before it is in force, for us alone to read."""
    scratch = path.with_suffix(".tmp")
    try:
        with os.fdopen(os.open(scratch, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)
    _settle(path.parent)


def _settle(folder: Path) -> None:
    """What was renamed in it is on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
