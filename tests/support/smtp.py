"""A real SMTP server on loopback that can be told to refuse, stall or hang up (aiosmtpd in a thread)."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass(frozen=True, slots=True)
class Received:
    """What the server took: envelope sender, recipients, the bytes."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes


class _Server(SMTP):
    """aiosmtpd that answers what the script says, and can hang up after the final dot."""

    sink: SmtpSink

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802 - the library's name
        if not await self._scripted("MAIL"):
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802 - the library's name
        if not await self._scripted("RCPT"):
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802 - the library's name
        if self.sink.cut == "data":
            self.transport.abort()
        elif not await self._scripted("DATA"):
            await super().smtp_DATA(arg)

    async def _scripted(self, verb: str) -> bool:
        line = self.sink.replies.get(verb)
        if line is None:
            return False
        await self.push(line)
        return True


@dataclass
class SmtpSink:
    """`with SmtpSink(...) as sink:` keeps what it is sent in `messages`.

    `replies` maps a verb (MAIL, RCPT, DATA, END = the answer to the final dot) to a scripted answer. `cut` = "dot"
    hangs up after the final dot, having taken the mail; "data" before it. `users` maps logins to passwords. `tls` is a
    server context: with `starttls` it is offered, else spoken from the start.
    """

    replies: Mapping[str, str] = field(default_factory=dict)
    cut: str = ""
    users: Mapping[str, str] = field(default_factory=dict)
    tls: ssl.SSLContext | None = None
    starttls: bool = False
    on_message: Callable[[Received], None] | None = None
    messages: list[Received] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._controller = _Controller(self)
        self._controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._controller.stop()

    @property
    def port(self) -> int:
        """The loopback port it listens on."""
        server = self._controller.server
        assert server is not None
        return int(server.sockets[0].getsockname()[1])

    def close(self) -> None:
        """Stop listening: the next connection is refused."""
        self._controller.stop()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - the library's name
        scripted = self.replies.get("END")
        if scripted is not None and not scripted.startswith("2"):
            return scripted
        content = envelope.original_content or b""
        got = Received(envelope.mail_from or "", tuple(envelope.rcpt_tos), content)
        self.messages.append(got)
        if self.on_message:
            self.on_message(got)
        if self.cut == "dot":
            server.transport.abort()
            await asyncio.sleep(0)
        return scripted or "250 2.0.0 taken"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        known = isinstance(data, LoginPassword) and self.users.get(data.login.decode()) == data.password.decode()
        return AuthResult(success=known, handled=False) if not known else AuthResult(success=True)


class _Controller(Controller):
    def __init__(self, sink: SmtpSink) -> None:
        self._sink = sink
        implicit = sink.tls if not sink.starttls else None
        super().__init__(sink, hostname="127.0.0.1", port=0, ssl_context=implicit)

    def factory(self) -> SMTP:
        sink = self._sink
        server = _Server(
            sink,
            decode_data=False,
            tls_context=sink.tls if sink.starttls else None,
            authenticator=sink.authenticate if sink.users else None,
            auth_required=bool(sink.users) and sink.starttls,
            auth_require_tls=sink.starttls or not sink.users,
        )
        server.sink = sink
        return server

    def _trigger_server(self) -> None:
        """The library pokes the port it was given; ours was chosen by the system."""
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        with socket.create_connection((self.hostname, self.port), 5):
            pass
