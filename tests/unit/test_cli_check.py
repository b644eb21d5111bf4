"""`automator check`: what it prints and how it ends."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from automator.cli.app import app

CONFIG = """\
[owner]
name = "Claire Vasseur"
addresses = ["claire@atelier.example"]

[[accounts]]
name = "bureau"
kind = "imap"
host = "imap.atelier.example"
user = "claire@atelier.example"
password = { env = "NOT_SET_ANYWHERE" }

[smtp]
host = "smtp.atelier.example"
"""
RULE = """\
title = "Me rappeler les demandes sans réponse"
on = "mail.waiting_for_us"

[[then]]
after = "2 jours ouvrés"
do = "remind"
text = "Répondre à {from}"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path / "state"))
    monkeypatch.delenv("AUTOMATOR_CONFIG", raising=False)
    (tmp_path / "rules").mkdir()
    return tmp_path


def write(folder: Path, config: str = CONFIG, rule: str = RULE) -> None:
    (folder / "config.toml").write_text(config, encoding="utf-8")
    (folder / "config.toml").chmod(0o600)
    (folder / "rules" / "rappel.toml").write_text(rule, encoding="utf-8")


def check(*words: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["check", *words])
    return done.exit_code, done.stdout, done.stderr


def test_in_order(folder: Path) -> None:
    write(folder)
    code, out, err = check()
    assert (code, out) == (0, "")
    assert "1 rules in order, 0 errors" in err


def test_no_secret_is_fetched_and_no_database_made(folder: Path) -> None:
    write(folder, CONFIG.replace('{ env = "NOT_SET_ANYWHERE" }', '{ command = ["touch", "fetched"] }'))
    assert check()[0] == 0
    assert not (folder / "fetched").exists()
    assert not (folder / "state").exists()


def test_a_wrong_configuration_ends_with_two(folder: Path) -> None:
    write(folder, CONFIG.replace("name", "nom", 1) + "\n[log]\nlevel = 3\n")
    code, out, _ = check()
    assert code == 2
    assert [line.split(": ")[1] for line in out.splitlines()] == ["owner.nom", "log.level"]
    assert out.startswith("config.toml:2: owner.nom: unknown key")


def test_a_wrong_rule_ends_with_one(folder: Path) -> None:
    write(folder, rule=RULE.replace('"remind"', '"rappeler"'))
    code, out, err = check()
    assert code == 1
    assert "rappel.toml:6: " in out
    assert "0 rules in order, 1 errors" in err


def test_json_is_one_problem_a_line(folder: Path) -> None:
    write(folder, CONFIG.replace("name", "nom", 1))
    code, out, _ = check("--json")
    (row,) = [json.loads(line) for line in out.splitlines()]
    assert code == 2
    assert {k: row[k] for k in ("line", "column", "key", "severity", "code", "suggestion")} == {
        "line": 2, "column": 1, "key": "owner.nom", "severity": "error", "code": "unknown_key", "suggestion": "name"
    }  # fmt: skip
    assert set(row) == {"file", "line", "column", "key", "severity", "code", "message", "suggestion", "fix"}


def test_no_configuration_anywhere_ends_with_two_and_says_how_to_begin(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder))
    code, out, _ = check()
    if code == 0:
        pytest.skip("this machine has a configuration in /etc/automator")
    assert code == 2
    assert "Copy config.example.toml" in out


def test_s66_works_without_home_and_locale(folder: Path) -> None:
    write(folder)
    clean = {"STATE_DIRECTORY": str(folder / "state"), "LANG": "C", "LC_ALL": "C", "PATH": "/usr/bin:/bin"}
    words = [sys.executable, "-m", "automator", "check", "--config", str(folder / "config.toml")]
    done = subprocess.run(words, env=clean, capture_output=True, cwd="/", check=False)
    assert done.returncode == 0, done.stderr.decode()
