"""`automator outbox`: what is to be done, what was done, and why."""

from __future__ import annotations

from typing import Annotated

import typer

from automator.cli.context import ConfigOption, JsonOption, database, fail, load, print_json, print_row, short_id
from automator.clock import SystemClock
from automator.words import Words, msgid

outbox_app = typer.Typer(no_args_is_help=True, help="What is to be done, what was done, and why.")
_LAST = 2**63 - 1  # the last number that SQLite counts to
_STATES = ("held", "ready", "sending", "done", "observed", "failed", "unknown", "cancelled")
_CANCELLED = msgid("cancelled by you")


@outbox_app.command("list")
def list_(
    ctx: typer.Context,
    state: Annotated[str, typer.Option(help=f"Only one state: {', '.join(_STATES)}.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1_000_000, help="At most so many, newest first.")] = 50,
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """List deeds, newest first."""
    if state and state not in _STATES:
        fail(f"{state}: not a state. Allowed: {', '.join(_STATES)}")
    settings = load(ctx, config)
    from automator.store import outbox

    with database(settings) as db, db.read() as tx:
        items = outbox.listed(tx, state=state, limit=limit)
    words = Words(settings.locale)
    if not items and not json:
        typer.echo(words.t("nothing here"), err=True)
    for i in items:
        moment = (i.settled_at or i.created_at).astimezone(settings.zone)
        if json:
            row = {"id": i.id, "state": i.state, "hold": i.hold, "action": i.action, "object": short_id(i.object)}
            row |= {"rule": i.rule, "why": i.why, "what": i.what, "error": i.error, "attempts": i.attempts}
            print_json(row | {"account": i.account, "at": moment.isoformat(timespec="seconds"), "key": i.key})
        else:
            said = i.error if i.state in {"failed", "unknown", "held", "cancelled"} and i.error else i.what or i.why
            line = f"{i.id:>5}  {moment:%d/%m %H:%M}  {i.state:9}  {i.action:15}  {short_id(i.object):10}  {i.rule}"
            print_row(line, words.t(said))


@outbox_app.command()
def approve(
    ctx: typer.Context,
    item: Annotated[int, typer.Argument(metavar="ID", min=1, max=_LAST)],
    config: ConfigOption = None,
) -> None:
    """Let a held mail leave. For an `unknown` one: you checked that it never arrived, so it is sent again."""
    _decide(ctx, config, item, approved=True)


@outbox_app.command()
def cancel(
    ctx: typer.Context,
    item: Annotated[int, typer.Argument(metavar="ID", min=1, max=_LAST)],
    config: ConfigOption = None,
) -> None:
    """Never perform a waiting deed."""
    _decide(ctx, config, item, approved=False)


def _decide(ctx: typer.Context, config: ConfigOption, item: int, *, approved: bool) -> None:
    settings = load(ctx, config)
    from automator.store import outbox

    now, words = SystemClock().now(), Words(settings.locale)
    with database(settings) as db, db.transaction() as tx:
        known = outbox.get(tx, item)
        done = outbox.approve(tx, item, now) if approved else outbox.cancel(tx, item, _CANCELLED, now)
    if known is None:
        fail(words.t("there is no deed {id}: see automator outbox list", id=item))
    if not done:
        fail(_nothing(words, item, known.state, approved=approved))
    said = words.t("approved" if approved else "cancelled")
    typer.echo(f"{said}: {known.action} {short_id(known.object)} ({known.rule})")


def _nothing(words: Words, item: int, state: str, *, approved: bool) -> str:
    if approved:
        return words.t("deed {id} is {state}: nothing to approve", id=item, state=state)
    return words.t("deed {id} is {state}: nothing to cancel", id=item, state=state)
