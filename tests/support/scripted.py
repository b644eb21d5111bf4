"""An IMAP server that says exactly what a test tells it: for answers no honest server gives."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

Script = Callable[[str, str, str], bytes]
"""(tag, verb, arguments) -> what to answer; b"" closes the connection."""

CAPABLE = b"* CAPABILITY IMAP4rev1 MOVE\r\n"


class Scripted:
    """Greets with `greeting`, then answers each line by the script. `heard` are the lines it got."""

    def __init__(
        self, script: Script, greeting: bytes = b"* OK ready\r\n", certificate: tuple[Path, Path] | None = None
    ) -> None:
        self._script, self._greeting = script, greeting
        self._tls = None
        if certificate is not None:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(*certificate)
        self.heard: list[str] = []

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                link, _ = self._listener.accept()
            except OSError:
                return
            with link:
                self._greet(link)

    def _greet(self, link: socket.socket) -> None:
        if self._tls is None:
            self._talk(link)
            return
        try:
            with self._tls.wrap_socket(link, server_side=True) as secured:
                self._talk(secured)
        except OSError:
            return

    def _talk(self, link: socket.socket) -> None:
        link.settimeout(10)
        try:
            link.sendall(self._greeting)
            with link.makefile("rb") as lines:
                for line in lines:
                    heard = line.decode("utf-8", "replace").rstrip("\r\n")
                    self.heard.append(heard)
                    tag, _, rest = heard.partition(" ")
                    verb, _, arguments = rest.partition(" ")
                    answer = self._script(tag, verb.upper(), arguments)
                    if not answer:
                        return
                    link.sendall(answer)
        except OSError:
            return


def polite(tag: str, verb: str, arguments: str) -> bytes:
    """An empty INBOX and nothing else: the base of most scripts."""
    ok = f"{tag} OK done\r\n".encode()
    if verb == "CAPABILITY":
        return CAPABLE + ok
    if verb == "LIST":
        return b'* LIST () "/" INBOX\r\n' + ok
    if verb == "STATUS":
        return b"* STATUS INBOX (UIDVALIDITY 7 UIDNEXT 3 MESSAGES 2)\r\n" + ok
    if verb in {"EXAMINE", "SELECT"}:
        return (
            b"* 2 EXISTS\r\n* OK [UIDVALIDITY 7] \r\n* OK [UIDNEXT 3] \r\n* OK [PERMANENTFLAGS (\\Seen \\*)] \r\n"
            + ok
        )
    if verb == "UID" and arguments.startswith("SEARCH"):
        return b"* SEARCH 1 2\r\n" + ok
    return ok
