"""Schema upgrades with Alembic: programmatic, on our own connection, in one transaction."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine
from sqlmodel import SQLModel

from automator.errors import PermanentError
from automator.store import tables  # noqa: F401 - declares the tables
from automator.store.db import migrations


def alembic_config() -> Config:
    """Alembic's configuration without an ini file."""
    config = Config()
    config.set_main_option("script_location", str(migrations()))
    config.set_main_option("path_separator", "os")
    config.attributes["metadata"] = SQLModel.metadata
    return config


def migrate(engine: Engine, path: Path) -> None:
    """Upgrade to the newest revision.

    1. A schema newer than the program is refused. 2. A file with data is copied beside itself first. 3. All
    steps run in one transaction, with foreign keys off (a rebuilt parent table would delete its children).
    """
    config = alembic_config()
    script = ScriptDirectory.from_config(config)
    with engine.connect() as connection:
        now = MigrationContext.configure(connection).get_current_revision()
    if now == script.get_current_head():
        return
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


def _copy(source: Path, target: Path) -> None:
    with sqlite3.connect(source) as old, sqlite3.connect(target) as new:
        old.backup(new)
    target.chmod(0o600)
