"""Writing into a calendar file: whole at every instant, private, and kind to other programs."""

from __future__ import annotations

import stat
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from automator.agenda.event import CalendarEvent
from automator.clock import FixedClock
from automator.errors import PermanentError, TemporaryError
from automator.ports import CalendarWriter
from automator.sources import ics_file

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 9, 6, 30, tzinfo=UTC)
AT = datetime(2026, 11, 25, 9, tzinfo=PARIS)
EVENT = CalendarEvent("a@automator.invalid", "bureau", "Payer Lerat", AT, AT + timedelta(hours=1), ours=True)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bureau.ics"


@pytest.fixture
def writer(path: Path) -> CalendarWriter:
    return ics_file.writer("bureau", ics_file.Options(path=path), clock=FixedClock(NOW))


def events(path: Path) -> list[CalendarEvent]:
    source = ics_file.build("bureau", ics_file.Options(path=path), zone=PARIS, clock=FixedClock(NOW))
    return [event for batch in source.fetch(None) for event in batch.events]


def test_what_is_put_is_read_back_and_twice_is_once(writer: CalendarWriter, path: Path) -> None:
    writer.put(EVENT)
    writer.put(EVENT)
    writer.put(replace(EVENT, uid="b@automator.invalid", title="Autre"))
    assert [e.title for e in events(path)] == ["Payer Lerat", "Autre"]
    assert events(path)[0] == EVENT
    assert [p.name for p in path.parent.iterdir()] == ["bureau.ics"]


def test_a_new_file_is_private_and_an_old_one_keeps_its_mode(writer: CalendarWriter, path: Path) -> None:
    writer.put(EVENT)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    writer.put(EVENT)
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_a_link_stays_a_link(path: Path, tmp_path: Path) -> None:
    real = tmp_path / "real.ics"
    path.symlink_to(real)
    ics_file.writer("bureau", ics_file.Options(path=path), clock=FixedClock(NOW)).put(EVENT)
    assert path.is_symlink()
    assert events(real) == [EVENT]


def test_a_damaged_file_is_left_as_it_is(writer: CalendarWriter, path: Path) -> None:
    path.write_bytes(b"hello")
    with pytest.raises(PermanentError, match="left as it is"):
        writer.put(EVENT)
    assert path.read_bytes() == b"hello"


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    options = ics_file.Options(path=tmp_path / "no" / "b.ics")
    with pytest.raises(PermanentError, match="folder"):
        ics_file.writer("bureau", options, clock=FixedClock(NOW)).put(EVENT)


def test_a_change_by_another_program_in_between_is_not_overwritten(path: Path) -> None:
    class Meddling(FixedClock):
        """A clock whose being asked is the moment between reading and writing."""

        def now(self) -> datetime:
            path.write_bytes(b"BEGIN:VCALENDAR\r\nX-OTHER:1\r\nEND:VCALENDAR\r\n")
            return super().now()

    with pytest.raises(TemporaryError, match="another program"):
        ics_file.writer("bureau", ics_file.Options(path=path), clock=Meddling(NOW)).put(EVENT)
    assert b"X-OTHER" in path.read_bytes()
    assert len(list(path.parent.iterdir())) == 1


def test_a_disk_that_takes_no_new_file_is_temporary_and_the_old_one_stays(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 245 + ".ics")  # its temporary neighbour has a name too long for any file system
    path.write_bytes(b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")
    with pytest.raises(TemporaryError, match="cannot be written"):
        ics_file.writer("bureau", ics_file.Options(path=path), clock=FixedClock(NOW)).put(EVENT)
    assert path.read_bytes() == b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


def test_eight_threads_lose_nothing(writer: CalendarWriter, path: Path) -> None:
    each = [
        threading.Thread(target=writer.put, args=(replace(EVENT, uid=f"{n}@automator.invalid"),)) for n in range(8)
    ]
    for thread in each:
        thread.start()
    for thread in each:
        thread.join()
    assert len(events(path)) == 8
