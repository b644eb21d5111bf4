"""Secrets by reference: the file says where a password is, never what it is; it is fetched when it is needed."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import SecretStr

from automator import log
from automator.errors import PermanentError, TemporaryError

How = Literal["env", "file", "command", "credential"]
HOWS: tuple[How, ...] = ("env", "file", "command", "credential")
EXAMPLES = (
    '{ file = "secrets/mail.password" } (a file with mode 0600), { env = "MAIL_PASSWORD" }, '
    '{ command = ["pass", "show", "mail"] } or { credential = "mail.password" }'
)
_MAX_BYTES = 65_536
_COMMAND_SECONDS = 30


@dataclass(frozen=True, slots=True)
class SecretRef:
    """Where one secret lies. `base` is the folder that relative file names start from."""

    how: How
    value: str | tuple[str, ...]
    base: Path

    @property
    def file(self) -> Path | None:
        """The file it lies in, None for the other ways."""
        return self.base / Path(str(self.value)).expanduser() if self.how == "file" else None


def is_reference(value: Any) -> bool:
    """Is this table of config.toml one that names a secret?"""
    return isinstance(value, dict) and any(how in value for how in HOWS)


def read_reference(value: Mapping[str, Any], base: Path) -> SecretRef:
    """The reference that a table means. Raises ValueError saying how to write it."""
    if len(value) != 1:
        raise ValueError(f"must name one way to the secret: {EXAMPLES}.")
    how: How = next(h for h in HOWS if h in value)
    given = value[how]
    if how == "command":
        if not isinstance(given, list) or not given or not all(isinstance(word, str) and word for word in given):
            raise ValueError('command must be a list of words, like ["pass", "show", "mail"]; no shell reads it.')
        return SecretRef(how, tuple(given), base)
    if not isinstance(given, str) or not given.strip():
        raise ValueError(f'{how} must be text between quotes, like {{ {how} = "mail.password" }}.')
    if how == "credential" and "/" in given:
        raise ValueError("credential must be a bare name, as in LoadCredential= of the systemd unit.")
    return SecretRef(how, given, base)


def file_trouble(path: Path) -> tuple[str, str]:
    """What is wrong with a file that holds a secret, and the command that mends it; ("", "") when nothing is."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        return f"there is no file {path}.", "Write the secret into it, then: chmod 600 " + quoted(path)
    except OSError:
        return "", ""  # the one who checks may not be the one who runs; that one will say
    if mode & 0o007:
        return f"{path} can be read by others.", f"Mend it with: chmod o-rwx {quoted(path)}"
    return "", ""


def quoted(path: Path) -> str:
    """A path as a shell takes it."""
    import shlex

    return shlex.quote(str(path))


def resolve(secret: SecretRef, environ: Mapping[str, str] = os.environ) -> SecretStr:
    """Fetch a secret now. Its value goes nowhere else: not into texts of errors, and log lines blot it out.

    Raises PermanentError when it is not there or can be read by others, TemporaryError when a command takes too long.
    """
    ways: dict[How, Callable[[SecretRef, Mapping[str, str]], str]] = {
        "env": _from_environment,
        "file": _from_file,
        "command": _from_command,
        "credential": _from_credential,
    }
    text = ways[secret.how](secret, environ)
    if not text:
        raise PermanentError(f"the secret {secret.how} = {_shown(secret)} is empty.")
    log.conceal(text)
    return SecretStr(text)


def _shown(secret: SecretRef) -> str:
    """A reference in words. Of a command only its program: arguments could be telling."""
    return f'["{secret.value[0]}", ...]' if secret.how == "command" else f'"{secret.value}"'


def _from_environment(secret: SecretRef, environ: Mapping[str, str]) -> str:
    if str(secret.value) not in environ:
        raise PermanentError(f"the environment variable {secret.value} is not set, and a password is to be in it.")
    return environ[str(secret.value)]


def _from_file(secret: SecretRef, _environ: Mapping[str, str]) -> str:
    path = secret.file or Path()
    what, fix = file_trouble(path)
    if what:
        raise PermanentError(f"{what} {fix}")
    return _read(path)


def _from_credential(secret: SecretRef, environ: Mapping[str, str]) -> str:
    folder = environ.get("CREDENTIALS_DIRECTORY", "")
    if not folder:
        raise PermanentError(
            f"the credential {secret.value} is given by systemd only (LoadCredential=); $CREDENTIALS_DIRECTORY is not set."
        )
    return _read(Path(folder) / str(secret.value))


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES)
        return data.decode("utf-8").strip("\r\n")
    except OSError as error:
        raise PermanentError(f"the secret in {path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise PermanentError(f"the secret in {path} is not UTF-8 text.") from None


def _from_command(secret: SecretRef, environ: Mapping[str, str]) -> str:
    """The first line that the command prints, as `pass` and its kin write the password first."""
    words = list(secret.value)
    try:
        done = subprocess.run(  # noqa: S603 - the owner's own command from his own file; no shell reads it
            words,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_COMMAND_SECONDS,
            check=False,
            env=dict(environ),
        )
    except subprocess.TimeoutExpired:
        raise TemporaryError(f"the command {_shown(secret)} gave no password in {_COMMAND_SECONDS} s.") from None
    except OSError as error:
        raise PermanentError(f"the command {_shown(secret)} cannot be run: {error.strerror}.") from None
    if done.returncode:
        raise PermanentError(
            f"the command {_shown(secret)} ended with status {done.returncode}. Run it yourself to see why."
        )
    return done.stdout.decode("utf-8", "replace").split("\n", 1)[0].rstrip("\r")
