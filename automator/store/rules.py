"""Which rules are in force."""

from __future__ import annotations

from sqlalchemy import select

from automator.store.db import Tx
from automator.store.tables import arming


def is_active(tx: Tx, rule: str) -> bool:
    """Is this rule switched on (its file there, or its last good version in force)?"""
    return bool(tx.execute(select(arming.c.active).where(arming.c.rule == rule)).scalar())
