"""`automator run` in a process of its own; the test plays systemd."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from tests.support.firm import Firm

ROOT = str(Path(__file__).parents[2])


def _heed_the_keyboard() -> None:
    """A shell starts what it puts in the background with SIGINT ignored, and the tests may be such a thing."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Service:
    """Started on entry; killed on the way out if it still runs. What it prints is in `log`."""

    def __init__(self, firm: Firm, *words: str) -> None:
        self.firm, self._words = firm, words
        self.log = firm.folder / "log.txt"

    def __enter__(self) -> Service:
        self._manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._manager.settimeout(30)
        self._manager.bind(str(self.firm.folder / "notify"))
        environ = {k: v for k, v in os.environ.items() if not k.startswith("AUTOMATOR_")}
        environ |= {"NOTIFY_SOCKET": str(self.firm.folder / "notify"), "PYTHONPATH": ROOT}
        command = [sys.executable, "-m", "automator", "run", "--config", str(self.firm.config), *self._words]
        with self.log.open("ab") as stream:
            self.process = subprocess.Popen(
                command,
                env=environ,
                cwd=self.firm.folder,
                stdout=stream,
                stderr=stream,
                preexec_fn=_heed_the_keyboard,  # noqa: PLW1509 - one call of signal(2), safe beside threads
            )
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(10)
        self._manager.close()
        (self.firm.folder / "notify").unlink()

    def told(self, *wanted: str) -> list[str]:
        """What the daemon told its manager, up to the last of `wanted`."""
        found: list[str] = []
        while not set(wanted) <= set(found):
            found.append(self._manager.recv(1000).decode())
        return found

    def until_it_waits(self) -> None:
        """Return when the process sleeps in the kernel, seen five times in a row: it waits for an answer."""
        seen, stat = 0, Path(f"/proc/{self.process.pid}/stat")
        while seen < 5:
            seen = seen + 1 if stat.read_text().rpartition(")")[2].split()[0] == "S" else 0
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(0.02)

    def end(self, number: int = signal.SIGTERM) -> tuple[int, float]:
        """Ask it to end: exit status and seconds."""
        start = time.perf_counter()
        self.process.send_signal(number)
        return self.process.wait(20), time.perf_counter() - start
