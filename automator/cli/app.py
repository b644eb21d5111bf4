"""The command line (docs/reference/cli.md is its contract)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from automator import __version__
from automator.cli.check import check
from automator.cli.demo import demo
from automator.cli.digest import digest
from automator.cli.evaluate import evaluate
from automator.cli.fix import fix
from automator.cli.messages import done, follow, messages_app
from automator.cli.model import models_app
from automator.cli.money import money_app
from automator.cli.outbox import outbox_app
from automator.cli.payments import approve, export, pay
from automator.cli.rules import rules_app
from automator.cli.run import run
from automator.cli.service import pause, resume, status
from automator.cli.train import train
from automator.cli.triage import triage

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)


def _version(show: bool) -> None:
    if show:
        typer.echo(f"automator {__version__}")
        raise typer.Exit


@app.callback()
def root(
    ctx: typer.Context,
    config: Annotated[
        Path | None, typer.Option("--config", help="The configuration file.", show_default=False)
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version.")
    ] = False,
) -> None:
    """Mail, reminders, invoices and agenda of a small firm, in one daily digest."""
    ctx.obj = config


for _command in (demo, run, status, check, triage, digest, train, evaluate, fix, done, follow, pause, resume):
    app.command()(_command)
for _paying in (approve, pay, export):
    money_app.command()(_paying)
_groups = {
    "rules": rules_app,
    "messages": messages_app,
    "models": models_app,
    "outbox": outbox_app,
    "money": money_app,
}
for _name, _group in _groups.items():
    app.add_typer(_group, name=_name)


def main() -> None:
    """Run the command line."""
    app()
