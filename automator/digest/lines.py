"""What a digest is made of: figures, lines and sections. Plain text only; how it looks is render's matter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from automator.digest.view import DigestView
from automator.followup.ladder import ObjectRef
from automator.words import Words

Tone = Literal["alert", "warn", "info", "calm"]
Kind = Literal["item", "row", "note", "more"]
AT_MOST = 5


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the subject and of the head of the mail: it equals what its section counts."""

    count: int
    label: str
    amount: str = ""
    tone: Tone = "info"

    @property
    def text(self) -> str:
        """ "2 factures à payer (1 240 €)"."""
        said = f"{self.count} {self.label}"
        return f"{said} ({self.amount})" if self.amount else said


@dataclass(frozen=True, slots=True)
class Line:
    """One line. An `item` has an `object`, gets a number, and can be acted on with `verbs`.

    row: a label with an amount; note: text alone; more: what was left out (`hidden` of them). `badge` is one or two
    words, its `tone` only doubles what the words say. `who` is the part to be read first. `ref` is what the command
    line calls the object, "" when no command takes it. `ways` say how to answer a question, each on a row of its own.
    """

    text: str
    kind: Kind = "note"
    object: ObjectRef | None = None
    number: int | None = None
    badge: str = ""
    tone: Tone = "info"
    who: str = ""
    aside: str = ""
    amount: str = ""
    details: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ()
    ref: str = ""
    hidden: int = 0
    ways: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """One block. Without lines it disappears. `count` stands behind the title, `note` after it.

    `figures` go into the subject, `preview` sentences into the preheader, `alerts` above everything else.
    `quiet` sections tell what was done and how the service is: they ask nothing, and a digest of quiet ones only
    is the short one of a calm day.
    """

    title: str
    lines: tuple[Line, ...] = ()
    count: int | None = None
    note: str = ""
    figures: tuple[Figure, ...] = ()
    preview: tuple[str, ...] = ()
    alerts: tuple[str, ...] = ()
    quiet: bool = False
    name: str = ""


SectionFunction = Callable[[DigestView, Words], Section]


def capped(lines: Sequence[Line], words: Words, limit: int = AT_MOST, *, hidden: int = 0) -> tuple[Line, ...]:
    """The first `limit` lines and, when some are left out (or `hidden` were before), one that says how many."""
    left = max(0, len(lines) - limit) + hidden
    return (*lines[:limit], more(left, words)) if left else tuple(lines)


def more(count: int, words: Words) -> Line:
    """The line that stands for `count` others."""
    return Line(words.n("and {count} more", "and {count} more", count), kind="more", hidden=count)
