"""Schema steps: the newest is known without Alembic, and an older database keeps what it holds."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from automator.store import bills, corrections, digests, filings, payments
from automator.store.db import Database
from automator.store.filings import Filing
from automator.store.migrate import alembic_config, newest


def test_every_step_is_named_by_its_number() -> None:
    script = ScriptDirectory.from_config(alembic_config())
    steps = list(script.walk_revisions())
    assert all(Path(step.path).name.startswith(f"{step.revision}_") for step in steps)
    assert newest() == script.get_current_head()


def test_opening_a_database_that_is_up_to_date_does_not_load_alembic(tmp_path: Path) -> None:
    path = tmp_path / "automator.db"
    Database.open(path).close()
    code = (
        "import sys; from pathlib import Path; from automator.store.db import Database; "
        "Database.open(Path(sys.argv[1])).close(); print('alembic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "False\n"


def at_revision(path: Path, revision: str) -> None:
    """A database as an older version of the program left it."""
    db = Database(path)
    config = alembic_config()
    with db.engine.connect() as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    db.close()
    path.chmod(0o600)


def test_a_database_of_the_first_schema_keeps_its_rows_and_its_corrections(tmp_path: Path) -> None:
    path = tmp_path / "automator.db"
    at_revision(path, "0001")
    columns = (
        "account, identity, header_id, thread, role, baseline, ours, arrived, sender, sender_name, subject, kind,"
        " asks, automatic, urgent, client_request, invoice, classifier, parsed, verdict, facts, closed, processed_at"
    )
    moment = "2026-11-23 09:00:00.000000"
    values = f"'b', 'i', '', 1, 'received', 0, 0, '{moment}', 'a@b.example', '', 'Devis', 'other'"
    values += f", 0, 0, 'no', 'no', 'yes', '', '', '', '', '', '{moment}'"
    with sqlite3.connect(path) as raw:
        raw.execute(f"INSERT INTO message ({columns}) VALUES ({values})")
        for category, value, by in (("invoice", 1, "cli"), ("urgent", 0, "folder")):
            row = f"1, '{category}', {value}, '{by}', '{moment}'"
            raw.execute(f'INSERT INTO correction (message_id, category, value, "by", at) VALUES ({row})')
    db = Database.open(path)
    with db.transaction() as tx:
        assert [(c.category, c.value, c.by) for c in corrections.newest(tx, 9)] == [
            ("invoice", True, "command"),
            ("urgent", False, "folder"),
        ]
        assert corrections.newest(tx, 9)[0].at == datetime(2026, 11, 23, 9, tzinfo=UTC)
        seen = Filing(1, "invoice", "Factures", 7, inside=True, ours=False, at=datetime(2026, 11, 24, tzinfo=UTC))
        filings.put(tx, seen)
        assert filings.known(tx, "b") == [seen]
        assert [w.sender for w in corrections.words(tx, datetime(2026, 11, 1, tzinfo=UTC))] == ["a@b.example"] * 2
    db.close()
    with sqlite3.connect(tmp_path / f"automator.db.before-{newest()}") as copy:
        assert copy.execute("SELECT count(*) FROM correction").fetchone() == (2,)


def test_the_second_step_can_be_taken_back(tmp_path: Path) -> None:
    path = tmp_path / "automator.db"
    at_revision(path, "0002")
    db, config = Database(path), alembic_config()
    with db.engine.connect() as connection, connection.begin():
        config.attributes["connection"] = connection
        command.downgrade(config, "0001")
        assert not inspect(connection).has_table("filing")
    db.close()


def test_the_third_step_keeps_the_lines_of_old_digests_and_can_be_taken_back(tmp_path: Path) -> None:
    path = tmp_path / "automator.db"
    at_revision(path, "0002")
    moment = "2026-11-23 09:00:00.000000"
    with sqlite3.connect(path) as raw:
        raw.execute(
            "INSERT INTO digest (day, since, made_at, subject, outbox_key)"
            f" VALUES ('2026-11-23', '{moment}', '{moment}', 'x', 'd')"
        )
        raw.execute("INSERT INTO digest_item (digest, n, object_kind, object_id) VALUES (1, 1, 'mail', '12')")
    db = Database.open(path)
    with db.read() as tx:
        assert digests.asked(tx, datetime(2026, 11, 1, tzinfo=UTC), date(2026, 12, 1)) == {}
    config = alembic_config()
    with db.engine.connect() as connection, connection.begin():
        row = connection.exec_driver_sql("SELECT n, object_id, verbs FROM digest_item").one()
        assert tuple(row) == (1, "12", "")
        config.attributes["connection"] = connection
        command.downgrade(config, "0002")
        assert "verbs" not in {c["name"] for c in inspect(connection).get_columns("digest_item")}
    db.close()


def test_the_fourth_step_keeps_what_was_seen_and_can_be_taken_back(tmp_path: Path) -> None:
    path = tmp_path / "automator.db"
    Database.open(path).close()
    db, config = Database(path), alembic_config()
    with db.engine.connect() as connection, connection.begin():
        config.attributes["connection"] = connection
        command.downgrade(config, "0003")
        assert not {"by", "how", "missed"} & {c["name"] for c in inspect(connection).get_columns("filing")}
        command.upgrade(config, "0004")
        assert {"by", "how", "missed"} <= {c["name"] for c in inspect(connection).get_columns("filing")}


def test_the_fifth_step_keeps_the_bills_and_can_be_taken_back(tmp_path: Path) -> None:
    path = tmp_path / "automator.db"
    at_revision(path, "0004")
    with sqlite3.connect(path) as raw:
        raw.execute(
            "INSERT INTO bill (account, direction, party, party_key, party_email, number, amount, currency, iban,"
            " document, payment, client_type, status, source, created_at) VALUES ('b', 'received', 'Bois', 'bois', '',"
            " '1', '10.00', 'EUR', '', 'invoice', 'transfer', '', 'open', 'mail', '2026-11-23 09:00:00.000000')"
        )
    db = Database.open(path)
    with db.read() as tx:
        assert [b.number for b in bills.listed(tx)] == ["1"]
        assert not payments.any_approved(tx)
    config = alembic_config()
    with db.engine.connect() as connection, connection.begin():
        config.attributes["connection"] = connection
        command.downgrade(config, "0004")
        assert not {"approval", "payment_order", "payment_line"} & set(inspect(connection).get_table_names())
    db.close()
