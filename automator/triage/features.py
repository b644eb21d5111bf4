"""What the model sees of a mail: weighted words of its zones, and cues that are there or not.

Needs the Message and the firm's own addresses, nothing else. Words are "zone:stem": "s" subject, "b" body,
"q" a sentence that asks, "x" text of attachments, "a" name of an attachment, "f" local part of the sender, "w" any
of subject, body, attachments. Cues start with "=": "=b:ask" a concept of the lexicon said in the body, "=b:ask+day0"
two of them in one sentence, "=b<ask" in the first and "=b>ask" in the last one, "=b:ask@robot" said by a robot.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from automator.billing.invoice import Identity
from automator.mail.message import Message
from automator.triage import cues as marks
from automator.triage.lexicon import CONCEPTS
from automator.triage.timing import bucket, days, soonest
from automator.triage.tokens import HOUR, Sentence, concepts, sentences, stem, words

VERSION = 1
_PAIR_CAP = 9
_ATTACHMENTS_CAP = 8


@dataclass(frozen=True, slots=True)
class Features:
    """`terms` counts the words; `cues` are the marks that are there; `said` tells how a cue or stem was written."""

    terms: Counter[str]
    cues: frozenset[str]
    said: dict[str, str]


def fingerprint() -> str:
    """Changes whenever a model trained before would misread the features: with VERSION and with the lexicon."""
    spelt = repr((VERSION, sorted(CONCEPTS.items())))
    return hashlib.sha256(spelt.encode()).hexdigest()[:16]


def extract(message: Message, owner: Identity) -> Features:
    """The features of `message` for the firm `owner`."""
    now = message.when
    terms: Counter[str] = Counter()
    said: dict[str, str] = {}
    sender = marks.sender_type(message, owner)
    subject = sentences(marks.bare_subject(message.subject))
    body = sentences(message.new_text)
    cues = set(marks.envelope(message, owner, sender))
    cues.update(marks.shape(message, subject, body))
    for zone, text in (("s", subject), ("b", body)):
        _count(terms, zone, text, said)
        cues.update(_spoken(zone, text, now, said))
    for sentence in body:
        if sentence.asks:
            terms.update(["q:" + word for word in sentence.stems])
    cues.update(_attachments(message, terms, now, said))
    cues.update([f"{cue}@{sender}" for cue in cues if cue.startswith(("=b:", "=s:")) and "+" not in cue])
    terms.update([f"f:{stem(word)}" for word in words(message.sender.addr.rpartition("@")[0])])
    return Features(terms, frozenset(cues), said)


def _count(terms: Counter[str], zone: str, text: Iterable[Sentence], said: dict[str, str]) -> None:
    for sentence in text:
        terms.update([f"{zone}:{word}" for word in sentence.stems])
        terms.update(["w:" + word for word in sentence.stems])
        said.update(zip(sentence.stems, sentence.raw, strict=True))


def _spoken(zone: str, text: list[Sentence], now: datetime, said: dict[str, str]) -> Iterator[str]:
    """Concepts and near days of each sentence: alone, by place, and two by two."""
    last = len(text) - 1
    for number, sentence in enumerate(text):
        found = _said_in(sentence, now, zone, said)
        for concept in found:
            yield f"={zone}:{concept}"
            if number in {0, last}:
                yield f"={zone}{'<' if number == 0 else '>'}{concept}"
        for one, other in combinations(sorted(found)[:_PAIR_CAP], 2):
            yield f"={zone}:{one}+{other}"


def _said_in(sentence: Sentence, now: datetime, zone: str, said: dict[str, str]) -> set[str]:
    found: set[str] = set()
    for concept, start, end in concepts(sentence.stems):
        if concept not in found:
            found.add(concept)
            said.setdefault(f"={zone}:{concept}", " ".join(sentence.raw[start:end]))
    distances = days(sentence, now.date())
    found.update([f"day{bucket(distance)}" for distance in distances])
    if sentence.asks:
        found.add("?")
    if HOUR in sentence.stems:
        found.add("hour")
        if distances <= {0} and soonest(sentence, now) is not None:
            found.add("soon")
    return found


def _attachments(message: Message, terms: Counter[str], now: datetime, said: dict[str, str]) -> Iterator[str]:
    for attachment in message.attachments[:_ATTACHMENTS_CAP]:
        name = attachment.filename.lower()
        yield f"=has:{name.rpartition('.')[2][:5] or 'part'}"
        terms.update([f"a:{stem(word)}" for word in words(name)])
        if attachment.text:
            text = sentences(attachment.text)
            _count(terms, "x", text, said)
            yield from (cue for cue in _spoken("x", text, now, said) if "+" not in cue)
            if marks.IBAN.search(attachment.text):
                yield "=x:iban"
    if not message.attachments:
        yield "=has:nothing"
