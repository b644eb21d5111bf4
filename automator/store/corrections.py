"""What people said of verdicts: the one port by which every correction comes in, whatever it was made with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import and_, func, select

from automator.store import settings
from automator.store.db import Tx
from automator.store.messages import corrected_column, get
from automator.store.tables import correction, message
from automator.triage.memory import Word

By = Literal["folder", "keyword", "command", "reply", "label"]
_MOST_WORDS = 5_000
_FORGED = '%"authentication":{"verified":false%'
"""How a stored message says so; the text of a mail cannot, for its quotes are escaped."""
_WITHDRAWN = "correction_withdrawn"


@dataclass(frozen=True, slots=True)
class Correction:
    """A person said that a message is, or is not, of a category; `by` which act, and when."""

    message_id: int
    category: str
    value: bool
    by: By
    at: datetime


def put(tx: Tx, said: Correction) -> bool:
    """The person's word rules from now on; the last one counts. False when the same was said before."""
    known = of(tx, said.message_id, said.category)
    if known is not None and known.value == said.value:
        return False
    _delete(tx, said.message_id, said.category)
    values = {"message_id": said.message_id, "category": said.category, "value": said.value, "by": said.by}
    tx.execute(correction.insert().values(**values, at=said.at))
    corrected_column(tx, said.message_id, said.category, "yes" if said.value else "no")
    return True


def withdraw(tx: Tx, message_id: int, category: str, at: datetime) -> bool:
    """As if it had never been said: the model's verdict counts again. False when nothing had been said."""
    if not _delete(tx, message_id, category):
        return False
    settings.put(tx, _WITHDRAWN, at.isoformat())
    stored = get(tx, message_id)
    if stored is not None:
        corrected_column(tx, message_id, category, stored.decision(category))
    return True


def withdrawn(tx: Tx, since: datetime | None, until: datetime) -> bool:
    """Was one taken back after `since`, the last not after `until`?"""
    kept = settings.get(tx, _WITHDRAWN)
    at = datetime.fromisoformat(kept) if kept else None
    return at is not None and at <= until and (since is None or since < at)


def _delete(tx: Tx, message_id: int, category: str) -> int:
    same = and_(correction.c.message_id == message_id, correction.c.category == category)
    return tx.execute(correction.delete().where(same)).rowcount


def of(tx: Tx, message_id: int, category: str) -> Correction | None:
    """What was said of this message and category, None = nothing."""
    query = select(correction).where(correction.c.message_id == message_id, correction.c.category == category)
    row = tx.execute(query).first()
    return Correction(row.message_id, row.category, row.value, row.by, row.at) if row else None


def newest(tx: Tx, limit: int) -> list[Correction]:
    """The last ones, the oldest of them first."""
    query = select(correction).order_by(correction.c.at.desc(), correction.c.id.desc()).limit(limit)
    found = [Correction(r.message_id, r.category, r.value, r.by, r.at) for r in tx.execute(query)]
    return found[::-1]


def newest_of_each(tx: Tx, limit: int) -> list[Correction]:
    """The last ones of each category and answer, at most `limit` of each; the oldest of all first."""
    order = (correction.c.at.desc(), correction.c.id.desc())
    rank = func.row_number().over(partition_by=(correction.c.category, correction.c.value), order_by=order)
    ranked = select(correction, rank.label("rank")).subquery()
    query = select(ranked).where(ranked.c.rank <= limit).order_by(ranked.c.at, ranked.c.id)
    return [Correction(r.message_id, r.category, r.value, r.by, r.at) for r in tx.execute(query)]


def count(tx: Tx, since: datetime | None = None, until: datetime | None = None) -> int:
    """How many were made after `since` and not after `until`."""
    query = select(func.count()).select_from(correction)
    if since is not None:
        query = query.where(correction.c.at > since)
    if until is not None:
        query = query.where(correction.c.at <= until)
    return int(tx.execute(query).scalar() or 0)


def examples(tx: Tx) -> dict[str, int]:
    """Category -> how many mails people said to be of it."""
    query = select(correction.c.category, func.count()).where(correction.c.value.is_(True))
    return {name: int(n) for name, n in tx.execute(query.group_by(correction.c.category))}


def words(tx: Tx, since: datetime) -> list[Word]:
    """What was said since then of whose mail, for the memory of senders: the newest first, capped.

    A mail whose authentication failed is not the sender's: what was said of it says nothing of him.
    """
    query = (
        select(correction.c.category, correction.c.value, message.c.sender, correction.c.at)
        .join(message, message.c.id == correction.c.message_id)
        .where(correction.c.at > since, message.c.sender != "", message.c.parsed.not_like(_FORGED))
        .order_by(correction.c.at.desc(), correction.c.id.desc())
        .limit(_MOST_WORDS)
    )
    return [Word(r.category, r.value, r.sender.lower(), r.at) for r in tx.execute(query)]
