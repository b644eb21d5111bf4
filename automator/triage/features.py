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
from itertools import pairwise

from automator.billing.invoice import Identity
from automator.mail.message import Message
from automator.triage import cues as marks
from automator.triage.lexicon import CONCEPTS
from automator.triage.timing import HASTES, bucket, days, haste, minutes_left
from automator.triage.tokens import HOUR, Sentence, meant, sentences, stem, words

VERSION = 2
_ATTACHMENTS_CAP = 8


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
    for zone, text in (("s", subject), ("b", body)):
        _spoken(cues, zone, text, now)
    for text in papers:
        _spoken(cues, "x", text, now, alone=True)
    cues.update(_moment(cues, now, sender), _attached(message))
    cues.update([f"{cue}@{sender}" for cue in cues if cue[:3] in {"=b:", "=s:"} and "+" not in cue])
    zones = (("s", subject), ("b", body), *(("x", text) for text in papers))
    return Features(_terms(message, zones), frozenset(cues), zones)


def _terms(message: Message, zones: Zones) -> Counter[str]:
    found: list[str] = [f"f:{stem(word)}" for word in words(message.sender.addr.rpartition("@")[0])]
    for attachment in message.attachments[:_ATTACHMENTS_CAP]:
        found += [f"a:{stem(word)}" for word in words(attachment.filename)]
    for zone, text in zones:
        for sentence in text:
            stems = sentence.stems
            found += ["w:" + word for word in stems]
            if zone != "x":
                found += [f"2:{one} {other}" for one, other in pairwise(stems)]
            if zone != "b":
                found += [f"{zone}:{word}" for word in stems]
            elif sentence.asks:
                found += ["q:" + word for word in stems]
    return Counter(found)


def _spoken(cues: set[str], zone: str, text: list[Sentence], now: datetime, *, alone: bool = False) -> None:
    """Concepts and near moments of each sentence; unless `alone`, each moment or question with each concept beside it."""
    for sentence in text:
        said, beside = meant(sentence.stems), _beside(sentence, now)
        cues.update([f"={zone}:{concept}" for concept in said])
        for mark in beside:
            cues.add(f"={zone}:{mark}")
            if not alone:
                cues.update([f"={zone}:{mark}+{concept}" for concept in said])


def _beside(sentence: Sentence, now: datetime) -> set[str]:
    """What a sentence is besides its concepts: a question, about a day, a time of day, a moment to come."""
    distances = days(sentence, now.date())
    found = {f"day{bucket(distance)}" for distance in distances}
    if sentence.asks:
        found.add("?")
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
