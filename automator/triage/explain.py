"""Why a verdict: the words and cues that weighed most, for and against, as the owner would say them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache

from automator.mail.message import Message
from automator.triage.features import Features
from automator.triage.tokens import TEXT_CAP, concepts, fold
from automator.triage.verdict import Reason
from automator.words import Words, msgid

TOP = 6
_LEAST, _HEAVY = 0.06, 0.24
_LOOKED_AT = 24
_ZONES = frozenset({"s:", "b:", "x:"})
_CUES: Mapping[str, str] = {
    "=from:us": msgid("sent by a colleague"),
    "=from:robot": msgid("sent by a machine"),
    "=from:bulk": msgid("sent to a mailing list"),
    "=from:person": msgid("sent by a person"),
    "=from:org": msgid("sent by an organisation"),
    "=verified:true": msgid("the sender is verified"),
    "=verified:false": msgid("the sender is not who it claims to be"),
    "=list": msgid("has an unsubscribe link"),
    "=auto": msgid("marked as automatic"),
    "=precedence": msgid("marked as bulk mail"),
    "=reply_to_elsewhere": msgid("answers go to another domain"),
    "=reply": msgid("answers a mail"),
    "=reply_to_us": msgid("answers a mail of ours"),
    "=forward": msgid("a forwarded mail"),
    "=question_in_subject": msgid("a question in the subject"),
    "=ends_asking": msgid("ends with a question"),
    "=questions:0": msgid("no question"),
    "=questions:1": msgid("one question"),
    "=questions:2": msgid("several questions"),
    "=questions:3": msgid("several questions"),
    "=iban": msgid("an IBAN"),
    "=x:iban": msgid("an IBAN in the attachment"),
    "=money:0": msgid("no sum of money"),
    "=money:1": msgid("a sum of money"),
    "=money:2": msgid("sums of money"),
    "=money:3": msgid("sums of money"),
    "=money:4": msgid("many sums of money"),
    "=phone": msgid("a telephone number"),
    "=shouting": msgid("a subject in capitals"),
    "=has:pdf": msgid("a PDF attached"),
    "=has:xml": msgid("an XML file attached"),
    "=has:ics": msgid("a calendar entry attached"),
    "=has:nothing": msgid("nothing attached"),
    "=only_past": msgid("only past days are named"),
    "=first:none": msgid("no moment to come is named"),
}
_PARTS: Mapping[str, str] = {
    "day0": msgid("today"),
    "day1": msgid("tomorrow"),
    "day2-3": msgid("in 2 or 3 days"),
    "day4-7": msgid("within a week"),
    "day8-31": msgid("within a month"),
    "daylater": msgid("a far day"),
    "daypast": msgid("a past day"),
    "hour": msgid("a time of day"),
    "soon": msgid("a time still to come today"),
    "due2h": msgid("within 2 hours"),
    "due6h": msgid("within 6 hours"),
    "due12h": msgid("within 12 hours"),
    "due24h": msgid("within 24 hours"),
    "?": msgid("a question"),
}
_WORD = re.compile(r"([^\W_]+)")
_QUOTATION = re.compile(r"« (.+?) »")


@lru_cache(maxsize=4)
def _tables(locale: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """The cues and the parts of cues in the words of one language."""
    words = Words(locale)
    return {name: words.t(text) for name, text in _CUES.items()}, {
        name: words.t(text) for name, text in _PARTS.items()
    }


class Explainer:
    """Says why, for one mail: the same mail is explained once for every category."""

    def __init__(self, features: Features, message: Message, words: Words) -> None:
        self._zones = features.zones
        self._message = message
        self._words = words
        self._cues, self._parts = _tables(words.locale)
        self._known: dict[str, str] = {}

    def reasons(self, contributions: Iterable[tuple[str, float]], scale: float = 1.0) -> tuple[Reason, ...]:
        """The strongest reasons first; `contributions` are features with their log-odds, multiplied by `scale`.

        What was read from the same words of the mail (a stem, a concept, a concept by its place) is one reason.
        Features that have no words for the owner are left out.
        """
        totals: dict[str, float] = {}
        known = self._known
        for _, name, weight in _heaviest([*contributions]):
            said = known.get(name)
            if said is None:
                said = known[name] = self._said(name)
            if said:
                totals[said] = totals.get(said, 0.0) + weight * scale
        strongest = sorted(totals.items(), key=lambda item: (-abs(item[1]), item[0]))[:TOP]
        return tuple(Reason(self._spelling(text), round(weight, 3)) for text, weight in strongest)

    def _said(self, name: str) -> str:
        """The sense of a feature in words; a quotation of the mail is « folded words »."""
        if name[0] != "=":
            return "" if name[0] in "af" or len(name) < 5 else _quote(self._stem(name))
        if text := self._cues.get(name) or self._cues.get(name.partition("@")[0]):
            return text
        zone, concept = name[1:3], name[3:].partition("@")[0]
        if zone not in _ZONES:
            return ""
        one, _, other = concept.partition("+")
        if not other:
            return self._part(zone, concept)
        first, second = self._part(zone, one), self._part(zone, other)
        both = first and second and first != second
        return self._words.t(msgid("{first} with {second}"), first=first, second=second) if both else first

    def _part(self, zone: str, concept: str) -> str:
        return self._parts.get(concept) or _quote(self._concept(zone, concept))

    def _stem(self, name: str) -> str:
        """How a stem, or two in a row, were first written, folded; "" when the mail does not say them."""
        if name[0] != "2":
            return self._stems.get(name[2:], "")
        for _, text in self._zones:
            for sentence in text:
                if name in sentence.pairs:
                    at = sentence.pairs.index(name)
                    return " ".join(sentence.raw[at : at + 2])
        return ""

    @cached_property
    def _stems(self) -> Mapping[str, str]:
        """How each stem was first written, folded."""
        spoken = [sentence for _, text in self._zones for sentence in text]
        stems = [stem for sentence in spoken for stem in sentence.stems]
        raw = [word for sentence in spoken for word in sentence.raw]
        return dict(zip(reversed(stems), reversed(raw), strict=True))

    def _concept(self, zone: str, concept: str) -> str:
        """How a concept was first written, folded; "" when the zone does not say it."""
        for name, text in self._zones:
            for sentence in text if name == zone[0] else ():
                if concept in sentence.said:
                    start, end = next((start, end) for said, start, end in concepts(sentence) if said == concept)
                    return " ".join(sentence.raw[start:end])
        return ""

    def _spelling(self, reason: str) -> str:
        """The reason with accents, capitals and apostrophes put back into what it quotes."""
        return (
            _QUOTATION.sub(lambda match: f"« {self._original(match[1].split())} »", reason)
            if "«" in reason
            else reason
        )

    def _original(self, folded: list[str]) -> str:
        spelt, words = self._spelt
        length, at = len(folded), -1
        while folded[0] in words[at + 1 :]:
            at = words.index(folded[0], at + 1)
            if words[at : at + length] == folded:
                return " ".join("".join(spelt[2 * at + 1 : 2 * (at + length)]).split())
        return " ".join(folded)

    @cached_property
    def _spelt(self) -> tuple[list[str], list[str]]:
        """The text as written, cut before and after each word (so that each odd piece is a word); its words, folded."""
        text = f"{self._message.subject}\n{self._message.new_text}"
        pieces = _WORD.split(text[:TEXT_CAP])
        return pieces, fold("\n".join(pieces[1::2])).split("\n")


def _heaviest(contributions: Sequence[tuple[str, float]]) -> list[tuple[float, str, float]]:
    """The _LOOKED_AT heaviest over _LEAST: (absolute weight, name, weight). Most are light, so a higher bar is tried first."""
    for least in (_HEAVY, _LEAST):
        found = [(abs(w), name, w) for name, w in contributions if w > least or w < -least]
        if len(found) >= _LOOKED_AT:
            break
    found.sort(reverse=True)
    return found[:_LOOKED_AT]


def _quote(folded: str) -> str:
    return f"« {folded} »" if folded else ""
