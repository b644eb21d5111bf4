"""Cues of the envelope and the shape of a mail: who writes, how it came, how it is built."""

from __future__ import annotations

import re
from collections.abc import Iterator

from automator.billing.invoice import Identity
from automator.mail.message import Message
from automator.triage.kind import is_list, robot_kind
from automator.triage.tokens import Sentence, words

# Each begins with a set of signs, and looks back from there: the regex engine then skips to the signs of the set.
IBAN = re.compile(r"[A-Z](?<!\w[A-Z])[A-Z]\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,4})?\b")
_REPLY = re.compile(r"\s*(?:re|aw|antw|sv|rif|res|odp|r)\s*(?:\[\d+\])?\s*:", re.I)
_FORWARD = re.compile(r"\s*(?:fwd?|tr|wg|rv|enc|i|doorst)\s*:", re.I)
_MONEY = re.compile(r"[\d€£$](?:(?<=\d)[\d \xa0\u202f.,]{0,15}(?:€|eur\b|euros?\b|£|\$|gbp\b)|(?<=[€£$]) ?\d)", re.I)
_LINK = re.compile(r"https?://|www\.", re.I)
_PHONE = re.compile(r"[+0](?<!\d[+0])(?:(?<=\+)\d{2}|(?<=0))[\d .]{8,16}\d(?!\d)")
_ORGANISATION_WORDS = (
    "sarl sas sa eurl scop gmbh ltd llp inc srl spa sl bv lda cabinet atelier garage mairie agence service societe"
    " groupe banque cie compagnie association club ecole hotel restaurant support team equipe accounts comptabilite"
)
_ORGANISATION = frozenset(_ORGANISATION_WORDS.split())


SENDERS = ("us", "robot", "bulk", "person", "org")


def bare_subject(subject: str) -> str:
    """The subject without its Re: and Fwd: prefixes."""
    while match := _REPLY.match(subject) or _FORWARD.match(subject):
        subject = subject[match.end() :]
    return subject


def sender_type(message: Message, owner: Identity) -> str:
    """Who writes: "us" (own address), "robot", "bulk" (a list), "person" (a name that fits the address) or "org"."""
    if owner.owns(message.sender.addr):
        return "us"
    if robot_kind(message):
        return "robot"
    if is_list(message):
        return "bulk"
    name = words(message.sender.name)
    if not _ORGANISATION.isdisjoint(name):
        return "org"
    local = "".join(words(message.sender.addr.rpartition("@")[0]))
    return "person" if any(len(word) > 2 and word in local for word in name) else "org"


def trusted_server(authentication_results: str, owner: Identity) -> str:
    """The authserv-id (RFC 8601 2.2) of a header, when it is a server of the firm's own domain; else ""."""
    server = authentication_results.partition(";")[0].strip().lower()
    return server if any(server == domain or server.endswith("." + domain) for domain in owner.domains) else ""


def envelope(message: Message, owner: Identity, sender: str) -> Iterator[str]:
    """Cues of the headers."""
    yield f"=from:{sender}"
    yield f"=verified:{message.authentication.verified}".lower()
    headers = message.headers
    marks = {
        "=list": bool(headers.get("list-unsubscribe")),
        "=auto": headers.get("auto-submitted", "no").lower() != "no",
        "=precedence": bool(headers.get("precedence")),
        "=reply_to_elsewhere": message.reply_to is not None and message.reply_to.domain != message.sender.domain,
        "=reply": bool(message.in_reply_to or _REPLY.match(message.subject)),
        "=reply_to_us": message.in_reply_to.rpartition("@")[2].rstrip(">") in owner.domains,
        "=forward": bool(_FORWARD.match(message.subject)),
        "=quoted": bool(message.quoted),
        "=several_to": len(message.to) + len(message.cc) > 1,
    }
    yield from (mark for mark, there in marks.items() if there)


def shape(message: Message, subject: list[Sentence], body: list[Sentence]) -> Iterator[str]:
    """Cues of what the sender wrote, as counts in classes."""
    text = message.new_text
    length = sum([len(sentence.raw) for sentence in body])
    yield f"=length:{min(length, 400).bit_length()}"
    yield f"=questions:{min(sum([sentence.asks for sentence in body]), 3)}"
    yield f"=money:{min(len(_MONEY.findall(text)), 4)}"
    linked = "://" in text or "www." in text.lower()
    yield f"=links:{min(len(_LINK.findall(text)), 2) if linked else 0}"
    yield f"=exclamations:{min(text.count('!'), 3)}"
    marks = {
        "=question_in_subject": any(sentence.asks for sentence in subject),
        "=ends_asking": bool(body) and body[-1].asks,
        "=iban": bool(IBAN.search(text)),
        "=phone": bool(_PHONE.search(text)),
        "=shouting": _shouts(message.subject),
    }
    yield from (mark for mark, there in marks.items() if there)


def _shouts(subject: str) -> bool:
    if sum(map(str.isupper, subject)) < 5:
        return False
    letters = [sign for sign in subject if sign.isalpha()]
    return len(letters) > 6 and sum(sign.isupper() for sign in letters) > 0.6 * len(letters)
