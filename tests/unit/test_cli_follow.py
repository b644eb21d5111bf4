"""`automator follow`, `done` and `money verified`: the owner's word on a matter that waits for him."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

from automator.config import load_config
from automator.followup.ladder import FollowUp, StepRecord
from automator.store import bills, cases
from automator.store.bills import NewBill
from automator.wiring import open_store
from tests.support.commands import call, now
from tests.support.firm import Firm


def owed(folder: Path) -> Firm:
    """A firm with one open invoice (i1) to a client and a doubtful bill (i2) of a supplier."""
    firm = Firm(folder, smtp=9, rules={})
    db = open_store(load_config(firm.config, environ={}))
    with db.transaction() as tx:
        mine = NewBill("bureau", "issued", "Garage Petit", "F-1", Decimal(10), due=date(2026, 11, 2))
        theirs = NewBill("bureau", "received", "Lerat", "L-1", Decimal(20), due=date(2026, 11, 2), status="verify")
        first, _ = bills.put(tx, mine, now())
        bills.put(tx, theirs, now())
        cases.arm(tx, FollowUp(0, "relance", "v", "invoice.overdue", first.object, "bureau", now()))
        (case,) = cases.running(tx)
        cases.record(tx, case.id, {"draft-1": StepRecord("dropped", now())})
        cases.pause(tx, case.id, paused=True)
    db.close()
    return firm


def case_of(firm: Firm) -> FollowUp:
    db = open_store(load_config(firm.config, environ={}))
    with db.read() as tx:
        found = cases.get(tx, 1)
    db.close()
    assert found is not None
    return found


def test_follow_lets_a_paused_case_go_on_once(tmp_path: Path) -> None:
    firm = owed(tmp_path)
    done = call(firm, "follow", "i1")
    assert (done.code, done.out) == (0, "suivi repris\u00a0: i1\n")
    case = case_of(firm)
    assert (case.paused, case.records["draft-1"].state) == (False, "skipped")
    again = call(firm, "follow", "i1")
    assert (again.code, again.out) == (2, "")
    assert "aucun suivi" in again.err
    assert call(firm, "follow", "i99").code == 2
    assert call(firm, "follow", "m99").code == 2


def test_done_ends_the_case(tmp_path: Path) -> None:
    firm = owed(tmp_path)
    assert call(firm, "done", "i1").code == 0
    assert case_of(firm).stopped == "done"


def test_verified_makes_a_doubtful_bill_payable(tmp_path: Path) -> None:
    firm = owed(tmp_path)
    assert [r["status"] for r in call(firm, "money", "list", "--direction", "received", "--json").rows] == ["verify"]
    done = call(firm, "money", "verified", "i2")
    assert done.code == 0
    assert "vérifiée" in done.out
    assert [r["status"] for r in call(firm, "money", "list", "--direction", "received", "--json").rows] == ["open"]
