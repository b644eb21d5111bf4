"""`automator rules check | test | explain | schema`: what is printed, and the exit status."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from automator.cli.rules import rules_app
from tests.support.verbs import RULES

GOOD = 'title = "x"\non = "mail.received"\n[[then]]\nafter = "2 jours"\ndo = "remind"\ntext = "x"\n'
TEST = '[[test]]\nname = "rappel"\ngiven = { object = "mail", received = 2026-11-16 }\nnow = 2026-11-18\nexpect = ["remind"]\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder without any configuration around it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "none"))
    monkeypatch.delenv("AUTOMATOR_CONFIG", raising=False)
    shutil.copytree(RULES, tmp_path / "rules")
    return tmp_path / "rules"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(rules_app, list(arguments))


def rows(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_the_shipped_rules_are_clean_and_their_dates_are_told(folder: Path) -> None:
    result = run("check", str(folder))
    assert result.exit_code == 0, result.output
    assert "erreurs : 0" in result.stdout.replace("\u00a0", " ")
    assert "relance-impayes.toml" in result.stdout
    assert rows(run("check", str(folder), "--json")) == []


def test_one_file_can_be_checked_and_its_errors_give_status_1(folder: Path) -> None:
    bad = folder / "bad.toml"
    bad.write_text(GOOD.replace("remind", "rappeler"), encoding="utf-8")
    result = run("check", str(bad))
    assert result.exit_code == 1
    assert f"{bad}:5: then.1.do: " in result.stdout
    (row,) = rows(run("check", str(bad), "--json"))
    assert set(row) == {"file", "line", "column", "key", "severity", "code", "message", "suggestion", "fix"}
    assert (row["line"], row["code"], row["severity"], row["suggestion"]) == (5, "unknown_verb", "error", "remind")


def test_warnings_alone_leave_status_0(folder: Path) -> None:
    (folder / "odd.toml").write_text(
        GOOD.replace("[[then]]", 'when = { subject_any = "a.*" }\n[[then]]', 1), encoding="utf-8"
    )
    result = run("check", str(folder / "odd.toml"), "--json")
    assert result.exit_code == 0
    assert [row["severity"] for row in rows(result)] == ["warning"]


def test_a_path_that_is_not_there_is_an_unusable_call(folder: Path) -> None:
    assert run("check", str(folder / "nothing.toml")).exit_code == 2
    assert run("check").exit_code == 2


def test_the_tests_of_the_rules_are_played(folder: Path) -> None:
    result = run("test", str(folder))
    assert result.exit_code == 0, result.output
    assert "tests réussis" in result.stdout
    (folder / "one.toml").write_text(GOOD + TEST, encoding="utf-8")
    (row,) = rows(run("test", str(folder / "one.toml"), "--json"))
    assert set(row) == {"file", "test", "line", "passed", "expected", "got"}
    assert (row["test"], row["passed"], row["got"]) == ("rappel", True, ["remind"])


def test_a_failing_test_shows_both_sides_and_gives_status_1(folder: Path) -> None:
    (folder / "one.toml").write_text(GOOD + TEST.replace('["remind"]', "[]"), encoding="utf-8")
    result = run("test", str(folder / "one.toml"))
    assert result.exit_code == 1
    assert "- ()" in result.stdout
    assert "+ remind" in result.stdout


def test_a_file_with_errors_fails_test_and_explain(folder: Path) -> None:
    (folder / "bad.toml").write_text("title = 3", encoding="utf-8")
    for command in ("test", "explain"):
        result = run(command, str(folder / "bad.toml"))
        assert result.exit_code == 1
        assert "bad.toml:1: " in result.stderr


def test_each_rule_is_said_in_one_sentence(folder: Path) -> None:
    result = run("explain", str(folder))
    assert result.exit_code == 0
    assert "Quand une facture a dépassé son échéance" in result.stdout
    found = rows(run("explain", str(folder / "newsletters.toml"), "--json"))
    assert set(found[0]) == {"file", "sentence"}


def test_the_schema_is_json(folder: Path) -> None:
    assert folder.is_dir()
    result = run("schema")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["required"] == ["title", "on", "then"]


def test_with_a_configuration_its_folder_and_language_are_taken(folder: Path) -> None:
    example = (Path(RULES).parent / "config.example.toml").read_text(encoding="utf-8")
    config = folder.parent / "config.toml"
    config.write_text(example.replace('locale = "fr"', 'locale = "en"'), encoding="utf-8")
    config.chmod(0o600)
    result = run("explain")
    assert result.exit_code == 0, result.output
    assert "When an invoice is past its due date" in result.stdout
    assert run("check").exit_code == 0
