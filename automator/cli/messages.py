"""`automator messages list`, `fix`, `done`: what the service knows of your mail, and your word on it."""

from __future__ import annotations

from typing import Annotated

import typer

from automator.cli.context import ConfigOption, JsonOption, database, fail, load, print_json, read_id, short_id
from automator.clock import SystemClock
from automator.triage.verdict import CATEGORIES

messages_app = typer.Typer(no_args_is_help=True, help="The mails that the service knows.")


@messages_app.command("list")
def list_(
    ctx: typer.Context,
    category: Annotated[str, typer.Option(help=f"Only one category: {', '.join(CATEGORIES)}.")] = "",
    account: Annotated[str, typer.Option(help="Only one account.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="At most so many, newest first.")] = 50,
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """List received mails, newest first, with their verdict."""
    if category and category not in CATEGORIES:
        fail(f"{category}: not a category. Allowed: {', '.join(CATEGORIES)}")
    settings = load(ctx, config)
    from automator.store import messages

    with database(settings) as db, db.read() as tx:
        found = messages.listed(tx, account=account, category=category, limit=limit)
    for m in found:
        decisions = {c: m.decision(c) for c in CATEGORIES}
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
            who = m.message.sender.shown[:24]
            typer.echo(
                f"{short_id(m.object):>6}  {moment:%d/%m %H:%M}  {who:24}  {m.message.subject[:44]:44}  {said or m.kind}"
            )


def fix(
    ctx: typer.Context,
    item: Annotated[str, typer.Argument(metavar="ID", help="A mail: m12.")],
    categories: Annotated[list[str], typer.Argument(metavar="CATEGORY...", help=", ".join(CATEGORIES))],
    not_: Annotated[bool, typer.Option("--not", help="It is none of these.")] = False,
    config: ConfigOption = None,
) -> None:
    """Correct a verdict: `automator fix m12 invoice`, `automator fix m12 --not urgent`."""
    unknown = [c for c in categories if c not in CATEGORIES]
    if unknown:
        fail(f"{unknown[0]}: not a category. Allowed: {', '.join(CATEGORIES)}")
    ref = read_id(item, "mail")
    settings = load(ctx, config)
    from automator.store import messages

    with database(settings) as db, db.transaction() as tx:
        stored = messages.get(tx, int(ref.id))
        if stored is None:
            fail(f"{item}: there is no such mail. See automator messages list")
        for category in categories:
            messages.correct(tx, stored.id, category, not not_, "cli", SystemClock().now())
    word = "is not" if not_ else "is"
    typer.echo(f"noted: {item} {word} {', '.join(categories)}. The next training learns from it.")


def done(
    ctx: typer.Context,
    item: Annotated[str, typer.Argument(metavar="ID", help="A mail (m12) or an invoice (i7).")],
    config: ConfigOption = None,
) -> None:
    """Close a matter: its reminders, tasks and follow-ups end; the digest does not show it again."""
    ref = read_id(item)
    settings = load(ctx, config)
    from automator.store import cases, messages, notes, outbox

    now = SystemClock().now()
    with database(settings) as db, db.transaction() as tx:
        if ref.kind == "mail":
            if messages.get(tx, int(ref.id)) is None:
                fail(f"{item}: there is no such mail. See automator messages list")
            messages.close(tx, int(ref.id), "cli")
        for case in cases.of_object(tx, ref):
            cases.stop(tx, case.id, "done", now)
            outbox.cancel_case(tx, case.id, "done", now)
        notes.done_for(tx, ref, now, ("reminder", "task", "digest"))
    typer.echo(f"closed: {item}")
