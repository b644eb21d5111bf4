"""IBANs (ISO 13616): found in text, proven by their checksum, shown only in part."""

from __future__ import annotations

import hashlib
import re

_START = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:[ \u00a0\u202f.-]?[A-Z0-9]){11,30}")
_GAPS = re.compile(r"[ \u00a0\u202f.-]")
_SHORTEST = 15
_MOST_TRIES = 60  # a bill names a few; text made to keep us busy names thousands


def find_ibans(text: str) -> list[tuple[str, tuple[int, int]]]:
    """Every IBAN of `text` whose country, length and checksum are right, without spaces, with its span, in order.

    A BIC is never one. Words in capitals that follow on the same line do not hide an IBAN.
    """
    found = []
    position = tries = 0
    while tries < _MOST_TRIES and (hit := _START.search(text, position)):
        tries += 1
        end = _end(hit[0])
        position = hit.start() + (end or 4)
        if end:
            found.append((compact(hit[0][:end]), (hit.start(), hit.start() + end)))
    return found


def _end(raw: str) -> int:
    """How much of `raw` is the IBAN, 0 = none: the longest beginning that the registry and the checksum accept."""
    for end in range(len(raw), _SHORTEST - 1, -1):
        if not _GAPS.match(raw[end - 1]) and valid(raw[:end]):
            return end
    return 0


def compact(iban: str) -> str:
    """The IBAN without spaces, dots and dashes, in capitals."""
    return _GAPS.sub("", iban).upper()


def valid(iban: str) -> bool:
    """Are country, length, structure and checksum of this IBAN right (SWIFT registry, ISO 7064 mod 97-10)?

    The check digits that some countries hide inside the account number are not asked for: banks do not all set them.
    """
    from stdnum import iban as registry

    return bool(registry.is_valid(compact(iban), check_country=False))


def fingerprint(iban: str) -> str:
    """What may be kept to recognise an IBAN without knowing it: SHA-256 of it, without spaces, in hex."""
    return hashlib.sha256(compact(iban).encode()).hexdigest()


def shown(iban: str) -> str:
    """An IBAN as it may be shown: "FR76 …4471"."""
    plain = compact(iban)
    return f"{plain[:4]} …{plain[-4:]}"
