"""Runs pure functions on bytes of strangers in a child process with limits, so that no mail can harm the service.

The child is a fresh interpreter that inherits no secret: no environment, no open file but one socket. What comes back
is unpickled with only our own nouns allowed: a child that was taken over cannot make the parent run anything.
"""

from __future__ import annotations

import dataclasses
import importlib
import io
import json
import os
import pickle
import resource
import socket
import struct
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Iterable
from enum import Enum
from pathlib import Path
from typing import Any, BinaryIO, NoReturn, ParamSpec, TypeVar

from automator.errors import AutomatorError, PermanentError

P = ParamSpec("P")
T = TypeVar("T")
A = TypeVar("A")

_NOUNS = (Enum, AutomatorError)
_LENGTH = struct.Struct("!Q")
_BATCH = 25
_MOST = 256 * 1024 * 1024
_START = "import sys,json; sys.path[:]=json.loads(sys.argv[1]); from automator.sandbox import serve; serve(*map(int,sys.argv[2:]))"
_PLAIN = {
    "builtins": {"complex", "frozenset", "set", "bytearray", "range", "slice", "object"},
    "datetime": {"date", "datetime", "time", "timedelta", "timezone"},
    "decimal": {"Decimal"},
    "collections": {"OrderedDict", "Counter", "deque"},
    "pathlib": {"PurePosixPath"},
}


class Quarantined(PermanentError):  # noqa: N818 - a state, as the digest names it
    """This input killed, stalled or broke the function twice; the others are not affected. Holds no text of it."""


class _Died(Exception):  # noqa: N818 - it did
    """The child went away before it answered."""


@dataclasses.dataclass(frozen=True, slots=True)
class _Failed:
    """Stands in a batch for an item that is to be tried again by itself."""


class Sandbox:
    """One child at a time, made on the first call, kept while there is work, gone after `idle_seconds` without.

    `memory_mb` limits its address space, `cpu_seconds` the processor time of one call, `wall_seconds` how long the
    caller waits for one call. Thread-safe: calls from several threads take turns.
    """

    def __init__(
        self,
        *,
        memory_mb: int = 512,
        cpu_seconds: int = 10,
        wall_seconds: float = 30.0,
        idle_seconds: float = 60.0,
    ) -> None:
        self._limits = (memory_mb, cpu_seconds, max(1, int(idle_seconds * 1000)))
        self._wall = wall_seconds
        self._lock = threading.Lock()
        self._child: _Child | None = None

    def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`function(*args)` in the child. The function must be importable (or a partial of one) and pure.

        Raises what the function raises on purpose (AutomatorError), and Quarantined when it broke, ran out of its
        limits, or killed the child, twice: the second time alone in a fresh child.
        """
        request = pickle.dumps((function, args, kwargs))
        with self._lock:
            for fresh in (False, True):
                try:
                    found: T = self._ask(request, fresh=fresh)
                except _Died:
                    self._drop()
                else:
                    return found
        raise Quarantined("reading it took too much time or memory, or broke the reader")

    def map(self, function: Callable[[A], T], items: Iterable[A]) -> list[T | Quarantined]:
        """`function` of each item, in order; an item that fails for good gives a Quarantined in its place.

        Items travel in small batches; a batch that is lost is done again item by item.
        """
        found: list[T | Quarantined] = []
        waiting = list(items)
        for at in range(0, len(waiting), _BATCH):
            batch = waiting[at : at + _BATCH]
            try:
                answers = self._batch(function, batch)
            except _Died:
                found += [self._single(function, item) for item in batch]
            else:
                found += [self._single(function, i) if isinstance(a, _Failed) else a for i, a in answers]
        return found

    def _batch(self, function: Callable[[A], T], batch: list[A]) -> list[tuple[A, T | _Failed]]:
        request = pickle.dumps((_each, (function, batch), {}))
        with self._lock:
            try:
                answers: list[T | _Failed] = self._ask(request, fresh=False)
            except _Died:
                self._drop()
                raise
        return list(zip(batch, answers, strict=True))

    def _single(self, function: Callable[[A], T], item: A) -> T | Quarantined:
        try:
            return self.run(function, item)
        except Quarantined as error:
            return error
        except PermanentError as error:
            return Quarantined(str(error))

    @property
    def pid(self) -> int | None:
        """The process id of the child, None while there is none."""
        with self._lock:
            return self._child.process.pid if self._child and self._child.alive else None

    def wait_idle(self, timeout: float) -> bool:
        """Wait until the child has gone by itself; False when it has not within `timeout` seconds."""
        child = self._child
        if child is None:
            return True
        try:
            child.process.wait(timeout)
        except subprocess.TimeoutExpired:
            return False
        return True

    def close(self) -> None:
        """End the child. The next call makes a new one."""
        with self._lock:
            self._drop()

    def _ask(self, request: bytes, *, fresh: bool) -> Any:
        if self._child is None or fresh or not self._child.alive:
            self._drop()
            self._child = _Child(self._limits)
        kind, value = self._child.ask(request, self._wall)
        if kind == "result":
            return value
        if kind == "error":
            raise value
        raise Quarantined(f"reading it broke the reader ({value})")

    def _drop(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.end()


class _Child:
    """A spawned interpreter and the socket to it."""

    def __init__(self, limits: tuple[int, int, int]) -> None:
        self._socket, theirs = socket.socketpair()
        self._stream = self._socket.makefile("rb")
        with theirs:
            arguments = [json.dumps(sys.path), str(theirs.fileno()), *map(str, limits)]
            self.process = subprocess.Popen(  # noqa: S603 - our own interpreter, our own code, no shell
                [sys.executable, "-I", "-B", "-c", _START, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={"LANG": "C.UTF-8"},
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def ask(self, request: bytes, wall: float) -> tuple[str, Any]:
        """Its answer; _Died when there is none within `wall` seconds, or none that may be read."""
        self._socket.settimeout(wall)
        try:
            _put(self._socket, request)
            answer = _OurNouns(io.BytesIO(_get(self._stream))).load()
        except (
            OSError,
            EOFError,
            pickle.UnpicklingError,
            ImportError,
            AttributeError,
            TypeError,
            ValueError,
        ) as error:
            raise _Died from error
        if isinstance(answer, tuple) and len(answer) == 2:
            return answer
        raise _Died

    def end(self) -> None:
        """Kill it and wait for it: no zombie stays behind."""
        self._stream.close()
        self._socket.close()
        self.process.kill()
        self.process.wait()


class _OurNouns(pickle.Unpickler):
    """Reads dataclasses, enums and errors of this program and a few plain types; refuses everything else."""

    def find_class(self, module: str, name: str) -> Any:
        if name in _PLAIN.get(module, ()):
            return getattr(importlib.import_module(module), name)
        if module == "automator" or module.startswith("automator."):
            found = getattr(sys.modules.get(module) or importlib.import_module(module), name, None)
            noun = isinstance(found, type) and (dataclasses.is_dataclass(found) or issubclass(found, _NOUNS))
            if noun and found.__module__ == module:
                return found
        raise pickle.UnpicklingError(f"{module}.{name} may not come out of the sandbox")


def _put(wire: socket.socket, data: bytes) -> None:
    wire.sendall(_LENGTH.pack(len(data)))
    wire.sendall(data)


def _get(stream: BinaryIO) -> bytes:
    head = stream.read(_LENGTH.size)
    length = _LENGTH.unpack(head)[0] if len(head) == _LENGTH.size else _MOST + 1
    data = stream.read(length) if length <= _MOST else b""
    if len(data) != length:
        raise EOFError
    return data


def serve(
    descriptor: int, memory_mb: int, cpu_seconds: int, idle_ms: int
) -> NoReturn:  # pragma: no cover - runs in the child
    """The child's whole life: set the limits, answer requests, leave when nobody asks."""
    _limit(memory_mb)
    with socket.socket(fileno=descriptor) as wire, wire.makefile("rb") as stream:
        while True:
            wire.settimeout(idle_ms / 1000)
            try:
                request = _get(stream)
                wire.settimeout(None)
                _limit_cpu(cpu_seconds)
                answer = pickle.dumps(_answer(request))
                _put(wire, answer)
            except (OSError, EOFError):
                os._exit(0)
            except MemoryError:
                os._exit(70)


def _limit(memory_mb: int) -> None:  # pragma: no cover - runs in the child
    size = memory_mb * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))


def _limit_cpu(seconds: int) -> None:  # pragma: no cover - runs in the child
    """The limit counts the whole life of a process: each call gets its own on top of what was used."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + 1 + seconds, hard))


def _each(function: Callable[[A], T], items: list[A]) -> list[T | _Failed]:  # pragma: no cover - runs in the child
    """The function of each item, or a mark; a MemoryError ends the child."""
    found: list[T | _Failed] = []
    for item in items:
        try:
            found.append(function(item))
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001 - the item is tried again by itself, and its error told then
            found.append(_Failed())
    return found


def _answer(request: bytes) -> tuple[str, Any]:  # pragma: no cover - runs in the child
    function, args, kwargs = pickle.loads(request)  # noqa: S301 - made by our own parent process
    try:
        return "result", function(*args, **kwargs)
    except AutomatorError as error:
        return "error", error
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - a bug must not end the child; its text may hold text of a mail
        place = traceback.extract_tb(error.__traceback__)[-1]
        return "broke", f"{type(error).__name__} at {Path(place.filename).name}:{place.lineno}"
