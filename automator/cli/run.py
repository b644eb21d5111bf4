"""`automator run`: the service, one cycle of it, or a rehearsal that performs nothing."""

from __future__ import annotations

import gc
import os
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from automator import log
from automator.cli.context import (
    INTERRUPTED,
    LOGIN,
    PARTIAL,
    ConfigOption,
    JsonOption,
    load,
    on_terminal,
    plain_errors,
    print_json,
    print_row,
    short_id,
)

if TYPE_CHECKING:
    from automator.config import Config
    from automator.jobs.cycle import Service
    from automator.jobs.sync import Progress
    from automator.store.records import OutboxItem


def run(
    ctx: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="One full cycle, then exit.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print what would be done, do nothing.")] = False,
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Run the service: poll, sort, remind, deliver, brief."""
    settings = load(ctx, config)
    log.configure(settings.log.level, settings.log.format)
    with plain_errors():
        if dry_run:
            _rehearse(settings, json=json)
        elif once:
            _once(settings)
        else:
            _serve(settings)


def _serve(config: Config) -> None:
    gc.disable()  # a start makes no garbage, and looking for it takes a sixth of its time
    from automator import wiring
    from automator.daemon import Daemon, sole_instance, stop_on_signals

    with sole_instance(config.state_dir):
        _own_rules(config)
        service = wiring.build(config, report=log.report)
        asked = stop_on_signals(service.deps.stop)
        gc.enable()
        whole = True
        try:
            whole = Daemon(service, config.poll_interval).run()
        finally:
            if whole:
                service.close()
        status = INTERRUPTED if asked() == signal.SIGINT else 0
        if not whole:  # a thread hangs on a socket and would keep us for its timeout; any state is safe to leave
            sys.stderr.flush()
            os._exit(status)
    if status:
        raise typer.Exit(status)


def _once(config: Config) -> None:
    from automator import wiring
    from automator.daemon import sole_instance

    with sole_instance(config.state_dir):
        _own_rules(config)
        service = wiring.build(config, report=log.report)
        try:
            service.wake()
            with _bar() as progress:
                service.cycle(progress)
        finally:
            service.close()
    _tell_down(service)


def _own_rules(config: Config) -> None:
    """The owner's first rules: the shipped ones, copied once where rules_dir does not exist yet."""
    from automator import wiring

    if wiring.copy_rules(config):
        typer.echo(f"the shipped rules were copied to {config.rules_dir}: they are yours to edit", err=True)


def _tell_down(service: Service) -> None:
    """One line for each account that could not be read; exit 4 when a login was refused, else 3."""
    for name, failed in sorted(service.down.items()):
        said = failed.error if name in failed.error else f"{name}: {failed.error}"
        typer.echo(said, err=True)
    if service.down:
        raise typer.Exit(LOGIN if any(s.refused for s in service.down.values()) else PARTIAL)


def _rehearse(config: Config, *, json: bool) -> None:
    """Work on a copy of the database that is thrown away: nothing is written, sent, moved or marked."""
    from automator import wiring

    with tempfile.TemporaryDirectory(prefix="automator-") as scratch:
        service = wiring.build(config, database=wiring.copy_store(config, Path(scratch)))
        try:
            with _bar() as progress:
                found = service.rehearse(progress)
            _print(service, found, json=json)
        finally:
            service.close()
    _tell_down(service)


def _print(service: Service, items: Sequence[OutboxItem], *, json: bool) -> None:
    """In the order in which they were planned."""
    for i in reversed(items):
        row = {"state": i.state, "action": i.action, "object": short_id(i.object), "rule": i.rule, "why": i.why}
        row |= {"account": i.account, "not_before": service.deps.local(i.not_before).isoformat(), "params": i.params}
        if json:
            print_json(row)
        else:
            print_row(f"{i.state:9}  {i.action:15}  {short_id(i.object):10}  {i.rule}", i.why)
    if not items and not json:
        typer.echo(service.deps.words.t("nothing to do"), err=True)


@contextmanager
def _bar() -> Iterator[Progress | None]:
    """A progress bar on standard error while a long read goes on; None without a terminal."""
    if not on_terminal():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading mail", total=None)

        def step(done: int, total: int) -> None:
            bar.update(task, advance=done, total=total)

        yield step
