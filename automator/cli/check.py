"""`automator check`: the configuration and the rules, every problem at once, each with its line and the way out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from automator.cli.context import FINDINGS, USAGE, ConfigOption, JsonOption, print_json
from automator.errors import ConfigError, Problem

if TYPE_CHECKING:
    from automator.config import Config


def check(ctx: typer.Context, json: JsonOption = False, config: ConfigOption = None) -> None:
    """Say every problem of config.toml (what `run` would refuse) and of the rules (what it would leave out), and
    whether the trained model can be used.

    Nothing is read from a server and no secret is fetched. Exit status: 0 in order, maybe with warnings; 1 a rule has
    errors; 2 the configuration has.
    """
    from automator.config import find_config, load_config

    try:
        settings = load_config(find_config(config or ctx.find_root().obj))
    except ConfigError as error:
        _print(error.problems, json=json)
        raise typer.Exit(USAGE) from None
    _print(settings.warnings, json=json)
    rules, problems = _rules(settings)
    _print(problems, json=json)
    wrong = sum(problem.severity == "error" for problem in problems)
    if not json:
        warnings = len(settings.warnings) + len(problems) - wrong
        typer.echo(
            f"{settings.source}: in order. {rules} rules in order, {wrong} errors, {warnings} warnings.", err=True
        )
    _print(_model(settings), json=json)  # last: a model takes longer to read than all the rest
    if wrong:
        raise typer.Exit(FINDINGS)


def _rules(config: Config) -> tuple[int, list[Problem]]:
    """How many rules can be used, and what is wrong or doubtful in rules_dir."""
    from automator import wiring
    from automator.rulebook.check import Setting, check_rules
    from automator.rulebook.schema import load_rules
    from automator.words import Words

    words = Words(config.locale)
    book = load_rules(wiring.rule_files(config.rules_dir), wiring.known(config), words)
    doubts = check_rules(book.rules, Setting(config.allow_send, wiring.templates(config.rules_dir)), words)
    return len(book.rules), sorted([*book.problems, *doubts], key=lambda p: (p.file, p.line, p.column))


def _model(config: Config) -> list[Problem]:
    """A warning when mails are not sorted by the model that should sort them: everything works, but less well."""
    from automator import wiring
    from automator.words import Words

    note = wiring.classifier(config, Words(config.locale)).note()
    return [Problem(str(config.state_dir / "models"), 1, "", "model", note, severity="warning")] if note else []


def _print(problems: Iterable[Problem], *, json: bool) -> None:
    for problem in problems:
        print_json(asdict(problem)) if json else typer.echo(str(problem))
