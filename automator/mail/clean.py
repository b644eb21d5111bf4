"""Making text from strangers harmless to show, to compare and to write into a header."""

from __future__ import annotations

import hashlib
import re
import unicodedata

LINE_LIMIT = 2_000
TEXT_LIMIT = 300_000

_HIDDEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\ud800-\udfff"
    "\U00013430-\U0001345f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Controls, bidi marks, zero-width and blank signs, variation selectors, surrogates (line ends are not in it)."""
_LINE_END = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_BREAKS = re.compile("[\r\n\t\v\f\x1c-\x1e\x85\u2028\u2029 ]+")
_BLANKS = re.compile(r"\n{3,}")


def clean_line(text: str, limit: int = LINE_LIMIT) -> str:
    """One line without line ends, controls, bidi or zero-width signs; NFC; at most `limit` signs. Idempotent."""
    kept = _HIDDEN.sub("", _BREAKS.sub(" ", text[: limit * 4]))
    return unicodedata.normalize("NFC", _BREAKS.sub(" ", kept))[:limit].strip()


def clean(text: str, limit: int = TEXT_LIMIT) -> str:
    """Many lines: LF ends, no hidden signs, no blanks at line ends, at most one empty line in a row. Idempotent."""
    kept = _HIDDEN.sub("", _LINE_END.sub("\n", text[: limit * 2]))
    lines = [line.rstrip() for line in unicodedata.normalize("NFC", kept)[:limit].split("\n")]
    return _BLANKS.sub("\n\n", "\n".join(lines)).strip("\n")


def text_hash(text: str) -> str:
    """Fingerprint of a text without regard to white space: tells whether a draft of ours was edited."""
    return hashlib.sha256(" ".join(text.split()).encode("utf-8", "replace")).hexdigest()
