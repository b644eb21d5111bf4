"""`automator messages list`, `messages show`, `done`, `follow`: what the service knows of your mail, and what is done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from automator.cli.context import (
    ConfigOption,
    JsonOption,
    database,
    fail,
    load,
    print_json,
    print_row,
    read_id,
    short_id,
)
from automator.cli.fix import allowed_categories
from automator.clock import SystemClock
from automator.followup.ladder import ObjectRef
from automator.triage.verdict import CATEGORIES
from automator.words import Words

if TYPE_CHECKING:
    from automator.store.db import Tx

messages_app = typer.Typer(no_args_is_help=True, help="The mails that the service knows.")


@messages_app.command("list")
def list_(
    ctx: typer.Context,
    category: Annotated[
        str, typer.Option(help=f"Only one category: {', '.join(CATEGORIES)}, or one of your own.")
    ] = "",
    account: Annotated[str, typer.Option(help="Only one account.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1_000_000, help="At most so many, newest first.")] = 50,
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """List received mails, newest first, with their verdict."""
    settings = load(ctx, config)
    allowed = allowed_categories(settings)
    if category and category not in allowed:
        fail(f"{category}: not a category. Allowed: {', '.join(allowed)}")
    from automator.store import messages

    with database(settings) as db, db.read() as tx:
        found = messages.listed(tx, account=account, category=category, limit=limit)
    if not found and not json:
        typer.echo(Words(settings.locale).t("nothing here"), err=True)
    for m in found:
        decisions = {c: m.decision(c) for c in allowed}
        moment = m.arrived.astimezone(settings.zone)
        if json:
            row: dict[str, object] = {
                "id": short_id(m.object),
                "arrived": moment.isoformat(timespec="seconds"),
                "account": m.account,
            }
            row |= {
                "from": m.message.sender.addr,
                "subject": m.message.subject,
                "kind": m.kind,
                "history": m.baseline,
            }
            print_json(row | {"decisions": decisions})
        else:
            said = " ".join(c if d == "yes" else f"{c}?" for c, d in decisions.items() if d != "no")
            who = m.message.sender.shown[:18]
            print_row(
                f"{short_id(m.object):>6}  {moment:%d/%m %H:%M}  {said or m.kind:14}  {who:18}  {m.message.subject}"
            )


@messages_app.command()
def show(
    ctx: typer.Context,
    item: Annotated[str, typer.Argument(metavar="ID", help="A mail (m12).")],
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Show one mail: how it was sorted and why, for and against, your corrections, what was read, what rules did."""
    ref, settings = read_id(item, "mail"), load(ctx, config)
    words, now = Words(settings.locale), SystemClock().now()
    from automator.cli.card import card, row
    from automator.config import PUBLIC_PROVIDERS
    from automator.jobs.dossier import dossier
    from automator.store import messages
    from automator.wiring import classifier

    with database(settings) as db, db.read() as tx:
        mail = messages.get(tx, int(ref.id))
        if mail is None:
            fail(words.t("{id}: there is no such mail. See automator messages list", id=item))
        no_firm = PUBLIC_PROVIDERS | settings.identity.domains
        found = dossier(tx, words, mail, lambda: classifier(settings, words).explain(mail.message), no_firm, now)
    if json:
        print_json(row(found, settings.zone))
        return
    for line in card(found, words, settings.zone):
        print_row(line)


def done(
    ctx: typer.Context,
    item: Annotated[str, typer.Argument(metavar="ID", help="A mail (m12) or an invoice (i7).")],
    config: ConfigOption = None,
) -> None:
    """Close a matter: its reminders, tasks and follow-ups end; the digest does not show it again."""
    ref, settings = read_id(item), load(ctx, config)
    words = Words(settings.locale)
    from automator.jobs.close import close_object

    with database(settings) as db, db.transaction() as tx:
        _must_exist(tx, words, ref, item)
        close_object(tx, words, ref, "done", SystemClock().now())
    typer.echo(words.t("closed: {id}", id=short_id(ref)))


def follow(
    ctx: typer.Context,
    item: Annotated[str, typer.Argument(metavar="ID", help="A mail (m12) or an invoice (i7).")],
    config: ConfigOption = None,
) -> None:
    """Go on with a follow-up that waits for you: after a draft that you threw away, or a letter that failed."""
    ref, settings = read_id(item), load(ctx, config)
    words = Words(settings.locale)
    from automator.jobs.close import follow_object

    with database(settings) as db, db.transaction() as tx:
        _must_exist(tx, words, ref, item)
        went_on = follow_object(tx, ref, SystemClock().now())
    if not went_on:
        fail(words.t("{id}: no follow-up waits for you here", id=short_id(ref)))
    typer.echo(words.t("followed again: {id}", id=short_id(ref)))


def _must_exist(tx: Tx, words: Words, ref: ObjectRef, item: str) -> None:
    from automator.store import bills, messages

    if ref.kind == "invoice" and bills.get(tx, int(ref.id)) is None:
        fail(words.t("{id}: there is no such invoice. See automator money list", id=item))
    if ref.kind == "mail" and messages.get(tx, int(ref.id)) is None:
        fail(words.t("{id}: there is no such mail. See automator messages list", id=item))
