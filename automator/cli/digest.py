"""`automator digest --preview`: the digest of today as it would be now; nothing is stored or sent."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from automator.cli.context import ConfigOption, fail, load, plain_errors, print_json


def digest(
    ctx: typer.Context,
    preview: Annotated[bool, typer.Option("--preview", help="Show it.")] = False,
    format: Annotated[str, typer.Option(help="text, html or json.")] = "text",
    config: ConfigOption = None,
) -> None:
    """Show today's digest as it would be now. Nothing is stored or sent."""
    if not preview:
        fail("say what to do: automator digest --preview")
    if format not in {"text", "html", "json"}:
        fail(f"{format}: not a format. Allowed: text, html, json")
    settings = load(ctx, config)
    from automator import wiring

    # on a copy that is thrown away: looking must not arm a rule
    with plain_errors(), tempfile.TemporaryDirectory(prefix="automator-") as scratch:
        service = wiring.build(settings, database=wiring.copy_store(settings, Path(scratch)))
        try:
            made = wiring.preview(service)
        finally:
            service.close()
    if format == "html":
        typer.echo(made.html)
    elif format == "json":
        print_json({"subject": made.subject, "text": made.text})
    else:
        typer.echo(f"{made.subject}\n\n{made.text}")
