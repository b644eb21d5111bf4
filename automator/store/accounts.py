"""Accounts: where each source stopped, and how its reading goes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from automator.store.db import Tx
from automator.store.records import AccountState
from automator.store.tables import account


def ensure(tx: Tx, name: str) -> AccountState:
    """The state of an account; a new one starts with its baseline to be read."""
    query = select(account).where(account.c.name == name)
    row = tx.execute(query).mappings().first()
    if row is None:
        tx.execute(account.insert().values(name=name, baseline=True, error="", failures=0, refused=False))
        row = tx.execute(query).mappings().one()
    return AccountState(**row)


def states(tx: Tx) -> tuple[AccountState, ...]:
    """All accounts, by name."""
    return tuple(AccountState(**row) for row in tx.execute(select(account).order_by(account.c.name)).mappings())


def advance(tx: Tx, name: str, cursor: str) -> None:
    """Move the cursor; in the same transaction as the batch it closes."""
    tx.execute(account.update().where(account.c.name == name).values(cursor=cursor))


def read_ok(tx: Tx, name: str, now: datetime) -> None:
    """A whole read went well: the baseline, if it was one, is behind us."""
    values = {"last_ok": now, "last_try": now, "error": "", "failures": 0, "refused": False, "baseline": False}
    tx.execute(account.update().where(account.c.name == name).values(**values))


def read_failed(tx: Tx, name: str, now: datetime, error: str, *, refused: bool = False) -> int:
    """A read failed (`refused`: the login was); returns how many in a row."""
    ensure(tx, name)
    values = {"last_try": now, "error": error, "failures": account.c.failures + 1, "refused": refused}
    tx.execute(account.update().where(account.c.name == name).values(**values))
    return int(tx.execute(select(account.c.failures).where(account.c.name == name)).scalar() or 0)
