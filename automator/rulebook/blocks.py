"""Reading the `[[then]]` blocks of a rule: one verb each, its delay, and the keys that its Options declare."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from automator.agenda.durations import Duration
from automator.mail.template import ALIASES, canonical
from automator.rulebook.language import (
    BLOCK_KEYS,
    EVENTS,
    SENDING_VERBS,
    WHOLE_KEYS,
    EventKind,
)
from automator.rulebook.places import Path
from automator.rulebook.reading import Reading
from automator.rulebook.values import Known, plain, read_duration, shown, suggest

_PLACE = re.compile(r"\{([^{}\n]*)\}")
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


@dataclass(frozen=True, slots=True)
class Block:
    """One deed of a rule. `id` is its own, else `verb-N` (N-th of that verb); `after` / `before` count from the
    event, both None = at once. `params` are the verb's Options; `as_draft` the draft verb's for a `send`, else None.
    `line` is where it stands."""

    id: str
    verb: str
    after: Duration | None
    before: Duration | None
    params: BaseModel
    as_draft: BaseModel | None = None
    line: int = 1

    @property
    def delay(self) -> Duration | None:
        """What it waits for, None = at once."""
        return self.after or self.before


def read_blocks(reading: Reading, raw: object, event: str, known: Known) -> tuple[Block, ...]:
    """All blocks that can be read; every mistake is reported, also in those that cannot."""
    tables = raw if isinstance(raw, list) else []
    if not tables or not all(isinstance(table, dict) for table in tables):
        message = reading.words.t("a rule needs at least one [[then]] section with a verb.")
        reading.add(
            ("then",), "bad_type", message, fix=reading.words.t('Write [[then]] and below it: do = "remind".')
        )
        return ()
    counts: Counter[str] = Counter()
    blocks = []
    for number, table in enumerate(tables):
        block = _read_block(reading, table, ("then", number), EVENTS.get(event), known, counts)
        if block:
            blocks.append(block)
    _same_ids(reading, tables, blocks)
    return tuple(blocks)


def _read_block(
    reading: Reading,
    table: Mapping[str, Any],
    path: Path,
    event: EventKind | None,
    known: Known,
    counts: Counter[str],
) -> Block | None:
    verb = _verb(reading, table, path, known)
    if verb is None:
        return None
    before = len(reading.problems)
    counts[verb] += 1
    options = known.verbs[verb]
    misplaced = set(WHOLE_KEYS) - set(options.model_fields)
    own = {key: value for key, value in table.items() if key not in BLOCK_KEYS and key not in misplaced}
    delays = _delays(reading, table, path, event)
    name = _id(reading, table, path) or f"{verb}-{counts[verb]}"
    params = _params(reading, own, path, options)
    _check_texts(reading, own, path, event, known)
    if params is None or len(reading.problems) > before:
        return None
    return Block(name, verb, *delays, params, _as_draft(verb, own, known), reading.place(path)[0])


def _verb(reading: Reading, table: Mapping[str, Any], path: Path, known: Known) -> str | None:
    """The verb of a block; without a known one nothing else of the block is judged."""
    verb = table.get("do")
    allowed = sorted(known.verbs)
    if isinstance(verb, str) and verb in known.verbs:
        return verb
    t = reading.words.t
    if verb is None:
        wrong = next((key for key in table if suggest(key, BLOCK_KEYS) == "do"), None)
        if wrong:
            reading.add((*path, wrong), "unknown_key", t("unknown key."), suggestion="do")
        else:
            message = t("this block does not say what to do; verbs: {allowed}.", allowed=", ".join(allowed))
            reading.add((*path, "do"), "missing_key", message, fix=t('Add: do = "remind".'))
        return None
    near = suggest(verb, allowed) if isinstance(verb, str) else ""
    message = t("{value} is not a verb; verbs: {allowed}.", value=shown(verb), allowed=", ".join(allowed))
    reading.add((*path, "do"), "unknown_verb", message, suggestion=near)
    return None


def _delays(
    reading: Reading, table: Mapping[str, Any], path: Path, event: EventKind | None
) -> tuple[Duration | None, Duration | None]:
    t = reading.words.t
    found: dict[str, Duration | None] = {"after": None, "before": None}
    if "after" in table and "before" in table:
        reading.add((*path, "before"), "both_delays", t("a block counts after or before its event, not both."))
        return None, None
    for key in ("after", "before"):
        if key not in table:
            continue
        if event and event.when not in {key, "both"}:
            message = t("this event cannot be counted from with “{key}”.", key=key)
            fix = t("Write “{other}”, or choose another event.", other=event.when)
            reading.add((*path, key), "wrong_delay", message, fix=fix)
        else:
            found[key] = read_duration(reading, table[key], (*path, key))
    return found["after"], found["before"]


def _id(reading: Reading, table: Mapping[str, Any], path: Path) -> str:
    name = table.get("id", "")
    if isinstance(name, str) and (not name or _ID.fullmatch(name)):
        return name
    message = reading.words.t("{value} is not a step name: small letters, digits and hyphens.", value=shown(name))
    reading.add((*path, "id"), "bad_value", message)
    return ""


def _same_ids(reading: Reading, tables: list[Mapping[str, Any]], blocks: list[Block]) -> None:
    taken = Counter(block.id for block in blocks)
    seen: set[str] = set()
    for number, table in enumerate(tables):
        name = table.get("id", "")
        if name and taken[name] > 1 and (name in seen or name not in [t.get("id") for t in tables[number + 1 :]]):
            message = reading.words.t("two blocks have the step name {value}.", value=shown(name))
            reading.add(("then", number, "id"), "twice", message, fix=reading.words.t("Give each its own."))
        seen.add(name)


def _params(reading: Reading, own: Mapping[str, Any], path: Path, options: type[BaseModel]) -> BaseModel | None:
    try:
        return options.model_validate(dict(own))
    except ValidationError as error:
        problems = error.errors(include_url=False, include_context=True)
    allowed = (*BLOCK_KEYS, *options.model_fields)
    extra = [str(p["loc"][0]) for p in problems if p["type"] == "extra_forbidden"]
    meant = {suggest(key, allowed) for key in extra}
    for problem in problems:
        key = str(problem["loc"][0]) if problem["loc"] else ""
        _param_problem(reading, dict(problem), (*path, key), allowed, meant)
    return None


def _param_problem(
    reading: Reading, problem: Mapping[str, Any], path: Path, allowed: tuple[str, ...], meant: set[str]
) -> None:
    t, key, kind = reading.words.t, str(path[-1]), problem["type"]
    if kind == "missing":
        if key not in meant:
            reading.add(path, "missing_key", t("“{key}” is missing: this verb needs it.", key=key))
    elif kind == "extra_forbidden":
        message = t("unknown key; here stand: {allowed}.", allowed=", ".join(allowed))
        reading.add(path, "unknown_key", message, suggestion=suggest(key, allowed))
    elif kind == "literal_error":
        words = re.findall(r"'([^']*)'", str(problem.get("ctx", {}).get("expected", "")))
        value = problem["input"]
        near = suggest(value, words) if isinstance(value, str) else ""
        message = t("{value} is not allowed here; allowed: {allowed}.", value=shown(value), allowed=", ".join(words))
        reading.add(path, "bad_value", message, suggestion=near)
    elif kind == "string_type":
        message = t("{value} is not a text.", value=shown(problem["input"]))
        reading.add(path, "bad_type", message, fix=t('Write it in quotes: "text".'))
    else:
        message = t("{value} cannot be used: {reason}.", value=shown(problem["input"]), reason=problem["msg"])
        reading.add(path, "bad_value", message)


def _check_texts(reading: Reading, own: Mapping[str, Any], path: Path, event: EventKind | None, known: Known) -> None:
    """The template must exist; placeholders in texts must be those that the event has."""
    for key, value in own.items():
        if not isinstance(value, str):
            continue
        if key == "template" and not known.has_template(value):
            names = sorted({name.removesuffix(".fr").removesuffix(".en") for name in known.templates})
            message = reading.words.t(
                "there is no template {value}; templates: {allowed}.", value=shown(value), allowed=", ".join(names)
            )
            reading.add((*path, key), "unknown_template", message, suggestion=suggest(value, names))
        for name in unknown_places(value, event) if event and key != "template" else ():
            place_problem(reading, (*path, key), name, event)


def placeholders(text: str) -> tuple[str, ...]:
    """The names between braces in `text`, as written, once each, in order."""
    return tuple(dict.fromkeys(name.strip() for name in _PLACE.findall(text)))


def unknown_places(text: str, event: EventKind) -> tuple[str, ...]:
    """Placeholders of `text` that this event does not have, as written."""
    return tuple(name for name in placeholders(text) if canonical(name) not in event.places)


def place_problem(reading: Reading, path: Path, name: str, event: EventKind | None) -> None:
    """Report one unknown placeholder."""
    allowed = event.places if event else ()
    both = (*allowed, *(french for french, english in ALIASES.items() if english in allowed))
    message = reading.words.t(
        "the placeholder {{{name}}} is unknown here; known: {allowed}.", name=name, allowed=", ".join(allowed)
    )
    reading.add(path, "unknown_placeholder", message, suggestion=suggest(plain(name), both))


def _as_draft(verb: str, own: Mapping[str, Any], known: Known) -> BaseModel | None:
    """The same text as a draft: what a `send` comes down to when the rule may not send."""
    options = known.verbs.get("draft")
    if verb not in SENDING_VERBS or options is None:
        return None
    try:
        return options.model_validate({k: v for k, v in own.items() if k in options.model_fields})
    except ValidationError:
        return None  # a delegation has no template: it is then only told
