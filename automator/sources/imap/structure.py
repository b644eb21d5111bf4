"""BODYSTRUCTURE (RFC 9051 7.5.2) to parts, and which of them are text worth reading."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import Message as Header
from itertools import takewhile
from urllib.parse import quote

from automator.mail.message import RawPart
from automator.sources.imap.answers import Node

MOST_PARTS = 500
MOST_ENCLOSED = 65_536
"""Bytes of a mail within the mail that is read with it; a longer one is an attachment, read on demand."""
_DEEPEST = 20
_STUB = 200
_TWIN_RATIO = 40
_ENCLOSED = frozenset({"message/rfc822", "message/global"})
_READ = frozenset(
    {
        "text/plain",
        "text/html",
        "text/calendar",
        "text/rfc822-headers",
        "message/delivery-status",
        "message/disposition-notification",
    }
)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A part and the number of the multipart/alternative around it ("-" = none)."""

    part: RawPart
    alternative: str


def leaves(structure: Node) -> list[Leaf]:
    """The leaves of the tree in order, at most MOST_PARTS; [] when the structure makes no sense.

    A message inside the message is one leaf: its bytes are read on demand.
    """
    if not isinstance(structure, list) or not structure:
        return []
    if not isinstance(structure[0], list):
        return [Leaf(_leaf(structure, "1"), "-")]
    found: list[Leaf] = []
    for leaf in _walk(structure, "", "-", 0):
        found.append(leaf)
        if len(found) == MOST_PARTS:
            break
    return found


def _walk(node: list[Node], prefix: str, alternative: str, depth: int) -> Iterator[Leaf]:
    children = [child for child in takewhile(lambda n: isinstance(n, list), node) if isinstance(child, list)]
    subtype = _text(_at(node, len(children))).lower()
    around = prefix if subtype == "alternative" else alternative
    for position, child in enumerate(children, 1):
        number = f"{prefix}{position}"
        if child and isinstance(child[0], list) and depth < _DEEPEST:
            yield from _walk(child, f"{number}.", around, depth + 1)
        elif child:
            yield Leaf(_leaf(child, number), around)


def _leaf(node: Sequence[Node], number: str) -> RawPart:
    """Fields: type, subtype, parameters, id, description, encoding, size; after the md5 the disposition."""
    kind, subtype = _text(_at(node, 0)).lower(), _text(_at(node, 1)).lower()
    parameters = _parameters(_at(node, 2))
    where = 11 if f"{kind}/{subtype}" in _ENCLOSED else 9 if kind == "text" else 8
    disposition, more = _disposition(_at(node, where))
    size = _at(node, 6)
    return RawPart(
        number=number,
        content_type=f"{kind}/{subtype}" if kind and subtype else "application/octet-stream",
        charset=parameters.get("charset", ""),
        encoding=_text(_at(node, 5)).lower() or "7bit",
        disposition=disposition,
        filename=_parameter(more, "filename") or _parameter(parameters, "name"),
        size=int(size) if isinstance(size, bytes) and size.isdigit() and len(size) < 20 else 0,
    )


def _at(node: Sequence[Node], position: int) -> Node:
    return node[position] if position < len(node) else None


def _text(value: Node) -> str:
    """Names come in ASCII, UTF-8 or, from old programs, Latin-1."""
    if not isinstance(value, bytes):
        return ""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _parameters(value: Node) -> dict[str, str]:
    if not isinstance(value, list):
        return {}
    return {_text(k).lower(): _text(v) for k, v in zip(value[::2], value[1::2], strict=False)}


def _disposition(value: Node) -> tuple[str, dict[str, str]]:
    """A list ("attachment" ("filename" "a.pdf")); some servers send the header line as one string."""
    if isinstance(value, list):
        return _text(_at(value, 0)).lower(), _parameters(_at(value, 1))
    if not isinstance(value, bytes):
        return "", {}
    header = Header()
    header["Content-Disposition"] = _text(value).replace("\r", " ").replace("\n", " ")
    parameters = header.get_params(header="content-disposition") or []
    found = {str(k).lower(): v if isinstance(v, str) else _coded(v) for k, v in parameters[1:]}
    return header.get_content_disposition() or "", found


def _coded(value: tuple[str | None, str | None, str]) -> str:
    charset, _, text = value
    return f"{charset or 'utf-8'}''{quote(text, safe='', encoding='latin-1', errors='replace')}"


def _parameter(parameters: dict[str, str], name: str) -> str:
    """The value as written: plain, RFC 2047, or RFC 2231 with its charset (`UTF-8''a%C3%A9.pdf`), pieces joined."""
    if name in parameters:
        return parameters[name]
    if f"{name}*" in parameters:
        return parameters[f"{name}*"]
    pieces: list[str] = []
    coded = f"{name}*0*" in parameters
    while len(pieces) < 100:
        plain, percent = f"{name}*{len(pieces)}", f"{name}*{len(pieces)}*"
        if percent in parameters:
            pieces.append(parameters[percent])
        elif plain in parameters:
            pieces.append(quote(parameters[plain], safe="") if coded else parameters[plain])
        else:
            break
    return "".join(pieces)


def is_read(part: RawPart) -> bool:
    """Is it read at once? Text that is not an attachment, reports of a delivery, and small enclosed mails, for a
    forward says there what it is about."""
    if part.content_type in _ENCLOSED:
        return part.size <= MOST_ENCLOSED
    if part.content_type not in _READ or part.disposition == "attachment":
        return False
    return not part.filename or part.content_type == "text/calendar"


def wanted(found: Sequence[Leaf], limit: int) -> list[tuple[str, int]]:
    """Which parts to read, and how many bytes of each (0 = all), within `limit` encoded bytes for a message.

    The HTML twin of a real plain text is left out: a stub ("your program shows no HTML") does not count.
    """
    plain = {leaf.alternative: leaf.part.size for leaf in found if leaf.part.content_type == "text/plain"}
    plain.pop("-", None)
    chosen: list[tuple[str, int]] = []
    for leaf in found:
        part, twin = leaf.part, plain.get(leaf.alternative, 0)
        html = part.content_type == "text/html" and leaf.alternative != "-"
        if not is_read(part) or (html and twin >= _STUB and part.size <= twin * _TWIN_RATIO):
            continue
        if limit <= 0:
            break
        chosen.append((part.number, limit if part.size > limit else 0))
        limit -= part.size
    return chosen
