"""Why a mail stands where it stands: the reasons of triage as one short, clean piece of text."""

from __future__ import annotations

import re
from collections.abc import Iterable

from automator.digest.clean import LIMIT, shown
from automator.words import Words

_QUOTED = re.compile(r"« ([^«»]+) »")


def why(reasons: Iterable[str], words: Words, limit: int = LIMIT) -> str:
    """The first reasons that fit into `limit` signs, parted by commas; always one, cut if need be. "" for none."""
    said = ""
    for text in reasons:
        reason = one_reason(text, words, limit)
        if reason and len(f"{said}, {reason}") <= limit + 2 * (not said):
            said = f"{said}, {reason}" if said else reason
    return said


def one_reason(text: str, words: Words, limit: int = LIMIT) -> str:
    """One reason, nothing hidden in what it quotes, with the quotation marks of the reader's language."""
    quoted = _QUOTED.sub(lambda found: words.t("“{quoted}”", quoted=found[1]), shown(text, limit))
    return quoted if len(quoted) <= limit else shown(quoted, limit)
