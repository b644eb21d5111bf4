"""The database: one SQLite file, opened safely. The only file that knows SQLite's peculiarities."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module, resources
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, text
from sqlalchemy.exc import DatabaseError, OperationalError

from automator.errors import PermanentError, TemporaryError

Tx = Connection

_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",  # WAL with NORMAL may lose the last commits at a power cut: mails would go twice
    "foreign_keys=ON",
    "busy_timeout=30000",
    "temp_store=MEMORY",
    "secure_delete=ON",
)


class Database:
    """Opens, migrates and hands out transactions. Thread-safe: each transaction has its own connection.

    Raises PermanentError when the file cannot be used (wrong mode, damaged, newer than the program).
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.engine = _engine(path)

    @classmethod
    def open(cls, path: Path) -> Database:
        """Open the file, made with mode 0600 if it is missing, and bring its schema up to date."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        _refuse_open_file(path)
        db = cls(path)
        db.migrate()
        return db

    @classmethod
    def reader(cls, path: Path) -> Database:
        """Open an existing file of this schema for reading alone: a write fails, nothing is brought up to date."""
        db = cls(path)

        @event.listens_for(db.engine, "connect")
        def _only_reads(connection: Any, _record: object) -> None:
            connection.execute("PRAGMA query_only=ON")

        return db

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        """A write transaction (BEGIN IMMEDIATE): committed at the end, rolled back on any error.

        A full disk or a lock held too long is a TemporaryError.
        """
        try:
            with self.engine.begin() as tx:
                yield tx
        except OperationalError as error:
            raise _plain(error, self.path) from error

    @contextmanager
    def read(self) -> Iterator[Tx]:
        """A read transaction: one snapshot, never blocks a writer."""
        with self.engine.connect().execution_options(read_only=True) as tx, tx.begin():
            yield tx

    def migrate(self) -> None:
        """Upgrade the schema to the program's, in one transaction, after a copy of a file that holds data."""
        from automator.store.migrate import migrate

        try:
            migrate(self.engine, self.path)
        except DatabaseError as error:
            raise _plain(error, self.path) from error

    def check(self) -> str:
        """SQLite's own quick integrity check; "ok" when the file is sound."""
        with self.read() as tx:
            return str(tx.execute(text("PRAGMA quick_check(1)")).scalar())

    def copy_to(self, target: Path) -> None:
        """A consistent copy of the whole database (SQLite's backup API), mode 0600."""
        os.close(os.open(target, os.O_CREAT | os.O_RDWR | os.O_TRUNC, 0o600))
        source = sqlite3.connect(self.path)
        copy = sqlite3.connect(target)
        try:
            source.backup(copy)
        finally:
            source.close()
            copy.close()

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


def _engine(path: Path) -> Engine:
    # hide_parameters: SQLAlchemy's errors would otherwise print subjects and addresses of mails
    engine = create_engine(f"sqlite:///{path}", hide_parameters=True, connect_args={"timeout": 30})

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the BEGIN below rules: pysqlite's own comes too late
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get("read_only")
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def _refuse_open_file(path: Path) -> None:
    if stat.S_IMODE(path.stat().st_mode) & 0o007:
        raise PermanentError(f"{path} can be read by others. Mend it with: chmod o-rwx '{path}'")
    if not os.access(path, os.W_OK):
        raise PermanentError(f"{path} cannot be written by this user. Check its owner with: ls -l '{path}'")


def _plain(error: DatabaseError, path: Path) -> TemporaryError | PermanentError:
    said = str(error.orig)
    if "locked" in said or "busy" in said:
        return TemporaryError(f"{path} is locked by another program")
    if "full" in said:
        return TemporaryError(f"the disk that holds {path} is full: free some space, nothing is lost")
    if "malformed" in said or "not a database" in said:
        return PermanentError(f"{path} is damaged: keep it aside, put back a copy, and start again ({said})")
    return PermanentError(f"{path}: {said}")


def insert_new(tx: Tx, table: Table, rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert rows, leaving alone those that a unique key already holds; returns how many were new."""
    if not rows:
        return 0
    # the one in use: loading the other costs 0.1 s
    dialect = import_module(f"sqlalchemy.dialects.{tx.dialect.name}")
    statement = dialect.insert(table).on_conflict_do_nothing()
    return sum(tx.execute(statement, row).rowcount for row in rows)


def insert_one(tx: Tx, table: Table, values: Mapping[str, Any]) -> int:
    """Insert a row and return its id."""
    key = tx.execute(table.insert().values(**values)).inserted_primary_key
    if key is None:
        raise LookupError(table.name)
    return int(key[0])


def migrations() -> Path:
    """The folder of the shipped migrations."""
    return Path(str(resources.files("automator.store") / "migrations"))
