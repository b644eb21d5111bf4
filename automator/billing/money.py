"""Amounts of money in French, English and German writing, with every kind of space."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from automator.billing.fold import fold

Separator = Literal[",", "."]
CENT = Decimal("0.01")
_SIGNS = {"€": "EUR", "£": "GBP", "$": "USD", "euro": "EUR", "euros": "EUR", "eur": "EUR", "fr.": "CHF", "us$": "USD"}
_CODES = (
    "EUR",
    "USD",
    "GBP",
    "CHF",
    "CAD",
    "SEK",
    "NOK",
    "DKK",
    "PLN",
    "CZK",
    "JPY",
    "AUD",
    "MAD",
    "TND",
    "XOF",
    "HUF",
)
_CURRENCY = r"(?:€|£|us\$|\$|euros?\b|" + "|".join(rf"{c.lower()}\b" for c in _CODES) + ")"
# Grouped by single spaces or apostrophes, grouped by dots or commas, plain; "450,-" is how shops write round sums.
_NUMBER = (
    r"(?:\d{1,3}(?:[ ']\d{3}){1,4}(?:[.,](?:\d{1,2}|-))?"
    r"|\d{1,3}(?:\.\d{3}){1,4}(?:,(?:\d{1,2}|-))?|\d{1,3}(?:,\d{3}){1,4}(?:\.(?:\d{1,2}|-))?"
    r"|\d{1,13}(?:[.,](?:\d{1,3}|-))?)"
)
_AMOUNT = re.compile(
    rf"(?<![\w.,/§#°*@])(?<!\w-)(?P<minus>-[ ]?)?(?:(?P<before>{_CURRENCY})[ ]?(?P<minus2>-[ ]?)?)?(?P<number>{_NUMBER})"
    rf"(?P<cents>[ ]?€[ ]?\d\d(?![\d.,]))?(?:[ ]{{0,2}}(?P<after>{_CURRENCY}))?(?![\w%°]|[.,/:-]\d|[ ]?%|[ ]?[kK]€)"
)
_STRICT = re.compile(
    rf"(?:(?P<before>{_CURRENCY}|[a-z]{{3}}) ?)?(?P<number>{_NUMBER})(?: ?(?P<after>{_CURRENCY}|[a-z]{{3}}))?"
)
_TOO_MUCH = 10**12  # more is a reference, not money


@dataclass(frozen=True, slots=True)
class Amount:
    """A number that may be money. `currency` is "" where none stands beside it; `span` positions in the text.

    `value` is positive, `negative` tells of a minus sign. `decimals` is how many were written.
    """

    value: Decimal
    currency: str
    span: tuple[int, int]
    negative: bool = False
    decimals: int = 0

    @property
    def explicit(self) -> bool:
        """Written as money: with a currency, or with cents."""
        return bool(self.currency) or self.decimals == 2


def amount(text: str) -> tuple[Decimal, str]:
    """The one amount that `text` is, with its ISO 4217 code ("50 €", "EUR 1,000.00").

    A group of three digits after a single dot or comma is thousands ("1.000 €"). Raises ValueError, in a sentence,
    when the text is anything else, has no currency, two of them, or more than two decimals.
    """
    found = _STRICT.fullmatch(fold(text).strip())
    if found is None:
        raise ValueError(f"{text!r} is not an amount with its currency, such as 50 € or EUR 1,000.00")
    signs = [s for s in (found["before"], found["after"]) if s]
    if len(signs) != 1:
        raise ValueError(f"{text!r} needs exactly one currency, € or an ISO code")
    currency = currency_code(signs[0])
    if not currency:
        raise ValueError(f"{text!r}: {signs[0].upper()} is not a known currency")
    value, decimals = _read(found["number"], None)
    if decimals > 2:
        raise ValueError(f"{text!r} has more than two decimals")
    return value.quantize(CENT), currency


def currency_code(sign: str) -> str:
    """ISO 4217 code of a sign, a name or a code; "" when unknown."""
    plain = fold(sign).strip()
    code = _SIGNS.get(plain, plain.upper())
    return code if code in _CODES else ""


def separator(text: str) -> Separator | None:
    """The decimal sign of a document: the one that stands before exactly two final digits most often; None = unsure."""
    votes: Counter[str] = Counter()
    for found in _AMOUNT.finditer(fold(text)):
        cut = re.search(r"([.,])\d\d$", found["number"])
        if cut:
            votes[cut[1]] += 1
    if votes[","] == votes["."]:
        return None
    return "," if votes[","] > votes["."] else "."


def find_amounts(text: str, *, decimal: Separator | None = None) -> list[Amount]:
    """Every number of `text` that may be money, in order. `decimal` is the document's decimal sign if known.

    Numbers inside words, dates, references, percentages and hours are left out.
    """
    found = (_amount(m, decimal) for m in _AMOUNT.finditer(fold(text)))
    return [a for a in found if a is not None]


def _amount(found: re.Match[str], decimal: Separator | None) -> Amount | None:
    value, decimals = _read(found["number"], decimal)
    if found["cents"]:  # "12€50"
        if decimals:
            return None
        value, decimals = value + Decimal(found["cents"][-2:]) / 100, 2
    if value >= _TOO_MUCH:
        return None
    sign = found["before"] or found["after"] or ("€" if found["cents"] else "")
    start = found.start("before") if found["before"] else found.start("number")
    return Amount(value, currency_code(sign), (start, found.end()), bool(found["minus"] or found["minus2"]), decimals)


def _read(number: str, decimal: Separator | None) -> tuple[Decimal, int]:
    """Value and number of decimals. A lone group of three is thousands, but for "0,125" and the document's own sign."""
    plain = number.replace(" ", "").replace("'", "")
    if plain.endswith("-"):
        plain = plain[:-2]
    cut = max(plain.rfind("."), plain.rfind(","))
    if cut < 0:
        return Decimal(plain), 0
    tail = plain[cut + 1 :]
    sign = plain[cut]
    lone = plain.count(sign) == 1 and "," not in plain[:cut] and "." not in plain[:cut]
    grouped = len(tail) == 3 and not (lone and (plain.startswith("0") or cut > 3 or decimal == sign))
    whole = re.sub(r"[.,]", "", plain if grouped else plain[:cut])
    return (Decimal(whole), 0) if grouped else (Decimal(f"{whole}.{tail}"), len(tail))


def written(value: Decimal) -> str:
    """An amount as facts carry it: "1286.40"."""
    return f"{value.quantize(CENT):f}"
