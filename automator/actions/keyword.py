"""keyword: set a keyword (IMAP keyword, Gmail label) on a mail. Nothing else of it changes."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from automator.errors import MissingCapability, PermanentError
from automator.ports import Case, Change, Done, Tools
from automator.rulebook.plan import Intent
from automator.words import msgid

_NOT_ATOM = re.compile(r"[^!#$&'+,./0-9:;<=>?@A-Z\[^_`a-z|}~-]+")  # RFC 9051 9, flag-keyword


class Options(BaseModel):
    """The keyword to set. Servers take ASCII only: accents are dropped, blanks become "_"."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    keyword: str = Field(min_length=1, max_length=60)


def atom(keyword: str) -> str:
    """A keyword as servers keep it: "à payer" -> "a_payer". PermanentError when nothing is left of it."""
    plain = unicodedata.normalize("NFKD", keyword.strip().replace("œ", "oe").replace("æ", "ae"))
    bare = "".join(c for c in plain if not unicodedata.combining(c))
    folded = _NOT_ATOM.sub("_", bare).strip("_")
    if not folded:
        raise PermanentError(f'"{keyword}" cannot be a keyword: use letters and digits')
    return folded


class Keyword:
    """Sets the keyword where the mail lies now."""

    repeatable = True

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def perform(self, intent: Intent, case: Case, now: datetime) -> Done:
        """Set it; nothing to do when the mail is gone. MissingCapability where the server keeps no keywords."""
        options = intent.params
        if not isinstance(options, Options):
            raise TypeError(options)
        if case.ref is None:
            return Done(self._tools.words.t("the mail was gone already"))
        writer = self._tools.writer(intent.account)
        if not writer.capabilities.keywords:
            raise MissingCapability(msgid("the mail server keeps no keywords in this mailbox: use a folder instead"))
        mark = atom(options.keyword)
        writer.apply(Change("keyword", ref=case.ref, value=mark))
        return Done(self._tools.words.t("marked {keyword}", keyword=mark))


def build(tools: Tools) -> Keyword:
    """The action, with its tools."""
    return Keyword(tools)
