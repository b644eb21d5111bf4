"""What to pay within a week, what is taken by itself, what clients owe, what the month still brings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from automator.digest.clean import shown
from automator.digest.lines import AT_MOST, Figure, Line, Section, capped
from automator.digest.phrases import coming, past_day
from automator.digest.view import DigestView, Money
from automator.words import Words

_DEBITS = 2


def lines(view: DigestView, words: Words) -> Section:
    """Three blocks, each a total and its bills, at most five bills in all: to pay first, then what clients owe."""
    overdue = sorted(view.overdue, key=lambda m: -m.days_late)
    to_pay = sorted(view.to_pay, key=lambda m: (m.due is None, m.due or view.day))
    room = max(AT_MOST - len(overdue), AT_MOST // 2)
    return Section(
        title=words.t("Money"),
        lines=(
            *_block(view, words.t("To pay within 7 days"), to_pay, room, words),
            *_approved(view, words),
            *_debits(view, words),
            *_block(view, words.t("Unpaid by clients"), overdue, AT_MOST - min(room, len(to_pay)), words),
            *_expected(view, words),
        ),
        figures=tuple(_figures(to_pay, overdue, words)),
    )


def _figures(to_pay: Sequence[Money], overdue: Sequence[Money], words: Words) -> Iterator[Figure]:
    if to_pay:
        label = words.n("bill to pay", "bills to pay", len(to_pay))
        yield Figure(len(to_pay), label, _total(to_pay, words, brief=True), "info")
    if overdue:
        label = words.n("unpaid by clients", "unpaid by clients", len(overdue))
        yield Figure(len(overdue), label, _total(overdue, words, brief=True), "warn")


def _to_pay(bill: Money) -> bool:
    return bill.direction == "received"


def _block(view: DigestView, label: str, bills: Sequence[Money], limit: int, words: Words) -> tuple[Line, ...]:
    if not bills:
        return ()
    unread = sum(bill.amount is None for bill in bills)
    note = (
        (words.n("{count} without a readable amount", "{count} without a readable amount", unread),) if unread else ()
    )
    head = Line(
        text=label,
        kind="row",
        aside=words.n("{count} invoice", "{count} invoices", len(bills)),
        amount=_total(bills, words),
        details=note,
    )
    return (head, *capped([_bill(view, bill, words) for bill in bills], words, limit))


def _bill(view: DigestView, bill: Money, words: Words) -> Line:
    late = bill.days_late > 0
    return Line(
        text=shown(bill.number, 30),
        kind="item",
        object=bill.object,
        badge=f"{words.t('LATE')} {words.n('{count} d', '{count} d', bill.days_late)}" if late else "",
        tone="alert" if late and _to_pay(bill) else "warn",
        who=shown(bill.party, 40),
        amount=words.money(bill.amount, bill.currency) if bill.amount is not None else "",
        details=tuple(_steps(view, bill, words)),
        verbs=("paid", "dispute") if bill.followed or bill.closed or _to_pay(bill) else ("follow", "paid"),
        ref=f"i{bill.object.id}",
    )


def _steps(view: DigestView, bill: Money, words: Words) -> list[str]:
    said: list[str] = []
    if _to_pay(bill):
        said.append(_due(view, bill, words))
    elif bill.draft:
        said.append(words.t("a reminder letter waits in your drafts"))
    elif not bill.followed and not bill.closed:
        said.append(words.t("not followed up"))
    if bill.next_step and not bill.draft:
        said.append(shown(bill.next_step))
    return said


def _due(view: DigestView, bill: Money, words: Words) -> str:
    if bill.due is None:
        return words.t("no due date found")
    if bill.due < view.day:
        return words.t("was due {day}", day=past_day(view, bill.due, words))
    return words.t("due {day}", day=coming(view, bill.due, words))


def _approved(view: DigestView, words: Words) -> tuple[Line, ...]:
    """How many bills wait for a payment file, and the command that writes it."""
    if not view.approved:
        return ()
    count = words.n("{count} approved bill", "{count} approved bills", len(view.approved))
    return (Line(text=count, kind="row", aside="automator money pay", amount=_total(view.approved, words)),)


def _debits(view: DigestView, words: Words) -> tuple[Line, ...]:
    made = []
    for bill in sorted(view.debits, key=lambda m: (m.due is None, m.due or view.day)):
        day = words.t("Taken {day}", day=coming(view, bill.due, words)) if bill.due else words.t("Direct debit")
        amount = words.money(bill.amount, bill.currency) if bill.amount is not None else ""
        made.append(Line(text=day, kind="row", aside=shown(bill.party, 40), amount=amount))
    return capped(made, words, _DEBITS)


def _expected(view: DigestView, words: Words) -> tuple[Line, ...]:
    sums = (
        (words.t("To come in by the end of the month"), _sums(view.expected_in, words)),
        (words.t("To go out by the end of the month"), _sums(view.expected_out, words)),
    )
    return tuple(Line(text=label, kind="row", amount=amount) for label, amount in sums if amount)


def _total(bills: Sequence[Money], words: Words, *, brief: bool = False) -> str:
    sums: dict[str, Decimal] = {}
    for bill in bills:
        if bill.amount is not None:
            sums[bill.currency] = sums.get(bill.currency, Decimal(0)) + bill.amount
    return _sums(sums, words, brief=brief)


def _sums(sums: Mapping[str, Decimal], words: Words, *, brief: bool = False) -> str:
    return " + ".join(words.money(amount, currency, brief=brief) for currency, amount in sums.items() if amount)
