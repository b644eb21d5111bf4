"""Text of strangers, made fit to be shown in our own mail: short, on one line, and no more than text.

What is done, in this order: 1. cut at ten times the limit (a caller may hand over anything); 2. NFC; controls, line
ends, bidi marks and zero-width signs go (UTS 39, RFC 5322 2.2); 3. a web address keeps its domain only; 4. one-time
codes and passwords are masked; 5. letters of another script inside a Latin word become "?", so that a look-alike
name shows; 6. runs of spaces become one; 7. cut at the limit, at a word's end where one is near.
"""

from __future__ import annotations

import re
import unicodedata

LIMIT = 80
MASK = "•••"
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")  # letters and marks that show nothing
_URL = re.compile(
    r"(?:[a-z][a-z0-9+.-]{1,15}://|www\.|(?:javascript|data|mailto|tel|file):)[^\s<>\"»]+", re.IGNORECASE
)
_HOST = re.compile(r"^(?:[a-z][a-z0-9+.-]*:)?(?://)?(?:[^/?#@\s]*@)?(?:www\.)?([\w.-]+\.[\w-]+)", re.IGNORECASE)
_CUE = re.compile(
    r"\b(?:code|codes|otp|pin|2fa|tan|mot de passe|mdp|passwords?|passcode|identifiants?|verification|vérification)\b",
    re.IGNORECASE,
)
_CODE = re.compile(r"(?<![\w.,])(?:[A-Z]{1,3}-)?\d(?:[ \u00a0-]?\d){3,9}(?![\w,.]*\d)")
_MIXED = re.compile(r"\b(?=[A-Z]*\d)(?=\d*[A-Z])[A-Z\d]{5,10}\b")
_SECRET = re.compile(
    r"((?:mot de passe|mdp|passwords?|passcode|code|pin)\s*(?:est|is|:|=)[\s:=]*)(\S+)", re.IGNORECASE
)
_WORD = re.compile(r"[^\W\d_]+")
_SPACES = re.compile(r"[ \t\u2000-\u200a\u205f\u3000]+")


def shown(text: str, limit: int = LIMIT) -> str:
    """`text` of a mail, as the digest may show it: at most `limit` signs, one line, nothing hidden, nothing secret."""
    plain = tidy(text[: limit * 10])
    plain = _URL.sub(_domain, plain)
    plain = _WORD.sub(_one_script, _masked(plain))
    return _cut(_SPACES.sub(" ", plain).strip(), limit)


def tidy(text: str) -> str:
    """`text` without anything that is not seen: controls, line ends, bidi marks, zero-width signs, stacked marks."""
    normal = unicodedata.normalize("NFC", re.sub(r"[\r\n\t\v\f\u0085\u2028\u2029]+", " ", text))
    kept: list[str] = []
    marks = 0
    for sign in normal:
        kind = unicodedata.category(sign)
        marks = marks + 1 if kind.startswith("M") else 0
        if kind not in _HIDDEN and sign not in _BLANK and not 0xFE00 <= ord(sign) <= 0xFE0F and marks <= 2:
            kept.append(sign)
    return "".join(kept)


def _domain(found: re.Match[str]) -> str:
    host = _HOST.match(found.group())
    if not host:
        return "[…]"
    labels = host.group(1).lower().split(".")
    ascii_ = [one if one.isascii() else f"xn--{one.encode('punycode').decode()}" for one in labels]
    return f"[{'.'.join(ascii_)}]"


def _masked(text: str) -> str:
    if not _CUE.search(text):
        return text
    return _SECRET.sub(lambda m: m.group(1) + MASK, _MIXED.sub(MASK, _CODE.sub(MASK, text)))


def _one_script(found: re.Match[str]) -> str:
    word = found.group()
    if word.isascii():
        return word
    latin = [unicodedata.name(sign, "").startswith(("LATIN", "MODIFIER", "FEMININE", "MASCULINE")) for sign in word]
    if all(latin) or not any(latin):
        return word
    return "".join(sign if fine else "?" for sign, fine in zip(word, latin, strict=True))


def _cut(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    space = head.rfind(" ")
    return (head[:space] if space > limit * 2 // 3 else head).rstrip(" ,;:·-–") + "…"
