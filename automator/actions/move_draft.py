"""move_draft: put away an untouched draft of ours that is no longer wanted. Moved, never deleted.

Queued by the service itself (rules.md, life of a draft); no verb of the rule language.
"""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from automator.errors import MissingCapability
from automator.ports import Case, Change, Done, Tools
from automator.rulebook.plan import Intent
from automator.words import msgid

INTERNAL = True
STALE_FOLDER = "Automator/Périmés"


class Options(BaseModel):
    """Where stale drafts go."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    folder: str = STALE_FOLDER


class MoveDraft:
    """Moves the draft that `case.ref` points at; gone already = nothing to do."""

    repeatable = True

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def perform(self, intent: Intent, case: Case, now: datetime) -> Done:
        """Move the draft; MissingCapability where the server cannot move: it stays, and the digest says so."""
        options = intent.params
        if not isinstance(options, Options):
            raise TypeError(options)
        if case.ref is None:
            return Done(self._tools.words.t("the draft was gone already"))
        writer = self._tools.writer(intent.account)
        if not writer.capabilities.move:
            raise MissingCapability(
                msgid("the mail server cannot move mails: please delete the outdated draft yourself")
            )
        writer.apply(Change("move", ref=case.ref, value=options.folder))
        return Done(self._tools.words.t("outdated draft put away in {folder}", folder=options.folder))


def build(tools: Tools) -> MoveDraft:
    """The action, with its tools."""
    return MoveDraft(tools)
