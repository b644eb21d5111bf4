"""Why a verdict: the words and cues that weighed most, for and against, as the owner would say them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache

from automator.mail.message import Message
from automator.triage.features import Features
from automator.triage.tokens import TEXT_CAP, concepts, fold
from automator.triage.verdict import Reason
from automator.words import Words, msgid

TOP = 6
_LEAST = 0.06
_LOOKED_AT = 24
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
_WORD = re.compile(r"[^\W_]+")
_QUOTATION = re.compile(r"« (.+?) »")
_CONCEPT = re.compile(r"=([sbx]):([^@]+)")
_folded = lru_cache(maxsize=1 << 14)(fold)


class Explainer:
    """Says why, for one mail: the same mail is explained once for every category."""

    def __init__(self, features: Features, message: Message, words: Words) -> None:
        self._zones = features.zones
        self._message = message
        self._words = words
        self._spelt: list[tuple[str, int, int]] | None = None

    def reasons(self, contributions: Iterable[tuple[str, float]], scale: float = 1.0) -> tuple[Reason, ...]:
        """The strongest reasons first; `contributions` are features with their log-odds, multiplied by `scale`.

        What was read from the same words of the mail (a stem, a concept, a concept by its place) is one reason.
        Features that have no words for the owner are left out.
        """
        heavy = [(abs(w), name, w) for name, w in contributions if w > _LEAST or w < -_LEAST]
        heavy.sort(reverse=True)
        totals: dict[str, float] = {}
        for _, name, weight in heavy[:_LOOKED_AT]:
            if said := self._said(name):
                totals[said] = totals.get(said, 0.0) + weight * scale
        strongest = sorted(totals.items(), key=lambda item: (-abs(item[1]), item[0]))[:TOP]
        return tuple(Reason(self._spelling(text), round(weight, 3)) for text, weight in strongest)

    def _said(self, name: str) -> str:
        """The sense of a feature in words; a quotation of the mail is « folded words »."""
        if name[0] != "=":
            zone, _, stem = name.partition(":")
            return "" if zone in "af" or len(stem) < 3 else _quote(self._stem(stem))
        if text := _CUES.get(name) or _CUES.get(name.partition("@")[0]):
            return self._words.t(text)
        match = _CONCEPT.match(name)
        if not match:
            return ""
        zone, concept = match.groups()
        if "+" in concept:
            one, _, other = concept.partition("+")
            first, second = self._part(zone, one), self._part(zone, other)
            both = first and second and first != second
            return self._words.t(msgid("{first} with {second}"), first=first, second=second) if both else first
        return self._part(zone, concept)

    def _part(self, zone: str, concept: str) -> str:
        if text := _PARTS.get(concept):
            return self._words.t(text)
        return _quote(self._concepts.get(f"{zone}:{concept}", ""))

    def _stem(self, stems: str) -> str:
        """How a stem, or two in a row, were first written, folded; "" when the mail does not say them."""
        wanted = stems.split(" ")
        length = len(wanted)
        for _, text in self._zones:
            for sentence in text:
                if wanted[0] in sentence.stems:
                    for at in range(len(sentence.stems)):
                        if sentence.stems[at : at + length] == wanted:
                            return " ".join(sentence.raw[at : at + length])
        return ""

    @cached_property
    def _concepts(self) -> Mapping[str, str]:
        """How each concept ("b:ask") was first written, folded."""
        found: dict[str, str] = {}
        for zone, text in self._zones:
            for sentence in text:
                for concept, start, end in concepts(sentence.stems):
                    found.setdefault(f"{zone}:{concept}", " ".join(sentence.raw[start:end]))
        return found

    def _spelling(self, reason: str) -> str:
        """The reason with accents, capitals and apostrophes put back into what it quotes."""
        return (
            _QUOTATION.sub(lambda match: f"« {self._original(match[1].split())} »", reason)
            if "«" in reason
            else reason
        )

    def _original(self, folded: list[str]) -> str:
        text = f"{self._message.subject}\n{self._message.new_text}"
        if self._spelt is None:
            self._spelt = [(_folded(m[0]), m.start(), m.end()) for m in _WORD.finditer(text[:TEXT_CAP])]
        spelt, length = self._spelt, len(folded)
        for at, (word, start, _) in enumerate(spelt):
            if word == folded[0] and [w for w, _, _ in spelt[at : at + length]] == folded:
                return " ".join(text[start : spelt[at + length - 1][2]].split())
        return " ".join(folded)


def _quote(folded: str) -> str:
    return f"« {folded} »" if folded else ""
