"""Process: parse, triage, extract and plan what sync has stored. Verdict, facts and intents are one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from automator.billing.extract import extract
from automator.billing.invoice import Facts
from automator.billing.pdf import pdf_texts
from automator.errors import AutomatorError
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
from automator.store import messages, outbox, places
from automator.store.db import Tx
from automator.store.messages import Digested
from automator.store.records import StoredPlace
from automator.triage.verdict import BULK_KINDS, Verdict

CHUNK = 50
_PDF_LIMIT = 5_000_000
_PDFS_A_MAIL = 5
_RECENT_DAYS = 45


@dataclass(frozen=True, slots=True)
class Processed:
    """Outcome of a pass: messages looked at, and those set aside."""

    done: int
    quarantined: int = 0


def process(account: str, deps: Deps, rules: RulesInForce) -> Processed:
    """Work off all stored raw messages of an account, oldest first, each message in a transaction of its own.

    A message that kills, stalls or breaks the parser twice is quarantined: the others are not delayed by it.
    """
    done = quarantined = 0
    parser = partial(parse, authserv_id=deps.accounts[account].authserv_id)
    while True:
        with deps.db.read() as tx:
            pending = places.pending(tx, account, CHUNK)
        if not pending:
            return Processed(done, quarantined)
        parsed = deps.sandbox.map(parser, [p.fetched for p in pending])
        good = [(p, m) for p, m in zip(pending, parsed, strict=True) if isinstance(m, Message)]
        quarantined += _set_aside(
            deps, [(p, m) for p, m in zip(pending, parsed, strict=True) if isinstance(m, Exception)]
        )
        good = [(p, _with_pdf_texts(deps, m)) for p, m in good]
        verdicts = deps.classifier.classify([m for _, m in good])
        for (place, message), verdict in zip(good, verdicts, strict=True):
            _one(account, deps, rules, place, message, verdict)
            done += 1


def _set_aside(deps: Deps, bad: Sequence[tuple[StoredPlace, Exception]]) -> int:
    with deps.db.transaction() as tx:
        for place, error in bad:
            # the sandbox has tried it twice already, the second time alone
            places.failed(tx, place.id, type(error).__name__, quarantine=True)
    return len(bad)


def _one(
    account: str, deps: Deps, rules: RulesInForce, place: StoredPlace, message: Message, verdict: Verdict
) -> None:
    with deps.db.read() as tx:
        old = messages.known(tx, account, message.identity)
        ours = _is_ours(tx, deps, message)
    key = message.headers.get("x-automator-key", "")
    marks = {"outbox_key": key, "text_hash": text_hash(message.text)}
    if old is not None:
        with deps.db.transaction() as tx:
            places.parsed(tx, place.id, old.id, **marks)
            if message.role == "sent" and old.role != "sent":
                messages.became_sent(tx, old.id)
                if old.role == "draft":  # the owner sent it just now
                    happen(tx, deps, rules, replace(old, role="sent"))
        return
    item = _digest(deps, place, message, verdict, ours=ours)
    failpoint("process_before_commit")
    with deps.db.transaction() as tx:
        stored = messages.add(tx, account, item, ancestors(message), deps.clock.now())
        places.parsed(tx, place.id, stored.id, **marks)
        failure = bounce(message)
        if failure is not None:
            addresses = [a.lower() for a in failure.addresses]
            messages.add_bounce(tx, stored.id, addresses, failure.original_id, message.arrived)
        happen(tx, deps, rules, stored)
    failpoint("process_after_commit")


def _is_ours(tx: Tx, deps: Deps, message: Message) -> bool:
    return outbox.is_own_header(tx, message.message_id) and is_ours(deps.key, message)


def _digest(deps: Deps, place: StoredPlace, message: Message, verdict: Verdict, *, ours: bool) -> Digested:
    automatic = (is_automatic(message) or verdict.kind in BULK_KINDS) and not _relays_a_person(message, verdict)
    quiet = ours or message.role != "received"
    if message.role == "draft":
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
        baseline=place.baseline,
    )


def _relays_a_person(message: Message, verdict: Verdict) -> bool:
    """A contact form of a website: a robot hands over what a person wrote, who is named in Reply-To."""
    asked = verdict.decision("client_request") == "yes" and verdict.kind not in {"auto_reply", "bounce"}
    return asked and message.reply_to is not None and message.reply_to.addr != message.sender.addr


def _with_pdf_texts(deps: Deps, message: Message) -> Message:
    """The message with the text layer of its PDF attachments: the bill is often in there, the mail says two words.

    Only of recent mail (history is only indexed), of a few attachments, none too big; they are read in the sandbox.
    """
    recent = (deps.clock.now() - message.arrived).days <= _RECENT_DAYS
    if message.role == "draft" or not recent:
        return message
    wanted = [a.part for a in message.attachments if _is_pdf(a)][:_PDFS_A_MAIL]
    read = tuple(replace(a, text=_pdf_text(deps, message, a)) if a.part in wanted else a for a in message.attachments)
    return replace(message, attachments=read)


def _pdf_text(deps: Deps, message: Message, attachment: Attachment) -> str:
    """Its pages, parted by form feeds; "" when it is too big, gone, or broke the reader: the mail still counts."""
    try:
        data = attachment.content
        if data is None:
            data = deps.accounts[message.ref.account].source.part(message.ref, attachment.part, _PDF_LIMIT)
        return "\f".join(deps.sandbox.run(pdf_texts, data))
    except AutomatorError:
        return ""


def _pages(message: Message) -> dict[str, tuple[str, ...]]:
    """The pages of each PDF by its part, as extraction wants them."""
    return {a.part: tuple(a.text.split("\f")) for a in message.attachments if a.text and _is_pdf(a)}


def _is_pdf(attachment: Attachment) -> bool:
    return attachment.content_type == "application/pdf" or attachment.filename.lower().endswith(".pdf")
