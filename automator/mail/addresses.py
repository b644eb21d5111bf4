"""Addresses and Message-IDs in header fields, read without ever raising, in time proportional to the field."""

from __future__ import annotations

import re
from collections.abc import Iterator

from automator.mail.clean import clean_line
from automator.mail.headers import line_value
from automator.mail.message import Address

MOST_ADDRESSES = 200
MOST_IDS = 60
_ID = re.compile(r"<\s*([^<>\s]{1,900})\s*>")
_BARE_ID = re.compile(r"[^<>\s@]{1,400}@[^<>\s@]{1,400}")
_COMMENT = re.compile(r"\([^()]*\)")
_ENCODED = re.compile(r"=\?[^?\s]{1,60}\?[bBqQ]\?[^?]*\?=")
_MARK = re.compile(r"<[^<>]*>?|[,;:]")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\\?$)')


def addresses(raw: str) -> tuple[Address, ...]:
    """The addresses of a From, To or Cc field (RFC 5322 3.4), groups opened; pieces without one are left out."""
    found = (_address(piece) for piece in _pieces(raw[:65_536]))
    return tuple(a for a, _ in zip((a for a in found if a.addr), range(MOST_ADDRESSES), strict=False))


def sender_of(raw: str) -> Address:
    """The first address of a From field; with only a name, an Address without `addr`."""
    found = [_address(piece) for piece, _ in zip(_pieces(raw[:65_536]), range(20), strict=False)]
    return next((a for a in found if a.addr), found[0] if found else Address(""))


def _pieces(raw: str) -> Iterator[str]:
    """Cut at commas and semicolons that stand outside quotes, comments and angle brackets; the names of groups left out."""
    start = 0
    for mark in _MARK.finditer(_masked(raw)):
        if mark[0] in {",", ";"}:
            yield raw[start : mark.start()]
            start = mark.end()
        elif mark[0] == ":" and "@" not in raw[start : mark.start()]:
            start = mark.end()
    yield raw[start:]


def _masked(raw: str) -> str:
    """`raw` with encoded words, quoted strings and comments blanked out, sign for sign."""
    text = _ENCODED.sub(lambda m: "_" * len(m[0]), raw)
    text = _QUOTED.sub(lambda m: "_" * len(m[0]), text)
    for _ in range(20):
        shorter = _COMMENT.sub(lambda m: "_" * len(m[0]), text)
        if shorter == text:
            break
        text = shorter
    return text


def _address(piece: str) -> Address:
    opened = piece.rfind("<")
    if opened >= 0:
        inside, name = piece[opened + 1 :].partition(">")[0], piece[:opened]
    else:
        bare, _, comment = piece.partition("(")
        inside, name = bare, comment.rpartition(")")[0] or comment
        if "@" not in inside:
            inside, name = "", piece
    inside = _COMMENT.sub("", inside[:1_000])
    addr = clean_line("".join(inside.split()), 320).lower().removeprefix("mailto:")
    if addr.count("@") != 1 and not re.fullmatch(r'"[^"]*"@[^@]+', addr):
        addr = ""
    if not addr.strip("@") or addr.startswith("@") or addr.endswith("@"):
        addr = ""
    return Address(addr, _name(name))


def _name(raw: str) -> str:
    text = raw.strip()
    if text.startswith('"'):
        text = re.sub(r"\\(.)", r"\1", text.strip('"'))
    return line_value(text.strip("'\" "), 200)


def message_ids(raw: str) -> tuple[str, ...]:
    """The identifiers of a References or In-Reply-To field, with angle brackets, in order, each once.

    Of a very long list the first and the last ones are kept, as RFC 5322 3.6.4 lets one trim.
    """
    found = list(dict.fromkeys(f"<{clean_line(i, 900)}>" for i in _ID.findall(raw[:65_536])))
    return tuple(found if len(found) <= MOST_IDS else [found[0], *found[1 - MOST_IDS :]])


def message_id_of(raw: str) -> str:
    """The Message-ID with angle brackets, also when the sender forgot them; "" if there is none."""
    found = message_ids(raw)
    if found:
        return found[0]
    bare = _BARE_ID.search(raw[:2_000])
    return f"<{clean_line(bare[0], 900)}>" if bare else ""
