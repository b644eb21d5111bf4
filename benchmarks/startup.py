"""How long `automator run` takes from its start to READY=1, and the memory it holds once it has passed by.

    python -m benchmarks.startup [--runs 5]

A small firm with one Maildir of --mails mails and the shipped rules and model; the first run (bytecode compiled,
database made, mail read) is told apart. Memory is VmRSS of /proc/PID/status when the first pass of the house is over (WATCHDOG=1).
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONFIG = """
state_dir = "state"
rules_dir = "{rules}"

[owner]
name = "Claire Durand"
addresses = ["claire@durand.example"]

[[accounts]]
name = "bureau"
kind = "maildir"
path = "mail"
address = "claire@durand.example"

[smtp]
host = "127.0.0.1"
port = 9
tls = "none"
"""
MAIL = """From: Client {n} <client{n}@clients.example>
To: claire@durand.example
Subject: Devis {n}
Message-ID: <{n}@clients.example>
Date: Mon, 23 Nov 2026 09:00:00 +0100

Bonjour, pouvez-vous m'envoyer un devis pour {n} portes ? Merci de me dire quand vous pouvez passer.
"""


def office(folder: Path, mails: int) -> Path:
    for part in ("cur", "new", "tmp"):
        (folder / "mail" / part).mkdir(parents=True)
    for n in range(mails):
        (folder / "mail" / "new" / f"{1_795_000_000 + n}.M{n}.durand").write_text(MAIL.format(n=n), encoding="utf-8")
    config = folder / "config.toml"
    config.write_text(CONFIG.format(rules=ROOT / "rules"), encoding="utf-8")
    config.chmod(0o600)
    return config


def measure(config: Path, manager: socket.socket, address: str) -> tuple[float, float]:
    """Seconds to READY=1, and megabytes held after the first pass."""
    environ = {**os.environ, "NOTIFY_SOCKET": address, "MALLOC_ARENA_MAX": "2"}  # as packaging/automator.service does
    environ["PYTHONPYCACHEPREFIX"] = str(config.parent / "bytecode")  # kept from one run to the next, as pip does
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, "-m", "automator", "run", "--config", str(config)]
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, env=environ, stderr=subprocess.DEVNULL)
    wait_for(manager, "READY=1")
    ready = time.perf_counter() - start
    wait_for(manager, "WATCHDOG=1")
    lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    held = next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))
    process.send_signal(signal.SIGTERM)
    process.wait(30)
    wait_for(manager, "STOPPING=1")
    return ready, held


def wait_for(manager: socket.socket, word: str) -> None:
    while manager.recv(1000).decode() != word:
        pass


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--mails", type=int, default=200)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.settimeout(120)
        address = str(Path(name) / "notify")
        manager.bind(address)
        config = office(Path(name), given.mails)
        print("first run: {:.2f} s to ready, {:.1f} MB".format(*measure(config, manager, address)))
        runs = [measure(config, manager, address) for _ in range(given.runs)]
        seconds, memory = zip(*runs, strict=True)
        print(
            f"start to ready: median {statistics.median(seconds):.2f} s (min {min(seconds):.2f}, max {max(seconds):.2f})"
        )
        print(f"memory after the first pass: median {statistics.median(memory):.1f} MB (max {max(memory):.1f})")


if __name__ == "__main__":
    main()
