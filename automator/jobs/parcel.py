"""Parcel: everything of one month that the accountant needs, in one zip file."""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from automator.actions.file_attachment import LIMIT, documents, ending
from automator.agenda.workdays import WorkCalendar
from automator.billing import parcel as pure
from automator.billing.invoice import Bill
from automator.billing.parcel import Entry
from automator.errors import AutomatorError, PermanentError
from automator.mail.message import Attachment, MessageRef
from automator.store import bills, messages, outbox, places
from automator.store.db import Database, Tx
from automator.store.records import StoredBill, StoredMessage
from automator.words import Words

Fetch = Callable[[MessageRef, str, int], bytes]
_MOST_MAILS = 20_000
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Paper:
    """A document of the parcel: `name` in it; `sha256` of the filed copy, "" = never filed; where its mail lies."""

    name: str
    attachment: Attachment
    ref: MessageRef | None
    sha256: str = ""
    filed: str = ""


@dataclass(frozen=True, slots=True)
class Month:
    """What is known of a month. `orphans` are documents without a bill, in words; `gaps` numbers of ours that lack."""

    first: date
    entries: tuple[Entry, ...]
    papers: tuple[Paper, ...]
    orphans: tuple[str, ...]
    gaps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Packed:
    """The parcel as it was written. `lost` are documents that could not be had, with the reason; `missing` counts the
    lines of the list of what is missing."""

    path: Path
    bills: int
    documents: int
    missing: int
    lost: tuple[str, ...] = field(default=())


def month(tx: Tx, calendar: WorkCalendar, words: Words, first: date) -> Month:
    """The bills of the month that begins on `first`: by their own date, else the day they came."""
    known = bills.listed(tx)
    days = {b.id: _day(tx, calendar, b) for b in known}
    inside = sorted((b for b in known if _in(days[b.id], first)), key=lambda b: (b.direction, days[b.id], b.id))
    entries: list[Entry] = []
    papers: list[Paper] = []
    taken: set[str] = set()
    for bill in inside:
        mine = tuple(_papers(tx, words, bill, days[bill.id], taken))
        papers += mine
        entries.append(replace(_entry(tx, bill, days[bill.id]), papers=tuple(p.name for p in mine)))
    ours = [b for b in known if b.direction == "issued" and b.document == "invoice" and b.number]
    return Month(
        first,
        tuple(entries),
        tuple(papers),
        tuple(_orphans(tx, calendar, words, first, known)),
        tuple(
            pure.gaps(
                (b.number for b in ours if _in(days[b.id], first)),
                (b.number for b in ours if not _in(days[b.id], first)),
            )
        ),
    )


def _in(day: date, first: date) -> bool:
    return (day.year, day.month) == (first.year, first.month)


def _day(tx: Tx, calendar: WorkCalendar, bill: StoredBill) -> date:
    if bill.issued_on:
        return bill.issued_on
    mail = messages.get(tx, bill.message_id) if bill.message_id else None
    return calendar.local_day(mail.arrived if mail else bill.created_at)


def _entry(tx: Tx, bill: StoredBill, day: date) -> Entry:
    mail = messages.get(tx, bill.message_id) if bill.message_id else None
    read = _read_as(mail, bill)
    return Entry(
        id=bill.id,
        direction=bill.direction,
        document=bill.document,
        party=bill.party,
        number=bill.number,
        day=day,
        gross=bill.amount,
        currency=bill.currency,
        net=_amount(read, "total_without_vat"),
        vat=_amount(read, "vat"),
        due=bill.due,
        status=bill.status,
        settled_on=bill.settled_on,
    )


def _read_as(mail: StoredMessage | None, bill: StoredBill) -> Bill | None:
    """What its mail said of this bill: the net and the VAT are kept there only."""
    said = mail.facts.bills if mail else ()
    same = [b for b in said if b.value("number") == bill.number and _amount(b, "total_amount") == bill.amount]
    return same[0] if same else None


def _amount(read: Bill | None, name: str) -> Decimal | None:
    value = read.value(name) if read else ""
    return Decimal(value) if value else None


def _papers(tx: Tx, words: Words, bill: StoredBill, day: date, taken: set[str]) -> Iterator[Paper]:
    mail = messages.get(tx, bill.message_id) if bill.message_id else None
    if mail is None:
        return
    wanted = documents(mail.message.attachments)
    hashes, filed = _filed(tx, mail, bill, len(wanted))
    ref = places.current(tx, mail.id)
    for number, attachment in enumerate(wanted):
        name = pure.paper_name(day, bill.party, bill.number, ending(attachment))
        inside = pure.unique(f"{pure.folder(bill.direction, words)}/{name}", taken)
        yield Paper(inside, attachment, ref, hashes[number] if hashes else "", filed)


def _filed(tx: Tx, mail: StoredMessage, bill: StoredBill, count: int) -> tuple[list[str], str]:
    """The hashes of the documents as they were filed, and what the deed said of it."""
    for item in (*outbox.of_object(tx, mail.object), *outbox.of_object(tx, bill.object)):
        hashes = item.content_hash.split()
        if item.action == "file_attachment" and item.state == "done" and len(hashes) == count:
            return hashes, item.what
    return [], ""


def _orphans(tx: Tx, calendar: WorkCalendar, words: Words, first: date, known: list[StoredBill]) -> Iterator[str]:
    """Documents of mails that are, or may be, invoices and that no bill came of."""
    linked = {b.message_id for b in known}
    numbers = {b.number for b in known if b.number}
    found = messages.listed(tx, category="invoice", limit=_MOST_MAILS)
    for mail in sorted(found, key=lambda m: (m.arrived, m.id)):
        day = calendar.local_day(mail.arrived)
        if mail.decision("invoice") == "no" or mail.ours or mail.id in linked or not _in(day, first):
            continue
        if any(b.value("number") in numbers for b in mail.facts.bills):
            continue  # a reminder, or the bill once more
        for attachment in documents(mail.message.attachments):
            sender = mail.message.sender.shown
            yield f"{words.date(day, 'numeric')}  {sender}  {attachment.filename or words.t('without a name')}"


def pack(db: Database, made: Month, words: Words, filing_root: Path, fetch: Fetch, path: Path) -> Packed:
    """Write the parcel to `path`, mode 0600, never over another file; the same month gives the same bytes.

    A document comes from the filing folder if it was filed and is unchanged, else from the mailbox; one that neither
    has is named in the list of what is missing.
    """
    shelf = _Shelf(filing_root)
    lost: list[str] = []
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_NOFOLLOW, 0o600)
    except FileExistsError:
        raise PermanentError(f"{path} is there already: nothing is written over it") from None
    except OSError as error:
        raise PermanentError(f"{path} cannot be written ({error.strerror})") from None
    try:
        with os.fdopen(descriptor, "w+b") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as zipped:
            there = {p.name for p in sorted(made.papers, key=lambda p: p.name) if _add(zipped, p, shelf, fetch, lost)}
            entries = [replace(e, papers=tuple(n for n in e.papers if n in there)) for e in made.entries]
            groups = _groups(made, entries, lost, words)
            title = words.t("Missing in {month}", month=f"{made.first:%m/%Y}")
            _write(zipped, words.t("entries.csv"), pure.ledger(entries, words))
            _write(zipped, words.t("missing.txt"), pure.missing_text(title, groups, words))
    except OSError as error:
        path.unlink()
        raise PermanentError(f"{path} cannot be written ({error.strerror})") from None
    except BaseException:
        path.unlink()
        raise
    return Packed(path, len(entries), len(there), sum(len(items) for _, items in groups), tuple(lost))


def _add(zipped: zipfile.ZipFile, paper: Paper, shelf: _Shelf, fetch: Fetch, lost: list[str]) -> bool:
    try:
        data = shelf.find(paper) or paper.attachment.content or _fetched(paper, fetch)
    except AutomatorError as error:
        lost.append(f"{paper.name}: {error}")
        return False
    _write(zipped, paper.name, data)
    return True


def _fetched(paper: Paper, fetch: Fetch) -> bytes:
    if paper.ref is None:
        raise PermanentError("the mail is no longer in the mailbox, and its document was not filed")
    return fetch(paper.ref, paper.attachment.part, LIMIT)


def _write(zipped: zipfile.ZipFile, name: str, data: bytes) -> None:
    info = zipfile.ZipInfo(name, _EPOCH)
    info.create_system, info.external_attr, info.compress_type = 3, 0o600 << 16, zipfile.ZIP_DEFLATED
    zipped.writestr(info, data)


def _groups(made: Month, entries: list[Entry], lost: list[str], words: Words) -> list[tuple[str, list[str]]]:
    bare = [
        f"{words.date(e.day, 'numeric')}  {e.party} {e.number}  "
        + (words.money(e.gross, e.currency) if e.gross is not None else "?")
        for e in entries
        if not e.papers
    ]
    return [
        (words.t("Bills without a document"), bare),
        (words.t("Documents that could not be had"), lost),
        (words.t("Documents without a bill"), list(made.orphans)),
        (words.t("Numbers that lack among your own invoices"), list(made.gaps)),
    ]


class _Shelf:
    """The filing folder. Only files whose name the deed told are looked into; links are not followed."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._names: dict[str, list[Path]] | None = None

    def find(self, paper: Paper) -> bytes | None:
        """The filed copy whose bytes are those that were filed."""
        if not paper.sha256:
            return None
        for name, paths in self._index().items():
            for path in paths if name in paper.filed else ():
                data = self._read(path)
                if data is not None and hashlib.sha256(data).hexdigest() == paper.sha256:
                    return data
        return None

    def _index(self) -> dict[str, list[Path]]:
        if self._names is None:
            self._names = {}
            for folder, _, names in os.walk(self._root):
                for name in names:
                    self._names.setdefault(name, []).append(Path(folder) / name)
        return self._names

    @staticmethod
    def _read(path: Path) -> bytes | None:
        try:
            if path.is_symlink() or not path.is_file() or path.stat().st_size > LIMIT:
                return None
            return path.read_bytes()
        except OSError:
            return None  # the mailbox may still have it


def default_path(first: date) -> Path:
    """What the parcel is called when nobody says."""
    return Path(f"compta-{first:%Y-%m}.zip")
