"""`automator train` makes a model: from your mail and your corrections, or from a folder of labelled mails."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Annotated

import typer

from automator.cli.context import (
    FINDINGS,
    ConfigOption,
    JsonOption,
    fail,
    load,
    on_terminal,
    plain_errors,
    print_json,
)
from automator.cli.evaluate import CorpusArgument, labelled, measure, show
from automator.clock import SystemClock
from automator.jobs import child
from automator.words import Words


def train(
    ctx: typer.Context,
    corpus: CorpusArgument = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for the model (with FOLDER; default: models).")
    ] = None,
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Learn from your corrections now, as the service does at night. With FOLDER: train on labelled mails alone."""
    if corpus is None and out is None:
        _own_mail(ctx, config, json=json)
    else:
        _labelled(labelled(corpus), out or Path("models"), json=json)


def _labelled(folder: Path, out: Path, *, json: bool) -> None:
    command = child.command("automator.jobs.learn", str(folder), str(out))
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True, env=child.environment())  # noqa: S603 - our own module
    if done.returncode:
        fail("The training failed; no model was written.")
    path = Path(done.stdout.strip())
    show(measure(folder, str(path), everything=False), path=str(path), json=json)


def _own_mail(ctx: typer.Context, config: Path | None, *, json: bool) -> None:
    """Exit 1 when the model in force stays what it was because the new one was no good."""
    from automator.jobs.retrain import told, train_now
    from automator.wiring import open_store, order

    settings = load(ctx, config)
    words = Words(settings.locale)
    if on_terminal():
        typer.echo(words.t("learning from your corrections; this takes a minute or two"), err=True)
    with plain_errors():
        db = open_store(settings)
        try:
            training = train_now(db, SystemClock(), lambda now: order(settings, now))
        finally:
            db.close()
    report = dict(training.report or {})
    if json:
        print_json({**report, "learnt": training.learnt})
    else:
        model, said = report.get("model", ""), report.get("said", 0)
        taken_up = words.n(
            "{model} is in force: it learnt from {count} correction",
            "{model} is in force: it learnt from {count} corrections",
            said,
            model=model,
        )
        lines = {
            "accepted": taken_up,
            "same": words.t("nothing new to learn: {model} stays in force", model=model),
            "nothing": words.t("nobody corrected anything yet: there is nothing to learn"),
        }
        typer.echo(lines.get(training.result) or told(training, words))
    if training.result in {"refused", "failed", "aside"}:
        raise typer.Exit(FINDINGS)
