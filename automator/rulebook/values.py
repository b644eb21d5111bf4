"""The values of `when`, `except` and of tests: read by shape, each mistake told in words."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from automator.agenda.durations import Duration, DurationError, parse_duration
from automator.rulebook.language import CONDITIONS, MEANT, Condition
from automator.rulebook.places import Path
from automator.rulebook.reading import Reading
from automator.triage.verdict import CATEGORIES


@dataclass(frozen=True, slots=True)
class Known:
    """What a rule may name: verbs with their Options, the owner's own categories (the shipped ones count anyway),
    templates (file names without ".txt", with or without language), accounts (empty = not checked)."""

    verbs: Mapping[str, type[BaseModel]]
    categories: frozenset[str] = frozenset()
    templates: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()

    def has_template(self, name: str) -> bool:
        """Is there a template of this name, in any language?"""
        return name in self.templates or any(t.startswith(f"{name}.") for t in self.templates)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount with its currency (ISO 4217); `text` is as written."""

    value: Decimal
    currency: str
    text: str = field(default="", compare=False)


def plain(text: str) -> str:
    """Lower case without accents; œ and æ spelt out; straight apostrophes: how words are compared everywhere."""
    text = text.casefold().replace("œ", "oe").replace("æ", "ae").replace("’", "'")
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def suggest(word: str, allowed: Collection[str]) -> str:
    """The allowed word that was probably meant: by its French look-alike, else the nearest; "" if none is near."""
    simple = plain(word).strip().replace(" ", "_").replace("-", "_")
    meant = MEANT.get(simple, "")
    if meant in allowed:
        return meant
    by_plain = {plain(a).replace("-", "_"): a for a in allowed}
    near = difflib.get_close_matches(simple, by_plain, n=1, cutoff=0.7)
    return by_plain[near[0]] if near else ""


def unknown_keys(reading: Reading, table: Mapping[str, Any], path: Path, allowed: Collection[str]) -> set[str]:
    """Report every key of `table` that is not allowed; the keys that were probably meant."""
    meant = set()
    for key in table:
        if key not in allowed:
            near = suggest(key, allowed)
            meant.add(near)
            message = reading.words.t("unknown key; here stand: {allowed}.", allowed=", ".join(allowed))
            reading.add((*path, key), "unknown_key", message, suggestion=near)
    return meant


def read_conditions(reading: Reading, value: object, path: Path, known: Known) -> dict[str, Any]:
    """`when` or `except`: a table of conditions, each value in its plain form; bad ones are reported and left out."""
    if not isinstance(value, dict):
        message = reading.words.t("must be a table of conditions.")
        fix = reading.words.t('For example: {name} = {{ kind = "newsletter" }}', name=path[0])
        reading.add(path, "bad_type", message, fix=fix)
        return {}
    unknown_keys(reading, value, path, tuple(CONDITIONS))
    read = {}
    for key, raw in value.items():
        condition = CONDITIONS.get(key)
        if condition:
            found = read_value(reading, raw, (*path, key), condition, known)
            if found is not None:
                read[key] = found
    return read


def read_value(reading: Reading, raw: object, path: Path, condition: Condition, known: Known) -> Any:
    """One value in its plain form: bool, Money, Duration, a word, or a tuple of texts; None = reported."""
    match condition.shape:
        case "bool":
            return _bool(reading, raw, path)
        case "amount":
            return read_money(reading, raw, path)
        case "span":
            return read_duration(reading, raw, path)
        case "confidence":
            return one_of(reading, raw, path, condition.allowed)
        case _:
            return _texts(reading, raw, path, allowed_names(condition, known))


def allowed_names(condition: Condition, known: Known) -> tuple[str, ...]:
    """The closed list of a condition's names, () when it is open."""
    if condition.shape == "category":
        return (*CATEGORIES, *sorted(known.categories - set(CATEGORIES)))
    return tuple(sorted(known.accounts)) if condition.shape == "account" else condition.allowed


def one_of(reading: Reading, raw: object, path: Path, allowed: Collection[str]) -> str | None:
    """A single word of a closed list."""
    if isinstance(raw, str) and raw in allowed:
        return raw
    near = suggest(raw, allowed) if isinstance(raw, str) else ""
    message = reading.words.t(
        "{value} is not allowed here; allowed: {allowed}.", value=shown(raw), allowed=", ".join(allowed)
    )
    reading.add(path, "bad_value", message, suggestion=near)
    return None


def read_money(reading: Reading, raw: object, path: Path) -> Money | None:
    """An amount with its currency, in French or English writing."""
    from automator.billing.money import amount

    try:
        value, currency = amount(raw) if isinstance(raw, str) else (None, "")
    except ValueError:
        value, currency = None, ""
    if value is None or not currency:
        message = reading.words.t("{value} is not an amount with its currency.", value=shown(raw))
        number = raw if isinstance(raw, int | float) and not isinstance(raw, bool) else 50
        reading.add(
            path, "bad_amount", message, fix=reading.words.t('Write it in quotes: "{number} €".', number=number)
        )
        return None
    return Money(value, currency, str(raw))


def read_duration(reading: Reading, raw: object, path: Path) -> Duration | None:
    """A duration of the closed list."""
    words = reading.words
    if not isinstance(raw, str):
        fix = words.t('Write it in quotes: "{number} jours ouvrés".', number=raw if isinstance(raw, int) else 2)
        reading.add(path, "bad_duration", words.t("{value} is not a duration.", value=shown(raw)), fix=fix)
        return None
    try:
        return parse_duration(raw)
    except DurationError as error:
        message = words.t("{value} is not a duration.", value=shown(raw))
        fix = words.t(
            "Write a number and one of: jours, jours ouvrés, jours ouvrables, h ouvrées, semaines, mois, "
            "days, working days, working hours, weeks, months."
        )
        reading.add(path, "bad_duration", message, fix=fix, suggestion=error.suggestion)
        return None


def _bool(reading: Reading, raw: object, path: Path) -> bool | None:
    if isinstance(raw, bool):
        return raw
    message = reading.words.t("{value} is neither true nor false.", value=shown(raw))
    reading.add(path, "bad_type", message, fix=reading.words.t("Write true or false, without quotes."))
    return None


def _texts(reading: Reading, raw: object, path: Path, allowed: tuple[str, ...]) -> tuple[str, ...] | None:
    """A text or a list of texts; with a closed list, only its names."""
    many: list[Any] = raw if isinstance(raw, list) else [raw]
    if not many or not all(isinstance(item, str) and item.strip() for item in many):
        message = reading.words.t("{value} is neither a text nor a list of texts.", value=shown(raw))
        reading.add(path, "bad_type", message, fix=reading.words.t('Write "text" or ["text", "text"].'))
        return None
    read = tuple(many) if not allowed else _named(reading, many, path, allowed)
    return read if len(read) == len(many) else None


def _named(reading: Reading, many: Iterable[str], path: Path, allowed: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for word in many if one_of(reading, word, path, allowed) is not None)


def shown(raw: object) -> str:
    """A value as a message shows it, cut short."""
    text = "true" if raw is True else "false" if raw is False else f'"{raw}"' if isinstance(raw, str) else str(raw)
    return text if len(text) <= 60 else f"{text[:57]}..."
