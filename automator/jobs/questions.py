"""Questions: which doubtful mails the digest asks about today (triage/ask.py says why those)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

from automator.digest.view import TodoItem, Unsure
from automator.jobs.deps import Deps
from automator.jobs.todo import handled
from automator.store import correspondents, digests, messages
from automator.store.db import Tx
from automator.store.records import StoredMessage
from automator.triage.ask import REST, Doubt, ask

_DOUBT_DAYS = 14
_OFTEN_DAYS = 30


def questions(tx: Tx, deps: Deps, day: date, now: datetime, told: Iterable[TodoItem]) -> tuple[Unsure, ...]:
    """The questions of the digest of `day`, the dearest answer first; `told` are the things to do that it shows.

    Doubtful mails of two weeks come into question, so that one that found no room yesterday has its chance today.
    """
    mails = {m.id: m for m in messages.doubtful(tx, now - timedelta(days=_DOUBT_DAYS))}
    often = correspondents.how_often(tx, now - timedelta(days=_OFTEN_DAYS)) if mails else {}
    doubts = [doubt for m in mails.values() for doubt in _doubts(tx, m, often.get(m.message.sender.addr, 1))]
    asked = digests.asked(tx, now - REST, before=day)
    chosen = ask(doubts, now, asked, told=_told(told))
    return tuple(_question(deps, mails[d.message], d) for d in chosen)


def _doubts(tx: Tx, m: StoredMessage, often: int) -> list[Doubt]:
    """What a model was unsure of; what the owner answered, closed or has dealt with is settled."""
    judged = m.verdict.categories if m.verdict else {}
    unsure = [name for name, c in judged.items() if c.decision == "unsure"]
    over = bool(m.closed) or (any(name not in m.corrections for name in unsure) and handled(tx, m))
    return [
        Doubt(
            message=m.id,
            category=name,
            p=judged[name].p,
            sender=m.message.sender.addr,
            kind=m.kind,
            arrived=m.arrived,
            often=often,
            settled=over or name in m.corrections,
        )
        for name in unsure
    ]


def _told(items: Iterable[TodoItem]) -> Collection[tuple[int, str]]:
    """Whether a mail is a client's request is asked where it stands among the things to do, if it does."""
    return {(int(i.object.id), "client_request") for i in items if i.kind == "maybe_request"}


def _question(deps: Deps, m: StoredMessage, doubt: Doubt) -> Unsure:
    return Unsure(
        object=m.object,
        who=m.message.sender.shown,
        what=m.message.subject,
        category=doubt.category,
        p=doubt.p,
        kind=m.kind,
        taught_by=next(iter(deps.categories.get(doubt.category, ())), ""),
    )
