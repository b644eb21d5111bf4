"""What the words beside an amount make of it: what is due, the sum with VAT, without it, the VAT, or none of these."""

from __future__ import annotations

import re
from typing import Literal

Role = Literal["due", "gross", "paid", "total", "net", "vat", "other"]

_DUE = re.compile(
    r"net a (?:payer|regler)|solde en (?:notre|votre) faveur|valor a pagar|reste (?:a|du|net|donc)|"
    r"solde (?:restant|a|du|debiteur|net|en votre|exigible|de la facture)|"
    r"(?:montant|somme|total|solde|restant)s? (?:restant )?(?:du\b|due\b|exigible|a (?:payer|regler)|impaye|"
    r"reclame)|a (?:payer|regler)\b|"
    r"(?:balance|amount|total|sum|now|outstanding|payment) (?:is )?(?:now )?due\b|(?:balance|amount|"
    r"total) (?:outstanding|payable)|outstanding(?: balance| amount)?|"
    r"payable amount|residual|remaining (?:balance|amount)|to pay\b|please pay|zu zahlen|zahlbetrag|zahlungsbetrag|offener? (?:betrag|posten|saldo)|"
    r"offen\b|gesamtforderung|te betalen|openstaand|te voldoen|"
    r"(?:total|importe|saldo) (?:a pagar|pendiente)|a pagar|(?:totale|importo|netto|saldo) (?:da pagare|"
    r"dovuto|a pagare)|"
    r"da (?:pagare|corrispondere)|montant (?:du prelevement|preleve)|total general du|vous (?:nous )?devez|"
    r"nous (?:restez?|reste) devoir|\breste\b"
)
_GROSS = re.compile(
    r"\bt\.?t\.?c\b|toutes taxes|incl(?:uding|\.|usive)? ?(?:of )?(?:vat|tax|btw|mwst|ust|gst)|inc\.? ?(?:vat|"
    r"tax)|vat incl|tax incl|gross|"
    r"brutto|gesamtbetrag|rechnungsbetrag|rechnungssumme|endbetrag|gesamtsumme|iva (?:incl|compres)|con iva|"
    r"ivato|grand total|invoice total|total invoice|"
    r"totaal (?:incl|eur|te)|incl\. ?btw|btw in|iva inclu|c/iva|tvac\b|total de (?:la )?(?:facture|factura)|"
    r"montant de (?:la|votre|cette) facture"
)
_PAID = re.compile(
    r"(?:montant|total|somme|ttc) (?:ttc )?(?:regle|paye|encaisse|debite|preleve)|(?:total|amount)s? (?:paid|"
    r"charged)|paid\b|charged (?:to|on)|"
    r"we (?:have )?charged|payment (?:of|received)|paye(?:e|s)?\b|regle(?:e|s)?\b|encaisse|bezahlt|pagad[oa]|"
    r"pagato|betaald|debite(?:e|s)?\b"
)
_TOTAL = re.compile(
    r"\bvalue:|\bcredit:|\bbetragt\b|\btotal\b|\btotale\b|\btotaal\b|\bsumme\b|\bgesamt\b|\bsoit\b|au total|"
    r"\bmontant\b|\bmontants?\b|s'eleve|ca (?:nous |vous |te )?fait|amounting|\bamount\b|"
    r"\bimporte\b|\bimporto\b|\bbedrag\b|\bbetrag\b|somme de|\bmacht\b|\bmakes\b|\bfor\b|\bof\b|\bvon\b|"
    r"\bper\b|por importe|\bdi euro\b|="
)
_NET = re.compile(
    r"\bh\.?t\.?\b|hors taxes?|hors tva|excl|ex\.? vat|before (?:vat|tax)|subtotal|sous[- ]?total|"
    r"zwischensumme|netto\b|net amount|\bnet ht|montant net|"
    r"base imponible|imponibile|nettobetrag|plus (?:vat|mwst)|zzgl|\+ ?(?:tva|vat|iva|mwst|btw)|s/iva|maatstaf"
)
_VAT = re.compile(r"\btva\b|\bvat\b|\bmwst\b|\bust\b|\biva\b|\bbtw\b|umsatzsteuer|sales tax|\bmoms\b")
_NOT = re.compile(
    r"acompte|arrhes|deja (?:regle|verse|paye|preleve|facture|appele)|avoir du|verse[es]?\b|caution|"
    r"depot de garantie|capital|franchise|plafond|remise|escompte|ristourne|"
    r"penalit|indemnite|forfaitaire|interet|majoration|frais (?:de|d')|retenue|prorata|par (?:mois|jour|an\b|"
    r"heure|personne|trimestre)|"
    r"deposit|discount|per (?:month|day|hour|unit|person|year|night)|late fee|interest|compensation|"
    r"mensualite|solde au|encours autorise|"
    r"anzahlung|skonto|mahngebuhr|zinsen|gebuhr|hauptforderung|anticipo|descuento|acconto|sconto|korting|"
    r"voorschot|aanbetaling|instead of|au lieu de|"
    r"unit|prix|tarif|au capital|\bpu\b|credit of|estim|bonus|economi|save\b|saving|jusqu'a|up to|budget|"
    r"ancien|precedent|last (?:month|year)|"
    r"\bdevis\b|\bquote\b|chiffre d'affaires|hausse|versement de|limit|reports?\b|reporte"
)
_AFTER_GROSS = re.compile(
    r" ?(?:€|euros?|eur)? ?\(?(?:t\.?t\.?c\b|toutes taxes|incl|inc\b|tvac|tax incl|all in|tout compris|"
    r"net (?:a payer|de tva|\()|nets?\b(?! ht)|iva incl|\(?(?:no|sans|zero|pas de) (?:vat|tva))"
)
_AFTER_DUE = re.compile(
    r" ?(?:€|euros?|eur)? ?(?:a (?:payer|regler)|(?:restant|encore|reste) du|restent dus|is (?:now )?(?:due|"
    r"outstanding|overdue)|outstanding|remains? (?:due|unpaid|outstanding))\b"
)
_AFTER_NET = re.compile(
    r" ?(?:€|euros?|eur)? ?\(?(?:h\.?t\.?\b|hors t|excl|ex vat|plus vat|\+ ?(?:tva|vat|iva|mwst|btw|19|20|10|"
    r"5,5|21)|net ht|zzgl|netto|each|ht/)"
)
_AFTER_VAT = re.compile(r" ?(?:€|euros?|eur)? ?(?:de tva|of vat|tva|vat\b|mwst|d'iva)")
_AFTER_NOT = re.compile(
    r" ?(?:€|euros?|eur)? ?(?:/|par (?:mois|jour|an\b|heure|pers)|l'unite|l'heure|le kg|le litre|piece|pcs|"
    r"st\.|kwh|km\b|h\b|x \d|per (?:month|day|hour|head)|each|pro (?:stuck|monat)|a day|"
    r"la journee|d'acompte|deposit|de caution|de frais|de penalites|ht|d'interets|x\b|sms|jours?|days|bottles|"
    r"mots|words)"
)
_SUM_OF = re.compile(r"(?:\+| - )[^=]*=[ ]?(?:€|£|\$|eur|env\.?)?[ ]?$")
_PRODUCT = re.compile(r"(?:[x×*@]|\ba\b|\bat\b)[^=]*=[ ]?(?:€|£|\$|eur)?[ ]?$")
_ROLES: tuple[tuple[Role, re.Pattern[str], int], ...] = (
    ("due", _DUE, 90),
    ("paid", _PAID, 70),
    ("gross", _GROSS, 80),
    ("total", _TOTAL, 50),
)
_GAP = r"[ :.…_*(€£$=]*(?:\d{1,2}(?:[.,]\d{1,2})? ?%[ :)]*)?(?:eur|gbp|usd|chf)?[ :€£$=]*$"
_DIRECT: tuple[tuple[tuple[Role, int], re.Pattern[str]], ...] = (
    (("due", 90), re.compile(
        r"(?:net a (?:payer|regler)|reste a payer|solde a payer|total (?:a payer|du)|balance due|total due|"
        r"amount due)(?: t\.?t\.?c\.?)?" + _GAP)),
    (("gross", 82), re.compile(r"(?:\bt\.?t\.?c\.?|tvac|incl\.? (?:vat|tax|btw|iva)|gesamtbetrag|brutto|endbetrag|rechnungsbetrag)" + _GAP)),
    (("net", 62), re.compile(
        r"(?:\bh\.?t\b\.?|hors taxes?|net ht|subtotal|sous[- ]total|nettobetrag|zwischensumme|base imponible|"
        r"imponibile|excl\.? (?:vat|tax|btw)|totaal excl\.?)" + _GAP)),
    (("vat", 62), re.compile(r"(?<!\(no )(?<!total \()(?:\btva|\bvat|\bmwst\.?|\bust\.?|\biva|\bbtw)(?: (?:a|@|at|de|sur|intra))?" + _GAP)),
)  # fmt: skip
_BEHIND: tuple[tuple[tuple[Role, int], re.Pattern[str]], ...] = (
    (("due", 88), _AFTER_DUE),
    (("gross", 85), _AFTER_GROSS),
    (("vat", 60), _AFTER_VAT),
    (("net", 60), _AFTER_NET),
    (("other", 0), _AFTER_NOT),
)


def role(before: str, after: str) -> tuple[Role, int]:
    """Role and score of an amount between these words.

    1. A label right before it ("TVA 10 % 15,00") decides. 2. Else the label right behind it ("1 800 € TTC").
    3. Else the last label of the words before it, unless a word that forbids it ("acompte") comes later.
    """
    if _SUM_OF.search(before):
        return "gross", 75
    near = next((found for found, pattern in _DIRECT if pattern.search(before)), None)
    if near:
        return near
    behind = next((found for found, pattern in _BEHIND if pattern.match(after)), None)
    if behind and not (behind[0] in {"gross", "due"} and _NOT.search(before[-22:])):
        return behind
    if _PRODUCT.search(before):
        return "total", 40
    return _spoken(before)


def _spoken(before: str) -> tuple[Role, int]:
    hits = [(m.end(), name, score) for name, pattern, score in _ROLES for m in pattern.finditer(before)]
    if not hits:
        return "other", 0
    taxes: list[tuple[int, Role]] = [(m.end(), "net") for m in _NET.finditer(before)]
    taxes += [(m.end(), "vat") for m in _VAT.finditer(before)]
    taxed = max(taxes, default=None)
    forbidden = max((m.end() for m in _NOT.finditer(before)), default=-1)
    strong = [h for h in hits if h[1] in {"due", "gross"}]
    last_strong = max((h[0] for h in strong), default=-1)
    if forbidden > last_strong:
        return "other", 0
    if strong and (taxed is None or taxed[0] <= last_strong + 12):
        best = max(strong, key=lambda h: h[2])
        return best[1], best[2]
    if taxed is not None:
        return taxed[1], 55
    best = max(hits, key=lambda h: h[2])
    return best[1], best[2] - min(20, (len(before) - best[0]) // 3)


def refused(before: str, after: str = "") -> bool:
    """Do the words beside an amount forbid to take it for the sum of a bill: deposit, unit price, without VAT ...?"""
    return bool(
        _NOT.search(before) or _AFTER_NOT.match(after) or _NET.search(before[-20:]) or _AFTER_NET.match(after)
    )
