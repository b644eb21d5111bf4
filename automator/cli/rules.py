"""`automator rules check | test | explain | schema`: the owner's rules, before they act."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from automator.cli.context import FINDINGS, USAGE, ConfigOption, JsonOption, fail, load, plain_errors, print_json
from automator.clock import SystemClock
from automator.errors import ConfigError, Problem

if TYPE_CHECKING:
    from automator.agenda.workdays import WorkCalendar
    from automator.rulebook.schema import Known, Rulebook
    from automator.words import Words

rules_app = typer.Typer(no_args_is_help=True, help="The owner's rules: check, test, explain.")

PathArgument = Annotated[
    Path | None,
    typer.Argument(metavar="[FILE or FOLDER]", help="Default: rules_dir of config.toml.", show_default=False),
]


@dataclass(frozen=True, slots=True)
class _Desk:
    """What the commands work with: the files asked for, and the firm they are read for."""

    files: Mapping[str, bytes]
    known: Known
    templates: Mapping[str, str]
    calendar: WorkCalendar
    words: Words
    allow_send: bool

    def book(self) -> Rulebook:
        from automator.rulebook.schema import load_rules

        return load_rules(self.files, self.known, self.words)


@rules_app.command()
def check(
    ctx: typer.Context, path: PathArgument = None, json: JsonOption = False, config: ConfigOption = None
) -> None:
    """Say every problem of the rule files, with its line and the way out; run no test, do nothing.

    Exit status: 0 clean or warnings only, 1 errors, 2 unusable call.
    """
    from automator.rulebook.check import Setting, check_rules

    desk = _desk(ctx, path, config)
    book = desk.book()
    warnings = check_rules(book.rules, Setting(desk.allow_send, desk.templates), desk.words)
    problems = sorted([*book.problems, *warnings], key=lambda p: (p.file, p.line, p.column))
    for problem in problems:
        print_json(_row(problem)) if json else typer.echo(str(problem))
    if not json:
        _summary(desk, book, problems)
    if any(problem.severity == "error" for problem in problems):
        raise typer.Exit(FINDINGS)


@rules_app.command("test")
def play(
    ctx: typer.Context, path: PathArgument = None, json: JsonOption = False, config: ConfigOption = None
) -> None:
    """Play every [[test]] of the rule files; a failure shows what was expected and what came.

    Exit status: 0 all passed, 1 a test failed or a file has errors, 2 unusable call.
    """
    from automator.rulebook.trial import run_tests

    desk = _desk(ctx, path, config)
    book = desk.book()
    for problem in book.problems:
        typer.echo(str(problem), err=True)
    results = [result for rule in book.rules for result in run_tests(rule, desk.known, desk.calendar)]
    for result in results:
        if json:
            row = asdict(result)
            row["test"] = row.pop("name")
            print_json(row)
        elif not result.passed:
            typer.echo(f"{result.file}:{result.line}: {result.name}")
            for sign, lines in (("-", result.expected), ("+", result.got)):
                typer.echo(f"  {sign} {', '.join(lines) or '()'}")
    failed = sum(not result.passed for result in results)
    if not json:
        typer.echo(desk.words.t("{passed} of {total} tests passed", passed=len(results) - failed, total=len(results)))
    if failed or book.problems:
        raise typer.Exit(FINDINGS)


@rules_app.command()
def explain(
    ctx: typer.Context, path: PathArgument = None, json: JsonOption = False, config: ConfigOption = None
) -> None:
    """Say each rule in one sentence.

    Exit status: 0 all could be read, 1 a file has errors, 2 unusable call.
    """
    from automator.rulebook.explain import explain as sentence

    desk = _desk(ctx, path, config)
    book = desk.book()
    for problem in book.problems:
        typer.echo(str(problem), err=True)
    for rule in book.rules:
        said = sentence(rule, desk.words)
        print_json({"file": rule.file, "sentence": said}) if json else typer.echo(f"{rule.file}\n  {said}")
    if book.problems:
        raise typer.Exit(FINDINGS)


@rules_app.command()
def schema(ctx: typer.Context, config: ConfigOption = None) -> None:
    """Print the JSON Schema of rule files, for editors that help while you type."""
    from automator.rulebook.schema_json import json_schema

    print_json(json_schema(_desk(ctx, None, config, read=False).known))


def _row(problem: Problem) -> Mapping[str, object]:
    keys = ("file", "line", "column", "key", "severity", "code", "message", "suggestion", "fix")
    return {key: getattr(problem, key) for key in keys}


def _summary(desk: _Desk, book: Rulebook, problems: list[Problem]) -> None:
    from automator.rulebook.check import next_dates

    now = SystemClock().now()
    for rule in book.rules:
        dates = next_dates(rule, desk.calendar, now)
        if dates:
            days = ", ".join(f"{step} {desk.words.date(day, 'short')}".strip() for step, day in dates)
            label = desk.words.t("next dates") if rule.schedule else desk.words.t("if it happened today")
            typer.echo(f"{rule.file}: {label}: {days}")
    errors = sum(problem.severity == "error" for problem in problems)
    typer.echo(
        desk.words.t(
            "{rules} rules in order, {errors} errors, {warnings} warnings",
            rules=len(book.rules),
            errors=errors,
            warnings=len(problems) - errors,
        )
    )


def _desk(ctx: typer.Context, path: Path | None, given: Path | None, *, read: bool = True) -> _Desk:
    """The files and the firm: of config.toml where there is one; a FILE or FOLDER can be checked without."""
    from automator.config import find_config

    named = given or ctx.find_root().obj
    try:
        find_config(named)
    except ConfigError:
        if named or (path is None and read):
            with plain_errors():
                raise
        return _plain_desk(path)
    return _configured_desk(ctx, path, given)


def _configured_desk(ctx: typer.Context, path: Path | None, given: Path | None) -> _Desk:
    from automator import wiring
    from automator.words import Words

    config = load(ctx, given)
    place = path or config.rules_dir
    with plain_errors():
        known = wiring.known(config)
    return _Desk(
        _files(place),
        _with_templates(known, place),
        {**wiring.templates(config.rules_dir), **wiring.templates(_folder(place))},
        config.work_calendar,
        Words(config.locale),
        config.allow_send,
    )


def _plain_desk(path: Path | None) -> _Desk:
    """Without a configuration: France, French, nothing may be sent, accounts and own categories not checked."""
    from zoneinfo import ZoneInfo

    from automator import plugins, wiring
    from automator.agenda.workdays import WorkCalendar
    from automator.rulebook.schema import Known
    from automator.words import Words

    with plain_errors():
        modules = {kind: plugins.load("actions", kind) for kind in plugins.kinds("actions")}
    verbs = {kind: module.Options for kind, module in modules.items() if not getattr(module, "INTERNAL", False)}
    files = _files(path) if path else {}
    templates = wiring.templates(_folder(path)) if path else {}
    known = Known(verbs, templates=frozenset(templates))
    return _Desk(files, known, templates, WorkCalendar(ZoneInfo("Europe/Paris")), Words("fr"), False)


def _with_templates(known: Known, place: Path) -> Known:
    from dataclasses import replace

    from automator import wiring

    return replace(known, templates=known.templates | frozenset(wiring.templates(_folder(place))))


def _folder(place: Path) -> Path:
    return place if place.is_dir() else place.parent


def _files(place: Path) -> Mapping[str, bytes]:
    """One file, or the *.toml files of a folder; exit 2 when there is nothing to read."""
    try:
        if place.is_dir():
            return {str(file): file.read_bytes() for file in sorted(place.glob("*.toml"))}
        return {str(place): place.read_bytes()}
    except OSError as error:
        fail(f"{place}: {error.strerror or error}", USAGE)
