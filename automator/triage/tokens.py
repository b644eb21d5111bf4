"""From text to sentences of folded words, and the concepts said in each: the same in training and in prediction."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import compress, count, pairwise
from operator import not_
from typing import Any

from automator.triage.lexicon import CONCEPTS

STEM = 6
TEXT_CAP = 8_000
_SENTENCE_CAP = 60
_FOLDED = (
    ("’", "'"), ("œ", "oe"), ("Œ", "oe"), ("æ", "ae"), ("ß", "ss"), ("ø", "o"), ("ł", "l"), ("€", " eur "),
    ("£", " gbp "), ("\xa0", " "),
)  # fmt: skip
_TOKEN = re.compile(r"[a-z]+|\d{1,2} ?h(?:\d\d)?\b|\d{1,2}(?:[:.]\d\d)? ?[ap]m\b|\d[\d.,:/-]*|[.!?;…]|\n\s*\n")
NUMBER, HOUR = "#", "#h"

Phrases = tuple[tuple[list[str], str], ...]


@dataclass(slots=True)
class Sentence:
    """One sentence: `raw` folded words and numbers as written, `stems` the same cut short, `asks` if it ends in "?".

    `pairs` are the stems two in a row, under the name they have as a feature: "2:one other". `said` are the concepts
    of the lexicon that are said (see `concepts` for where).
    """

    raw: list[str]
    stems: list[str]
    pairs: list[str]
    said: set[str]
    asks: bool = False


def fold(text: str) -> str:
    """Lower case without accents, in ASCII; signs of money become words."""
    if not text.isascii():
        for sign, plain in _FOLDED:
            text = text.replace(sign, plain)
        text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    return text.lower()


def stem(word: str) -> str:
    """The first six letters of a folded word; a number is "#", a time of day "#h"."""
    if not word[0].isdigit():
        return word[:STEM]
    return HOUR if ":" in word or word[-1] == "m" or "h" in word else NUMBER


def sentences(text: str) -> list[Sentence]:
    """Split at most TEXT_CAP signs of `text` at full stops, question marks, semicolons and empty lines."""
    tokens = _TOKEN.findall(fold(text[:TEXT_CAP]))
    # Letters come after all other signs in ASCII; what ends a sentence has no stem.
    stems = [sign[:STEM] if sign >= "a" else stem(sign) if sign[0].isdigit() else "" for sign in tokens]
    pairs = [f"2:{one} {other}" for one, other in pairwise(stems)]
    found: list[Sentence] = []
    start = 0
    for end in [*compress(count(), map(not_, stems)), len(stems)]:
        for at in range(start, end, _SENTENCE_CAP):
            to = min(at + _SENTENCE_CAP, end)
            found.append(_sentence(tokens[at:to], stems[at:to], pairs[at : to - 1]))
        if found and end < len(tokens) and tokens[end] == "?":
            found[-1].asks = True
        start = end + 1
    return found


def _sentence(raw: list[str], stems: list[str], pairs: list[str]) -> Sentence:
    alone, longer = _index()
    said: set[str] = set()
    said.update(*filter(None, map(alone.get, stems)))
    for at in _where(longer, pairs):
        for rest, concept in longer[pairs[at]]:
            if not rest or stems[at + 2 : at + 2 + len(rest)] == rest:
                said.add(concept)
    return Sentence(raw, stems, pairs, said)


def words(text: str) -> list[str]:
    """Folded words and numbers of a short text (a subject, a file name)."""
    return [token for token in _TOKEN.findall(fold(text[:TEXT_CAP])) if token[0].isalnum()]


def concepts(sentence: Sentence) -> Iterator[tuple[str, int, int]]:
    """Each concept said, with the words that say it (start, end), the first first."""
    alone, longer = _index()
    stems, pairs = sentence.stems, sentence.pairs
    for start in sorted({*_where(alone, stems), *_where(longer, pairs)}):
        for concept in alone.get(stems[start], ()):
            yield concept, start, start + 1
        for rest, concept in longer.get(pairs[start], ()) if start < len(pairs) else ():
            end = start + 2 + len(rest)
            if not rest or stems[start + 2 : end] == rest:
                yield concept, start, end


def _where(index: Mapping[str, object], names: list[str]) -> Iterator[int]:
    """The places of `names` that the index knows."""
    return compress(count(), map(index.__contains__, names))


@lru_cache(maxsize=1)
def _index() -> tuple[Mapping[str, tuple[str, ...]], Mapping[str, Phrases]]:
    """The phrases of the lexicon: stem -> concepts it says alone; pair of stems -> what must follow it, and the concept."""
    alone: dict[str, dict[str, None]] = {}
    longer: dict[str, dict[tuple[tuple[str, ...], str], None]] = {}
    for concept, texts in CONCEPTS.items():
        for text in texts.split("|"):
            first, *rest = [stem(word) if word[0].isalnum() else word for word in _phrase(text)]
            if rest:
                longer.setdefault(f"2:{first} {rest[0]}", {})[(tuple(rest[1:]), concept)] = None
            else:
                alone.setdefault(first, {})[concept] = None
    shared: dict[object, Any] = {}  # most entries say one concept and nothing more: equal ones are kept once
    return (
        {first: shared.setdefault(tuple(said), tuple(said)) for first, said in alone.items()},
        {
            pair: shared.setdefault(tuple(ends), tuple((list(rest), concept) for rest, concept in ends))
            for pair, ends in longer.items()
        },
    )


def _phrase(phrase: str) -> list[str]:
    """The words of a phrase of the lexicon; "#" and "#h" stand for a number and a time of day."""
    return [word if word.startswith("#") else fold(word) for word in phrase.replace("'", " ").split()]
