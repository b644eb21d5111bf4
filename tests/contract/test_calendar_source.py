"""What every calendar source promises, whatever it reads from."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from automator.clock import FixedClock
from automator.errors import PermanentError, TemporaryError
from automator.ports import CalendarSource, EventBatch
from automator.sandbox import Sandbox
from automator.sources import ics_file, ics_url

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 9, 6, 30, tzinfo=UTC)


def calendar(*titles: str) -> bytes:
    events = "".join(
        f"BEGIN:VEVENT\r\nUID:{title}\r\nDTSTART;TZID=Europe/Paris:20261110T140000\r\nDURATION:PT1H\r\nSUMMARY:{title}\r\nEND:VEVENT\r\n"
        for title in titles
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n".encode()


DAILY = (
    b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:d\r\nDTSTART;TZID=Europe/Paris:20260101T090000\r\nDURATION:PT1H\r\n"
    b"RRULE:FREQ=DAILY\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


@dataclass
class Place:
    """A calendar under test: its source, its clock, and how to change and to break what it reads."""

    source: CalendarSource
    clock: FixedClock
    write: Callable[[bytes], None]
    damage: Callable[[], None]
    requests: list[dict[str, str]] = field(default_factory=list)

    def fetch(self, cursor: str | None = None) -> list[EventBatch]:
        return list(self.source.fetch(cursor))


@pytest.fixture
def file_place(tmp_path: Path) -> Place:
    path = tmp_path / "bureau.ics"
    clock = FixedClock(NOW)
    source = ics_file.build("bureau", ics_file.Options(path=path), zone=PARIS, clock=clock)
    return Place(source, clock, path.write_bytes, lambda: path.write_bytes(b"<html>Connexion</html>"))


class Handler(BaseHTTPRequestHandler):
    """Serves `server.content` with an ETag, and 304 when the client has it already."""

    def do_GET(self) -> None:
        content: bytes = self.server.content  # type: ignore[attr-defined]
        self.server.requests.append(dict(self.headers))  # type: ignore[attr-defined]
        tag = f'"{sha256(content).hexdigest()[:16]}"'
        same = self.headers.get("If-None-Match") == tag
        self.send_response(304 if same else 200)
        self.send_header("ETag", tag)
        self.send_header("Content-Length", "0" if same else str(len(content)))
        self.end_headers()
        if not same:
            self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def url_place() -> Iterator[Place]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.content, server.requests = b"", []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    clock = FixedClock(NOW)
    options = ics_url.Options(url=f"http://127.0.0.1:{server.server_port}/bureau.ics", allow_private=True)
    source = ics_url.build("bureau", options, zone=PARIS, clock=clock)

    def write(content: bytes) -> None:
        server.content = content  # type: ignore[attr-defined]

    yield Place(source, clock, write, lambda: write(b"<html>Connexion</html>"), server.requests)  # type: ignore[attr-defined]
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(params=["file", "url"])
def place(request: pytest.FixtureRequest) -> Place:
    found: Place = request.getfixturevalue(f"{request.param}_place")
    return found


def titles(batches: list[EventBatch]) -> list[str]:
    return [event.title for batch in batches for event in batch.events]


def test_a_first_reading_gives_everything_as_one_whole(place: Place) -> None:
    place.write(calendar("Visite", "Visio"))
    batches = place.fetch()
    assert titles(batches) == ["Visio", "Visite"] or titles(batches) == ["Visite", "Visio"]
    assert [batch.whole for batch in batches] == [True]
    assert {event.calendar for event in batches[0].events} == {"bureau"}


def test_nothing_new_gives_nothing(place: Place) -> None:
    place.write(calendar("Visite"))
    cursor = place.fetch()[-1].cursor
    assert place.fetch(cursor) == []


def test_a_change_gives_the_whole_again_and_what_is_gone_is_missing(place: Place) -> None:
    place.write(calendar("Visite", "Visio"))
    cursor = place.fetch()[-1].cursor
    place.write(calendar("Visite", "Nouveau rendez-vous"))
    assert sorted(titles(place.fetch(cursor))) == ["Nouveau rendez-vous", "Visite"]


def test_the_window_goes_from_a_week_ago_to_62_days_ahead(place: Place) -> None:
    place.write(DAILY)
    events = place.fetch()[0].events
    assert len(events) == 69
    assert events[0].end > NOW - timedelta(days=7) >= events[0].end - timedelta(days=1)
    assert events[-1].start < NOW + timedelta(days=62) <= events[-1].start + timedelta(days=1)


def test_the_next_day_is_read_again_though_nothing_changed(place: Place) -> None:
    place.write(DAILY)
    first = place.fetch()[-1]
    place.clock.advance(timedelta(days=1))
    second = place.fetch(first.cursor)[-1]
    assert second.events[-1].start - first.events[-1].start == timedelta(days=1)


@pytest.mark.parametrize("cursor", ["", "nonsense", "[]", '{"day": "2026-11-09"}', '{"day": 3, "etag": null}'])
def test_a_foreign_cursor_means_a_first_reading(place: Place, cursor: str) -> None:
    place.write(calendar("Visite"))
    assert titles(place.fetch(cursor)) == ["Visite"]


def test_notes_tell_what_was_left_out(place: Place) -> None:
    place.write(calendar("Visite").replace(b"END:VCALENDAR", b"BEGIN:VEVENT\r\nUID:x\r\nEND:VEVENT\r\nEND:VCALENDAR"))
    assert place.fetch()[0].notes == ("an entry was left out: it has no start",)


def test_something_else_in_its_place_never_empties_the_agenda(place: Place) -> None:
    place.write(calendar("Visite"))
    place.damage()
    with pytest.raises(PermanentError, match="no calendar"):
        place.fetch()


def test_the_sandbox_runs_the_reading_with_the_same_result(tmp_path: Path) -> None:
    path = tmp_path / "bureau.ics"
    path.write_bytes(DAILY)
    options, clock = ics_file.Options(path=path), FixedClock(NOW)
    sandbox = Sandbox()
    try:
        source = ics_file.build("bureau", options, zone=PARIS, clock=clock, run=sandbox.run)
        assert list(source.fetch(None)) == list(
            ics_file.build("bureau", options, zone=PARIS, clock=clock).fetch(None)
        )
        assert sandbox.pid is not None
    finally:
        sandbox.close()


def test_a_file_that_is_not_there_yet_is_an_empty_calendar(file_place: Place) -> None:
    batch = file_place.fetch()[0]
    assert batch.events == ()
    assert "does not exist yet" in batch.notes[0]
    assert file_place.fetch(batch.cursor) == []
    file_place.write(calendar("Visite"))
    assert titles(file_place.fetch(batch.cursor)) == ["Visite"]


def test_an_empty_file_is_an_empty_calendar(file_place: Place) -> None:
    file_place.write(b"\r\n")
    assert file_place.fetch()[0].events == ()


def test_a_missing_folder_and_a_file_too_large_are_errors(tmp_path: Path) -> None:
    clock = FixedClock(NOW)
    with pytest.raises(PermanentError, match="folder"):
        list(
            ics_file.build("b", ics_file.Options(path=tmp_path / "no" / "b.ics"), zone=PARIS, clock=clock).fetch(None)
        )
    big = tmp_path / "big.ics"
    big.write_bytes(calendar("x") + b" " * 5_000_001)
    with pytest.raises(PermanentError, match="larger than 5 MB"):
        list(ics_file.build("b", ics_file.Options(path=big), zone=PARIS, clock=clock).fetch(None))
    with pytest.raises(TemporaryError, match="cannot be read"):
        list(ics_file.build("b", ics_file.Options(path=tmp_path), zone=PARIS, clock=clock).fetch(None))


def test_the_second_request_is_conditional_and_the_first_is_not(url_place: Place) -> None:
    url_place.write(calendar("Visite"))
    cursor = url_place.fetch()[-1].cursor
    url_place.fetch(cursor)
    first, second = url_place.requests
    assert "If-None-Match" not in first
    assert second["If-None-Match"].startswith('"')
    assert first["Accept-Encoding"] == "identity"
