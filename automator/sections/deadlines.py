"""Dates that come within ten days."""

from __future__ import annotations

from automator.digest.clean import shown
from automator.digest.lines import Line, Section, capped
from automator.digest.phrases import coming
from automator.digest.view import DigestView, TodoItem
from automator.words import Words


def lines(view: DigestView, words: Words) -> Section:
    """The nearest date first; what is listed under "to do today" already is not said twice."""
    told = {item.object for item in view.todo}
    dated = sorted((d for d in view.deadlines if d.object not in told), key=lambda d: (d.due or view.day, d.since))
    return Section(
        title=words.t("Deadlines"),
        lines=capped([_line(view, item, words) for item in dated], words),
        count=len(dated),
        note=words.t("within 10 days"),
    )


def _line(view: DigestView, item: TodoItem, words: Words) -> Line:
    return Line(
        text=shown(item.what),
        kind="item",
        object=item.object,
        who=shown(item.who, 40),
        aside=coming(view, item.due, words) if item.due else "",
        verbs=("done", "tomorrow"),
    )
