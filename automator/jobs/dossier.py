"""Dossier: all that is known of one mail, for the owner who asks why it was sorted as it was."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from automator.followup.ladder import FollowUp
from automator.jobs.todo import acquaintance
from automator.store import cases, corrections, outbox
from automator.store.corrections import Correction
from automator.store.db import Tx
from automator.store.records import OutboxItem, StoredMessage
from automator.triage.memory import FORGOTTEN, leans, reason
from automator.triage.verdict import Reason, Verdict
from automator.words import Words


@dataclass(frozen=True, slots=True)
class Judged:
    """One category of a mail. `decision` is what counts: the owner's word if he gave one, else the model's.

    `p` is the model's probability, None when no model said anything. `today`: the reasons are those that the model of
    today gives, because none were kept (only those of a yes or of a doubt are).
    """

    category: str
    decision: str
    p: float | None
    reasons: tuple[Reason, ...]
    today: bool
    word: Correction | None


@dataclass(frozen=True, slots=True)
class Dossier:
    """`known`: "known client" and the like, "" for a stranger; `memory`: what people's words on the sender say."""

    mail: StoredMessage
    judged: tuple[Judged, ...]
    known: str
    memory: tuple[str, ...]
    deeds: tuple[OutboxItem, ...]
    cases: tuple[FollowUp, ...]


def dossier(
    tx: Tx,
    words: Words,
    mail: StoredMessage,
    explain: Callable[[], Verdict],
    providers: Collection[str],
    now: datetime,
) -> Dossier:
    """What the store knows of `mail`. `explain` asks the model of today about it; it is called only where reasons lack.

    `providers`: domains where an address is a person and no firm.
    """
    sorted_ = mail.role not in {"sent", "draft"} and not mail.ours
    return Dossier(
        mail=mail,
        judged=_judged(tx, mail, explain) if sorted_ else (),
        known=acquaintance(tx, words, mail) if sorted_ else "",
        memory=_memory(tx, words, mail, providers, now) if sorted_ else (),
        deeds=tuple(outbox.of_object(tx, mail.object)),
        cases=tuple(cases.of_object(tx, mail.object)),
    )


def _judged(tx: Tx, mail: StoredMessage, explain: Callable[[], Verdict]) -> tuple[Judged, ...]:
    kept = mail.verdict.categories if mail.verdict else {}
    lacking = any(not kept[category].reasons for category in mail.categories if category in kept)
    today = explain().categories if lacking else {}
    found = []
    for category in mail.categories:
        said = kept.get(category)
        own = said.reasons if said else ()
        of_today = today[category].reasons if said and not own and category in today else ()
        found.append(
            Judged(
                category=category,
                decision=mail.decision(category),
                p=said.p if said else None,
                reasons=own or of_today,
                today=bool(of_today),
                word=corrections.of(tx, mail.id, category),
            )
        )
    return tuple(found)


def _memory(tx: Tx, words: Words, mail: StoredMessage, providers: Collection[str], now: datetime) -> tuple[str, ...]:
    """As it would lean a mail of this sender that came now; of a forged sender nothing is remembered."""
    if mail.message.authentication.verified is False:
        return ()
    found = leans(corrections.words(tx, now - FORGOTTEN), mail.message.sender, now, providers)
    return tuple(reason(category, lean, words) for category, lean in sorted(found.items()))
