"""The rules of the house that a machine can check: imports, sizes, names, and calls that must not be there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CODE = sorted(p for p in (ROOT / "automator").rglob("*.py") if "migrations" not in p.parts)  # those Alembic writes
ALL = [*CODE, *sorted((ROOT / "tests").rglob("*.py")), *sorted((ROOT / "benchmarks").rglob("*.py"))]
HABIT, HARD = 300, 400
BANNED_STEMS = {"utils", "util", "helpers", "helper", "common", "misc", "models", "manager", "base"}


def short(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_imports_point_one_way(monkeypatch: pytest.MonkeyPatch) -> None:
    from importlinter.cli import lint_imports

    monkeypatch.chdir(ROOT)
    assert lint_imports(no_cache=True, config_filename="pyproject.toml") == 0, "run lint-imports to see which"


def longer_than(limit: int, paths: list[Path]) -> list[str]:
    return [short(p) for p in paths if len(p.read_text(encoding="utf-8").splitlines()) > limit]


def test_no_file_of_the_program_is_longer_than_four_hundred_lines() -> None:
    assert not longer_than(HARD, CODE)
    assert len(longer_than(HABIT, CODE)) <= 6


def test_no_test_file_is_longer_than_five_hundred_lines() -> None:
    assert not longer_than(500, ALL)  # tables of cases may run on a little


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def test_functions_are_short() -> None:
    sizes = sorted((length, f"{short(p)}:{name}") for p in CODE for name, length in functions(p))
    long = [s for s in sizes if s[0] > 60]
    assert not long
    assert sum(length > 30 for length, _ in sizes) <= len(sizes) // 20, sizes[-20:]


def test_no_file_is_named_after_a_drawer() -> None:
    assert not [short(p) for p in ALL if p.stem in BANNED_STEMS]


def calls(path: Path) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of each call whose name can be read off."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func)


def test_only_the_clock_asks_the_time() -> None:
    asking = re.compile(r"(^|\.)(datetime|date)\.(now|utcnow|today)$|^time\.(time|monotonic|time_ns|perf_counter)$")
    found = [f"{short(p)}:{n} {c}" for p in CODE if p.name != "clock.py" for n, c in calls(p) if asking.search(c)]
    assert not found


def test_tests_do_not_sleep_and_nothing_evaluates_text() -> None:
    sleeping = [
        f"{short(p)}:{n}" for p in ALL if "tests" in p.parts for n, c in calls(p) if c in {"time.sleep", "sleep"}
    ]
    assert not sleeping
    bad = {"eval", "exec", "pickle.load", "pickle.loads", "joblib.load", "os.system", "marshal.loads"}
    pipe = ROOT / "automator" / "sandbox.py"  # a child process reads what its own parent wrote
    assert not [f"{short(p)}:{n} {c}" for p in CODE if p != pipe for n, c in calls(p) if c in bad]


DELETING = re.compile(r"expunge|delete_messages|delete_folder|\\\\Deleted|imapclient\.DELETED", re.IGNORECASE)


def test_s13_no_call_deletes_mail() -> None:
    """To know the server's word EXPUNGE is needed to hear it; to pass it, or \\Deleted, to a call is to delete."""
    found = [
        f"{short(path)}:{node.lineno} {ast.unparse(node)[:80]}"
        for path in sorted((ROOT / "automator").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and DELETING.search(ast.unparse(node))
    ]
    assert not found


@pytest.mark.parametrize(
    "code", ["box.expunge()", 'box.add_flags(uids, ["\\\\Deleted"])', 'link.command("UID EXPUNGE 3")']
)
def test_s13_the_net_has_no_hole(code: str) -> None:
    call = ast.parse(code).body[0]
    assert isinstance(call, ast.Expr)
    assert DELETING.search(ast.unparse(call.value))


EVENT = re.compile(r"^[a-z][a-z0-9]*(_[a-z0-9]+)+$")


def test_log_events_are_snake_case() -> None:
    found = []
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {
                "log.event",
                "log.failures",
                "log.report",
                "self.report",
            }:
                name = node.args[0] if node.args else None
                if isinstance(name, ast.Constant) and not EVENT.match(str(name.value)):
                    found.append(f"{short(path)}:{node.lineno} {name.value}")
    assert not found


def test_every_exemption_has_its_reason_on_the_line() -> None:
    bare = re.compile(r"#\s*noqa(?::\s*[A-Z0-9, ]+)?\s*$|#\s*noqa\b(?!.*\s-\s)")
    found = [
        f"{short(p)}:{i}"
        for p in ALL
        if p != Path(__file__)
        for i, line in enumerate(p.read_text(encoding="utf-8").splitlines(), 1)
        if bare.search(line)
    ]
    assert not found


def test_no_path_of_a_developers_machine_and_no_note_to_self() -> None:
    kinds = {".py", ".md", ".toml", ".txt", ".sh", ".service", ".po", ".jinja", ".html"}
    skip = {".venv", ".git", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", ".import_linter_cache"}
    wrong = re.compile(r"/(?:work|root|home/[a-z]+|Users)/\w|\b(?:TODO|FIXME|XXX)\b(?!['\"`])")
    found = []
    for path in sorted(ROOT.rglob("*")):
        if path.suffix in kinds and path != Path(__file__) and not skip & set(path.relative_to(ROOT).parts):
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
            found += [
                f"{short(path)}:{i} {line.strip()[:80]}" for i, line in enumerate(lines, 1) if wrong.search(line)
            ]
    assert not found
