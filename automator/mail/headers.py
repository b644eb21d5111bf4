"""Header fields of hostile mail: split, decoded and read without ever raising (reliability, finding 3).

The standard library's parsers raise on real mail (IndexError, ValueError, RecursionError); these do not. Each one
takes time proportional to its input, which is cut first.
"""

from __future__ import annotations

import binascii
import codecs
import quopri
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from automator.mail.clean import clean_line

_FIELD = re.compile(rb"([!-9;-~]{1,100})[ \t]*:(.*)", re.S)
_WORD = re.compile(r"=\?([A-Za-z0-9_.:+-]{1,40})(?:\*[A-Za-z0-9-]{0,20})?\?([bBqQ])\?([^?]*)\?=")
_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=]")
_NO_CHARSET = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"})
_WIDER = {"iso8859-1": "cp1252", "ascii": "utf-8", "gb2312": "gb18030", "gbk": "gb18030", "euc_kr": "cp949"}


@dataclass(frozen=True, slots=True)
class Headers:
    """The fields of one header block in order, names in lower case, values raw and unfolded."""

    fields: tuple[tuple[str, str], ...]

    def first(self, name: str) -> str:
        """The topmost field of this name, "" if there is none."""
        return next((value for key, value in self.fields if key == name), "")

    def all(self, name: str) -> list[str]:
        """Every field of this name, topmost first."""
        return [value for key, value in self.fields if key == name]


def read_headers(block: bytes, limit: int = 65_536) -> Headers:
    """Split a header block (RFC 5322 2.2). Lines that are no field are passed over; it ends at an empty line."""
    found: list[tuple[str, list[bytes]]] = []
    for line in block[:limit].replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n"):
        if not line.strip():
            if found:
                break
            continue
        if line[:1] in b" \t":
            if found:
                found[-1][1].append(line)
            continue
        field = _FIELD.fullmatch(line)
        if field:
            found.append((field[1].decode("ascii").lower(), [field[2]]))
    return Headers(tuple((name, raw_text(b" ".join(part.strip() for part in lines))) for name, lines in found))


def raw_text(data: bytes) -> str:
    """Bytes of a header: ASCII as a rule, else UTF-8 (RFC 6532), else what old programs write."""
    return data.decode("ascii") if data.isascii() else decode_bytes(data, "")[0]


def decode_bytes(data: bytes, charset: str) -> tuple[str, bool]:
    """Text of `data`: by the declared charset, else UTF-8, else windows-1252. False = the declared one was wrong.

    A few damaged letters (a text cut short in the middle of one) do not make a charset wrong.
    """
    name = _codec(charset)
    for chosen in dict.fromkeys(n for n in (name, "utf-8") if n):
        try:
            return data.decode(chosen), chosen == name or not charset
        except (UnicodeError, ValueError):
            text = data.decode(chosen, "replace")
        damaged, foreign = text.count("\ufffd"), sum(map(len, _FOREIGN.findall(text)))
        if damaged * 8 <= foreign or (damaged == 1 < foreign and text.endswith("\ufffd")):
            return text, False
    return data.decode("cp1252", "replace"), not charset


def _codec(charset: str) -> str:
    """The name of a codec that turns bytes into text, "" when there is none or it is not to be trusted."""
    try:
        found = codecs.lookup(charset.strip(" \"'")[:40]).name if charset else ""
        if found:
            bytes(4).decode(found)  # codecs such as zlib do not give text
    except UnicodeError:
        pass
    except (LookupError, ValueError):
        return ""
    return "" if found.replace("-", "_") in _NO_CHARSET else _WIDER.get(found, found)


def decode_words(text: str, most: int = 64) -> str:
    """Encoded words (RFC 2047) decoded, at most `most` of them; not yet cleaned.

    Neighbouring words of one charset are joined before decoding: many programs cut a letter in two.
    """
    if "=?" not in text:
        return text
    pieces: list[str | tuple[str, bytes]] = []
    at = 0
    for count, word in enumerate(_WORD.finditer(text)):
        if count >= most:
            break
        gap = text[at : word.start()]
        if gap and (gap.strip() or not (pieces and isinstance(pieces[-1], tuple))):
            pieces.append(gap)
        data = _word_bytes(word[2], word[3])
        last = pieces[-1] if pieces else None
        if isinstance(last, tuple) and last[0] == word[1].lower():
            pieces[-1] = (last[0], last[1] + data)
        else:
            pieces.append((word[1].lower(), data))
        at = word.end()
    pieces.append(text[at:])
    return "".join(piece if isinstance(piece, str) else decode_bytes(piece[1], piece[0])[0] for piece in pieces)


def _word_bytes(encoding: str, text: str) -> bytes:
    data = text.encode("utf-8", "replace")
    if encoding in "qQ":
        return quopri.decodestring(data.replace(b" ", b"_"), header=True)
    return loose_base64(data)


def loose_base64(data: bytes) -> bytes:
    """Base64 as found: foreign signs skipped, padding mended, several pieces in a row; the unreadable rest left away."""
    return b"".join(_base64_piece(piece) for piece in re.split(rb"=+", _NOT_BASE64.sub(b"", data)))


def _base64_piece(piece: bytes) -> bytes:
    whole = piece[:-1] if len(piece) % 4 == 1 else piece
    return binascii.a2b_base64(whole + b"=" * (-len(whole) % 4))


def line_value(raw: str, limit: int = 2_000, most: int = 64) -> str:
    """A header value as people read it: decoded and cleaned, one line."""
    return clean_line(decode_words(raw[: limit * 20], most), limit)


def read_date(raw: str) -> datetime | None:
    """The moment of a Date field, aware (a zone of -0000 counts as UTC); None when it makes no sense."""
    try:
        found = parsedate_to_datetime(clean_line(raw, 100))
        found = found if found.tzinfo else found.replace(tzinfo=UTC)
        found.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return found if 1980 <= found.year <= 9000 else None


def parameters(raw: str) -> tuple[str, dict[str, str]]:
    """A structured value (Content-Type, Content-Disposition): its first word in lower case, and its parameters.

    Quoted values, RFC 2231 pieces and charsets, and encoded words where they do not belong are all understood.
    """
    pieces = list(_parts_of(raw[:20_000]))
    pairs: dict[str, str] = {}
    for piece in pieces[1:200]:
        name, mark, value = piece.partition("=")
        if mark:
            pairs.setdefault(name.strip().lower(), _unquoted(value.strip()))
    return (pieces[0].strip().lower() if pieces else ""), _joined(pairs)


def _parts_of(raw: str) -> Iterator[str]:
    start, quoted, escaped = 0, False, False
    for at, sign in enumerate(raw):
        if escaped:
            escaped = False
        elif sign == "\\" and quoted:
            escaped = True
        elif sign == '"':
            quoted = not quoted
        elif sign == ";" and not quoted:
            yield raw[start:at]
            start = at + 1
    yield raw[start:]


def _unquoted(value: str) -> str:
    if value.startswith('"'):
        return re.sub(r"\\(.)", r"\1", value[1:].removesuffix('"'))
    return value


def _joined(pairs: Mapping[str, str]) -> dict[str, str]:
    """Put `name*0*=utf-8''a; name*1=b` together (RFC 2231)."""
    plain = {name: value for name, value in pairs.items() if "*" not in name}
    for base in dict.fromkeys(name.partition("*")[0] for name in pairs if "*" in name):
        keys = [f"{base}*"] if f"{base}*" in pairs else _numbered(base, pairs)
        if keys:
            plain[base] = decode_2231("".join(pairs[k] for k in keys), encoded=any(k.endswith("*") for k in keys))
    return plain


def _numbered(base: str, pairs: Mapping[str, str]) -> Sequence[str]:
    found: list[str] = []
    while len(found) < 100:
        key = f"{base}*{len(found)}"
        chosen = next((k for k in (key, f"{key}*") if k in pairs), "")
        if not chosen:
            break
        found.append(chosen)
    return found


def decode_2231(value: str, *, encoded: bool = True) -> str:
    """`utf-8''%C3%A9.pdf` as text; without the two quotes, the value itself with its percents undone if `encoded`."""
    from urllib.parse import unquote_to_bytes

    charset, mark, rest = value.partition("'")
    _, second, text = rest.partition("'")
    if not (mark and second):
        return decode_bytes(unquote_to_bytes(value), "")[0] if encoded else value
    return decode_bytes(unquote_to_bytes(text), charset)[0]


def file_name(raw: str) -> str:
    """A file name as shown: RFC 2047 or RFC 2231 undone, cleaned, no folders, at most 200 signs. Not safe to open."""
    text = decode_2231(raw) if re.match(r"[A-Za-z0-9_-]+'[^']*'", raw) else decode_words(raw[:8_000])
    name = clean_line(text, 1_000).replace("\\", "/").rpartition("/")[2].strip()
    if len(name) <= 200:
        return name
    stem, dot, ending = name.rpartition(".")
    return f"{stem[: 195 - len(ending)]}.{ending}" if dot and len(ending) <= 10 else name[:200]
