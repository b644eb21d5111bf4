"""Does a rule concern this event? Conditions against facts; an unknown fact makes its condition false."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from automator.agenda.durations import due
from automator.agenda.workdays import WorkCalendar
from automator.rulebook.intent import Event, Situation
from automator.rulebook.language import CONDITIONS, OVERDUE_EVENTS
from automator.rulebook.schema import Rule
from automator.rulebook.values import Money, plain

_BILLS = frozenset({"invoice", "reminder", "pro_forma"})
_LEAST_P = 0.05
PRESENT = frozenset(key for key, condition in CONDITIONS.items() if condition.present)


@dataclass(frozen=True, slots=True)
class Matched:
    """`ok`, else `failed` names the first thing against it: "on", a key, "except: a, b", "document", "paid".
    `unsure`: it holds only through a verdict that hesitates."""

    ok: bool
    failed: str = ""
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class _Look:
    """What a condition may look at besides its own value."""

    facts: Mapping[str, Any]
    confidence: str
    at: datetime
    now: datetime
    calendar: WorkCalendar


def match(
    rule: Rule,
    event: Event,
    situation: Situation,
    now: datetime,
    calendar: WorkCalendar | None = None,
    *,
    later: bool = False,
) -> Matched:
    """Compare a rule with an event. `when` keys are all needed; `except` stands against it when all its keys hold.

    `later` leaves out `older_than`, which is asked when a delayed step comes due. `calendar` measures `within` and
    `older_than` (default: France, Paris time).
    """
    if event.kind != rule.on:
        return Matched(False, "on")
    against = _implied(rule, situation)
    if against:
        return Matched(False, against)
    return _judge(rule, event.at, situation, now, calendar, skip=frozenset({"older_than"} if later else ()))


def holds_now(rule: Rule, base: datetime, situation: Situation, now: datetime, calendar: WorkCalendar) -> Matched:
    """Ask again, before a step, the conditions whose facts may have changed since the event of `base`."""
    against = _implied(rule, situation)
    if against:
        return Matched(False, against)
    return _judge(rule, base, situation, now, calendar, skip=frozenset(CONDITIONS) - PRESENT)


def _judge(
    rule: Rule,
    at: datetime,
    situation: Situation,
    now: datetime,
    calendar: WorkCalendar | None,
    *,
    skip: frozenset[str],
) -> Matched:
    calendar = calendar or WorkCalendar(ZoneInfo("Europe/Paris"))
    look = _Look(situation.facts, rule.when.get("confidence", "high"), at, now, calendar)
    for key, value in rule.when.items():
        if key not in skip and not _holds(key, value, look):
            return Matched(False, key)
    # `except` speaks of the whole case, so it is asked in full each time: a keyword set later counts.
    veto = _Look(situation.facts, rule.except_.get("confidence", "high"), at, now, calendar)
    if rule.except_ and all(_holds(key, value, veto) for key, value in rule.except_.items()):
        return Matched(False, f"except: {', '.join(rule.except_)}")
    return Matched(True, unsure=_is_unsure(rule, situation))


def _implied(rule: Rule, situation: Situation) -> str:
    """What the event itself demands, whatever the rule says."""
    facts = situation.facts
    if rule.on in OVERDUE_EVENTS and "paid" in situation.past:
        return "paid"
    if rule.on == "invoice.received":
        if facts.get("direction") == "issued":
            return "direction"
        if "document" not in rule.when and (facts.get("document") or "invoice") not in _BILLS:
            return "document"
    return ""


def _is_unsure(rule: Rule, situation: Situation) -> bool:
    wanted = rule.when.get("category", ())
    decisions = situation.facts.get("category") or {}
    return bool(wanted) and not any(decisions.get(name) == "yes" for name in wanted)


def _holds(key: str, value: Any, look: _Look) -> bool:
    condition = CONDITIONS[key]
    fact = look.facts.get(condition.fact)
    match condition.shape:
        case "confidence":
            return True  # a word about `category`, not a condition of its own
        case "category":
            return _category(value, look)
        case "span":
            return _span(key, value, look)
        case "amount":
            return _amount(key, value, fact, look.facts.get("currency"))
        case "bool":
            return fact is value
        case _:
            return fact is not None and fact != "" and _texts(key, value, fact, look)


def _texts(key: str, value: tuple[str, ...], fact: Any, look: _Look) -> bool:
    match CONDITIONS[key].shape:
        case "words":
            return any(_phrase(item).search(folded(str(fact))) for item in value)
        case "addresses":
            return any(address_matches(item, addr) for item in value for addr in _many(fact))
        case "globs":
            return any(_glob(item).fullmatch(plain(name)) for item in value for name in _many(fact))
        case _:
            return _named(key, value, fact, look)


def _named(key: str, value: tuple[str, ...], fact: Any, look: _Look) -> bool:
    if key == "attendees":
        own = look.facts.get("own_domains") or frozenset()
        return any(str(addr).rpartition("@")[2].lower() not in own for addr in fact)
    if key == "keywords":
        return bool({atom(word) for word in value} & {atom(word) for word in fact})
    return plain(str(fact)) in {plain(word) for word in value}


def _category(wanted: tuple[str, ...], look: _Look) -> bool:
    decisions = look.facts.get("category") or {}
    if look.confidence == "any":
        chances = look.facts.get("probability") or {}
        if any(chances.get(name, 0.0) >= _LEAST_P for name in wanted):
            return True
    enough = {"yes"} if look.confidence == "high" else {"yes", "unsure"}
    return any(decisions.get(name) in enough for name in wanted)


def _span(key: str, value: Any, look: _Look) -> bool:
    if key == "within":
        # A calendar edge that lands on a closed day moves on, so it never cuts a day that was meant.
        return look.calendar.local_day(look.at) <= look.calendar.local_day(due(look.now, value, look.calendar))
    return due(look.at, value, look.calendar) <= look.now


def _amount(key: str, limit: Money, fact: Any, currency: Any) -> bool:
    if fact is None or currency != limit.currency:
        return False
    return bool(fact >= limit.value if key == "amount_min" else fact <= limit.value)


def _many(fact: Any) -> Iterable[str]:
    return (fact,) if isinstance(fact, str) else fact


def address_matches(pattern: str, addr: str) -> bool:
    """`pattern` is a whole address, `@domain`, or `@*.domain` for its subdomains too; case is free."""
    pattern, addr = pattern.strip().casefold(), addr.strip().casefold()
    if pattern.startswith("@*."):
        domain = addr.rpartition("@")[2]
        return domain == pattern[3:] or domain.endswith(pattern[2:])
    return addr.endswith(pattern) if pattern.startswith("@") else addr == pattern


def atom(word: str) -> str:
    """A keyword as servers keep it: plain ASCII letters, anything else an underscore."""
    return re.sub(r"[^a-z0-9$]+", "_", plain(word)).strip("_")


@lru_cache(maxsize=8)
def folded(text: str) -> str:
    """A text of mail made comparable; the last few are kept, as every rule asks for the same ones."""
    return plain(text)


@lru_cache(maxsize=512)
def _phrase(words: str) -> re.Pattern[str]:
    """Words at word borders, `*` for the rest of a word (at most 64 letters, so that a hostile text of one endless
    word costs nothing); any white space between them."""
    parts = [re.escape(part).replace(r"\*", r"\w{0,64}") for part in plain(words).split()]
    return re.compile(r"(?<!\w)" + r"\s+".join(parts) + r"(?!\w)")


@lru_cache(maxsize=128)
def _glob(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(plain(pattern)).replace(r"\*", ".*"), re.DOTALL)
