"""`automator triage PATH...`: what triage and extraction say of mails on disk. Touches no account and no database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from automator.cli.context import ConfigOption, JsonOption, fail, load, on_terminal, print_json

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from automator.billing.invoice import Bill, Fact, Facts, Identity
    from automator.cli.mailfiles import Found
    from automator.mail.message import Message
    from automator.ports import Classifier
    from automator.sandbox import Sandbox
    from automator.triage.verdict import Verdict
    from automator.words import Words

PathsArgument = Annotated[list[Path], typer.Argument(help=".eml files, folders, Maildir, mbox; PDF or XML bills.")]
ModelOption = Annotated[str, typer.Option("--model", help='An artefact of `automator train`, or "keywords".')]

_ZONE = "Europe/Paris"
_PDFS_A_MAIL = 5
_PUBLIC = frozenset(
    [
        "gmail.com",
        "googlemail.com",
        "outlook.com",
        "outlook.fr",
        "hotmail.com",
        "hotmail.fr",
        "live.com",
        "live.fr",
        "msn.com",
        "yahoo.com",
        "yahoo.fr",
        "orange.fr",
        "wanadoo.fr",
        "free.fr",
        "sfr.fr",
        "neuf.fr",
        "laposte.net",
        "bbox.fr",
        "numericable.fr",
        "icloud.com",
        "me.com",
        "mac.com",
        "proton.me",
        "protonmail.com",
        "gmx.com",
        "gmx.de",
        "gmx.fr",
        "web.de",
        "t-online.de",
        "aol.com",
        "mail.com",
        "zoho.com",
        "fastmail.com",
    ]
)


@dataclass(frozen=True, slots=True)
class _Desk:
    """What every mail is read with. `owner` None = taken from each mail's own To or Delivered-To address."""

    zone: ZoneInfo
    words: Words
    owner: Identity | None
    model: Any
    sandbox: Sandbox

    def classifier(self, owner: Identity) -> Classifier:
        from automator.classifiers import keywords, linear

        if self.model is None:
            return keywords.build(keywords.Options(), words=self.words, owner=owner)
        return linear.Linear(self.model, words=self.words, owner=owner)


def triage(
    ctx: typer.Context,
    paths: PathsArgument,
    json: JsonOption = False,
    model: ModelOption = "",
    config: ConfigOption = None,
) -> None:
    """Sort mails on disk and say why; no account and no database is touched."""
    from automator.cli.mailfiles import read

    found = _progress(read(paths))
    try:
        first = next(found, None)
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}")
    desk = _desk(ctx, config, model)
    try:
        rows = _rows(desk, [first] if first else [], found)
        if json:
            for row in rows:
                print_json(row)
        else:
            _table(rows)
    finally:
        desk.sandbox.close()


def _rows(desk: _Desk, first: Iterable[Found], rest: Iterable[Found]) -> Iterator[dict[str, Any]]:
    for group in (first, rest):
        for found in group:
            yield mail_row(desk, found) if found.kind == "mail" else document_row(desk, found)


def _desk(ctx: typer.Context, config: Path | None, model: str) -> _Desk:
    from zoneinfo import ZoneInfo

    from automator.sandbox import Sandbox
    from automator.words import Words

    given = config or ctx.find_root().obj
    settings = load(ctx, given) if given else None
    zone = ZoneInfo(str(settings.zone)) if settings else ZoneInfo(_ZONE)
    words = Words(settings.locale if settings else "fr")
    return _Desk(zone, words, settings.identity if settings else None, _model(model), Sandbox())


def _model(asked: str) -> Any:
    """The trained model asked for, else the shipped one, else None for keywords; says so when it falls back."""
    from automator.classifiers.linear import newest, read
    from automator.errors import PermanentError
    from automator.wiring import shipped

    if asked == "keywords":
        return None
    path = Path(asked) if asked else newest([shipped("models")])
    if path is None:
        typer.echo("No trained model is there: mails are sorted by keywords.", err=True)
        return None
    try:
        return read(path)
    except PermanentError as error:
        if asked:
            fail(str(error))
        typer.echo(f"{error} Mails are sorted by keywords.", err=True)
        return None


def mail_row(desk: _Desk, found: Found) -> dict[str, Any]:
    """One line of the JSON contract for a mail."""
    from automator.billing.extract import extract
    from automator.mail.parse import parse

    fetched = found.fetched()
    owner = desk.owner or guessed_owner(parse(fetched))
    message, texts = _with_texts(desk, _parsed(fetched, owner))
    verdict = desk.classifier(owner).classify([message])[0]
    facts = extract(message, owner, zone=desk.zone, pdf_texts=texts)
    return {
        "path": found.path,
        "message_id": message.message_id or None,
        "date": message.date.isoformat() if message.date else None,
        "language": message.language or None,
        "kind": verdict.kind,
        "classifier": verdict.classifier,
        "categories": _categories(verdict),
        "facts": _facts(facts),
    }


def document_row(desk: _Desk, found: Found) -> dict[str, Any]:
    """One line for a PDF or XML file: `path` and `facts.invoice` alone."""
    from automator.billing.extract import extract_document
    from automator.billing.invoice import Identity

    texts = _pdf_texts(desk, found.content) if found.kind == "pdf" else (found.content.decode("utf-8", "replace"),)
    bill = extract_document(texts, desk.owner or Identity(), today=found.changed.astimezone(desk.zone).date())
    return {"path": found.path, "facts": {"invoice": _bill(bill) if bill else None}}


def guessed_owner(message: Message) -> Identity:
    """Who received the mail: the Delivered-To or To addresses and, unless it is a public provider, their domain."""
    from automator.billing.invoice import Identity

    delivered = message.headers.get("delivered-to", "").strip("<> ").lower()
    addresses = [delivered] if "@" in delivered else [address.addr for address in message.to[:1]]
    domains = {address.rpartition("@")[2] for address in addresses} - _PUBLIC - {""}
    return Identity(addresses=frozenset(addresses), domains=frozenset(domains))


def _parsed(fetched: Any, owner: Identity) -> Message:
    """Parsed again when a server of the owner's own domain has checked the sender."""
    from automator.mail.parse import parse
    from automator.triage.cues import trusted_server

    message = parse(fetched)
    server = trusted_server(message.headers.get("authentication-results", ""), owner)
    return parse(fetched, authserv_id=server) if server else message


def _with_texts(desk: _Desk, message: Message) -> tuple[Message, Mapping[str, tuple[str, ...]]]:
    """The message with the text of its first PDFs, and their pages by part number."""
    pdfs = [a for a in message.attachments if a.content and _is_pdf(a.content_type, a.filename)][:_PDFS_A_MAIL]
    texts = {a.part: _pdf_texts(desk, a.content or b"") for a in pdfs}
    attachments = tuple(
        replace(a, text="\n".join(texts[a.part])) if texts.get(a.part) else a for a in message.attachments
    )
    return replace(message, attachments=attachments), texts


def _is_pdf(content_type: str, filename: str) -> bool:
    return content_type == "application/pdf" or filename.lower().endswith(".pdf")


def _pdf_texts(desk: _Desk, content: bytes) -> tuple[str, ...]:
    """Read in the sandbox: a PDF that kills or stalls its reader has no text."""
    from automator.billing.pdf import pdf_texts
    from automator.errors import PermanentError

    try:
        return desk.sandbox.run(pdf_texts, content)
    except PermanentError:
        return ()


def _categories(verdict: Verdict) -> dict[str, Any]:
    return {
        name: {"p": c.p, "decision": c.decision, "reasons": [{"text": r.text, "weight": r.weight} for r in c.reasons]}
        for name, c in verdict.categories.items()
    }


def _facts(facts: Facts) -> dict[str, Any]:
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


def _table(rows: Iterable[Mapping[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table("path", "kind", "invoice", "client_request", "urgent", "why", box=None, pad_edge=False)
    for row in rows:
        cells = [Text(row["path"]), Text(row.get("kind", "document"))]
        categories = row.get("categories", {})
        cells += [Text(f"{c['decision']} {c['p']:.2f}") for c in categories.values()] or [Text("")] * 3
        table.add_row(*cells, Text(_why(row)))
    Console().print(table)


def _why(row: Mapping[str, Any]) -> str:
    """The total of the bill, and what speaks most for what the mail is."""
    total = ((row["facts"]["invoice"] or {}).get("total_amount") or {}).get("value", "")
    said = [c["reasons"] for c in row.get("categories", {}).values() if c["decision"] != "no"]
    words = [reason["text"] for reasons in said for reason in reasons if reason["weight"] > 0][:3]
    return ", ".join([total] * bool(total) + list(dict.fromkeys(words)))


def _progress(found: Iterator[Found]) -> Iterator[Found]:
    """Counts on a terminal's standard error, says nothing elsewhere."""
    shown = on_terminal()
    for number, item in enumerate(found, 1):
        yield item
        if shown and number % 25 == 0:
            typer.echo(f"\r{number} read", nl=False, err=True)
    if shown:
        typer.echo("\r", nl=False, err=True)
