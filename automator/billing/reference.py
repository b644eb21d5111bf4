"""The number of a bill: the reference that stands beside the word invoice, not that of the client or the order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from automator.billing.dates import one_date
from automator.billing.fold import fold
from automator.billing.source import Source

_MOST = 100  # references of one kind in one text
_BILL = (
    r"factures?(?: (?:d'acompte|de solde|pro[- ]?forma|rectificative|definitive|complementaire|finale|"
    r"intermediaire))?|invoices?|"
    r"fact\b\.?|inv\b\.?|rechnung(?:snummer|snr|s-nr)?\.?|re\b\.?-?|factuur(?:nummer|nr)?\.?|facturas?|"
    r"fattur[ae]|fatt\.|fatura|"
    r"note d'honoraires|note de frais|notes? de (?:debit|debours|commission)|titre executoire|debit note|"
    r"note de credit|credit (?:notes?|memos?)|avoirs?|gutschrift|creditnota|nota (?:de (?:honorarios|credito|"
    r"abono)|di credito)|abono|"
    r"pro[- ]?forma(?: invoice)?|recus?|faktura|kreditnota|fakt\.|kvittering|receipt|quittung|recibo|ricevuta|"
    r"ticket|beleg|minuta|parcella|"
    r"titre de perception|titre|avis(?: (?:de (?:mise en recouvrement|sommes a payer|cotisation)|"
    r"d'(?:echeance|imposition)))?|appel de (?:cotisation|fonds|charges|loyer)s?|quittance|justificatif|"
    r"bordereau|releve|statement|bill|fee note|document(?:o)?|piece|sales invoice|tax invoice|echeance|"
    r"reservation|booking|order receipt|payment"
)
_SIGN = r"(?:n ?[°o]\.?s?|numero|number|num\.?|nr\.?|no\.?|n\.|ref(?:erence)?\.?|id|#)"
_CODE_TEXT = (
    r"(?<![a-z0-9])(?P<token>(?:[a-z]{1,6}[ -]?)?(?=[a-z0-9/._-]*\d)[a-z0-9](?:[a-z0-9]|"
    r"[/._-](?=[a-z0-9]))*(?: \d{2,7}){0,3})"
)
_NAMED = re.compile(
    rf"(?<![a-z])(?P<word>{_BILL})(?: (?:jointe?|ci-jointe|initiale|correspondante|impayee|attached|our|notre|"
    rf"de vente|originale|fiscale|d'achat)|(?: [a-z'-]{{2,16}}){{1,3}}(?= (?:n ?°|no\b|nr\b|numero|number|"
    rf"ref\b)))?"
    rf"[ ]{{0,20}}(?:\n ?)?(?P<sign>{_SIGN})?[ ]{{0,12}}[:=#-]?[ ]{{0,12}}(?P<glue>de |d'|du |vom |of )?{_CODE_TEXT}"
)
_BARE = re.compile(
    rf"(?<![a-z])(?P<sign>n ?°s?|numero|nr\.?|no\.?|n\.|ref(?:erence)?\.?|#|id|kenmerk|riferimento|"
    rf"(?:reference|ref\.?|n ?°|numero) (?:de |du |d')?(?:l')?(?:avis|appel|facture|piece|titre|document)|"
    rf"our ref\.?|notre reference)[ ]{{0,12}}:? ?{_CODE_TEXT}"
)
_OTHER = re.compile(
    r"(?<![a-z])(?:client|kunden?|kd\.?-?|customer|contrat|contract|commande|order|auftrag|devis|quote|"
    r"dossier|\bbl\b|bon|livraison|\btva\b|vat|siret|siren|rcs|iban|engagement|"
    r"mandat|mandate|\brum\b|abonne|compte|account|tel|fax|tva intra|police|policy|adherent|affilie|assure|"
    r"cotisant|po\b|colis|tracking|lot|chantier|immat|plaque|ticket n|"
    r"membre|member|site|point|pdl|carte|card|decennale|vol|flight|chambre|room|akt|az\.|article|art\.|page|"
    r"relance|rappel|mahnung|reminder|p\.? ?iva|ust|steuer|btw|kvk|nif|cif|partita|etage|rue|bp|"
    r"intervention|bail|appartement|apt|unite|telephone|agrement|version|projet|situation|avenant|registre|"
    r"registration|reg|lettre|recommande|tournee|vehicule|semaine|trimestre|avis de passage|decision)"
    r"[ a-z.'-]{0,12}$"
)
_STOP = re.compile(r"^(?:du|de|le|la|of|dated|vom|for|pour|et|and|janvier|q[1-4]$|t[1-4]$|[a-z]+ ?$)")
_NEVER = re.compile(
    r"(?:0?[1-9]|1[0-2])/20\d\d|[tqs][1-4](?: 20\d\d)?|\d{1,2}(?:e|er|eme|nd|rd|th)|ca3|\d/\d|"
    r"[1-4][tq](?:20)?\d\d|20\d\d-t?[1-4]|[a-z]{3,9} 20\d\d|\d{1,2}h\d{0,2}"
)
_MONEY_AFTER = re.compile(
    r" ?(?:€|euros?\b|eur\b|£|\$|gbp|usd|chf|%|ttc|ht\b|h\d{0,2}\b|heures?|jours?|days|kwh|km\b|kg|x ?\d|"
    r"pieces|unites|%|mois|m2|[.,]\d)"
)


@dataclass(frozen=True, slots=True)
class Reference:
    """A number of a bill as written, where it stood, and how sure (0..100)."""

    value: str
    span: tuple[int, int]
    score: int
    source: Source


def find_references(source: Source, near: date) -> list[Reference]:
    """The references of one text that may number a bill, in order of position."""
    found: dict[tuple[int, int], Reference] = {}
    for hit in islice(_NAMED.finditer(source.folded), _MOST):
        strength = 60 + (25 if hit["sign"] else 0) + (8 if re.search(r"[a-z/-]", hit["token"]) else 0)
        if hit["glue"] and not hit["sign"]:
            continue
        if hit["word"] in {
            "document",
            "documento",
            "piece",
            "payment",
            "echeance",
            "avis",
            "titre",
            "re",
            "bordereau",
            "reservation",
            "booking",
            "releve",
        }:
            strength -= 25 if hit["sign"] else 50
        _keep(found, source, hit, strength, near)
    for hit in islice(_BARE.finditer(source.folded), _MOST):
        before = source.folded[max(0, hit.start() - 30) : hit.start()]
        if not _OTHER.search(before.rstrip(" :(")):
            _keep(found, source, hit, 45, near)
    return sorted(found.values(), key=lambda r: r.span)


def _keep(
    found: dict[tuple[int, int], Reference], source: Source, hit: re.Match[str], score: int, near: date
) -> None:
    span = _trim(source, hit.span("token"))
    token = source.folded[span[0] : span[1]]
    digits = sum(c.isdigit() for c in token)
    if digits < 1 or len(token) < 2 or _STOP.match(token) or one_date(token, near):
        return
    lead = re.match(r"[a-z]+(?= )", token)
    if lead and not source.text[span[0] : span[0] + lead.end()].isupper():
        return
    if (
        _MONEY_AFTER.match(source.folded, span[1])
        or re.fullmatch(r"(?:19|20)\d\d", token)
        or re.fullmatch(r"\d+[.,]\d\d", token)
    ):
        return
    if _NEVER.fullmatch(token) or (hit["sign"] == "id" and len(token) < 5):
        return
    if re.fullmatch(r"\d{1,3}", token) and not hit["sign"]:
        score -= 30
    if any(s[0] < span[1] and span[0] < s[1] and r.score >= score for s, r in found.items()):
        return
    found[span] = Reference(source.text[span[0] : span[1]], span, score, source)


def _trim(source: Source, span: tuple[int, int]) -> tuple[int, int]:
    """Cut off a word of the sentence in front ("la 44"), groups that belong to a date or to an amount behind."""
    start, end = span
    while start >= 2 and source.folded[start - 1] in "-/" and source.folded[start - 2].isalnum():
        start -= 2
        while start and source.folded[start - 1].isalnum():
            start -= 1
    token = source.folded[start:end]
    lead = re.match(r"(?:du|de|la|le|l|au|nr|no|n|is|of|et|and|ref|num|id) ", token)
    if lead:
        start += lead.end()
    while " " in source.folded[start:end]:
        tail = source.folded[end : end + 14]
        group = source.folded[start:end].rpartition(" ")[2]
        money = re.match(
            r"[.,]\d\d|/\d|-\d| ?(?:€|euros?\b|eur\b|ttc|ht\b|jan|fev|feb|mar|apr|avr|mai|may|jui|jun|jul|aou|"
            r"aug|sep|oct|okt|nov|dec|dez|%)",
            tail,
        )
        if not money and not (
            len(group) == 4
            and group.startswith("20")
            and len(source.folded[start:end].split()) == 2
            and start + 3 > end
        ):
            break
        end -= len(group) + 1
    return start, end


def best_reference(
    sources: Sequence[Source], near: date, *, credit: bool, filenames: Sequence[str] = ()
) -> Reference | None:
    """The number of the bill among several texts, best text first; None when nothing looks like one.

    A number that also names the attached file or stands in the subject is surer; in a credit note the number beside
    "avoir" goes before that of the invoice it corrects. Of equals the first one wins.
    """
    files = [_squash(name) for name in filenames]
    subject = next((_squash(s.text) for s in sources if s.where == "subject"), "")
    ranked: list[tuple[int, Reference]] = [
        (r.score, r) for s in sources if s.where != "subject" for r in _shared(s, [*files, subject], near)
    ]
    for rank, text in enumerate(sources):
        for ref in find_references(text, near):
            plain = _squash(ref.value)
            score = ref.score - 4 * rank
            if len(plain) >= 3:
                score += 12 * any(plain in name for name in files) + 8 * (
                    plain in subject and text.where != "subject"
                )
            before = text.folded[max(0, ref.span[0] - 40) : ref.span[0]]
            score += 20 if credit and re.search(r"avoir|credit|gutschrift|abono|rectificative", before) else 0
            ranked.append((score, ref))
    ranked = [(s, r) for s, r in ranked if not _inside_longer(r, ranked)]
    if not ranked:
        return None
    top = max(score for score, _ in ranked)
    score, ref = next((s, r) for s, r in ranked if s == top)
    return Reference(ref.value, ref.span, score, ref.source) if score >= 40 else None


def _inside_longer(ref: Reference, ranked: Sequence[tuple[int, Reference]]) -> bool:
    """Is this only a part of another reference of the same text ("0098" of "INV-0098")?"""
    return any(
        other.source is ref.source
        and other.span != ref.span
        and other.span[0] <= ref.span[0]
        and ref.span[1] <= other.span[1]
        for _, other in ranked
    )


def _shared(source: Source, elsewhere: Sequence[str], near: date) -> list[Reference]:
    """Codes of a text that also name the attached file or stand in the subject, whatever word is beside them."""
    found: dict[tuple[int, int], Reference] = {}
    for hit in islice(_CODE.finditer(source.folded), 4 * _MOST):
        plain = _squash(hit["token"])
        before = source.folded[max(0, hit.start() - 30) : hit.start()]
        if (
            len(plain) >= 4
            and any(plain in other for other in elsewhere)
            and not _OTHER.search(before.rstrip(" :(n°"))
        ):
            _keep(found, source, hit, 46, near)
    return list(found.values())


_CODE = re.compile(
    r"(?<![a-z0-9/._@-])(?P<token>(?=[a-z0-9/_-]*\d)[a-z0-9]+(?:[/_-][a-z0-9]+)*)(?P<sign>(?=[^@a-z0-9]|$))"
)


def _squash(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", fold(text))
