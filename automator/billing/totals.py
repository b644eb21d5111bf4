"""Which amount is the total: by the words beside it and by HT + TVA = TTC, never by size."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from automator.billing.labels import Role, refused, role
from automator.billing.money import CENT, Amount
from automator.billing.source import Source


@dataclass(frozen=True, slots=True)
class Labelled:
    """An amount with what the words beside it make of it: a role and how sure (0..100), higher is better."""

    amount: Amount
    role: Role
    score: int
    source: Source


@dataclass(frozen=True, slots=True)
class Totals:
    """What a bill costs: the amount due on it and, where written, the sum without VAT and the VAT."""

    total: Labelled
    net: Labelled | None = None
    vat: Labelled | None = None
    currency: str = ""
    checked: bool = False


def find_totals(source: Source, *, receipt: bool = False) -> Totals | None:
    """The totals of one text, None when no amount of it is a total by its words.

    1. Each amount gets a role (due, gross, paid, total, net, vat, other) from the words before it on its line, after
       it, and in the line above when its own line has no words.
    2. A net and a VAT that add up to an amount make that amount the gross one.
    3. "Reste à payer" beats "TTC", which beats "total"; in a receipt what was paid beats both. The first of equals
       wins; equals that differ lower the confidence.
    """
    labelled = _summed([_named(source, _label(source, i)) for i in range(len(source.amounts))])
    money = [x for x in labelled if x.role != "other" and x.amount.value > 0]
    triple = _adding_up(labelled)
    if triple:
        money = [_proven(x) if x.amount.value == triple[2].amount.value else x for x in money]
    best = _best(money, receipt=receipt) or _only(labelled)
    if best is None:
        return None
    checked = bool(triple and triple[2].amount.value == best.amount.value)
    net, vat = (triple[0], triple[1]) if triple and checked else _parts(money, best)
    return Totals(best, net, vat, _currency(source, best.amount), checked)


def _label(source: Source, index: int) -> Labelled:
    amount = source.amounts[index]
    before, after = _context(source, index)
    name, score = role(before, after)
    if name == "other" and not re.search(r"[a-z]", before):
        above = _line_above(source, amount.span[0])
        name, score = role(above, after)
        score -= 15
    if name in {"total", "due", "paid"} and not amount.explicit:
        score -= 25 if amount.value >= 10 and not (1900 <= amount.value <= 2100) else 60
    return Labelled(amount, name if score > 0 else "other", score, source)


def _context(source: Source, index: int) -> tuple[str, str]:
    """The words before an amount, back to the amount or line end before it, and those after it."""
    amount = source.amounts[index]
    start = max(source.line_start(amount.span[0]), amount.span[0] - 90)
    for other in source.amounts[max(0, index - 6) : index]:
        if other.explicit or other.span[1] > amount.span[0] - 4:
            start = max(start, other.span[1])
    before = source.folded[start : amount.span[0]]
    end = min(source.line_end(amount.span[1]), amount.span[1] + 40)
    if (
        before
        and "=" not in before
        and len(before) < 12
        and start == source.line_start(start)
        and start > 0
        and not re.search(r"[a-z]{2}", before)
    ):
        before = ""
    return before, source.folded[amount.span[1] : end]


def _line_above(source: Source, position: int) -> str:
    start = source.line_start(position)
    for _ in range(2):
        if start == 0:
            return ""
        line = source.line(start - 1)
        if line.strip():
            return "" if re.search(r"\d[.,]\d\d\b", line) else line[-60:]
        start = source.line_start(start - 1)
    return ""


def _proven(item: Labelled) -> Labelled:
    """A sum that net and VAT add up to; it still gives way to what is left to pay of it."""
    if item.role in {"net", "vat"}:
        return item
    return replace(
        item,
        score=min(item.score + 25, 88) if item.role != "due" else 95,
        role="gross" if item.role in {"total", "paid"} else item.role,
    )


def _named(source: Source, item: Labelled) -> Labelled:
    """A sum right behind the reference of a bill is that bill's ("facture 1127 de euro 2.204,80", "F-12 (348,00 EUR)")."""
    if item.role != "other" or not item.amount.currency or item.amount.negative:
        return item
    start = item.amount.span[0]
    before = source.folded[max(0, start - 60) : start]
    if _REFERENCE.search(before) and not refused(before[-25:]):
        return replace(item, role="total", score=58)
    return item


_REFERENCE = re.compile(
    r"(?:factur|invoice|rechnung|fattur|fatura|nota|note|avoir|credit|fra\.|fatt|beleg|recu|receipt|avis|"
    r"titre|(?:n ?°|\bno\b|\bnr\b)\.?) ?[^.;\n]{0,30}\d[^\s]*[^.;\n\d]{0,32}$"
)


def _summed(labelled: list[Labelled]) -> list[Labelled]:
    """Mark an amount that ends a line and is the sum of what ended the two to twelve lines before it: it proves itself."""
    ends = [
        i
        for i, x in enumerate(labelled)
        if i + 1 == len(labelled) or "\n" in x.source.folded[x.amount.span[1] : labelled[i + 1].amount.span[0]]
    ]
    for place, index in enumerate(ends):
        item = labelled[index]
        if item.role not in {"other", "total"} or not item.amount.explicit:
            continue
        sum_so_far = Decimal(0)
        for back, earlier in enumerate(reversed(ends[max(0, place - 12) : place]), 1):
            sign = (
                -1
                if labelled[earlier].amount.negative
                or _LESS.search(labelled[earlier].source.line(labelled[earlier].amount.span[0]))
                else 1
            )
            sum_so_far += sign * labelled[earlier].amount.value
            if back >= 2 and sum_so_far == item.amount.value:
                labelled[index] = replace(item, role="total", score=max(68, item.score + 20))
    return labelled


_LEAST_NET = Decimal("0.75")  # no VAT rate in force in Europe takes the sum with VAT beyond 4/3 of the one without
_LESS = re.compile(r"\bless\b|moins|acompte|deposit|deja|remise|avoir|discount|credit|abzug|anzahlung")


def _only(labelled: Sequence[Labelled]) -> Labelled | None:
    """The one sum of money that the text names at all, when nothing forbids to take it; else the only one without VAT
    of a text that knows no VAT."""
    money = [x for x in labelled if x.amount.currency and x.amount.value > 0]
    free = [x for x in money if x.role == "other" and not _refused(x)]
    if len({x.amount.value for x in money}) == 1 and free:
        return replace(free[0], role="total", score=42)
    nets = {
        x.amount.value: x
        for x in labelled
        if x.role == "net"
        and x.amount.explicit
        and re.search(r"total|montant|summe", x.source.line(x.amount.span[0]))
    }
    taxed = any(x.role in {"vat", "gross", "due"} for x in labelled)
    return replace(next(iter(nets.values())), role="total", score=38) if len(nets) == 1 and not taxed else None


def _refused(item: Labelled) -> bool:
    start, end = item.amount.span
    before, after = item.source.folded[max(0, start - 40) : start], item.source.folded[end : end + 30]
    return refused(before, after)


def _adding_up(labelled: Sequence[Labelled]) -> tuple[Labelled, Labelled, Labelled] | None:
    """A net, a VAT and a gross amount of the text with net + VAT = gross, at least one of them labelled; the last such."""
    money = [x for x in labelled if x.amount.value > 0 and not x.amount.negative][-40:]
    nets = [x for x in money if x.role == "net"]
    vats = [x for x in money if x.role == "vat"]
    gross = {x.amount.value.quantize(CENT): x for x in money if x.role != "vat"}
    for net in reversed(nets):
        for vat in reversed(vats):
            found = gross.get((net.amount.value + vat.amount.value).quantize(CENT))
            if found and vat.amount.value < net.amount.value:
                return net, vat, found
    return None


def _best(money: Sequence[Labelled], *, receipt: bool) -> Labelled | None:
    order = {"due": 0, "gross": 0, "paid": 5 if receipt else -25, "total": 0}
    fit = [(x, x.score + order[x.role]) for x in money if x.role in order]
    if not fit:
        return None
    top = max(score for _, score in fit)
    rivals = [x for x, score in fit if score >= top]
    first = rivals[0]
    if len({x.amount.value for x in rivals}) > 1:
        top -= 25
    return replace(first, score=top) if top > 10 else None


def _parts(money: Sequence[Labelled], best: Labelled) -> tuple[Labelled | None, Labelled | None]:
    total = best.amount.value
    nets = [x for x in money if x.role == "net" and total * _LEAST_NET <= x.amount.value <= total]
    return (nets[-1] if len({n.amount.value for n in nets}) == 1 else None), None


def _currency(source: Source, amount: Amount) -> str:
    if amount.currency:
        return amount.currency
    seen = Counter(a.currency for a in source.amounts if a.currency)
    return seen.most_common(1)[0][0] if seen else ""


def confidence(totals: Totals) -> float:
    """How sure the total is, 0..1: a proven sum or a clear label is near 1, a mere "total" about 0.6."""
    base = min(0.97, 0.25 + totals.total.score / 130)
    return 0.98 if totals.checked and totals.total.score >= 60 else base
