"""`automator money`: import, list, paid, dispute."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.commands import bill, call, cycle, started
from tests.support.firm import Firm

CSV = """Client;Numéro;Montant TTC;Échéance;Email
Maison Lefèvre;2026-041;1 240,50 €;15/10/2026;paul@lefevre.example
SCI des Tilleuls et des Platanes de la Grande Rue;2026-042;380 €;01/12/2026;
"""
KEYS = {"id", "direction", "party", "number", "amount", "currency", "issued_on", "due", "status", "source"}


@pytest.fixture
def firm(tmp_path: Path) -> Firm:
    made = Firm(tmp_path, smtp=9)
    (tmp_path / "bills.csv").write_text(CSV, encoding="utf-8")
    return made


def bring(firm: Firm, text: str = "") -> tuple[int, str, str]:
    if text:
        (firm.folder / "bills.csv").write_text(text, encoding="utf-8")
    done = call(firm, "money", "import", str(firm.folder / "bills.csv"))
    return done.code, done.out, done.err


def test_importing_twice_brings_nothing_new(firm: Firm) -> None:
    assert bring(firm) == (0, "2 nouvelles, 0 déjà connues, 0 lignes non comprises\n", "")
    before = call(firm, "money", "list", "--json").out
    assert bring(firm) == (0, "0 nouvelles, 2 déjà connues, 0 lignes non comprises\n", "")
    assert call(firm, "money", "list", "--json").out == before


def test_a_line_that_is_not_understood_is_named_and_the_others_are_taken(firm: Firm) -> None:
    code, out, err = bring(firm, CSV + "Dupont;2026-043;abc;;\n")
    assert (code, out) == (1, "2 nouvelles, 0 déjà connues, 1 lignes non comprises\n")
    assert err.startswith(f"{firm.folder / 'bills.csv'}:4: amount: ")
    assert len(err.splitlines()) == 1


def test_a_file_that_is_none(firm: Firm) -> None:
    done = call(firm, "money", "import", str(firm.folder / "none.csv"))
    assert (done.code, done.err) == (2, f"{firm.folder / 'none.csv'}: there is no such file\n")
    assert call(firm, "money", "import", str(firm.folder)).code == 2


def test_the_list_has_stable_keys_and_is_sorted_by_due_date(firm: Firm) -> None:
    bring(firm)
    rows = call(firm, "money", "list", "--json").rows
    assert all(row.keys() == KEYS for row in rows)
    assert rows[0] == {
        "id": "i1", "direction": "issued", "party": "Maison Lefèvre", "number": "2026-041", "amount": "1240.50",
        "currency": "EUR", "issued_on": None, "due": "2026-10-15", "status": "open", "source": "csv",
    }  # fmt: skip
    assert [row["due"] for row in rows] == ["2026-10-15", "2026-12-01"]


def test_the_list_speaks_as_the_firm_does(firm: Firm) -> None:
    bring(firm, CSV + "Sans Date;2026-044;12 €;;\n")
    lines = call(firm, "money", "list").out.splitlines()
    assert lines[0].split("  ")[1:3] == [" i1", "15/10/2026"]
    assert "1\u00a0240,50\u00a0€  issued    open      Maison Lefèvre 2026-041" in lines[0]
    assert "sans date" in lines[2]
    assert len({line.index("issued") for line in lines}) == 1, "the columns stand under each other"


def test_a_list_of_nothing_says_so(firm: Firm) -> None:
    done = call(firm, "money", "list")
    assert (done.code, done.out, done.err) == (0, "", "rien ici\n")
    assert call(firm, "money", "list", "--json").err == ""


def test_bills_are_found_by_direction_and_status(firm: Firm) -> None:
    bring(firm)
    started(firm)
    bill(firm)
    cycle(firm)
    (received,) = call(firm, "money", "list", "--direction", "received", "--json").rows
    assert (received["party"], received["amount"], received["due"]) == ("Bois du Forez", "1200.00", "2026-12-20")
    assert received["source"] != "csv"
    assert call(firm, "money", "paid", "i1").code == 0
    assert [r["id"] for r in call(firm, "money", "list", "--status", "paid", "--json").rows] == ["i1"]
    assert [r["id"] for r in call(firm, "money", "list", "--direction", "issued", "--json").rows] == ["i1", "i2"]


def test_paid_on_a_day_and_in_dispute(firm: Firm) -> None:
    bring(firm)
    done = call(firm, "money", "paid", "i1", "--on", "2026-11-20")
    assert (done.code, done.out) == (0, "i1: payée (20/11/2026)\n")
    done = call(firm, "money", "dispute", "2")
    assert done.code == 0
    assert done.out.startswith("i2: en litige (")
    assert [r["status"] for r in call(firm, "money", "list", "--json").rows] == ["paid", "disputed"]


def test_a_bill_imported_again_after_it_was_paid_stays_paid(firm: Firm) -> None:
    bring(firm)
    call(firm, "money", "paid", "i1")
    bring(firm)
    assert call(firm, "money", "list", "--json").rows[0]["status"] == "paid"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("paid", "i99"), "i99\u00a0: cette facture n'existe pas. Voir automator money list"),
        (("dispute", "i99"), "i99\u00a0: cette facture n'existe pas. Voir automator money list"),
        (("paid", "m1"), "m1: not an id."),
        (("paid", "x"), "x: not an id."),
        (("paid", "i1", "--on", "20/11/2026"), "20/11/2026: not a date. Write it as 2026-11-23"),
        (("list", "--direction", "in"), "in: not a direction. Allowed: issued, received"),
        (
            ("list", "--status", "late"),
            "late: not a status. Allowed: open, ordered, paid, disputed, credited, verify",
        ),
    ],
)
def test_calls_that_are_wrong(firm: Firm, words: tuple[str, ...], said: str) -> None:
    bring(firm)
    done = call(firm, "money", *words)
    assert done.code == 2
    assert done.err.startswith(said)
    assert len(done.err.splitlines()) == 1
    assert {r["status"] for r in call(firm, "money", "list", "--json").rows} == {"open"}
