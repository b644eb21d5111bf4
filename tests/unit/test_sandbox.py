"""The sandbox holds functions that eat memory, spin, die or lie; the others go on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from automator.errors import PermanentError
from automator.mail.message import Address
from automator.sandbox import Quarantined, Sandbox
from tests.support import doomed


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    made = Sandbox(memory_mb=256, cpu_seconds=1, wall_seconds=10, idle_seconds=20)
    yield made
    made.close()


def test_runs_a_function_elsewhere_and_keeps_the_child(sandbox: Sandbox) -> None:
    assert sandbox.run(doomed.double, 21) == 42
    first = sandbox.run(doomed.whoami)
    assert first == sandbox.pid
    assert sandbox.run(doomed.whoami) == first


def test_nouns_and_partials_cross(sandbox: Sandbox) -> None:
    assert sandbox.run(partial(Address, name="Claire"), "claire@dupont.example") == Address(
        "claire@dupont.example", "Claire"
    )


def test_s48_memory_is_limited_and_the_next_call_works(sandbox: Sandbox) -> None:
    assert sandbox.run(doomed.eat_memory, 10) == 10 * 1024 * 1024
    with pytest.raises(Quarantined):
        sandbox.run(doomed.eat_memory, 4000)
    assert sandbox.run(doomed.double, 2) == 4


def test_s49_endless_work_is_ended_by_cpu_time() -> None:
    box = Sandbox(cpu_seconds=1, wall_seconds=60)
    with pytest.raises(Quarantined):
        box.run(doomed.spin)
    box.close()


def test_endless_work_is_ended_by_the_wall_clock() -> None:
    box = Sandbox(cpu_seconds=60, wall_seconds=0.5)
    with pytest.raises(Quarantined):
        box.run(doomed.spin)
    assert box.pid is None


def test_the_cpu_limit_grows_with_each_call(sandbox: Sandbox) -> None:
    assert sandbox.run(doomed.cpu_seconds) >= 1


def test_s10_a_killed_child_costs_only_its_own_item(sandbox: Sandbox) -> None:
    found = sandbox.map(doomed.odd_kills, [0, 1, 2, 3, 4])
    assert [x if isinstance(x, int) else "lost" for x in found] == [0, "lost", 2, "lost", 4]
    assert all(isinstance(x, Quarantined) for x in found[1::2])


def test_a_child_that_died_before_is_replaced_and_the_call_answered(sandbox: Sandbox) -> None:
    first = sandbox.run(doomed.whoami)
    with pytest.raises(Quarantined):
        sandbox.run(doomed.die, 3)
    assert sandbox.run(doomed.whoami) not in {first, None}


def test_s33_an_error_tells_its_kind_and_place_but_no_text_of_the_mail(sandbox: Sandbox) -> None:
    with pytest.raises(Quarantined) as caught:
        sandbox.run(doomed.raise_secret, "canary-8841")
    assert "canary" not in str(caught.value)
    assert "ValueError at doomed.py:" in str(caught.value)


def test_errors_on_purpose_come_through(sandbox: Sandbox) -> None:
    with pytest.raises(PermanentError, match="too big"):
        sandbox.run(doomed.refuse, "too big")
    assert [type(e) for e in sandbox.map(doomed.refuse, ["too big"])] == [Quarantined]


def test_recursion_is_an_error_of_that_call_only(sandbox: Sandbox) -> None:
    with pytest.raises(Quarantined, match="RecursionError"):
        sandbox.run(doomed.nested, 0)


def test_the_child_sees_no_environment_and_writes_no_file(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTOMATOR_SECRET", "canary")
    assert "canary" not in str(sandbox.run(doomed.surroundings))
    with pytest.raises(Quarantined, match="OSError"):
        sandbox.run(doomed.write_file, str(tmp_path / "x"))


@pytest.mark.parametrize("function", [doomed.sly, doomed.stranger])
def test_what_comes_back_may_only_be_nouns(sandbox: Sandbox, function: object) -> None:
    with pytest.raises(Quarantined):
        sandbox.run(function)  # type: ignore[arg-type]


def test_gone_when_idle_and_back_when_needed() -> None:
    box = Sandbox(idle_seconds=0.05)
    assert box.wait_idle(1)
    first = box.run(doomed.whoami)
    assert box.wait_idle(20)
    assert box.pid is None
    assert box.run(doomed.whoami) != first
    box.close()


def test_a_busy_child_is_not_idle(sandbox: Sandbox) -> None:
    sandbox.run(doomed.double, 1)
    assert not sandbox.wait_idle(0.01)


def test_threads_take_turns(sandbox: Sandbox) -> None:
    found: dict[int, int] = {}

    def work(start: int) -> None:
        for number in range(start, start + 20):
            found[number] = sandbox.run(doomed.double, number)

    threads = [threading.Thread(target=work, args=(base,)) for base in (0, 100, 200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 60
    assert all(found[number] == 2 * number for number in found)


def test_close_ends_the_child(sandbox: Sandbox) -> None:
    sandbox.run(doomed.double, 1)
    sandbox.close()
    assert sandbox.pid is None
    sandbox.close()
