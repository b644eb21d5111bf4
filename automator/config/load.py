"""Reading config.toml: every mistake of the file in one run, each at its line; then a frozen Config."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from automator import plugins
from automator.config import homes
from automator.config.checks import hints
from automator.config.problems import names, warning
from automator.config.sections import PARTS, read_sections
from automator.config.settings import Config
from automator.config.tree import TABLES, Scalars
from automator.errors import ConfigError, Problem
from automator.rulebook.reading import Reading, read
from automator.words import Words

_PREFIX = "AUTOMATOR_"
_OTHER_VARIABLES = frozenset({"AUTOMATOR_CONFIG", "AUTOMATOR_FAILPOINT"})


def load_config(path: Path, environ: Mapping[str, str] = os.environ) -> Config:
    """The configuration in `path`. Raises ConfigError with every problem of the file; warnings are in the result.

    `AUTOMATOR_LOCALE`, `AUTOMATOR_TIMEZONE`, `AUTOMATOR_STATE_DIR`, `AUTOMATOR_RULES_DIR`, `AUTOMATOR_FILING_DIR`,
    `AUTOMATOR_MAX_AUTONOMY` and `AUTOMATOR_ALLOW_SEND` win over the keys of the file. No secret is fetched.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        said = f"cannot be read: {error.strerror}."
        raise ConfigError([Problem(str(path), 1, "", "unreadable", said)]) from None
    reading = read(str(path), data, Words("en"))
    _unquote(reading)
    found: dict[str, Any] = {}
    warnings: list[Problem] = []
    if reading.table is not None:
        table, variables = _with_environment(reading.table, environ)
        found = read_sections(reading, table)
        _name_variables(reading, variables)
        warnings = [*hints(reading, found), *_strange_variables(environ)]
    _look_at_modes(reading, path, warnings)
    folders = _folders(found.get("scalars"), path, environ)
    for message, fix in homes.open_files(folders["state_dir"]):
        reading.add((), "open_file", message, fix=fix)
    if not folders["rules_dir"].is_dir():
        message = f"there is no folder {folders['rules_dir']} yet: no rule acts."
        warnings.append(
            warning(
                reading,
                ("rules_dir",),
                "no_rules",
                message,
                "automator run copies the shipped rules there when it starts.",
            )
        )
    if reading.problems:
        raise ConfigError(sorted(reading.problems, key=lambda p: (p.line, p.column)))
    return _made(found, folders, path, tuple(sorted(warnings, key=lambda p: (p.line, p.column))))


def _unquote(reading: Reading) -> None:
    """A text without quotes is told without repeating it: it may be a password."""
    for i, problem in enumerate(reading.problems):
        if problem.code == "unquoted_text":
            reading.problems[i] = replace(
                problem, fix="Put it between straight quotes; a secret is never written here."
            )


def _folders(scalars: Scalars | None, path: Path, environ: Mapping[str, str]) -> dict[str, Path]:
    written = scalars or Scalars()
    return {
        "state_dir": homes.state_dir(written.state_dir, path, environ),
        "rules_dir": homes.beside(written.rules_dir, path),
        "filing_root": homes.beside(written.filing_dir, path),
    }


def _made(found: Mapping[str, Any], folders: Mapping[str, Path], path: Path, warnings: tuple[Problem, ...]) -> Config:
    scalars: Scalars = found["scalars"]
    return Config(
        source=path.absolute(),
        warnings=warnings,
        locale=scalars.locale,
        timezone=scalars.timezone,
        max_autonomy=scalars.max_autonomy,
        allow_send=scalars.allow_send,
        **folders,
        **{name: found[name] for name in (*TABLES, *PARTS)},
    )


def _with_environment(table: Mapping[str, Any], environ: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """The table with the scalars that the environment gives, and key -> variable for those."""
    merged, variables = dict(table), {}
    for key in names(Scalars):
        text = environ.get(f"{_PREFIX}{key.upper()}")
        if text:
            merged[key] = {"true": True, "false": False}.get(text.lower(), text) if key == "allow_send" else text
            variables[key] = f"{_PREFIX}{key.upper()}"
    return merged, variables


def _name_variables(reading: Reading, variables: Mapping[str, str]) -> None:
    """A problem of a value from the environment names the variable, not a line of the file."""
    for i, problem in enumerate(reading.problems):
        if problem.key in variables:
            changed = replace(problem, file="environment", key=variables[problem.key], line=1, column=1)
            reading.problems[i] = changed


def _strange_variables(environ: Mapping[str, str]) -> list[Problem]:
    """AUTOMATOR_ALOW_SEND changes nothing; better said than wondered about."""
    allowed = {f"{_PREFIX}{key.upper()}" for key in names(Scalars)} | _OTHER_VARIABLES
    found = []
    for name in sorted(n for n in environ if n.startswith(_PREFIX) and n not in allowed):
        near = plugins.near(name.removeprefix(_PREFIX), [a.removeprefix(_PREFIX).lower() for a in allowed])
        if near:
            meant = f"{_PREFIX}{near.upper()}"
            fix = f"Did you mean “{meant}”?"
            found.append(Problem("environment", 1, name, "unknown_variable", "unknown.", fix, meant, "warning"))
    return found


def _look_at_modes(reading: Reading, path: Path, warnings: list[Problem]) -> None:
    severity, message, fix = homes.config_mode(path)
    if severity == "error":
        reading.add((), "open_file", message, fix=fix)
    elif severity:
        warnings.append(warning(reading, (), "open_file", message, fix))
