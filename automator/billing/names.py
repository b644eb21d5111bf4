"""Names of firms and people as bills write them: cleaned, compared, and told from an address."""

from __future__ import annotations

import re

from automator.billing.fold import fold

_FORMS = (
    "sarl sas sasu sa eurl sci scp selarl snc scop ei eirl ltd limited plc llp llc inc gmbh ag kg ug mbb partmbb bv nv "
    "vof srl spa sl slu lda oy ab as aps sprl asbl cie co"
)
LEGAL_FORMS = frozenset(_FORMS.split())
_FORM = (
    r"(?:s\.?a\.?r\.?l|s\.?a\.?s\.?u?|gmbh|ltd|limited|b\.?v|n\.?v|s\.?p\.?a|s\.?r\.?l|s\.?l\.?u?|eurl|lda|"
    r"inc|llc|s\.?a)"
)
_ROLE = re.compile(
    r"^(?:service|serv\.|pole|departement|dept\.?|le service|l'equipe|equipe|team|"
    r"the)?\s*(?:compta(?:bilite)?s?|facturation|recouvrement|clients?|contentieux|credit|factures?|billing|"
    r"accounts?(?: (?:receivable|payable|dept|department|team))?|"
    r"invoic(?:e|es|ing)|finance|credit control|customer (?:finance|service|care)|recovery|administration|"
    r"administracion|amministrazione|administratie|debiteurenbeheer|boekhouding|buchhaltung|rechnungswesen|"
    r"forderungsmanagement|mahnwesen|"
    r"ufficio(?: (?:recupero crediti|contabilita|amministrazione))?|facturacion|contabilidad|contabilita|"
    r"fatturazione|faturacao|cobranzas?|gestion|relations? (?:clients?|fournisseurs?|adherents?)|secretariat|"
    r"notifications?|no-?reply|ne[- ]pas[- ]repondre|support|"
    r"booking|bookings|tickets|receipts?|direction financiere|tresorerie|cotisations?|sav|accueil|contact|"
    r"abonnements?|boutique|rechnung(?:en)?|mahnung|pro|collections?|debtors?|assistante?|espace client|"
    r"agence|your receipts?)s?"
    r"(?:\s+(?:clients?|fournisseurs?|pro(?:s|fessionnels)?|entreprises?|credit|recouvrement|factures?|team|"
    r"department|dept))?(?=\s|$|[-–—:,|(@])\s*(?:[-–—:|,/]|chez|de la|de l'|de|du|des|at|of|von|der|di|@)?\s*"
)  # fmt: skip
_TAIL = re.compile(
    r"\s*(?:[-–—|,:/(]|\bvia\b)\s*\(?(?:(?:le |la |service |pole |l'|dept )?(?:compta(?:bilite)?|facturation|"
    r"recouvrement|billing|accounts?(?: receivable| payable)?|factures?|credit control|invoices?|invoicing|"
    r"finance|administratie|boekhouding|buchhaltung|"
    r"service client(?:s|ele)?|customer (?:service|finance|care)|no-?reply|via .*|notifications?|contentieux|"
    r"administration|facturacion|contabilita|contabilidad|amministrazione|gestion|support|tresorerie|"
    r"commissaires? de justice|avocats?|booking|sav|annonces legales|"
    r"rechnungswesen|forderungsmanagement|mahnabteilung|debiteuren|accueil|secretariat|comptable|cotisations|"
    r"assurances pro|direction|adherents|disposition))\b.*$"
)
_TITLE = re.compile(r"^(?:me|maitre|dr|mr|mrs|ms|mme|m\.|monsieur|madame|herr|frau|dott\.?|avv\.?|ing\.?)\.? ")


def words(name: str) -> tuple[str, ...]:
    """The words of a name that tell it from others: no case, accents, punctuation, titles or legal forms."""
    plain = re.sub(r"\b(?:[a-z]\.){2,}", lambda m: m[0].replace(".", ""), fold(name))
    found = re.findall(r"[a-z0-9]+", plain)
    strong = [
        w
        for w in found
        if w not in LEGAL_FORMS
        and w not in {"et", "and", "de", "la", "le", "des", "du", "the", "l", "d", "und", "y", "e", "me", "mme", "mr"}
    ]
    return tuple(strong or found)


def same_party(one: str, other: str) -> bool:
    """Are these two writings of one firm or person? Equal words, or the words of one all among those of the other."""
    a, b = set(words(one)), set(words(other))
    return bool(a and b) and (a <= b or b <= a)


def clean(display: str) -> str:
    """A From name without the department: "Comptabilité Cartopac" -> "Cartopac", "X – Billing" -> "X"; "" if nothing is left."""
    name = " ".join(display.strip(" \"'").split())
    for _ in range(2):
        tail = _TAIL.search(fold(name))
        if tail and tail.start() > 1:
            name = name[: tail.start()]
        role = _ROLE.match(fold(name))
        if role and role.end() < len(name) and re.search(r"\w{2}", name[role.end() :]):
            name = name[role.end() :]
        elif role and role.end() >= len(name):
            return ""
    return name.strip(" -–—|:,\"'")


def label(domain: str) -> str:
    """The part of a domain that names its owner: "compta.loca-fete.example" -> "loca-fete"."""
    parts = fold(domain).split(".")
    if len(parts) > 2 and parts[-2] in {"co", "com", "org", "gouv"} and len(parts[-1]) == 2:
        return parts[-3]
    return parts[-2] if len(parts) > 1 else parts[0]


def fits_domain(name: str, domain: str) -> float:
    """How much of a domain's own label the words of `name` spell, 0..1: "Guérin Électricité" spells "guerin-elec".

    The words are taken in order, each giving a beginning of three letters or more (or all of a shorter word).
    """
    target = re.sub(r"[^a-z0-9]", "", label(domain))
    parts = re.findall(r"[a-z0-9]+", fold(name))
    if not target or not parts:
        return 0.0
    return _spelt(target, tuple(parts[:8])) / len(target)


def _spelt(target: str, parts: tuple[str, ...]) -> int:
    """Most letters of `target` that beginnings of `parts` cover, each word used once, in any order, left to right."""
    covered, position = 0, 0
    left = list(parts)
    while position < len(target):
        best = max(((n, w) for w in left if (n := _shared(target[position:], w))), default=(0, ""))
        if best[0]:
            covered += best[0]
            position += best[0]
            left.remove(best[1])
        else:
            position += 1
    return covered


def _shared(target: str, word: str) -> int:
    size = 0
    while size < min(len(target), len(word)) and target[size] == word[size]:
        size += 1
    return size if size >= 3 or (size == len(word) and size >= 1) else 0


def has_legal_form(name: str) -> bool:
    """Does the name carry a legal form (SARL, GmbH, Ltd)?"""
    return bool(re.search(rf"(?<![a-z]){_FORM}(?![a-z])", fold(name)))
