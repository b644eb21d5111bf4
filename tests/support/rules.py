"""Rules, firms and events for the tests of planning."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from automator.agenda.workdays import WorkCalendar
from automator.followup.ladder import ObjectRef
from automator.rulebook.plan import Autonomy, Event, Firm
from automator.rulebook.schema import Rule, load_rule
from automator.words import Words
from tests.support.verbs import RULES, known

KNOWN = known()
PARIS = ZoneInfo("Europe/Paris")
FIRM = Firm(WorkCalendar(PARIS), Autonomy.AUTO, True, {}, words=Words("en"))
MAIL = ObjectRef("mail", "12")
SEND = 'do = "send"\ntemplate = "suivi-devis"'
DRAFT = 'do = "draft"\ntemplate = "suivi-devis"'
HEAD = 'title = "Essai"\non = "mail.received"\n'


def at(text: str) -> datetime:
    """That wall time in Paris."""
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


NOW = at("2026-11-16T10:00")


def rule(text: str, file: str = "essai.toml") -> Rule:
    """The rule of a text that has no mistake."""
    found, problems = load_rule(file, text.encode(), KNOWN, Words("en"))
    assert found is not None, problems
    return found


def shipped(name: str) -> Rule:
    """A shipped rule."""
    return rule((RULES / f"{name}.toml").read_text(encoding="utf-8"), f"{name}.toml")


def blocks(*bodies: str, head: str = HEAD) -> Rule:
    """A rule of these blocks."""
    return rule(head + "".join(f"[[then]]\n{body}\n" for body in bodies))


def event(kind: str = "mail.received", moment: datetime = NOW, occurrence: str = "") -> Event:
    """Something that happened to the mail."""
    return Event(kind, MAIL, "bureau", moment, moment.astimezone(PARIS).date(), occurrence)


def armed(*rules: Rule, since: date = date(2026, 1, 1), **changes: Any) -> Firm:
    """A firm whose rules are armed since that day."""
    return replace(FIRM, armed={r.id: since for r in rules}, **changes)
