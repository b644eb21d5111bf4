"""The closed vocabulary of the rule language: events, conditions, stop words, placeholders, French look-alikes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from automator.billing.invoice import DOCUMENTS, PAYMENTS
from automator.followup.ladder import ObjectKind
from automator.triage.verdict import KINDS

When = Literal["after", "before", "both"]

_MAIL_STOPS = ("replied", "sent", "booked", "cancelled", "accepted", "refused")
_INVOICE_STOPS = ("paid", "replied", "disputed", "promised", "credited")
_ALWAYS_STOPS = ("bounced", "done")
STOP_WORDS = tuple(dict.fromkeys((*_MAIL_STOPS, *_INVOICE_STOPS, *_ALWAYS_STOPS)))
_MAIL_PLACES = ("subject", "from", "client", "date", "received")
_INVOICE_PLACES = (
    "client",
    "supplier",
    "number",
    "amount",
    "due_date",
    "issue_date",
    "days_late",
    "penalties",
    "indemnity",
    *(name for name in _MAIL_PLACES if name != "client"),
)
_MEETING_PLACES = ("title", "subject", "date", "time", "location", "attendees", "other")


@dataclass(frozen=True, slots=True)
class EventKind:
    """A word of `on`: the objects it may happen to (the first is the one of tests), which delays its blocks may
    have, the stop words, the facts that a test may give of it (the first is its base), and the placeholders."""

    objects: tuple[ObjectKind, ...]
    when: When
    stops: tuple[str, ...]
    facts: tuple[str, ...]
    places: tuple[str, ...]


def _mail(*facts: str) -> EventKind:
    return EventKind(("mail",), "after", (*_MAIL_STOPS, *_ALWAYS_STOPS), facts, _MAIL_PLACES)


def _invoice(when: When, *facts: str, objects: tuple[ObjectKind, ...] = ("invoice",)) -> EventKind:
    return EventKind(objects, when, (*_INVOICE_STOPS, *_ALWAYS_STOPS), facts, _INVOICE_PLACES)


def _meeting(when: When, *facts: str) -> EventKind:
    return EventKind(("meeting",), when, (*_MAIL_STOPS, *_ALWAYS_STOPS), facts, _MEETING_PLACES)


EVENTS: dict[str, EventKind] = {
    "mail.received": _mail("received"),
    "mail.sent": _mail("sent"),
    "mail.waiting_for_us": _mail("received"),
    "mail.waiting_for_them": _mail("sent"),
    "invoice.received": _invoice("after", "received", "due", objects=("invoice", "mail")),
    "invoice.due": _invoice("both", "due", "received"),
    "invoice.overdue": _invoice("after", "due", "received"),
    "contract.notice": EventKind(("contract",), "before", _ALWAYS_STOPS, ("notice",), ("subject", "due_date")),
    "meeting.upcoming": _meeting("before", "starts"),
    "meeting.conflict": _meeting("after", "conflict", "starts"),
    "meeting.invited": _meeting("after", "received", "starts"),
    "iban.changed": _invoice("after", "received", "iban_changed", objects=("mail", "invoice")),
    "date": EventKind(("date",), "both", _ALWAYS_STOPS, ("date",), ("date",)),
}
FACT_WORDS = tuple(dict.fromkeys(fact for kind in EVENTS.values() for fact in kind.facts))
OVERDUE_EVENTS = frozenset({"invoice.overdue"})

Shape = Literal["names", "words", "addresses", "globs", "bool", "amount", "span", "confidence", "account", "category"]


@dataclass(frozen=True, slots=True)
class Condition:
    """A key of `when`: the shape of its value, the names allowed ("" shape-specific), the fact it looks at, and the
    kinds of object that can have that fact. `present`: looked at again before each step, as it may have changed.
    `exclusive`: an object has one value of it only, so that two rules with other values never meet."""

    shape: Shape
    fact: str
    objects: frozenset[str]
    allowed: tuple[str, ...] = ()
    present: bool = False
    exclusive: bool = False


_ALL = frozenset({"mail", "invoice", "meeting", "contract", "date"})
_POST = frozenset({"mail", "invoice"})
_TALK = frozenset({"mail", "invoice", "meeting"})

CONDITIONS: dict[str, Condition] = {
    "category": Condition("category", "category", _POST, present=True),
    "kind": Condition("names", "kind", _POST, allowed=KINDS, exclusive=True),
    "document": Condition("names", "document", _POST, allowed=DOCUMENTS, exclusive=True),
    "payment": Condition("names", "payment", _POST, allowed=PAYMENTS, present=True, exclusive=True),
    "confidence": Condition("confidence", "category", _POST, allowed=("high", "medium", "any")),
    "from": Condition("addresses", "from", _TALK),
    "to": Condition("addresses", "to", _TALK),
    "account": Condition("account", "account", _ALL, exclusive=True),
    "mailbox": Condition("names", "mailbox", _POST, present=True, exclusive=True),
    "subject_any": Condition("words", "subject", _TALK | {"contract"}),
    "text_any": Condition("words", "text", _TALK),
    "has_attachment": Condition("bool", "has_attachment", _POST, exclusive=True),
    "attachment_name": Condition("globs", "attachments", _POST),
    "direction": Condition("names", "direction", _POST, allowed=("issued", "received"), exclusive=True),
    "amount_min": Condition("amount", "amount", _POST),
    "amount_max": Condition("amount", "amount", _POST),
    "supplier": Condition("words", "supplier", _POST | {"contract"}),
    "client": Condition("words", "client", _TALK),
    "client_type": Condition(
        "names", "client_type", _TALK, allowed=("business", "consumer", "public"), present=True, exclusive=True
    ),
    "language": Condition(
        "names", "language", _POST, allowed=("fr", "en", "de", "es", "it", "nl", "pt"), exclusive=True
    ),
    "verified_sender": Condition("bool", "verified_sender", _POST, exclusive=True),
    "first_contact": Condition("bool", "first_contact", _POST, exclusive=True),
    "keywords": Condition("names", "keywords", _POST, present=True),
    "attendees": Condition("names", "attendees", frozenset({"meeting"}), allowed=("external",)),
    "within": Condition("span", "", _ALL),
    "older_than": Condition("span", "", _POST, present=True),
}

TOP_KEYS = ("title", "on", "when", "except", "then", "stop", "autonomy", "priority", "schedule", "test")
WHOLE_KEYS = tuple(key for key in TOP_KEYS if key not in {"then", "test"})
BLOCK_KEYS = ("id", "do", "after", "before")
TEST_KEYS = ("name", "given", "now", "expect")
AUTONOMY_WORDS = ("observe", "draft", "ask", "auto")

OWNER_VERBS = frozenset({"digest", "remind", "task", "notify"})
DIGEST_VERBS = frozenset({"remind", "task", "digest"})
TOLD_VERBS = frozenset({"digest", "remind", "notify"})
LEVEL_VERBS = frozenset({"draft", "send", "delegate"})
SENDING_VERBS = frozenset({"send", "delegate"})
FILING_VERBS = frozenset({"move", "archive"})
ARGUMENTS = {
    "draft": "template",
    "send": "template",
    "move": "folder",
    "file_attachment": "folder",
    "keyword": "keyword",
    "delegate": "person",
}
"""verb -> the key that a test's `expect` writes behind the colon."""

MEANT = {
    "titre": "title",
    "nom": "name",
    "sur": "on",
    "evenement": "on",
    "quand": "when",
    "si": "when",
    "sauf": "except",
    "alors": "then",
    "faire": "do",
    "action": "do",
    "apres": "after",
    "avant": "before",
    "arret": "stop",
    "arreter": "stop",
    "autonomie": "autonomy",
    "priorite": "priority",
    "calendrier": "schedule",
    "essai": "test",
    "modele": "template",
    "dossier": "folder",
    "texte": "text",
    "mot_cle": "keyword",
    "mots_cles": "keywords",
    "categorie": "category",
    "genre": "kind",
    "type": "kind",
    "nature": "document",
    "paiement": "payment",
    "confiance": "confidence",
    "de": "from",
    "expediteur": "from",
    "a": "to",
    "destinataire": "to",
    "compte": "account",
    "boite": "mailbox",
    "objet": "subject_any",
    "sujet": "subject_any",
    "subject": "subject_any",
    "text": "text_any",
    "piece_jointe": "has_attachment",
    "attachments": "attachment_name",
    "sens": "direction",
    "montant_min": "amount_min",
    "montant_max": "amount_max",
    "montant": "amount_min",
    "amount": "amount_min",
    "fournisseur": "supplier",
    "client_genre": "client_type",
    "type_client": "client_type",
    "langue": "language",
    "participants": "attendees",
    "dans": "within",
    "plus_vieux_que": "older_than",
    "rubrique": "section",
    "niveau": "level",
    "personne": "person",
    "delai": "deadline",
    "echeance": "due",
    "donne": "given",
    "attendu": "expect",
    "maintenant": "now",
    # French values
    "facture": "invoice",
    "demande": "client_request",
    "demande_client": "client_request",
    "emise": "issued",
    "recue": "received",
    "payee": "paid",
    "paye": "paid",
    "repondu": "replied",
    "envoye": "sent",
    "litige": "disputed",
    "conteste": "disputed",
    "promis": "promised",
    "avoir": "credited",
    "annule": "cancelled",
    "accepte": "accepted",
    "refuse": "refused",
    "fait": "done",
    "entreprise": "business",
    "professionnel": "business",
    "particulier": "consumer",
    "observer": "observe",
    "brouillon": "draft",
    "demander": "ask",
    "externe": "external",
    "critique": "critical",
    "haute": "high",
    "haut": "high",
    "moyenne": "medium",
    "mois": "month",
    "an": "year",
    "annee": "year",
    # French verbs
    "relancer": "draft",
    "envoyer": "send",
    "rappeler": "remind",
    "rappel": "remind",
    "prevenir": "notify",
    "tache": "task",
    "classer": "move",
    "deplacer": "move",
    "archiver": "archive",
    "ranger": "file_attachment",
}
"""What French-speaking owners write -> the word of the language that they mean (when it is allowed there)."""
