"""The daemon: starts ticks, catches signals, waits, stops. The scheduler only ticks; the database remembers."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import FrameType

from apscheduler.schedulers.background import BackgroundScheduler

from automator import log
from automator.errors import AlreadyRunning
from automator.jobs.cycle import Service
from automator.store import settings

LEASE = timedelta(minutes=2)
PATIENCE = 8.0
_HOUSE_SECONDS = 30


@contextmanager
def sole_instance(state_dir: Path) -> Iterator[None]:
    """Hold the daemon's role: an exclusive lock on state_dir/lock, freed by the system however we end.

    Raises AlreadyRunning when another process holds it.
    """
    state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(state_dir / "lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.pread(descriptor, 100, 0).decode("ascii", "replace").strip()
            raise AlreadyRunning(f"another automator is at work here ({holder or 'unknown process'})") from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"pid {os.getpid()} on {socket.gethostname()}".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def notify_manager(message: str) -> None:
    """Tell systemd (sd_notify(3)): READY=1, WATCHDOG=1, STOPPING=1. Without $NOTIFY_SOCKET nothing happens."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    # a manager that went away is no reason to stop: systemd's own sd_notify is not fatal either
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as link:
        link.sendto(message.encode(), "\0" + address[1:] if address.startswith("@") else address)


@dataclass(slots=True)
class Daemon:
    """Runs a service until its `deps.stop` is set."""

    service: Service
    poll: timedelta
    patience: float = PATIENCE
    _ousted: AlreadyRunning | None = None

    @property
    def stop(self) -> threading.Event:
        """Set by a signal, or by a lease that is lost."""
        return self.service.deps.stop

    def run(self) -> bool:
        """Tick until the stop event is set, then wait `patience` seconds for the passes at work to end.

        False when one did not (a server that answers nothing, until the socket's timeout): the caller ends the
        process, which loses nothing. Raises AlreadyRunning when another host took the database over.
        """
        self._take_lease()
        self.service.wake()
        scheduler = BackgroundScheduler(timezone="UTC")
        # a late tick is still wanted, several late ones are one, and never two at once
        options = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        for account in self.service.deps.accounts:
            seconds = self.poll.total_seconds()
            job = scheduler.add_job(self._account, "interval", [account], seconds=seconds, id=account, **options)
            job.modify(next_run_time=self.service.deps.clock.now())
        job = scheduler.add_job(self._house, "interval", seconds=_HOUSE_SECONDS, id="house", **options)
        job.modify(next_run_time=self.service.deps.clock.now())
        scheduler.start()
        notify_manager("READY=1")
        log.event("service_started", accounts=len(self.service.deps.accounts))
        self.stop.wait()
        notify_manager("STOPPING=1")
        whole = self._finish(scheduler)
        self._drop_lease()
        log.event("service_stopped", whole=whole)
        if self._ousted:
            raise self._ousted
        return whole

    def _finish(self, scheduler: BackgroundScheduler) -> bool:
        ending = threading.Thread(target=scheduler.shutdown, kwargs={"wait": True}, daemon=True)
        ending.start()
        ending.join(self.patience)
        return not ending.is_alive()

    def _account(self, account: str) -> None:
        if self.stop.is_set():
            return
        with log.failures("account_pass_failed", account=account):
            self.service.read(account)
            if not self.stop.is_set():
                self.service.act(account)

    def _house(self) -> None:
        if self.stop.is_set():
            return
        with log.failures("house_pass_failed"):
            self._take_lease()
            self.service.house()
            self.service.train()
            notify_manager("WATCHDOG=1")

    def _take_lease(self) -> None:
        deps = self.service.deps
        with deps.db.transaction() as tx:
            holder = settings.take_lease(tx, _me(), deps.clock.now(), LEASE)
        if holder:
            self._ousted = AlreadyRunning(f"another automator works on this database ({holder})")
            self.stop.set()
            raise self._ousted

    def _drop_lease(self) -> None:
        with self.service.deps.db.transaction() as tx:
            settings.drop_lease(tx, _me())


def _me() -> str:
    """This host: on one host the lock already tells processes apart, and a reboot must not shut us out."""
    return socket.gethostname()


def stop_on_signals(stop: threading.Event) -> Callable[[], int]:
    """SIGTERM and SIGINT ask for an orderly end; a second one ends at once. Gives the signal that asked, 0 for none.

    A thread of its own reads them from the wakeup descriptor: a handler of Python runs in the main thread only, which
    may have gone to wait for `stop` in the very moment the signal came, and would then never run it.
    """
    ours, interpreters = socket.socketpair()
    interpreters.setblocking(False)
    asked: list[int] = []

    def _listen() -> None:
        asked.append(ours.recv(1)[0])
        stop.set()
        if ours.recv(1):  # nothing is read when the interpreter ends and closes the other side
            os._exit(130)

    threading.Thread(target=_listen, name="signals", daemon=True).start()
    signal.set_wakeup_fd(interpreters.fileno(), warn_on_full_buffer=False)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _leave_it_to_the_listener)

    def _asked(_open: socket.socket = interpreters) -> int:
        return asked[0] if asked else 0

    return _asked


def _leave_it_to_the_listener(_number: int, _frame: FrameType | None) -> None:
    """Installed so that the signal does not end the process."""
