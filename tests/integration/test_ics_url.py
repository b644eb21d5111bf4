"""Fetching a calendar from a server that is slow, wrong, lying or not what it says (reliability S60)."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import SecretStr, ValidationError

from automator.clock import FixedClock
from automator.errors import LoginError, PermanentError, TemporaryError
from automator.ports import EventBatch
from automator.sources import ics_url
from automator.sources.ics_url.fetching import is_public
from tests.support.dovecot import make_certificate

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 9, 6, 30, tzinfo=UTC)
ICS = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\nDTSTART:20261110T140000Z\r\nSUMMARY:Visite\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
Answer = Callable[[BaseHTTPRequestHandler], None]


class Server(ThreadingHTTPServer):
    """Answers each path by the function registered for it, and remembers the headers of each request."""

    daemon_threads = True

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.seen: list[tuple[str, dict[str, str]]] = []
        super().__init__(("127.0.0.1", 0), Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is what some tests are about."""

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.server_port}{path}"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        server = self.server
        assert isinstance(server, Server)
        server.seen.append((self.path, dict(self.headers)))
        server.answers[self.path](self)

    def log_message(self, *args: object) -> None:
        pass


def answer(status: int = 200, body: bytes = b"", **headers: str) -> Answer:
    def send(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"Content_Length": str(len(body)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return send


@contextmanager
def serving() -> Iterator[Server]:
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as found:
        yield found


def fetch(url: str, cursor: str | None = None, **options: object) -> list[EventBatch]:
    made = ics_url.Options(url=url, **{"allow_private": True, **options})  # type: ignore[arg-type]
    return list(ics_url.build("bureau", made, zone=PARIS, clock=FixedClock(NOW)).fetch(cursor))


def test_a_calendar_behind_a_login(server: Server) -> None:
    server.answers["/c"] = answer(200, ICS)
    batch = fetch(server.url("/c"), user="claire", password=SecretStr("sésame"))[0]
    assert [e.title for e in batch.events] == ["Visite"]
    assert server.seen[0][1]["Authorization"] == "Basic Y2xhaXJlOnPDqXNhbWU="


def test_last_modified_is_used_where_there_is_no_etag(server: Server) -> None:
    stamp = "Mon, 09 Nov 2026 05:00:00 GMT"
    server.answers["/c"] = answer(200, ICS, Last_Modified=stamp)
    cursor = fetch(server.url("/c"))[0].cursor
    server.answers["/c"] = answer(304)
    assert fetch(server.url("/c"), cursor) == []
    assert server.seen[1][1]["If-Modified-Since"] == stamp


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed_and_the_login_stays_with_its_host(server: Server, status: int) -> None:
    with serving() as other:
        server.answers["/c"] = answer(status, Location="/d?x=1")
        server.answers["/d?x=1"] = answer(status, Location=other.url("/e"))
        other.answers["/e"] = answer(200, ICS)
        assert fetch(server.url("/c"), user="claire", password=SecretStr("x"))[0].events
        assert "Authorization" in server.seen[1][1]
        assert "Authorization" not in other.seen[0][1]


def test_redirects_without_end_or_sense(server: Server) -> None:
    server.answers["/c"] = answer(302, Location="/c")
    with pytest.raises(PermanentError, match="without end"):
        fetch(server.url("/c"))
    assert len(server.seen) == 6
    for target, why in (("http://[::1", "none"), ("file:///etc/passwd", "Only https"), ("http://x:99999/", "none")):
        server.answers["/c"] = answer(302, Location=target)
        with pytest.raises(PermanentError, match=why):
            fetch(server.url("/c"))
    server.answers["/c"] = answer(302)
    with pytest.raises(PermanentError, match="302"):
        fetch(server.url("/c"))


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, LoginError),
        (403, LoginError),
        (404, PermanentError),
        (410, PermanentError),
        (500, TemporaryError),
        (503, TemporaryError),
    ],
)
def test_what_each_status_means(server: Server, status: int, kind: type[Exception]) -> None:
    server.answers["/secret-4711"] = answer(status)
    with pytest.raises(kind) as caught:
        fetch(server.url("/secret-4711"))
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(("after", "wait"), [("120", 120.0), ("Mon, 09 Nov 2026 05:00:00 GMT", None)])
def test_too_many_requests_says_when_to_come_back(server: Server, after: str, wait: float | None) -> None:
    server.answers["/c"] = answer(429, Retry_After=after)
    with pytest.raises(TemporaryError) as caught:
        fetch(server.url("/c"))
    assert caught.value.retry_after == wait


def test_too_large_announced_or_not(server: Server) -> None:
    server.answers["/c"] = answer(200, ICS + b" " * 5_000)
    with pytest.raises(PermanentError, match="larger"):
        fetch(server.url("/c"), max_bytes=1_000)

    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            for _ in range(100_000):
                handler.wfile.write(ICS)
        except OSError:
            return

    server.answers["/c"] = endless
    with pytest.raises(PermanentError, match="larger"):
        fetch(server.url("/c"), max_bytes=50_000)


def test_a_compressed_answer_is_refused(server: Server) -> None:
    server.answers["/c"] = answer(200, b"\x1f\x8b", Content_Encoding="gzip")
    with pytest.raises(PermanentError, match="compressed"):
        fetch(server.url("/c"))


def test_an_answer_that_breaks_off_is_not_taken_for_the_calendar(server: Server) -> None:
    server.answers["/c"] = answer(200, ICS, Content_Length=str(len(ICS) + 10))
    with pytest.raises(TemporaryError, match="broke off"):
        fetch(server.url("/c"))
    server.answers["/c"] = answer(200, b"5\r\nhel", Transfer_Encoding="chunked")
    with pytest.raises(TemporaryError):
        fetch(server.url("/c"))


def test_a_server_that_drips_is_cut_at_the_deadline(server: Server) -> None:
    stop = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        try:
            while not stop.wait(0.02):
                handler.wfile.write(b"x")
                handler.wfile.flush()
        except OSError:
            return

    server.answers["/c"] = drip
    with pytest.raises(TemporaryError, match="in time"):
        fetch(server.url("/c"), timeout=0.3)
    stop.set()


def test_garbage_silence_and_a_closed_port(server: Server) -> None:
    server.answers["/c"] = lambda handler: handler.wfile.write(b"secret garbage\r\n\r\n") and None
    with pytest.raises(TemporaryError) as caught:
        fetch(server.url("/c"))
    assert "garbage" not in str(caught.value)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(TemporaryError, match="in time"):
            fetch(f"http://127.0.0.1:{port}/", timeout=0.2)
    with pytest.raises(TemporaryError, match="cannot be reached"):
        fetch(f"http://127.0.0.1:{port}/")


def test_tls_to_a_server_without_tls(server: Server) -> None:
    with pytest.raises(TemporaryError):
        fetch(f"https://127.0.0.1:{server.server_port}/")


@pytest.fixture
def secure(tmp_path: Path, server: Server) -> Server:
    """A server behind TLS with a certificate of its own."""
    make_certificate(tmp_path / "cert.pem", tmp_path / "key.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    return server


def test_a_certificate_nobody_vouches_for_is_refused(secure: Server) -> None:
    secure.answers["/c"] = answer(200, ICS)
    with pytest.raises(PermanentError, match="certificate of localhost is not valid"):
        fetch(f"https://localhost:{secure.server_port}/c")
    assert secure.seen == []


def test_over_tls_and_never_from_there_to_plain_text(
    secure: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    secure.answers["/c"] = answer(200, ICS)
    assert fetch(f"https://localhost:{secure.server_port}/c")[0].events
    secure.answers["/c"] = answer(302, Location=f"http://localhost:{secure.server_port}/d")
    with pytest.raises(PermanentError, match="without encryption"):
        fetch(f"https://localhost:{secure.server_port}/c")


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "10.1.2.3", "169.254.169.254", "100.64.0.1"],
)
def test_private_addresses_are_refused_before_any_connection(server: Server, host: str) -> None:
    with pytest.raises(PermanentError, match="private network"):
        fetch(f"https://{host}:{server.server_port}/c", allow_private=False)
    assert server.seen == []


def test_an_address_with_an_impossible_port() -> None:
    with pytest.raises(PermanentError, match="none"):
        fetch("https://x.example:99999/")


@pytest.mark.parametrize("host", ["x" * 70 + ".example", "a..example"])
def test_impossible_hosts(host: str) -> None:
    with pytest.raises((PermanentError, TemporaryError)):
        fetch(f"https://{host}/", allow_private=False)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.1.1", "100.64.0.1", "0.0.0.0", "224.0.0.1", "240.0.0.1",
        "255.255.255.255", "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:10.0.0.1",
        "2002:7f00:1::", "2002:a00:1::", "64:ff9b::a00:1", "64:ff9b::7f00:1", "2001:0:4136:e378:8000:63bf:f5ff:fffe", "2001:db8::1", "nonsense",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "2001:4860:4860::8888", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"]
)
def test_addresses_that_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"url": "http://a.example/c"}, "allow_private"), ({"url": "ftp://a.example/c"}, "https"), ({"url": "a.example/c"}, "https"),
        ({"url": "https://"}, "https"), ({"url": "https://u:p@a.example/"}, "own keys"), ({"url": "https://a.example", "x": 1}, "Extra"),
        ({"url": "https://a.example", "timeout": 0}, "timeout"), ({"url": "https://a.example", "max_bytes": 0}, "max_bytes"),
    ],
)  # fmt: skip
def test_options_that_are_refused(options: dict[str, object], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        ics_url.Options(**options)  # type: ignore[arg-type]


def test_webcal_is_https_and_a_secret_address_is_not_shown() -> None:
    options = ics_url.Options(url="webcal://cal.example/secret-4711.ics", password=SecretStr("s3same"))
    assert options.url == "https://cal.example/secret-4711.ics"
    assert "4711" not in repr(options)
    assert "s3same" not in repr(options)
