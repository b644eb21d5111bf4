"""`automator status`, `pause`, `resume`: how the service is, and its kill switch."""

from __future__ import annotations

import json as jsonlib
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer

from automator.cli.context import FINDINGS, ConfigOption, JsonOption, database, fail, load, print_json
from automator.clock import SystemClock

_LATE = timedelta(minutes=15)


def status(ctx: typer.Context, json: JsonOption = False, config: ConfigOption = None) -> None:
    """How the service is: eight lines, from the file that it writes at each pass. Exit 1 when something is wrong."""
    settings = load(ctx, config)
    file = settings.state_dir / "status.json"
    if not file.exists():
        fail("the service has not run yet: start it with automator run", FINDINGS)
    values: dict[str, Any] = jsonlib.loads(file.read_text(encoding="utf-8"))
    troubles = _troubles(values)
    if json:
        print_json(values | {"troubles": troubles})
    else:
        for line in _lines(values):
            typer.echo(line)
        for trouble in troubles:
            typer.echo(f"!  {trouble}")
    if troubles:
        raise typer.Exit(FINDINGS)


def _troubles(values: dict[str, Any]) -> list[str]:
    found = []
    age = SystemClock().now() - datetime.fromisoformat(values["now"])
    if age > _LATE:
        found.append(f"the service has not passed by since {_when(values['now'])}: is it running?")
    found += [f"{a['name']}: {a['error']}" for a in values["accounts"] if a["error"]]
    found += [f"rule left out: {why}" for why in values["rules"]["ignored"].values()]
    if values["classifier_note"]:
        found.append(values["classifier_note"])
    if values["quarantined"]:
        found.append(f"{values['quarantined']} messages could not be read and were set aside")
    return found


def _lines(values: dict[str, Any]) -> list[str]:
    mode, box = values["mode"], values["outbox"]
    paused = f"PAUSED until {_when(mode['paused_until'])}, " if mode["paused_until"] else ""
    sending = "mail to clients allowed" if mode["allow_send"] else "no mail to clients"
    read = ", ".join(f"{a['name']} {_when(a['last_ok'])}" for a in values["accounts"]) or "none"
    return [
        f"up since     {_when(values['up_since'])}",
        f"last reads   {read}",
        f"backlog      {values['backlog']} mails to sort, {box.get('ready', 0)} deeds ready, {values['follow_ups']} follow-ups",
        f"for you      {values['waiting_for_you']} to approve or to check (automator outbox list)",
        f"errors 24 h  {values['errors_24h']}",
        f"digest       last {values['last_digest'] or 'never'}, next {_when(values['next_digest'])}",
        f"rules        {values['rules']['active']} active, {len(values['rules']['ignored'])} left out; sorted by {values['classifier']}",
        f"mode         {paused}{mode['max_autonomy']}, {sending}",
    ]


def _when(text: str | None) -> str:
    return text[:16].replace("T", " ") if text else "never"


def pause(
    ctx: typer.Context,
    span: Annotated[str, typer.Argument(help="How long: 30m, 2h, 3d.")],
    config: ConfigOption = None,
) -> None:
    """Stop every deed but the digest for a while; reading and sorting go on."""
    length = _span(span)
    settings = load(ctx, config)
    until = SystemClock().now() + length
    with database(settings) as db, db.transaction() as tx:
        from automator.store import settings as store_settings

        store_settings.pause(tx, until)
    typer.echo(f"paused until {until.astimezone(settings.zone):%Y-%m-%d %H:%M} (automator resume lifts it)")


def resume(ctx: typer.Context, config: ConfigOption = None) -> None:
    """Lift the pause."""
    settings = load(ctx, config)
    with database(settings) as db, db.transaction() as tx:
        from automator.store import settings as store_settings

        store_settings.pause(tx, None)
    typer.echo("resumed")


def _span(text: str) -> timedelta:
    units = {"m": "minutes", "h": "hours", "d": "days", "j": "days"}
    number, unit = text[:-1], text[-1:].lower()
    if not number.isdigit() or unit not in units or int(number) == 0:
        fail(f"{text}: not a span. Write 30m, 2h or 3d.")
    return timedelta(**{units[unit]: int(number)})
