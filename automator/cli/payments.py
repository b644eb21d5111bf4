"""`automator money approve / pay / export`: payments made ready, never made; the accountant's parcel."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from automator.cli.context import (
    FINDINGS,
    PARTIAL,
    ConfigOption,
    JsonOption,
    database,
    fail,
    load,
    plain_errors,
    print_json,
    read_id,
)
from automator.clock import SystemClock
from automator.errors import AutomatorError, LoginError, TemporaryError
from automator.words import Words, msgid

if TYPE_CHECKING:
    from automator.billing.payable import Candidate
    from automator.billing.sepa import Debtor
    from automator.config import Config
    from automator.jobs.cycle import Service
    from automator.jobs.parcel import Fetch
    from automator.jobs.pay import Paying
    from automator.mail.message import MessageRef
    from automator.store.db import Database, Tx
    from automator.store.payments import Order

_NO_ACCOUNT = msgid("No account to pay from: write [money] iban = in config.toml, or give --account IBAN")


def approve(
    ctx: typer.Context,
    items: Annotated[list[str], typer.Argument(metavar="ID...", help="Bills to you: i7 i12.")],
    take_back: Annotated[bool, typer.Option("--not", help="Take the approval back.")] = False,
    config: ConfigOption = None,
) -> None:
    """Approve bills for the next payment file. Nothing is paid by it."""
    ids = [int(read_id(item, "invoice").id) for item in items]
    settings = load(ctx, config)
    from automator.store import bills, payments

    words, refused = Words(settings.locale), False
    with database(settings) as db, db.transaction() as tx:
        for number in dict.fromkeys(ids):
            stored = bills.get(tx, number)
            if stored is None:
                fail(words.t("{id}: there is no such invoice. See automator money list", id=f"i{number}"))
            bill = payments.candidate(tx, stored)
            reason = _withdrawn(tx, bill) if take_back else _judged(bill)
            if reason:
                refused = True
                typer.echo(f"i{number}: {words.t(reason)}", err=True)
                continue
            if not take_back:
                payments.approve(tx, bill, SystemClock().now())
            said = words.t("approval taken back") if take_back else words.t("approved")
            typer.echo(f"{_bill_line(bill, words)}: {said}")
    if refused:
        raise typer.Exit(FINDINGS)


def _judged(bill: Candidate) -> str:
    from automator.billing.payable import unfit

    return unfit(bill)


def _withdrawn(tx: Tx, bill: Candidate) -> str:
    from automator.store import payments

    if bill.status == "ordered":
        return msgid("it is in a payment file already: automator money pay --undo takes it out")
    return "" if payments.withdraw(tx, bill.id) else msgid("it was not approved")


def _bill_line(bill: Candidate, words: Words) -> str:
    from automator.billing.iban import shown

    amount = words.money(bill.amount, bill.currency) if bill.amount is not None else "?"
    parts = (f"i{bill.id}", amount, bill.party, bill.number, shown(bill.iban) if bill.iban else "")
    return "  ".join(part for part in parts if part)


def pay(  # noqa: PLR0913, PLR0917 - one parameter for each option of the command
    ctx: typer.Context,
    until: Annotated[
        str, typer.Option(help="Bills due by then: friday, vendredi, 2026-12-04, +7d. All if left out.")
    ] = "",
    out: Annotated[Path | None, typer.Option(help="Where to write the file.", show_default=False)] = None,
    account: Annotated[str, typer.Option(help="The IBAN to pay from, else [money] iban.")] = "",
    again: Annotated[str, typer.Option(metavar="FILE-ID", help="Write a payment file once more.")] = "",
    undo: Annotated[str, typer.Option(metavar="FILE-ID", help="A payment file was not used.")] = "",
    list_: Annotated[bool, typer.Option("--list", help="List the payment files.")] = False,
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Write a payment file (SEPA, pain.001) of the approved bills, for your bank. Nothing is sent."""
    if sum(map(bool, (again, undo, list_, until))) > 1:
        fail("--until, --again, --undo and --list cannot go together")
    settings = load(ctx, config)
    words = Words(settings.locale)
    with database(settings) as db, plain_errors():
        if list_:
            _files(db, words, json=json)
        elif undo:
            _undo(db, _file_id(undo), words)
        elif again:
            _again(db, _file_id(again), out, words)
        else:
            _pay(db, settings, until, out, account, words, json=json)


def _file_id(text: str) -> int:
    bare = text.strip().lower().removeprefix("p")
    if not bare.isdecimal() or not 0 < int(bare) < 10**18:
        fail(f"{text}: not a payment file. They are p1, p2 ... (automator money pay --list)")
    return int(bare)


def _pay(
    db: Database, settings: Config, until: str, out: Path | None, account: str, words: Words, *, json: bool
) -> None:
    from automator.agenda.daywords import read_day
    from automator.jobs.pay import pay as write

    now = SystemClock().now()
    day = read_day(until, settings.work_calendar.local_day(now)) if until else None
    if until and day is None:
        fail(f"{until}: not a day. Write friday, vendredi, tomorrow, +7d or 2026-12-04")
    done = write(db, settings.work_calendar, _debtor(settings, account, words), now, day, out)
    if json:
        print_json(_paying_row(done))
    else:
        _tell(done, words)
    if done.order is None:
        raise typer.Exit(FINDINGS)


def _debtor(settings: Config, account: str, words: Words) -> Debtor:
    from automator.billing.iban import compact, valid
    from automator.billing.sepa import Debtor

    money = settings.money
    iban = compact(account) or money.iban
    if not iban:
        fail(words.t(_NO_ACCOUNT))
    if not valid(iban):
        fail(f"{account}: not an IBAN whose check digits are right")
    name = money.name or next(iter(settings.owner.company_names), settings.owner.name)
    return Debtor(name, iban, money.bic if iban == money.iban else "")


def _tell(done: Paying, words: Words) -> None:
    if done.order is not None and done.path is not None:
        _order(done.order, words)
        for bill in done.paid:
            typer.echo(f"  {_bill_line(bill, words)}")
        for bill in done.new_payees:
            who = f"i{bill.id} {bill.party}"
            typer.echo(
                words.t(
                    "{party}: first payment to this account. Compare its IBAN with what you know of them", party=who
                ),
                err=True,
            )
        typer.echo(words.t("written to {file}; nothing was sent", file=done.path))
    else:
        typer.echo(words.t("nothing to pay: approve bills with automator money approve"), err=True)
    if done.left_out:
        typer.echo(words.t("left out:"), err=True)
    for bill, reason in done.left_out:
        typer.echo(f"  {_bill_line(bill, words)}: {words.t(reason)}", err=True)


def _order(order: Order, words: Words) -> None:
    made = order.made
    count = words.n("{count} transfer", "{count} transfers", len(made.transfers))
    day = words.t("on {day}", day=words.date(made.execution_on, "numeric"))
    total = words.t("control sum {total}", total=words.money(made.total))
    state = f"  ({words.t('undone')})" if order.undone_at else ""
    typer.echo(f"p{order.id}  {count}  {day}  {total}{state}")


def _paying_row(done: Paying) -> dict[str, object]:
    def money(value: Decimal | None) -> str | None:
        return None if value is None else f"{value:.2f}"

    order = done.order
    return {
        "file": str(done.path) if done.path else None,
        "id": f"p{order.id}" if order else None,
        "execution_on": order.made.execution_on.isoformat() if order else None,
        "total": money(order.made.total) if order else None,
        "sha256": order.sha256 if order else None,
        "bills": [{"id": f"i{b.id}", "amount": money(b.amount), "iban": b.iban} for b in done.paid],
        "new_payees": [f"i{b.id}" for b in done.new_payees],
        "left_out": [{"id": f"i{b.id}", "amount": money(b.amount), "reason": reason} for b, reason in done.left_out],
    }


def _files(db: Database, words: Words, *, json: bool) -> None:
    from automator.store import payments

    with db.read() as tx:
        found = payments.orders(tx)
    for order in found:
        if json:
            print_json(_file_row(order))
        else:
            _order(order, words)
    if not found and not json:
        typer.echo(words.t("nothing here"), err=True)


def _file_row(order: Order) -> dict[str, object]:
    return {
        "id": f"p{order.id}",
        "execution_on": order.made.execution_on.isoformat(),
        "total": f"{order.made.total:.2f}",
        "bills": [f"i{i}" for i in order.bills],
        "file": order.file,
        "sha256": order.sha256,
        "undone": order.undone_at is not None,
    }


def _undo(db: Database, number: int, words: Words) -> None:
    from automator.store import payments

    with db.transaction() as tx:
        opened = payments.undo(tx, number, SystemClock().now())
    if opened is None:
        fail(words.t("{id}: there is no such payment file, or it is undone already", id=f"p{number}"))
    said = words.n("{count} bill is open again", "{count} bills are open again", opened)
    typer.echo(f"p{number}: {said}. {words.t('Delete the file, and do not give it to the bank')}")


def _again(db: Database, number: int, out: Path | None, words: Words) -> None:
    from automator.jobs.pay import again as write

    order, path = write(db, number, out)
    _order(order, words)
    typer.echo(words.t("written to {file}; nothing was sent", file=path))


def export(
    ctx: typer.Context,
    month: Annotated[str, typer.Option(help="2026-10; last month if left out.")] = "",
    out: Annotated[Path | None, typer.Option(help="Where to write the zip file.", show_default=False)] = None,
    lang: Annotated[str, typer.Option(help="fr or en: names, separators and words in it.")] = "",
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Put together the accountant's parcel of a month: documents, list of bills, what is missing."""
    if lang not in {"", "fr", "en"}:
        fail(f"{lang}: not a language. Allowed: fr, en")
    settings = load(ctx, config)
    from automator.agenda.daywords import read_month
    from automator.jobs import parcel

    calendar = settings.work_calendar
    first = read_month(month, calendar.local_day(SystemClock().now()))
    if first is None:
        fail(f"{month}: not a month. Write it as 2026-10")
    words, inside = Words(settings.locale), Words(lang or settings.locale)
    with database(settings) as db, ExitStack() as stack, plain_errors():
        with db.read() as tx:
            made = parcel.month(tx, calendar, inside, first)
        if not made.entries:
            fail(_empty(first, made.orphans, words), FINDINGS)
        fetch = _mailbox(settings, db, stack)
        packed = parcel.pack(db, made, inside, settings.filing_root, fetch, out or parcel.default_path(first))
    if json:
        print_json({
            "file": str(packed.path), "month": f"{first:%Y-%m}", "bills": packed.bills,
            "documents": packed.documents, "missing": packed.missing, "lost": list(packed.lost),
        })  # fmt: skip
    else:
        counts = {"bills": packed.bills, "documents": packed.documents, "missing": packed.missing}
        said = words.t("{bills} bills, {documents} documents; missing: {missing} (see the list in it)", **counts)
        typer.echo(f"{packed.path}: {said}")
    for line in packed.lost:
        typer.echo(line, err=True)
    if packed.lost:
        raise typer.Exit(PARTIAL)


def _empty(first: date, orphans: Sequence[str], words: Words) -> str:
    said = [words.t("no bill of {month} is known: nothing was written", month=f"{first:%m/%Y}")]
    if orphans:
        said.append(words.t("Documents without a bill") + ":")
    return "\n".join((*said, *orphans))


def _mailbox(settings: Config, db: Database, stack: ExitStack) -> Fetch:
    """Reads parts of mails; accounts are reached when the first one is needed."""
    from automator import wiring

    services: list[Service] = []
    down: dict[str, AutomatorError] = {}

    def fetch(ref: MessageRef, part: str, limit: int) -> bytes:
        if ref.account in down:
            raise down[ref.account]
        if not services:
            services.append(wiring.build(settings, database=db))
            stack.callback(services[0].close)
        try:
            return services[0].deps.accounts[ref.account].source.part(ref, part, limit)
        except (TemporaryError, LoginError) as error:  # asked once, not once for every document
            down[ref.account] = error
            raise

    return fetch
