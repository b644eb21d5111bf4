"""The meetings of today and of the next working day; clashes first, with free hours to offer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from automator.agenda.event import CalendarEvent
from automator.digest.clean import shown
from automator.digest.lines import Figure, Line, Section, capped
from automator.digest.phrases import coming, local
from automator.digest.view import DigestView, Meeting
from automator.followup.ladder import ObjectRef
from automator.words import Words


def lines(view: DigestView, words: Words) -> Section:
    """Clashing pairs (each once), then the rest in order of time."""
    clashes = list(_clashes(view))
    told = {event.key for pair in clashes for event in pair}
    rest = sorted((m for m in view.meetings if m.event.key not in told), key=lambda m: m.event.start)
    made = [_clash(view, pair, words) for pair in clashes]
    if made and view.slots:
        made[0] = _with_slots(view, made[0], words)
    count = len(clashes)
    return Section(
        title=words.t("Agenda"),
        lines=capped([*made, *(_meeting(view, m, words) for m in rest)], words),
        note=_note(view, words),
        figures=(Figure(count, words.n("clash", "clashes", count), tone="warn"),) if count else (),
        preview=tuple(_preview(view, pair, words) for pair in clashes[:1]),
    )


def _clashes(view: DigestView) -> Iterator[tuple[CalendarEvent, CalendarEvent]]:
    """Every pair once, the earlier meeting first."""
    known: set[frozenset[str]] = set()
    for meeting in sorted(view.meetings, key=lambda m: m.event.start):
        for other in meeting.clashes_with:
            pair = frozenset({meeting.event.key, other.key})
            if pair not in known:
                known.add(pair)
                first, second = sorted((meeting.event, other), key=lambda e: (e.start, e.key))
                yield first, second


def _clash(view: DigestView, pair: tuple[CalendarEvent, CalendarEvent], words: Words) -> Line:
    first, second = pair
    return Line(
        text=f"{_title(first, words)} × {words.time(local(view, second.start))} {_title(second, words)}",
        kind="item",
        object=ObjectRef("meeting", first.key),
        badge=words.t("CLASH"),
        tone="warn",
        who=_when(view, first, words),
        verbs=("propose_slots",),
    )


def _with_slots(view: DigestView, line: Line, words: Words) -> Line:
    starts = [local(view, slot.start) for slot in view.slots[:3]]
    said = ", ".join(
        words.t("{day} at {time}", day=coming(view, at.date(), words), time=words.time(at)) for at in starts
    )
    return replace(line, details=(words.t("free: {slots}", slots=said),))


def _meeting(view: DigestView, meeting: Meeting, words: Words) -> Line:
    event = meeting.event
    details = [shown(part) for part in (event.location, meeting.note) if part.strip()]
    if event.uncertain_zone:
        details.append(words.t("its time zone is unknown: check the hour"))
    return Line(text=_title(event, words), who=_when(view, event, words), details=tuple(details))


def _when(view: DigestView, event: CalendarEvent, words: Words) -> str:
    """ "14 h–15 h", "demain 9 h–10 h", "mer. 25, toute la journée"."""
    start, end = local(view, event.start), local(view, event.end)
    day = "" if start.date() == view.day else coming(view, start.date(), words)
    if event.all_day:
        return ", ".join(filter(None, (day, words.t("all day"))))
    return " ".join(filter(None, (day, words.span(start, end))))


def _title(event: CalendarEvent, words: Words) -> str:
    return shown(event.title, 60) or words.t("(untitled)")


def _note(view: DigestView, words: Words) -> str:
    today = sum(local(view, m.event.start).date() <= view.day for m in view.meetings)
    return words.n("{count} meeting today", "{count} meetings today", today) if today else words.t("nothing today")


def _preview(view: DigestView, pair: tuple[CalendarEvent, CalendarEvent], words: Words) -> str:
    at = local(view, pair[1].start)
    day = "" if at.date() == view.day else f"{coming(view, at.date(), words)} "
    return words.t("2 meetings clash at {when}.", when=day + words.time(at))
