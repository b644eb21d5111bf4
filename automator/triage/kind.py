"""The kind of a mail that headers and structure tell without any model: robots, bounces, lists, invitations."""

from __future__ import annotations

import re

from automator.mail.message import Message

SILENT = frozenset({"auto_reply", "bounce"})
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
    """Was it sent to many through a list or a bulk mailer (RFC 2369, RFC 2919, Precedence)?"""
    headers = message.headers
    bulk = headers.get("precedence", "").strip().lower() in {"bulk", "list", "junk"}
    return bulk or bool(headers.get("list-unsubscribe") or headers.get("list-id"))


def is_noreply(message: Message) -> bool:
    """Does the sender's address say that nobody reads answers?"""
    return bool(_NOREPLY.match(message.sender.addr))


def robot_kind(message: Message) -> str:
    """ "bounce" (RFC 3464), "auto_reply" (RFC 3834) or "notification" when a machine wrote it, else ""."""
    headers, subject = message.headers, message.subject
    auto = headers.get("auto-submitted", "no").strip().lower()
    bounced = bool(_BOUNCE.search(subject))
    from_nobody = headers.get("return-path", "").strip() == "<>"
    if _DAEMON.match(message.sender.addr) or (bounced and (from_nobody or auto != "no")):
        return "bounce"
    answered = auto.startswith("auto-replied") or headers.get("x-autoreply") or headers.get("x-autorespond")
    if answered or (_AWAY.match(subject) and (auto != "no" or from_nobody or headers.get("precedence"))):
        return "auto_reply"
    return "notification" if auto not in {"no", ""} or is_noreply(message) else ""


def sure_kind(message: Message) -> str:
    """The kind that structure proves ("bounce", "auto_reply", "invitation"), "" when it must be predicted."""
    robot = robot_kind(message)
    if robot in SILENT:
        return robot
    calendar = any(
        a.content_type == "text/calendar" or a.filename.lower().endswith(".ics") for a in message.attachments
    )
    return "invitation" if calendar and len(message.new_text) < 900 else ""
