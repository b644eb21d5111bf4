"""The classifier that always works: no file, no model, a short table of weighted cues.

The cues and phrases are those of the trained model (triage/features.py, triage/lexicon.py). The weights are rounded
log-odds of a sparse logistic regression on the shipped corpus (training rows only), kept short enough to be read.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

from pydantic import BaseModel, ConfigDict

from automator.billing.invoice import Identity
from automator.mail.message import Message
from automator.triage.decide import Thresholds, sigmoid
from automator.triage.explain import Explainer
from automator.triage.features import Features, extract
from automator.triage.kind import request_ceiling, sure_kind
from automator.triage.verdict import CATEGORIES, CategoryVerdict, Decision, Verdict
from automator.words import Words

_BIAS: Final = {"invoice": -2.4, "client_request": -1.6, "urgent": -1.6}
_THRESHOLDS: Final = {
    "invoice": Thresholds(0.12, 0.35),
    "client_request": Thresholds(0.27, 0.43),
    "urgent": Thresholds(0.19, 0.32),
}
# fmt: off
_WEIGHTS: Final[Mapping[str, Mapping[str, float]]] = {
    "invoice": {
        "=x:amount": 3.0, "=b:daypast+dunning": 1.8, "=iban": 1.5, "=b:amount": 1.3, "=b:sum_label": 1.3,
        "=b:duelate+pay": 1.0, "=s:fees": 1.0, "=s:invoice": 0.9, "=b:terms": 0.8, "=b:daypast": 0.7,
        "=b:duelate+by_word": 0.7, "=b:daypast+invoice": 0.6, "=b:fees": 0.6, "=from:org": 0.5, "=b:invoice": 0.3,
        "=has:nothing": -0.4, "=b:short_limit": -0.5, "=money:0": -0.7, "=b:answer": -0.8, "=b:promo": -0.8,
        "=b:?": -0.9, "=b:please_do": -0.9, "=b:agreed": -1.1, "=b:order": -1.1, "=b:quote": -1.2,
    },
    "client_request": {
        "=from:person": 2.6, "=from:org": 1.7, "=phone": 1.2, "=b:question_word": 1.0, "=b:wish": 0.8,
        "=b:paper_asked": 0.7, "=money:0": 0.7, "=b:event": 0.5, "=b:frail": 0.5, "=b:ask": 0.4, "=b:harm": 0.4,
        "=b:by_word": 0.3, "=b:informal": 0.3, "=b:people_wait": 0.3, "=b:please_do": 0.3, "=b:amount": -0.5,
        "=b:sum_label": -0.5, "=b:fees": -0.6, "=b:pay": -0.6, "=b:job": -0.7, "=b:prospect": -0.7, "=reply": -0.8,
        "=b:sales_pitch": -1.0, "=has:pdf": -1.1, "=b:click_bait": -1.2, "=from:robot": -1.4, "=questions:0": -1.5,
        "=b:pressure": -1.7, "=from:us": -1.9, "=from:bulk": -2.6, "=iban": -2.8, "=s:job": -2.9,
    },
    "urgent": {
        "=phone": 1.2, "=b:day1": 1.1, "=b:standstill": 1.0, "=b:day0": 0.9, "=b:due6h": 0.8, "=b:hour": 0.7,
        "=b:due2h": 0.6, "=b:event": 0.6, "=b:hour+by_word": 0.6, "=b:outage": 0.5, "=b:soon": 0.5,
        "=b:hour+people_wait": 0.4, "=questions:1": 0.4, "=b:people_wait": 0.3, "=from:person": 0.3, "=auto": -0.4,
        "=b:please_do": -0.4, "=b:ask": -0.6, "=b:invoice": -0.6, "=s:invoice": -0.6, "=b:amount": -0.7,
        "=b:promo": -0.7, "=b:quote": -0.7, "=money:1": -0.8, "=b:duelate": -1.1, "=has:pdf": -1.1, "=reply": -1.3,
        "=from:bulk": -1.7, "=b:day8-31": -1.8, "=list": -1.9,
    },
}
# The first line whose cues are all there names the kind.
_KINDS: Final[Sequence[tuple[str, tuple[str, ...]]]] = (
    ("internal", ("=from:us",)),
    ("promotion", ("=from:bulk", "=b:promo")),
    ("newsletter", ("=from:bulk",)),
    ("receipt", ("=b:invoice", "=b:paid", "=from:robot")),
    ("supplier_invoice", ("=s:invoice", "=from:robot")),
    ("delivery", ("=from:robot", "=b:parcel")),
    ("security_alert", ("=from:robot", "=b:security")),
    ("bank_notice", ("=from:robot", "=b:bank")),
    ("notification", ("=from:robot",)),
    ("hr", ("=s:job",)),
    ("tax_social", ("=s:tax",)),
    ("dunning_received", ("=s:dunning", "=b:pay", "=from:org")),
    ("quote_received", ("=b:quote_given", "=has:pdf")),
    ("supplier_invoice", ("=b:our_bill", "=b:invoice")),
    ("quote_request", ("=b:quote", "=b:ask")),
    ("complaint", ("=s:complaint",)),
    ("intervention", ("=b:outage", "=from:person")),
    ("appointment", ("=s:book",)),
    ("order", ("=s:order",)),
    ("thanks", ("=s:thanks",)),
    ("reply", ("=reply",)),
    ("prospecting", ("=b:prospect", "=b:ask")),
    ("information_request", ("=b:ask",)),
)
# fmt: on


class Options(BaseModel):
    """Nothing to set."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Keywords:
    """Classifies by a table of cues; depends on the mail and the firm's own addresses alone."""

    name = "keywords"
    categories: tuple[str, ...] = CATEGORIES

    def __init__(self, *, words: Words, owner: Identity) -> None:
        self._words = words
        self._owner = owner

    def classify(self, messages: Sequence[Message]) -> Sequence[Verdict]:
        """One verdict a message, in the same order; reasons for every category that is not "no"."""
        return [self._verdict(message, everything=False) for message in messages]

    def explain(self, message: Message) -> Verdict:
        """The verdict on one message with the reasons of every category, a "no" too."""
        return self._verdict(message, everything=True)

    def decide(self, category: str, p: float) -> Decision:
        """What the thresholds of the table say of a probability; "no" for a category it does not know."""
        return _THRESHOLDS[category](p) if category in _THRESHOLDS else "no"

    def _verdict(self, message: Message, *, everything: bool) -> Verdict:
        features = extract(message, self._owner)
        sure = sure_kind(message)
        ceiling = request_ceiling(message, self._owner, sure)
        explainer = Explainer(features, message, self._words)
        categories = {}
        for name, weights in _WEIGHTS.items():
            found = {cue: weights[cue] for cue in features.cues if cue in weights}
            p = round(sigmoid(_BIAS[name] + math.fsum(found.values())), 4)
            if name == "client_request":
                p = _THRESHOLDS[name].under(p, ceiling)
            decision = _THRESHOLDS[name](p)
            why = explainer.reasons(found.items()) if everything or decision != "no" else ()
            categories[name] = CategoryVerdict(p, decision, why)
        return Verdict(self.name, sure or _kind(features), categories)


def _kind(features: Features) -> str:
    return next((kind for kind, cues in _KINDS if features.cues.issuperset(cues)), "other")


def build(options: Options, *, words: Words, owner: Identity) -> Keywords:
    """A classifier for the firm `owner` that explains itself in the language of `words`."""
    return Keywords(words=words, owner=owner)
