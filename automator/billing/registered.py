"""SIREN, SIRET and VAT numbers: found, proven by their check digits, told from our own."""

from __future__ import annotations

import re

from automator.billing.fold import fold
from automator.billing.invoice import Identity

_SIRET = re.compile(r"(?<!\d)(?:\d{3}[ .]?\d{3}[ .]?\d{3}[ .]?\d{5}|\d{3} ?\d{3} ?\d{3}(?: ?\d{2} ?\d{3})?)(?!\d)")
_VAT = re.compile(
    r"(?<![A-Za-z0-9])(?:FR ?[0-9A-Z]{2} ?\d{3} ?\d{3} ?\d{3}|(?:ATU|BE|CHE|DE|DK|ES|FI|GB|IE|IT|LU|NL|PL|PT|"
    r"SE)[ -]?[0-9A-Z](?:[ .-]?[0-9A-Z]){6,11})(?![A-Za-z0-9])"
)


def registered_ids(text: str) -> list[tuple[str, tuple[int, int]]]:
    """SIREN, SIRET and VAT numbers of a text whose check digits are right, without spaces, with their spans.

    A bare nine-digit number counts only beside the word SIREN, SIRET, RCS or TVA: one in ten passes the check by chance.
    """
    from stdnum.eu import vat
    from stdnum.fr import siren, siret

    found: list[tuple[str, tuple[int, int]]] = []
    for hit in _VAT.finditer(text):
        plain = re.sub(r"[ .-]", "", hit[0])
        if vat.is_valid(plain):
            found.append((plain, hit.span()))
    for hit in _SIRET.finditer(text):
        plain = re.sub(r"\D", "", hit[0])
        near = fold(text[max(0, hit.start() - 25) : hit.start()])
        taken = any(s[0] <= hit.start() < s[1] for _, s in found)
        if (
            not taken
            and re.search(r"sire[nt]|rcs|r\.c\.s|tva", near)
            and (siret.is_valid(plain) if len(plain) == 14 else siren.is_valid(plain))
        ):
            found.append((plain, hit.span()))
    return sorted(found, key=lambda f: f[1])


def is_own_id(number: str, identity: Identity) -> bool:
    """Is this SIREN, SIRET or VAT number the firm's? The SIREN inside a SIRET or a French VAT number counts."""

    def core(value: str) -> str:
        plain = re.sub(r"[^0-9A-Z]", "", value.upper())
        return (
            plain[4:13] if plain.startswith("FR") else (plain[:9] if plain.isdigit() and len(plain) == 14 else plain)
        )

    return core(number) in {core(own) for own in identity.ids}
