"""Reading text without regard to case, accents and kinds of space, while every position stays where it was."""

from __future__ import annotations

import unicodedata

_SIGNS = {
    "’": "'", "‘": "'", "`": "'", "´": "'", "–": "-", "—": "-", "‑": "-", "−": "-", "‐": "-", "œ": "o", "Œ": "o",
    "æ": "a", "Æ": "a", "ß": "s", "ø": "o", "Ø": "o", "«": '"', "»": '"', "“": '"', "”": '"', "\t": " ",
    "º": "°", "№": "n",
}  # fmt: skip


def fold(text: str) -> str:
    """`text` in lower case, without accents, one plain space for each kind of space but the line end.

    The result is exactly as long as `text`: a span found in one is the same span in the other, so patterns are
    written once, in ASCII, and the evidence is still quoted from the original.
    """
    return text.translate(_TABLE)


class _Table(dict[int, str]):
    """What each code point becomes, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold_sign(chr(code))
        return folded


def _fold_sign(sign: str) -> str:
    if sign < "\x80":
        return " " if sign == "\t" else sign.lower()
    if sign in _SIGNS:
        return _SIGNS[sign]
    if sign.isspace():
        return "\n" if sign in "\x85\u2028\u2029" else " "
    base = unicodedata.normalize("NFKD", sign)[0].lower()
    return base if len(base) == 1 else sign


_TABLE = _Table()
