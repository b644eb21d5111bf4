"""Playing a rule's own tests: its object is followed day by day through the real planner, on the firm's calendar."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from automator.agenda.workdays import WorkCalendar
from automator.followup.ladder import FollowUp, ObjectRef, StepRecord
from automator.rulebook.cases import TestCase
from automator.rulebook.intent import Autonomy, Event, Firm, Intent, Situation
from automator.rulebook.language import ARGUMENTS, EVENTS, LEVEL_VERBS, EventKind
from automator.rulebook.plan import plan
from automator.rulebook.schema import Rule
from automator.rulebook.steps import ladder, step_intents
from automator.rulebook.values import Known

_DAY = timedelta(days=1)
_LONGEST_PLAY = 3660  # days


@dataclass(frozen=True, slots=True)
class TestResult:
    """What one `[[test]]` gave. `expected` and `got` are in file order, as `verb:argument`."""

    __test__ = False  # not a test of pytest's

    file: str
    name: str
    line: int
    passed: bool
    expected: tuple[str, ...]
    got: tuple[str, ...]


def run_tests(
    rule: Rule, known: Known, calendar: WorkCalendar, own_domains: frozenset[str] = frozenset()
) -> list[TestResult]:
    """Play every test of a rule (rules.md, "Tests"). `own_domains` tells external attendees from the firm's own.

    1. The object is played from its event to `now`, one look at the opening of each day and one at each moment at
       which something falls due; each level is taken as sent by the owner at the moment it came due.
    2. What came due on the local date of `now` is compared with `expect`, as the file writes it: autonomy, ceiling
       and `allow_send` play no part.
    """
    results = []
    for test in rule.tests:
        got = _Play(rule, test, calendar, own_domains).run()
        passed = got == test.expect
        results.append(TestResult(rule.file, test.name, test.line, passed, test.expect, got))
    return results


@dataclass(slots=True)
class _Play:
    rule: Rule
    test: TestCase
    calendar: WorkCalendar
    own_domains: frozenset[str]
    done: dict[str, date] = field(default_factory=dict)

    def run(self) -> tuple[str, ...]:
        kind = EVENTS[self.rule.on]
        if self.test.object not in kind.objects:
            return ()
        base = self._base(kind)
        firm = Firm(self.calendar, Autonomy.AUTO, True, {self.rule.id: date.min})
        free = replace(self.rule, autonomy=Autonomy.AUTO)
        start = self._start(kind, base, free, firm)
        last = self.test.now.date()
        if self.calendar.local_day(start) > last:
            return ()
        if (last - self.calendar.local_day(start)).days > _LONGEST_PLAY:
            return ()
        self._follow(free, firm, base, start, last)
        today = [step for step, day in self.done.items() if day == last]
        return tuple(_label(block.verb, block.params) for block in self.rule.then if block.id in today)

    def _base(self, kind: EventKind) -> datetime:
        """The moment that delays count from: the event's first fact, else the day before `now` for an overdue bill,
        else `now` itself."""
        given = self.test.dates.get(kind.facts[0])
        if given is None and self.rule.on == "invoice.overdue":
            given = datetime.combine(self.test.now.date() - _DAY, datetime.min.time())
        return (given or self.test.now).replace(tzinfo=self.calendar.zone)

    def _start(self, kind: EventKind, base: datetime, rule: Rule, firm: Firm) -> datetime:
        """When the event is seen: the day after the due date for an overdue bill; early enough for what comes before
        its base; else at its base."""
        if self.rule.on == "invoice.overdue":
            return self.calendar.day_start(self.calendar.local_day(base) + _DAY)
        if kind.when == "after":
            return base
        now = self.test.now.replace(tzinfo=self.calendar.zone)
        return min([now, base, *(step.due for step in ladder(rule, base, firm).steps)])

    def _follow(self, rule: Rule, firm: Firm, base: datetime, start: datetime, last: date) -> None:
        object_ = ObjectRef(self.test.object, "1")
        happened = self.calendar.local_day(start)
        event = Event(rule.on, object_, "", base, happened)
        planned = plan(event, self._situation(base, start), [rule], start, firm)
        self._note(planned.intents)
        for arming in planned.armed:
            item = FollowUp(1, rule.id, rule.version, rule.on, object_, "", arming.base)
            for moment in self._moments(rule, firm, item, start, last):
                situation = self._situation(base, moment)
                result = step_intents(item, rule, situation, firm, moment)
                if result.stop:
                    break
                self._note(result.intents)
                item = replace(item, records={**item.records, **_settled(result.intents, result.records, moment)})

    def _moments(self, rule: Rule, firm: Firm, item: FollowUp, start: datetime, last: date) -> Iterator[datetime]:
        """The event itself, every opening, every moment at which a step falls due, in order, up to the last day."""
        dues = [step.due for step in ladder(rule, item.base, firm).steps]
        first = self.calendar.local_day(start)
        openings = [self.calendar.day_start(first + _DAY * i) for i in range((last - first).days + 1)]
        moments = {start, *openings, *dues}
        return iter(sorted(m for m in moments if m >= start and self.calendar.local_day(m) <= last))

    def _situation(self, base: datetime, moment: datetime) -> Situation:
        past = {}
        for word, given in self.test.past.items():
            at = given.replace(tzinfo=self.calendar.zone) if given else base
            if given is None or at <= moment:
                past[word] = at
        return Situation(_facts(self.test, self.own_domains), past)

    def _note(self, intents: tuple[Intent, ...]) -> None:
        for intent in intents:
            self.done[intent.step] = self.calendar.local_day(intent.not_before)


def _settled(intents: tuple[Intent, ...], records: Any, moment: datetime) -> dict[str, StepRecord]:
    """The records after this look, every level sent by the owner at once."""
    sent = {intent.step: StepRecord("sent", moment) for intent in intents if intent.action in LEVEL_VERBS}
    return {**records, **sent}


def _facts(test: TestCase, own_domains: frozenset[str]) -> dict[str, Any]:
    """`given` as the store would tell it."""
    facts = {key: value for key, value in test.facts.items() if key not in {"category", "confidence", "amount"}}
    sure = test.facts.get("confidence", "high") == "high"
    if "category" in test.facts:
        facts["category"] = dict.fromkeys(test.facts["category"], "yes" if sure else "unsure")
        facts["probability"] = dict.fromkeys(test.facts["category"], 0.95 if sure else 0.5)
    if "amount" in test.facts:
        facts["amount"], facts["currency"] = test.facts["amount"].value, test.facts["amount"].currency
    if "attachments" in facts:
        facts.setdefault("has_attachment", bool(facts["attachments"]))
    facts["own_domains"] = own_domains
    return facts


def _label(verb: str, params: object) -> str:
    argument = getattr(params, ARGUMENTS.get(verb, ""), "")
    return f"{verb}:{argument}" if argument else verb
