"""The docs say what is there, and nothing else: keys, kinds, commands, options, states, links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from pydantic import BaseModel

from automator import plugins
from automator.config import load_config
from automator.config.problems import names
from automator.config.sections import TOP_KEYS
from automator.config.tree import TABLES, AccountKeys, CalendarKeys, Category, Closure, Person, Scalars, SmtpKeys

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "config.example.toml"
CONFIG_PAGE = (ROOT / "docs" / "reference" / "config.md").read_text(encoding="utf-8")
CLI_PAGE = (ROOT / "docs" / "reference" / "cli.md").read_text(encoding="utf-8")
PAGES = [*sorted((ROOT / "docs").rglob("*.md")), *sorted(ROOT.glob("*.md")), ROOT / "rules" / "README.md"]


def models() -> Iterator[tuple[str, type[BaseModel]]]:
    """Every table of config.toml with the keys that may stand in it."""
    yield "top", Scalars
    yield from TABLES.items()
    own = {"accounts": AccountKeys, "calendars": CalendarKeys, "smtp": SmtpKeys}
    yield from own.items()
    yield from {"people": Person, "categories": Category, "closures": Closure}.items()
    for kind in plugins.kinds("sources"):
        yield f"sources/{kind}", plugins.options("sources", kind)
    for kind in plugins.kinds("senders"):
        yield f"senders/{kind}", plugins.options("senders", kind)


KEYS = sorted({(where, key) for where, model in models() for key in names(model)})


def switched_on() -> str:
    """The example with every optional key in force: `#key = value` loses its sign, `# words` stay a comment."""
    return re.sub(r'(?m)^#(?=[a-z\["])', "", EXAMPLE.read_text(encoding="utf-8"))


@pytest.mark.parametrize(("where", "key"), KEYS)
def test_every_key_is_in_the_example_and_on_its_page(where: str, key: str) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    assert re.search(rf"(?m)(^#?|[{{,] ){key} = ", text), f"{where}: {key} is not in config.example.toml"
    assert f"`{key}`" in CONFIG_PAGE or f"{{ {key} = " in CONFIG_PAGE or f", {key} = " in CONFIG_PAGE


@pytest.mark.parametrize("section", [key for key in TOP_KEYS if key not in names(Scalars)])
def test_every_section_is_in_the_example_and_on_its_page(section: str) -> None:
    assert re.search(rf"(?m)^#?\[+{section}[\].]", EXAMPLE.read_text(encoding="utf-8"))
    assert re.search(rf"\[{section}[\].]", CONFIG_PAGE)


def copy_of(folder: Path, text: str) -> Path:
    (folder / "rules").mkdir()
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    return path


def test_the_example_loads_as_it_is_without_a_warning(tmp_path: Path) -> None:
    path = copy_of(tmp_path, EXAMPLE.read_text(encoding="utf-8"))
    config = load_config(path, {"STATE_DIRECTORY": str(tmp_path / "state")})
    assert not config.warnings
    assert not config.allow_send
    assert config.max_autonomy == "draft"


def test_the_example_loads_with_everything_switched_on(tmp_path: Path) -> None:
    text = switched_on().replace('state_dir = "/var/lib/automator"', f'state_dir = "{tmp_path}/state"')
    config = load_config(copy_of(tmp_path, text), {})
    assert {w.code for w in config.warnings} == {"not_yet"}
    assert len(config.calendars) == 2
    assert config.people
    assert config.categories


@pytest.mark.parametrize("row", re.findall(r"^\| `(\w+)` \| `([^`|]+)` \|", CONFIG_PAGE, re.MULTILINE))
def test_defaults_on_the_page_are_those_of_the_code(row: tuple[str, str]) -> None:
    key, shown = row
    defaults = {_toml(f.default) for _, m in models() for n, f in m.model_fields.items() if key in {f.alias, n}}
    assert shown in defaults


def _toml(value: Any) -> str:
    from datetime import time

    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, time):
        return f'"{value:%H:%M}"'
    if isinstance(value, tuple):
        if value and isinstance(value[0], time):
            return f'"{value[0]:%H:%M}-{value[1]:%H:%M}"'
        return "[" + ", ".join(_toml(v) for v in value) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)


@pytest.mark.parametrize(("family", "page"), [("sources", CONFIG_PAGE), ("senders", CONFIG_PAGE)])
def test_kinds_of_accounts_are_on_the_page(family: plugins.Family, page: str) -> None:
    for kind in plugins.kinds(family):
        assert f'"{kind}"' in page


def test_every_section_of_the_digest_is_on_both_pages() -> None:
    digest = (ROOT / "docs" / "reference" / "digest.md").read_text(encoding="utf-8")
    for kind in plugins.kinds("sections"):
        assert f"`{kind}`" in digest
        assert f"`{kind}`" in CONFIG_PAGE


def test_every_verb_is_on_the_page_of_rules() -> None:
    page = (ROOT / "docs" / "reference" / "rules.md").read_text(encoding="utf-8")
    for kind in plugins.kinds("actions"):
        if not getattr(plugins.load("actions", kind), "INTERNAL", False):
            assert f"`{kind}`" in page, kind


def commands() -> dict[str, Any]:
    """Every command of the program by its words ("rules check")."""
    from automator.cli.app import app

    found: dict[str, Any] = {}

    def walk(command: Any, words: tuple[str, ...]) -> None:
        inner = getattr(command, "commands", None)
        if inner:
            for name, child in inner.items():
                walk(child, (*words, name))
        else:
            found[" ".join(words)] = command

    walk(typer.main.get_command(app), ())
    return found


COMMANDS = commands()


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_and_option_is_on_its_page(name: str) -> None:
    rows = [row for row in CLI_PAGE.splitlines() if row.startswith("|") and re.search(rf"`automator {name}\b", row)]
    assert rows, f"automator {name} is not in docs/reference/cli.md"
    for option in (o for p in COMMANDS[name].params for o in p.opts if o.startswith("--")):
        if option not in {"--help", "--config"}:
            assert any(option in row for row in rows), f"automator {name} {option}"


WRITTEN = re.compile(r"(?<![\w./-])automator ((?:[a-z]+ ?)+)")


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_page_names_a_command_that_is_not_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    code = re.findall(r"`([^`\n]+)`", text) + re.findall(r"(?m)^(?:\.venv/bin/|sudo )?(automator .*)$", text)
    for piece in code:
        for said in WRITTEN.findall(piece):
            words = said.split()
            group = [c for c in COMMANDS if c.split()[0] == words[0]]
            assert group, f"{page.name}: automator {said}"
            if " " in group[0] and len(words) > 1:
                assert f"{words[0]} {words[1]}" in COMMANDS, f"{page.name}: automator {said}"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8")):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_pages_that_the_code_names_exist() -> None:
    for path in sorted((ROOT / "automator").rglob("*.py")):
        for named in re.findall(r"\bdocs/[\w/-]+\.md", path.read_text(encoding="utf-8")):
            assert (ROOT / named).is_file(), f"{path.name}: {named}"


def test_every_state_is_on_the_page_of_states() -> None:
    from typing import get_args

    from automator.followup.ladder import StepState
    from automator.store.records import OutboxState

    page = (ROOT / "docs" / "states.md").read_text(encoding="utf-8")
    for state in (*get_args(OutboxState), *get_args(StepState), "new", "done", "quarantined"):
        assert f"| `{state}` |" in page, state


def test_every_column_of_an_import_is_on_its_page() -> None:
    from automator.billing.ledger import _COLUMNS

    page = (ROOT / "docs" / "how-to" / "import-invoices.md").read_text(encoding="utf-8")
    assert set(re.findall(r"(?m)^\| `(\w+)` \|", page)) == set(_COLUMNS)


def test_the_unit_file_is_sound() -> None:
    import shutil
    import subprocess

    unit = ROOT / "packaging" / "automator.service"
    text = unit.read_text(encoding="utf-8")
    assert "ExecStart=/opt/automator/bin/automator run " in text
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not on this machine")
    done = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)
    said = [line for line in done.stderr.splitlines() if "is not executable" not in line]  # not installed here
    assert not said
