"""remind: a note to the owner that comes back in each digest until it is done or snoozed."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from automator.mail.template import fill
from automator.ports import Case, Done, Note, Tools
from automator.rulebook.plan import Intent


class Options(BaseModel):
    """What to be reminded of; may hold placeholders."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    text: str = Field(min_length=1, max_length=1_000)


class Remind:
    """Writes the reminder into the notebook, once per intent."""

    repeatable = True

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def perform(self, intent: Intent, case: Case, now: datetime) -> Done:
        """Note it; always possible."""
        options = intent.params
        if not isinstance(options, Options):
            raise TypeError(options)
        text = fill(options.text, case.values)
        self._tools.notebook.add(Note(intent.key, "reminder", case.object, case.account, text))
        return Done(self._tools.words.t("reminder: {text}", text=text))


def build(tools: Tools) -> Remind:
    """The action, with its tools."""
    return Remind(tools)
