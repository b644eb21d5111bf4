"""Reading the `[[test]]` sections of a rule: an object, what happened to it, a day, and what must come due."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from automator.followup.ladder import ObjectKind
from automator.rulebook.language import (
    CONDITIONS,
    EVENTS,
    FACT_WORDS,
    TEST_KEYS,
    WHOLE_KEYS,
    Condition,
    EventKind,
)
from automator.rulebook.places import Path
from automator.rulebook.reading import Reading
from automator.rulebook.values import (
    Known,
    one_of,
    read_money,
    read_value,
    shown,
    suggest,
    unknown_keys,
)

OBJECTS: tuple[ObjectKind, ...] = ("invoice", "mail", "meeting", "contract", "date")
_OPEN_LISTS = Condition("words", "", frozenset())
_ONE_TEXT = ("from", "subject", "text", "supplier", "client", "account", "mailbox")
_MANY_TEXTS = ("to", "keywords", "attachments", "attendees")
_CLOSED = ("kind", "document", "payment", "direction", "client_type", "language")
_BOOLS = ("has_attachment", "verified_sender", "first_contact")
GIVEN = ("object", "category", "confidence", *_CLOSED, *_ONE_TEXT, *_MANY_TEXTS, *_BOOLS, "amount")


@dataclass(frozen=True, slots=True)
class TestCase:
    """One `[[test]]`. `facts` are by the words of `given`; `dates` the moments of the event (naive, local; None =
    true, without a date); `past` what happened to the object (None = before the first step)."""

    __test__ = False  # not a test of pytest's

    name: str
    line: int
    object: ObjectKind
    now: datetime
    expect: tuple[str, ...]
    facts: Mapping[str, Any] = field(default_factory=dict)
    dates: Mapping[str, datetime | None] = field(default_factory=dict)
    past: Mapping[str, datetime | None] = field(default_factory=dict)


def read_tests(reading: Reading, raw: object, event: str, known: Known) -> tuple[TestCase, ...]:
    """All tests that can be read; every mistake is reported."""
    if not isinstance(raw, list) or not all(isinstance(table, dict) for table in raw):
        reading.add(("test",), "bad_type", reading.words.t("tests stand below [[test]] sections."))
        return ()
    kind = EVENTS.get(event)
    found = [_read_test(reading, table, ("test", i), kind, known) for i, table in enumerate(raw)]
    return tuple(test for test in found if test)


def _read_test(
    reading: Reading, table: Mapping[str, Any], path: Path, event: EventKind | None, known: Known
) -> TestCase | None:
    before = len(reading.problems)
    own = {key: value for key, value in table.items() if key in TEST_KEYS or key not in WHOLE_KEYS}
    meant = unknown_keys(reading, own, path, TEST_KEYS)
    for key in ("given", "now", "expect"):
        if key not in table and key not in meant:
            message = reading.words.t("“{key}” is missing: a test needs it.", key=key)
            reading.add((*path, key), "missing_key", message)
    given = _given(reading, table["given"], (*path, "given"), event, known) if "given" in table else None
    now = _moment(reading, table["now"], (*path, "now")) if "now" in table else None
    expect = _expect(reading, table["expect"], (*path, "expect"), known) if "expect" in table else ()
    name = table.get("name", "")
    if not isinstance(name, str):
        reading.add((*path, "name"), "bad_type", reading.words.t("{value} is not a text.", value=shown(name)))
    if given is None or now is None or len(reading.problems) > before:
        return None
    shown_name = name or reading.words.t("test {number}", number=int(path[1]) + 1)
    return TestCase(shown_name, reading.place(path)[0], now=now, expect=expect, **given)


def _given(reading: Reading, raw: object, path: Path, event: EventKind | None, known: Known) -> dict[str, Any] | None:
    if not isinstance(raw, dict):
        message = reading.words.t("must be a table that describes one object.")
        reading.add(path, "bad_type", message, fix='given = { object = "mail", ... }')
        return None
    stops = event.stops if event else ()
    dates = tuple(dict.fromkeys((*(event.facts if event else ()), *FACT_WORDS)))
    meant = unknown_keys(reading, raw, path, tuple(dict.fromkeys((*GIVEN, *dates, *stops))))
    if "object" not in raw and "object" not in meant:
        message = reading.words.t("“{key}” is missing: a test needs it.", key="object")
        reading.add((*path, "object"), "missing_key", message, fix=", ".join(OBJECTS))
    given: dict[str, Any] = {"object": None, "facts": {}, "dates": {}, "past": {}}
    if "object" in raw:
        given["object"] = one_of(reading, raw["object"], (*path, "object"), OBJECTS)
    for key, value in raw.items():
        at = (*path, key)
        if key in GIVEN and key != "object":
            given["facts"][key] = _fact(reading, key, value, at, known)
        elif event and key in event.facts:
            given["dates"][key] = _happening(reading, value, at)
        elif key in stops:
            given["past"][key] = _happening(reading, value, at)
        elif key in dates:
            given["dates"][key] = _happening(reading, value, at)
    return given


def _fact(reading: Reading, key: str, value: object, path: Path, known: Known) -> Any:
    if key == "amount":
        return read_money(reading, value, path)
    if key in _MANY_TEXTS:
        return () if value == [] else read_value(reading, value, path, _OPEN_LISTS, known)
    if key in _ONE_TEXT:
        return _text(reading, value, path)
    if key == "category" or key in _BOOLS:
        return read_value(reading, value, path, CONDITIONS[key], known)
    return one_of(reading, value, path, CONDITIONS[key].allowed)


def _text(reading: Reading, value: object, path: Path) -> str | None:
    if isinstance(value, str):
        return value
    message = reading.words.t("{value} is not a text.", value=shown(value))
    reading.add(path, "bad_type", message, fix=reading.words.t('Write it in quotes: "text".'))
    return None


def _happening(reading: Reading, value: object, path: Path) -> datetime | None:
    """`true` (None: no date of its own) or a date, at 00:00, or a local moment."""
    return None if value is True else _moment(reading, value, path)


def _moment(reading: Reading, value: object, path: Path) -> datetime | None:
    if isinstance(value, datetime) and value.tzinfo is None:
        return value
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, time(0))
    message = reading.words.t("{value} is not a date.", value=shown(value))
    fix = reading.words.t("Write 2026-11-12 or 2026-11-12T09:00:00, without quotes and without a time zone.")
    reading.add(path, "bad_date", message, fix=fix)
    return None


def _expect(reading: Reading, raw: object, path: Path, known: Known) -> tuple[str, ...]:
    if not isinstance(raw, list) or not all(isinstance(item, str) for item in raw):
        message = reading.words.t("must be a list of texts like {example}.", example='["draft:relance-1", "task"]')
        reading.add(path, "bad_type", message)
        return ()
    for item in raw:
        verb = item.partition(":")[0]
        if verb not in known.verbs:
            message = reading.words.t(
                "{value} is not a verb; verbs: {allowed}.", value=shown(verb), allowed=", ".join(sorted(known.verbs))
            )
            reading.add(path, "unknown_verb", message, suggestion=suggest(verb, sorted(known.verbs)))
    return tuple(raw)
