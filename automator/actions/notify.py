"""notify: tell the owner now, by mail."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from automator.errors import PermanentError
from automator.mail.clean import clean_line
from automator.mail.compose import message_id, signed
from automator.mail.message import OutgoingMail
from automator.mail.template import fill
from automator.ports import Case, Done, Tools
from automator.rulebook.plan import Intent

_SUBJECT = 120


class Options(BaseModel):
    """`level` "critical" says so in the subject. `text` may hold placeholders; "" = the reason of the rule."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    level: Literal["normal", "critical"] = "normal"
    text: str = Field(default="", max_length=1_000)


class Notify:
    """Mails the owner, and only him. Under one Message-ID: sent twice, most programs show it once."""

    repeatable = True

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def perform(self, intent: Intent, case: Case, now: datetime) -> Done:
        """Send the alert. Raises what the sender raises, and PermanentError without a way out."""
        options = intent.params
        if not isinstance(options, Options):
            raise TypeError(options)
        if self._tools.sender is None:
            raise PermanentError("no [smtp] section: the alert cannot leave. Add one to config.toml")
        mail = self._alert(intent, case, now, options)
        self._tools.sender.send(mail)
        return Done(self._tools.words.t("you were alerted"), mail.message_id)

    def _alert(self, intent: Intent, case: Case, now: datetime, options: Options) -> OutgoingMail:
        tools, t = self._tools, self._tools.words.t
        sender = tools.identities.get(intent.account, tools.owner)
        about = fill(options.text, case.values) if options.text else case.subject or intent.why
        prefix = t("[URGENT]") if options.level == "critical" else t("[Alert]")
        lines = [about] if options.text else []
        if case.recipient is not None:
            lines.append(t("With: {who}", who=f"{case.recipient.name} <{case.recipient.addr}>".strip()))
        if case.subject:
            lines.append(t("Subject: {subject}", subject=case.subject))
        lines.append(t("Why: {why}", why=intent.why))
        mail = OutgoingMail(
            message_id=message_id(tools.key, intent.key, sender.domain),
            date=now,
            sender=sender,
            to=tools.owner,
            subject=f"{prefix} {clean_line(about, _SUBJECT)}",
            text="\n".join(clean_line(line, 1_000) for line in lines),
            key=intent.key,
            automatic=True,
            to_owner=True,
            language=tools.words.language,
        )
        return signed(tools.key, mail)


def build(tools: Tools) -> Notify:
    """The action, with its tools."""
    return Notify(tools)
