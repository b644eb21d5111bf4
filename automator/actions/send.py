"""send: send a mail to somebody else. Never twice: what is not sure to have been sent is not sent again."""

from __future__ import annotations

from datetime import datetime

from automator.actions import draft
from automator.errors import PermanentError
from automator.mail.clean import clean, text_hash
from automator.mail.compose import serialize
from automator.mail.message import OutgoingMail
from automator.ports import Case, Done, Tools
from automator.rulebook.plan import Autonomy, Intent


class Options(draft.Options):
    """The same keys as a draft: a send that may not send becomes one."""


class Send:
    """Hands the mail to the sender. `repeatable` is False: a cut-off attempt is looked for in Sent, not repeated."""

    repeatable = False

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def perform(self, intent: Intent, case: Case, now: datetime) -> Done:
        """Send it. Raises what the sender raises, and PermanentError without a way out."""
        if self._tools.sender is None:
            raise PermanentError("no [smtp] section: the mail cannot leave. Add one to config.toml")
        mail = self._mail(intent, case, now)
        self._tools.sender.send(mail)
        return Done(
            self._tools.words.t("sent to {who}", who=mail.to.shown), mail.message_id, text_hash(clean(mail.text))
        )

    def copy_for_sent(self, intent: Intent, case: Case, now: datetime) -> bytes:
        """The copy that belongs into Sent where the server files none itself."""
        return serialize(self._mail(intent, case, now))

    def _mail(self, intent: Intent, case: Case, now: datetime) -> OutgoingMail:
        options = intent.params
        if not isinstance(options, Options):
            raise TypeError(options)
        automatic = intent.autonomy is Autonomy.AUTO  # what the owner approved himself is his own mail
        return draft.letter(self._tools, intent, case, now, options, automatic=automatic)


def build(tools: Tools) -> Send:
    """The action, with its tools."""
    return Send(tools)
