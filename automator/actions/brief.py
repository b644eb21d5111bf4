"""brief: mail the digest to the owner. Queued by the service itself; no verb of the rule language."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import date, datetime

from pydantic import BaseModel, ConfigDict

from automator.errors import PermanentError
from automator.mail.compose import signed
from automator.mail.message import OutgoingMail
from automator.ports import Case, Done, Tools
from automator.rulebook.plan import Intent

INTERNAL = True


class Options(BaseModel):
    """The mail of a digest, frozen when it was composed."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    day: date
    subject: str
    text: str
    html: str


def digest_id(key: bytes, day: date, owner: str) -> str:
    """Message-ID of the digest of a day: the same at every attempt, and nobody else's to guess.

    `<digest.DATE.` + the first 26 signs of base32(HMAC-SHA256(key, "digest|DATE|owner")) + `@domain>`.
    """
    mac = hmac.new(key, f"digest|{day.isoformat()}|{owner}".encode(), hashlib.sha256).digest()
    sign = base64.b32encode(mac).decode().rstrip("=").lower()[:26]
    return f"<digest.{day.isoformat()}.{sign}@{owner.rpartition('@')[2]}>"


class Brief:
    """Sends the digest; under the same Message-ID, so sending it twice shows one mail in most clients."""

    repeatable = True

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def perform(self, intent: Intent, case: Case, now: datetime) -> Done:
        """Send to the owner's own address, from his own account; TemporaryError while there is no way out."""
        options = intent.params
        if not isinstance(options, Options):
            raise TypeError(options)
        if self._tools.sender is None:
            raise PermanentError("no [smtp] section: the digest cannot leave. Add one to config.toml")
        owner = self._tools.owner
        identity = digest_id(self._tools.key, options.day, owner.addr)
        mail = OutgoingMail(
            message_id=identity,
            date=now,
            sender=self._tools.identities.get(intent.account, owner),
            to=owner,
            subject=options.subject,
            text=options.text,
            html=options.html,
            key=intent.key,
            automatic=True,
            to_owner=True,
            language=self._tools.words.language,
        )
        self._tools.sender.send(signed(self._tools.key, mail))
        return Done(self._tools.words.t("digest sent"), message_id=identity)


def build(tools: Tools) -> Brief:
    """The action, with its tools."""
    return Brief(tools)
