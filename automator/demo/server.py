"""A small IMAP and SMTP server on this machine, in a process of its own: for `automator demo` and for tests.

It is mail-devel (extra "demo"). It keeps no keywords, has no Sent or Drafts, and forgets all when it stops.
"""

from __future__ import annotations

import importlib.util
import socket
import subprocess
import sys
from types import TracebackType
from typing import Self

from automator.clock import SystemClock
from automator.errors import PermanentError, TemporaryError

HOST = "127.0.0.1"
_PATIENCE = 30.0
_LOOK_EVERY = 0.05
_ATTEMPTS = 4


class EmbeddedServer:
    """`with EmbeddedServer(user, password) as server:` answers on `imap_port` and `smtp_port` of 127.0.0.1.

    Plain text, loopback only. Raises PermanentError without the extra, TemporaryError when it does not come up.
    """

    def __init__(self, user: str, password: str) -> None:
        self.user = user
        self.password = password
        self.imap_port = 0
        self.smtp_port = 0
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        if importlib.util.find_spec("mail_devel") is None:
            raise PermanentError('the demo needs its mail server: pip install "automator[demo]"')
        for attempt in range(_ATTEMPTS):
            try:
                self._start()
            except TemporaryError:  # somebody took the port between our look and its start: others, then
                if attempt == _ATTEMPTS - 1:
                    raise
            else:
                break
        return self

    def _start(self) -> None:
        self.imap_port, self.smtp_port = free_ports(2)
        nowhere = subprocess.DEVNULL
        self._process = subprocess.Popen(self._command(), stdout=nowhere, stderr=nowhere)  # noqa: S603 - our words only
        try:
            for port in (self.imap_port, self.smtp_port):
                self._wait_for(port)
        except BaseException:
            self.stop()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End the server; a deaf one is killed after five seconds."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _command(self) -> list[str]:
        ports = ["--imap-port", str(self.imap_port), "--smtp-port", str(self.smtp_port)]
        who = ["--user", self.user, "--password", self.password]
        return [sys.executable, "-m", "mail_devel", "--host", HOST, "--no-http", *who, *ports]

    def _wait_for(self, port: int) -> None:
        """Until it greets. Waiting is `Popen.wait` with a time limit, so a server that dies is seen at once."""
        clock = SystemClock()
        end = clock.monotonic() + _PATIENCE
        while clock.monotonic() < end:
            if _greets(port):
                return
            if self._process is None or self._ended(self._process):
                break
        raise TemporaryError("the demo's mail server did not start")

    @staticmethod
    def _ended(process: subprocess.Popen[bytes]) -> bool:
        try:
            process.wait(_LOOK_EVERY)
        except subprocess.TimeoutExpired:
            return False
        return True


def free_ports(count: int) -> list[int]:
    """Ports of 127.0.0.1 that nobody listens on just now."""
    sockets = [socket.create_server((HOST, 0)) for _ in range(count)]
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


def _greets(port: int) -> bool:
    try:
        with socket.create_connection((HOST, port), 1) as link:
            return bool(link.recv(1))
    except OSError:
        return False
