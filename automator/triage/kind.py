"""The kind of a mail that headers and structure tell without any model: robots, bounces, lists, invitations."""

from __future__ import annotations

import re
from typing import Literal

from automator.billing.invoice import Identity
from automator.mail.message import Message

SILENT = frozenset({"auto_reply", "bounce"})
Ceiling = Literal["no", "unsure", "yes"]
_LIST_HEADERS = ("list-unsubscribe", "list-id", "list-post", "list-help", "mailing-list", "feedback-id")
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
    bounced = bool(_BOUNCE.search(subject))
    from_nobody = headers.get("return-path", "").strip() == "<>"
    machine = auto != "no" or from_nobody or bool(headers.get("x-auto-response-suppress"))
    reports = headers.get("content-type", "").lower().startswith("multipart/report") or headers.get(
        "x-failed-recipients"
    )
    if _DAEMON.match(message.sender.addr) or (bounced and (machine or reports)) or (reports and from_nobody):
        return "bounce"
    answered = auto.startswith("auto-replied") or headers.get("x-autoreply") or headers.get("x-autorespond")
    if answered or (_AWAY.match(subject) and (machine or headers.get("precedence"))):
        return "auto_reply"
    return "notification" if auto not in {"no", ""} or is_noreply(message) else ""


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
    may relay a person; else "yes". `kind` must be one that structure proves, or "".
    """
    visitor = message.reply_to is not None and message.reply_to.addr not in owner.addresses
    ours = message.sender.addr in owner.addresses and not visitor
    if kind in SILENT or kind == "invitation" or ours:
        return "no"
    return "unsure" if is_list(message) else "yes"
