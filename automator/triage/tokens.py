"""From text to sentences of folded words, and the concepts said in each: the same in training and in prediction."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from automator.triage.lexicon import CONCEPTS

STEM = 6
TEXT_CAP = 8_000
_SENTENCE_CAP = 60
_FOLDED = (
    ("’", "'"), ("œ", "oe"), ("Œ", "oe"), ("æ", "ae"), ("ß", "ss"), ("ø", "o"), ("ł", "l"), ("€", " eur "),
    ("£", " gbp "), ("\xa0", " "),
)  # fmt: skip
_TOKEN = re.compile(r"[a-z]+|\d{1,2} ?h(?:\d\d)?\b|\d{1,2}(?:[:.]\d\d)? ?[ap]m\b|\d[\d.,:/-]*|[.!?;…]|\n\s*\n")
_ENDS = frozenset(".!?;…")
NUMBER, HOUR = "#", "#h"

Phrase = tuple[list[str], str]


@dataclass(slots=True)
class Sentence:
    """One sentence: `raw` folded words and numbers as written, `stems` the same cut short, `asks` if it ends in "?"."""

    raw: list[str]
    stems: list[str]
    asks: bool


def fold(text: str) -> str:
    """Lower case without accents, in ASCII; signs of money become words."""
    if not text.isascii():
        for sign, plain in _FOLDED:
            text = text.replace(sign, plain)
        text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    return text.lower()


@lru_cache(maxsize=1 << 15)
def stem(word: str) -> str:
    """The first six letters of a folded word; a number is "#", a time of day "#h"."""
    if not word[0].isdigit():
        return word[:STEM]
    return HOUR if ":" in word or word[-1] == "m" or "h" in word else NUMBER


def sentences(text: str) -> list[Sentence]:
    """Split at most TEXT_CAP signs of `text` at full stops, question marks, semicolons and empty lines."""
    found: list[Sentence] = []
    raw: list[str] = []
    for sign in _TOKEN.findall(fold(text[:TEXT_CAP])):
        if sign[0].isalnum():
            raw.append(sign)
            if len(raw) < _SENTENCE_CAP:
                continue
        if raw:
            found.append(_sentence(raw, sign == "?"))
            raw = []
        elif sign == "?" and found:
            found[-1].asks = True
    if raw:
        found.append(_sentence(raw, False))
    return found


def _sentence(raw: list[str], asks: bool) -> Sentence:
    return Sentence(raw, [stem(word) for word in raw], asks)


def words(text: str) -> list[str]:
    """Folded words and numbers of a short text (a subject, a file name)."""
    return [token for token in _TOKEN.findall(fold(text[:TEXT_CAP])) if token[0].isalnum()]


def concepts(stems: list[str]) -> Iterator[tuple[str, int, int]]:
    """Each concept said, with the span of words that says it (start, end)."""
    index, last = _index(), len(stems) - 1
    for start, word in enumerate(stems):
        entry = index.get(word)
        if entry is None:
            continue
        for concept in entry.alone:
            yield concept, start, start + 1
        if start < last:
            for rest, concept in entry.longer.get(stems[start + 1], ()):
                end = start + 2 + len(rest)
                if not rest or stems[start + 2 : end] == rest:
                    yield concept, start, end


def meant(stems: list[str]) -> set[str]:
    """The concepts said: those of `concepts`, without their places (this is the inner loop of triage)."""
    found: set[str] = set()
    index, last = _index(), len(stems) - 1
    for start, word in enumerate(stems):
        entry = index.get(word)
        if entry is None:
            continue
        if entry.alone:
            found.update(entry.alone)
        if start < last and entry.longer:
            followed = entry.longer.get(stems[start + 1])
            if followed is not None:
                for rest, concept in followed:
                    if not rest or stems[start + 2 : start + 2 + len(rest)] == rest:
                        found.add(concept)
    return found


@dataclass(frozen=True, slots=True)
class _Entry:
    """Phrases that begin with one stem: concepts of that stem alone, and by the second stem what else must follow."""

    alone: tuple[str, ...]
    longer: Mapping[str, tuple[Phrase, ...]]


@lru_cache(maxsize=1)
def _index() -> Mapping[str, _Entry]:
    """First stem of a phrase -> the phrases that begin with it."""
    phrases: dict[str, dict[tuple[tuple[str, ...], str], None]] = {}
    for concept, texts in CONCEPTS.items():
        for text in texts.split("|"):
            first, *rest = [stem(word) if word[0].isalnum() else word for word in _phrase(text)]
            phrases.setdefault(first, {})[(tuple(rest), concept)] = None
    return {first: _entry(list(found)) for first, found in phrases.items()}


def _entry(found: list[tuple[tuple[str, ...], str]]) -> _Entry:
    longer: dict[str, list[Phrase]] = {}
    for rest, concept in found:
        if rest:
            longer.setdefault(rest[0], []).append((list(rest[1:]), concept))
    return _Entry(
        tuple(concept for rest, concept in found if not rest), {second: tuple(p) for second, p in longer.items()}
    )


def _phrase(phrase: str) -> list[str]:
    """The words of a phrase of the lexicon; "#" and "#h" stand for a number and a time of day."""
    return [word if word.startswith("#") else fold(word) for word in phrase.replace("'", " ").split()]
