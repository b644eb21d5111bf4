"""What every command shares: where the configuration is, how data and errors are printed, the ids people type."""

from __future__ import annotations

import json as jsonlib
import re
import shutil
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from automator.errors import AlreadyRunning, AutomatorError, ConfigError, LoginError
from automator.followup.ladder import ObjectKind, ObjectRef

if TYPE_CHECKING:
    from automator.config import Config
    from automator.store.db import Database

FINDINGS, USAGE, PARTIAL, LOGIN, BUSY, INTERRUPTED = 1, 2, 3, 4, 75, 130

ConfigOption = Annotated[Path | None, typer.Option("--config", help="The configuration file.", show_default=False)]
JsonOption = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]

_LETTERS: dict[str, ObjectKind] = {"m": "mail", "i": "invoice"}


def load(ctx: typer.Context, given: Path | None) -> Config:
    """The configuration, from --config before or after the command, or where it is looked for; exit 2 if unusable."""
    from automator.config import find_config, load_config

    root = ctx.find_root().obj
    with plain_errors():
        config = load_config(find_config(given or root))
    for warning in config.warnings:
        typer.echo(str(warning), err=True)
    return config


@contextmanager
def plain_errors() -> Iterator[None]:
    """Errors made for people are printed as one line each and end the command with the exit status of cli.md."""
    try:
        yield
    except ConfigError as error:
        for problem in error.problems:
            typer.echo(str(problem), err=True)
        raise typer.Exit(USAGE) from error
    except AlreadyRunning as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(BUSY) from error
    except LoginError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(LOGIN) from error
    except AutomatorError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(USAGE) from error
    except KeyboardInterrupt as error:
        raise typer.Exit(INTERRUPTED) from error


def fail(message: str, status: int = USAGE) -> NoReturn:
    """Say what is wrong and end."""
    typer.echo(message, err=True)
    raise typer.Exit(status)


@contextmanager
def database(config: Config) -> Iterator[Database]:
    """The store of the service; commands may use it while the service runs."""
    from automator.wiring import open_store

    with plain_errors():
        db = open_store(config)
        try:
            yield db
        finally:
            db.close()


def print_json(value: object) -> None:
    """One JSON value on one line."""
    typer.echo(jsonlib.dumps(value, ensure_ascii=False, separators=(",", ":")))


def short_id(ref: ObjectRef) -> str:
    """What the command line calls an object: m12 a mail, i7 an invoice."""
    return {"mail": "m", "invoice": "i"}.get(ref.kind, "") + ref.id


def read_id(text: str, kind: ObjectKind | None = None) -> ObjectRef:
    """The object that a person means by "m12" or "i7", or by "12" where only one `kind` can be meant; else exit 2."""
    found = re.fullmatch(r"([a-z]?)(\d{1,18})", text.strip().lower())
    meant = (_LETTERS.get(found[1]) if found[1] else kind) if found else None
    if found is None or meant is None or (kind and meant != kind):
        fail(
            f"{text}: not an id. Mails are m1, m2 ... (automator messages list), invoices i1, i2 ... (automator money list)"
        )
    return ObjectRef(meant, found[2])


def print_row(row: str, told: str = "") -> None:
    """One line of a list, and under it what is `told` of it. On a terminal nothing is wider than its window."""
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
    if width and len(row) > width:
        row = f"{row[: width - 1]}…"
    typer.echo(row)
    for line in textwrap.wrap(told, max(40, width or 80) - 8):
        typer.echo(f"        {line}")


def on_terminal() -> bool:
    """Is a person looking at standard error (for progress bars)?"""
    return sys.stderr.isatty()
