"""Render a digest as plain text and as HTML. Both say the same; each stands alone.

The HTML keeps to what mail programs show alike: tables, inline styles, no image, no link, nothing from outside, at
most 600 px wide. It is built from escaped text only, and dots of addresses are parted so that no program makes a
link of them.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from automator.digest.clean import tidy
from automator.digest.compose import Digest
from automator.digest.lines import Line, Section
from automator.words import Words, narrow

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

WIDTH = 76
_TEXT_AT = 4
_ASIDE_AT = 40
_BETWEEN = re.compile(r"\s+(</?(?:table|tr|td|div|br|body|html|head|meta|title|style)\b)")
_LINKED = re.compile(r"(?<=[^\W\d])([.@])(?=\w)|(?<=\w)([.@])(?=[^\W\d])")


def text(digest: Digest, words: Words) -> str:
    """The plain-text twin: at most 76 columns, "\\n" between lines and at the end."""
    blocks = [_wrapped(alert) for alert in digest.alerts]
    blocks.append(_wrapped(digest.verdict))
    blocks += [_wrapped(sentence) for sentence in digest.intro]
    quiet = [_quiet(s, words, loud=not digest.calm) for s in digest.sections if s.quiet]
    blocks += [list(_loud(s, words)) for s in digest.sections if not s.quiet]
    if digest.calm:
        return "\n".join(line for block in (*blocks, *quiet) for line in block) + "\n"
    blocks += quiet
    blocks.append(list(_footer(digest, words)))
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def html(digest: Digest, words: Words) -> str:
    """The HTML part: one document without anything from outside, under 60 kB, readable without its `<style>`."""
    page = _environment().get_template("digest.html").render(digest=digest, words=words)
    return _BETWEEN.sub("\\1", page).strip() + "\n"


def _wrapped(said: str, first: str = "", rest: str = "", width: int = WIDTH) -> list[str]:
    lines = textwrap.wrap(
        tidy(said), width, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False, drop_whitespace=True
    )
    return lines or [first.rstrip()]


def _loud(section: Section, words: Words) -> Iterator[str]:
    yield from _wrapped(_title(section, words))
    column = max((len(line.who) for line in section.lines if _timed(line)), default=0)
    for line in section.lines:
        yield from _line(line, min(column, 26), words)


def _title(section: Section, words: Words) -> str:
    title = section.title.upper()
    if section.count is not None:
        title += f" ({words.number(section.count)})"
    return f"{title} · {section.note}" if section.note else title


def _line(line: Line, column: int, words: Words) -> Iterator[str]:
    lead = " " * _TEXT_AT
    if line.kind == "row":
        label = _wrapped(f"{line.text.ljust(_ASIDE_AT - 2)}{line.aside}", "  ", "  ")
        yield from label[:-1]
        yield from _beside(label[-1], line.amount)
    elif _timed(line) and column:
        lead = " " * (_TEXT_AT + column + 2)
        yield from _wrapped(line.text, f"{' ' * _TEXT_AT}{line.who.ljust(column)}  ", lead)
    else:
        number = f"{line.number:>2}. " if line.number is not None else lead
        right = line.amount or line.aside
        body = _wrapped(_said(line, words), number, lead, WIDTH - len(right) - 2 if right else WIDTH)
        yield from _beside(body[0], right)
        yield from body[1:]
    detail = " · ".join(details(line, words))
    for row in (detail, *line.ways):
        if row:
            yield from _wrapped(row, lead, f"{lead}  " if row is not detail else lead)


def _timed(line: Line) -> bool:
    """A plain line with something to stand in a column before it, as the hour of a meeting."""
    return line.kind == "note" and bool(line.who) and not line.badge


def _beside(left: str, right: str) -> list[str]:
    """`right` at the right edge of the line of `left`, on a line of its own where both do not fit."""
    if not right:
        return [left]
    gap = WIDTH - len(left) - len(right)
    return [left + " " * gap + right] if gap >= 2 else [left, right.rjust(WIDTH)]


def _said(line: Line, words: Words) -> str:
    said = (
        words.t("{title}: {text}", title=line.who, text=line.text)
        if line.who and line.text
        else line.who or line.text
    )
    return f"[{line.badge}] {said}" if line.badge else said


def details(line: Line, words: Words) -> tuple[str, ...]:
    """The small print of a line, what the command line calls it at the end."""
    return (*line.details, words.t("ref. {ref}", ref=line.ref)) if line.ref else line.details


def spread(line: Line) -> tuple[str, str, str, str]:
    """An item's words on two rows of HTML: bold and plain beside the date or amount, bold and plain under them.

    A badge takes the first row for itself; a bill's number stands beside the name.
    """
    if line.badge:
        return "", "", line.who, line.text
    if line.amount or not line.who:
        return line.who, line.text, "", ""
    return line.who, "", "", line.text


def _quiet(section: Section, words: Words, *, loud: bool) -> list[str]:
    """Title and first line in one: "FAIT POUR VOUS depuis vendredi 7 h : 46 mails triés"."""
    title = section.title.upper() if loud else section.title
    head = f"{title} {section.note}" if section.note else title
    first, *rest = section.lines
    said = _wrapped(words.t("{title}: {text}", title=head, text=_said(first, words)), "", "  ")
    return [*said, *(row for line in rest for row in _line(line, 0, words))]


def _footer(digest: Digest, words: Words) -> Iterator[str]:
    for sentence in digest.footer:
        yield from _wrapped(sentence)
    column = max((len(hint.command) for hint in digest.hints), default=0)
    for hint in digest.hints:
        yield from _wrapped(hint.text, f"  {hint.command.ljust(column)}  ", " " * (column + 4))


@lru_cache(maxsize=1)
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("automator.digest"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["say"] = _say
    made.globals.update(details=details, spread=spread)
    return made


def _say(said: str) -> Markup:
    """Text for HTML: cleaned, escaped, thin spaces between thousands, no dot or @ that could become a link."""
    from markupsafe import Markup, escape

    parted = _LINKED.sub(lambda m: f"\0{m.group()}\0", narrow(tidy(said)))
    pieces: Iterable[str] = parted.split("\0")
    return Markup("").join(Markup("<span>{}</span>").format(p) if n % 2 else escape(p) for n, p in enumerate(pieces))
