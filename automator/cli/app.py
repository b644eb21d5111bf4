"""The command line (docs/reference/cli.md is its contract)."""

from __future__ import annotations

import typer

from automator import __version__

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


def _version(show: bool) -> None:
    if show:
        typer.echo(f"automator {__version__}")
        raise typer.Exit


@app.callback()
def root(version: bool = typer.Option(False, "--version", callback=_version, is_eager=True)) -> None:
    """Mail, reminders, invoices and agenda of a small firm, in one daily digest."""


def main() -> None:
    """Run the command line."""
    app()
