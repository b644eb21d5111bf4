"""Where messages lie: what a sync writes, what a pass has to parse."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select, tuple_

from automator.mail.message import Fetched, MessageRef
from automator.store.db import Tx, insert_new
from automator.store.records import StoredPlace, pack, ref_of, unpack
from automator.store.tables import message, place


def _where(ref: MessageRef) -> ColumnElement[bool]:
    return and_(
        place.c.account == ref.account,
        place.c.mailbox == ref.mailbox,
        place.c.uidvalidity == ref.uidvalidity,
        place.c.uid == ref.uid,
    )


def add(tx: Tx, messages: Iterable[Fetched], *, baseline: bool) -> int:
    """Store messages as new places; those already there are left alone. Returns how many were new.

    One that was gone and is back (a Maildir's numbers are those of the files) lies there anew, later than elsewhere.
    """
    messages = list(messages)
    back: dict[tuple[str, str, int], list[int]] = {}
    for m in messages:
        back.setdefault((m.ref.account, m.ref.mailbox, m.ref.uidvalidity), []).append(m.ref.uid)
    for (account, mailbox, uidvalidity), uids in back.items():
        same = and_(place.c.account == account, place.c.mailbox == mailbox, place.c.uidvalidity == uidvalidity)
        tx.execute(place.delete().where(same, place.c.uid.in_(uids), place.c.gone.is_(True)))
    return insert_new(tx, place, [_row(m, baseline=baseline) for m in messages])


def _row(m: Fetched, *, baseline: bool) -> dict[str, object]:
    return {
        "account": m.ref.account,
        "mailbox": m.ref.mailbox,
        "uidvalidity": m.ref.uidvalidity,
        "uid": m.ref.uid,
        "role": m.role,
        "arrived": m.arrived,
        "size": m.size,
        "flags": " ".join(sorted(m.flags)),
        "keywords": " ".join(sorted(m.keywords)),
        "state": "new",
        "attempts": 0,
        "error": "",
        "baseline": baseline,
        "gone": False,
        "outbox_key": "",
        "text_hash": "",
        "raw": pack(m),
    }


def set_flags(tx: Tx, ref: MessageRef, flags: frozenset[str], keywords: frozenset[str]) -> None:
    """Note the flags and keywords as they are on the server now."""
    values = {"flags": " ".join(sorted(flags)), "keywords": " ".join(sorted(keywords))}
    tx.execute(place.update().where(_where(ref)).values(**values))


def set_gone(tx: Tx, ref: MessageRef) -> None:
    """The message no longer lies there."""
    tx.execute(place.update().where(_where(ref)).values(gone=True))


def drop(tx: Tx, account: str, mailbox: str) -> None:
    """The mailbox is not read any more: nothing lies there, as far as we know."""
    tx.execute(place.update().where(place.c.account == account, place.c.mailbox == mailbox).values(gone=True))


def reset(tx: Tx, account: str, mailbox: str, uidvalidity: int) -> None:
    """The mailbox was renumbered: all places of other UIDVALIDITYs are gone."""
    stale = and_(place.c.account == account, place.c.mailbox == mailbox, place.c.uidvalidity != uidvalidity)
    tx.execute(place.update().where(stale).values(gone=True))


def pending(tx: Tx, account: str, limit: int, after: StoredPlace | None = None) -> list[StoredPlace]:
    """The oldest places still to be parsed; `after` is the last one of the part before."""
    query = (
        select(place.c.id, place.c.attempts, place.c.baseline, place.c.raw)
        .where(place.c.account == account, place.c.state == "new", place.c.raw.is_not(None))
        .order_by(place.c.arrived, place.c.id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(tuple_(place.c.arrived, place.c.id) > (after.fetched.arrived, after.id))
    return [StoredPlace(r.id, r.attempts, r.baseline, unpack(r.raw)) for r in tx.execute(query)]


def count_pending(tx: Tx, accounts: Collection[str] | None = None) -> int:
    """How many places wait to be parsed, in all accounts or in these."""
    query = select(func.count()).select_from(place).where(place.c.state == "new")
    if accounts is not None:
        query = query.where(place.c.account.in_(accounts))
    return int(tx.execute(query).scalar() or 0)


def parsed(tx: Tx, place_id: int, message_id: int, *, outbox_key: str = "", text_hash: str = "") -> None:
    """The place's message is known now; the raw copy is no longer needed."""
    values = {
        "state": "done",
        "raw": None,
        "message_id": message_id,
        "outbox_key": outbox_key,
        "text_hash": text_hash,
    }
    tx.execute(place.update().where(place.c.id == place_id).values(**values))


def failed(tx: Tx, place_id: int, error: str, *, quarantine: bool) -> None:
    """Working it off failed; after the second time the message is set aside and named in the digest."""
    state = "quarantined" if quarantine else "new"
    values = {"state": state, "attempts": place.c.attempts + 1, "error": error}
    tx.execute(place.update().where(place.c.id == place_id).values(**values))


def quarantined(tx: Tx) -> list[MessageRef]:
    """Messages that were set aside."""
    return [ref_of(r) for r in tx.execute(select(place).where(place.c.state == "quarantined"))]


def current(tx: Tx, message_id: int) -> MessageRef | None:
    """Where a message lies now: in a received mailbox rather than elsewhere; None when it is gone.

    A folder that teaches does not count: what the owner put away there is his, no deed of ours takes it out again.
    """
    query = (
        select(place)
        .where(place.c.message_id == message_id, place.c.gone.is_(False), place.c.role != "filed")
        .order_by(place.c.role != "received", place.c.id.desc())
    )
    row = tx.execute(query).first()
    return ref_of(row) if row else None


def lies_in_sent(tx: Tx, message_id: int) -> bool:
    """Was the message ever seen in Sent?"""
    query = select(place.c.id).where(place.c.message_id == message_id, place.c.role == "sent")
    return tx.execute(query.limit(1)).first() is not None


def keywords(tx: Tx, message_id: int) -> frozenset[str]:
    """All keywords that the message carries on the server."""
    rows = tx.execute(select(place.c.keywords).where(place.c.message_id == message_id, place.c.gone.is_(False)))
    return frozenset(word for row in rows for word in row.keywords.split())


def drafts(tx: Tx, account: str) -> dict[str, tuple[MessageRef, str]]:
    """Our drafts that lie in Drafts: outbox key -> where, and the hash of the text as it is now."""
    query = select(place).where(
        place.c.account == account, place.c.role == "draft", place.c.gone.is_(False), place.c.outbox_key != ""
    )
    return {r.outbox_key: (ref_of(r), r.text_hash) for r in tx.execute(query)}


def draft_is_gone(tx: Tx, account: str, key: str) -> bool:
    """Was a draft of ours seen in Drafts, and lies there no more?"""
    query = select(place.c.gone).where(place.c.account == account, place.c.role == "draft", place.c.outbox_key == key)
    rows = tx.execute(query).all()
    return bool(rows) and all(r.gone for r in rows)


def sent_with_key(tx: Tx, account: str, key: str) -> datetime | None:
    """When the mail with this X-Automator-Key came into Sent, None when it never did."""
    query = select(place.c.arrived).where(
        place.c.account == account, place.c.role == "sent", place.c.outbox_key == key
    )
    return tx.execute(query.order_by(place.c.arrived)).scalar()


def sent_with_header(tx: Tx, account: str, header_id: str) -> bool:
    """Does a mail with this Message-ID lie in Sent?"""
    query = (
        select(place.c.id)
        .join(message, message.c.id == place.c.message_id)
        .where(place.c.account == account, place.c.role == "sent", message.c.header_id == header_id)
    )
    return tx.execute(query).first() is not None


def with_key(tx: Tx, account: str, key: str) -> list[int]:
    """The messages that ever bore this X-Automator-Key: a draft of ours, its edited version, what was sent of it."""
    query = select(place.c.message_id).where(
        place.c.account == account, place.c.outbox_key == key, place.c.message_id.is_not(None)
    )
    return sorted({int(r.message_id) for r in tx.execute(query)})
