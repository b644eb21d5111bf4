"""digest: a line in the next digest, told once."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from automator.ports import Case, Done, Note, Tools
from automator.rulebook.plan import Intent


class Options(BaseModel):
    """Where in the digest it stands; "high" comes first there."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    section: Literal["todo", "agenda", "money", "waiting", "deadlines"] = "todo"
    priority: Literal["normal", "high"] = "normal"


class Digest:
    """Writes the line into the notebook, once per intent: who and what, else the rule's reason."""

    repeatable = True

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def perform(self, intent: Intent, case: Case, now: datetime) -> Done:
        """Note it; always possible."""
        options = intent.params
        if not isinstance(options, Options):
            raise TypeError(options)
        note = Note(
            intent.key,
            "digest",
            case.object,
            case.account,
            _line(case) or intent.why,
            section=options.section,
            high=options.priority == "high",
        )
        self._tools.notebook.add(note)
        return Done(self._tools.words.t("kept for the digest"))


def _line(case: Case) -> str:
    who = case.values.get("supplier") or case.values.get("client") or (case.recipient.shown if case.recipient else "")
    what = case.subject or case.values.get("title", "")
    money = ", ".join(v for v in (case.values.get("amount", ""), case.values.get("due_date", "")) if v)
    told = " · ".join(part for part in (what, money) if part)
    return f"{who} : {told}" if who and told else told


def build(tools: Tools) -> Digest:
    """The action, with its tools."""
    return Digest(tools)
