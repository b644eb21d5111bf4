"""How CSV exports of bills name their columns and states, in French and English."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from automator.billing.fold import fold

ClientType = Literal["", "business", "consumer", "public"]
_COLUMNS = {
    "number": "number numero n° no num facture invoice piece reference ref invoice_number",
    "client": "client customer nom raison_sociale societe tiers destinataire debiteur acheteur buyer company compte",
    "supplier": "supplier fournisseur vendeur vendor seller emetteur creancier",
    "email": "email mail e_mail courriel adresse_mail adresse_email",
    "amount": "amount montant ttc montant_ttc total total_ttc solde reste_a_payer reste_du amount_due balance due "
    "montant_du",
    "currency": "currency devise monnaie",
    "issue_date": "date issue_date date_facture date_emission emission issued invoice_date facture_le",
    "due_date": "due_date echeance date_echeance due_on payable_le a_payer_le date_limite",
    "status": "status statut etat paid paye payee regle reglee paye_le paid_on regle_le date_paiement date_reglement "
    "payment_date",
    "direction": "direction sens type",
    "client_type": "client_type type_client",
    "siren": "siren siret tva vat vat_number numero_tva",
}
_KNOWN = {name: ours for ours, names in _COLUMNS.items() for name in names.split()}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PAID = _words("paid paye payee regle reglee solde soldee oui yes x 1 vrai true encaisse encaissee acquittee closed")
OPEN = _words(
    "open unpaid non no 0 faux false impaye impayee ouverte ouvert en_attente a_payer due overdue en_retard envoyee "
    "sent validee emise partielle partiel partial retard echue draft brouillon"
) | {""}
RECEIVED = _words("received recu recue achat achats fournisseur purchase supplier")
ISSUED = _words("issued emis emise vente ventes client sale sales")
_TYPES: Mapping[ClientType, frozenset[str]] = {
    "business": _words("business pro professionnel entreprise b2b company societe"),
    "consumer": _words("consumer particulier prive b2c individual"),
    "public": _words("public administration collectivite b2g"),
}


def client_type(word: str) -> ClientType:
    """The type that a word means, "" for an unknown one."""
    return next((name for name, words in _TYPES.items() if fold(word).strip() in words), "")


def column(name: str) -> str:
    """Our name of a column, "" for one we have no use for. Case, accents, "de" and a currency behind do not matter."""
    plain = re.findall(r"[a-z0-9°]+", fold(name))
    shorter = [word for word in plain if word not in {"de", "du", "la", "d", "l", "eur"}]
    for words in (plain, shorter, shorter[:-1]):
        found = _KNOWN.get("_".join(words))
        if found:
            return found
    return ""
