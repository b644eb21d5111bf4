"""Which steps of a case are due: S02, one level at a time, at its distance, and never twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from automator.followup.ladder import (
    FollowUp,
    Ladder,
    ObjectRef,
    Step,
    StepRecord,
    StepState,
    due_steps,
    next_moment,
    overtaken,
)

BASE = datetime(2026, 11, 2, tzinfo=UTC)


def day(n: int, hour: int = 9) -> datetime:
    return BASE + timedelta(days=n, hours=hour)


def level(name: str, n: int) -> Step:
    return Step(name, "draft", day(n), level=True)


LADDER = Ladder((level("draft-1", 7), level("draft-2", 15), Step("task-1", "task", day(30))))
CASE = FollowUp(1, "relance", "v1", "invoice.overdue", ObjectRef("invoice", "7"), "bureau", BASE)


def told(verb: str, name: str, n: int) -> Step:
    return Step(name, verb, day(n), told=True)


def having(*records: tuple[str, StepState, int]) -> FollowUp:
    return replace(CASE, records={name: StepRecord(state, day(n)) for name, state, n in records})


def ids(item: FollowUp, now: datetime, ladder: Ladder = LADDER) -> list[str]:
    return [step.id for step in due_steps(item, ladder, now)]


def test_nothing_before_its_moment_then_the_first_level() -> None:
    assert ids(CASE, day(7, 8)) == []
    assert ids(CASE, day(7)) == ["draft-1"]


def test_of_several_missed_levels_only_the_lowest_is_due() -> None:
    assert ids(CASE, day(100)) == ["draft-1", "task-1"]


def test_a_level_waits_for_the_one_before_to_be_sent() -> None:
    assert ids(having(("draft-1", "prepared", 7)), day(20)) == []
    assert ids(having(("draft-1", "dropped", 8)), day(20)) == []


def test_a_level_keeps_its_distance_from_the_day_the_one_before_was_sent() -> None:
    late = having(("draft-1", "sent", 14))
    assert ids(late, day(15)) == []
    assert ids(late, day(21)) == []
    assert ids(late, day(22)) == ["draft-2"]
    assert ids(having(("draft-1", "sent", 7)), day(15)) == ["draft-2"]


def test_a_skipped_or_cancelled_level_is_passed_over() -> None:
    assert ids(having(("draft-1", "skipped", 7)), day(15)) == ["draft-2"]
    assert ids(having(("draft-1", "cancelled", 7)), day(15)) == ["draft-2"]


def test_when_every_level_is_sent_only_the_rest_remains() -> None:
    assert ids(having(("draft-1", "sent", 7), ("draft-2", "sent", 15)), day(29)) == []
    assert ids(having(("draft-1", "sent", 7), ("draft-2", "sent", 15)), day(30)) == ["task-1"]


def test_a_task_comes_due_whatever_became_of_the_drafts() -> None:
    assert ids(having(("draft-1", "dropped", 8)), day(30)) == ["task-1"]
    assert ids(replace(CASE, paused=True), day(30)) == ["task-1"]


def test_a_stopped_case_is_silent_and_one_that_waits_for_a_day_too() -> None:
    assert ids(replace(CASE, stopped="paid"), day(100)) == []
    promised = replace(CASE, resume_on=date(2026, 11, 20))
    assert ids(promised, day(17)) == []
    assert ids(promised, day(18)) == ["draft-1"]


def test_of_missed_reminders_the_newest_is_told() -> None:
    ladder = Ladder((told("remind", "remind-1", 2), told("remind", "remind-2", 5), told("digest", "digest-1", 2)))
    assert ids(CASE, day(2), ladder) == ["remind-1", "digest-1"]
    assert ids(CASE, day(9), ladder) == ["digest-1", "remind-2"]
    assert [s.id for s in overtaken(CASE, ladder, day(9))] == ["remind-1"]
    assert overtaken(CASE, ladder, day(2)) == []


def test_two_reminders_of_one_moment_are_both_told() -> None:
    ladder = Ladder((told("remind", "remind-1", 2), told("remind", "remind-2", 2)))
    assert ids(CASE, day(9), ladder) == ["remind-1", "remind-2"]


def test_a_step_before_its_event_is_pointless_once_it_has_begun() -> None:
    step = replace(told("remind", "remind-1", 2), until=day(3))
    call = replace(level("draft-1", 2), until=day(3))
    assert ids(CASE, day(2), Ladder((step, call))) == ["remind-1", "draft-1"]
    assert ids(CASE, day(3), Ladder((step, call))) == []
    assert [s.id for s in overtaken(CASE, Ladder((step, call)), day(3))] == ["remind-1", "draft-1"]


def test_the_next_moment_of_a_case() -> None:
    assert next_moment(CASE, LADDER) == day(7)
    assert next_moment(having(("draft-1", "prepared", 7)), LADDER) == day(30)
    assert next_moment(having(("draft-1", "sent", 20)), LADDER) == day(28)
    assert next_moment(replace(CASE, paused=True), LADDER) == day(30)
    done = having(("draft-1", "sent", 7), ("draft-2", "sent", 15), ("task-1", "done", 30))
    assert next_moment(done, LADDER) is None


STEPS = st.lists(
    st.tuples(st.sampled_from(["draft", "remind", "task", "archive"]), st.integers(0, 60)), min_size=1, max_size=6
)
STATES: st.SearchStrategy[StepState] = st.sampled_from(["sent", "dropped", "prepared"])


def build(raw: list[tuple[str, int]]) -> Ladder:
    return Ladder(
        tuple(
            Step(f"{verb}-{i}", verb, day(n), level=verb == "draft", told=verb == "remind")
            for i, (verb, n) in enumerate(raw)
        )
    )


@given(raw=STEPS, looks=st.lists(st.integers(0, 90), max_size=12), fates=st.lists(STATES, max_size=12))
def test_no_step_is_ever_given_twice_nor_before_its_moment(
    raw: list[tuple[str, int]], looks: list[int], fates: list[StepState]
) -> None:
    ladder, item, given_ids = build(raw), CASE, []
    for turn, n in enumerate(sorted(looks)):
        found = due_steps(item, ladder, day(n))
        assert sum(step.level for step in found) <= 1
        for step in found:
            assert step.due <= day(n)
            assert step.due > item.base
            given_ids.append(step.id)
            fate: StepState = (fates[turn] if turn < len(fates) else "sent") if step.level else "done"
            item = replace(item, records={**item.records, step.id: StepRecord(fate, day(n))})
        assert not set(overtaken(item, ladder, day(n))) & set(found)
    assert len(given_ids) == len(set(given_ids))


@given(raw=STEPS, first=st.integers(0, 90))
def test_two_levels_are_never_nearer_than_the_rule_says(raw: list[tuple[str, int]], first: int) -> None:
    ladder, item = build(raw), CASE
    sent: list[tuple[Step, int]] = []
    for n in range(first, first + 150):
        for step in due_steps(item, ladder, day(n)):
            if step.level:
                if sent:
                    assert day(n) - day(sent[-1][1]) >= step.due - sent[-1][0].due
                sent.append((step, n))
            item = replace(item, records={**item.records, step.id: StepRecord("sent", day(n))})
