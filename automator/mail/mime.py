"""The MIME tree of a whole message, cut into numbered leaves with caps on size, parts and depth (RFC 2045, 2046)."""

from __future__ import annotations

import binascii
import quopri
import re
from dataclasses import dataclass, replace

from automator.mail.headers import Headers, loose_base64, parameters, read_headers
from automator.mail.message import RawPart

_HEADER_END = re.compile(rb"\r?\n[ \t]*\r?\n|\r[ \t]*\r(?!\n)")
_LINE_END = re.compile(rb"\r?\n|\r")
_OTHER_BOUNDARY = re.compile(rb"\s*--([!-~]{1,70})[ \t]*\r?\nContent-", re.I)
"""A body that is cut by another boundary than its header says."""
_STUB = 200
_TWIN_RATIO = 40


@dataclass(frozen=True, slots=True)
class Caps:
    """What is read of one mail, at most. Sizes in bytes; beyond them the mail is read in part and flagged."""

    size: int = 25_000_000
    parts: int = 200
    depth: int = 30
    header: int = 65_536
    words: int = 64
    text: int = 300_000
    attachment_text: int = 50_000


@dataclass(slots=True)
class _Walk:
    caps: Caps
    found: list[tuple[RawPart, str]]
    defects: set[str]


def cut(whole: memoryview) -> tuple[memoryview, memoryview]:
    """Header block and body of a message or part: parted at the first empty line. Views: nothing is copied."""
    if match := _LINE_END.match(whole):
        return whole[:0], whole[match.end() :]
    end = _HEADER_END.search(whole)
    return (whole[: end.start()], whole[end.end() :]) if end else (whole, whole[:0])


def open_whole(whole: bytes, caps: Caps) -> tuple[bytes, tuple[RawPart, ...], set[str]]:
    """Header block, leaves numbered as IMAP does ("1", "2.1"), and what was wrong with the message.

    Like the IMAP reader, the HTML twin of a real plain text is left unread, so that both ways give one text.
    """
    header, walk = _walk(whole, caps)
    return header, _without_twins(walk.found), walk.defects


def part_of(whole: bytes, number: str, caps: Caps) -> bytes | None:
    """The decoded bytes of the leaf with this number, None when there is none."""
    _, walk = _walk(whole, caps)
    return next((decoded(part) for part, _ in walk.found if part.number == number), None)


def _walk(whole: bytes, caps: Caps) -> tuple[bytes, _Walk]:
    walk = _Walk(caps, [], set())
    if len(whole) > caps.size:
        walk.defects.add("too_big")
    view, body = cut(memoryview(whole)[: caps.size])
    header = bytes(view)
    if len(header) > caps.header:
        walk.defects.add("big_header")
    _open(walk, read_headers(header, caps.header), body, "", "-", 0)
    return header, walk


def _open(walk: _Walk, headers: Headers, body: memoryview, number: str, alternative: str, depth: int) -> None:
    kind, settings = parameters(headers.first("content-type"))
    boundary = settings.get("boundary", "")
    if not kind.startswith("multipart/"):
        walk.found.append((_leaf(headers, kind, settings, body, number or "1"), alternative))
        return
    if not boundary or depth >= walk.caps.depth:
        walk.defects.add("no_boundary" if not boundary else "too_deep")
        kind = "text/plain" if not boundary else "application/octet-stream"
        walk.found.append((_leaf(headers, kind, settings, body, number or "1"), alternative))
        return
    around = number or "0" if kind == "multipart/alternative" else alternative
    children = _children(walk, body, boundary)
    for position, child in enumerate(children, 1):
        if len(walk.found) >= walk.caps.parts:
            walk.defects.add("too_many_parts")
            return
        child_header, child_body = cut(child)
        inner = read_headers(bytes(child_header[: walk.caps.header + 1]), walk.caps.header)
        if kind == "multipart/digest" and not inner.first("content-type"):
            inner = Headers((*inner.fields, ("content-type", "message/rfc822")))
        _open(walk, inner, child_body, f"{number}.{position}" if number else str(position), around, depth + 1)


def _children(walk: _Walk, body: memoryview, boundary: str) -> list[memoryview]:
    """The pieces between the delimiter lines; without any, the body itself as one piece of plain text."""
    marks = _delimiters(walk, body, boundary)
    if not marks:
        walk.defects.add("no_parts")
        other = _OTHER_BOUNDARY.match(body[:2_000])
        other_name = other[1].decode() if other else boundary
        return _children(walk, body, other_name) if other_name != boundary else [memoryview(b"\r\n" + bytes(body))]
    closed = bool(marks[-1][1])
    if not closed:
        walk.defects.add("unclosed")
    ends = [_before_line_end(body, mark.start()) for mark in marks[1:]] + ([] if closed else [len(body)])
    starts = [mark.end() for mark in marks[: len(ends)]]
    return [_after_line_end(body[start : max(start, end)]) for start, end in zip(starts, ends, strict=True)]


def _delimiters(walk: _Walk, body: memoryview, boundary: str) -> list[re.Match[bytes]]:
    """The delimiter lines (RFC 2046 5.1.1) up to the closing one, or to one more than there may be parts."""
    line = re.compile(b"--" + re.escape(boundary.encode("utf-8", "replace")[:200]) + rb"(--)?[ \t]*(?=\r|\n|\Z)")
    marks: list[re.Match[bytes]] = []
    for mark in line.finditer(body):
        if mark.start() and body[mark.start() - 1] not in b"\r\n":
            continue
        marks.append(mark)
        if mark[1] or len(marks) > walk.caps.parts + 1:
            break
    return marks


def _before_line_end(body: memoryview, at: int) -> int:
    """The line end above a delimiter belongs to it."""
    if at >= 2 and bytes(body[at - 2 : at]) == b"\r\n":
        return at - 2
    return at - 1


def _after_line_end(piece: memoryview) -> memoryview:
    match = _LINE_END.match(piece)
    return piece[match.end() :] if match else piece


def _leaf(headers: Headers, kind: str, settings: dict[str, str], body: memoryview, number: str) -> RawPart:
    disposition, more = parameters(headers.first("content-disposition"))
    plain = kind if "/" in kind else "text/plain"
    return RawPart(
        number=number,
        content_type=plain,
        charset=settings.get("charset", ""),
        encoding=headers.first("content-transfer-encoding").strip().lower() or "7bit",
        disposition=disposition,
        filename=more.get("filename", "") or settings.get("name", ""),
        size=len(body),
        body=bytes(body),
    )


def _without_twins(found: list[tuple[RawPart, str]]) -> tuple[RawPart, ...]:
    plain = {where: part.size for part, where in found if where != "-" and part.content_type == "text/plain"}
    return tuple(
        replace(part, body=None)
        if part.content_type == "text/html" and _is_twin(part.size, plain.get(where, 0))
        else part
        for part, where in found
    )


def _is_twin(size: int, plain: int) -> bool:
    return plain >= _STUB and size <= plain * _TWIN_RATIO


def decoded(part: RawPart) -> bytes:
    """The bytes of a part as its author had them; damaged encodings give what can be read."""
    body = part.body or b""
    match part.encoding.strip().lower():
        case "base64":
            try:
                return binascii.a2b_base64(body, strict_mode=False)
            except binascii.Error:
                return loose_base64(body)
        case "quoted-printable":
            return quopri.decodestring(body)
        case _:
            return body
