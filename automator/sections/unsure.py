"""The few mails that the classifier asks about: those whose answer is worth most (triage/ask.py)."""

from __future__ import annotations

from collections.abc import Mapping

from automator.digest.clean import shown
from automator.digest.lines import Line, Section
from automator.digest.view import DigestView, Unsure
from automator.triage.ask import BUDGET
from automator.words import Words, msgid

_IS: Mapping[str, str] = {
    "invoice": msgid("bill"),
    "client_request": msgid("client's request"),
    "urgent": msgid("urgent"),
}
_ELSE: Mapping[str, str] = {
    "invoice": msgid("information"),
    "client_request": msgid("something else"),
    "urgent": msgid("no hurry"),
}
_INSTEAD: Mapping[str, str] = {
    "quote_received": msgid("quote"),
    "order": msgid("order"),
    "delivery": msgid("delivery"),
    "newsletter": msgid("advertisement"),
    "promotion": msgid("advertisement"),
    "prospecting": msgid("advertisement"),
    "bank_notice": msgid("bank notice"),
}
"""What a doubtful mail is when it is not of the category, by its kind."""


def lines(view: DigestView, words: Words) -> Section:
    """At most three questions, each with its two answers and how to give them."""
    asked = view.unsure[:BUDGET]
    return Section(
        title=words.t("I am not sure"),
        lines=tuple(_line(item, words) for item in asked),
        count=len(asked),
        note=words.t("your answer teaches me"),
    )


def _line(item: Unsure, words: Words) -> Line:
    yes, no = _answers(item, words)
    return Line(
        text=words.t("“{what}”, {yes} or {no}?", what=_subject(item, words), yes=yes, no=no),
        kind="item",
        object=item.object,
        who=shown(item.who, 40),
        ways=_ways(item, yes, no, words),
        verbs=(f"is:{item.category}", f"not:{item.category}"),
    )


def _subject(item: Unsure, words: Words) -> str:
    return shown(item.what, 60) or words.t("(no subject)")


def _answers(item: Unsure, words: Words) -> tuple[str, str]:
    """ "facture", "devis": the two that the mail may be, in a word or two each."""
    known = _IS.get(item.category)
    yes = words.t(known) if known else words.t("“{category}”", category=shown(item.category, 30))
    instead = _INSTEAD.get(item.kind) if item.category != "urgent" else None
    return yes, words.t(instead or _ELSE.get(item.category, msgid("something else")))


def _ways(item: Unsure, yes: str, no: str, words: Words) -> tuple[str, str]:
    """How to answer yes, by the owner's own folder or keyword where he named one; and how to answer no."""
    ref, category = f"m{item.object.id}", shown(item.category, 30)
    command = f"automator fix {ref} {category}"
    if item.taught_by:
        command = words.t("put it under “{name}”, or {command}", name=shown(item.taught_by, 30), command=command)
    return (
        words.t("{title}: {text}", title=yes, text=command),
        words.t("{title}: {text}", title=no, text=f"automator fix {ref} --not {category}"),
    )
