"""A TCP relay on loopback between a client and a server: counts bytes, records what is said, misbehaves on demand."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from types import TracebackType
from typing import Self

VERB = re.compile(rb"^\S+ (?:UID )?([A-Z]+)", re.MULTILINE)


class Relay:
    """`cut_after` n bytes from the server closes both sides; `mute_after` n bytes keeps them open and says no more."""

    def __init__(self, port: int, *, cut_after: int = -1, mute_after: int = -1) -> None:
        self._target = port
        self.cut_after, self.mute_after = cut_after, mute_after
        self.sent = bytearray()
        self.received = bytearray()
        self.connections = 0
        self._links: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _shut(self._listener)
        self.cut()
        for thread in self._threads:
            thread.join(5)

    def cut(self) -> None:
        """Close every connection now."""
        with self._lock:
            links, self._links = self._links, []
        for link in links:
            _shut(link)

    def forget(self) -> None:
        """Count and record anew from here."""
        self.sent.clear()
        self.received.clear()

    @property
    def traffic(self) -> int:
        """Bytes both ways since the last `forget`."""
        return len(self.sent) + len(self.received)

    @property
    def verbs(self) -> set[str]:
        """The IMAP commands that were sent."""
        return {verb.decode() for verb in VERB.findall(bytes(self.sent))}

    def _start(self, run: object, *args: object) -> None:
        thread = threading.Thread(target=run, args=args, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                return
            with self._lock:
                self._links += [client, server]
                self.connections += 1
            self._start(self._pump, client, server, self.sent, False)
            self._start(self._pump, server, client, self.received, True)

    def _pump(self, source: socket.socket, sink: socket.socket, record: bytearray, limited: bool) -> None:
        try:
            while data := source.recv(65536):
                if limited and self._stopped(len(record) + len(data)):
                    if self.mute_after >= 0:
                        continue
                    break
                record += data
                sink.sendall(data)
        except OSError:
            pass
        _shut(source)
        _shut(sink)

    def _stopped(self, total: int) -> bool:
        limit = self.mute_after if self.mute_after >= 0 else self.cut_after
        return 0 <= limit < total


def _shut(link: socket.socket) -> None:
    with contextlib.suppress(OSError):
        link.shutdown(socket.SHUT_RDWR)
    link.close()
