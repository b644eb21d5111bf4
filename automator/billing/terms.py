"""Payment terms ("30 jours fin de mois", "net 30"), and the due date that follows from an issue date."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from automator.billing.dates import add_months, month_end
from automator.billing.fold import fold

_WORDS = {
    "huit": 8, "dix": 10, "quinze": 15, "vingt": 20, "trente": 30, "quarante-cinq": 45, "soixante": 60,
    "huitaine": 8, "quinzaine": 15, "seven": 7, "ten": 10, "fourteen": 14, "fifteen": 15, "thirty": 30,
    "forty-five": 45, "sixty": 60, "vierzehn": 14, "dreissig": 30, "treinta": 30, "trenta": 30, "dertig": 30,
}  # fmt: skip
_N = r"(?P<n>\d{1,3}|" + "|".join(sorted(_WORDS, key=len, reverse=True)) + ")"
_END = (
    r"(?P<eom>,? ?(?:nets? )?(?:,? ?a )?(?:fin (?:de|du) mois|f\.?d\.?m\b|end of month|eom\b|de fin de mois|"
    r"fine mese|fin de mes))"
)
_DAYS = r"(?:jours?|j\b|days?|tage|tagen|dias|giorni|gg\b|dagen)"
_NOT_TERMS = r"(?! (?:de retard|ouvr|francs|late|after the (?:event|due)))"
_TERM = re.compile(
    rf"(?<![\w.,/-])(?:(?P<before>fin de mois (?:\+|plus) ?))?{_N} ?{_DAYS}{_NOT_TERMS}"
    rf"(?: (?:nets?|calendaires|date de facture|apres))?{_END}?(?:,? le (?P<day>\d{{1,2}})(?![\d/]))?"
    rf"|net[ -]?(?P<net>\d{{1,3}})(?![\d.,])|(?:sous|en) (?P<word>huitaine|quinzaine)"
)
_CUE = re.compile(
    r"reglement|regler|paiement|payable|payer|\ba \d|sous|delai|conditions?|echeance|virement|term|within|"
    r"payment|pay |"
    r"net\b|due|zahlbar|zahlung|innerhalb|ziel|betaal|binnen|pago|a \d+ dias|pagamento|vencimiento|comptant"
)
_NEVER = re.compile(
    r"penalit|litige|reclamation|claims?|garantie|escompte|skonto|discount|relance|resili|korting|remise|"
    r"dispute|accepte|valable|valid|notifier|retractation|preavis|cancel"
)


@dataclass(frozen=True, slots=True)
class Term:
    """So many days after the issue date; `end_of_month`: the days first, then to the end of that month;
    `from_end`: to the end of the issue month first, then the days; `day`: then on to that day of the next month.
    """

    days: int
    end_of_month: bool = False
    from_end: bool = False
    day: int = 0


def find_term(text: str) -> tuple[Term, tuple[int, int]] | None:
    """The payment term that `text` states beside a word of payment, with its span; None when it states none.

    Terms of penalties, guarantees, discounts and complaints are not payment terms. "À réception" is none.
    """
    folded = fold(text)
    for hit in _TERM.finditer(folded):
        around = folded[max(0, hit.start() - 45) : hit.end() + 25]
        around = around[around.rfind("\n", 0, min(45, hit.start())) + 1 :]
        if _CUE.search(around) and not _NEVER.search(around):
            return _term(hit), hit.span()
    return None


def _term(hit: re.Match[str]) -> Term:
    word = hit["n"] or hit["net"] or hit["word"]
    days = _WORDS.get(word) or int(word)
    return Term(days, bool(hit["eom"]), bool(hit["before"]), int(hit["day"] or 0))


def due_date(issued: date, term: Term) -> date:
    """When a bill issued on `issued` falls due.

    "30 jours" counts calendar days. "45 jours fin de mois" adds the days and then goes to the end of the month;
    "fin de mois + 45 jours" is the other reading. Both are in use (Code de commerce L441-10), so each follows its words.
    """
    start = month_end(issued) if term.from_end else issued
    due = start + timedelta(days=term.days)
    if term.end_of_month:
        due = month_end(due)
    if term.day and (term.end_of_month or term.from_end):
        due = add_months(due.replace(day=1), 1)
        due = min(month_end(due), due + timedelta(days=term.day - 1))
    return due
