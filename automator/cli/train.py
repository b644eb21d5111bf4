"""`automator train` makes a model from labelled mails, `automator evaluate` measures one."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from automator.cli.context import JsonOption, fail, plain_errors, print_json

CorpusArgument = Annotated[
    Path | None, typer.Argument(help="Folder of labelled mails (part_*.jsonl).", show_default=False)
]
ModelOption = Annotated[str, typer.Option("--model", help='An artefact of `automator train`, or "keywords".')]


def train(
    corpus: CorpusArgument = None,
    out: Annotated[Path, typer.Option("--out", help="Folder for the model.")] = Path("models"),
    json: JsonOption = False,
) -> None:
    """Train a triage model on labelled mails; a child process of low priority does the work (under two minutes)."""
    folder = _corpus(corpus)
    command = [sys.executable, "-m", "automator.jobs.learn", str(folder), str(out)]
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own module
    if done.returncode:
        fail("The training failed; no model was written.")
    path = Path(done.stdout.strip())
    _show(_measure(folder, str(path), everything=False), path=str(path), json=json)


def evaluate(
    path: CorpusArgument = None,
    model: ModelOption = "",
    everything: Annotated[bool, typer.Option("--all", help="Training rows too, not the test split alone.")] = False,
    json: JsonOption = False,
) -> None:
    """Measure a model on labelled mails: by default on the test split, which no training sees."""
    _show(_measure(_corpus(path), model, everything=everything), path="", json=json)


def _corpus(given: Path | None) -> Path:
    from automator.wiring import shipped

    folder = given or shipped("models") / "corpus"
    if not folder.is_dir():
        fail(f"{folder}: no such folder")
    return folder


def _measure(corpus: Path, model: str, *, everything: bool) -> dict[str, Any]:
    from automator.billing.invoice import Identity
    from automator.classifiers import keywords, linear
    from automator.jobs.evaluate import judge, kept_for_test, report
    from automator.jobs.learn import read_rows
    from automator.ports import Classifier
    from automator.wiring import shipped
    from automator.words import Words

    with plain_errors():
        rows = read_rows(corpus)
        chosen = rows if everything else kept_for_test(rows)
        path = Path(model) if model else linear.newest([shipped("models")])
        trained = None if path is None or model == "keywords" else linear.read(path)

        def make(owner: Identity) -> Classifier:
            words = Words("fr")
            if trained is None:
                return keywords.build(keywords.Options(), words=words, owner=owner)
            return linear.Linear(trained, words=words, owner=owner)

        found = report(judge(chosen, make))
        return found | {"author_left_out": trained.left_out if trained else {}}


def _show(report: Mapping[str, Any], *, path: str, json: bool) -> None:
    if json:
        print_json({"model": path, **report} if path else dict(report))
        return
    if path:
        typer.echo(path)
    typer.echo(f"{report['classifier']}, {report['n']} mails kept back from training; brackets are 95 % intervals")
    for category, groups in report["categories"].items():
        typer.echo(category)
        typer.echo(_line("all", groups["all"]))
        for name, figures in {**groups["language"], **groups["difficulty"]}.items():
            typer.echo(_line(name, figures))
    for category, figures in report["author_left_out"].items():
        typer.echo(_line(f"{category}, an author never seen (cross-validation)", figures))
    for name in ("kind_accuracy", "false_urgent_of_loud_mails", "client_request_of_silent_mails"):
        typer.echo(f"{name}: {_share(report[name])}")


def _line(name: str, figures: Mapping[str, Any]) -> str:
    f1 = figures["f1"]
    told = "  ".join(
        f"{key} {_share(figures[key])}" for key in ("precision", "recall", "caught", "false_alarms", "unsure")
    )
    return (
        f"  {name}: n {figures['n']} ({figures['positive']} yes)  F1 {f1['value']:.3f} [{f1['low']:.2f}-{f1['high']:.2f}]  "
        f"F1 of the sure {figures['f1_sure']:.3f}  {told}  calibration error {figures['calibration_error']:.3f}"
    )


def _share(share: Mapping[str, Any]) -> str:
    value = share["value"]
    return "-" if value is None else f"{value:.3f} [{share['low']:.2f}-{share['high']:.2f}] of {share['n']}"
