"""Functions that misbehave on purpose, for the sandbox to hold."""

from __future__ import annotations

import os
import resource
import socket
from pathlib import Path

from automator.errors import PermanentError


def double(number: int) -> int:
    return 2 * number


def whoami(_: int = 0) -> int:
    return os.getpid()


def eat_memory(megabytes: int) -> int:
    return len(b"x" * (megabytes * 1024 * 1024))


def spin(_: int = 0) -> int:
    number = 1
    while True:
        number = (number * 3) % 1_000_003


def die(code: int) -> int:
    os._exit(code)


def odd_kills(number: int) -> int:
    if number % 2:
        os._exit(9)
    return number


def raise_secret(text: str) -> str:
    raise ValueError(text)


def refuse(text: str) -> str:
    raise PermanentError(text)


def nested(depth: int) -> int:
    return nested(depth + 1)


def surroundings(_: int = 0) -> dict[str, str]:
    return dict(os.environ)


def write_file(path: str) -> int:
    return Path(path).write_text("something")


def cpu_seconds(_: int = 0) -> int:
    return resource.getrlimit(resource.RLIMIT_CPU)[0]


class Sly:
    """Pickles itself as a call: what a child that was taken over would send."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("true",)


def sly(_: int = 0) -> object:
    return Sly()


def stranger(_: int = 0) -> object:
    return socket.AF_INET
