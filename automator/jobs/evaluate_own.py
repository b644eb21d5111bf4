"""The owner's own mail as labelled mail: what people corrected, and how often they had to, of late.

Corrected mails are no random sample: people correct what is wrong and what they come across. Figures on them say how the
model does on its former mistakes; the share of decisions that were corrected says how it does in daily life.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from automator.billing.invoice import Identity
from automator.jobs import retrain
from automator.jobs.evaluate import Labelled
from automator.jobs.lessons import is_kept
from automator.store import corrections, messages
from automator.store.corrections import Correction
from automator.store.db import Tx
from automator.store.records import StoredMessage
from automator.triage.measure import Share, plain

SPAN: Final = timedelta(days=30)
MOST: Final = 3_000


@dataclass(frozen=True, slots=True)
class Corrected:
    """Mails that people corrected. `unseen`: no training saw them (kept back, or corrected since the last one).

    `learnt`: trainings saw them, so a learnt model knows the answers.
    """

    unseen: tuple[Labelled, ...]
    learnt: tuple[Labelled, ...]


def corrected(tx: Tx, owner: Identity) -> Corrected:
    """The newest MOST corrections, by mail, with people's word as the truth."""
    said: dict[int, list[Correction]] = defaultdict(list)
    for word in corrections.newest(tx, MOST):
        said[word.message_id].append(word)
    until = retrain.last(tx).read_until
    unseen: list[Labelled] = []
    learnt: list[Labelled] = []
    for message_id, words in sorted(said.items()):
        stored = messages.get(tx, message_id)
        if stored is None:
            continue
        new = until is None or min(word.at for word in words) > until
        mine = unseen if new or is_kept(stored.message.identity) else learnt
        mine.append(_labelled(stored, {word.category: word.value for word in words}, owner))
    return Corrected(tuple(unseen), tuple(learnt))


def _labelled(stored: StoredMessage, labels: Mapping[str, bool], owner: Identity) -> Labelled:
    return Labelled(f"m{stored.id}", stored.message, owner, labels, language=stored.message.language)


def lately(tx: Tx, now: datetime) -> dict[str, Any]:
    """Of the decisions (yes or no) on mails that arrived in the last 30 days, those that people turned round.

    A floor of the error rate: what nobody looked at, nobody corrected. `answered` counts unsure ones that were told.
    """
    recent = [m for m in messages.arrived_between(tx, now - SPAN, now) if m.verdict is not None]
    names = dict.fromkeys(category for m in recent for category in m.categories)
    by_category = {category: _turned(recent, category) for category in names}
    return {
        "days": SPAN.days,
        "mails": len(recent),
        "corrections": sum(share.hits for share in by_category.values()),
        "decisions": sum(share.n for share in by_category.values()),
        "answered": sum(m.verdict.decision(c) == "unsure" for m in recent if m.verdict for c in m.corrections),
        "error_rate": plain(Share(sum(s.hits for s in by_category.values()), sum(s.n for s in by_category.values()))),
        "categories": {category: plain(share) for category, share in by_category.items()},
    }


def _turned(recent: list[StoredMessage], category: str) -> Share:
    decided = [(m, m.verdict.decision(category)) for m in recent if m.verdict and category in m.verdict.categories]
    sure = [(m, said) for m, said in decided if said != "unsure"]
    turned = [m for m, said in sure if category in m.corrections and m.decision(category) != said]
    return Share(len(turned), len(sure))
