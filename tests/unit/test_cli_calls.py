"""How commands are called: help, the configuration they find, exit statuses, and what they do not load."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from automator import __version__
from automator.cli.app import app
from automator.daemon import sole_instance
from tests.support.commands import call, cycle, once, process
from tests.support.firm import Firm

HEAVY = {
    "sqlmodel", "sqlalchemy", "alembic", "sklearn", "numpy", "scipy", "googleapiclient", "babel", "jinja2", "rich",
    "imapclient", "holidays", "icalendar", "dateparser", "pypdfium2", "lxml", "structlog", "apscheduler",
}  # fmt: skip


def commands(command: object = None, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Every command and group of the program, as the words that call it."""
    command = command or get_command(app)
    found = [path]
    for name, child in getattr(command, "commands", {}).items():
        found += commands(child, (*path, name))
    return found


ALL = commands()


@pytest.fixture
def firm(tmp_path: Path) -> Firm:
    return Firm(tmp_path, smtp=9, rules={})


def loaded(*words: str) -> tuple[int, set[str]]:
    """Exit status of a command in a process of its own, and the top-level packages that it loaded."""
    code = (
        "import sys, json, atexit\n"
        "atexit.register(lambda: print(json.dumps(sorted({m.split('.')[0] for m in sys.modules})), file=sys.stderr))\n"
        "from automator.cli.app import main\n"
        f"sys.argv[1:] = {list(words)!r}\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, set(json.loads(done.stderr.splitlines()[-1]))


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_every_command_has_help(words: tuple[str, ...]) -> None:
    done = CliRunner().invoke(app, [*words, "--help"])
    assert done.exit_code == 0
    assert done.stdout.startswith("Usage: ")
    assert done.stderr == ""


def test_all_commands_of_the_reference_exist_and_the_other_way_round() -> None:
    page = (Path(__file__).parents[2] / "docs/reference/cli.md").read_text(encoding="utf-8")
    for words in ALL:
        assert f"automator {' '.join(words)}".strip() in page, words


def test_version() -> None:
    done = CliRunner().invoke(app, ["--version"])
    assert (done.exit_code, done.stdout) == (0, f"automator {__version__}\n")


SAMPLE = [("--help",), ("--version",), *((w[0], "--help") for w in ALL if len(w) == 1), ("outbox", "list", "--help")]


@pytest.mark.parametrize("words", SAMPLE, ids=" ".join)
def test_help_loads_nothing_heavy(words: tuple[str, ...]) -> None:
    code, modules = loaded(*words)
    assert code == 0
    assert not modules & HEAVY


def test_status_and_check_load_nothing_heavy(firm: Firm) -> None:
    cycle(firm)
    for words in (("check",), ("status", "--json")):
        code, modules = loaded(*words, "--config", str(firm.config))
        assert code == 0
        assert not modules & HEAVY, words


def test_status_for_a_person_loads_no_database_and_no_model(firm: Firm) -> None:
    cycle(firm)
    code, modules = loaded("status", "--config", str(firm.config))
    assert code == 0
    assert not modules & (HEAVY - {"babel"})


def test_the_lists_load_no_model_and_no_mail_client(firm: Firm) -> None:
    cycle(firm)
    for words in (("outbox", "list"), ("messages", "list"), ("money", "list")):
        code, modules = loaded(*words, "--config", str(firm.config))
        assert code == 0
        assert not modules & (HEAVY - {"sqlalchemy", "sqlmodel", "babel"}), words


def test_the_configuration_before_and_after_the_command(firm: Firm, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    cycle(firm)
    path = str(firm.config)
    for words in (("status", "--config", path), ("--config", path, "status"), ("--config", path, "messages", "list")):
        assert process(*words, folder=elsewhere).code == 0, words
    both = process("--config", "nowhere.toml", "status", "--config", path, folder=elsewhere)
    assert both.code == 0, "the nearer one wins"
    assert process("status", folder=elsewhere, environ={"AUTOMATOR_CONFIG": path}).code == 0
    named = process("--config", "nowhere.toml", "status", folder=elsewhere, environ={"AUTOMATOR_CONFIG": path})
    assert named.code == 2, "what is said wins over the environment"
    assert process("status", folder=firm.folder).code == 0, "config.toml of the folder"


@pytest.mark.parametrize(
    "words",
    [
        ("status",), ("run", "--once"), ("run", "--dry-run"), ("run",), ("digest", "--preview"), ("messages", "list"),
        ("outbox", "list"), ("outbox", "approve", "1"), ("outbox", "cancel", "1"), ("money", "list"),
        ("money", "import", "x.csv"), ("money", "paid", "i1"), ("money", "dispute", "i1"), ("fix", "m1", "urgent"),
        ("done", "m1"), ("pause", "2h"), ("resume",), ("rules", "check"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_without_a_usable_configuration_every_command_ends_with_two(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = CliRunner().invoke(app, [*words, "--config", str(tmp_path / "none.toml")])
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith(f"{tmp_path / 'none.toml'}:1: there is no such file.")
    assert len(done.stderr.splitlines()) == 1


def test_every_mistake_of_the_configuration_is_one_line(firm: Firm) -> None:
    text = firm.config.read_text(encoding="utf-8")
    firm.config.write_text(
        text.replace("max_autonomy", "max_autonmy").replace('"07:00"', '"25:00"'), encoding="utf-8"
    )
    done = call(firm, "status")
    assert done.code == 2
    assert [line.split(": ")[1] for line in done.err.splitlines()] == ["max_autonmy", "digest.hour"]
    assert "max_autonomy" in done.err.splitlines()[0]


@pytest.mark.parametrize(
    "words", [("nosuch",), ("status", "--nosuch"), ("fix", "m1"), ("outbox", "list", "--limit", "0")]
)
def test_a_call_that_is_wrong_ends_with_two(words: tuple[str, ...]) -> None:
    done = CliRunner().invoke(app, list(words))
    assert done.exit_code == 2
    assert "Traceback" not in done.stderr


def test_a_second_instance_ends_with_75_and_says_who(firm: Firm) -> None:
    with sole_instance(firm.folder / "state"):
        for words in (("run",), ("run", "--once")):
            done = process(*words, "--config", str(firm.config), folder=firm.folder)
            assert (done.code, done.out) == (75, "")
            (line,) = done.err.splitlines()
            assert line.startswith("another automator is at work here (pid ")
        reading = process("outbox", "list", "--config", str(firm.config), folder=firm.folder)
        assert reading.code == 0, "a command is no second instance"


def test_a_database_that_others_can_read_is_refused_with_the_command_that_mends_it(firm: Firm) -> None:
    cycle(firm)
    path = firm.folder / "state" / "automator.db"
    path.chmod(0o644)
    for words in (("outbox", "list"), ("status",), ("run", "--once")):
        done = call(firm, *words)
        assert done.code == 2
        assert f"chmod o-rwx {path}" in done.err
        assert len(done.err.splitlines()) == 1


def test_a_damaged_database_is_one_line(firm: Firm) -> None:
    cycle(firm)
    path = firm.folder / "state" / "automator.db"
    path.write_bytes(b"this is no database" * 500)
    done = call(firm, "outbox", "list")
    assert done.code == 2
    (line,) = done.err.splitlines()
    assert str(path) in line
    assert once(firm).code == 2
