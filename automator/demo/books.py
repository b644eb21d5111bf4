"""What the owner of the sample office does with her bills at the end: a payment file, and the accountant's parcel."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from automator.config import Config
    from automator.jobs.deps import Deps
    from automator.mail.message import MessageRef


@dataclass(frozen=True, slots=True)
class Books:
    """Where the two files are. `payments` is None when there was no bill to pay; `total` is its control sum."""

    payments: Path | None
    transfers: int
    total: Decimal
    parcel: Path
    bills: int
    documents: int


def keep_books(deps: Deps, config: Config, folder: Path) -> Books:
    """What `automator money approve`, `money pay` and `money export` do, by the service's clock."""
    payments, transfers, total = _pay(deps, config, folder / "virements.xml")
    parcel, bills, documents = _export(deps, config, folder)
    return Books(payments, transfers, total, parcel, bills, documents)


def _pay(deps: Deps, config: Config, path: Path) -> tuple[Path | None, int, Decimal]:
    from automator.billing.payable import unfit
    from automator.billing.sepa import Debtor
    from automator.jobs.pay import pay
    from automator.store import payments

    now = deps.clock.now()
    path.unlink(missing_ok=True)
    with deps.db.transaction() as tx:
        for bill in payments.candidates(tx):
            if not unfit(bill):
                payments.approve(tx, bill, now)
    debtor = Debtor(config.owner.company_names[0], config.money.iban)
    done = pay(deps.db, deps.calendar, debtor, now, None, path)
    total = done.order.made.total if done.order else Decimal(0)
    return done.path, len(done.paid), total


def _export(deps: Deps, config: Config, folder: Path) -> tuple[Path, int, int]:
    from automator.jobs.parcel import default_path, month, pack

    first = deps.today().replace(day=1)
    path = folder / default_path(first)
    path.unlink(missing_ok=True)

    def fetch(ref: MessageRef, part: str, limit: int) -> bytes:
        return deps.accounts[ref.account].source.part(ref, part, limit)

    with deps.db.read() as tx:
        made = month(tx, deps.calendar, deps.words, first)
    packed = pack(deps.db, made, deps.words, config.filing_root, fetch, path)
    return packed.path, packed.bills, packed.documents
