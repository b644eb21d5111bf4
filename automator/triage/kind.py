"""The kind of a mail that headers and structure tell without any model: robots, bounces, lists, invitations."""

from __future__ import annotations

import re
from typing import Literal

from automator.billing.invoice import Identity
from automator.mail.message import Message

SILENT = frozenset({"auto_reply", "bounce"})
Ceiling = Literal["no", "unsure", "yes"]
_LIST_HEADERS = (
    "list-unsubscribe", "list-id", "list-post", "list-help", "list-owner", "list-archive", "list-subscribe",
    "mailing-list", "x-mailing-list", "x-beenthere", "feedback-id",
)  # fmt: skip
_NOREPLY = re.compile(
    r"(?:no|ne|nao|non|nicht|do)[-_.]?(?:not|t)?[-_.]?(?:pas[-_.]?)?(?:reply|repl|repond|responder|rispondere|antwort)|mailer-daemon|postmaster",
    re.I,
)
_DAEMON = re.compile(r"(?:mailer-daemon|postmaster|mail-daemon|bounces?)[@+-]", re.I)
_BOUNCE = re.compile(
    r"undeliver|delivery (?:status|failure|has failed|incomplete)|returned mail|mail delivery (?:failed|system)|non remis|"
    r"non distribu|[ée]chec de (?:la )?remise|unzustellbar|non recapitabile|no entregado|onbestelbaar|failure notice|nao entregue",
    re.I,
)
_AWAY = re.compile(
    r"\s*(?:out of (?:the )?office|automatic reply|auto(?:matic)?[- ]?(?:reply|response)|r[ée]ponse automatique|absen|"
    r"abwesen|automatische antwort|afwezig|automatisch antwoord|fuera de|respuesta autom|fuori|risposta automatica|resposta autom|ausen)",
    re.I,
)
_WHOLE = r"(?P<whole>\s*(?:$|[:(])|\s+[-–—]\s)?"
_SAYS_AWAY = re.compile(
    r"\s*(?:out[- ]of[- ](?:the[- ])?office(?: (?:auto[- ]?)?(?:reply|response))?|auto(?:matic)?[- ]?(?:reply|response)|"
    r"r[ée]ponse automatique|abs(?:ence|ente?) du bureau|message d['’]absence|automatische antwort|abwesenheitsnotiz|"
    r"automatisch antwoord|respuesta autom[áa]tica|risposta automatica|resposta autom[áa]tica)" + _WHOLE,
    re.I,
)
_SAYS_BOUNCE = re.compile(
    r"\s*(?:undeliverable(?: mail)?|undelivered mail returned to sender|delivery status notification|mail delivery failed|"
    r"(?:mail )?delivery failure|returned mail|failure notice|(?:message )?non remis|unzustellbar|non recapitabile|"
    r"onbestelbaar)" + _WHOLE,
    re.I,
)


def is_list(message: Message) -> bool:
    """Was it sent to many through a list or a bulk mailer (RFC 2369, RFC 2919, Precedence, Feedback-ID)?"""
    headers = message.headers
    bulk = headers.get("precedence", "").strip().lower() in {"bulk", "list", "junk"}
    return bulk or any(headers.get(name) for name in _LIST_HEADERS)


def is_noreply(message: Message) -> bool:
    """Does the sender's address say that nobody reads answers?"""
    return bool(_NOREPLY.match(message.sender.addr))


def robot_kind(message: Message) -> str:
    """ "bounce" (RFC 3464), "auto_reply" (RFC 3834) or "notification" when a machine wrote it, else ""."""
    headers, subject = message.headers, message.subject
    auto = headers.get("auto-submitted", "no").strip().lower()
    from_nobody = headers.get("return-path", "").strip() == "<>"
    machine = auto != "no" or from_nobody
    reports = headers.get("content-type", "").lower().startswith("multipart/report") or headers.get(
        "x-failed-recipients"
    )
    bounced = ((machine or reports) and _BOUNCE.search(subject)) or _is_whole(_SAYS_BOUNCE, subject)
    if _DAEMON.match(message.sender.addr) or bounced or (reports and from_nobody):
        return "bounce"
    if _answers_by_itself(message) or (_AWAY.match(subject) and (machine or headers.get("precedence"))):
        return "auto_reply"
    return "notification" if auto not in {"no", ""} or is_noreply(message) else ""


def _answers_by_itself(message: Message) -> bool:
    """Does a header, or a subject that such programs write and people do not, say that it is an automatic answer?"""
    headers = message.headers
    replied = headers.get("auto-submitted", "").strip().lower().startswith("auto-replied")
    replied = replied or headers.get("precedence", "").strip().lower() in {"auto_reply", "auto-reply"}
    marked = bool(headers.get("x-autoreply") or headers.get("x-autorespond"))
    return replied or marked or _is_whole(_SAYS_AWAY, message.subject)


def _is_whole(phrase: re.Pattern[str], subject: str) -> bool:
    """Is the phrase all of the subject, or what stands before its colon?"""
    found = phrase.match(subject)
    return found is not None and found["whole"] is not None


def _sounds_automatic(message: Message) -> bool:
    """Does the subject begin like an automatic one? X-Auto-Response-Suppress proves nothing alone: people's mail has it.

    With it, a looser likeness is enough.
    """
    subject = message.subject
    if _SAYS_AWAY.match(subject) or _SAYS_BOUNCE.match(subject):
        return True
    return bool(message.headers.get("x-auto-response-suppress") and (_AWAY.match(subject) or _BOUNCE.search(subject)))


def sure_kind(message: Message) -> str:
    """The kind that structure proves ("bounce", "auto_reply", "invitation"), "" when it must be predicted."""
    robot = robot_kind(message)
    if robot in SILENT:
        return robot
    whole = message.headers.get("content-type", "").lower().startswith("text/calendar")
    calendar = whole or any(
        a.content_type == "text/calendar" or a.filename.lower().endswith(".ics") for a in message.attachments
    )
    return "invitation" if calendar and len(message.new_text) < 900 else ""


def request_ceiling(message: Message, owner: Identity, kind: str) -> Ceiling:
    """The most that may be said of "client_request", whatever the words say.

    "no" for automatic answers, bounces, invitations and mail from an address of our own, but for a form of our website
    that sends with our address and names its visitor in Reply-To; "unsure" for list mail, through which a marketplace
    may relay a person, and where only the subject looks automatic; else "yes". `kind` must be one that structure
    proves, or "".
    """
    visitor = message.reply_to is not None and message.reply_to.addr not in owner.addresses
    ours = message.sender.addr in owner.addresses and not visitor
    if kind in SILENT or kind == "invitation" or ours:
        return "no"
    return "unsure" if is_list(message) or _sounds_automatic(message) else "yes"
