"""The mails that the classifier doubts most: an answer there teaches it most."""

from __future__ import annotations

from automator.digest.clean import shown
from automator.digest.lines import Line, Section, capped
from automator.digest.view import DigestView, Unsure
from automator.words import Words, msgid

AT_MOST = 3
_QUESTION = {
    "invoice": msgid("is it a bill?"),
    "client_request": msgid("is it a client's request?"),
    "urgent": msgid("is it urgent?"),
}


def lines(view: DigestView, words: Words) -> Section:
    """At most three questions, each to be answered by yes or no."""
    made = [_line(item, words) for item in view.unsure[:AT_MOST]]
    return Section(
        title=words.t("I am not sure"),
        lines=capped(made, words, AT_MOST, hidden=max(0, view.unsure_total - len(made)) if made else 0),
        count=max(view.unsure_total, len(view.unsure)),
        note=words.t("your answer teaches me"),
    )


def _line(item: Unsure, words: Words) -> Line:
    question = _QUESTION.get(item.category)
    asked = words.t(question) if question else words.t("is it “{category}”?", category=shown(item.category, 30))
    return Line(
        text=words.t("“{what}”: {question}", what=shown(item.what, 60), question=asked),
        kind="item",
        object=item.object,
        who=shown(item.who, 40),
        verbs=(f"is:{item.category}", f"not:{item.category}"),
        ref=f"m{item.object.id}",
    )
