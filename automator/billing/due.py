"""Issue date, due date and newly demanded date of a bill."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from automator.billing.dates import FoundDate, find_dates
from automator.billing.invoice import Fact
from automator.billing.source import Source
from automator.billing.terms import due_date, find_term

_DUE = re.compile(
    r"echeances?|date limite|a (?:regler|payer)|payable|due\b|pay(?:ment)? (?:by|before|due|date)|"
    r"payable (?:by|before|on)|falligkeit|fallig|zahlbar|zu (?:zahlen|uberweisen) bis|vervaldatum|vervaldag|"
    r"vervalt|te betalen|voldoen|"
    r"vencimiento|vence\b|scadenza|scad\.|entro|vencimento|pagar|preleve[es]*|prelevement|debit(?:e|ite)?\b|"
    r"debit de la carte|sera debite|(?:will be )?(?:debited|collected|taken)|lastschrift|abgebucht|eingezogen|"
    r"reglement|regler|virement|paiement|paye[rz]?|transfer|uberweis|betaling|pago|pagamento|bonifico|"
    r"exigible|solder|remit|settle|valeur|ausgleich|betalen|overmaken|addebit|incasso|cargo|domiciliac|"
    r"acompte|solde|send it|suits|donc"
)
_BY = re.compile(
    r"(?:avant|pour|d'ici|au|le|jusqu'au|au plus tard|before|by|on|until|no later than|bis|am|zum|per|op|"
    r"uiterlijk|voor|antes del?|el|entro|il|ate|a \d+ (?:jours|days|dias|tage),? (?:donc|soit|so|das)?|soit|=|"
    r":|\.|\(|-|\|)"
    r"(?: (?:le|the|au|il|el|dem|zum|spatestens|plus tard|limite))*(?: (?:lun|mar|mer|jeu|ven|sam|dim|mon|tue|"
    r"wed|thu|fri|sat|sun|montag|dienstag|mittwoch|donnerstag|freitag)[a-z]*\.?,?)? ?$"
)
_STRONG = re.compile(
    r"(?:date d')?echeances?(?: de paiement| initiale| originale)?[ :.|-]*(?:au |le |du |fixee au |: ?)*$|"
    r"date limite(?: de (?:paiement|reglement))?(?: initiale)?[ :]*$|due(?: date| on| by| before)?[ :.|]*$|"
    r"payment due(?: date| by| on)?[ :]*$|"
    r"pay(?:ment)? by[ :]*$|payable (?:by|before|on)[ :]*$|fallig(?:keit(?:sdatum)?)?(?: am| bis| zum|"
    r" seit)?[ :]*$|zahlbar bis(?: zum)?[ :]*$|zahlungsziel[ :]*$|verval(?:datum|dag)[ :]*$|"
    r"vencimiento[ :]*(?:el )?$|fecha de vencimiento[ :]*$|exigible (?:au|le|depuis le) $|charged on $|"
    r"ech\.?[ :]*(?:le |du |au )?$|uiterlijk (?:op )?$|scadenza[ :]*(?:al |il )?$|"
    r"data (?:di )?scadenza[ :]*$|vencimento[ :]*(?:a |em |ate )?$|"
    r"preleve[es]* (?:automatiquement )?(?:a partir )?(?:le|au|du)[ :]*$|prelevement(?: (?:sepa|automatique|"
    r"bancaire))?(?: (?:prevu|programme|effectue|date du))?[ :,-]*(?:le|au|du)[ :]*$|debit de la carte le $|"
    r"pagar ate[ :]*$|"
    r"date de (?:prelevement|paiement|reglement)[ :]*$|a (?:regler|payer) (?:avant|pour|au plus tard|"
    r"d'ici)(?: le)?[ :]*$|(?:fell|falls|was|is) due(?: on)?[ :]*$"
)
_ORIGINAL = re.compile(
    r"echue?s?(?: (?:depuis )?(?:le|au))?[ :]*$|echue?s? depuis le $|echeance(?: initiale| originale|"
    r" depassee| du| le| au|s)*[ :]*(?:le |au |du )?$|(?:fell|was|were) due(?: on| by)?[ :]*$|unpaid since $|"
    r"due(?: date| on| since| by)?[ :]*$|overdue since $|expired on $|(?:l'echeance|echu|"
    r"exigible) (?:depuis )?(?:du |le |au )?$|ech\.?[ :]*(?:le |du |au )?$|fallig (?:am|seit|war(?: am)?|"
    r"gewesen am)?[ :]*$|fallig(?:keit)?[ :]*$|"
    r"(?:aurait|devait|auraient) du etre (?:regle|paye)e?s? (?:le|au|avant le) $|etait (?:due|payable|"
    r"a regler|attendu)[a-z ]*(?:le|au|pour le|avant le) $|vencid[ao] (?:(?:el|desde el|em) )?(?:pasado )?$|"
    r"venc[a-z]*[ :]*(?:el )?$|scadut[ao] (?:il|dal|al)? ?$|scad[a-z.]*[ :]*(?:il |al )?$|vervallen op $|"
    r"verval(?:datum|dag)[ :]*(?:was )?$|"
    r"date limite de paiement(?: initiale)?[ :]*$|impayee? depuis le $|exigible (?:depuis )?le $|"
    r"arriv[a-z]* a echeance le $|payable (?:on|by|le)[ :]*$|prelevement (?:du|le) $"
)
_AFTER_SUM = re.compile(
    r"(?:€|\beuros?|\beur|\bgbp|\busd|\d\.\d\d|,\d\d|ttc|\bnets?|\bht|reverse charge)[ ,.;:)-]*(?:payable |"
    r"a regler |a payer |pour |due )?(?:au|pour le|by|le|avant le|before|d'ici le|bis|zum) (?:the )?$"
)
_AFTER_TERM = re.compile(
    r"(?:\d{1,3} ?(?:j|jours|days|tage|dias|giorni)\b|fin de mois|thirty days|trente jours|"
    r"payment terms?)[^.\n\d]{0,30}(?:soit|donc|so|das heisst|i\.e\.?|=>|→|=|:|\(|-|,|au|le)[ ,]*(?:le |au |"
    r"the |by )?$"
)
_DEMAND = re.compile(
    r"(?:avant|d'ici|au plus tard|jusqu'au|pour|by|before|no later than|until|within|bis|spatestens|entro|"
    r"antes del?|uiterlijk|voor|ate)(?: (?:le|the|au|il|el|zum|spatestens|plus tard|am))*"
    r"(?: (?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|monday|tuesday|wednesday|thursday|friday|"
    r"montag|dienstag|mittwoch|donnerstag|freitag|lunedi|martedi|mercoledi|giovedi|venerdi),?)?[ :]*(?:dem |"
    r"den )?$"
)
_ISSUE = re.compile(
    r"(?:date (?:de (?:la )?facture|d'emission|de facturation|du document)?|emise? le|etablie? le|"
    r"invoice date|date of issue|issue date|issued(?: on)?|dated|rechnungsdatum|datum|factuurdatum|"
    r"fecha(?: de (?:factura|emision))?|data(?: fattura| documento)?|\bdate)[ :.|]*(?:le )?$"
)
_ISSUE_OF = re.compile(
    r"(?:facture|invoice|rechnung|fattura|factura|factuur|avoir|honoraires|beleg|recu|receipt|quittance|note|avis|titre|"
    r"releve)[^\n]{0,45}? (?:du|vom|of|dated|del|van|de fecha|en date du|le|-|—) ?$"
)
_PLACED = re.compile(r"(?:^|\n) *(?:[a-z' -]{2,40}, ?)?(?:le|the|den|il|el)? ?$")
_NO_DUE = re.compile(r"a reception|due (?:up)?on receipt|comptant|sofort|upon receipt|immediate")
_NOT_DUE = re.compile(
    r"periode|du \d|intervention|livraison|livre|delivered|prestation|seance|audience|resili|coupure|suspen|"
    r"valable|valid|commande|order|devis|rendez|reunion|visite|sejour|stay|check|stage|formation|rdv|repondre|"
    r"repondez|reponse|confirm|discount|escompte|\bverse|deposit paid|"
    r"si (?:vous )?(?:pay|regl)|if paid|relance du|courrier|lettre du|letter|schreiben|mail du|appel du|"
    r"travaux|remboursee?|rembours|contest|reserv|skonto|korting|sconto|prochaine facture|next invoice|"
    r"penalite"
)

_AHEAD = timedelta(days=45)  # a bill may be dated ahead of its mail, but not by much


@dataclass(frozen=True, slots=True)
class BillDates:
    """The dates of a bill as facts, None where the text gives none."""

    issued: Fact | None = None
    due: Fact | None = None
    demanded: Fact | None = None


def find_bill_dates(sources: Sequence[Source], near: date, *, document: str) -> BillDates:
    """Issue, due and demanded date from the texts of one bill, best text first.

    1. In a reminder the date beside "échue le" is the due date, the one beside "avant le" the demanded date.
    2. Elsewhere a date beside "échéance", "prélevé le", "à régler avant" is the due date.
    3. Without one, a payment term counts from the issue date, when the text gives both.
    4. Receipts and credit notes have none.
    """
    issued = _first(_issue_date(s, near) for s in sources)
    if document in {"receipt", "credit_note"}:
        return BillDates(issued)
    if document == "reminder":
        due = _first(_original_due(s, near) for s in sources)
        return BillDates(issued, due, _first(_demanded(s, near, due) for s in sources))
    due = _first(_due(s, near, issued) for s in sources)
    if due is None and issued is not None:
        due = _first(_computed(s, date.fromisoformat(issued.value)) for s in sources)
    return BillDates(issued, due)


def _first(found: Iterable[Fact | None]) -> Fact | None:
    """The surest fact, the first of equals."""
    return max((f for f in found if f is not None), key=lambda f: f.confidence, default=None)


def _due(source: Source, near: date, issued: Fact | None) -> Fact | None:
    return _first(_due_fact(source, found, issued) for found in find_dates(source.text, near))


def _due_fact(source: Source, found: FoundDate, issued: Fact | None) -> Fact | None:
    early = issued is not None and found.day.isoformat() < issued.value
    confidence = 0.0 if early else _due_confidence(_before(source, found), _sentence(source, found))
    return _fact(source, found, confidence) if confidence else None


def _due_confidence(before: str, sentence: str) -> float:
    """How surely a date behind these words is a due date, 0 = it is none."""
    if _STRONG.search(before):
        return 0.95
    if _ISSUE.search(before) or _ISSUE_OF.search(before):
        return 0.0
    fit = not _NOT_DUE.search(_clause(before))
    if _AFTER_TERM.search(before) and fit:
        return 0.9
    if _AFTER_SUM.search(before) and not re.search(r"verse|paye|regle |paid|recu|encaisse", before):
        return 0.8
    return 0.75 if _BY.search(before) and _DUE.search(sentence) and fit else 0.0


def _original_due(source: Source, near: date) -> Fact | None:
    """Of a reminder: the day beside "échue le", else a labelled day of the past, else a labelled one to come."""
    dates = find_dates(source.text, near)
    stated = [_fact(source, f, 0.9) for f in dates if f.day <= near and _ORIGINAL.search(_before(source, f))]
    labelled = [fact for f in dates if (fact := _due_fact(source, f, None)) is not None]
    past = [replace(f, confidence=0.8) for f in labelled if f.value <= near.isoformat()]
    ahead = [replace(f, confidence=0.75) for f in labelled if f.value > near.isoformat() and f.confidence >= 0.9]
    return next(iter([*stated, *past, *ahead]), None)


def _demanded(source: Source, near: date, due: Fact | None) -> Fact | None:
    return _first(
        _fact(source, found, 0.8)
        for found in find_dates(source.text, near)
        if found.day >= near
        and (due is None or found.day.isoformat() != due.value)
        and _DEMAND.search(_before(source, found))
        and not _NOT_DUE.search(_clause(_before(source, found)))
    )


def _issue_date(source: Source, near: date) -> Fact | None:
    dates = [f for f in find_dates(source.text, near) if f.day <= near + _AHEAD]
    return _first(_issue_fact(source, found) for found in dates)


def _issue_fact(source: Source, found: FoundDate) -> Fact | None:
    before = _before(source, found)
    if _STRONG.search(before) or _ORIGINAL.search(before):
        return None
    if _ISSUE.search(before) and not re.search(
        r"echeance|livraison|commande|due|delivery|order|verval", before[-30:]
    ):
        return _fact(source, found, 0.93)
    if _ISSUE_OF.search(before):
        return _fact(source, found, 0.85)
    head = source.where.startswith("pdf") and found.span[0] < 700
    return _fact(source, found, 0.8) if head and _PLACED.search(before) and _ends_line(source, found) else None


def _ends_line(source: Source, found: FoundDate) -> bool:
    return not source.folded[found.span[1] : source.line_end(found.span[1])].strip()


def _computed(source: Source, issued: date) -> Fact | None:
    found = find_term(source.text)
    if found is None or _NO_DUE.search(source.line(found[1][0])):
        return None
    return source.fact(due_date(issued, found[0]).isoformat(), found[1], 0.8)


def _before(source: Source, found: FoundDate, reach: int = 70) -> str:
    """The words before a date on its line; the end of the line above when there are none (a cell under its label)."""
    start = source.line_start(found.span[0])
    words = source.folded[max(start, found.span[0] - reach) : found.span[0]]
    if start and not re.search(r"[a-z]", words):
        above = source.line(start - 1).rstrip()
        return f"{above[-reach:]} "
    return re.sub(r" {2,}", " ", words)


def _sentence(source: Source, found: FoundDate) -> str:
    """The sentence around a date: from the last full stop or empty line before it to the next one."""
    start = max(0, found.span[0] - 160)
    before = source.folded[start : found.span[0]]
    cut = max((m.end() for m in re.finditer(r"[.;!?]\s|\n\s*\n|\n *[-•]", before)), default=0)
    after = source.folded[found.span[1] : found.span[1] + 100]
    end = re.search(r"[.;!?](?:\s|$)|\n\s*\n|\n *[-•]", after)
    return before[cut:] + after[: end.start() if end else None]


def _clause(before: str) -> str:
    return re.split(r"[,;.:(]", before.rstrip(" ,:("))[-1][-45:]


def _fact(source: Source, found: FoundDate, confidence: float) -> Fact:
    span = (max(source.line_start(found.span[0]), found.span[0] - 30), found.span[1])
    return source.fact(found.day.isoformat(), span, confidence - (0 if found.sure else 0.05))
