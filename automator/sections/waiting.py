"""Mail of ours that nobody has answered yet."""

from __future__ import annotations

from automator.digest.clean import shown
from automator.digest.lines import Line, Section, capped
from automator.digest.view import DigestView, Waiting
from automator.words import Words


def lines(view: DigestView, words: Words) -> Section:
    """The longest silence first."""
    waiting = sorted(view.waiting, key=lambda w: w.since)
    return Section(
        title=words.t("Waiting for others"),
        lines=capped([_line(item, words) for item in waiting], words),
        count=len(waiting),
    )


def _line(item: Waiting, words: Words) -> Line:
    details = (words.t("a follow-up waits in your drafts"),) if item.draft else ()
    if item.next_step and not item.draft:
        details = (shown(item.next_step),)
    return Line(
        text=shown(item.what),
        kind="item",
        object=item.object,
        who=shown(item.who, 40),
        aside=words.n("{count} working day", "{count} working days", item.working_days),
        details=details,
        verbs=("drop", "tomorrow"),
    )
