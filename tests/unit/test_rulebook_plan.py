"""The heart: what an event leads to, by matching, autonomy, filing and arming."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automator.rulebook.plan import (
    Autonomy,
    Event,
    Plan,
    Situation,
    plan,
)
from automator.rulebook.schema import Rule
from tests.support.rules import (
    DRAFT,
    FIRM,
    HEAD,
    KNOWN,
    MAIL,
    NOW,
    SEND,
    armed,
    at,
    blocks,
    event,
    rule,
    shipped,
)
from tests.support.verbs import RULES


def decide(found: Rule, situation: Situation | None = None, **changes: Any) -> Plan:
    return plan(event(found.on), situation or Situation({}), [found], NOW, armed(found, **changes))


def test_a_block_without_delay_becomes_an_intent_at_once() -> None:
    made = decide(blocks('do = "remind"\ntext = "x"'))
    (intent,) = made.intents
    assert intent.key == "essai/mail:12/remind-1/"
    assert (intent.action, intent.step, intent.rule, intent.account) == ("remind", "remind-1", "essai", "bureau")
    assert intent.not_before == NOW
    assert "Essai" in intent.why
    assert "a mail arrived" in intent.why
    assert made.armed == ()
    assert made.trace[0].ok


def test_a_block_with_delay_opens_a_case() -> None:
    found = blocks('do = "keyword"\nkeyword = "k"', 'after = "2 jours"\ndo = "archive"')
    made = decide(found)
    assert [i.action for i in made.intents] == ["keyword"]
    (case,) = made.armed
    assert (case.rule, case.rule_version, case.event, case.object, case.base) == (
        "essai",
        found.version,
        "mail.received",
        MAIL,
        NOW,
    )


def test_a_level_at_once_joins_the_case_of_the_levels_after_it() -> None:
    made = decide(blocks(DRAFT, 'after = "5 jours"\n' + DRAFT))
    assert made.intents == ()
    assert len(made.armed) == 1


@pytest.mark.parametrize(
    ("ceiling", "autonomy", "verb", "action", "observed", "held"),
    [
        ("auto", "", "remind", "remind", False, False),
        ("observe", "", "remind", "remind", False, False),
        ("observe", "", "archive", "archive", True, False),
        ("draft", "", "archive", "archive", False, False),
        ("auto", "observe", "archive", "archive", True, False),
        ("observe", "auto", "draft", "draft", True, False),
        ("draft", "auto", "draft", "draft", False, False),
        ("auto", "", "draft", "draft", False, False),
        ("observe", "", "send", "send", True, False),
        ("draft", "auto", "send", "draft", False, False),
        ("auto", "draft", "send", "draft", False, False),
        ("ask", "auto", "send", "send", False, True),
        ("auto", "ask", "send", "send", False, True),
        ("auto", "auto", "send", "send", False, False),
        ("draft", "auto", "delegate", "delegate", True, False),
        ("ask", "auto", "delegate", "delegate", False, True),
    ],
)
def test_the_table_of_autonomy(
    ceiling: str, autonomy: str, verb: str, action: str, observed: bool, held: bool
) -> None:
    bodies = {"remind": 'text = "x"', "draft": 'template = "suivi-devis"', "send": 'template = "suivi-devis"'}
    bodies["delegate"] = 'person = "lea"'
    head = HEAD + (f'autonomy = "{autonomy}"\n' if autonomy else "")
    found = blocks(f'do = "{verb}"\n{bodies.get(verb, "")}', head=head)
    (intent,) = decide(found, max_autonomy=Autonomy[ceiling.upper()]).intents
    assert (intent.action, intent.observed, intent.held) == (action, observed, held)


def test_a_send_that_becomes_a_draft_keeps_its_text_under_the_draft_verb() -> None:
    (intent,) = decide(blocks(SEND), max_autonomy=Autonomy.DRAFT).intents
    assert type(intent.params) is KNOWN.verbs["draft"]
    assert intent.params.model_dump()["template"] == "suivi-devis"
    assert intent.step == "send-1"


def test_where_sending_is_not_allowed_a_send_is_a_draft() -> None:
    (intent,) = decide(blocks(SEND), allow_send=False).intents
    assert (intent.action, intent.held) == ("draft", False)


def test_a_doubtful_verdict_takes_one_level_away() -> None:
    head = HEAD + 'when = { category = "urgent", confidence = "medium" }\n'
    doubt = Situation({"category": {"urgent": "unsure"}})
    (intent,) = decide(blocks(SEND, head=head), doubt).intents
    assert (intent.autonomy, intent.held) == (Autonomy.ASK, True)
    assert intent.why.endswith("so one step less")
    (owner,) = decide(blocks('do = "notify"', head=head), doubt).intents
    assert owner.why.endswith("the sorting hesitates")
    (told,) = decide(blocks('do = "archive"', head=head), doubt, max_autonomy=Autonomy.DRAFT).intents
    assert told.observed
    (still,) = decide(blocks('do = "archive"', head=head), doubt, max_autonomy=Autonomy.OBSERVE).intents
    assert still.autonomy is Autonomy.OBSERVE


def test_mail_to_others_waits_for_the_window() -> None:
    found = blocks(SEND, 'do = "notify"')
    night = at("2026-11-13T22:00")
    made = plan(event(moment=night), Situation({}), [found], night, armed(found))
    assert [i.not_before for i in made.intents] == [at("2026-11-16T09:00"), night]


def test_without_words_the_reason_is_the_title() -> None:
    (intent,) = decide(blocks('do = "archive"'), words=None).intents
    assert intent.why == "Essai"


def test_a_rule_never_acts_on_what_is_older_than_its_arming() -> None:
    found = blocks('do = "archive"')
    late = armed(found, since=date(2026, 11, 17))
    made = plan(event(), Situation({}), [found], NOW, late)
    assert (made.intents, made.trace[0].reason) == ((), "armed")
    assert plan(event(), Situation({}), [found], NOW, FIRM).trace[0].reason == "armed"
    assert plan(event(), Situation({}), [found], NOW, armed(found, since=date(2026, 11, 16))).intents


def test_a_stop_that_already_came_true_keeps_the_rule_away() -> None:
    found = blocks('after = "2 jours"\ndo = "archive"', head=HEAD + 'stop = ["replied"]\n')
    made = decide(found, Situation({}, {"replied": NOW}))
    assert (made.armed, made.trace[0].reason) == ((), "stop: replied")


def test_rules_of_another_event_are_not_even_traced() -> None:
    assert plan(event("mail.sent"), Situation({}), [blocks('do = "archive"')], NOW, FIRM).trace == ()


def test_the_trace_names_the_first_condition_that_failed() -> None:
    made = decide(blocks('do = "archive"', head=HEAD + 'when = { kind = "newsletter" }\n'))
    assert (made.trace[0].rule, made.trace[0].ok, made.trace[0].reason) == ("essai", False, "kind")


def test_a_mail_that_is_not_old_enough_waits_in_its_case_only() -> None:
    head = HEAD + 'when = { older_than = "1 jour" }\n'
    made = decide(blocks('do = "digest"', 'after = "2 jours"\ndo = "archive"', head=head))
    assert (made.intents, len(made.armed), made.trace[0].ok) == ((), 1, True)
    alone = decide(blocks('do = "digest"', head=head))
    assert (alone.intents, alone.trace[0].reason) == ((), "older_than")


def filing(name: str, verb: str, priority: int = 0) -> Rule:
    return rule(
        f'title = "x"\non = "mail.received"\npriority = {priority}\n[[then]]\n{verb}\n[[then]]\ndo = "digest"', name
    )


def test_of_several_filing_deeds_one_wins_by_priority_then_name() -> None:
    a = filing("a.toml", 'do = "move"\nfolder = "A"')
    b = filing("b.toml", 'do = "archive"', 5)
    c = filing("c.toml", 'do = "move"\nfolder = "C"', 5)
    made = plan(event(), Situation({}), [a, c, b], NOW, armed(a, b, c))
    assert [(i.rule, i.action) for i in made.intents if i.action != "digest"] == [("b", "archive")]
    assert len([i for i in made.intents if i.action == "digest"]) == 3
    assert [(t.rule, t.reason) for t in made.trace] == [("b", ""), ("c", "filing: b"), ("a", "filing: b")]


def test_a_filing_that_is_only_told_does_not_win() -> None:
    a = rule('title = "x"\non = "mail.received"\nautonomy = "observe"\n[[then]]\ndo = "archive"', "a.toml")
    b = filing("b.toml", 'do = "move"\nfolder = "B"')
    made = plan(event(), Situation({}), [a, b], NOW, armed(a, b))
    assert [(i.rule, i.observed) for i in made.intents if i.action != "digest"] == [("a", True), ("b", False)]


def test_one_rule_files_once() -> None:
    found = blocks('do = "move"\nfolder = "A"', 'do = "archive"')
    assert [i.action for i in decide(found).intents] == ["move"]


MOMENTS = st.integers(0, 2 * 365 * 24 * 60).map(lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=n))
ALL = [shipped(path.stem) for path in sorted(RULES.glob("*.toml"))]


@given(
    moment=MOMENTS,
    kind=st.sampled_from(sorted({r.on for r in ALL})),
    yes=st.booleans(),
    occurrence=st.text(max_size=5),
)
def test_a_plan_is_the_same_twice_and_its_keys_are_unique(
    moment: datetime, kind: str, yes: bool, occurrence: str
) -> None:
    facts = {
        "category": {"urgent": "yes" if yes else "unsure", "client_request": "yes"},
        "kind": "newsletter" if yes else "order",
    }
    happened = Event(kind, MAIL, "bureau", moment, FIRM.calendar.local_day(moment), occurrence)
    firm = armed(*ALL)
    once = plan(happened, Situation(facts), ALL, moment, firm)
    assert once == plan(happened, Situation(facts), list(reversed(ALL)), moment, firm)
    keys = [i.key for i in once.intents]
    assert len(keys) == len(set(keys))
    assert all(i.not_before >= moment for i in once.intents)
