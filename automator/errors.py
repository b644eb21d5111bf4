"""What can go wrong, in three kinds: temporary, permanent, unknown. Imports nothing of the project."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in a file that a person edits, with its position and the way out.

    `line` and `column` count from 1; a problem without a line of its own is on line 1.
    `code` is a stable snake_case name, `fix` one imperative sentence, `suggestion` the near word or "".
    """

    file: str
    line: int
    key: str
    code: str
    message: str
    fix: str = ""
    suggestion: str = ""
    severity: Severity = "error"
    column: int = 1

    def __str__(self) -> str:
        text = f"{self.file}:{self.line}: "
        if self.severity == "warning":
            text += "warning: "
        if self.key:
            text += f"{self.key}: "
        text += self.message
        if self.fix:
            text += f" {self.fix}"
        return text


class AutomatorError(Exception):
    """Base of every error this program raises on purpose; its text is written for the owner."""


class ConfigError(AutomatorError):
    """config.toml (or a file it names) cannot be used; carries every problem found in one run."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(p) for p in problems))
        self.problems = problems


class TemporaryError(AutomatorError):
    """May work later: the network, a busy server, a full disk. `retry_after` is in seconds, None = unsaid."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class PermanentError(AutomatorError):
    """Will never work as it is: refused recipient, missing folder, missing capability."""


class MissingCapability(PermanentError):  # noqa: N818 - what is missing, not what failed
    """A server or the configuration lacks what a deed needs: it is told to the owner, once a digest, not done."""


class LoginError(PermanentError):
    """The server refused the login of an account; trying again at once could lock it."""


class OutcomeUnknown(AutomatorError):  # noqa: N818 - a state, as architecture says, not a failure
    """The deed may or may not have happened (RFC 1047): the link died after the last byte, before the answer."""


class AlreadyRunning(AutomatorError):  # noqa: N818 - reads as the sentence it is
    """Another instance holds the daemon's role (exit status 75)."""
