"""move: put a mail into another folder. Moved in one step by the server, never copied and deleted."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from automator.errors import MissingCapability
from automator.ports import Case, Change, Done, Tools
from automator.rulebook.plan import Intent
from automator.words import msgid


class Options(BaseModel):
    """The folder, "/" between levels; it is made when it is missing."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    folder: str = Field(min_length=1, max_length=200)


class Move:
    """Moves the mail from where it lies now."""

    repeatable = True

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def perform(self, intent: Intent, case: Case, now: datetime) -> Done:
        """Move it; there already, or gone = nothing to do. MissingCapability where the server cannot move (RFC 6851)."""
        options = intent.params
        if not isinstance(options, Options):
            raise TypeError(options)
        return move(self._tools, intent, case, options.folder, options.folder)


def move(tools: Tools, intent: Intent, case: Case, folder: str, shown: str) -> Done:
    """Move the mail of `case` to `folder`, which the owner knows as `shown`."""
    if case.ref is None:
        return Done(tools.words.t("the mail was gone already"))
    if case.ref.mailbox == folder:
        return Done(tools.words.t("it lay in {folder} already", folder=shown))
    writer = tools.writer(intent.account)
    if not writer.capabilities.move:
        raise MissingCapability(msgid("the mail server cannot move mails (no MOVE): use a keyword instead"))
    writer.apply(Change("move", ref=case.ref, value=folder, message_id=case.message_id))
    return Done(tools.words.t("moved to {folder}", folder=shown))


def build(tools: Tools) -> Move:
    """The action, with its tools."""
    return Move(tools)
