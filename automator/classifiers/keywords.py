"""The classifier that always works: no file, no model, a short table of weighted cues.

The cues and phrases are those of the trained model (triage/features.py, triage/lexicon.py). The weights are rounded
log-odds of a sparse logistic regression on the shipped corpus (training rows only), kept short enough to be read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from pydantic import BaseModel, ConfigDict

from automator.billing.invoice import Identity
from automator.mail.message import Message
from automator.triage.decide import Thresholds, sigmoid
from automator.triage.explain import Explainer
from automator.triage.features import Features, extract
from automator.triage.kind import SILENT, sure_kind
from automator.triage.verdict import CategoryVerdict, Verdict
from automator.words import Words

_BIAS: Final = {"invoice": -1.4, "client_request": -1.2, "urgent": -1.9}
_THRESHOLDS: Final = {
    "invoice": Thresholds(0.30, 0.50),
    "client_request": Thresholds(0.25, 0.40),
    "urgent": Thresholds(0.20, 0.40),
}
# fmt: off
_WEIGHTS: Final[Mapping[str, Mapping[str, float]]] = {
    "invoice": {
        "=iban": 1.6, "=b:amount": 1.2, "=b:daypast": 1.2, "=x:amount": 1.2, "=x:invoice": 1.1,
        "=b:day8-31+pay": 1.0, "=b:day0+invoice": 0.8, "=has:pdf": 0.7, "=s:invoice": 0.7, "=b:invoice": 0.6,
        "=b:pay": 0.6, "=b:day8-31": 0.5, "=b:by_word+pay": 0.4, "=from:org": 0.4, "=b:ask": -0.3, "=b:?": -0.5,
        "=b:parcel": -0.5, "=b:quote": -0.5, "=money:1": -0.5, "=b:answer": -0.7, "=b:promo": -0.7,
        "=b:order": -0.8, "=has:nothing": -0.8, "=b:quote_given": -1.0, "=money:0": -1.5,
    },
    "client_request": {
        "=phone": 1.1, "=from:person": 1.0, "=b:wish": 0.7, "=money:0": 0.7, "=b:ask": 0.6, "=b:harm": 0.6,
        "=b:need": 0.6, "=questions:1": 0.6, "=b:by_word": 0.4, "=b:amount": -0.4, "=has:pdf": -0.6,
        "=questions:0": -0.6, "=b:job": -0.7, "=b:pay": -0.7, "=iban": -1.5, "=s:job": -1.9, "=from:bulk": -2.1,
        "=from:robot": -2.1, "=from:us": -2.2,
    },
    "urgent": {
        "=b:hour": 1.3, "=b:day1": 1.1, "=phone": 1.1, "=b:by_word+day0": 0.9, "=b:day0": 0.8, "=b:legal": 0.7,
        "=b:people_wait": 0.7, "=b:hours": 0.5, "=b:outage": 0.5, "=from:person": 0.5, "=b:by_word": 0.3,
        "=auto": -0.3, "=b:book": -0.3, "=from:robot": -0.3, "=b:?": -0.4, "=b:ask": -0.4, "=b:quote": -0.4,
        "=s:invoice": -0.8, "=b:invoice": -0.5, "=b:promo": -0.5, "=has:pdf": -0.6, "=money:1": -0.6,
        "=b:amount": -0.7, "=b:day4-7": -0.7, "=b:parcel": -0.7, "=b:wish": -0.9, "=reply": -0.9, "=b:fyi": -1.1,
        "=b:daylater": -1.3, "=list": -1.4, "=b:day8-31": -1.6,
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

    def __init__(self, *, words: Words, owner: Identity) -> None:
        self._words = words
        self._owner = owner

    def classify(self, messages: Sequence[Message]) -> Sequence[Verdict]:
        """One verdict a message, in the same order."""
        return [self._verdict(message) for message in messages]

    def _verdict(self, message: Message) -> Verdict:
        features = extract(message, self._owner)
        kind = sure_kind(message) or _kind(features)
        explainer = Explainer(features, message, self._words)
        categories = {name: _category(name, kind, features, explainer) for name in _WEIGHTS}
        return Verdict(self.name, kind, categories)


def _category(name: str, kind: str, features: Features, explainer: Explainer) -> CategoryVerdict:
    weights = _WEIGHTS[name]
    found = {cue: weights[cue] for cue in features.cues if cue in weights}
    p = round(sigmoid(_BIAS[name] + sum(found.values())), 4)
    if kind in SILENT and name == "client_request":
        p = 0.0
    return CategoryVerdict(p, _THRESHOLDS[name](p), explainer.reasons(found))


def _kind(features: Features) -> str:
    return next((kind for kind, cues in _KINDS if features.cues.issuperset(cues)), "other")


def build(options: Options, *, words: Words, owner: Identity) -> Keywords:
    """A classifier for the firm `owner` that explains itself in the language of `words`."""
    return Keywords(words=words, owner=owner)
