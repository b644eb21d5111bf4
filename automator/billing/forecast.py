"""Money that is due to come in and go out until the end of the month, and how late a bill is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from automator.billing.dates import month_end
from automator.billing.invoice import Direction


@dataclass(frozen=True, slots=True)
class Due:
    """An open bill as the forecast sees it; an unknown amount or due date is None."""

    direction: Direction
    amount: Decimal | None
    currency: str
    due: date | None


@dataclass(frozen=True, slots=True)
class Forecast:
    """Sums per currency (ISO 4217) from open bills that fall due by `until`, those overdue included.

    `late_in` and `late_out` are the overdue parts of them. Bills without an amount or a due date are not guessed:
    `unknown` counts them.
    """

    until: date
    money_in: Mapping[str, Decimal]
    money_out: Mapping[str, Decimal]
    late_in: Mapping[str, Decimal]
    late_out: Mapping[str, Decimal]
    unknown: int = 0


def forecast(bills: Iterable[Due], today: date) -> Forecast:
    """What open bills bring and cost until the last day of the month of `today`."""
    until = month_end(today)
    sums: dict[tuple[str, bool], dict[str, Decimal]] = {
        (d, late): {} for d in ("issued", "received") for late in (False, True)
    }
    unknown = 0
    for bill in bills:
        if bill.amount is None or bill.due is None:
            unknown += 1
        elif bill.due <= until:
            _add(sums[bill.direction, False], bill.currency, bill.amount)
            if late_days(bill.due, today):
                _add(sums[bill.direction, True], bill.currency, bill.amount)
    return Forecast(
        until, sums["issued", False], sums["received", False], sums["issued", True], sums["received", True], unknown
    )


def _add(sums: dict[str, Decimal], currency: str, amount: Decimal) -> None:
    sums[currency] = sums.get(currency, Decimal(0)) + amount


def late_days(due: date | None, today: date) -> int:
    """Calendar days since the due date; 0 on the day itself, before it, and without one."""
    return max(0, (today - due).days) if due else 0
