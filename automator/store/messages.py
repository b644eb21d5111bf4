"""Parsed messages and their threads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, select

from automator.billing.invoice import Facts
from automator.mail.message import Message
from automator.store.db import Tx, insert_new, insert_one
from automator.store.records import (
    StoredMessage,
    dump_facts,
    dump_message,
    dump_verdict,
    load_facts,
    load_message,
    load_verdict,
)
from automator.store.tables import bounce, correction, message, reference
from automator.triage.verdict import CATEGORIES, Verdict

_PORTION = 200


@dataclass(frozen=True, slots=True)
class Digested:
    """A message ready to be stored: parsed, triaged, extracted."""

    message: Message
    verdict: Verdict | None
    facts: Facts
    kind: str
    asks: bool
    automatic: bool
    ours: bool
    baseline: bool


def known(tx: Tx, account: str, identity: str) -> StoredMessage | None:
    """The message of this identity, if the account has it already."""
    return _first(tx, message.c.account == account, message.c.identity == identity)


def get(tx: Tx, message_id: int) -> StoredMessage | None:
    """One message by database id."""
    return _first(tx, message.c.id == message_id)


def by_header(tx: Tx, account: str, header_id: str) -> StoredMessage | None:
    """The message with this Message-ID."""
    return _first(tx, message.c.account == account, message.c.header_id == header_id)


def add(tx: Tx, account: str, item: Digested, ancestors: Sequence[str], now: datetime) -> StoredMessage:
    """Store a message and join it to its thread. The identity must be new for the account."""
    parsed = item.message
    new_id = insert_one(tx, message, _values(account, item, now))
    ids = [i for i in dict.fromkeys((parsed.message_id, *ancestors)) if i]
    _join(tx, account, new_id, ids)
    insert_new(tx, reference, [{"message_id": new_id, "header_id": i} for i in ids])
    stored = get(tx, new_id)
    if stored is None:
        raise LookupError(new_id)
    return stored


def _values(account: str, item: Digested, now: datetime) -> dict[str, Any]:
    parsed, verdict = item.message, item.verdict
    decisions = {c: verdict.decision(c) if verdict else "no" for c in CATEGORIES}
    return {
        "account": account,
        "identity": parsed.identity,
        "header_id": parsed.message_id,
        "thread": 0,
        "role": parsed.role,
        "baseline": item.baseline,
        "ours": item.ours,
        "arrived": parsed.arrived,
        "sender": parsed.sender.addr,
        "sender_name": parsed.sender.name,
        "subject": parsed.subject,
        "kind": item.kind,
        "asks": item.asks,
        "automatic": item.automatic,
        "classifier": verdict.classifier if verdict else "",
        "parsed": dump_message(parsed),
        "verdict": dump_verdict(verdict),
        "facts": dump_facts(item.facts),
        "closed": "",
        "processed_at": now,
        **decisions,
    }


def _join(tx: Tx, account: str, new_id: int, ids: Sequence[str]) -> None:
    """One thread for all messages that name each other: the oldest thread's number wins."""
    threads = select(message.c.thread).join(reference, reference.c.message_id == message.c.id)
    query = threads.where(message.c.account == account, reference.c.header_id.in_(ids)).distinct()
    found = sorted(int(r.thread) for r in tx.execute(query)) if ids else []
    thread = found[0] if found else new_id
    tx.execute(message.update().where(message.c.id == new_id).values(thread=thread))
    if found[1:]:
        tx.execute(message.update().where(message.c.thread.in_(found[1:])).values(thread=thread))


_STAYS = frozenset({"account", "identity", "header_id", "thread", "closed"})


def became_sent(tx: Tx, known: StoredMessage, item: Digested, now: datetime) -> StoredMessage:
    """A message first seen elsewhere is ours: what was read of it as a draft or as somebody's mail is replaced."""
    values = {k: v for k, v in _values(known.account, item, now).items() if k not in _STAYS}
    tx.execute(message.update().where(message.c.id == known.id).values(**values))
    stored = get(tx, known.id)
    if stored is None:
        raise LookupError(known.id)
    return stored


def thread(tx: Tx, thread_id: int) -> list[StoredMessage]:
    """The messages of a thread, oldest first, drafts left out."""
    query = select(message).where(message.c.thread == thread_id, message.c.role != "draft")
    return _load(tx, tx.execute(query.order_by(message.c.arrived, message.c.id)))


def sent_to(tx: Tx, account: str, address: str, since: datetime) -> list[StoredMessage]:
    """Mails that the owner himself sent to this address since then."""
    query = select(message).where(
        message.c.account == account, message.c.role == "sent", message.c.ours.is_(False), message.c.arrived > since
    )
    found = _load(tx, tx.execute(query.order_by(message.c.arrived)))
    return [m for m in found if address in {a.addr for a in (*m.message.to, *m.message.cc)}]


def bounced_at(tx: Tx, address: str, since: datetime) -> datetime | None:
    """When mail to this address last came back since then."""
    query = select(func.max(bounce.c.at)).where(bounce.c.address == address, bounce.c.at > since)
    return tx.execute(query).scalar()


def add_bounce(tx: Tx, message_id: int, addresses: Iterable[str], header_id: str, at: datetime) -> None:
    """Note that mail to these addresses came back."""
    rows = [{"message_id": message_id, "address": a, "header_id": header_id, "at": at} for a in addresses]
    insert_new(tx, bounce, rows)


def is_first_contact(tx: Tx, account: str, address: str, before: datetime) -> bool:
    """Has this address never written, nor been written to in a thread of its own, before then?"""
    query = select(message.c.id).where(
        message.c.account == account, message.c.sender == address, message.c.arrived < before
    )
    return tx.execute(query.limit(1)).first() is None


def corrected_column(tx: Tx, message_id: int, category: str, decision: str) -> None:
    """The decision that lists and the digest are asked by; categories of the owner's own have no column."""
    if category in CATEGORIES:
        tx.execute(message.update().where(message.c.id == message_id).values({category: decision}))


def close(tx: Tx, message_id: int, how: str) -> None:
    """The owner says this mail needs nothing more."""
    tx.execute(message.update().where(message.c.id == message_id).values(closed=how))


def listed(tx: Tx, *, account: str = "", category: str = "", limit: int = 50) -> list[StoredMessage]:
    """The newest received messages, filtered; `category` = for sure or perhaps."""
    query = select(message).where(message.c.role == "received")
    if account:
        query = query.where(message.c.account == account)
    query = query.order_by(message.c.arrived.desc(), message.c.id.desc())
    if not category or category in CATEGORIES:
        if category:
            query = query.where(message.c[category].in_(("yes", "unsure")))
        return _load(tx, tx.execute(query.limit(limit)))
    return _of_own(tx, query, category, limit)


def _of_own(tx: Tx, query: Select[Any], category: str, limit: int) -> list[StoredMessage]:
    """Those of a category that has no column: looked for in portions, the newest first."""
    found: list[StoredMessage] = []
    for start in range(0, count_all(tx), _PORTION):
        some = _load(tx, tx.execute(query.offset(start).limit(_PORTION)))
        found += [m for m in some if m.decision(category) != "no"]
        if len(found) >= limit or len(some) < _PORTION:
            break
    return found[:limit]


def count_all(tx: Tx) -> int:
    """How many messages are known."""
    return int(tx.execute(select(func.count()).select_from(message)).scalar() or 0)


def arrived_between(tx: Tx, since: datetime, until: datetime) -> list[StoredMessage]:
    """Live received messages of a span, newest last (history of the baseline left out)."""
    query = select(message).where(
        message.c.arrived > since,
        message.c.arrived <= until,
        message.c.role == "received",
        message.c.baseline.is_(False),
        message.c.ours.is_(False),
    )
    return _load(tx, tx.execute(query.order_by(message.c.arrived)))


def doubtful(tx: Tx, since: datetime) -> list[StoredMessage]:
    """Live received mails that arrived since then and of which a model was unsure in some category, oldest first."""
    query = select(message).where(
        message.c.arrived > since,
        message.c.role == "received",
        message.c.baseline.is_(False),
        message.c.ours.is_(False),
        message.c.verdict.contains('"unsure"'),  # categories of the owner's own have no column
    )
    return _load(tx, tx.execute(query.order_by(message.c.arrived, message.c.id)))


def processed_between(tx: Tx, since: datetime, until: datetime) -> dict[str, int]:
    """How many live received messages were triaged in a span, per kind."""
    query = (
        select(message.c.kind, func.count())
        .where(
            message.c.processed_at > since,
            message.c.processed_at <= until,
            message.c.role == "received",
            message.c.baseline.is_(False),
            message.c.ours.is_(False),
        )
        .group_by(message.c.kind)
    )
    return {kind: int(count) for kind, count in tx.execute(query)}


def open_threads(tx: Tx, since: datetime) -> list[StoredMessage]:
    """The last human message of each thread touched since then (ours or theirs)."""
    last = (
        select(message.c.thread, func.max(message.c.arrived).label("at"))
        .where(message.c.role != "draft", message.c.automatic.is_(False), message.c.arrived > since)
        .group_by(message.c.thread)
        .subquery()
    )
    query = select(message).join(last, and_(message.c.thread == last.c.thread, message.c.arrived == last.c.at))
    query = query.where(message.c.role != "draft", message.c.automatic.is_(False), message.c.closed == "")
    return _load(tx, tx.execute(query.order_by(message.c.arrived)))


def urgent_open(tx: Tx, since: datetime) -> list[StoredMessage]:
    """Received mails, urgent for sure or perhaps, that arrived since then and that nobody closed."""
    query = select(message).where(
        message.c.urgent.in_(("yes", "unsure")),
        message.c.role == "received",
        message.c.arrived > since,
        message.c.ours.is_(False),
        message.c.closed == "",
    )
    return _load(tx, tx.execute(query.order_by(message.c.arrived)))


def count(tx: Tx, *, baseline: bool) -> int:
    """How many messages are known, of the history or since."""
    query = select(func.count()).select_from(message).where(message.c.baseline.is_(baseline))
    return int(tx.execute(query).scalar() or 0)


def _first(tx: Tx, *conditions: Any) -> StoredMessage | None:
    found = _load(tx, tx.execute(select(message).where(*conditions).limit(1)))
    return found[0] if found else None


def _load(tx: Tx, rows: Iterable[Any]) -> list[StoredMessage]:
    rows = list(rows)
    words: dict[int, dict[str, bool]] = {}
    ids = [r.id for r in rows]
    for start in range(0, len(ids), 500):
        chosen = select(correction).where(correction.c.message_id.in_(ids[start : start + 500]))
        for r in tx.execute(chosen):
            words.setdefault(r.message_id, {})[r.category] = r.value
    return [
        StoredMessage(
            id=r.id,
            account=r.account,
            thread=r.thread,
            role=r.role,
            baseline=r.baseline,
            ours=r.ours,
            arrived=r.arrived,
            kind=r.kind,
            asks=r.asks,
            automatic=r.automatic,
            closed=r.closed,
            message=load_message(r.parsed),
            verdict=load_verdict(r.verdict),
            facts=load_facts(r.facts),
            corrections=words.get(r.id, {}),
        )
        for r in rows
    ]
