"""What a digest's HTML may hold. `problems(html)` lists every breach; none means it is fit for a mailbox."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

TAGS = {
    "html": {"lang"},
    "head": set(),
    "meta": {"charset", "name", "content"},
    "title": set(),
    "style": set(),
    "body": {"class", "bgcolor", "style"},
    "div": {"style"},
    "table": {"role", "lang", "width", "cellpadding", "cellspacing", "border", "class", "bgcolor", "style"},
    "tr": set(),
    "td": {"align", "valign", "width", "colspan", "class", "bgcolor", "style"},
    "span": {"class", "style"},
    "b": set(),
    "br": set(),
    "code": {"style"},
}
PROPERTIES = {
    "background-color", "border", "border-collapse", "border-radius", "border-top", "color", "display", "font", "font-size",
    "font-weight", "line-height", "margin", "max-height", "max-width", "mso-hide", "overflow", "overflow-wrap", "padding",
    "white-space", "width", "word-break",
}  # fmt: skip
VOID = {"meta", "br"}
MAX_BYTES = 60_000
_OUTSIDE = re.compile(
    r"https?:|//[a-z]|url\s*\(|@import|javascript:|data:|cid:|mailto:|tel:|expression|href|src=", re.IGNORECASE
)
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)


@dataclass
class _Frame:
    tag: str
    background: str
    color: str
    hidden: bool


@dataclass
class Read:
    """What the parser saw: breaches, and the text a person sees."""

    problems: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    widest: int = 0


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.read = Read()
        self.stack = [_Frame("", "#ffffff", "#000000", hidden=False)]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if tag not in TAGS:
            self.read.problems.append(f"<{tag}> is not allowed")
        for name in known:
            if name not in TAGS.get(tag, set()):
                self.read.problems.append(f"<{tag} {name}> is not allowed")
        self._table(tag, known)
        style = self._style(tag, known.get("style") or "")
        top = self.stack[-1]
        if tag not in VOID:
            background = style.get("background-color", known.get("bgcolor") or top.background)
            hidden = top.hidden or style.get("display") == "none" or tag in {"head", "style", "title"}
            self.stack.append(_Frame(tag, background, style.get("color", top.color), hidden))

    def handle_endtag(self, tag: str) -> None:
        if self.stack[-1].tag != tag:
            self.read.problems.append(f"</{tag}> closes <{self.stack[-1].tag}>")
        else:
            self.stack.pop()

    def handle_data(self, data: str) -> None:
        top = self.stack[-1]
        if top.hidden or not data.strip():
            return
        self.read.text.append(data)
        ratio = contrast(top.color, top.background)
        if ratio < 4.5:
            self.read.problems.append(f"contrast {ratio:.1f} of {top.color} on {top.background}: {data.strip()[:30]}")

    def handle_comment(self, data: str) -> None:
        self.read.problems.append(f"comment: {data[:30]}")

    def _table(self, tag: str, known: dict[str, str | None]) -> None:
        if tag == "table" and known.get("role") != "presentation":
            self.read.problems.append("a table without role=presentation")
        width = known.get("width") or ""
        if width.isdigit():
            self.read.widest = max(self.read.widest, int(width))

    def _style(self, tag: str, style: str) -> dict[str, str]:
        found = {}
        for one in filter(None, (part.strip() for part in style.split(";"))):
            name, _, value = one.partition(":")
            found[name.strip()] = value.strip()
            if name.strip() not in PROPERTIES:
                self.read.problems.append(f"<{tag}> has the property {name}")
        if "padding" in found and tag != "td":
            self.read.problems.append(f"padding on <{tag}>")
        return found


def contrast(one: str, other: str) -> float:
    """The contrast of two #rrggbb colours, 1 to 21 (WCAG 2.1, 1.4.3)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: str) -> float:
    parts = [int(color[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def read(html: str) -> Read:
    """Every breach of the rules, and the visible text."""
    parser = _Parser()
    parser.feed(html)
    parser.close()
    seen = parser.read
    if len(parser.stack) > 1:
        seen.problems.append(f"never closed: {[f.tag for f in parser.stack[1:]]}")
    if len(html.encode()) >= MAX_BYTES:
        seen.problems.append(f"{len(html.encode())} bytes")
    if '<meta charset="utf-8">' not in html[:200]:
        seen.problems.append("does not say that it is UTF-8")
    if not re.search(r'<html lang="(?:fr|en)">', html):
        seen.problems.append("no language")
    if seen.widest > 600:
        seen.problems.append(f"{seen.widest} pixels wide")
    seen.problems += [f"reaches outside: {found!r}" for found in _OUTSIDE.findall(_markup(html))]
    seen.problems += [f"invisible U+{ord(found):04X}" for found in _INVISIBLE.findall(html)]
    return seen


def problems(html: str) -> list[str]:
    """Every breach of the rules."""
    return read(html).problems


def visible(html: str) -> str:
    """The text a person sees, spaces of all kinds as one."""
    return flat(" ".join(read(html).text))


def flat(text: str) -> str:
    """Without any space: two texts that say the same are equal."""
    return re.sub(r"\s+", "", text)


def dark_colours(html: str) -> list[tuple[str, str, str]]:
    """(class, property, colour) of the dark scheme, for the same contrast check."""
    found = re.search(r"prefers-color-scheme:dark\)\{(.*)\}\s*</style>", html, re.DOTALL)
    rules = re.findall(r"\.([\w-]+)\{([^}]*)\}", found.group(1) if found else "")
    return [
        (name, prop, colour)
        for name, body in rules
        for prop, colour in re.findall(r"([\w-]+):(#[0-9a-f]{6})!important", body)
    ]


def _markup(html: str) -> str:
    """The tags and the style alone: what is said between them is text, and harmless."""
    return " ".join(re.findall(r"<style>.*?</style>|<[^>]*>", html, re.DOTALL))
