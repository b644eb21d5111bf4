"""The log: structlog, set up once. Stable snake_case events with counts and ids; never a secret, a body, a subject.

What the chain does, in order: bound context, level, moment in UTC, frames of a traceback (no locals, and no words of
the exception above debug), long texts cut, line ends out, rendered, and last of all redaction of the finished line:
known secrets are blotted out at every level; above debug a mail address becomes `addr:1a2b3c4d`, the same sign for the
same address as long as the process lives.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import sys
import traceback
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from types import ModuleType
from typing import Any, Literal, TextIO

from automator.errors import AutomatorError

Level = Literal["debug", "info", "warning", "error"]
Format = Literal["text", "json"]

_LONGEST = 300
_PRIVATE = re.compile(r"pass(word|wd)?$|secret|token|authorization|cookie|credential", re.IGNORECASE)
_MAIL_TEXT = frozenset({"subject", "body", "text", "html", "snippet", "new_text", "quoted", "evidence", "params"})
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(?:\.[\w-]+)+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2066-\u2069]+")
_salt = os.urandom(16)
_concealed: set[str] = set()


def configure(level: Level = "info", format: Format = "text", stream: TextIO | None = None) -> None:
    """Set the log up, once, before the first event. `stream` is standard error unless given.

    Warnings of libraries that use the standard `logging` come out through the same chain.
    """
    structlog = _structlog()
    threshold = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _Frames(words=level == "debug"),
            _Tidy(mail_text=level == "debug"),
            _renderer(format),
            _Redact(addresses=level != "debug"),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.PrintLoggerFactory(stream or sys.stderr),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    for handler in [h for h in root.handlers if isinstance(h, _Libraries)]:
        root.removeHandler(handler)
    root.addHandler(_Libraries(max(threshold, logging.WARNING)))


def _structlog() -> ModuleType:
    """structlog without rich, which it loads for colours that we never print: 0.1 s and 12 MB of every start.

    A name that is None in sys.modules cannot be imported (the import system's own rule); structlog then does without.
    """
    hidden = "rich" not in sys.modules and "structlog" not in sys.modules
    if hidden:
        sys.modules["rich"] = None  # type: ignore[assignment]
    try:
        import structlog
    finally:
        if hidden:
            del sys.modules["rich"]
    return structlog


def event(name: str, /, *, level: Level = "info", **values: object) -> None:
    """Write one line: a stable snake_case `name` and values (ids, counts, states)."""
    import structlog

    getattr(structlog.get_logger(), level)(name, **values)


def report(name: str, values: Mapping[str, object]) -> None:
    """The same as `event`, in the shape that jobs report their passes: an `error` among the values is a warning."""
    event(name, level="warning" if values.get("error") else "info", **dict(values))


@contextmanager
def bound(**values: object) -> Iterator[None]:
    """Every event inside carries these values too (account, message id)."""
    import structlog

    with structlog.contextvars.bound_contextvars(**values):
        yield


@contextmanager
def failures(name: str, /, **values: object) -> Iterator[None]:
    """A failure inside is written as the event `name` and ends there: the next tick tries again.

    An error made for people is one line; anything else is a bug and comes with the frames of its traceback.
    """
    try:
        yield
    except AutomatorError as error:
        event(name, level="error", kind=type(error).__name__, error=str(error), **values)
    except Exception as error:  # noqa: BLE001 - the outermost frame of a tick: a bug must not end the thread
        import structlog

        structlog.get_logger().error(name, kind=type(error).__name__, exc_info=error, **values)


def conceal(secret: str) -> None:
    """Blot this text out of every line from now on. Texts under four signs are too common to look for."""
    if len(secret) >= 4:
        _concealed.add(secret)


def _renderer(format: Format) -> Any:
    import structlog

    if format == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False, sort_keys=False, default=str)
    plain = structlog.dev.plain_traceback
    return structlog.dev.ConsoleRenderer(colors=False, pad_event_to=24, exception_formatter=plain)


class _Frames:
    """Turns `exc_info` into file, line and function of each frame, with the kinds of the exceptions.

    The words of an exception may quote a mail, so they are kept for the debug level; its locals are never read.
    """

    def __init__(self, *, words: bool) -> None:
        self._words = words

    def __call__(self, _logger: Any, _method: str, values: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        error = values.pop("exc_info", None)
        if error is True:
            error = sys.exception()
        if isinstance(error, tuple):
            error = error[1]
        if isinstance(error, BaseException):
            values["exception"] = self._told(error)
        return values

    def _told(self, error: BaseException) -> str:
        parts: list[str] = []
        current: BaseException | None = error
        while current is not None and len(parts) < 8:
            stack = traceback.StackSummary.extract(traceback.walk_tb(current.__traceback__), limit=-30)
            frames = [f"  {_short(f.filename)}:{f.lineno} {f.name}" for f in stack]
            said = f"{type(current).__name__}: {current}" if self._words else type(current).__name__
            parts.append("\n".join([*frames, said]))
            current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
        return "\ncaused by\n".join(parts)


def _short(filename: str) -> str:
    """The last three parts of a path: enough to find the file, nothing of whose home it lies in."""
    return "/".join(filename.replace("\\", "/").split("/")[-3:])


class _Tidy:
    """Secrets by their key out, mail text out above debug, long texts cut, no line ends that fake a second line."""

    def __init__(self, *, mail_text: bool) -> None:
        self._mail_text = mail_text

    def __call__(self, _logger: Any, _method: str, values: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        return {key: value if key == "exception" else self._value(key, value) for key, value in values.items()}

    def _value(self, key: str, value: Any) -> Any:
        if _PRIVATE.search(key) and value:
            return "***"
        if key in _MAIL_TEXT and not self._mail_text:
            return f"({len(str(value))} signs)"
        if isinstance(value, bool | int | float) or value is None:
            return value
        if isinstance(value, Mapping):
            return {str(k): self._value(str(k), v) for k, v in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self._value(key, v) for v in value]
        text = _CONTROL.sub(" ", str(value))
        return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text)} signs)"


class _Redact:
    """Works on the finished line, so that nothing slips by in a key or inside another value."""

    def __init__(self, *, addresses: bool) -> None:
        self._addresses = addresses

    def __call__(self, _logger: Any, _method: str, line: Any) -> str:
        for secret in sorted(_concealed, key=len, reverse=True):
            line = line.replace(secret, "***")
        return _ADDRESS.sub(_sign, line) if self._addresses else line


def _sign(found: re.Match[str]) -> str:
    digest = hashlib.blake2b(found[0].lower().encode(), key=_salt, digest_size=4)
    return f"addr:{digest.hexdigest()}"


class _Libraries(logging.Handler):
    """Warnings of libraries, as the event `library_said`."""

    def emit(self, record: logging.LogRecord) -> None:
        """Pass one record on; never raises into the library."""
        import structlog

        level = "error" if record.levelno >= logging.ERROR else "warning"
        try:
            said = record.getMessage()
        except Exception:  # noqa: BLE001 - a library's broken format string is not our crash
            said = str(record.msg)
        getattr(structlog.get_logger(), level)(
            "library_said", library=record.name, said=said, exc_info=record.exc_info
        )
