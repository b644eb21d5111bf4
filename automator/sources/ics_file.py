"""A calendar in one .ics file on this machine: read whole, written one entry at a time."""

from __future__ import annotations

import os
import secrets
import stat
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from automator.agenda.event import CalendarEvent
from automator.agenda.ics import MAX_BYTES, write_ics
from automator.agenda.reading import Runner, here, load_cursor, occurrences, save_cursor
from automator.clock import Clock, SystemClock
from automator.errors import PermanentError, TemporaryError
from automator.failpoint import failpoint
from automator.ports import CalendarSource, CalendarWriter, EventBatch


class Options(BaseModel):
    """A calendar file.

    `path` is the .ics file; its folder must exist. A file that is not there yet is an empty calendar: our first
    entry creates it, readable by its owner only.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Annotated[Path, Field(description="the .ics file, its folder must exist")]


def build(name: str, options: Options, *, zone: ZoneInfo, clock: Clock, run: Runner = here) -> CalendarSource:
    """The calendar `name` as a source. `zone` is the firm's, for times without one; `run` may be the sandbox's."""
    return _FileSource(name, options.path, zone, clock, run)


def writer(name: str, options: Options, *, clock: Clock | None = None) -> CalendarWriter:
    """The same file as a place to put our own entries, stamped with the time of `clock` (the machine's by default)."""
    return _FileWriter(name, options.path, clock or SystemClock())


class _FileSource:
    def __init__(self, name: str, path: Path, zone: ZoneInfo, clock: Clock, run: Runner) -> None:
        self._name, self._path, self._zone, self._clock, self._run = name, path, zone, clock, run

    def fetch(self, cursor: str | None) -> Iterator[EventBatch]:
        """One whole batch, or none when the file is the one that was read before today.

        Raises PermanentError for a folder that is missing or a file that is no calendar, TemporaryError when it
        cannot be read now.
        """
        now = self._clock.now()
        today = now.astimezone(self._zone).date().isoformat()
        data, mark = _read(self._name, self._path)
        if load_cursor(cursor, today).get("mark") == mark:
            return
        if data is None:
            note = f"The calendar file of {self._name} does not exist yet."
            yield EventBatch((), save_cursor(today, mark=mark), notes=(note,))
            return
        if b"BEGIN:VCALENDAR" not in data.upper() and data.strip():
            raise PermanentError(
                f"The file of the calendar {self._name} is no calendar (BEGIN:VCALENDAR is missing)."
            )
        found = occurrences(data, self._name, self._zone, now, self._run)
        yield EventBatch(found.events, save_cursor(today, mark=mark), notes=found.notes)


class _FileWriter:
    def __init__(self, name: str, path: Path, clock: Clock) -> None:
        self._name, self._path, self._clock = name, path, clock
        self._lock = threading.Lock()

    def put(self, event: CalendarEvent) -> None:
        """Add the entry or replace the one of the same UID; the file is whole at every instant.

        Raises PermanentError when the file is damaged (it is left as it is), TemporaryError when the disk or
        another program is in the way.
        """
        with self._lock:
            data, mark = _read(self._name, self._path)
            try:
                new = write_ics(data, event, now=self._clock.now())
            except ValueError as error:
                raise PermanentError(f"The calendar {self._name} was left as it is: {error}.") from None
            self._replace(new, mark)

    def _replace(self, data: bytes, mark: str) -> None:
        path = self._path.resolve()  # a link stays a link: the file behind it is replaced
        fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
        try:
            _write(fresh, data, _mode(path))
            failpoint("ics_before_rename")
            if _mark(path) != mark:
                raise TemporaryError(f"The calendar {self._name} was changed by another program just now.")
            fresh.replace(path)
            _sync_folder(path.parent)
        except OSError as error:
            raise TemporaryError(f"The calendar {self._name} cannot be written: {error.strerror}.") from None
        finally:
            with suppress(OSError):
                fresh.unlink(missing_ok=True)


def _read(name: str, path: Path) -> tuple[bytes | None, str]:
    """The content (None when there is no file yet) and a mark that changes with it."""
    if not path.parent.is_dir():
        raise PermanentError(f"The folder of the calendar {name} does not exist.")
    try:
        mark = _mark(path)
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return None, "none"
    except OSError as error:
        raise TemporaryError(f"The calendar {name} cannot be read: {error.strerror}.") from None
    if len(data) > MAX_BYTES:
        raise PermanentError(f"The calendar {name} is larger than {MAX_BYTES // 1_000_000} MB.")
    return data, mark


def _mark(path: Path) -> str:
    try:
        found = path.stat()
    except FileNotFoundError:
        return "none"
    return f"{found.st_ino}-{found.st_mtime_ns}-{found.st_size}"


def _mode(path: Path) -> int:
    """0600 for a new file; the owner's own choice for one that is there."""
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        return 0o600


def _write(path: Path, data: bytes, mode: int) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        os.fchmod(handle, mode)
        file.write(data)
        file.flush()
        os.fsync(handle)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
