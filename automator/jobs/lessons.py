"""Lessons: what people's corrections teach a training, and what of it is kept aside to test the next model.

1. Only people's acts teach. A mail that we filed and that nobody touched teaches nothing: a model that learnt from
its own output would only grow surer of its mistakes. 2. A fifth of the corrected mails, chosen by hash for ever, is
never trained on. 3. A word of the owner on his own mail weighs more than a mail of the shipped corpus; but no sender
weighs more than three such words, and all words on one category and answer together no more than MOST_WEIGHT: neither
a loud sender nor a folder of a thousand bills, nor a few words that were wrong, carry the model away.
4. A category of the owner's own needs LEAST_EXAMPLES mails that are of it. Its mails that are not: those said so;
those put by hand into the folder of another one, for a mail lies in one folder; and, weakly, mails that were opened
and left in the inbox for a week: who keeps such a folder mostly uses it. That is not certain, and it is the answer
that the model would have given, too: so such a mail weighs a twentieth of a word, only the newest ones count, and
one that we marked or moved never does. The three shipped categories have no use for such guesses.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from automator.mail.message import Message
from automator.store import corrections, filings, messages
from automator.store.corrections import Correction
from automator.store.db import Tx
from automator.store.records import StoredMessage
from automator.triage.verdict import CATEGORIES

LEAST_EXAMPLES: Final = 12
WORD: Final = 3.0
SENDER_MOST: Final = 9.0
MOST_WEIGHT: Final = 250.0
LEFT: Final = WORD / 20
LEFT_MOST: Final = 200
LEFT_AGE: Final = timedelta(days=7)
EACH_MOST: Final = 500
"""Words of one category and answer: a folder of thousands of bills takes no room from the other categories."""
KEPT_PERCENT: Final = 20


@dataclass(frozen=True, slots=True)
class Lesson:
    """A mail with what people said of it: category -> is it? A category absent is unknown."""

    message: Message
    labels: Mapping[str, bool]
    weight: float = WORD


@dataclass(frozen=True, slots=True)
class Lessons:
    """`taught` are to be trained on, `kept` to be tested on; `own` are the owner's categories with enough examples.

    `said` is how many corrections they come from.
    """

    taught: tuple[Lesson, ...] = ()
    kept: tuple[Lesson, ...] = ()
    own: tuple[str, ...] = ()
    said: int = 0


def is_kept(identity: str) -> bool:
    """Is the mail of this identity one of those that no training sees? For ever the same."""
    return int(hashlib.sha256(f"kept:{identity}".encode()).hexdigest()[:8], 16) % 100 < KEPT_PERCENT


def lessons(tx: Tx, categories: Collection[str], now: datetime) -> Lessons:
    """What people taught: the newest EACH_MOST words of each category and answer. `categories` are the owner's in use."""
    told = corrections.newest_of_each(tx, EACH_MOST)
    examples = Counter(c.category for c in told if c.value)
    own = tuple(sorted(c for c in set(categories) - set(CATEGORIES) if examples[c] >= LEAST_EXAMPLES))
    said = [c for c in told if c.category in {*CATEGORIES, *own}]
    by_message: dict[int, list[Correction]] = defaultdict(list)
    for word in said:
        by_message[word.message_id].append(word)
    folders = _folder_categories(said, own)
    found = []
    for message_id in sorted(by_message):
        stored = messages.get(tx, message_id)
        if stored is not None:
            found.append(Lesson(stored.message, _labels(by_message[message_id], folders)))
    kept = tuple(lesson for lesson in found if is_kept(lesson.message.identity))
    taught = [lesson for lesson in found if not is_kept(lesson.message.identity)]
    left = _left(tx, folders, by_message.keys(), now)
    return Lessons((*weighed(taught), *left), kept, own, len(said))


def _folder_categories(said: Iterable[Correction], own: Sequence[str]) -> tuple[str, ...]:
    """The own categories that are mostly taught by a folder: a mail in another folder is not of them."""
    by: dict[str, Counter[bool]] = defaultdict(Counter)
    for word in said:
        if word.value and word.category in own:
            by[word.category][word.by == "folder"] += 1
    return tuple(c for c in own if by[c][True] > by[c][False])


def _labels(words: Iterable[Correction], folders: Iterable[str]) -> Mapping[str, bool]:
    labels = {word.category: word.value for word in words}
    if any(word.value and word.by == "folder" for word in words):
        labels = {**dict.fromkeys(folders, False), **labels}
    return labels


def weighed(taught: Sequence[Lesson]) -> list[Lesson]:
    """With their weights brought down to what one sender, and one answer on one category, may weigh together."""
    of_sender = Counter(lesson.message.sender.addr for lesson in taught)
    fair = [replace(x, weight=min(x.weight, SENDER_MOST / of_sender[x.message.sender.addr])) for x in taught]
    total: Counter[tuple[str, bool]] = Counter()
    for lesson in fair:
        for label in lesson.labels.items():
            total[label] += lesson.weight  # type: ignore[assignment]
    return [
        replace(x, weight=x.weight * min((1.0, *(MOST_WEIGHT / total[label] for label in x.labels.items()))))
        for x in fair
    ]


def _left(tx: Tx, own: Sequence[str], corrected: Collection[int], now: datetime) -> list[Lesson]:
    """Mails that were opened and left where they came in: weak signs that they are of no folder's category."""
    if not own:
        return []
    ids = filings.seen_and_left(tx, "received", now - LEFT_AGE, LEFT_MOST)
    ours = filings.ours(tx)
    found: list[StoredMessage | None] = [messages.get(tx, n) for n in ids if n not in corrected and n not in ours]
    return [
        Lesson(stored.message, dict.fromkeys(own, False), LEFT)
        for stored in found
        if stored is not None and not is_kept(stored.message.identity)
    ]
