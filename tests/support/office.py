"""A firm with its mail in a Maildir, alive: mails arrive or are sent one after another, each followed by a pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from automator.clock import FixedClock
from automator.store import bills, cases, messages, outbox
from automator.store.records import OutboxItem, StoredBill, StoredMessage
from tests.support.firm import OWNER, Firm, letter, paris

US = f"Claire Durand <{OWNER}>"


class Office:
    """`with Office(folder) as office:` has done its first pass; `rules` are those of the firm, none by default."""

    def __init__(
        self,
        folder: Path,
        *,
        start: str = "2026-11-18 08:00",
        rules: Mapping[str, str] | None = None,
        smtp: int = 1,
        autonomy: str = "draft",
        extra: str = "",
        folders: Sequence[str] = (),
    ) -> None:
        self.firm = Firm(folder, smtp=smtp, rules=rules or {}, autonomy=autonomy, extra=extra)
        for name in ("Sent", "Drafts", *folders):
            self.firm.box.add_folder(name)  # what lies in a folder that appears later is history
        self.clock = FixedClock(paris(start))
        self.service = self.firm.service(self.clock)
        self.service.wake()
        self.service.read("bureau")
        self.clock.advance(timedelta(hours=2))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.service.close()

    def lay(
        self,
        sender: str,
        to: str,
        subject: str,
        text: str,
        *,
        message_id: str,
        folder: str = "INBOX",
        answers: Sequence[str] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """A mail comes to lie in a folder; a minute goes by."""
        made = letter(
            sender, to, subject, text, at=self.clock.at, message_id=message_id, answers=answers, headers=headers
        )
        self.firm.arrive(made, self.clock.at, folder)
        self.clock.advance(timedelta(minutes=1))

    def read(self) -> None:
        """One pass over the mailbox."""
        self.service.read("bureau")

    def until(self, moment: str) -> None:
        """Live on to that moment, in steps of half a day."""
        end: datetime = paris(moment)
        while self.clock.at < end:
            self.clock.set(min(end, self.clock.at + timedelta(hours=12)))
            self.service.cycle()

    def bills(self) -> list[StoredBill]:
        """All bills, oldest first."""
        with self.service.deps.db.read() as tx:
            return sorted(bills.listed(tx), key=lambda b: b.id)

    def received(self) -> list[StoredMessage]:
        """What counts as received, newest first."""
        with self.service.deps.db.read() as tx:
            return messages.listed(tx)

    def waiting(self) -> list[str]:
        """The events of the running cases."""
        with self.service.deps.db.read() as tx:
            return [c.event for c in cases.running(tx)]

    def outbox(self) -> list[OutboxItem]:
        """What was queued, newest first."""
        with self.service.deps.db.read() as tx:
            return outbox.listed(tx)
