"""Amend: the owner's word on a verdict, and what follows from it at once. Every correction goes through here."""

from __future__ import annotations

from dataclasses import dataclass

from automator.followup.ladder import FollowUp
from automator.jobs.close import close
from automator.rulebook.schema import Known, Rule, load_rule
from automator.store import cases, corrections, messages, outbox
from automator.store.corrections import Correction
from automator.store.db import Tx
from automator.store.records import OutboxItem, StoredMessage
from automator.words import Words

CORRECTED = "corrected"
"""Why a case ends, or a deed that waited is cancelled: its mail is not what the rule took it for."""
_WAITING = frozenset({"held", "ready"})


@dataclass(frozen=True, slots=True)
class Amended:
    """What a correction changed: the decision `before` and after it, and how much of what was owed ended with it."""

    category: str
    before: str
    after: str
    cases: int = 0
    deeds: int = 0


def amend(tx: Tx, words: Words, known: Known, said: Correction) -> Amended | None:
    """Note the word, and end what rests on the verdict that it overrules. None when there is no such message.

    1. A running case ends, and a deed that still waits is cancelled, when its rule asks for a category and the mail
    is of none of those any more. 2. What was done stays done. 3. No rule acts on the mail afresh: the owner has it
    in hand.
    """
    before = messages.get(tx, said.message_id)
    if before is None:
        return None
    corrections.put(tx, said)
    after = messages.get(tx, said.message_id)
    if after is None:
        return None
    ended = deeds = 0
    if after.decision(said.category) == "no":
        ended, deeds = _end(tx, words, known, after, said)
    decisions = before.decision(said.category), after.decision(said.category)
    return Amended(said.category, *decisions, cases=ended, deeds=deeds)


def _end(tx: Tx, words: Words, known: Known, stored: StoredMessage, said: Correction) -> tuple[int, int]:
    baseless = [c for c in cases.of_object(tx, stored.object) if not c.stopped and _baseless(tx, known, stored, c)]
    for case in baseless:
        close(tx, words, case, CORRECTED, said.at)
    waiting = [i for i in outbox.of_object(tx, stored.object) if i.state in _WAITING and i.follow_up is None]
    cancelled = [i for i in waiting if _baseless(tx, known, stored, i)]
    for item in cancelled:
        outbox.cancel(tx, item.id, CORRECTED, said.at)
    return len(baseless), len(cancelled)


def _baseless(tx: Tx, known: Known, stored: StoredMessage, of: FollowUp | OutboxItem) -> bool:
    rule = _rule(tx, known, of.rule_version)
    wanted = rule.when.get("category", ()) if rule else ()
    return bool(wanted) and all(stored.decision(category) == "no" for category in wanted)


def _rule(tx: Tx, known: Known, version: str) -> Rule | None:
    kept = cases.version(tx, version)
    return load_rule(kept[0], kept[1], known)[0] if kept else None
