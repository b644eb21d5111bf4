"""Schema upgrades with Alembic: programmatic, on our own connection, in one transaction."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine, inspect, text
from sqlmodel import SQLModel

from automator.errors import PermanentError
from automator.store import payment_tables, tables  # noqa: F401 - they declare the tables
from automator.store.db import migrations

if TYPE_CHECKING:
    from alembic.config import Config


def alembic_config() -> Config:
    """Alembic's configuration without an ini file."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations()))
    config.set_main_option("path_separator", "os")
    config.attributes["metadata"] = SQLModel.metadata
    return config


def migrate(engine: Engine, path: Path) -> None:
    """Upgrade to the newest revision.

    1. Where nothing is to be done Alembic is not loaded: it costs 0.3 s and 12 MB of every start. 2. A schema newer
    than the program is refused. 3. A file with data is copied beside itself first. 4. All steps run in one
    transaction, with foreign keys off (a rebuilt parent table would delete its children).
    """
    now = _current(engine)
    if now == newest():
        return
    from alembic import command
    from alembic.script import ScriptDirectory

    config = alembic_config()
    script = ScriptDirectory.from_config(config)
    if now is not None and now not in {r.revision for r in script.walk_revisions()}:
        raise PermanentError(f"{path} was written by a newer automator (schema {now}): install that version again")
    if now is not None:
        _copy(path, path.with_name(f"{path.name}.before-{script.get_current_head()}"))
    with engine.connect() as connection:
        raw = connection.connection.driver_connection
        if not isinstance(raw, sqlite3.Connection):
            raise TypeError(raw)
        raw.execute("PRAGMA foreign_keys=OFF")  # ignored inside a transaction: before BEGIN
        try:
            with connection.begin():
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
        finally:
            raw.execute("PRAGMA foreign_keys=ON")


def newest() -> str:
    """The newest revision: steps are numbered, and a file's name begins with its number."""
    return max(path.name[:4] for path in (migrations() / "versions").glob("[0-9][0-9][0-9][0-9]_*.py"))


def _current(engine: Engine) -> str | None:
    """The revision of the file, None for an empty one."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return str(found) if found else None


def _copy(source: Path, target: Path) -> None:
    with sqlite3.connect(source) as old, sqlite3.connect(target) as new:
        old.backup(new)
    target.chmod(0o600)
