"""Words and figures in the owner's language: a gettext catalogue for the sentences, Babel for dates, money and numbers.

Texts in the code are English; automator/locale/fr.po holds the French. A text that is kept in a table before it is
translated is wrapped in `msgid(...)`, so that the test which compares code and catalogue finds it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal

DateStyle = Literal["long", "short", "day", "full", "numeric", "weekday", "month"]
NBSP, NARROW = "\u00a0", "\u202f"
_REGION = {"fr": "fr_FR", "en": "en_GB"}
_PATTERN: dict[DateStyle, str] = {
    "long": "EEEE d MMMM",
    "short": "EEE d MMM",
    "day": "EEE d",
    "full": "EEEE d MMMM y",
    "numeric": "dd/MM/y",
    "weekday": "EEEE",
    "month": "d MMM",
}
_BEFORE = re.compile(r" (?=[:;?!»](?:\W|$))|(?<=«) ")  # French: no line ends there
_STRINGS = r'(?:"(?:[^"\\]|\\.)*"\s*)+'
_ENTRY = re.compile(
    rf"^msgid ({_STRINGS})(?:msgid_plural {_STRINGS})?"
    rf"(?:msgstr ({_STRINGS})|msgstr\[0\] ({_STRINGS})msgstr\[1\] ({_STRINGS}))",
    re.MULTILINE,
)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_ESCAPE, _ESCAPED = re.compile(r"\\(.)"), {"n": "\n", "t": "\t"}
_CURRENCY = re.compile(r"[A-Z]{3}")
_THOUSANDS = re.compile(r"(?<=\d)\u00a0(?=\d{3}(?!\d))")


def msgid(text: str) -> str:
    """Mark `text` for the catalogue without translating it yet."""
    return text


def narrow(text: str) -> str:
    """`text` with the thin no-break space (U+202F) between thousands, as HTML shows it well and terminals do not."""
    return _THOUSANDS.sub(NARROW, text)


@dataclass(frozen=True, slots=True)
class _Catalogue:
    """The sentences of one language by the English ones; those that count by their English singular: (one, many)."""

    texts: Mapping[str, str]
    counted: Mapping[str, tuple[str, str]]


@lru_cache(maxsize=4)
def _catalogue(language: str) -> _Catalogue:
    """What the .po file of `language` says; English is the code itself.

    Reads the part of the format that a .po file of ours has (no contexts, no doubtful entries, two plural forms), in a
    few milliseconds: the file needs no compiled twin, which a checkout would not have, and Babel stays unloaded.
    """
    from importlib.resources import files

    source = files("automator").joinpath("locale", f"{language}.po")
    said = source.read_text(encoding="utf-8") if source.is_file() else ""
    texts: dict[str, str] = {}
    counted: dict[str, tuple[str, str]] = {}
    for entry in _ENTRY.finditer(said):
        english, text, one, many = [_unquoted(part or "") for part in entry.groups()]
        if one:
            counted[english] = _typeset(one), _typeset(many)
        texts[english] = _typeset(text or one)
    return _Catalogue(texts, counted)


def _unquoted(quoted: str) -> str:
    """The text of one or more quoted strings, as C writes them."""
    text = "".join(_QUOTED.findall(quoted))
    return _ESCAPE.sub(lambda sign: _ESCAPED.get(sign[1], sign[1]), text) if "\\" in text else text


def _typeset(french: str) -> str:
    """With the no-break spaces that nobody types: before : ; ? ! and inside « »."""
    return _BEFORE.sub(NBSP, french)


@dataclass(frozen=True, slots=True)
class Words:
    """One locale ("fr", "en", "fr_FR", "en-GB"); any other language speaks English.

    Spaces inside figures are U+00A0, so that no line breaks there; `html=True` puts U+202F between thousands.
    Every datetime is shown as its own wall clock: bring it to the owner's zone first.
    """

    locale: str = "fr"

    @property
    def language(self) -> str:
        """ "fr" or "en"."""
        return "fr" if self.locale[:2].lower() == "fr" else "en"

    @property
    def _region(self) -> str:
        return _REGION[self.language]

    def t(self, text: str, /, **values: object) -> str:
        """`text` translated, its {names} filled with `values` (never interpreted again)."""
        said = _catalogue(self.language).texts.get(text, text) if text else ""
        return said.format(**values) if values else said

    def n(self, one: str, many: str, count: int, /, **values: object) -> str:
        """Singular or plural by `count`, which the text may show as {count}. French counts 0 as singular."""
        forms = _catalogue(self.language).counted.get(one)
        said = forms[count > 1] if forms else one if count == 1 else many
        return said.format(**{"count": self.number(count), **values})

    def date(self, day: dt.date, style: DateStyle = "long") -> str:
        """long "lundi 23 novembre", short "lun. 23 nov.", day "lun. 23", full with the year, numeric "23/11/2026",
        weekday "lundi", month "23 nov."."""
        from babel.dates import format_date

        pattern = _PATTERN[style]
        if self.language == "fr" and day.day == 1:
            pattern = re.sub(r"\bd\b", "'1er'", pattern)
        return format_date(day, pattern, locale=self._region)

    def time(self, at: dt.datetime | dt.time) -> str:
        """ "9 h 05", "14 h"; in English "09:05", "14:00"."""
        if self.language == "en":
            return f"{at.hour:02}:{at.minute:02}"
        return f"{at.hour}{NBSP}h{NBSP}{at.minute:02}" if at.minute else f"{at.hour}{NBSP}h"

    def span(self, start: dt.datetime, end: dt.datetime) -> str:
        """ "14 h–15 h 30"."""
        return f"{self.time(start)}–{self.time(end)}"

    def money(self, amount: Decimal, currency: str = "EUR", *, html: bool = False, brief: bool = False) -> str:
        """ "1 240,50 €"; `brief` leaves ",00" away. An unusable currency code is left away too."""
        from babel.numbers import format_currency, format_decimal

        whole = brief and amount == amount.to_integral_value()
        digits = "#,##0" if whole else "#,##0.00"
        if _CURRENCY.fullmatch(currency):
            pattern = f"{digits}\u00a0¤" if self.language == "fr" else f"¤{digits}"
            said = format_currency(amount, currency, pattern, locale=self._region, currency_digits=False)
        else:
            said = format_decimal(amount, digits, locale=self._region)
        return self._spaced(said, html=html)

    def number(self, value: float | Decimal, *, digits: int | None = None, html: bool = False) -> str:
        """ "12 400", "3,25"; `digits` fixes the number of decimals (else at most three)."""
        from babel.numbers import format_decimal

        if isinstance(value, int) and -1000 < value < 1000 and digits is None:
            return str(value)
        pattern = "#,##0.###" if digits is None else "#,##0" + "." * (digits > 0) + "0" * digits
        return self._spaced(format_decimal(value, pattern, locale=self._region), html=html)

    def percent(self, share: float, *, digits: int = 0) -> str:
        """`share` 0..1 as "3 %"."""
        figure = self.number(share * 100, digits=digits)
        return f"{figure}{NBSP}%" if self.language == "fr" else f"{figure}%"

    def duration(self, span: dt.timedelta) -> str:
        """ "45 min", "2 h 06", "3 j"; the sign is dropped, days are whole days of 24 hours from 48 hours on."""
        minutes = round(abs(span).total_seconds() / 60)
        if minutes < 60:
            return f"{minutes}{NBSP}min"
        if minutes < 48 * 60:
            hours, rest = divmod(minutes, 60)
            return f"{hours}{NBSP}h{NBSP}{rest:02}" if rest else f"{hours}{NBSP}h"
        return self.n("{count} d", "{count} d", minutes // (24 * 60))

    def list(self, items: Sequence[str]) -> str:
        """ "a, b et c"; "" for none."""
        if len(items) < 2:
            return "".join(items)
        return self.t("{items} and {last}", items=", ".join(items[:-1]), last=items[-1])

    @staticmethod
    def _spaced(text: str, *, html: bool) -> str:
        plain = text.replace(NARROW, NBSP)
        return narrow(plain) if html else plain
