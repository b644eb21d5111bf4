"""Pay: a payment file of the bills that the owner approved. It is written for him to take to his bank, never sent."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from automator.agenda.banking import execution_day
from automator.agenda.workdays import WorkCalendar
from automator.billing.payable import Candidate, sort_out
from automator.billing.sepa import Debtor, payment_xml
from automator.errors import PermanentError
from automator.failpoint import failpoint
from automator.store import payments
from automator.store.db import Database, Tx
from automator.store.payments import Order


@dataclass(frozen=True, slots=True)
class Paying:
    """What became of the open bills: `order` and `path` are None when there was nothing to pay; `left_out` have their
    reason (a msgid); `new_payees` are bills of suppliers who were never paid on this account."""

    order: Order | None
    path: Path | None
    paid: Sequence[Candidate]
    left_out: Sequence[tuple[Candidate, str]]
    new_payees: Sequence[Candidate] = ()


def pay(
    db: Database, calendar: WorkCalendar, debtor: Debtor, now: datetime, until: date | None, out: Path | None
) -> Paying:
    """Write one payment file of all bills that are approved and due by `until` (None = whenever).

    1. The file is opened first, mode 0600, never over another one: PermanentError when that fails, and nothing has
    changed. 2. Its bills become `ordered` in one transaction, with the hash of the bytes. 3. Then the bytes are
    written. A crash between 2 and 3 leaves bills that no second file takes (`again` writes theirs): none is paid
    twice.
    """
    reserved: list[tuple[Path, int]] = []
    try:
        with db.transaction() as tx:
            chosen, left_out = sort_out(payments.candidates(tx), until)
            if not chosen:
                return Paying(None, None, (), left_out)
            new = [c for c in chosen if payments.first_payment(tx, c)]
            order, data = _ordered(tx, chosen, debtor, now, calendar)
            path = out or _path(order)
            reserved.append((path, _reserve(path)))
            order = replace(order, sha256=hashlib.sha256(data).hexdigest(), file=str(path.absolute()))
            payments.seal(tx, order.id, order.sha256, order.file)
    except BaseException:
        for unused, descriptor in reserved:
            os.close(descriptor)
            unused.unlink()
        raise
    failpoint("payment_file_empty")
    _fill(reserved[0][1], data, order.id)
    return Paying(order, path, chosen, left_out, new)


def _ordered(
    tx: Tx, chosen: Sequence[Candidate], debtor: Debtor, now: datetime, calendar: WorkCalendar
) -> tuple[Order, bytes]:
    day = execution_day(calendar.local_day(now), calendar)
    order = payments.order(tx, chosen, debtor, now, day, now.astimezone(calendar.zone))
    return order, _xml(order)


def _path(order: Order) -> Path:
    return Path(f"virements-{order.made.execution_on.isoformat()}-p{order.id}.xml")


def again(db: Database, number: int, out: Path | None) -> tuple[Order, Path]:
    """Write a payment file once more, the same bytes. PermanentError when it is unknown, undone or would differ."""
    with db.read() as tx:
        order = payments.get(tx, number)
    if order is None:
        raise PermanentError(f"p{number}: there is no such payment file")
    if order.undone_at is not None:
        raise PermanentError(f"p{number} was undone: its bills may be in another file")
    data = _xml(order)
    if hashlib.sha256(data).hexdigest() != order.sha256:
        raise PermanentError(f"p{number} can no longer be written as it was: undo it, and make a new one")
    path = out or _path(order)
    _fill(_reserve(path), data, order.id)
    return order, path


def _xml(order: Order) -> bytes:
    try:
        return payment_xml(order.made)
    except ValueError as error:
        raise PermanentError(str(error)) from None


def _reserve(path: Path) -> int:
    try:
        return os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW, 0o600)
    except FileExistsError:
        raise PermanentError(f"{path} is there already: nothing is written over it") from None
    except OSError as error:
        raise PermanentError(f"{path} cannot be written ({error.strerror})") from None


def _fill(descriptor: int, data: bytes, number: int) -> None:
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        said = f"the payment file could not be written ({error.strerror})"
        raise PermanentError(f"{said}: make room, then automator money pay --again p{number} --out FILE") from None
