"""Which conversation a mail belongs to, whether a machine wrote it, and whether it waits for an answer."""

from __future__ import annotations

import re

from automator.mail.message import Message

_PREFIX = re.compile(
    r"^\s*(?:(?:re|ré|rép|rep|aw|antw|sv|rif|res|odp|tr|fwd?|wg|rv|enc|doorst|transf[ée]r[ée]?|réponse|i)\s*(?:\[\d+\]|\(\d+\))?\s*:|"
    r"\[(?:ext|external|externe|spam)\])\s*",
    re.I,
)
_BULK = frozenset({"bulk", "list", "junk", "auto_reply", "auto-reply"})
_LISTS = (
    "list-id", "list-unsubscribe", "list-post", "list-help", "list-owner", "list-archive", "list-subscribe",
    "mailing-list", "x-mailing-list", "x-beenthere",
)  # fmt: skip
_ROBOT_HEADERS = ("x-autoreply", "x-autorespond", "x-autorespond-to", "x-failed-recipients")
_ROBOT = re.compile(
    r"^(?:mailer-daemon|mail-daemon|postmaster|mailerdaemon|listserv|majordomo|bounces?|double-bounce|"
    r"(?:no|do-?not|donot|ne-?pas|nepas)[-_.]?(?:reply|respond|repondre|répondre)|noreply|no-?responder|nao-?responda|"
    r"notifications?|automate|robot)(?:[-+_.\d].*)?$"
)
_AWAY = re.compile(
    r"^\s*(?:(?:re|ré)\s*:\s*)?(?:réponse automatique|reponse automatique|automatic reply|auto(?:matic)?[- ]?re(?:ply|sponse)|"
    r"out of (?:the )?office|absence du bureau|absent du bureau|message d'absence|absence\s*[:\-–]|automatische antwort|abwesenheit|"
    r"respuesta automática|risposta automatica|automatisch antwoord|resposta automática)",
    re.I,
)


def ancestors(message: Message) -> tuple[str, ...]:
    """The Message-IDs this mail answers, the nearest first (RFC 5322 3.6.4), each once, without its own."""
    chain = (message.in_reply_to, *reversed(message.references))
    return tuple(one for one in dict.fromkeys(chain) if one and one != message.message_id)


def normal_subject(subject: str) -> str:
    """The subject without Re:, TR:, Fwd: and the like, in lower case, for comparing conversations."""
    for _ in range(20):
        match = _PREFIX.match(subject)
        if not match:
            break
        subject = subject[match.end() :]
    return " ".join(subject.casefold().split())


def reply_subject(subject: str) -> str:
    """ "Re: " and the subject, once (RFC 5322 3.6.5)."""
    bare = subject
    while match := re.match(r"^\s*(?:re|ré|aw|rép)\s*(?:\[\d+\])?\s*:\s*", bare, re.I):
        bare = bare[match.end() :]
    return f"Re: {bare.strip()}"


def is_automatic(message: Message) -> bool:
    """Did a machine write it: an auto-reply, a bounce, a list, a mass mailing, a notification (RFC 3834 2)?

    Such a mail is never answered and is no answer. X-Auto-Response-Suppress proves nothing: Exchange adds it to what
    people write. A draft of ours that the owner sent himself bears our key and is his own mail.
    """
    headers = message.headers
    if headers.get("auto-submitted", "no").partition(";")[0].strip().lower() not in {"", "no"}:
        return True
    if headers.get("return-path", "").replace(" ", "") == "<>" or any(name in headers for name in _LISTS):
        return True
    if headers.get("precedence", "").strip().lower() in _BULK or any(name in headers for name in _ROBOT_HEADERS):
        return True
    if headers.get("content-type", "").lower().startswith(("multipart/report", "message/delivery-status")):
        return True
    if message.role == "received" and "x-automator-key" in headers:
        return True
    return bool(_ROBOT.match(message.sender.addr.rpartition("@")[0]) or _AWAY.match(message.subject))


_URL = re.compile(r"\b(?:https?://|www\.)\S+", re.I)
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n\s*[-•*]?\s*")
_IDLE_QUESTION = re.compile(
    r"^(?:(?:bonjour|hello|hi|salut|coucou)[^?]{0,30}|comment (?:allez-vous|vas-tu|ça va)|(?:vous allez|tu vas|ça va) bien|how are you(?: doing)?|"
    r"hope you are well|(?:une?|des|d'autres) questions?|any questions?|questions?|besoin d'aide|need help|"
    r"vous n'arrivez pas à lire ce (?:mail|message)|can't read this|n'est-ce pas|savez-vous|le saviez-vous|did you know)\s*\?",
    re.I,
)
_POLITE = re.compile(
    r"veuillez (?:trouver|recevoir|agréer|croire)|(?:vous prie|vous prions) d(?:e |')(?:trouver|recevoir|agréer|croire)|"
    r"please find|please (?:see )?attached|merci (?:de|pour) votre (?:confiance|compréhension|commande|visite|achat|fidélité)",
    re.I,
)
_REQUEST = re.compile(
    r"\b(?:pouvez|pourriez|voulez|voudriez|auriez|seriez|savez)[- ]vous\b|\b(?:peux|pourrais|aurais)[- ]tu\b|"
    r"\bmerci (?:de|d')\s*(?:me|nous|m'|bien vouloir|confirmer|répondre|préciser|transmettre|envoyer|valider|indiquer|"
    r"rappeler|retourner|communiquer|faire|vérifier|signer|régler|procéder|l['ae]|les|y|en)\b|"
    r"\bmerci de votre (?:retour|réponse|accord|confirmation)|\b(?:vous prie|vous prions|vous serais|vous serions)\b.{0,40}\b(?:de|d')|"
    r"\bveuillez\b|\b(?:dites|confirmez|envoyez|rappelez|répondez|faites|tenez|indiquez|précisez|contactez|transmettez)[- ](?:moi|nous)\b|"
    r"\bdis[- ]moi\b|\b(?:dans l'|en )attente de (?:votre|ta|vos)\b|\b(?:j'attends|nous attendons|on attend) (?:votre|ta|vos)\b|"
    r"\bsaur(?:ais|ions|ait) gré\b|\bj'en aurais besoin\b|\bil (?:me|nous) manque\b|\bwould be (?:great|lovely|appreciated)\b|"
    r"\bremerci(?:e|ons) (?:par avance |d'avance )?de (?:bien vouloir|me|nous|procéder|votre (?:retour|réponse|accord))\b|"
    r"\b(?:retour|devis|exemplaire) signé\b|\bbon pour accord\b|\bil (?:me|nous) faudrait\b|"
    r"\b(?:je souhaite|je souhaiterais|nous souhaitons|nous souhaiterions|j'aimerais|nous aimerions|je voudrais|nous voudrions|j'aurais besoin|"
    r"nous aurions besoin|j'ai besoin|nous avons besoin)\b|"
    r"\b(?:could|can|would|will) you\b|\bplease (?:confirm|send|let|advise|reply|call|provide|sign|return|tell|check|forward|"
    r"respond|arrange|pay|get back|review|approve|quote)\b|\blet (?:me|us) know\b|\blooking forward to (?:your|hearing)\b|"
    r"\b(?:await|awaiting) your\b|\bkindly\b|\b(?:i|we)(?:'d| would) (?:like|need|appreciate)\b|\b(?:i|we) need\b",
    re.I,
)
_NO_ANSWER = re.compile(
    r"(?:pas (?:besoin|la peine) de (?:me |nous )?répondre|ne pas répondre|n'appelle pas de réponse|sans réponse de votre part ne|"
    r"no (?:need to reply|reply (?:is )?(?:needed|necessary|required))|do not reply|don't reply)",
    re.I,
)
_QUOTE = re.compile(
    r"\b(?:devis|proposition(?: commerciale| tarifaire)?|offre de prix|quote|quotation|estimate|proposal)\b", re.I
)
_OPEN_END = re.compile(
    r"\b(?:accord|confirm\w*|valid\w*|sign\w*|à votre disposition|n'hésitez pas|votre retour|avis|approval|approve|go ahead|any questions|"
    r"your feedback|ci-joint|en pièce jointe|attached)\b",
    re.I,
)


def expects_answer(message: Message) -> bool:
    """Does this mail of a person, theirs or ours, ask its reader for an answer? Conservative: when in doubt, no.

    1. What a machine wrote, or what says that no answer is needed, asks for nothing.
    2. A question to the reader, or a request ("pourriez-vous", "merci de confirmer", "please let us know").
    3. A quote of ours that is sent with a wish for agreement.
    """
    if is_automatic(message):
        return False
    text = _URL.sub(" ", message.new_text[:20_000])
    if _NO_ANSWER.search(text):
        return False
    if any(_asks(sentence.strip()) for sentence in _SENTENCE.split(text)):
        return True
    offered = message.role == "sent" and _QUOTE.search(f"{message.subject}\n{text}")
    return bool(offered and (message.attachments or _OPEN_END.search(text)))


def _asks(sentence: str) -> bool:
    if not sentence:
        return False
    if "?" in sentence:
        return not _IDLE_QUESTION.match(sentence) and len(sentence) > 5
    return bool(_REQUEST.search(_POLITE.sub(" ", sentence)))
