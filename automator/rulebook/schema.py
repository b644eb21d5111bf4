"""A rule file as a frozen Rule, or every problem that keeps it from being one, each with its line."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from automator.errors import Problem
from automator.rulebook.blocks import Block, read_blocks
from automator.rulebook.cases import TestCase, read_tests
from automator.rulebook.intent import Autonomy
from automator.rulebook.language import AUTONOMY_WORDS, EVENTS, STOP_WORDS, TOP_KEYS, WHOLE_KEYS
from automator.rulebook.places import Path, Place
from automator.rulebook.reading import Reading, read, single_bracket
from automator.rulebook.schedule import Schedule, read_schedule
from automator.rulebook.values import (
    Known,
    Money,
    one_of,
    read_conditions,
    shown,
    suggest,
    unknown_keys,
)
from automator.words import Words

__all__ = ["Block", "Known", "Money", "Rule", "Rulebook", "Schedule", "TestCase", "load_rule", "load_rules"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule file. `id` is the file name without its ending, `version` the SHA-256 of its bytes.

    `when` / `except_` map condition keys to plain values (tuple of texts, bool, Money, Duration, word). `autonomy`
    None = the ceiling of the configuration. `positions` maps key paths to (line, column).
    """

    id: str
    version: str
    file: str
    title: str
    on: str
    then: tuple[Block, ...]
    when: Mapping[str, Any] = field(default_factory=dict)
    except_: Mapping[str, Any] = field(default_factory=dict)
    stop: tuple[str, ...] = ()
    autonomy: Autonomy | None = None
    priority: int = 0
    schedule: Schedule | None = None
    tests: tuple[TestCase, ...] = ()
    positions: Mapping[Path, Place] = field(default_factory=dict)

    def line(self, *path: str | int) -> int:
        """The line of a key, or of the nearest thing around it; 1 when nothing is known."""
        while path and path not in self.positions:
            path = path[:-1]
        return self.positions.get(path, (1, 1))[0]

    def block(self, step: str) -> Block | None:
        """The block with this step id."""
        return next((block for block in self.then if block.id == step), None)


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All rules that can be used, in file order, and every problem of those that cannot."""

    rules: tuple[Rule, ...]
    problems: tuple[Problem, ...]


def load_rules(files: Mapping[str, bytes], known: Known, words: Words | None = None) -> Rulebook:
    """Read every file by itself: a bad one never keeps the others from loading."""
    rules: list[Rule] = []
    problems: list[Problem] = []
    for name in sorted(files):
        rule, found = load_rule(name, files[name], known, words)
        problems += found
        if rule:
            rules.append(rule)
    return Rulebook(tuple(rules), tuple(problems))


def load_rule(file: str, data: bytes, known: Known, words: Words | None = None) -> tuple[Rule | None, list[Problem]]:
    """Read one rule file: the rule, or None and all its problems in the order of their lines.

    `file` is shown in problems and gives the id. `words` is the language of the messages (French by default).
    Never raises, whatever the bytes.
    """
    reading = read(file, data, words or Words())
    rule = _rule(reading, known, data) if reading.table is not None else None
    problems = sorted(reading.problems, key=lambda p: (p.line, p.column))
    return (None if problems else rule), problems


def _rule(reading: Reading, known: Known, data: bytes) -> Rule | None:
    table = dict(reading.table or {})
    _lift_misplaced(reading, table, known)
    _brackets(reading, table)
    meant = unknown_keys(reading, table, (), TOP_KEYS)
    title, on = _title(reading, table, meant), _on(reading, table, meant)
    if "then" not in table and "then" not in meant:
        _missing(reading, "then", reading.words.t('Write [[then]] and below it: do = "remind".'))
    blocks = read_blocks(reading, table["then"], on, known) if "then" in table else ()
    when = read_conditions(reading, table["when"], ("when",), known) if "when" in table else {}
    except_ = read_conditions(reading, table["except"], ("except",), known) if "except" in table else {}
    return Rule(
        id=PurePath(reading.file).stem,
        version=hashlib.sha256(data).hexdigest(),
        file=reading.file,
        title=title,
        on=on,
        then=blocks,
        when=when,
        except_=except_,
        stop=_stop(reading, table, on),
        autonomy=_autonomy(reading, table),
        priority=_priority(reading, table),
        schedule=_schedule(reading, table, on),
        tests=read_tests(reading, table["test"], on, known) if "test" in table else (),
        positions=reading.places,
    )


def _lift_misplaced(reading: Reading, table: dict[str, Any], known: Known) -> None:
    """A key of the whole rule below a section belongs to that section in TOML: say so, and go on as it was meant."""
    t = reading.words.t
    for path, section in _sections(table):
        own = known.verbs.get(str(section.get("do", "")))
        for key in [k for k in section if k in WHOLE_KEYS and not (own and k in own.model_fields)]:
            message = t("“{key}” stands below a section, so it does not count for the whole rule.", key=key)
            fix = t("Move this line above the first line in brackets.")
            reading.add((*path, key), "misplaced_key", message, fix=fix)
            table.setdefault(key, section[key])
            if path[0] in {"when", "except"}:
                del section[key]


def _sections(table: Mapping[str, Any]) -> list[tuple[Path, dict[str, Any]]]:
    found: list[tuple[Path, dict[str, Any]]] = []
    for name in ("when", "except", "then", "test"):
        value = table.get(name)
        if isinstance(value, dict):
            found.append(((name,), value))
        elif isinstance(value, list):
            found += [((name, i), part) for i, part in enumerate(value) if isinstance(part, dict)]
    return found


def _brackets(reading: Reading, table: dict[str, Any]) -> None:
    for name in ("then", "test"):
        if isinstance(table.get(name), dict):
            message, fix = single_bracket(name, reading.words)
            reading.add((name,), "single_bracket", message, fix=fix)
            moved = {p: at for p, at in reading.places.items() if p[0] == name}
            reading.places = {**reading.places, **{(name, 0, *p[1:]): at for p, at in moved.items()}}
            table[name] = [table[name]]


def _missing(reading: Reading, key: str, fix: str) -> None:
    reading.add((key,), "missing_key", reading.words.t("“{key}” is missing: a rule needs it.", key=key), fix=fix)


def _title(reading: Reading, table: Mapping[str, Any], meant: set[str]) -> str:
    title = table.get("title")
    if isinstance(title, str) and title.strip():
        return " ".join(title.split())
    if title is None:
        if "title" not in meant:
            _missing(reading, "title", reading.words.t("Say in one sentence what the rule does."))
        return ""
    reading.add(("title",), "bad_type", reading.words.t("{value} is not a title.", value=shown(title)))
    return ""


def _on(reading: Reading, table: Mapping[str, Any], meant: set[str]) -> str:
    on = table.get("on")
    if on is None:
        if "on" not in meant:
            _missing(reading, "on", reading.words.t("Events: {allowed}.", allowed=", ".join(EVENTS)))
        return ""
    if isinstance(on, str) and on in EVENTS:
        return on
    near = suggest(on, tuple(EVENTS)) if isinstance(on, str) else ""
    message = reading.words.t(
        "{value} is not an event; events: {allowed}.", value=shown(on), allowed=", ".join(EVENTS)
    )
    reading.add(("on",), "unknown_event", message, suggestion=near)
    return ""


def _stop(reading: Reading, table: Mapping[str, Any], on: str) -> tuple[str, ...]:
    raw = table.get("stop", [])
    many = [raw] if isinstance(raw, str) else raw
    t = reading.words.t
    if not isinstance(many, list) or not all(isinstance(word, str) for word in many):
        reading.add(("stop",), "bad_type", t("{value} is neither a text nor a list of texts.", value=shown(raw)))
        return ()
    allowed = EVENTS[on].stops if on else STOP_WORDS
    for word in many:
        if word in allowed:
            continue
        if word in STOP_WORDS:
            message = t(
                "“{word}” cannot happen after {event}; here stand: {allowed}.",
                word=word,
                event=on,
                allowed=", ".join(allowed),
            )
            reading.add(("stop",), "impossible_stop", message)
        else:
            message = t(
                "{value} is not a stop word; here stand: {allowed}.", value=shown(word), allowed=", ".join(allowed)
            )
            reading.add(("stop",), "unknown_stop", message, suggestion=suggest(word, allowed))
    return tuple(dict.fromkeys(many))


def _autonomy(reading: Reading, table: Mapping[str, Any]) -> Autonomy | None:
    if "autonomy" not in table:
        return None
    word = one_of(reading, table["autonomy"], ("autonomy",), AUTONOMY_WORDS)
    return Autonomy(AUTONOMY_WORDS.index(word)) if word else None


def _priority(reading: Reading, table: Mapping[str, Any]) -> int:
    value = table.get("priority", 0)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= 1_000_000:
        return value
    message = reading.words.t("{value} is not a whole number.", value=shown(value))
    reading.add(("priority",), "bad_type", message, fix=reading.words.t("Write a number without quotes, as 10."))
    return 0


def _schedule(reading: Reading, table: Mapping[str, Any], on: str) -> Schedule | None:
    t = reading.words.t
    if "schedule" in table:
        if on and on != "date":
            message = t('a schedule goes with on = "date" only.')
            reading.add(
                ("schedule",), "wrong_schedule", message, fix=t('Write on = "date", or leave the schedule out.')
            )
            return None
        return read_schedule(reading, table["schedule"])
    if on == "date":
        message = t('on = "date" needs a schedule.')
        reading.add(("on",), "missing_key", message, fix=t("Add: schedule = [2026-12-15, 2027-01-15]"))
    return None
