"""One mail shown whole: how it was sorted and why, what was read in it, what rules did."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from automator.cli.context import short_id
from automator.cli.fix import say
from automator.cli.triage import facts_row
from automator.digest.clean import shown
from automator.digest.reasons import reason
from automator.digest.why import one_reason
from automator.triage.why import telling
from automator.words import Words, msgid

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from automator.billing.invoice import Bill, Facts
    from automator.jobs.dossier import Dossier, Judged
    from automator.store.records import OutboxItem

_REASONS = 6
_UNSETTLED = frozenset({"failed", "unknown", "held", "cancelled"})
_BY = {
    "folder": msgid("by its folder"),
    "keyword": msgid("by a keyword"),
    "label": msgid("by a label"),
    "command": msgid("by command"),
    "reply": msgid("by an answer to the digest"),
}


def row(found: Dossier, zone: ZoneInfo) -> dict[str, Any]:
    """The card as JSON, with stable keys."""
    mail = found.mail
    return {
        "id": short_id(mail.object),
        "arrived": mail.arrived.astimezone(zone).isoformat(timespec="seconds"),
        "account": mail.account,
        "from": mail.message.sender.addr,
        "subject": mail.message.subject,
        "role": mail.role,
        "ours": mail.ours,
        "history": mail.baseline,
        "closed": mail.closed,
        "kind": mail.kind,
        "classifier": mail.verdict.classifier if mail.verdict else None,
        "categories": {j.category: _category_row(j, zone) for j in found.judged},
        "sender": {"known": found.known, "memory": list(found.memory)},
        "facts": facts_row(mail.facts),
        "deeds": [_deed_row(item, zone) for item in found.deeds],
        "follow_ups": [
            {"rule": c.rule, "event": c.event, "stopped": c.stopped, "paused": c.paused} for c in found.cases
        ],
    }


def _category_row(judged: Judged, zone: ZoneInfo) -> dict[str, Any]:
    said = judged.word
    word = (
        {"is": said.value, "by": said.by, "at": said.at.astimezone(zone).isoformat(timespec="seconds")}
        if said
        else None
    )
    return {
        "decision": judged.decision,
        "p": judged.p,
        "reasons": [{"text": r.text, "weight": r.weight} for r in judged.reasons],
        "reasons_of_today": judged.today,
        "word": word,
    }


def _deed_row(item: OutboxItem, zone: ZoneInfo) -> dict[str, Any]:
    at = (item.settled_at or item.created_at).astimezone(zone)
    told = {"id": item.id, "state": item.state, "action": item.action, "rule": item.rule}
    return told | {"why": item.why, "what": item.what, "error": item.error, "at": at.isoformat(timespec="seconds")}


def card(found: Dossier, words: Words, zone: ZoneInfo) -> Iterator[str]:
    """The card as lines for a person, in the owner's language; nothing of the mail's body beyond what is quoted."""
    yield from _head(found, words, zone)
    for judged in found.judged:
        yield from _category(judged, words, zone)
    if not found.judged:
        yield "  " + words.t("not sorted: it is mail of yours")
    sender = [text for text in (found.known, *found.memory) if text]
    if sender:
        yield words.t("{title}: {text}", title=words.t("sender"), text=", ".join(sender))
    for said in _facts(found.mail.facts, words):
        yield words.t("{title}: {text}", title=words.t("read in it"), text=said)
    for case in found.cases:
        state = (
            words.t("stopped") if case.stopped else words.t("waits for you") if case.paused else words.t("running")
        )
        yield words.t("{title}: {text}", title=words.t("follow-up"), text=f"{case.rule}, {state}")
    for item in found.deeds:
        yield _deed(item, words, zone)


def _head(found: Dossier, words: Words, zone: ZoneInfo) -> Iterator[str]:
    mail, at = found.mail, found.mail.arrived.astimezone(zone)
    who = (
        f"{mail.message.sender.name} <{mail.message.sender.addr}>"
        if mail.message.sender.name
        else mail.message.sender.addr
    )
    yield f"{short_id(mail.object)}  {words.date(at, 'numeric')} {words.time(at)}  {shown(who, 90)}"
    yield f"  {shown(mail.message.subject, 120) or words.t('(no subject)')}"
    if mail.verdict:
        yield "  " + words.t("{kind}, sorted by {model}", kind=mail.kind, model=mail.verdict.classifier)


def _category(judged: Judged, words: Words, zone: ZoneInfo) -> Iterator[str]:
    said = say(judged.decision, words)
    if judged.p is not None:
        said = f"{said} ({words.number(judged.p, digits=2)})"
    if judged.word is not None:
        at = judged.word.at.astimezone(zone)
        said += ", " + words.t(
            "your word, {by}, {day}", by=words.t(_BY[judged.word.by]), day=words.date(at, "numeric")
        )
    if judged.today:
        said += ", " + words.t("as the model judges today")
    yield words.t("{title}: {text}", title=judged.category, text=said)
    sides = ((False, msgid("for")), (True, msgid("against")))
    for against, label in sides:
        reasons = telling(judged.reasons, _REASONS, against=against)
        if reasons:
            yield f"  {words.t(label):7}  {', '.join(one_reason(text, words) for text in reasons)}"


def _facts(facts: Facts, words: Words) -> Iterator[str]:
    yield from (said for bill in facts.bills if (said := _bill(bill, words)))
    if facts.deadline:
        day, time = facts.deadline.value, facts.deadline.time
        yield words.t("wanted for {day}", day=_numeric(day, words) + (f" {time}" if time else ""))
    yield from (shown(notice.text, 160) for notice in facts.warnings)


def _bill(bill: Bill, words: Words) -> str:
    due = bill.value("due_date")
    parts = (
        shown(bill.value("supplier"), 40),
        shown(bill.value("number"), 30),
        _amount(bill.value("total_amount"), bill.value("currency"), words),
        words.t("due {day}", day=_numeric(due, words)) if due else "",
        shown(bill.value("iban"), 40),
    )
    return " · ".join(part for part in parts if part)


def _amount(value: str, currency: str, words: Words) -> str:
    return words.money(Decimal(value), currency or "EUR") if value else ""


def _numeric(day: str, words: Words) -> str:
    return words.date(date.fromisoformat(day), "numeric")


def _deed(item: OutboxItem, words: Words, zone: ZoneInfo) -> str:
    """ "23/11/2026 9 h 12  done  keyword (tri-urgent): why or what"."""
    at = (item.settled_at or item.created_at).astimezone(zone)
    told = reason(item.error, words) if item.error and item.state in _UNSETTLED else item.what or item.why
    head = f"{words.date(at, 'numeric')} {words.time(at)}  {item.state}  {item.action} ({item.rule})"
    return words.t("{title}: {text}", title=head, text=shown(told, 160)) if told else head
