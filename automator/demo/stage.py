"""The demo from end to end: a real mail server on this machine, the real service, a clock moved by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from automator.clock import FixedClock
from automator.demo import office
from automator.demo.books import Books, keep_books
from automator.demo.desk import Desk, Digest, Draft
from automator.demo.play import DayPlayed, Deed, Play, moments, open_office
from automator.demo.prepare import Scene, furnish, scene
from automator.demo.server import HOST, EmbeddedServer
from automator.errors import TemporaryError

if TYPE_CHECKING:
    from automator.config import Config
    from automator.jobs.cycle import Service
    from automator.jobs.deps import Deps
    from automator.store.db import Tx
    from automator.store.records import OutboxItem, OutboxState

_SHOWN: tuple[OutboxState, ...] = ("done", "failed", "observed", "cancelled", "unknown")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is left when the play is over."""

    folder: Path
    digest: Digest
    drafts: tuple[Draft, ...]
    trail: tuple[Deed, ...]
    books: Books


@dataclass(slots=True)
class Demo:
    """One showing of the demo in `folder`. Iterate `days()` to its end, then read `outcome`."""

    folder: Path
    locale: str = "fr"
    outcome: Outcome | None = None
    _trail: list[Deed] = field(default_factory=list)

    def days(self) -> Iterator[DayPlayed]:
        """Play the ten days. Raises PermanentError when the server of the extra "demo" is not installed."""
        from automator import wiring
        from automator.config import load_config

        place = scene(self.folder)
        clock = FixedClock(moments()[0])
        with ExitStack() as stack:
            server = _serve(stack, place)
            furnish(place, wiring.shipped("rules"), server.imap_port, server.smtp_port, self.locale)
            desk = stack.enter_context(Desk(HOST, server.imap_port, place.user, place.password))
            history = open_office(desk, clock)
            config = load_config(place.config, environ={})
            service = wiring.build(config, clock=clock)
            stack.callback(service.close)
            _import_invoices(service, config, place.invoices.read_bytes())
            service.wake()
            yield from self._play(service, desk, clock, place, history)
            books = keep_books(service.deps, config, place.folder)
            self.outcome = self._finish(place, desk, books)

    def _play(
        self, service: Service, desk: Desk, clock: FixedClock, place: Scene, history: Sequence[office.OfficeMail]
    ) -> Iterator[DayPlayed]:
        play = Play(service, _Trail(service), desk, _Digests(desk), _Owner(service, place.calendar), clock)
        for day in play.days(history):
            self._trail += day.deeds
            yield day

    def _finish(self, place: Scene, desk: Desk, books: Books) -> Outcome:
        digests = desk.digests()
        last = digests[-1] if digests else Digest("", "", "")
        (place.folder / "digest.txt").write_text(f"{last.subject}\n\n{last.text}", encoding="utf-8")
        (place.folder / "digest.html").write_text(last.html, encoding="utf-8")
        rows = [json.dumps(asdict(d) | {"at": d.at.isoformat()}, ensure_ascii=False) for d in self._trail]
        (place.folder / "trail.jsonl").write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
        return Outcome(place.folder, last, tuple(desk.drafts()), tuple(self._trail), books)


def _serve(stack: ExitStack, place: Scene) -> EmbeddedServer:
    """Start the mail server; another program may take a free port just before it does, so one more try."""
    try:
        return stack.enter_context(EmbeddedServer(place.user, place.password))
    except TemporaryError:
        return stack.enter_context(EmbeddedServer(place.user, place.password))


@dataclass(frozen=True, slots=True)
class _Digests:
    desk: Desk

    def subjects(self) -> list[str]:
        return [digest.subject for digest in self.desk.digests()]


@dataclass(frozen=True, slots=True)
class _Trail:
    """The outbox of the service, read as a story."""

    service: Service

    def deeds(self, since: datetime, until: datetime) -> list[Deed]:
        """Everything that was settled or told in (since, until], oldest first; the digests themselves are left out."""
        from automator.store import outbox

        with self.service.deps.db.read() as tx:
            settled = outbox.settled_between(tx, since, until, *_SHOWN)
            told = [
                i for i in outbox.in_state(tx, "observed") if i.settled_at is None and since < i.created_at <= until
            ]
        items = sorted(
            (i for i in (*settled, *told) if i.action != "brief"), key=lambda i: (i.settled_at or i.created_at, i.id)
        )
        return [self._deed(item) for item in items]

    def _deed(self, item: OutboxItem) -> Deed:
        return Deed(
            at=self.service.deps.local(item.settled_at or item.created_at),
            rule=item.rule,
            action=item.action,
            state=item.state,
            what=item.what or item.error,
            about=self._about(item),
            why=item.why,
        )

    def _about(self, item: OutboxItem) -> str:
        """What a person would call the object: a subject, a bill, a meeting's title."""
        from automator.store import bills, calendar, messages

        kind, key = item.object.kind, item.object.id
        with self.service.deps.db.read() as tx:
            if kind == "mail" and (mail := messages.get(tx, int(key))):
                return f"{mail.message.sender.shown} : {mail.message.subject}"
            if kind == "invoice" and (bill := bills.get(tx, int(key))):
                return f"{bill.party} {bill.number}".strip()
            if kind == "meeting":
                pair = calendar.clash_of(tx, key)
                event = calendar.get(tx, key)
                return " × ".join(e.title for e in pair) if pair else event.title if event else ""
        return ""


@dataclass(frozen=True, slots=True)
class _Owner:
    """Claire at her keyboard: what she does has the effect of `automator money paid` and `automator done`."""

    service: Service
    calendar: Path

    def act(self, act: office.Act) -> None:
        """Do it now, by the service's clock."""
        from automator.store import bills

        deps = self.service.deps
        with deps.db.transaction() as tx:
            for bill in bills.listed(tx, status="open"):
                if bill.number in act.paid:
                    bills.settle(tx, bill.id, "paid", deps.today())
            for name in act.done:
                _done(tx, deps, office.mail(name).message_id)
        if act.accept:
            invitation = office.sample(act.accept)
            self.calendar.write_bytes(office.with_entry(self.calendar.read_bytes(), invitation))


def _done(tx: Tx, deps: Deps, header_id: str) -> None:
    """What `automator done` does."""
    from automator.jobs.close import close_object
    from automator.store import messages

    found = messages.by_header(tx, deps.owner_account, header_id)
    if found is None:
        return
    close_object(tx, deps.words, found.object, "done", deps.clock.now())


def _import_invoices(service: Service, config: Config, data: bytes) -> None:
    """What `automator money import factures-emises.csv` does."""
    from automator.billing.ledger import read_csv
    from automator.store import bills

    deps = service.deps
    found, _ = read_csv(data, file="factures-emises.csv", identity=config.identity, today=deps.today())
    with deps.db.transaction() as tx:
        for bill in found:
            bills.put(tx, bills.from_import(bill, deps.owner_account), deps.clock.now())
