"""`automator evaluate`: how good a model is on labelled mails - the shipped ones, files of yours, what you corrected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from automator.cli.context import (
    FINDINGS,
    ConfigOption,
    JsonOption,
    database,
    fail,
    load,
    plain_errors,
    print_json,
)
from automator.cli.desk import Desk, chosen_model, given_config, open_desk, progress, read_mail

if TYPE_CHECKING:
    from automator.config import Config
    from automator.jobs.evaluate import Labelled
    from automator.triage.lint import Problem
    from automator.words import Words

CorpusArgument = Annotated[
    Path | None, typer.Argument(help="Folder of labelled mails (part_*.jsonl).", show_default=False)
]
PathArgument = Annotated[
    Path | None,
    typer.Argument(help="Folder of part_*.jsonl, or labelled .eml files, Maildir, mbox.", show_default=False),
]
ModelOption = Annotated[str, typer.Option("--model", help='An artefact of `automator train`, or "keywords".')]
CompareOption = Annotated[
    str, typer.Option("--compare", help="Another model on the same mails: the paired difference.")
]
PartsOption = Annotated[str, typer.Option("--parts", help="Only these authors of the corpus: k,l")]
HtmlOption = Annotated[
    Path | None, typer.Option("--html", help="Write a page with curves and mistakes.", show_default=False)
]


@dataclass(frozen=True, slots=True)
class _Sample:
    """What is measured on: `source` is test, corpus, files or own; `unlabelled` names the mails that were left out.

    `learnt` are corrected mails that trainings saw; `lately` says how often people corrected decisions.
    """

    source: str
    mails: Sequence[Labelled]
    unlabelled: Sequence[str] = ()
    learnt: Sequence[Labelled] = ()
    lately: Mapping[str, Any] = field(default_factory=dict)


def evaluate(  # noqa: PLR0913 - one parameter an option
    ctx: typer.Context,
    path: PathArgument = None,
    *,
    own: Annotated[bool, typer.Option("--own", help="On the mails of yours that you corrected.")] = False,
    model: ModelOption = "",
    compare: CompareOption = "",
    everything: Annotated[bool, typer.Option("--all", help="Training rows too, not the test split alone.")] = False,
    parts: PartsOption = "",
    html: HtmlOption = None,
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Measure a model on labelled mails: by default on the test split of the shipped ones, which no training sees."""
    if own and path:
        fail("--own measures on your own mail: give no PATH with it.")
    if path and path.suffix == ".jsonl":
        fail(f"{path}: give its folder, and --parts for single authors.")
    settings = load(ctx, config) if own else given_config(ctx, config)
    corpus = not own and (path is None or _is_corpus(path))
    if (everything or parts) and not corpus:
        fail("--all and --parts are for a folder of part_*.jsonl.")
    with plain_errors():
        desk = open_desk(settings, model)
        try:
            if own and settings:
                sample = _own(settings, desk)
            elif corpus:
                sample = _of_corpus(labelled(path), everything=everything, parts=parts)
            else:
                sample = _of_files(path or Path(), desk)
            _measured(sample, desk, compare, html, json=json)
        finally:
            desk.sandbox.close()


def labelled(given: Path | None) -> Path:
    """The folder of labelled mails; exit 2 when it is not there, 1 with file:line when it holds mistakes."""
    from automator.jobs.lint import PATTERNS, lint_folder
    from automator.wiring import shipped

    folder = given or shipped("models") / "corpus"
    if not folder.is_dir():
        fail(f"{folder}: no such folder")
    if not any(file for pattern in PATTERNS for file in folder.glob(pattern)):
        fail(f"No part_*.jsonl file with labelled mails lies in {folder}.")
    _refuse(lint_folder(folder))
    return folder


def measure(corpus: Path, model: str, *, everything: bool) -> dict[str, Any]:
    """The report of a model on a folder of labelled mails."""
    with plain_errors():
        desk = open_desk(None, model)
        try:
            sample = _of_corpus(corpus, everything=everything)
            return _report(sample, desk, "")[0]
        finally:
            desk.sandbox.close()


def show(report: Mapping[str, Any], *, path: str, json: bool, words: Words | None = None) -> None:
    """Print a report; `path` is the model's, told first."""
    from automator.jobs.evaluate_text import lines
    from automator.words import Words as Speech

    if json:
        print_json({"model": path, **report} if path else dict(report))
        return
    if path:
        typer.echo(path)
    for line in lines(report, words or Speech("fr")):
        typer.echo(line)


def _measured(sample: _Sample, desk: Desk, compare: str, html: Path | None, *, json: bool) -> None:
    from automator.billing.invoice import Identity
    from automator.jobs.evaluate_page import page, write_private

    report, cases = _report(sample, desk, compare)
    if html:
        decide = desk.classifier(Identity()).decide
        try:
            write_private(html, page(report, cases, decide, desk.words, private=sample.source == "own"))
        except OSError as error:
            fail(f"{html}: {error.strerror}")
    show(report, path="", json=json, words=desk.words)


def _report(sample: _Sample, desk: Desk, compare: str) -> tuple[dict[str, Any], list[Any]]:
    from automator.jobs.evaluate import classify, compared_with, report

    other = Desk(desk.zone, desk.words, desk.owner, chosen_model(compare), desk.sandbox) if compare else None
    cases = classify(progress(sample.mails), desk.classifier)
    found = {
        "source": sample.source,
        **report(cases),
        "author_left_out": dict(desk.model.left_out) if desk.model else {},
        "unlabelled": list(sample.unlabelled),
        "learnt_from": report(classify(sample.learnt, desk.classifier)) if sample.learnt else None,
        "last_30_days": dict(sample.lately) or None,
        "compare": compared_with(cases, classify(sample.mails, other.classifier)) if other else None,
    }
    return found, cases


def _is_corpus(path: Path) -> bool:
    from automator.jobs.lint import PATTERNS

    return path.is_dir() and any(file for pattern in PATTERNS for file in path.glob(pattern))


def _of_corpus(folder: Path, *, everything: bool, parts: str = "") -> _Sample:
    from automator.jobs.evaluate import kept_for_test, of_corpus
    from automator.jobs.learn import read_rows
    from automator.triage.corpus import author

    rows = read_rows(folder)
    authors, asked = {author(row) for row in rows}, {part.strip() for part in parts.split(",") if part.strip()}
    if asked - authors:
        fail(f"--parts: no author {', '.join(sorted(asked - authors))}; there are {', '.join(sorted(authors))}")
    rows = [row for row in rows if not asked or author(row) in asked]
    chosen = rows if everything else kept_for_test(rows)
    return _Sample("corpus" if everything else "test", [of_corpus(row) for row in chosen])


def _of_files(path: Path, desk: Desk) -> _Sample:
    from automator.cli.mailfiles import read
    from automator.jobs.evaluate import of_file
    from automator.jobs.evaluate_labels import header_labels, read_label_files
    from automator.triage.lint import Problem

    if not path.exists():
        fail(f"{path}: no such file or folder")
    categories = desk.categories
    beside = read_label_files(path, categories)
    problems = list(beside.problems)
    mails, unlabelled, seen = [], [], set()
    for found in progress(item for item in read([path]) if item.kind == "mail"):
        seen.add(found.path)
        told = beside.labels.get(found.path) or header_labels(found.content, found.path, categories)
        if isinstance(told, Problem):
            problems.append(told)
        elif told is None or not told.labels:
            unlabelled.append(found.path)
        else:
            mail = read_mail(desk, found)
            mails.append(of_file(found.path, mail.message, mail.owner, told))
    if path.is_dir():
        lost = [label for name, label in beside.labels.items() if name not in seen]
        problems += [Problem(label.file, label.line, "there is no such mail") for label in lost]
    _refuse(problems)
    if not mails and not unlabelled:
        fail(f"{path} holds neither part_*.jsonl nor mails.")
    return _Sample("files", mails, unlabelled)


def _own(settings: Config, desk: Desk) -> _Sample:
    from automator.clock import SystemClock
    from automator.jobs.evaluate_own import corrected, lately

    with database(settings) as db, db.read() as tx:
        found = corrected(tx, settings.identity)
        rate = lately(tx, SystemClock().now())
    if _is_learnt(desk):
        return _Sample("own", found.unseen, learnt=found.learnt, lately=rate)
    return _Sample("own", (*found.unseen, *found.learnt), lately=rate)


def _is_learnt(desk: Desk) -> bool:
    """May the model have been trained on the owner's corrections? The shipped ones and the keywords were not."""
    from automator.wiring import shipped

    return desk.model is not None and not any(shipped("models").glob(f"triage-*-{desk.model.digest}.json.gz"))


def _refuse(problems: Sequence[Problem]) -> None:
    for problem in sorted(problems, key=lambda one: (one.file, one.line)):
        typer.echo(str(problem), err=True)
    if problems:
        raise typer.Exit(FINDINGS)
