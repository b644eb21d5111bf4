"""What may pass: is a bill in a mail believable, does a person write here?"""

from __future__ import annotations

import re
from collections.abc import Sequence

from automator.billing import party
from automator.billing.fold import fold
from automator.billing.invoice import Bill
from automator.billing.source import Source
from automator.mail.message import Message

_ASKS_ABOUT_OURS = re.compile(
    r"(?:votre|vos|your|ihre|su|vostra) (?:facture|invoice|rechnung|factura|fattura)s?[^.\n]{0,60}(?:rejet|"
    r"bloqu|erreur|est fausse|bien recu|approuve|approved|blocked|rejected|wrong|a ete payee|has been paid|"
    r"virement (?:est )?parti)|"
    r"(?:pouvez|pourriez|peux|could|can)[- ](?:vous|tu|you)[^.?\n]{0,40}(?:facture|invoice|pro[- ]?forma)|"
    r"(?:envoyer|etablir|refaire|send|issue)[- ](?:moi |nous |me |us )?(?:la|une|votre|your|an?|"
    r"the) (?:facture|invoice)"
)  # fmt: skip
_PAID_OURS = re.compile(
    r"c'est paye|virement[^.\n]{0,40}(?:est )?(?:fait|parti|effectue|emis)\b|(?:wire|payment|"
    r"transfer) (?:was |has been )?(?:sent|made)|"
    r"remittance|avis de (?:virement|paiement)|(?:recevoir|recu) votre facture|statut d[^.\n]{0,12} facture|"
    r"facture que vous avez emise|photo du cheque|cheque (?:envoye|poste)|votre facture[^.\n]{0,40}encaissee|"
    r"bonifico (?:e stato )?(?:fatto|eseguito)|uberwiesen\b|we(?:'ve| have) paid|\bpaid!|"
    r"facture[^.\n]{0,30} par votre client"
)
_ORDER = re.compile(
    r"(?:confirmation|accuse)[^\n]{0,25}commande|commande[^\n]{0,25}(?:confirm|expedi)|nouvelle commande|"
    r"\border\b[^\n]{0,20}"
    r"(?:ack|conf|placed|shipped|picked)|dispatched|shipped|undeliver|delivery status|mailer-daemon|postmaster@"
)
_MENTIONS_BILL = re.compile(r"factur|\bfact\b|invoice|recu\b|receipt|rechnung|fattura|honoraires")
_FORM = re.compile(
    r"(?:nouveau|nouvelle|new) (?:message|demande|enquiry|request)|formulaire|contact form|vous a (?:envoye|"
    r"adresse|laisse) un message|via (?:le|votre|your|the) (?:site|page|website)|\bmessage ?:|kontaktformular"
)
_BILL_WORD = re.compile(r"\bfact(?:\b|ur)|invoice|rechnung|fattura|fatura|honoraires|cotisation|fee note|loyer")
_ATTACHED = re.compile(
    r"ci[- ]joint|piece jointe|en pj\b|\bp\.?j\b|attached|anbei|im anhang|adjunt|allegat|bijlage|anexo|en annexe"
)


def believable(message: Message, bill: Bill, spoken: Sequence[Source]) -> bool:
    """Is a bill in the text alone believable? It takes a sum that stands as a bill's sum, and one more sign of a bill."""
    total, text = bill.total_amount, "\n".join(s.folded for s in spoken)
    if total is None or bill.document is None:
        return False
    if message.role != "sent" and not bill.iban and (_ASKS_ABOUT_OURS.search(text) or _PAID_OURS.search(text)):
        return False
    head = fold(f"{message.subject}\n{message.sender.addr}")
    if _ORDER.search(head) and not _MENTIONS_BILL.search(text):
        return False
    signs = sum(fact is not None for fact in (bill.number, bill.due_date, bill.iban, bill.vat))
    signs += bool(_ATTACHED.search(text) and message.attachments) + (
        bill.document.value in {"reminder", "receipt", "credit_note"}
    )
    signs += total.confidence >= 0.85 and bool(_BILL_WORD.search(text))
    return signs >= 1 and total.confidence >= 0.5


def automatic(message: Message) -> bool:
    """Is this written by a machine or to many? A website's form that passes on a person's words is not."""
    if _FORM.search(fold((message.new_text or message.text)[:1500])):
        return False
    heads = message.headers
    if party.is_robot(message.sender):
        return True
    auto = heads.get("auto-submitted", "no").lower() != "no"
    return (
        auto
        or bool({"list-id", "list-unsubscribe"} & set(heads))
        or heads.get("precedence", "").lower() in {"bulk", "list", "junk"}
    )
