"""What triage says of a message: independent categories, each with a probability, a decision and its reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Decision = Literal["yes", "no", "unsure"]
CATEGORIES = ("invoice", "client_request", "urgent")
KINDS = (
    "supplier_invoice", "receipt", "credit_note", "pro_forma", "dunning_received", "quote_received",
    "quote_request", "order", "delivery", "complaint", "appointment", "information_request", "intervention",
    "reply", "thanks", "newsletter", "promotion", "notification", "security_alert", "bank_notice", "tax_social",
    "hr", "internal", "phishing", "bec_fraud", "auto_reply", "bounce", "invitation", "prospecting", "personal",
    "other",
)  # fmt: skip
BULK_KINDS = frozenset({"newsletter", "promotion", "notification", "security_alert", "auto_reply", "bounce"})


@dataclass(frozen=True, slots=True)
class Reason:
    """A word or cue that decided: `text` for the owner, `weight` in log-odds, positive = for the category."""

    text: str
    weight: float


@dataclass(frozen=True, slots=True)
class CategoryVerdict:
    """Calibrated probability (0..1), the decision at the shipped thresholds, and why (strongest first)."""

    p: float
    decision: Decision
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Triage of one message. `classifier` is "keywords" or "linear@<hash>"; `kind` one of KINDS."""

    classifier: str
    kind: str
    categories: Mapping[str, CategoryVerdict]

    def decision(self, category: str) -> Decision:
        """The decision on `category`; an unknown category is "no"."""
        found = self.categories.get(category)
        return found.decision if found else "no"

    @property
    def yes(self) -> tuple[str, ...]:
        return tuple(name for name, c in self.categories.items() if c.decision == "yes")

    @property
    def unsure(self) -> tuple[str, ...]:
        return tuple(name for name, c in self.categories.items() if c.decision == "unsure")
