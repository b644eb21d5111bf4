"""`automator money`: bills in and out, imported, listed, paid."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from automator.cli.context import (
    FINDINGS,
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
from automator.clock import SystemClock
from automator.words import Words

if TYPE_CHECKING:
    from automator.store.records import StoredBill

money_app = typer.Typer(no_args_is_help=True, help="Bills in and out.")
_STATUSES = ("open", "ordered", "paid", "disputed", "credited", "verify")


@money_app.command("list")
def list_(
    ctx: typer.Context,
    direction: Annotated[str, typer.Option(help="issued (ours) or received.")] = "",
    status: Annotated[str, typer.Option(help="open, ordered, paid, disputed, credited or verify.")] = "",
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """List bills by due date."""
    if direction not in {"", "issued", "received"}:
        fail(f"{direction}: not a direction. Allowed: issued, received")
    if status and status not in _STATUSES:
        fail(f"{status}: not a status. Allowed: {', '.join(_STATUSES)}")
    settings = load(ctx, config)
    from automator.store import bills

    with database(settings) as db, db.read() as tx:
        found = bills.listed(tx, direction=direction, status=status)
    words = Words(settings.locale)
    if not found and not json:
        typer.echo(words.t("nothing here"), err=True)
    for bill in found:
        if json:
            print_json(_row(bill))
            continue
        amount = words.money(bill.amount, bill.currency) if bill.amount is not None else "?"
        due = words.date(bill.due, "numeric") if bill.due else words.t("no date")
        what = f"{bill.direction:8}  {bill.status:8}  {bill.party} {bill.number}"
        print_row(f"{short_id(bill.object):>5}  {due:10}  {amount:>13}  {what}")


def _row(bill: StoredBill) -> dict[str, object]:
    return {
        "id": short_id(bill.object),
        "direction": bill.direction,
        "party": bill.party,
        "number": bill.number,
        "amount": f"{bill.amount:.2f}" if bill.amount is not None else None,
        "currency": bill.currency,
        "issued_on": bill.issued_on.isoformat() if bill.issued_on else None,
        "due": bill.due.isoformat() if bill.due else None,
        "status": bill.status,
        "source": bill.source,
    }


@money_app.command("import")
def import_(ctx: typer.Context, file: Annotated[Path, typer.Argument()], config: ConfigOption = None) -> None:
    """Read invoices from a CSV file (docs/how-to/import-invoices.md). Reading it twice adds nothing."""
    settings = load(ctx, config)
    if not file.is_file():
        fail(f"{file}: there is no such file")
    from automator.billing.ledger import read_csv
    from automator.store import bills

    now = SystemClock().now()
    found, problems = read_csv(
        file.read_bytes(), file=str(file), identity=settings.identity, today=now.astimezone(settings.zone).date()
    )
    with database(settings) as db, db.transaction() as tx:
        new = sum(bills.put(tx, bills.from_import(b, settings.owner_account), now)[1] for b in found)
    for problem in problems:
        typer.echo(str(problem), err=True)
    words = Words(settings.locale)
    counts = {"new": new, "known": len(found) - new, "wrong": len(problems)}
    typer.echo(words.t("{new} new, {known} known already, {wrong} lines not understood", **counts))
    if problems:
        raise typer.Exit(FINDINGS)


@money_app.command()
def paid(
    ctx: typer.Context,
    item: Annotated[str, typer.Argument(metavar="ID", help="An invoice: i7.")],
    on: Annotated[str, typer.Option(help="The day, 2026-11-23; today if left out.")] = "",
    config: ConfigOption = None,
) -> None:
    """Note that a bill is paid: its follow-up ends, its untouched draft is put away."""
    _settle(ctx, config, item, "paid", on)


@money_app.command()
def verified(
    ctx: typer.Context,
    item: Annotated[str, typer.Argument(metavar="ID", help="An invoice: i7.")],
    config: ConfigOption = None,
) -> None:
    """You called the number you know, and the bill is right: it may be paid."""
    _settle(ctx, config, item, "open", "")


@money_app.command()
def dispute(
    ctx: typer.Context,
    item: Annotated[str, typer.Argument(metavar="ID", help="An invoice: i7.")],
    config: ConfigOption = None,
) -> None:
    """Note that a bill is in dispute: its follow-up ends."""
    _settle(ctx, config, item, "disputed", "")


def _settle(ctx: typer.Context, config: ConfigOption, item: str, status: str, on: str) -> None:
    ref = read_id(item, "invoice")
    settings = load(ctx, config)
    from automator.store import bills

    words = Words(settings.locale)
    try:
        day = date.fromisoformat(on) if on else SystemClock().now().astimezone(settings.zone).date()
    except ValueError:
        fail(f"{on}: not a date. Write it as 2026-11-23")
    with database(settings) as db, db.transaction() as tx:
        known = bills.settle(tx, int(ref.id), status, day)
    if not known:
        fail(words.t("{id}: there is no such invoice. See automator money list", id=item))
    said = {"paid": words.t("paid"), "open": words.t("verified, to pay")}.get(status) or words.t("in dispute")
    typer.echo(f"{short_id(ref)}: {said} ({words.date(day, 'numeric')})")
