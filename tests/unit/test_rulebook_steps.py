"""A running case: its dated ladder, its stop words, the window, and what it leads to now."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automator.followup.ladder import FollowUp, ObjectRef, StepRecord, StepState
from automator.rulebook.plan import (
    Autonomy,
    Situation,
    ladder,
    step_intents,
    stopped,
)
from tests.support.rules import (
    DRAFT,
    FIRM,
    MAIL,
    NOW,
    PARIS,
    armed,
    at,
    blocks,
    shipped,
)

RELANCE = shipped("relance-impayes")
DUE = at("2026-11-02T00:00")
FACTS = {"direction": "issued", "client_type": "business", "keywords": frozenset()}
CASE = FollowUp(3, "relance-impayes", RELANCE.version, "invoice.overdue", ObjectRef("invoice", "7"), "bureau", DUE)


def steps(item: FollowUp, moment: str, **changes: Any) -> list[tuple[str, str]]:
    situation = Situation({**FACTS, **changes.pop("facts", {})}, changes.pop("past", {}))
    made = step_intents(item, RELANCE, situation, armed(RELANCE, **changes), at(moment))
    return [(i.step, i.action) for i in made.intents]


def having(*records: tuple[str, StepState, str]) -> FollowUp:
    return replace(CASE, records={name: StepRecord(state, at(moment)) for name, state, moment in records})


def test_the_ladder_is_dated_on_working_days() -> None:
    found = ladder(RELANCE, DUE, FIRM).steps
    assert [(s.id, s.level, s.due.strftime("%m-%d %H:%M")) for s in found] == [
        ("draft-1", True, "11-12 09:00"),
        ("draft-2", True, "11-17 09:00"),
        ("task-1", False, "12-02 00:00"),
    ]


def test_a_level_comes_at_its_opening_with_its_record_and_the_next_moment() -> None:
    assert steps(CASE, "2026-11-12T08:59") == []
    made = step_intents(CASE, RELANCE, Situation(FACTS), armed(RELANCE), at("2026-11-12T09:00"))
    assert [i.key for i in made.intents] == ["relance-impayes/invoice:7/draft-1/"]
    assert made.records == {"draft-1": StepRecord("prepared", at("2026-11-12T09:00"))}
    assert made.next_due == at("2026-12-02T00:00")
    assert "after 7 working days" in made.intents[0].why


def test_a_level_is_prepared_inside_the_window_only() -> None:
    assert steps(CASE, "2026-11-12T20:00") == []
    assert steps(CASE, "2026-11-14T11:00") == []  # a Saturday
    assert steps(CASE, "2026-11-16T11:00") == [("draft-1", "draft")]


def test_after_a_month_away_one_level_and_the_task() -> None:
    assert steps(CASE, "2026-12-10T10:00") == [("draft-1", "draft"), ("task-1", "task")]
    sent = having(("draft-1", "sent", "2026-12-10T11:00"), ("task-1", "done", "2026-12-10T10:00"))
    assert steps(sent, "2026-12-14T10:00") == []
    assert steps(sent, "2026-12-15T11:00") == [("draft-2", "draft")]


def test_a_told_only_level_is_done_and_the_next_keeps_its_distance() -> None:
    made = step_intents(
        CASE, RELANCE, Situation(FACTS), armed(RELANCE, max_autonomy=Autonomy.OBSERVE), at("2026-11-12T09:00")
    )
    assert made.intents[0].observed
    assert made.records["draft-1"].state == "done"
    assert made.next_due == at("2026-11-17T09:00")


@pytest.mark.parametrize("word", ["paid", "replied", "disputed", "done"])
def test_a_stop_word_closes_the_case(word: str) -> None:
    made = step_intents(
        CASE, RELANCE, Situation(FACTS, {word: at("2026-11-10T12:00")}), armed(RELANCE), at("2026-11-12T09:00")
    )
    assert (made.stop, made.intents, made.next_due) == (word, (), None)


def test_a_case_that_is_closed_stays_closed() -> None:
    made = step_intents(
        replace(CASE, stopped="paid"), RELANCE, Situation(FACTS), armed(RELANCE), at("2026-11-12T09:00")
    )
    assert (made.stop, made.intents) == ("paid", ())


def test_an_answer_from_before_the_due_date_answers_something_else() -> None:
    early = Situation(FACTS, {"replied": at("2026-10-20T12:00")})
    assert stopped(RELANCE, early) == "replied"
    assert stopped(RELANCE, early, DUE) == ""
    assert stopped(RELANCE, Situation(FACTS, {"disputed": at("2026-10-20T12:00")}), DUE) == "disputed"


def test_paid_stops_every_invoice_event_whatever_the_rule_says() -> None:
    found = blocks('do = "digest"', head='title = "x"\non = "invoice.received"\n')
    assert stopped(found, Situation({}, {"paid": NOW})) == "paid"
    assert stopped(blocks('do = "digest"'), Situation({}, {"paid": NOW})) == ""
    assert stopped(blocks('do = "digest"'), Situation({}, {"replied": NOW})) == ""


def test_a_condition_of_the_present_holds_the_case_back_without_closing_it() -> None:
    marked = {"keywords": frozenset({"Litige"})}
    made = step_intents(CASE, RELANCE, Situation({**FACTS, **marked}), armed(RELANCE), at("2026-11-12T09:00"))
    assert (made.intents, made.records, made.stop, made.next_due) == ((), {}, "", at("2026-11-12T09:00"))
    assert steps(CASE, "2026-11-20T10:00") == [("draft-1", "draft")]


def test_missed_reminders_are_recorded_as_skipped() -> None:
    found = blocks(
        'after = "1 jour ouvré"\ndo = "remind"\ntext = "1"', 'after = "3 jours ouvrés"\ndo = "remind"\ntext = "2"'
    )
    item = FollowUp(1, found.id, found.version, found.on, MAIL, "bureau", NOW)
    made = step_intents(item, found, Situation({}), armed(found), NOW + timedelta(days=10))
    assert [i.step for i in made.intents] == ["remind-2"]
    assert {k: v.state for k, v in made.records.items()} == {"remind-1": "skipped", "remind-2": "done"}
    assert made.next_due is None


def test_before_a_meeting_and_never_once_it_has_begun() -> None:
    found = shipped("preparer-rdv")
    start = at("2026-11-17T14:00")
    item = FollowUp(1, found.id, found.version, found.on, ObjectRef("meeting", "m"), "", start)
    assert step_intents(item, found, Situation({}), armed(found), at("2026-11-13T23:00")).intents == ()
    (intent,) = step_intents(
        item, found, Situation({}), armed(found), at("2026-11-16T07:00")
    ).intents  # for the digest
    assert "1 working day before" in intent.why
    late = step_intents(item, found, Situation({}), armed(found), start)
    assert (late.intents, late.records["remind-1"].state) == ((), "skipped")


def test_before_a_due_day_it_still_makes_sense_on_that_day() -> None:
    found = blocks('before = "2 jours"\ndo = "remind"\ntext = "x"', head='title = "x"\non = "invoice.due"\n')
    (step,) = ladder(found, at("2026-11-20T00:00"), FIRM).steps
    assert step.until == at("2026-11-21T09:00")


def test_working_hours_that_end_at_closing_leave_at_the_next_opening() -> None:
    found = blocks('after = "4 h ouvrées"\n' + DRAFT)
    (step,) = ladder(found, at("2026-11-13T14:00"), FIRM).steps
    assert step.due == at("2026-11-16T09:00")


MOMENTS = st.integers(0, 2 * 365 * 24 * 60).map(lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=n))


@given(
    base=MOMENTS,
    looks=st.lists(st.integers(0, 24 * 90), max_size=25),
    fate=st.sampled_from(["sent", "prepared", "dropped"]),
)
def test_a_case_never_repeats_a_step_nor_writes_to_others_outside_the_window(
    base: datetime, looks: list[int], fate: StepState
) -> None:
    item, keys = replace(CASE, base=base), []
    for hours in sorted(looks):
        now = base + timedelta(hours=hours)
        made = step_intents(item, RELANCE, Situation(FACTS), armed(RELANCE), now)
        for intent in made.intents:
            keys.append(intent.key)
            if intent.action == "draft":
                assert FIRM.calendar.is_open(now)
                assert FIRM.calendar.is_working(now.astimezone(PARIS).date())
            assert now > base
        records = {k: StepRecord(fate, r.at) if r.state == "prepared" else r for k, r in made.records.items()}
        item = replace(item, records={**item.records, **records})
    assert len(keys) == len(set(keys))
