"""Who writes to us: how often, whether we answered, whether he asked something before."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from automator.store.db import Tx
from automator.store.tables import message


def how_often(tx: Tx, since: datetime) -> dict[str, int]:
    """Sender -> how many mails he sent us since then."""
    query = select(message.c.sender, func.count()).where(message.c.arrived > since, message.c.role == "received")
    return {sender: int(count) for sender, count in tx.execute(query.group_by(message.c.sender))}


def corresponds(tx: Tx, account: str, address: str, before: datetime) -> bool:
    """Did the owner himself write, before then, in a conversation with this address?"""
    theirs = select(message.c.thread).where(message.c.account == account, message.c.sender == address)
    query = select(message.c.id).where(
        message.c.account == account,
        message.c.thread.in_(theirs),
        message.c.role == "sent",
        message.c.automatic.is_(False),
        message.c.arrived < before,
    )
    return bool(address) and tx.execute(query.limit(1)).first() is not None


def was_client(tx: Tx, account: str, address: str, before: datetime) -> bool:
    """Did this address ask something as a client before then, by a person's word or for sure?"""
    query = select(message.c.id).where(
        message.c.account == account,
        message.c.sender == address,
        message.c.client_request == "yes",
        message.c.arrived < before,
    )
    return bool(address) and tx.execute(query.limit(1)).first() is not None
