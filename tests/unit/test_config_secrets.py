"""Secrets come from where the reference says, when they are asked for, and show nowhere."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from automator import log
from automator.config.secrets import SecretRef, resolve
from automator.errors import PermanentError


def file(folder: Path, text: bytes, mode: int = 0o600) -> SecretRef:
    path = folder / "mail.password"
    path.write_bytes(text)
    path.chmod(mode)
    return SecretRef("file", "mail.password", folder)


def test_from_a_file_without_its_line_end(tmp_path: Path) -> None:
    assert resolve(file(tmp_path, b"pass word\n")).get_secret_value() == "pass word"
    assert resolve(file(tmp_path, "clé à molette\r\n".encode())).get_secret_value() == "clé à molette"


def test_from_the_environment(tmp_path: Path) -> None:
    secret = SecretRef("env", "MAIL", tmp_path)
    assert resolve(secret, {"MAIL": "rosebud-42"}).get_secret_value() == "rosebud-42"
    with pytest.raises(PermanentError, match="MAIL is not set"):
        resolve(secret, {})


def test_from_systemd(tmp_path: Path) -> None:
    (tmp_path / "imap.password").write_text("rosebud-42")
    secret = SecretRef("credential", "imap.password", tmp_path)
    assert resolve(secret, {"CREDENTIALS_DIRECTORY": str(tmp_path)}).get_secret_value() == "rosebud-42"
    with pytest.raises(PermanentError, match="LoadCredential"):
        resolve(secret, {})


def test_from_a_command_the_first_line(tmp_path: Path) -> None:
    words = (sys.executable, "-c", "print('rosebud-42\\nlogin: claire')")
    assert resolve(SecretRef("command", words, tmp_path)).get_secret_value() == "rosebud-42"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((sys.executable, "-c", "import sys; print('rosebud-42'); sys.exit(3)"), "status 3"),
        (("no-such-program-here", "rosebud-42"), "cannot be run"),
        ((sys.executable, "-c", "pass  # rosebud-42"), "is empty"),
    ],
)
def test_a_command_that_fails_says_so_and_nothing_else(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    with pytest.raises(PermanentError, match=said) as caught:
        resolve(SecretRef("command", words, tmp_path))
    assert "rosebud" not in str(caught.value)


def test_s32_an_open_file_is_refused_when_it_is_fetched_too(tmp_path: Path) -> None:
    with pytest.raises(PermanentError, match="chmod o-rwx"):
        resolve(file(tmp_path, b"rosebud-42", 0o604))


def test_bytes_that_are_no_text_and_files_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(PermanentError, match="not UTF-8"):
        resolve(file(tmp_path, b"\xff\xfe"))
    with pytest.raises(PermanentError, match="there is no file"):
        resolve(SecretRef("file", "nothing", tmp_path))
    with pytest.raises(PermanentError, match="cannot be read"):
        resolve(SecretRef("credential", "nothing", tmp_path), {"CREDENTIALS_DIRECTORY": str(tmp_path)})


def test_a_fetched_secret_is_blotted_out_of_the_log(tmp_path: Path) -> None:
    stream = io.StringIO()
    log.configure("debug", "text", stream)
    value = resolve(file(tmp_path, b"rosebud-4711\n"))
    log.event("login_tried", account="bureau", said=f"LOGIN claire {value.get_secret_value()}")
    assert "rosebud" not in repr(value) + stream.getvalue()
    assert "LOGIN claire ***" in stream.getvalue()
