"""Close: the one way to end a matter, whether a stop came true or the owner said so; and the way to go on."""

from __future__ import annotations

from datetime import datetime

from automator.actions.move_draft import Options as StaleDraft
from automator.followup.ladder import FollowUp, ObjectRef
from automator.ports import Note
from automator.rulebook.plan import Autonomy, Intent
from automator.store import bills, cases, messages, notes, outbox, places
from automator.store.db import Tx
from automator.store.records import OutboxItem
from automator.words import Words, msgid

EDITED = "/edited"
_LETTERS = frozenset({"draft", "send", "delegate"})
_OWED = _LETTERS | {"remind", "task", "notify", "digest", "propose_slots"}
_WAITING = frozenset({"held", "ready"})
_WHY = {
    "paid": msgid("it is paid"),
    "disputed": msgid("it is disputed"),
    "promised": msgid("a payment is promised"),
    "accepted": msgid("it is accepted"),
    "refused": msgid("it is refused"),
    "booked": msgid("it is booked"),
    "credited": msgid("a credit note settles it"),
    "replied": msgid("it was answered"),
    "sent": msgid("you wrote yourself"),
    "bounced": msgid("the mail came back"),
    "cancelled": msgid("it is cancelled"),
    "done": msgid("you closed the matter"),
    "gone": msgid("its object is gone"),
    "corrected": msgid("you corrected how the mail was sorted"),
}


def close(tx: Tx, words: Words, case: FollowUp, why: str, now: datetime) -> None:
    """End one case. `why` is the stop word that came true.

    1. Its waiting intents are cancelled. 2. Its untouched drafts are put away; of an edited one the owner is told.
    3. The reminders of its object are done.
    """
    outbox.cancel_case(tx, case.id, why, now)
    cases.stop(tx, case.id, why, now)
    notes.done_for(tx, case.object, now)
    for item in outbox.of_case(tx, case.id):
        put_away(tx, words, item, why, now)


def close_object(tx: Tx, words: Words, ref: ObjectRef, why: str, now: datetime) -> int:
    """End all that is owed to an object: its cases as `close` does, its notes, its letters that came without a case.

    Filing (keyword, move, archive, file_attachment) goes on. Returns how many cases ended.
    """
    notes.done_for(tx, ref, now, ("reminder", "task", "digest", "slots"))
    if ref.kind == "mail":
        messages.close(tx, int(ref.id), why)
    running = [case for case in cases.of_object(tx, ref) if not case.stopped]
    for case in running:
        close(tx, words, case, why, now)
    for item in outbox.of_object(tx, ref):
        if item.follow_up is None and item.action in _OWED:
            if item.state in _WAITING:
                outbox.cancel(tx, item.id, why, now)
            put_away(tx, words, item, why, now)
    return len(running)


def follow_object(tx: Tx, ref: ObjectRef, now: datetime) -> int:
    """The owner wants the follow-up of an object to go on. Returns how many cases and letters do.

    A paused case runs again, the letter that was dropped is passed over; a letter that failed is tried again.
    """
    went_on = cases.resume(tx, ref, now)
    open_cases = {case.id for case in cases.of_object(tx, ref) if not case.stopped}
    for item in outbox.of_object(tx, ref):
        if item.action in _LETTERS and (item.follow_up is None or item.follow_up in open_cases):
            went_on += outbox.again(tx, item.id, now)
    return went_on


def put_away(tx: Tx, words: Words, item: OutboxItem, why: str, now: datetime) -> None:
    """An untouched draft is moved, never deleted; an edited one is the owner's: he is told, once."""
    found = places.drafts(tx, item.account).get(item.key) if item.state == "done" and item.content_hash else None
    if found is None:
        return
    if found[1] == item.content_hash:
        outbox.enqueue(tx, [_stale(words, item, now)], now)
        return
    text = words.t(
        "the draft that you changed is no longer needed ({why}): {what}",
        why=words.t(_WHY.get(why, why)),
        what=_name(tx, item.object),
    )
    notes.add(tx, Note(item.key + EDITED, "task", item.object, item.account, text), now)


def _stale(words: Words, item: OutboxItem, now: datetime) -> Intent:
    return Intent(
        key=f"{item.key}/stale",
        object=item.object,
        account=item.account,
        action="move_draft",
        params=StaleDraft(),
        not_before=now,
        autonomy=Autonomy.AUTO,
        rule=item.rule,
        rule_version=item.rule_version,
        why=words.t("the case is settled: this draft of ours is no longer needed"),
        step=item.key,
    )


def _name(tx: Tx, ref: ObjectRef) -> str:
    """What the owner calls an object: the number of an invoice, the subject of a mail."""
    if ref.kind == "invoice":
        bill = bills.get(tx, int(ref.id))
        return (bill.number or bill.party) if bill else ""
    stored = messages.get(tx, int(ref.id)) if ref.kind == "mail" else None
    return stored.message.subject if stored else ""
