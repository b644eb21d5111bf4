"""What mails on disk are read and sorted with: the owner, the model, the sandbox for PDFs. No account, no database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import typer

from automator.cli.context import fail, load, on_terminal

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from automator.billing.invoice import Identity
    from automator.classifiers.keywords import Keywords
    from automator.classifiers.linear import Linear
    from automator.cli.mailfiles import Found
    from automator.config import Config
    from automator.mail.message import Message
    from automator.sandbox import Sandbox
    from automator.words import Words

T = TypeVar("T")
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
class Desk:
    """What every mail is read with. `owner` None = taken from each mail's own To or Delivered-To address."""

    zone: ZoneInfo
    words: Words
    owner: Identity | None
    model: Any
    sandbox: Sandbox

    @property
    def categories(self) -> tuple[str, ...]:
        """Those that the model knows."""
        from automator.triage.verdict import CATEGORIES

        return self.model.categories if self.model else CATEGORIES

    def classifier(self, owner: Identity) -> Keywords | Linear:
        from automator.classifiers import keywords, linear

        if self.model is None:
            return keywords.build(keywords.Options(), words=self.words, owner=owner)
        return linear.Linear(self.model, words=self.words, owner=owner)


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that was read, for the firm `owner`; `pdf_texts`: part number -> the pages' text."""

    message: Message
    owner: Identity
    pdf_texts: Mapping[str, tuple[str, ...]]


def given_config(ctx: typer.Context, given: Path | None) -> Config | None:
    """The configuration that was asked for with --config; none is looked for."""
    path = given or ctx.find_root().obj
    return load(ctx, path) if path else None


def open_desk(settings: Config | None, model: str) -> Desk:
    """A desk for the firm of `settings`, or for whoever received each mail; close its sandbox."""
    from zoneinfo import ZoneInfo

    from automator.sandbox import Sandbox
    from automator.words import Words

    zone = ZoneInfo(str(settings.zone)) if settings else ZoneInfo(_ZONE)
    words = Words(settings.locale if settings else "fr")
    learnt = [settings.state_dir / "models"] if settings else []
    return Desk(zone, words, settings.identity if settings else None, chosen_model(model, learnt), Sandbox())


def chosen_model(asked: str, learnt: Sequence[Path] = ()) -> Any:
    """The trained model asked for, else the learnt or the shipped one, else None for keywords; says when it falls back."""
    from automator.classifiers.linear import newest, read
    from automator.errors import PermanentError
    from automator.wiring import shipped

    if asked == "keywords":
        return None
    path = Path(asked) if asked else newest([*learnt, shipped("models")])
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


def read_mail(desk: Desk, found: Found) -> Mail:
    """The mail as it is sorted: parsed, its PDFs read."""
    from automator.mail.parse import parse

    fetched = found.fetched()
    owner = desk.owner or guessed_owner(parse(fetched))
    message, texts = _with_texts(desk, _parsed(fetched, owner))
    return Mail(message, owner, texts)


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


def _with_texts(desk: Desk, message: Message) -> tuple[Message, Mapping[str, tuple[str, ...]]]:
    """The message with the text of its first PDFs, and their pages by part number."""
    pdfs = [a for a in message.attachments if a.content and _is_pdf(a.content_type, a.filename)][:_PDFS_A_MAIL]
    texts = {a.part: pdf_texts_of(desk, a.content or b"") for a in pdfs}
    attachments = tuple(
        replace(a, text="\n".join(texts[a.part])) if texts.get(a.part) else a for a in message.attachments
    )
    return replace(message, attachments=attachments), texts


def _is_pdf(content_type: str, filename: str) -> bool:
    return content_type == "application/pdf" or filename.lower().endswith(".pdf")


def pdf_texts_of(desk: Desk, content: bytes) -> tuple[str, ...]:
    """Read in the sandbox: a PDF that kills or stalls its reader has no text."""
    from automator.billing.pdf import pdf_texts
    from automator.errors import PermanentError

    try:
        return desk.sandbox.run(pdf_texts, content)
    except PermanentError:
        return ()


def progress(items: Iterable[T]) -> Iterator[T]:
    """Counts on a terminal's standard error, says nothing elsewhere."""
    shown = on_terminal()
    for number, item in enumerate(items, 1):
        yield item
        if shown and number % 25 == 0:
            typer.echo(f"\r{number} read", nl=False, err=True)
    if shown:
        typer.echo("\r", nl=False, err=True)
