"""What people said of a sender before: it leans a verdict, and never overrules the text.

1. A person's correction counts 1 for the same address and half for another address of the same firm; at a public
provider a domain is no firm. 2. It fades: half of it is left after 90 days. 3. With S the signed sum and N the sum
of what is left, the lean is S / (1 + N): in log-odds, and never as much as 1 either way, however often it was said.
4. It may make unsure out of yes or no, and yes or no out of unsure; it never makes no out of yes, nor yes out of no.

Only people's words come in here: what the model said of a sender is none.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from automator.mail.message import Address
from automator.triage.decide import sigmoid
from automator.triage.verdict import CategoryVerdict, Decision, Reason, Verdict
from automator.words import Words, msgid

HALF_LIFE = timedelta(days=90)
FORGOTTEN = 5 * HALF_LIFE
"""Older words weigh less than a thirtieth: they need not be looked up."""
_FIRM = 0.5
_LEAST = 0.05
_EDGE = 1e-4
_IS = {"invoice": msgid("a bill"), "client_request": msgid("a client's request"), "urgent": msgid("urgent")}

Decide = Callable[[str, float], Decision]


@dataclass(frozen=True, slots=True)
class Word:
    """A person said at that moment that a mail from this address (lower case) is, or is not, of the category."""

    category: str
    value: bool
    sender: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Lean:
    """How far the words move a category (log-odds); how often that was said, of this address or of its firm."""

    shift: float
    times: int
    of_firm: bool = False


def leans(
    words: Iterable[Word], sender: Address, now: datetime, providers: Collection[str] | None
) -> Mapping[str, Lean]:
    """How the words lean a mail of `sender`, by category; `providers` are domains that are no firm (None: all are)."""
    said: dict[str, list[tuple[Word, float]]] = {}
    for word in words:
        weight = _weight(word, sender, now, providers)
        if weight:
            said.setdefault(word.category, []).append((word, weight))
    found = {category: _lean(spoken, sender) for category, spoken in said.items()}
    return {category: lean for category, lean in found.items() if abs(lean.shift) >= _LEAST}


def _weight(word: Word, sender: Address, now: datetime, providers: Collection[str] | None) -> float:
    if word.sender == sender.addr:
        share = 1.0
    elif _is_firm(sender.domain, providers) and word.sender.endswith(f"@{sender.domain}"):
        share = _FIRM
    else:
        return 0.0
    return float(share * 0.5 ** (max(timedelta(0), now - word.at) / HALF_LIFE))


def _is_firm(domain: str, providers: Collection[str] | None) -> bool:
    return bool(domain) and providers is not None and domain not in providers


def _lean(spoken: list[tuple[Word, float]], sender: Address) -> Lean:
    signed = math.fsum(weight if word.value else -weight for word, weight in spoken)
    shift = signed / (1 + math.fsum(weight for _, weight in spoken))
    same = [word for word, _ in spoken if word.value == (shift > 0)]
    own = [word for word in same if word.sender == sender.addr]
    return Lean(shift, len(own or same), of_firm=not own)


def recalled(
    verdict: Verdict, found: Mapping[str, Lean], decide: Decide, words: Words, *, ceiling: Decision = "yes"
) -> Verdict:
    """The verdict as people's words lean it, each said as a reason; the same when they say nothing of it.

    `decide` are the classifier's own thresholds. A probability of 0 is proven by the structure of the mail and stays.
    `ceiling` is the most that may be said of "client_request" (kind.request_ceiling), whatever was said of the sender.
    """
    categories = {
        name: _leant(name, category, found[name], decide, words) if name in found and category.p > 0 else category
        for name, category in verdict.categories.items()
    }
    request, before = categories.get("client_request"), verdict.categories.get("client_request")
    if request and before and request.decision == "yes" and ceiling != "yes":
        categories["client_request"] = CategoryVerdict(before.p, "unsure", request.reasons)
    return Verdict(verdict.classifier, verdict.kind, categories)


def _leant(name: str, category: CategoryVerdict, lean: Lean, decide: Decide, words: Words) -> CategoryVerdict:
    p = min(max(category.p, _EDGE), 1 - _EDGE)
    moved = round(sigmoid(math.log(p / (1 - p)) + lean.shift), 4)
    decision = decide(name, moved)
    if {decision, category.decision} == {"yes", "no"}:
        decision = "unsure"
    said = Reason(reason(name, lean, words), round(lean.shift, 2))
    return CategoryVerdict(moved, decision, (said, *category.reasons))


def reason(category: str, lean: Lean, words: Words) -> str:
    """ "vous avez dit 3 fois que ce n'était pas une facture (cet expéditeur)"."""
    known = _IS.get(category)
    what = words.t(known) if known else words.t("“{category}”", category=category)
    of = words.t("this firm") if lean.of_firm else words.t("this sender")
    if lean.shift > 0:
        return words.n(
            "you said once that it was {what} ({of})",
            "you said {count} times that it was {what} ({of})",
            lean.times,
            what=what,
            of=of,
        )
    return words.n(
        "you said once that it was not {what} ({of})",
        "you said {count} times that it was not {what} ({of})",
        lean.times,
        what=what,
        of=of,
    )
