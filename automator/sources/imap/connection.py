"""One connection to an IMAP server: opened safely, commands in flight, answers as values, errors in our three kinds.

imapclient opens the socket, does STARTTLS and knows LIST and folder names; commands go through imaplib's own
send and receive, because imapclient can neither keep two in flight nor read FETCH fast (performance.md).
No text of an answer gets into an exception, except what the server says on purpose in NO, BAD or ALERT.
"""

from __future__ import annotations

import imaplib
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from automator.errors import LoginError, PermanentError, TemporaryError
from automator.sources.imap.answers import BadAnswer, Item
from automator.sources.imap.folders import Layout
from automator.sources.imap.options import Options
from automator.sources.imap.replies import (
    LATER,
    Answer,
    Box,
    alerts,
    clean,
    fetched,
    found_uids,
    listed,
    namespace,
    opened,
    quoted,
    refused,
)

_MANY = 5
_AT_A_TIME = 100
_STATUSES = ("OK", "NO", "BAD", "BYE")
_NEWS = ("EXISTS", "EXPUNGE", "VANISHED", "FETCH", "RECENT")


@dataclass(slots=True)
class Pending:
    """A command in flight. `data` is shared by all commands that were in flight together."""

    tag: bytes
    name: str
    data: dict[str, list[Any]]
    answer: Answer | None = None


@contextmanager
def wire_errors(where: str) -> Iterator[None]:
    """Turn what sockets, TLS and imaplib raise into our errors; `from None`, for their texts may quote mail."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        reason = error.verify_message
        raise PermanentError(f"{where}: the server's certificate is not trusted: {reason}") from None
    except imaplib.IMAP4.abort as error:
        raise TemporaryError(f"{where}: the server closed the connection{_bye(error)}") from None
    except (imaplib.IMAP4.error, BadAnswer, UnicodeError):
        raise TemporaryError(f"{where}: the server's answer makes no sense") from None
    except ssl.SSLError as error:
        raise TemporaryError(f"{where}: no secure connection: {error.reason or 'TLS failed'}") from None
    except TimeoutError:
        raise TemporaryError(f"{where}: the server does not answer") from None
    except OSError as error:
        raise TemporaryError(f"{where}: no connection: {error.strerror or type(error).__name__}") from None


def _bye(error: Exception) -> str:
    """What a BYE said; imaplib's own aborts speak of sockets and may quote what they read."""
    text = str(error).rpartition("=> ")[2]
    known = ("socket error", "unexpected", "command:", "TLS", "session")
    return "" if not text or text.startswith(known) else f": {clean(text.encode())}"


@dataclass(slots=True)
class Connection:
    """A logged-in connection. `dirty` = the open mailbox has news.

    Commands may be in flight together, and a server may answer them in another order and mixed (Dovecot does):
    so only commands whose answers name what they are about (FETCH by UID, STATUS) are sent so, and all commands
    of one flight see all its data.
    """

    client: IMAPClient
    capabilities: frozenset[str]
    alerts: list[str] = field(default_factory=list)
    box: Box | None = None
    dirty: bool = False
    _flight: list[Pending] = field(default_factory=list)

    def send(self, name: str, *args: str | bytes, literal: bytes | None = None) -> Pending:
        """Put a command on the wire without waiting. A literal must not be sent with others in flight."""
        imap = self.client._imap  # noqa: SLF001 - imapclient cannot keep two commands in flight
        imap.literal = literal
        tag = imap._command(name, *args)  # noqa: SLF001 - the same
        pending = Pending(tag, name, self._flight[0].data if self._flight else {})
        self._flight.append(pending)
        self._complete()
        return pending

    def wait(self, pending: Pending) -> Answer:
        """Read until this command is answered."""
        imap = self.client._imap  # noqa: SLF001 - see send
        while pending.answer is None:
            imap._check_bye()  # noqa: SLF001 - see send
            try:
                line = imap._get_response()  # noqa: SLF001 - see send
            except ValueError:
                raise BadAnswer from None
            if line is not None and not line.startswith(b"*"):
                self._complete()
        return pending.answer

    def _complete(self) -> None:
        """Hand what has come to the flight, and their answers to the commands that have one."""
        imap = self.client._imap  # noqa: SLF001 - see send
        for pending in [p for p in self._flight if imap.tagged_commands.get(p.tag)]:
            status, words = imap.tagged_commands.pop(pending.tag)
            found, imap.untagged_responses = dict(imap.untagged_responses), {}
            self.alerts += alerts(words[0] or b"", *(line for kind in _STATUSES for line in found.get(kind, ())))
            names = {p.name for p in self._flight}
            fresh = {name for name in _NEWS if name in found and not (name == "FETCH" and "UID" in names)}
            self.dirty |= bool(fresh)
            for name, values in found.items():
                pending.data.setdefault(name, []).extend(values)
            pending.answer = Answer(status, words[0] or b"", pending.data)
            self._flight.remove(pending)
            if "BYE" in found:
                raise imaplib.IMAP4.abort(clean(found["BYE"][-1]))

    def settle(self) -> None:
        """Wait for all that is in flight; the answers are kept for who waits for them."""
        for pending in tuple(self._flight):
            self.wait(pending)

    def ask(self, name: str, *args: str | bytes, literal: bytes | None = None) -> Answer:
        """A command of its own: nothing else is in flight meanwhile."""
        self.settle()
        return self.wait(self.send(name, *args, literal=literal))

    @property
    def selected(self) -> str:
        """The open mailbox, "" = none."""
        return self.box.name if self.box else ""

    @property
    def busy(self) -> bool:
        """Are commands in flight?"""
        return bool(self._flight)

    def has(self, capability: str) -> bool:
        """Does the server say it can do that?"""
        return capability in self.capabilities

    def open_box(self, name: str, *, write: bool = False) -> Box:
        """EXAMINE (reading changes nothing) or SELECT. Raises PermanentError when it cannot be opened."""
        verb = "SELECT" if write else "EXAMINE"
        imap = self.client._imap  # noqa: SLF001 - imaplib must know the state to allow UID commands
        answer = self.ask(verb, quoted(name))
        if not answer.ok:
            imap.state, self.box = "AUTH", None
            raise refused(answer, f'the mailbox "{name}" cannot be opened')
        imap.state, imap.is_readonly = "SELECTED", not write
        self.box, self.dirty = opened(name, answer, write=write), False
        return self.box

    def news_sent(self, names: Sequence[str], words: str) -> dict[str, Pending]:
        """Ask for the STATUS of mailboxes that are not open: many at a time where the server can (RFC 5819)."""
        plain = [name for name in names if not set(name) & set("*%")]
        if len(plain) < _MANY or not (self.has("LIST-STATUS") and self.has("LIST-EXTENDED")):
            return {name: self.send("STATUS", quoted(name), f"({words})") for name in names}
        asked = self.news_sent([name for name in names if name not in plain], words)
        for at in range(0, len(plain), _AT_A_TIME):
            some = plain[at : at + _AT_A_TIME]
            patterns = b"(" + b" ".join(quoted(name) for name in some) + b")"
            asked |= dict.fromkeys(some, self.send("LIST", '""', patterns, f"RETURN (STATUS ({words}))"))
        return asked

    def search(self, criteria: str) -> list[int]:
        """UID SEARCH, answered as a set where the server can (RFC 4731): a line instead of 7 bytes a message."""
        how = ("RETURN (ALL)",) if self.has("ESEARCH") else ()
        return found_uids(self.ask("UID", "SEARCH", *how, criteria))

    def fetch_sent(self, uids: str, what: str, modifier: str = "") -> Pending:
        """UID FETCH of a UID set."""
        return self.send("UID", "FETCH", uids, f"({what})", *((modifier,) if modifier else ()))

    def fetch(self, uids: str, what: str, modifier: str = "") -> list[Item]:
        """UID FETCH on its own, read to the end. Raises when the server says NO."""
        self.settle()
        answer = self.wait(self.fetch_sent(uids, what, modifier))
        if not answer.ok:
            raise refused(answer, "reading messages")
        return fetched(answer)

    def layout(self) -> Layout:
        """All folders, the delimiter and the personal prefix (RFC 2342)."""
        answer = self.ask("LIST", '""', '"*"')
        if not answer.ok:
            raise refused(answer, "listing folders")
        folders, delimiter = listed(answer)
        prefix = namespace(self.ask("NAMESPACE")) if self.has("NAMESPACE") else ""
        return Layout(folders, delimiter, prefix)

    def any_folder(self, names: Sequence[str]) -> bool:
        """Is there a folder of one of these names? One round trip."""
        asked = [self.send("LIST", '""', quoted(name)) for name in dict.fromkeys(names)]
        found = {folder.name for pending in asked for folder in listed(self.wait(pending))[0] if folder.opens}
        return not found.isdisjoint(names)

    def close(self) -> None:
        """Say good-bye if nothing is in flight; never raises."""
        try:
            if self.busy:
                self.client.shutdown()
            else:
                self.client.logout()
        except (OSError, imaplib.IMAP4.error, ValueError):
            with suppressed():
                self.client.shutdown()


@contextmanager
def suppressed() -> Iterator[None]:
    """Closing what is broken already."""
    try:
        yield
    except (OSError, imaplib.IMAP4.error, ValueError):
        return


def connect(options: Options, where: str) -> Connection:
    """Open, secure, log in. Raises LoginError, PermanentError (TLS refused or not trusted), TemporaryError."""
    context = _context(options)
    host, port = options.address
    with wire_errors(where):
        client = IMAPClient(host, port, ssl=options.tls == "tls", ssl_context=context, timeout=options.timeout)
    try:
        client._imap.debug = 0  # noqa: SLF001 - imapclient formats every line for a log that nobody may read
        with wire_errors(where):
            _secure(client, options, context, where)
            client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return _login(client, options, where)
    except BaseException:
        with suppressed():
            client.shutdown()
        raise


def _context(options: Options) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=str(options.ca_file) if options.ca_file else None)
    except OSError:
        raise PermanentError(f"ca_file {options.ca_file} is not a readable file of certificates") from None


def _secure(client: IMAPClient, options: Options, context: ssl.SSLContext, where: str) -> None:
    """STARTTLS or nothing: the password never leaves in the clear (RFC 8314; a PREAUTH greeting is a trick)."""
    if options.tls != "starttls":
        return
    if client._imap.state != "NONAUTH" or b"STARTTLS" not in client.capabilities():  # noqa: SLF001 - no accessor
        raise PermanentError(f"{where}: the server offers no STARTTLS, so no secure connection")
    try:
        client.starttls(context)
    except imaplib.IMAP4.abort:
        raise
    except IMAPClientError:
        raise PermanentError(f"{where}: the server refused STARTTLS, so no secure connection") from None


def _login(client: IMAPClient, options: Options, where: str) -> Connection:
    """LOGIN (RFC 9051 6.2.3), the password as a literal where it is not plain ASCII."""
    before = Connection(client, frozenset(), alerts((client.welcome or b"").partition(b" OK ")[2]))
    if b"LOGINDISABLED" in client.capabilities():
        raise PermanentError(f"{where}: the server takes no password on this connection")
    password = options.password.get_secret_value()
    user = '"' + options.user.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if password.isascii():
        secret = '"' + password.replace("\\", "\\\\").replace('"', '\\"') + '"'
        answer = before.ask("LOGIN", user.encode(), secret)
    else:
        answer = before.ask("LOGIN", user.encode(), literal=password.encode())
    if not answer.ok:
        if answer.code in LATER:
            raise TemporaryError(f"{where}: no login just now: {answer.said}")
        told = "".join(f" ({text})" for text in before.alerts)
        raise LoginError(f"{where}: login refused: {answer.said}{told}")
    client._imap.state = "AUTH"  # noqa: SLF001 - imaplib sets it in its own login only
    known = answer.data.get("CAPABILITY") or before.ask("CAPABILITY").data.get("CAPABILITY") or [b""]
    words = frozenset(word.decode("ascii", "replace") for word in known[-1].upper().split())
    return Connection(client, words, before.alerts)
