"""Money due until the end of the month."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from automator.billing.forecast import Due, forecast, late_days

TODAY = date(2026, 11, 24)


def test_sums_per_currency_and_direction_with_what_is_late() -> None:
    found = forecast(
        [
            Due("issued", Decimal("100.00"), "EUR", date(2026, 11, 30)),
            Due("issued", Decimal("50.50"), "EUR", date(2026, 10, 1)),
            Due("issued", Decimal("10.00"), "GBP", TODAY),
            Due("issued", Decimal("999.00"), "EUR", date(2026, 12, 1)),
            Due("received", Decimal("20.00"), "EUR", date(2026, 11, 1)),
            Due("received", None, "EUR", TODAY),
            Due("received", Decimal("20.00"), "EUR", None),
        ],
        TODAY,
    )
    assert found.until == date(2026, 11, 30)
    assert found.money_in == {"EUR": Decimal("150.50"), "GBP": Decimal("10.00")}
    assert found.money_out == {"EUR": Decimal("20.00")}
    assert found.late_in == {"EUR": Decimal("50.50")}
    assert found.late_out == {"EUR": Decimal("20.00")}
    assert found.unknown == 2


@pytest.mark.parametrize(
    ("due", "days"),
    [(None, 0), (date(2026, 11, 25), 0), (TODAY, 0), (date(2026, 11, 23), 1), (date(2025, 11, 24), 365)],
)
def test_late_days(due: date | None, days: int) -> None:
    assert late_days(due, TODAY) == days
