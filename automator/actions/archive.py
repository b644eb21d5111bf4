"""archive: put a mail into the account's archive, whatever the server calls it."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from automator.actions.move import move
from automator.ports import Case, Done, Tools
from automator.rulebook.plan import Intent

ARCHIVE = "\\Archive"
"""The special use (RFC 6154) by which a MailboxWriter finds the folder, or makes it."""


class Options(BaseModel):
    """Nothing to say: the account's archive folder is meant."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Archive:
    """Moves the mail out of the way."""

    repeatable = True

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def perform(self, intent: Intent, case: Case, now: datetime) -> Done:
        """Move it; gone already = nothing to do. PermanentError where the server cannot move (RFC 6851)."""
        return move(self._tools, intent, case, ARCHIVE, self._tools.words.t("the archive"))


def build(tools: Tools) -> Archive:
    """The action, with its tools."""
    return Archive(tools)
