"""What a document is (invoice, reminder, receipt ...) and how it is paid."""

from __future__ import annotations

import re
from collections.abc import Sequence

from automator.billing.source import Source

_CREDIT = re.compile(
    r"(?:^|\n) *(?:facture d')?avoir\b|\bavoir (?:n ?°|no|numero|[a-z]{0,4}-?\d)|facture rectificative|"
    r"credit ?(?:note|memo)|kreditnota|note de credit|gutschrift|creditnota|nota (?:de (?:credito|abono)|"
    r"di credito)|factura rectificativa|\babono\b|storno"
)
_CREDIT_SENT = re.compile(
    r"(?:adressons|trouverez|joint|voici|etabli|emis|enclosed|find|attached|anbei|bijlage|adjunt|allegat|"
    r"issued|recevez)[^.\n]{0,60}(?:\bavoir\b|credit note|gutschrift|creditnota|abono|nota di credito)|"
    r"(?:\bavoir\b|credit note)[^.\n]{0,30}(?:ci-joint|en piece jointe|attached)"
)
_PROFORMA = re.compile(r"pro[- ]?forma")
_DUN = re.compile(
    r"\brelances?\b(?! spontan)|\brappel\b(?! (?:de vos|des? garanties|reglementaire|:? ?les?|important|"
    r"historique|rdv|de rdv|gratuit|du solde|d'horaires?))|mise en demeure|(?<!con)sommation|impaye|"
    r"echue?s? (?:le|depuis|a ce jour)|"
    r"factures? echues?|non regle|pas (?:encore )?(?:ete )?(?:regle|paye|credite)e?|"
    r"n'avons pas (?:encore )?(?:recu|enregistre)|(?:reste|demeure|est restee?|"
    r"restent) (?:a ce jour )?(?:impaye|en attente|ouverte|due?s?\b)|toujours rien|dernier avis|contentieux|"
    r"service recouvrement|"
    r"exigible depuis|injonction de payer|commandement|amiable|notre creance|encours depasse|"
    r"mise en recouvrement|ne nous est pas parvenu|retard de paiement|"
    r"\boverdue|\bunpaid|past due|\breminders?\b|final notice|notice of default|"
    r"not (?:yet )?(?:been )?(?:paid|received)|letter before action|fell due|still open|haven't (?:seen|"
    r"received)|days over|"
    r"mahnung|zahlungserinnerung|keinen? zahlungseingang|uberfallig|noch offen|herinnering|aanmaning|"
    r"betalingsherinnering|sollecito|insolut|recordatorio|impagad|vencid[ao]|recordamos|lembrete|em atraso|"
    r"echec de paiement|prelevement (?:a ete )?rejete|rejet de (?:votre )?prelevement|payment failed|"
    r"sauf erreur (?:de notre part|ou omission)"
)
_FORWARD_DUN = re.compile(
    r"penalites? de retard|en cas de retard|tout retard|retard de paiement entraine|de retard :|"
    r"indemnite forfaitaire pour frais de recouvrement|frais de recouvrement|majoration de \d+ ?% au-dela|"
    r"late payment|retard :|retard de paiement[^.\n]{0,80}(?:taux|penalite|interet|indemnite|%)|"
    r"cas de (?:retard|non)|rappel (?:de|des) "
)
_RECEIPT = re.compile(
    r"\brecus?\b (?:de |fiscal|n|pour|joint|ci|:)|(?<!of )(?<!on )(?<!upon )\breceipt\b(?! (?:of|\+))|"
    r"facture acquittee|\bacquitte|paye[e]?s? (?:par|ce jour|le|en|comptant|cb)|regle[e]?s? (?:par|ce jour|le|"
    r"en|comptant|cb)|avons (?:bien )?(?:recu votre (?:reglement|paiement|cheque)|encaisse)|"
    r"paid (?:by|with|in full|on|-|via)|payment received|thank you for your (?:payment|purchase|order)|"
    r"quittance de loyer|ticket de caisse|bezahlt|quittung|pagado|pagato|betaald|ricevuta|"
    r"(?:paiement|reglement) (?:bien )?(?:recu|accepte|confirme|effectue|valide)|(?<!be )\bcharged (?:to|on|€|"
    r"£|\$)|we charged|payment (?:confirmation|successful)|debite[e]? (?:de|sur)|(?:regle|paye) ttc|"
    r"total paid|deja regle"
)
_STATEMENT = re.compile(
    r"releve (?:de (?:compte|factures)|d'(?:operations|heures))|statement of account|\bstatement\b|"
    r"kontoauszug|extracto de cuenta|estratto conto|rekeningoverzicht|situation de (?:votre )?compte"
)
_QUOTE = re.compile(
    r"\bdevis\b|\bquotation\b|\bquote\b|\bestimate\b|\bangebot\b|\bpresupuesto\b|\bpreventivo\b|"
    r"\boffre de prix\b|\bofferte\b|\borcamento\b|kostenvoranschlag"
)
_INVOICE = re.compile(
    r"factur|\bfact\b|invoice|rechnung|fattura|fatura|factuur|note d'honoraires|notes? de (?:frais|debit)|"
    r"honoraires|cotisation|avis d'echeance|appel de (?:fonds|charges|loyer|cotisation)|redevance|"
    r"titre de perception|loyer|\bbill\b|fee note|\bfees?\b|prelevement|taxe|minuta|parcella|quittance|"
    r"mise en recouvrement|a regler|a payer|\bsolde\b|decompte|premium|prime\b|abonnement|subscription|"
    r"membership|\brent\b|\bdues\b|payable|payment due|payable amount|\bfra\.|note d'hotel|\bnota\b|\bnote\b|"
    r"faktura|beitrag|bijdrage|bescheid|gebuhr|servicekosten|documento passivo|titre (?:n|executoire)|"
    r"\bdebours\b|subscription|beleg\b|payment notice|participation aux"
)
_TITLE = re.compile(
    r"facture|invoice|rechnung|fattura|fatura|factuur|factura|note d'honoraires|avoir|credit note|gutschrift|"
    r"creditnota|pro[- ]?forma|recu|receipt|avis|cotisation|titre|redevance|quittance|decompte|releve|"
    r"statement|mahnung|relance|rappel|"
    r"note de|minuta|parcella|appel|ticket|guia|nota|quittung|loyer|honoraires|debit|sommation|"
    r"mise en demeure|commandement|bill\b|fee note|\bnote\b|faktura|memoire|situation de travaux|"
    r"certificat de paiement"
)
_NO_BILL = re.compile(
    r"bon de commande|purchase order|\bcommande n|order confirmation|confirmation de commande|"
    r"auftragsbestatigung|bulletin de (?:paie|salaire)|payslip|releve bancaire|bon de livraison|delivery note|"
    r"lieferschein|\bcv\b|curriculum|"
    r"ordre du jour|proces[- ]verbal|compte[- ]rendu|attestation d'assurance|plan de prevention|"
    r"conditions generales|releve d'identite bancaire|bordereau de suivi|bestellung|orden de compra|"
    r"ordine d'acquisto|remittance advice|avis de virement"
)


def document(sources: Sequence[Source], *, subject: str) -> str:
    """One of DOCUMENTS, by the words of the subject (folded) and of the texts; "" when nothing speaks of a bill.

    A dunning word outweighs the copy of the invoice that comes with it; a clause about late payment is no dunning.
    """
    pdf = "\n".join(s.folded[:1500] for s in sources if s.where.startswith("pdf"))
    body = "\n".join(s.folded for s in sources if not s.where.startswith("pdf"))
    spoken = f"{subject}\n{body}"
    dun = _DUN.search(_FORWARD_DUN.sub(" ", spoken))
    head = f"{subject}\n{pdf[:600]}"
    if _credited(head, body[:600], subject, has_paper=bool(pdf)):
        return "credit_note"
    if _PROFORMA.search(head) or (not pdf and _PROFORMA.search(body)):
        return "pro_forma"
    if dun and not _RECEIPT.search(subject):
        return "reminder"
    return _plain(head, spoken, pdf)


def _plain(head: str, spoken: str, pdf: str) -> str:
    open_still = re.search(r"a regler|a payer|echeance|due (?:date|by|on)", spoken)
    if _STATEMENT.search(head):
        return "statement"
    if _RECEIPT.search(head) or (_RECEIPT.search(spoken) and not open_still):
        return "receipt"
    if _INVOICE.search(spoken) or _TITLE.search(pdf[:800]):
        return "quote" if _quoted(head, spoken) else "invoice"
    return "quote" if _QUOTE.search(spoken) else ""


def _credited(head: str, body: str, subject: str, *, has_paper: bool) -> bool:
    if re.search(r"relance|mahnung|overdue|statement|releve", subject):
        return False
    return bool(_CREDIT.search(head)) or (not has_paper and bool(_CREDIT_SENT.search(body)))


def _quoted(head: str, spoken: str) -> bool:
    return (
        bool(_QUOTE.search(head))
        and not re.search(r"factur|invoice|rechnung|fattura|honoraires", head)
        and not re.search(r"payable|a regler|factur", spoken)
    )


def titled(source: Source) -> bool:
    """Does a page of a PDF carry the title of a bill, and not that of another paper (order, payslip, delivery note)?"""
    head = source.folded[:700]
    no = _NO_BILL.search(head)
    yes = _TITLE.search(head)
    return bool(yes) and (no is None or (yes is not None and yes.start() < no.start()))


_PAY = (
    ("paid", re.compile(
        r"facture acquittee|\bacquitte[e]?|deja (?:regle|paye)e?|(?:paye|regle)e?s? (?:par|ce jour|comptant|"
        r"en especes|cb|par cb)|paid (?:in full|by|with|-|via)|paid\b.{0,20}(?:card|visa|paypal)|charged to|"
        r"total paye|"
                        r"(?:paiement|reglement) (?:bien )?(?:recu|accepte|confirme|effectue)|"
                        r"payment received|montant regle|avons bien (?:recu votre|encaisse)|bezahlt|pagado|"
                        r"pagato|betaald")),
    ("direct_debit", re.compile(
        r"prelev|direct debit|lastschrift|einzug|abgebucht|domiciliacion|domicilia|incasso|addebito|"
        r"sepa[- ]?(?:core|mandat)|\brum\b|debit(?:e|er)? (?:automati|le|de votre compte)|will be (?:debited|"
        r"collected)|debito direto|se cargara|sera debite")),
    ("card", re.compile(r"debit(?:ee?)? de la carte|(?:debite|preleve)[^\n]{0,25}carte|sur (?:la|votre) carte|card (?:ending|on file)|"
                      r"carte (?:bancaire )?(?:\*|se terminant|enregistree)|payment method will be|will be charged|kreditkarte belastet")),
    ("transfer", re.compile(r"virement|bank transfer|wire|uberweis|transfer|transferencia|bonifico|overschrijv|overmaken|bacs|t/t")),
    ("cheque", re.compile(r"cheque|\bcheck payable|scheck")),
)  # fmt: skip


def payment(
    sources: Sequence[Source], document: str, *, has_iban: bool
) -> tuple[str, Source, tuple[int, int]] | None:
    """How the bill is paid (one of PAYMENTS) and the words that say so; None when nothing does.

    A receipt is paid. A creditor's IBAN without another word means a transfer.
    """
    for name, pattern in _PAY:
        for source in sources:
            hit = pattern.search(source.folded)
            if (
                hit
                and not (name == "paid" and document != "receipt")
                and not (name == "direct_debit" and document == "reminder")
            ):
                return name, source, hit.span()
    if document == "receipt" and sources:
        return "paid", sources[0], (0, 0)
    if has_iban and sources:
        return "transfer", sources[0], (0, 0)
    return None
