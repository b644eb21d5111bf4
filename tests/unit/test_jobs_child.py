"""Our own modules as child processes: what they import, and what they are given."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from automator.jobs.child import command, environment
from automator.jobs.retrain import outcome, start


@pytest.fixture
def trap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current directory with modules that bear names of Python's own."""
    for name in ("resource", "contextlib", "json"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "ran"


def test_the_nightly_training_imports_nothing_from_where_it_is_started(
    trap: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(("", ".")))
    assert outcome(start({}))["result"] == "failed"
    assert not trap.exists()


def test_nor_does_automator_train(trap: Path) -> None:
    code = "from automator.cli.train import _labelled; from pathlib import Path; _labelled(Path('none'), Path('out'), json=False)"
    root = {"PYTHONPATH": str(Path(__file__).parents[2])}
    subprocess.run([sys.executable, "-P", "-c", code], env={**os.environ, **root}, check=False, capture_output=True)
    assert not trap.exists()


def test_the_package_is_found_from_anywhere(trap: Path) -> None:
    for module in ("automator.jobs.learn", "automator.jobs.train"):
        done = subprocess.run(
            command(module), env=environment(), input="{}", capture_output=True, text=True, check=False
        )
        assert "No module named" not in done.stderr


def test_only_what_is_named_is_passed_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BUREAU_PASSWORD", "secret")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(("relative", str(tmp_path), "")))
    given = environment()
    assert "BUREAU_PASSWORD" not in given
    assert given["PYTHONPATH"].split(os.pathsep)[0] == str(tmp_path)
    assert "relative" not in given["PYTHONPATH"].split(os.pathsep)


@pytest.mark.parametrize(
    "deed",
    [
        "import socket; socket.gethostbyname('localhost')",
        "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendmsg([b'x'], [], 0, ('127.0.0.1', 9))",
        "import subprocess; subprocess.run(['true'])",
        "import os; os.system('true')",
        "import os; os.execv('/bin/true', ['true'])",
        "import os; os.posix_spawn('/bin/true', ['true'], {})",
        "import os; os.fork()",
    ],
)
def test_the_child_starts_no_program_that_could_reach_it(deed: str) -> None:
    code = f"from automator.jobs.train import confine; confine(); {deed}; print('done')"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert "PermissionError: a training reaches no network and starts no program" in ended.stderr
