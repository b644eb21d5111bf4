"""Process: parse, triage, extract and plan what sync has stored. Verdict, facts and intents are one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from traceback import extract_tb
from typing import TypeVar

from automator.billing.extract import extract
from automator.billing.invoice import Facts
from automator.billing.pdf import pdf_texts
from automator.errors import AutomatorError, TemporaryError
from automator.failpoint import failpoint
from automator.jobs.arm import RulesInForce
from automator.jobs.deps import Deps
from automator.jobs.happen import happen
from automator.mail.bounce import bounce
from automator.mail.clean import text_hash
from automator.mail.compose import is_ours
from automator.mail.message import Attachment, Message
from automator.mail.parse import parse
from automator.mail.thread import ancestors, expects_answer, is_automatic
from automator.store import corrections, messages, outbox, places
from automator.store.db import Tx
from automator.store.messages import Digested
from automator.store.records import StoredMessage, StoredPlace
from automator.triage.kind import request_ceiling, sure_kind
from automator.triage.memory import FORGOTTEN, Word, leans, recalled
from automator.triage.verdict import BULK_KINDS, Verdict

CHUNK = 50
_PDF_LIMIT = 5_000_000
_PDFS_A_MAIL = 5
_RECENT_DAYS = 45
_TRIES = 2
_TOO_MANY = 5
_Broken = tuple[StoredPlace, Exception]
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Processed:
    """Outcome of a pass: messages worked off, those set aside, and those that failed and are tried once more."""

    done: int
    quarantined: int = 0
    failed: int = 0


def process(account: str, deps: Deps, rules: RulesInForce) -> Processed:
    """Work off all stored raw messages of an account, oldest first, each message in a transaction of its own.

    1. Each message is tried once in a pass; one that fails delays no other, is tried again in the next pass, and is
    set aside then. 2. One that kills, stalls or breaks the parser is set aside at once: the sandbox tried it twice.
    3. When everything fails it is not the mails: nothing is set aside. 4. What fails in the store ends the pass.
    """
    done = aside = 0
    failures: list[_Broken] = []
    last: StoredPlace | None = None
    while not deps.stop.is_set() and (chunk := _pending(deps, account, last)):
        last = chunk[-1]
        parsed, unreadable = _parse(account, deps, chunk)
        aside += _count(deps, unreadable, tries=1)
        for place, outcome in _work_off(account, deps, rules, parsed):
            if isinstance(outcome, Exception):
                failures.append((place, outcome))
            else:
                done += 1
    hopeless = not done and len(failures) >= _TOO_MANY
    late = _count(deps, failures, tries=None if hopeless else _TRIES)
    return Processed(done, aside + late, len(failures) - late)


def _pending(deps: Deps, account: str, last: StoredPlace | None) -> list[StoredPlace]:
    with deps.db.read() as tx:
        return places.pending(tx, account, CHUNK, last)


def _parse(
    account: str, deps: Deps, chunk: Sequence[StoredPlace]
) -> tuple[list[tuple[StoredPlace, Message]], list[_Broken]]:
    parser = partial(parse, authserv_id=deps.accounts[account].authserv_id)
    pairs = list(zip(chunk, deps.sandbox.map(parser, [p.fetched for p in chunk]), strict=True))
    good = [(p, _as_sent(deps, m)) for p, m in pairs if isinstance(m, Message)]
    return good, [(p, e) for p, e in pairs if isinstance(e, Exception)]


def _as_sent(deps: Deps, message: Message) -> Message:
    """What we wrote to others is sent mail, wherever a copy of it lies: in the INBOX too, with ourselves in Cc.

    Not what we send to ourselves alone (a scanner does, a web form does, with the visitor in Reply-To), nor what only
    pretends to come from us.
    """
    own = deps.identity.addresses
    to_others = any(a.addr not in own for a in (*message.to, *message.cc))
    answers_us = message.reply_to is None or message.reply_to.addr in own
    honest = message.authentication.verified is not False
    ours = message.sender.addr in own and to_others and answers_us and honest
    return replace(message, role="sent") if ours and message.role == "received" else message


def _work_off(
    account: str, deps: Deps, rules: RulesInForce, parsed: Sequence[tuple[StoredPlace, Message]]
) -> Iterator[tuple[StoredPlace, Exception | None]]:
    """Each message with what went wrong with it, None when it is stored."""
    read = [(p, _tried(partial(_with_pdf_texts, deps, p, m))) for p, m in parsed]
    yield from ((p, m) for p, m in read if isinstance(m, Exception))
    good = [(p, m) for p, m in read if isinstance(m, Message)]
    said = _recalled(deps, [m for _, m in good], _classify(deps, [m for _, m in good]))
    for (place, message), verdict in zip(good, said, strict=True):
        if isinstance(verdict, Exception):
            yield place, verdict
        elif deps.stop.is_set():
            return
        else:
            one = partial(_one, account, deps, rules, place, message, verdict)
            yield place, _tried(one, raises=(AutomatorError,))  # a full disk or a locked database is no mail's fault


def _tried(work: Callable[[], _T], *, raises: tuple[type[Exception], ...] = ()) -> _T | Exception:
    """Its value, or what went wrong: whatever a stranger's mail breaks, the mails after it are worked off."""
    try:
        return work()
    except raises:
        raise
    except Exception as error:  # noqa: BLE001 - any bug at all, that is the point
        return error


def _classify(deps: Deps, mails: Sequence[Message]) -> Sequence[Verdict | Exception]:
    """All at once; when that fails, one by one, so that one mail fails alone."""
    together = _tried(partial(_verdicts, deps, mails))
    if not isinstance(together, Exception):
        return together
    alone = [_tried(partial(_verdicts, deps, [mail])) for mail in mails]
    return [found if isinstance(found, Exception) else found[0] for found in alone]


def _recalled(
    deps: Deps, mails: Sequence[Message], found: Sequence[Verdict | Exception]
) -> list[Verdict | Exception]:
    """The verdicts as people's words on the same senders lean them; of a forged sender nothing is remembered."""
    now = deps.clock.now()
    with deps.db.read() as tx:
        said = corrections.words(tx, now - FORGOTTEN)
    by_domain: dict[str, list[Word]] = {}
    for word in said:
        by_domain.setdefault(word.sender.rpartition("@")[2], []).append(word)
    no_firm = None if deps.providers is None else deps.providers | deps.identity.domains
    leant: list[Verdict | Exception] = []
    for mail, verdict in zip(mails, found, strict=True):
        of_firm = by_domain.get(mail.sender.domain, ()) if mail.authentication.verified is not False else ()
        known = leans(of_firm, mail.sender, now, no_firm)
        if known and not isinstance(verdict, Exception):
            most = request_ceiling(mail, deps.identity, sure_kind(mail))
            leant.append(recalled(verdict, known, deps.classifier.decide, deps.words, ceiling=most))
        else:
            leant.append(verdict)
    return leant


def _verdicts(deps: Deps, mails: Sequence[Message]) -> Sequence[Verdict]:
    found = deps.classifier.classify(mails)
    if len(found) != len(mails):
        raise ValueError(f"{len(found)} verdicts for {len(mails)} messages")
    return found


def _count(deps: Deps, broken: Sequence[_Broken], *, tries: int | None) -> int:
    """Count the failures; those with `tries` of them are set aside (None: none is). Returns how many were."""
    if not broken:
        return 0
    aside = [tries is not None and place.attempts + 1 >= tries for place, _ in broken]
    with deps.db.transaction() as tx:
        for (place, error), over in zip(broken, aside, strict=True):
            places.failed(tx, place.id, _told(error), quarantine=over)
    return sum(aside)


def _told(error: Exception) -> str:
    """What went wrong and where in our code; never the words of the error, which may quote a mail."""
    own = [f for f in extract_tb(error.__traceback__) if "automator" in Path(f.filename).parts]
    where = f" at {'/'.join(Path(own[-1].filename).parts[-2:])}:{own[-1].lineno}" if own else ""
    return f"{type(error).__name__}{where}"


def _one(
    account: str, deps: Deps, rules: RulesInForce, place: StoredPlace, message: Message, verdict: Verdict
) -> None:
    with deps.db.read() as tx:
        old = messages.known(tx, account, message.identity)
        ours = _is_ours(tx, deps, message)
    key = message.headers.get("x-automator-key", "")
    marks = {"outbox_key": key, "text_hash": text_hash(message.text)}
    becomes_sent = old is not None and message.role == "sent" and old.role != "sent"
    if old is not None and not becomes_sent:
        with deps.db.transaction() as tx:
            places.parsed(tx, place.id, old.id, **marks)
        return
    item = _digest(deps, place, message, verdict, ours=ours)
    failpoint("process_before_commit")
    with deps.db.transaction() as tx:
        stored = _store(tx, account, deps, item, old)
        places.parsed(tx, place.id, stored.id, **marks)
        happen(tx, deps, rules, stored)
    failpoint("process_after_commit")


def _store(tx: Tx, account: str, deps: Deps, item: Digested, old: StoredMessage | None) -> StoredMessage:
    message, now = item.message, deps.clock.now()
    if old is not None:  # the owner sent his draft just now, or a mail in the INBOX proves to be his own
        history = item.baseline or (old.baseline and old.role != "draft")
        return messages.became_sent(tx, old, replace(item, baseline=history), now)
    stored = messages.add(tx, account, item, ancestors(message), now)
    failure = bounce(message)
    if failure is not None:
        addresses = [a.lower() for a in failure.addresses]
        messages.add_bounce(tx, stored.id, addresses, failure.original_id, message.arrived)
    return stored


def _is_ours(tx: Tx, deps: Deps, message: Message) -> bool:
    return outbox.is_own_header(tx, message.message_id) and is_ours(deps.key, message)


def _digest(deps: Deps, place: StoredPlace, message: Message, verdict: Verdict, *, ours: bool) -> Digested:
    quiet = ours or message.role != "received"
    automatic = is_automatic(message)
    if not quiet:
        bulk = automatic or verdict.kind in BULK_KINDS
        automatic = bulk and not _relays_a_person(message, verdict)
    if message.role in {"draft", "filed"}:
        facts = Facts()
    else:
        facts = extract(message, deps.identity, zone=deps.calendar.zone, pdf_texts=_pages(message))
    return Digested(
        message=message,
        verdict=None if quiet else verdict,
        facts=facts,
        kind="other" if quiet else verdict.kind,
        asks=not automatic and not ours and expects_answer(message),
        automatic=automatic or ours,
        ours=ours,
        baseline=place.baseline or message.role == "filed",
    )


def _relays_a_person(message: Message, verdict: Verdict) -> bool:
    """A contact form of a website: a robot hands over what a person wrote, who is named in Reply-To."""
    asked = verdict.decision("client_request") == "yes" and verdict.kind not in {"auto_reply", "bounce"}
    return asked and message.reply_to is not None and message.reply_to.addr != message.sender.addr


def _with_pdf_texts(deps: Deps, place: StoredPlace, message: Message) -> Message:
    """The message with the text layer of its PDF attachments: the bill is often in there, the mail says two words.

    Only of recent mail (history is only indexed), of a few attachments, none too big; they are read in the sandbox.
    """
    recent = (deps.clock.now() - message.arrived).days <= _RECENT_DAYS
    if message.role == "draft" or not recent:
        return message
    wanted = [a.part for a in message.attachments if _is_pdf(a)][:_PDFS_A_MAIL]
    read = tuple(
        replace(a, text=_pdf_text(deps, place, message, a)) if a.part in wanted else a for a in message.attachments
    )
    return replace(message, attachments=read)


def _pdf_text(deps: Deps, place: StoredPlace, message: Message, attachment: Attachment) -> str:
    """Its pages, parted by form feeds; "" when it is too big, gone, or broke the reader: the mail still counts.

    When the server fails the mail waits for the next pass, once: a bill would else be lost to a moment's bad link.
    """
    try:
        data = attachment.content
        if data is None:
            data = deps.accounts[message.ref.account].source.part(message.ref, attachment.part, _PDF_LIMIT)
        return "\f".join(deps.sandbox.run(pdf_texts, data))
    except TemporaryError:
        if place.attempts == 0:
            raise
        return ""
    except AutomatorError:
        return ""


def _pages(message: Message) -> dict[str, tuple[str, ...]]:
    """The pages of each PDF by its part, as extraction wants them."""
    return {a.part: tuple(a.text.split("\f")) for a in message.attachments if a.text and _is_pdf(a)}


def _is_pdf(attachment: Attachment) -> bool:
    return attachment.content_type == "application/pdf" or attachment.filename.lower().endswith(".pdf")
