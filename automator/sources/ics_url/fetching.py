"""One GET for a calendar, safe against servers that lie about where they are (SSRF, reliability S60).

The name is resolved once, every address it has must be public, and the connection goes to that very address: a
name that changes between check and use gains nothing. Each redirect passes the same checks.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from urllib.parse import SplitResult, urljoin, urlsplit

from automator import __version__
from automator.errors import PermanentError, TemporaryError

MAX_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Fetch:
    """What to get. `timeout` (seconds) is for the whole answer; `login` is an Authorization value or "" ."""

    url: str
    headers: Mapping[str, str]
    login: str
    timeout: float
    max_bytes: int
    allow_private: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What came: header names in lower case, the body empty unless the status is 200."""

    host: str
    status: int
    headers: Mapping[str, str]
    body: bytes


def fetch(wanted: Fetch) -> Answer:
    """GET, redirects followed (at most five, never from https down to http; the login stays with its host).

    Raises PermanentError for an address that is refused, a bad certificate or an answer that is too large,
    TemporaryError for everything that may work later. Only hosts are named, never addresses with their secrets.
    """
    for _ in range(MAX_REDIRECTS + 1):
        parts = _checked(wanted)
        answer = _get(wanted, parts)
        target = answer.headers.get("location", "")
        if answer.status not in _REDIRECTS or not target:
            return answer
        wanted = _redirected(wanted, parts, target)
    raise PermanentError(f"{answer.host} sends from one address to the next without end.")


def _redirected(wanted: Fetch, parts: SplitResult, target: str) -> Fetch:
    try:
        url = urljoin(wanted.url, target)
        new = urlsplit(url)
        same = (new.scheme, new.hostname, new.port) == (parts.scheme, parts.hostname, parts.port)
    except ValueError:
        raise PermanentError(f"{parts.hostname} sends to an address that is none.") from None
    if parts.scheme == "https" and new.scheme != "https":
        raise PermanentError(f"{parts.hostname} sends to an address without encryption: refused.")
    return replace(wanted, url=url, login=wanted.login if same else "")


def _checked(wanted: Fetch) -> SplitResult:
    try:
        parts = urlsplit(wanted.url)
        _ = parts.port  # a port that is no number shows itself here
    except ValueError:
        raise PermanentError("The address of the calendar is none.") from None
    schemes = {"https", "http"} if wanted.allow_private else {"https"}
    if parts.scheme not in schemes or not parts.hostname:
        raise PermanentError(f"Only https addresses are fetched, not {parts.scheme or 'this one'}.")
    return parts


def _get(wanted: Fetch, parts: SplitResult) -> Answer:
    host = parts.hostname or ""
    try:
        address = _resolve(host, parts.port or (443 if parts.scheme == "https" else 80), wanted.allow_private)
        with closing(_connection(parts, address, wanted.timeout)) as connection:
            return _exchange(connection, wanted, parts)
    except ssl.SSLCertVerificationError as error:
        raise PermanentError(f"The certificate of {host} is not valid: {error.verify_message}.") from None
    except (OSError, HTTPException) as error:
        raise TemporaryError(f"{host} cannot be reached: {_reason(error)}.") from None


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    # The text of an HTTPException may quote what the server sent; the name of the class is enough.
    return (error.strerror or type(error).__name__) if isinstance(error, OSError) else type(error).__name__


def _resolve(host: str, port: int, allow_private: bool) -> tuple[str, int]:
    """The address to connect to. Every address of the name is checked, the first one is used."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError:
        raise PermanentError("The host of the calendar's address has an impossible name.") from None
    addresses = [str(entry[4][0]) for entry in found]
    if not allow_private and not all(is_public(address) for address in addresses):
        raise PermanentError(f"{host} is on a private network: refused (allow_private = true permits it).")
    return addresses[0], port


def is_public(address: str) -> bool:
    """Is this address on the public internet, whatever form it hides in (mapped, 6to4, NAT64, Teredo)?"""
    try:
        ip: IpAddress = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)
        ip = inner or ip
    return ip.is_global and not ip.is_multicast


def _connection(parts: SplitResult, address: tuple[str, int], timeout: float) -> HTTPConnection:
    """A connection to `address` itself, under the host's name for TLS; no proxy is asked."""
    host = parts.hostname or ""
    sock = socket.create_connection(address, timeout)
    try:
        if parts.scheme == "https":
            sock = ssl.create_default_context().wrap_socket(sock, server_hostname=host)
    except BaseException:
        sock.close()
        raise
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(host, address[1], timeout=timeout)
    connection.sock = sock
    return connection


def _exchange(connection: HTTPConnection, wanted: Fetch, parts: SplitResult) -> Answer:
    late = threading.Event()
    watch = threading.Timer(wanted.timeout, _cut, (connection.sock, late))  # one byte a second is cut as well
    watch.daemon = True
    watch.start()
    try:
        connection.request("GET", _target(parts), headers=_headers(wanted))
        answer = connection.getresponse()
        body = _body(answer, wanted.max_bytes, parts.hostname or "") if answer.status == 200 else b""
    except (OSError, HTTPException) as error:
        if late.is_set():
            raise TimeoutError from error
        raise
    finally:
        watch.cancel()
    if late.is_set():  # what was cut by us must not pass for the end of the calendar
        raise TimeoutError
    return Answer(parts.hostname or "", answer.status, {k.lower(): v for k, v in answer.getheaders()}, body)


def _target(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _headers(wanted: Fetch) -> dict[str, str]:
    headers = {"User-Agent": f"automator/{__version__}", "Accept-Encoding": "identity", "Connection": "close"}
    if wanted.login:
        headers["Authorization"] = wanted.login
    return {**wanted.headers, **headers}


def _cut(sock: socket.socket, late: threading.Event) -> None:
    late.set()
    with suppress(OSError):  # it may have ended by itself a moment ago
        sock.shutdown(socket.SHUT_RDWR)


def _body(answer: HTTPResponse, limit: int, host: str) -> bytes:
    if answer.headers.get("Content-Encoding", "identity").lower() not in {"", "identity"}:
        raise PermanentError(f"{host} sent a compressed answer that was not asked for.")
    body = answer.read(limit + 1)
    if len(body) > limit:
        raise PermanentError(f"The calendar at {host} is larger than {limit // 1_000} kB.")
    if answer.length:  # fewer bytes than the server announced
        raise TemporaryError(f"{host} broke off in the middle.")
    return body
