"""Where mails lie with regard to the folders and keywords that teach: now, and as last seen."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import and_, or_, select

from automator.store.db import Tx
from automator.store.tables import filing, message, outbox, place

_AT_A_TIME = 500
_LYING = [place.c[n] for n in ("id", "message_id", "mailbox", "role", "keywords", "flags", "gone", "baseline")]
_HAPPENED = ("done", "sending", "unknown", "ready")


@dataclass(frozen=True, slots=True)
class Source:
    """One of the things that teach a category: a folder (its `mailbox` on the server, "" = not there) or a keyword."""

    category: str
    name: str
    mailbox: str = ""
    keyword: str = ""


@dataclass(frozen=True, slots=True)
class Filing:
    """As last seen: `inside` the source, by the place `place_id`; `ours` = we had put it there; since when.

    `by`: what of the place showed it. `how` it came there: put by "hand", "found" there (it lay there before us,
    or came in there by itself), or found "unread" and not read since. `missed`: since when it lies nowhere that we read.
    """

    message_id: int
    category: str
    source: str
    place_id: int
    inside: bool
    ours: bool
    at: datetime
    by: Literal["folder", "keyword"] = "folder"
    how: Literal["hand", "found", "unread"] = "hand"
    missed: datetime | None = None


@dataclass(frozen=True, slots=True)
class Lying:
    """A place of a message: where it is, or was, and the keywords it bears; `history` = it lay there before us."""

    id: int
    message_id: int
    mailbox: str
    role: str
    keywords: frozenset[str]
    gone: bool
    seen: bool = False
    history: bool = False


@dataclass(frozen=True, slots=True)
class Deed:
    """A deed of ours that may have put a mail somewhere: its verb and parameters (JSON), and when it was begun."""

    message_id: int
    action: str
    params: str
    begun: datetime


def lying(tx: Tx, account: str, mailboxes: Collection[str], keywords: Collection[str]) -> list[Lying]:
    """The places, not gone, in one of these mailboxes or with one of these keywords (lower case; maybe a few more)."""
    marked = [place.c.keywords.icontains(word, autoescape=True) for word in sorted(keywords)]
    some = or_(place.c.mailbox.in_(sorted(mailboxes)), *marked)
    query = select(*_LYING).where(
        place.c.account == account, place.c.state == "done", place.c.gone.is_(False), place.c.message_id.is_not(None)
    )
    return [_lying(r) for r in tx.execute(query.where(some).order_by(place.c.id))]


def places_of(tx: Tx, message_ids: Iterable[int]) -> dict[int, list[Lying]]:
    """All places of these messages, gone ones too, in the order in which they were first seen."""
    found: dict[int, list[Lying]] = {}
    for some in _portions(message_ids):
        query = select(*_LYING).where(place.c.message_id.in_(some), place.c.state == "done")
        for row in tx.execute(query.order_by(place.c.id)):
            found.setdefault(row.message_id, []).append(_lying(row))
    return found


def _lying(row: Any) -> Lying:
    words = frozenset(word.lower() for word in row.keywords.split())
    seen = "\\Seen" in row.flags.split()
    return Lying(row.id, row.message_id, row.mailbox, row.role, words, row.gone, seen, row.baseline)


def known(tx: Tx, account: str) -> list[Filing]:
    """All that was seen in this account."""
    wanted = [filing.c[field.name] for field in fields(Filing)]
    query = select(*wanted).join(message, message.c.id == filing.c.message_id).where(message.c.account == account)
    return [Filing(*row) for row in tx.execute(query)]


def met(tx: Tx) -> frozenset[str]:
    """The folders and keywords in which any mail was ever seen."""
    return frozenset(str(r.source) for r in tx.execute(select(filing.c.source).distinct()))


def put(tx: Tx, seen: Filing) -> None:
    """As it is seen now; it replaces what was seen before."""
    same = and_(
        filing.c.message_id == seen.message_id, filing.c.category == seen.category, filing.c.source == seen.source
    )
    values = {field.name: getattr(seen, field.name) for field in fields(Filing)}
    if tx.execute(filing.update().where(same).values(**values)).rowcount == 0:
        tx.execute(filing.insert().values(**values))


def ours(tx: Tx) -> frozenset[int]:
    """The messages that a deed of ours ever put into a source."""
    return frozenset(int(r.message_id) for r in tx.execute(select(filing.c.message_id).where(filing.c.ours)))


def teachable(tx: Tx, message_ids: Iterable[int]) -> frozenset[int]:
    """Those of the messages that somebody else sent: our own mail and our drafts teach nothing."""
    found: set[int] = set()
    for some in _portions(message_ids):
        query = select(message.c.id).where(
            message.c.id.in_(some), message.c.role.in_(("received", "filed")), message.c.ours.is_(False)
        )
        found.update(int(r.id) for r in tx.execute(query))
    return frozenset(found)


def deeds(tx: Tx, message_ids: Iterable[int]) -> Mapping[int, Sequence[Deed]]:
    """What we did, or may have done before we were cut off, to put these messages somewhere or to mark them."""
    found: dict[int, list[Deed]] = {}
    for some in _portions(message_ids):
        query = select(outbox).where(
            outbox.c.object_kind == "mail",
            outbox.c.object_id.in_([str(n) for n in some]),
            outbox.c.action.in_(("move", "archive", "keyword")),
            outbox.c.state.in_(_HAPPENED),
            outbox.c.claimed_at.is_not(None),
        )
        for row in tx.execute(query):
            deed = Deed(int(row.object_id), row.action, row.params, row.claimed_at)
            found.setdefault(deed.message_id, []).append(deed)
    return found


def _portions(message_ids: Iterable[int]) -> Iterable[list[int]]:
    ids = sorted(set(message_ids))
    return (ids[at : at + _AT_A_TIME] for at in range(0, len(ids), _AT_A_TIME))


def seen_and_left(tx: Tx, mailbox_role: str, before: datetime, limit: int) -> list[int]:
    """The newest messages from before then that were opened and still lie in a mailbox of this role."""
    query = (
        select(message.c.id)
        .join(place, place.c.message_id == message.c.id)
        .where(
            place.c.gone.is_(False),
            place.c.role == mailbox_role,
            place.c.flags.contains("\\Seen", autoescape=True),
            message.c.role == "received",
            message.c.ours.is_(False),
            message.c.arrived < before,
        )
        .group_by(message.c.id, message.c.arrived)
        .order_by(message.c.arrived.desc(), message.c.id.desc())
        .limit(limit)
    )
    return [int(r.id) for r in tx.execute(query)]
