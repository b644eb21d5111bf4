"""Who sends a bill to whom: supplier, client, their registered ids, and which of them is us."""

from __future__ import annotations

import re
from collections.abc import Sequence

from automator.billing import names
from automator.billing.fold import fold
from automator.billing.invoice import Bill, Fact, Identity
from automator.billing.registered import is_own_id
from automator.billing.source import Source
from automator.mail.message import Address, Message

_NAME = r"(?P<name>[^\n,;:()|<>]{3,70})"
_LABELLED = re.compile(
    r"(?:^|\n|  )\s*(?:fournisseur|creancier|emetteur|vendeur|supplier|seller|creditor|expediteur|lieferant|"
    r"glaubiger|proveedor|fornitore|emise par|issued by|facture emise par|marchand|merchant|bailleur|emittente|sender|mittente|"
    r"remitente|absender|afzender|fornecedor)[ ]*:[ ]*" + _NAME
)
_ON_BEHALF = (
    re.compile(
        r"(?:a la (?:requete|demande)|pour le compte|au nom|au profit|dans l'interet|mandates? par|agissant pour|"
        r"creance de|notre (?:cliente?|mandante?)|behalf of|our client:?|we act for|unserer mandantin|namens|im auftrag)"
        r"(?: de| d'| of| par)?[ ,:]*(?:(?:notre (?:cliente?|mandante?)|our client)[ ,]*)?(?:(?:la|le|l'|der|die|the) )?"
        r"(?:(?:societe|ste|firma|company)[ ,]+)?(?P<name>(?!recouvre|la requ|notre)[^\n,;:()|<>.]{3,60}?)"
        r"(?= nous | in relation| in connection| - | --|[\n,;:()|<>.]|$)"
    ),
    re.compile(r"(?:^|\n|[-:] )(?P<name>[a-z][^\n,;:()|<>./-]{2,50}?) (?:c/|\./\.|contre) "),
)
_RELAYED = (
    re.compile(r"^(?P<name>[^\n]{3,40}?) (?:sent you|has sent|vous a (?:envoye|adresse|transmis)|ti ha inviato)"),
    re.compile(
        r"(?:document|documento|factures?|factura|fattura|invoice|receipt|recu|"
        r"rechnung)[^\n\"(]{0,25}[\"(](?P<name>[^\n\")]{3,50})[\")]"),
    re.compile(
        r"(?:facture|invoice|receipt|recu|fattura|factura|achat|rechnung)[^\n]{0,20}? (?:de|from|di|von|chez|"
        r"par) (?P<name>[a-z][^\n,:()]{2,40}?)(?= echue| depuis| du \d| pour | for |,|$)"),
)  # fmt: skip
_ROBOT = re.compile(
    r"(?:no-?reply|ne-?pas-?repondre|notifications?|notify|noreply|portail|delivery|robot|donotreply|"
    r"postmaster|receipts?|messages?|mailer|alerte?s?)[@.+-]"
)
_FORWARDED = re.compile(
    r"(?:^|\n)[> ]*(?:de|from|von|da|van|"
    r"expediteur) ?: ?\*?(?P<name>[^\n<\[]{2,80})(?:[<\[](?:mailto:)?(?P<addr>[^\s>\]]+@[^\s>\]]+)[>\]])?[^\n]*(?=\n)"
)
_COLLECTOR = re.compile(
    r"commissaires? de justice|huissier|(?:centre|cabinet|agence|societe|charge du) (?:de )?recouvrement|rechtsanwalt|"
    r"recouvrement de creances|avocat|solicitor|debt collect|inkasso|incassobureau|deurwaarder|abogad|avvocat|mandant|"
    r"we act for|our client\b|pour le compte de"
)
_FOR_ANOTHER = re.compile(
    r"a la requete|pour le compte de|mandant|mandate|creance|behalf of|our client|we act for|\bc/|\./\.|"
    r"assignation|sommation|hauptforderung|mandantin|injonction"
)
_TITLE = re.compile(
    r"facture|invoice|rechnung|fattura|factura|factuur|avoir|honoraires|credit note|gutschrift|^date|^le \d|"
    r"recu\b|receipt|page \d|devis|quote|statement|releve|avis|original|duplicata|copie|pro[- ]?forma|relance|"
    r"mahnung|n°|cotisation|guia|note de|titre|appel|redevance|scan|numerisation"
)
_BUYER = re.compile(
    r"(?:client|doit|destinataire|facture a|adresse a|bill(?:ed)? to|customer|buyer|sold to|to|kunde|"
    r"empfanger|klant|cliente|rechnung an|spett\.?le|redevable|adherent|a l'attention de|locataire|cliente|"
    r"acheteur|abonne)[ ]*:?[ ]{1,12}(?P<name>[^\n:]{3,60})"
)


def supplier(message: Message | None, sources: Sequence[Source], identity: Identity) -> Fact | None:
    """The creditor of a bill: a name the text gives as such, else the one that fits the sender's domain best.

    A platform, a collector or a bailiff who writes for a creditor is not it; nor are we or a colleague who forwards.
    """
    named = _named(sources, message, identity)
    if named is not None:
        return named
    sender = _true_sender(message, identity) if message else None
    head = [f for s in sources if s.where == "pdf:1" for f in _head(s, identity)]
    if sender is None:
        return head[0] if head else None
    return _best(sender, sources, head, identity)


def _named(sources: Sequence[Source], message: Message | None, identity: Identity) -> Fact | None:
    """A creditor that the text gives by name: "Fournisseur : X", "à la requête de X", or a platform's subject."""
    collected = message is not None and collects(sources, message)
    patterns = [_LABELLED, *(_ON_BEHALF if collected else ()), *(_RELAYED if message and _is_relay(message) else ())]
    for pattern in patterns:
        for source in sources:
            if pattern in _RELAYED and source.where != "subject":
                continue
            hit = pattern.search(source.folded)
            name = _tidy(source.text[slice(*hit.span("name"))]) if hit else ""
            proper = pattern not in _RELAYED or name[:1].isupper()
            if (
                hit
                and proper
                and 2 < len(name) <= 60
                and not _ours(name, identity)
                and not re.search(r"\d{4}|@", name)
            ):
                return source.fact(name, hit.span(), 0.85)
    return None


def _tidy(name: str) -> str:
    """A name cut out of a line: its first column, no quotes; a full stop stays when it ends an abbreviation."""
    name = re.split(r" {2,}|\t", name.strip())[0].strip(" -\"'*,:;–—«»")
    return name if name.count(".") > 1 else name.rstrip(".")


def _is_relay(message: Message) -> bool:
    """Does a platform send this for somebody else: a robot's address, or "via" in the name?"""
    return is_robot(message.sender) or " via " in f" {message.sender.name.lower()} "


def is_robot(sender: Address) -> bool:
    """Is this the address of a machine (no-reply, notifications)?"""
    return bool(_ROBOT.match(sender.addr))


def _true_sender(message: Message, identity: Identity) -> Address | None:
    """Who wrote the bill: the From, or the one inside a forward by one of ours; None when only we are there."""
    if not _inside(message, identity):
        return message.sender
    for hit in reversed(list(_FORWARDED.finditer(fold(message.text) + "\n"))):
        name = message.text[slice(*hit.span("name"))].strip(" \"'*[")
        addr = hit["addr"] or ""
        if "@" in name and not addr:
            name, addr = "", fold(name)
        if not (identity.owns(addr) or _ours(name, identity)):
            return Address(addr, name)
    return None


def _inside(message: Message, identity: Identity) -> bool:
    domain = message.sender.domain
    return (
        identity.owns(message.sender.addr)
        or message.role == "sent"
        or (domain in {a.domain for a in message.to} and domain not in _PUBLIC)
    )


_PROVIDERS = (
    "gmail.com outlook.com outlook.fr hotmail.com hotmail.fr yahoo.com yahoo.fr orange.fr wanadoo.fr free.fr sfr.fr "
    "laposte.net icloud.com live.fr gmx.de gmx.fr web.de proton.me protonmail.com bbox.fr neuf.fr aol.com"
)
_PUBLIC = frozenset(_PROVIDERS.split())


def _best(sender: Address, sources: Sequence[Source], head: Sequence[Fact], identity: Identity) -> Fact:
    """The name that spells the sender's domain best: his From name, its parts, short lines of the texts, in this order.

    The From name as a whole is kept when it spells the domain nearly as well; without one that fits, it is the name,
    as a paper's head writes it; without any name, the domain itself is.
    """
    spoken = _spoken(sender)
    lines = [] if not sender.domain or sender.domain in _PUBLIC else [*head, *_short_lines(sources, identity)]
    ranked = [(names.fits_domain(f.value, sender.domain), f) for f in [*spoken, *lines]]
    top, best = max(ranked, key=lambda pair: pair[0], default=(0.0, None))
    if best is not None and top >= 0.75:
        if spoken and ranked[0][0] >= top - 0.05 and len(names.words(spoken[0].value)) <= 6:
            best = spoken[0]
        return Fact(best.value, 0.9, best.evidence, best.where)
    agreed = next((f for f in head if spoken and names.same_party(f.value, spoken[0].value)), None)
    from_domain = names.label(sender.domain).replace("-", " ").title()
    return agreed or next(iter(spoken), Fact(from_domain, 0.5, sender.addr, "from"))


def _spoken(sender: Address) -> list[Fact]:
    """The From name without its department, then its parts ("Hanneke Vos - Tulp & Co")."""
    parts = re.split(r" [-–—|/] |, | @ | chez | at | de chez | \(|\)", sender.name)
    cleaned = [names.clean(sender.name), *(names.clean(p) or p.strip() for p in parts if names.clean(sender.name))]
    return [Fact(p, 0.8, sender.name, "from") for p in cleaned if len(p) > 2]


def _short_lines(sources: Sequence[Source], identity: Identity) -> list[Fact]:
    found = []
    for source in sources:
        for line in source.text.splitlines()[:200]:
            for part in re.split(r" {2,}| [-–—|·•] |, (?=[A-ZÉ])", line.strip(" >*_-–—|")):
                name = re.sub(r"^(?:L'équipe|Votre équipe|The|Team|Le|La) (?=[A-ZÉ])", "", part.strip(" ,:;\"'"))
                name = name if name.count(".") > 1 else name.rstrip(".")
                if (
                    3 <= len(name) <= 50
                    and len(name.split()) <= 7
                    and name[0].isupper()
                    and "@" not in name
                    and not _ours(name, identity)
                ):
                    found.append(Fact(name, 0.8, name, source.where))
    return found[:150]


def _head(source: Source, identity: Identity) -> list[Fact]:
    """Names at the top of a PDF, before the client's: the first lines that are no title, address or date."""
    found = []
    for line in source.text.splitlines()[:8]:
        name = _tidy(re.split(r" {3,}| - | – |, ", line.strip())[0])
        plain = fold(name)
        if _BUYER.match(plain):
            break
        if len(name) < 3 or _TITLE.search(plain) or re.search(r"\d{3}|@|^\d|www|rue |avenue|tel\b", plain):
            continue
        if not _ours(name, identity) and len(name) <= 60:
            found.append(source.fact(name, (0, 0), 0.75))
    return [Fact(f.value, f.confidence, f.value, f.where) for f in found[:2]]


def _ours(name: str, identity: Identity) -> bool:
    return any(names.same_party(name, own) for own in identity.names) or any(
        names.fits_domain(name, d) >= 0.9 for d in identity.domains
    )


def client(sources: Sequence[Source], message: Message | None) -> Fact | None:
    """Whom a bill of ours is for: the name beside "Client", "Facturé à" ..., else the To name of the mail."""
    for source in sources:
        hit = _BUYER.search(source.folded) if source.where.startswith("pdf") else None
        if hit:
            name = source.text[slice(*hit.span("name"))].strip().split("  ")[0].strip(" .-")
            if len(name) > 2 and not re.search(r"\d{3}|@", name):
                return source.fact(name, hit.span(), 0.8)
    if message and message.role == "sent" and message.to:
        other = message.to[0]
        return Fact(other.shown, 0.7 if other.name else 0.5, other.shown, "to")
    return None


def collects(sources: Sequence[Source], message: Message | None) -> bool:
    """Does a collector, bailiff or lawyer write here for a creditor? Then the account named is not the creditor's."""
    text = "\n".join([*(s.folded for s in sources), fold(message.sender.name if message else "")])
    return bool(_COLLECTOR.search(text) and _FOR_ANOTHER.search(text))


def direction(
    bill: Bill, client_name: str, sources: Sequence[Source], identity: Identity, message: Message | None
) -> Fact:
    """ "issued" when we sent the bill or are its seller by name or number, else "received"."""
    if message is not None and message.role == "sent":
        return Fact("issued", 0.9, message.sender.addr, "from")
    if bill.supplier_id and is_own_id(bill.supplier_id.value, identity):
        return Fact("issued", 0.97, bill.supplier_id.evidence, bill.supplier_id.where)
    if bill.supplier and _ours(bill.supplier.value, identity):
        return Fact("issued", 0.9, bill.supplier.evidence, bill.supplier.where)
    for source in sources:
        if source.where == "pdf:1" and _we_head(source, identity):
            return Fact("issued", 0.85, " ".join(source.text.split())[:80], source.where)
    return Fact(
        "received",
        0.95 if client_name or message else 0.8,
        client_name,
        bill.supplier.where if bill.supplier else "from",
    )


def _we_head(source: Source, identity: Identity) -> bool:
    """Is the first name on the paper ours, not beside "client"?"""
    lines = [line for line in source.text.splitlines() if len(line.strip()) > 2][:3]
    return any(
        _ours(re.split(r" {3,}| - ", line.strip())[0], identity) and not _BUYER.search(fold(line))
        for line in lines[:1]
    )


def seller(bill: Bill, identity: Identity, message: Message | None) -> Fact | None:
    """Who issued a bill of ours: as the e-invoice or the paper writes our name, else as the config or our From does."""
    found = bill.supplier
    if found and (found.where == "xml" or _ours(found.value, identity)):
        return found
    if identity.names:
        return Fact(identity.names[0], 0.9, identity.names[0], "config")
    sent = message is not None and message.role == "sent"
    return Fact(message.sender.shown, 0.7, message.sender.shown, "from") if message and sent else found
