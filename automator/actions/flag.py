"""flag: put the star (\\Flagged) on a mail."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from automator.ports import Case, Change, Done, Tools
from automator.rulebook.plan import Intent


class Options(BaseModel):
    """Nothing to say."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Flag:
    """Sets the system flag that mail programs show as a star or a little flag (RFC 9051 2.3.2)."""

    repeatable = True

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def perform(self, intent: Intent, case: Case, now: datetime) -> Done:
        """Set it; nothing to do when the mail is gone. PermanentError where the server keeps no such flag."""
        if case.ref is None:
            return Done(self._tools.words.t("the mail was gone already"))
        self._tools.writer(intent.account).apply(Change("flag", ref=case.ref, value="\\Flagged"))
        return Done(self._tools.words.t("flagged"))


def build(tools: Tools) -> Flag:
    """The action, with its tools."""
    return Flag(tools)
