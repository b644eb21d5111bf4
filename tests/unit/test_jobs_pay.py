"""The payment file on the disk: for its owner alone, never over another, and safe when a write fails."""

from __future__ import annotations

import hashlib
import os
import stat
from datetime import date
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from automator.agenda.workdays import WorkCalendar
from automator.billing.sepa import Debtor
from automator.errors import PermanentError
from automator.jobs.pay import _fill, again, pay
from automator.store import bills, payments
from automator.store.bills import NewBill
from automator.store.db import Database
from tests.support.rows import NOW

OURS = Debtor("Menuiserie Durand", "FR7630006000011234567890189")
GOOD = "DE89370400440532013000"
CALENDAR = WorkCalendar(ZoneInfo("Europe/Paris"))


@pytest.fixture
def db(tmp_path: Path) -> Database:
    opened = Database.open(tmp_path / "automator.db")
    with opened.transaction() as tx:
        for number, due in (("1", date(2026, 11, 27)), ("2", date(2026, 12, 20))):
            new = NewBill(
                "bureau", "received", "Bois", number, Decimal("10.10"), iban=GOOD, payment="transfer", due=due
            )
            payments.approve(tx, payments.candidate(tx, bills.put(tx, new, NOW)[0]), NOW)
    return opened


def status(db: Database) -> list[str]:
    with db.read() as tx:
        return [b.status for b in bills.listed(tx)]


def test_the_file_is_for_its_owner_alone_and_its_hash_is_kept(db: Database, tmp_path: Path) -> None:
    out = tmp_path / "v.xml"
    done = pay(db, CALENDAR, OURS, NOW, date(2026, 11, 30), out)
    assert done.order is not None
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert done.order.made.execution_on == date(2026, 11, 24)
    assert ([b.number for b in done.paid], [r for _, r in done.left_out]) == (["1"], ["it is due later"])
    assert [b.number for b in done.new_payees] == ["1"]
    with db.read() as tx:
        kept = payments.get(tx, 1)
    assert kept is not None
    assert (kept.sha256, kept.file) == (hashlib.sha256(out.read_bytes()).hexdigest(), str(out))
    assert kept == done.order
    assert status(db) == ["ordered", "open"]


def test_without_a_bill_no_file_is_made(db: Database, tmp_path: Path) -> None:
    done = pay(db, CALENDAR, OURS, NOW, date(2026, 1, 1), tmp_path / "v.xml")
    assert (done.order, done.path, len(done.left_out)) == (None, None, 2)
    assert not (tmp_path / "v.xml").exists()


@pytest.mark.parametrize("where", ["taken.xml", "none/v.xml", "link.xml"])
def test_a_place_that_does_not_take_it_changes_nothing(db: Database, tmp_path: Path, where: str) -> None:
    (tmp_path / "taken.xml").write_text("mine")
    (tmp_path / "link.xml").symlink_to(tmp_path / "elsewhere.xml")
    with pytest.raises(PermanentError, match=r"is there already|cannot be written"):
        pay(db, CALENDAR, OURS, NOW, None, tmp_path / where)
    assert status(db) == ["open", "open"]
    assert (tmp_path / "taken.xml").read_text() == "mine"
    assert not (tmp_path / "elsewhere.xml").exists()


def test_a_debtor_that_the_schema_refuses_leaves_no_file_and_no_order(db: Database, tmp_path: Path) -> None:
    with pytest.raises(PermanentError, match="does not keep to"):
        pay(db, CALENDAR, Debtor("Durand", OURS.iban, "nobic"), NOW, None, tmp_path / "v.xml")
    assert status(db) == ["open", "open"]
    assert list(tmp_path.glob("*.xml")) == []


def test_what_a_crash_after_the_commit_leaves_is_written_again_byte_for_byte(db: Database, tmp_path: Path) -> None:
    done = pay(db, CALENDAR, OURS, NOW, None, tmp_path / "v.xml")
    assert done.path is not None
    whole = done.path.read_bytes()
    done.path.write_bytes(b"")
    order, path = again(db, 1, tmp_path / "again.xml")
    assert path.read_bytes() == whole
    assert hashlib.sha256(whole).hexdigest() == order.sha256
    assert status(db) == ["ordered", "ordered"]


def test_a_disk_that_does_not_take_it_is_told_with_the_way_out() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with pytest.raises(PermanentError, match="--again p1"):
        _fill(writer, b"x" * 100, 1)


def test_again_is_refused_for_files_that_are_not_there_or_not_in_force(db: Database, tmp_path: Path) -> None:
    pay(db, CALENDAR, OURS, NOW, None, tmp_path / "v.xml")
    with pytest.raises(PermanentError, match="is there already"):
        again(db, 1, tmp_path / "v.xml")
    with pytest.raises(PermanentError, match="no such payment file"):
        again(db, 2, None)
    with db.transaction() as tx:
        payments.seal(tx, 1, "0" * 64, "v.xml")
    with pytest.raises(PermanentError, match="as it was"):
        again(db, 1, tmp_path / "w.xml")
    with db.transaction() as tx:
        payments.undo(tx, 1, NOW)
    with pytest.raises(PermanentError, match="was undone"):
        again(db, 1, tmp_path / "w.xml")


def test_a_second_file_takes_only_what_is_new(db: Database, tmp_path: Path) -> None:
    pay(db, CALENDAR, OURS, NOW, date(2026, 11, 30), tmp_path / "1.xml")
    second = pay(db, CALENDAR, OURS, NOW, None, tmp_path / "2.xml")
    assert [b.number for b in second.paid] == ["2"]
    assert second.new_payees == []
    assert pay(db, CALENDAR, OURS, NOW, None, tmp_path / "3.xml").order is None
