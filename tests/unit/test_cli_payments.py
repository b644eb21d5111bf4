"""`automator money approve`, `money pay`, `money export` as a person calls them."""

from __future__ import annotations

import stat
import zipfile
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree

from automator.config import load_config
from automator.store import bills
from automator.store.bills import NewBill
from automator.wiring import open_store
from tests.support.commands import bill, call, cycle, now, process, question, started
from tests.support.firm import Firm

OURS, THEIRS = "FR7630006000011234567890189", "DE89370400440532013000"
MONEY = f'[money]\niban = "{OURS}"\n'


@pytest.fixture
def firm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Firm:
    monkeypatch.chdir(tmp_path)
    made = Firm(tmp_path, smtp=9, rules={}, extra=MONEY)
    config = load_config(made.config, environ={})
    db = open_store(config)
    day = now().date()
    with db.transaction() as tx:
        for number, due, payment in (("F-1", 2, "transfer"), ("F-2", 60, "transfer"), ("F-3", 2, "direct_debit")):
            bills.put(
                tx,
                NewBill(
                    "bureau", "received", "Bois du Forez", number, Decimal("1286.40"), iban=THEIRS, payment=payment,
                    due=day + timedelta(days=due), issued_on=day.replace(day=1),
                ),
                now(),
            )  # fmt: skip
        bills.put(tx, NewBill("bureau", "issued", "Paul", "2026-1", Decimal(50), issued_on=day.replace(day=1)), now())
    db.close()
    return made


def test_approve_says_what_is_approved_and_refuses_the_rest(firm: Firm) -> None:
    done = call(firm, "money", "approve", "i1", "i3", "4", "1")
    assert done.out == "i1  1\u00a0286,40\u00a0€  Bois du Forez  F-1  DE89 …3000: approuvé\n"
    assert done.err.splitlines() == ["i3: elle est prélevée", "i4: c'est une facture à vous"]
    assert done.code == 1
    assert call(firm, "money", "approve", "i99").code == 2
    assert call(firm, "money", "approve", "m1").code == 2


def test_an_approval_is_taken_back(firm: Firm) -> None:
    call(firm, "money", "approve", "i1")
    done = call(firm, "money", "approve", "--not", "i1")
    assert (done.code, done.out.endswith(": approbation retirée\n")) == (0, True)
    assert call(firm, "money", "approve", "--not", "i1").err == "i1: elle n'était pas approuvée\n"
    assert call(firm, "money", "pay").code == 1


def test_pay_writes_the_file_and_tells_figures_and_reasons(firm: Firm) -> None:
    call(firm, "money", "approve", "i1", "i2")
    done = call(firm, "money", "pay", "--until", "+7d", "--out", "v.xml")
    assert done.code == 0
    assert "p1  1 virement  le " in done.out
    assert "total de contrôle 1\u00a0286,40\u00a0€" in done.out
    assert "i1 Bois du Forez\u00a0: premier virement" in done.err
    assert "F-2  DE89 …3000: son échéance est plus lointaine" in done.err
    assert "F-3  DE89 …3000: elle est prélevée" in done.err
    root = etree.parse("v.xml").getroot()
    assert [e.text for e in root.iter("{*}IBAN")] == [OURS, THEIRS]
    assert [e.text for e in root.iter("{*}Ustrd")] == ["F-1"]
    assert stat.S_IMODE(Path("v.xml").stat().st_mode) == 0o600
    assert [r["id"] for r in call(firm, "money", "list", "--status", "ordered", "--json").rows] == ["i1"]
    assert "déjà dans un fichier" in call(firm, "money", "approve", "--not", "i1").err
    assert "déjà dans un fichier" in call(firm, "money", "approve", "i1").err


def test_pay_without_a_name_for_the_file_and_as_json(firm: Firm) -> None:
    call(firm, "money", "approve", "i1", "i2")
    (row,) = call(firm, "money", "pay", "--json").rows
    assert (row["id"], row["total"]) == ("p1", "2572.80")
    assert row["file"] == f"virements-{row['execution_on']}-p1.xml"
    assert Path(str(row["file"])).exists()
    assert row["bills"] == [{"id": i, "amount": "1286.40", "iban": THEIRS} for i in ("i1", "i2")]
    assert row["left_out"] == [{"id": "i3", "amount": "1286.40", "reason": "it is taken by direct debit"}]
    (listed,) = call(firm, "money", "pay", "--list", "--json").rows
    assert (listed["bills"], listed["undone"], listed["sha256"]) == (["i1", "i2"], False, row["sha256"])
    empty = call(firm, "money", "pay", "--json")
    assert (empty.code, empty.rows[0]["file"], empty.rows[0]["bills"]) == (1, None, [])


def test_again_and_undo(firm: Firm) -> None:
    assert call(firm, "money", "pay", "--list").err == "rien ici\n"
    call(firm, "money", "approve", "i1")
    call(firm, "money", "pay", "--out", "v.xml")
    assert call(firm, "money", "pay", "--again", "p1", "--out", "w.xml").code == 0
    assert Path("v.xml").read_bytes() == Path("w.xml").read_bytes()
    undone = call(firm, "money", "pay", "--undo", "1")
    assert undone.out.startswith("p1: 1 facture est de nouveau ouverte.")
    assert call(firm, "money", "pay", "--undo", "p1").code == 2
    assert call(firm, "money", "pay", "--again", "p1").code == 2
    assert "(annulé)" in call(firm, "money", "pay", "--list").out
    assert call(firm, "money", "pay", "--out", "x.xml").out.startswith("p2  1 virement")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--until", "soon"), "soon: not a day."),
        (("--account", "FR00"), "FR00: not an IBAN"),
        (("--undo", "x"), "x: not a payment file."),
        (("--again", "p0"), "p0: not a payment file."),
        (("--undo", "1", "--again", "1"), "cannot go together"),
        (("--out", "config.toml"), "is there already"),
    ],
)
def test_what_pay_does_not_take(firm: Firm, words: tuple[str, ...], said: str) -> None:
    call(firm, "money", "approve", "i1")
    done = call(firm, "money", "pay", *words)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_without_an_account_the_owner_is_told_where_to_write_it(tmp_path: Path) -> None:
    bare = Firm(tmp_path, smtp=9, rules={})
    done = call(bare, "money", "pay")
    assert (done.code, done.err) == (
        2,
        "Aucun compte à débiter\u00a0: écrivez [money] iban = dans config.toml, ou donnez --account IBAN\n",
    )
    assert call(bare, "money", "pay", "--account", "FR76 3000 6000 0112 3456 7890 189").code == 1


def test_a_kill_before_the_bytes_pays_nothing_twice(firm: Firm) -> None:
    call(firm, "money", "approve", "i1")
    words = ("money", "pay", "--out", "v.xml", "--config", str(firm.config))
    killed = process(*words, folder=firm.folder, environ={"AUTOMATOR_FAILPOINT": "payment_file_empty"})
    assert killed.code == -9
    assert Path("v.xml").read_bytes() == b""
    assert call(firm, "money", "pay", "--out", "w.xml").code == 1, "no second file takes the bill"
    assert call(firm, "money", "pay", "--again", "p1", "--out", "w.xml").code == 0
    assert Path("w.xml").stat().st_size > 1000


def test_the_digest_tells_what_waits_for_a_payment_file(firm: Firm) -> None:
    assert "approuvée" not in call(firm, "digest", "--preview").out
    call(firm, "money", "approve", "i1", "i2")
    shown = call(firm, "digest", "--preview").out
    assert "2 factures approuvées" in shown
    assert "automator money pay" in shown
    assert "2\u00a0572,80" in shown
    call(firm, "money", "pay")
    assert "approuvée" not in call(firm, "digest", "--preview").out


def test_the_parcel_of_a_month(firm: Firm) -> None:
    month = f"{now():%Y-%m}"
    done = call(firm, "money", "export", "--month", month)
    assert (done.code, done.out) == (
        0,
        f"compta-{month}.zip: 4 factures, 0 documents\u00a0; il manque\u00a0: 4 (voir la liste dedans)\n",
    )
    assert stat.S_IMODE(Path(f"compta-{month}.zip").stat().st_mode) == 0o600
    assert call(firm, "money", "export", "--month", month).code == 2, "nothing is written over"
    (row,) = call(firm, "money", "export", "--month", month, "--out", "b.zip", "--lang", "en", "--json").rows
    assert row == {"file": "b.zip", "month": month, "bills": 4, "documents": 0, "missing": 4, "lost": []}
    with zipfile.ZipFile("b.zip") as zipped:
        assert zipped.namelist() == ["entries.csv", "missing.txt"]
        assert zipped.read("entries.csv").startswith(b"Date,Journal,Party")
        assert b"Bills without a document (4)" in zipped.read("missing.txt")


def test_an_empty_month_is_said_and_nothing_is_written(firm: Firm) -> None:
    done = call(firm, "money", "export", "--month", "2020-01")
    assert (done.code, done.err) == (1, "aucune facture de 01/2020 n'est connue\u00a0: rien n'a été écrit\n")
    assert not Path("compta-2020-01.zip").exists()
    assert call(firm, "money", "export", "--month", "soon").code == 2
    assert call(firm, "money", "export", "--lang", "de").code == 2


def test_a_real_bill_is_approved_and_paid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    firm = Firm(tmp_path, smtp=9, rules={}, extra=MONEY)
    started(firm)
    question(firm)
    bill(firm)
    cycle(firm)
    refused = call(firm, "money", "approve", "i1")
    assert (refused.code, refused.err) == (1, "i1: elle ne porte pas d'IBAN\n")
