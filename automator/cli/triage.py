"""`automator triage PATH...`: what triage and extraction say of mails on disk. Touches no account and no database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from automator.cli.context import ConfigOption, JsonOption, fail, print_json, print_row
from automator.cli.desk import Desk, given_config, open_desk, pdf_texts_of, progress, read_mail
from automator.cli.fix import say
from automator.digest.why import why
from automator.triage.verdict import Reason
from automator.triage.why import telling
from automator.words import Words, msgid

if TYPE_CHECKING:
    from automator.billing.invoice import Bill, Fact, Facts
    from automator.cli.mailfiles import Found
    from automator.triage.verdict import Verdict

_TOLD = 3
PathsArgument = Annotated[list[Path], typer.Argument(help=".eml files, folders, Maildir, mbox; PDF or XML bills.")]
ModelOption = Annotated[str, typer.Option("--model", help='An artefact of `automator train`, or "keywords".')]


def triage(
    ctx: typer.Context,
    paths: PathsArgument,
    json: JsonOption = False,
    model: ModelOption = "",
    config: ConfigOption = None,
) -> None:
    """Sort mails on disk and say why; no account and no database is touched."""
    from automator.cli.mailfiles import read

    found = progress(read(paths))
    try:
        first = next(found, None)
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}")
    desk = open_desk(given_config(ctx, config), model)
    try:
        rows = _rows(desk, [first] if first else [], found)
        if json:
            for row in rows:
                print_json(row)
        else:
            for line in (line for row in rows for line in _block(row, desk.words)):
                print_row(line)
    finally:
        desk.sandbox.close()


def _rows(desk: Desk, first: Iterable[Found], rest: Iterable[Found]) -> Iterator[dict[str, Any]]:
    for group in (first, rest):
        for found in group:
            yield mail_row(desk, found) if found.kind == "mail" else document_row(desk, found)


def mail_row(desk: Desk, found: Found) -> dict[str, Any]:
    """One line of the JSON contract for a mail."""
    from automator.billing.extract import extract

    mail = read_mail(desk, found)
    message = mail.message
    verdict = desk.classifier(mail.owner).explain(message)
    facts = extract(message, mail.owner, zone=desk.zone, pdf_texts=mail.pdf_texts)
    return {
        "path": found.path,
        "message_id": message.message_id or None,
        "date": message.date.isoformat() if message.date else None,
        "language": message.language or None,
        "kind": verdict.kind,
        "classifier": verdict.classifier,
        "categories": _categories(verdict),
        "facts": facts_row(facts),
    }


def document_row(desk: Desk, found: Found) -> dict[str, Any]:
    """One line for a PDF or XML file: `path` and `facts.invoice` alone."""
    from automator.billing.extract import extract_document
    from automator.billing.invoice import Identity

    texts = pdf_texts_of(desk, found.content) if found.kind == "pdf" else (found.content.decode("utf-8", "replace"),)
    bill = extract_document(texts, desk.owner or Identity(), today=found.changed.astimezone(desk.zone).date())
    return {"path": found.path, "facts": {"invoice": _bill(bill) if bill else None}}


def _categories(verdict: Verdict) -> dict[str, Any]:
    return {
        name: {"p": c.p, "decision": c.decision, "reasons": [{"text": r.text, "weight": r.weight} for r in c.reasons]}
        for name, c in verdict.categories.items()
    }


def facts_row(facts: Facts) -> dict[str, Any]:
    """The `facts` of the JSON contract."""
    bills = [_bill(bill) for bill in facts.bills]
    found: dict[str, Any] = {"invoice": bills[0] if bills else None}
    if len(bills) > 1:
        found["invoices"] = bills
    found["deadline"] = _fact(facts.deadline)
    found["reply"] = None
    found["warnings"] = [{"code": notice.code, "text": notice.text} for notice in facts.warnings]
    return found


def _bill(bill: Bill) -> dict[str, Any]:
    shown: dict[str, Any] = {f.name: _fact(getattr(bill, f.name)) for f in fields(bill) if f.name != "client"}
    for name in ("direction", "document"):
        shown[name] = bill.value(name) or None
    return shown


def _fact(fact: Fact | None) -> dict[str, Any] | None:
    if fact is None:
        return None
    shown = {"value": fact.value, "confidence": fact.confidence, "evidence": fact.evidence, "where": fact.where}
    return shown | {"time": fact.time} if fact.time else shown


def _block(row: Mapping[str, Any], words: Words) -> Iterator[str]:
    """A mail or document for a person: its path and kind, each category with what decided, the bill's total."""
    yield f"{row['path']}  {row['kind']}" if "kind" in row else row["path"]
    categories = row.get("categories", {})
    width = max(map(len, categories), default=0)
    for name, category in categories.items():
        said = f"  {name:{width}}  {say(category['decision'], words)} {words.number(category['p'], digits=2)}"
        yield "  ".join((said, *_reasons(category, words)))
    total = ((row["facts"]["invoice"] or {}).get("total_amount") or {}).get("value", "")
    if total:
        yield f"  {words.t('total')} {total}"


def _reasons(category: Mapping[str, Any], words: Words) -> Iterator[str]:
    """What spoke for the decision first, then what spoke against it."""
    reasons = [Reason(r["text"], r["weight"]) for r in category["reasons"]]
    sides = ((False, msgid("for")), (True, msgid("against")))
    for against, label in sides[::-1] if category["decision"] == "no" else sides:
        told = telling(reasons, _TOLD, against=against)
        if told:
            yield words.t("{title}: {text}", title=words.t(label), text=why(told, words))
