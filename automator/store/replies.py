"""Who answered, and when: in threads, or in a mail of its own. Only what a person wrote and we received counts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select

from automator.followup.ladder import ObjectRef
from automator.store.db import Tx
from automator.store.tables import message, outbox, place, reference


def from_address(tx: Tx, account: str, address: str, since: datetime) -> datetime | None:
    """When this address first wrote after `since`."""
    return _first(tx, account, since, message.c.sender == address)


def from_domain(tx: Tx, account: str, domain: str, since: datetime) -> datetime | None:
    """When anybody of this domain first wrote after `since`."""
    return _first(tx, account, since, message.c.sender.endswith(f"@{domain}", autoescape=True))


def in_threads(tx: Tx, account: str, threads: Iterable[int], since: datetime) -> list[tuple[str, datetime]]:
    """Who wrote in these threads after `since`, oldest first: address and moment."""
    query = select(message.c.sender, message.c.arrived).where(
        _human(account, since), message.c.thread.in_(sorted(threads))
    )
    return [(r.sender, r.arrived) for r in tx.execute(query.order_by(message.c.arrived))]


def threads_of_letters(tx: Tx, account: str, ref: ObjectRef) -> frozenset[int]:
    """The threads in which our letters about an object lie, or are answered (a letter need not lie in Sent)."""
    letters = select(outbox.c.key, outbox.c.header_id).where(
        outbox.c.object_kind == ref.kind, outbox.c.object_id == ref.id, outbox.c.action.in_(("draft", "send"))
    )
    rows = tx.execute(letters).all()
    keys, headers = [r.key for r in rows], [r.header_id for r in rows if r.header_id]
    filed = select(message.c.thread).join(place, place.c.message_id == message.c.id)
    filed = filed.where(place.c.outbox_key.in_(keys), message.c.role == "sent")
    named = select(message.c.thread).join(reference, reference.c.message_id == message.c.id)
    named = named.where(reference.c.header_id.in_(headers), message.c.role != "draft")
    queries = [query.where(message.c.account == account) for query in (filed, named)]
    return frozenset(int(r.thread) for query in queries for r in tx.execute(query.distinct()))


def _human(account: str, since: datetime) -> ColumnElement[bool]:
    return and_(
        message.c.account == account,
        message.c.arrived > since,
        message.c.role.in_(("received", "filed")),  # the owner may put an answer away before we see it
        message.c.automatic.is_(False),
    )


def _first(tx: Tx, account: str, since: datetime, written: ColumnElement[bool]) -> datetime | None:
    return tx.execute(select(func.min(message.c.arrived)).where(_human(account, since), written)).scalar()
