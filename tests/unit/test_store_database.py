"""The database: safe opening, honest transactions, upgrades that lose nothing."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text
from sqlmodel import SQLModel

from automator.errors import PermanentError, TemporaryError
from automator.store import settings
from automator.store.db import Database


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return Database.open(tmp_path / "state" / "automator.db")


def test_s26_read_then_write_from_four_threads_keeps_every_increment(db: Database) -> None:
    with db.transaction() as tx:
        settings.put(tx, "n", "0")

    def work() -> None:
        for _ in range(50):
            with db.transaction() as tx:
                settings.put(tx, "n", str(int(settings.get(tx, "n")) + 1))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    with db.read() as tx:
        assert settings.get(tx, "n") == "200"


def test_s27_commits_are_durable_and_foreign_keys_hold(db: Database) -> None:
    with db.read() as tx:
        assert tx.execute(text("PRAGMA synchronous")).scalar() == 2  # FULL
        assert tx.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert tx.execute(text("PRAGMA foreign_keys")).scalar() == 1


def test_an_error_rolls_the_whole_transaction_back(db: Database) -> None:
    def work() -> None:
        with db.transaction() as tx:
            settings.put(tx, "a", "1")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        work()
    with db.read() as tx:
        assert settings.get(tx, "a") == ""


def test_a_reader_does_not_wait_for_a_writer(db: Database) -> None:
    with db.transaction() as tx:
        settings.put(tx, "a", "1")
        with db.read() as other:
            assert settings.get(other, "a") == ""


def test_s32_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "automator.db"
    Database.open(path).close()
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    with pytest.raises(PermanentError, match="chmod o-rwx"):
        Database.open(path)


def test_s57_a_damaged_file_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "automator.db"
    path.write_bytes(b"this is no database at all" * 100)
    path.chmod(0o600)
    before = path.read_bytes()
    with pytest.raises(PermanentError, match="damaged"):
        Database.open(path)
    assert path.read_bytes() == before


def test_s56_a_newer_schema_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "automator.db"
    Database.open(path).close()
    with sqlite3.connect(path) as raw:
        raw.execute("update alembic_version set version_num='9999'")
    with pytest.raises(PermanentError, match="newer automator"):
        Database.open(path)


def test_the_migrations_make_exactly_the_tables_of_the_code(db: Database) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_errors_never_print_the_parameters(db: Database) -> None:
    with pytest.raises(PermanentError) as caught, db.transaction() as tx:
        tx.execute(text("insert into nothing values (:secret)"), {"secret": "canary"})
    assert "canary" not in str(caught.value)


def test_a_lock_held_by_another_program_is_temporary(db: Database) -> None:
    with db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=0")
        connection.rollback()
    other = sqlite3.connect(db.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(TemporaryError, match="locked"), db.transaction() as tx:
            settings.put(tx, "a", "1")
    finally:
        other.execute("ROLLBACK")
        other.close()


def test_a_copy_is_complete_and_private(db: Database, tmp_path: Path) -> None:
    with db.transaction() as tx:
        settings.put(tx, "a", "1")
    db.copy_to(tmp_path / "copy.db")
    assert (tmp_path / "copy.db").stat().st_mode & 0o777 == 0o600
    with Database.open(tmp_path / "copy.db").read() as tx:
        assert settings.get(tx, "a") == "1"
