"""What the model sees of a mail: weighted words of its zones, and cues that are there or not.

Needs the Message and the firm's own addresses, nothing else. Words are "zone:stem": "w" any of subject, body and
attachments, "2" two in a row of subject or body, "s" subject, "q" a sentence that asks, "x" text of attachments,
"a" name of an attachment, "f" local part of the sender. Cues start with "=": "=b:ask" a concept of the lexicon said in
the body, "=b:day0+ask" said in a sentence that names today, "=b:ask@robot" said by a robot, "=b:due6h" a moment named that
comes within six hours.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from automator.billing.invoice import Identity
from automator.mail.message import Message
from automator.triage import cues as marks
from automator.triage.lexicon import CONCEPTS
from automator.triage.memo import Memo
from automator.triage.timing import BUCKETS, HASTES, bucket, days, haste, minutes_left, tells_time
from automator.triage.tokens import HOUR, Sentence, sentences, stem, words

VERSION = 2
_ATTACHMENTS_CAP = 8
# What may stand in a sentence beside its concepts: see `_beside`.
MARKS = ("?", "hour", "soon", *(f"day{name}" for name in BUCKETS), *(f"due{name}" for name in HASTES))
Zones = tuple[tuple[str, list[Sentence]], ...]


@dataclass(frozen=True, slots=True)
class Features:
    """`terms` counts the words; `cues` are the marks that are there; `zones` are the sentences they were read from."""

    terms: Counter[str]
    cues: frozenset[str]
    zones: Zones = ()


def fingerprint() -> str:
    """Changes whenever a model trained before would misread the features: with VERSION and with the lexicon."""
    spelt = repr((VERSION, sorted(CONCEPTS.items())))
    return hashlib.sha256(spelt.encode()).hexdigest()[:16]


def extract(message: Message, owner: Identity) -> Features:
    """The features of `message` for the firm `owner`."""
    now = message.when
    sender = marks.sender_type(message, owner)
    subject = sentences(marks.bare_subject(message.subject))
    body = sentences(message.new_text)
    papers = [sentences(a.text) for a in message.attachments[:_ATTACHMENTS_CAP] if a.text]
    cues = set(marks.envelope(message, owner, sender))
    cues.update(marks.shape(message, subject, body))
    said = _spoken(cues, "s", subject, now) | _spoken(cues, "b", body, now)
    for text in papers:
        cues |= _spoken(cues, "x", text, now, alone=True)
    cues |= said
    cues.update(_moment(cues, now, sender), _attached(message))
    cues.update(map(_SAID_BY[sender].__getitem__, said))
    zones = (("s", subject), ("b", body), *(("x", text) for text in papers))
    return Features(_terms(message, zones), frozenset(cues), zones)


# The names of cues are made once for each concept or mark, not once for each time that it is said.
_SPOKEN: Final = {zone: Memo(f"={zone}:{{}}".format) for zone in "sbx"}
_WITH: Final = {(zone, mark): Memo(f"={zone}:{mark}+{{}}".format) for zone in "sb" for mark in MARKS}
_SAID_BY: Final = {sender: Memo(f"{{}}@{sender}".format) for sender in marks.SENDERS}


def _terms(message: Message, zones: Zones) -> Counter[str]:
    found: list[str] = [f"f:{stem(word)}" for word in words(message.sender.addr.rpartition("@")[0])]
    for attachment in message.attachments[:_ATTACHMENTS_CAP]:
        found += [f"a:{stem(word)}" for word in words(attachment.filename)]
    for zone, text in zones:
        stems = [stem for sentence in text for stem in sentence.stems]
        found += ["w:" + stem for stem in stems]
        if zone != "x":
            found += [pair for sentence in text for pair in sentence.pairs]
        if zone != "b":
            found += [f"{zone}:{stem}" for stem in stems]
        else:
            found += ["q:" + stem for sentence in text if sentence.asks for stem in sentence.stems]
    return Counter(found)


def _spoken(cues: set[str], zone: str, text: list[Sentence], now: datetime, *, alone: bool = False) -> set[str]:
    """The cues of the concepts said and the marks that stand beside them.

    Adds to `cues`, unless `alone`, each mark of a sentence with each of its concepts.
    """
    found: set[str] = set()
    for sentence in text:
        said = sentence.said
        found.update(said)
        if beside := _beside(sentence, now):
            found |= beside
            for mark in () if alone else beside:
                cues.update(map(_WITH[zone, mark].__getitem__, said))
    return {*map(_SPOKEN[zone].__getitem__, found)}


def _beside(sentence: Sentence, now: datetime) -> set[str]:
    """What a sentence is besides its concepts: a question, about a day, a time of day, a moment to come."""
    found = {"?"} if sentence.asks else set()
    if not tells_time(sentence):
        return found
    distances = days(sentence, now.date())
    found.update([f"day{bucket(distance)}" for distance in distances])
    if HOUR in sentence.stems:
        found.add("hour")
    left = minutes_left(sentence, distances, now)
    if left is not None:
        found.add(f"due{haste(left)}")
        if left < _A_DAY and distances <= {0} and "hour" in found:
            found.add("soon")
    return found


_A_DAY = 24 * 60


def _moment(cues: set[str], now: datetime, sender: str) -> Iterator[str]:
    """When it was written, and how soon the nearest moment comes that it names."""
    first = next((name for name in HASTES if f"=b:due{name}" in cues or f"=s:due{name}" in cues), "none")
    yield f"=first:{first}"
    yield f"=first:{first}@{sender}"
    if first == "none" and ("=b:daypast" in cues or "=s:daypast" in cues):
        yield "=only_past"
    part = "night" if now.hour < 7 or now.hour >= 21 else "am" if now.hour < 12 else "pm" if now.hour < 18 else "eve"
    yield f"=written:{part}"
    if now.weekday() >= 4:
        yield "=written:friday" if now.weekday() == 4 else "=written:weekend"


def _attached(message: Message) -> Iterator[str]:
    for attachment in message.attachments[:_ATTACHMENTS_CAP]:
        yield f"=has:{attachment.filename.lower().rpartition('.')[2][:5] or 'part'}"
        if attachment.text and marks.IBAN.search(attachment.text):
            yield "=x:iban"
    if not message.attachments:
        yield "=has:nothing"
