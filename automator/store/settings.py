"""Single values of the service, and the daemon's lease."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from automator.store.db import Tx
from automator.store.tables import lease, setting


def get(tx: Tx, key: str) -> str:
    """The value of `key`, "" when unset."""
    return tx.execute(select(setting.c.value).where(setting.c.key == key)).scalar() or ""


def put(tx: Tx, key: str, value: str) -> None:
    """Set `key`."""
    if tx.execute(setting.update().where(setting.c.key == key).values(value=value)).rowcount == 0:
        tx.execute(setting.insert().values(key=key, value=value))


def paused_until(tx: Tx, now: datetime) -> datetime | None:
    """The end of the pause in force at `now`, None when there is none."""
    value = get(tx, "paused_until")
    until = datetime.fromisoformat(value) if value else None
    return until if until and until > now else None


def pause(tx: Tx, until: datetime | None) -> None:
    """Stop every deed but the digest until then; None lifts the pause."""
    put(tx, "paused_until", until.isoformat() if until else "")


def take_lease(tx: Tx, holder: str, now: datetime, span: timedelta) -> str:
    """Take or renew the daemon's lease; "" when it is ours now, else who holds it."""
    row = tx.execute(select(lease)).first()
    if row and row.holder != holder and row.expires > now:
        return str(row.holder)
    values = {"holder": holder, "expires": now + span}
    if row is None:
        tx.execute(lease.insert().values(id=1, since=now, **values))
    else:
        since = row.since if row.holder == holder else now
        tx.execute(lease.update().where(lease.c.id == 1).values(since=since, **values))
    return ""


def drop_lease(tx: Tx, holder: str) -> None:
    """Give the lease back."""
    tx.execute(lease.delete().where(lease.c.holder == holder))
