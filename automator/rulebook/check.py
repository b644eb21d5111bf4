"""What `rules check` sees beyond one file's grammar: conflicts, dead rules, slips in texts and templates, dates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from automator.agenda.workdays import WorkCalendar
from automator.errors import Problem
from automator.mail.template import canonical
from automator.rulebook.blocks import placeholders, unknown_places
from automator.rulebook.intent import Autonomy, Firm
from automator.rulebook.language import (
    CONDITIONS,
    EVENTS,
    FILING_VERBS,
    SENDING_VERBS,
)
from automator.rulebook.match import address_matches
from automator.rulebook.schema import Rule
from automator.rulebook.steps import ladder
from automator.rulebook.values import plain
from automator.words import Words

_REGEX = re.compile(r"\\[dswbDSWB.]|\.\*|\.\+|\(\?|\[[^\]]*\w-\w[^\]]*\]|\][*+?]|(?<!\w)\^|\$$|\w\|\w|\{\d+,?\d*\}")
_PENALTIES = frozenset({"penalties", "indemnity"})
_YEARS_AHEAD = timedelta(days=800)


@dataclass(frozen=True, slots=True)
class Setting:
    """What the check must know of the firm besides the rules. `templates` maps a template's file name without
    ".txt" ("relance-1.fr") to its text."""

    allow_send: bool = False
    templates: Mapping[str, str] = field(default_factory=dict)


def check_rules(rules: Sequence[Rule], setting: Setting, words: Words) -> list[Problem]:
    """Every warning, and every error in the templates that the rules use, in the order of files and lines."""
    problems: list[Problem] = []
    for rule in rules:
        problems += _never(rule, words)
        problems += _regexes(rule, words)
        problems += _sending(rule, setting, words)
        problems += _templates(rule, setting, words)
    problems += _conflicts(rules, words)
    unique = {(p.file, p.line, p.key, p.code, p.message): p for p in problems}
    return sorted(unique.values(), key=lambda p: (p.file, p.line, p.column))


def next_dates(rule: Rule, calendar: WorkCalendar, now: datetime, count: int = 3) -> tuple[tuple[str, date], ...]:
    """The next real dates of a rule, as (step id, day): the coming dates of its schedule (step ""), else the days on
    which its delayed blocks fall due if its event happened today (`before`: tomorrow a year's length away is not
    asked; the event is taken 30 days ahead)."""
    today = calendar.local_day(now)
    if rule.schedule:
        days = rule.schedule.occurrences(today, today + _YEARS_AHEAD, calendar)[:count]
        return tuple(("", day) for day in days)
    ahead = timedelta(days=30) if EVENTS[rule.on].when == "before" else timedelta(0)
    base = datetime.combine(today + ahead, time(0), calendar.zone)
    steps = ladder(rule, base, Firm(calendar, Autonomy.AUTO, True, {})).steps
    return tuple((step.id, calendar.local_day(step.due)) for step in steps)


def _warning(rule: Rule, path: tuple[str | int, ...], code: str, message: str, fix: str = "") -> Problem:
    key = ".".join(str(p + 1) if isinstance(p, int) else p for p in path)
    return Problem(rule.file, rule.line(*path), key, code, message, fix, severity="warning")


def _never(rule: Rule, words: Words) -> Iterator[Problem]:
    """A condition that this event cannot have, or two that exclude each other."""
    objects = EVENTS[rule.on].objects
    for key in rule.when:
        if not CONDITIONS[key].objects & set(objects):
            message = words.t("this rule can never match: {event} has no “{key}”.", event=rule.on, key=key)
            yield _warning(rule, ("when", key), "never_matches", message, words.t("Remove the condition."))
    low, high = rule.when.get("amount_min"), rule.when.get("amount_max")
    if low and high and (low.currency != high.currency or low.value > high.value):
        message = words.t(
            "this rule can never match: no amount lies between {low} and {high}.", low=low.text, high=high.text
        )
        yield _warning(rule, ("when", "amount_max"), "never_matches", message)
    if rule.on == "invoice.received" and rule.when.get("direction") == ("issued",):
        message = words.t("this rule can never match: a bill that arrives is never one of ours.")
        yield _warning(rule, ("when", "direction"), "never_matches", message)
    if rule.except_ and all(_covers(key, value, rule.when.get(key)) for key, value in rule.except_.items()):
        message = words.t("this rule can never match: “except” holds whenever “when” does.")
        yield _warning(rule, ("except",), "never_matches", message)


def _covers(key: str, veto: object, wanted: object) -> bool:
    """Does `veto` hold for certain wherever `wanted` does?"""
    if wanted is None:
        return False
    if isinstance(veto, tuple) and isinstance(wanted, tuple):
        return {plain(w) for w in wanted} <= {plain(v) for v in veto}
    return veto == wanted


def _regexes(rule: Rule, words: Words) -> Iterator[Problem]:
    for name, table in (("when", rule.when), ("except", rule.except_)):
        for key, value in table.items():
            texts = (
                value if isinstance(value, tuple) and CONDITIONS[key].shape in {"words", "addresses", "globs"} else ()
            )
            if any(_REGEX.search(text) for text in texts):
                message = words.t("this text looks like a regular expression; here only * is a wildcard.")
                yield _warning(rule, (name, key), "regex_like", message, words.t("Write plain words."))


def _sending(rule: Rule, setting: Setting, words: Words) -> Iterator[Problem]:
    for number, block in enumerate(rule.then):
        if block.verb in SENDING_VERBS and not setting.allow_send:
            message = words.t("sending is not allowed in the configuration, so this step will be a draft.")
            yield _warning(
                rule,
                ("then", number, "do"),
                "send_without_allow",
                message,
                words.t("Set allow_send = true in config.toml, or write draft."),
            )


def _templates(rule: Rule, setting: Setting, words: Words) -> Iterator[Problem]:
    """Placeholders of the templates that a rule uses: unknown ones are errors in the template's own file."""
    event = EVENTS[rule.on]
    for number, block in enumerate(rule.then):
        name = getattr(block.params, "template", "")
        for file, text in setting.templates.items():
            if not name or (file.partition(".")[0] != name and file != name):
                continue
            for row, line in enumerate(text.splitlines(), 1):
                for place in unknown_places(line, event):
                    message = words.t(
                        "the placeholder {{{name}}} is unknown here; known: {allowed}.",
                        name=place,
                        allowed=", ".join(event.places),
                    )
                    yield Problem(f"templates/{file}.txt", row, place, "unknown_placeholder", message)
            used = {canonical(place) for place in placeholders(text)}
            if used & _PENALTIES and rule.when.get("client_type") != ("business",):
                message = words.t("this template speaks of late penalties, which exist between professionals only.")
                fix = words.t('Add client_type = "business" to “when”.')
                yield _warning(rule, ("then", number, "template"), "penalties_without_business", message, fix)


def _conflicts(rules: Sequence[Rule], words: Words) -> Iterator[Problem]:
    """Two rules that may file the same message, with nothing to say which goes first."""
    filing = [rule for rule in rules if any(block.verb in FILING_VERBS for block in rule.then)]
    for index, one in enumerate(filing):
        for other in filing[index + 1 :]:
            winner, loser = sorted((one, other), key=lambda r: (-r.priority, r.file))
            if one.priority != other.priority or one.on != other.on or not _may_meet(one, other):
                continue
            number = next(i for i, block in enumerate(loser.then) if block.verb in FILING_VERBS)
            message = words.t(
                "{loser} and {winner} may file the same message; {winner} goes first, by its name.",
                loser=loser.file,
                winner=winner.file,
            )
            fix = words.t("Give one of them a higher priority, or tell their conditions apart.")
            yield _warning(loser, ("then", number, "do"), "filing_conflict", message, fix)


def _may_meet(one: Rule, other: Rule) -> bool:
    """Could one object satisfy both? Only what is certain counts as a "no"."""
    for key in one.when.keys() & other.when.keys():
        a, b = one.when[key], other.when[key]
        if CONDITIONS[key].exclusive and _apart(a, b):
            return False
        if key == "from" and not any(
            address_matches(x, y) or address_matches(y, x) or "*" in x + y for x in a for y in b
        ):
            return False
    return True


def _apart(a: object, b: object) -> bool:
    if isinstance(a, tuple) and isinstance(b, tuple):
        return not {plain(x) for x in a} & {plain(y) for y in b}
    return a != b
