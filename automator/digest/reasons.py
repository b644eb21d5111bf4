"""Reasons that a machine gave, in the owner's language: why a deed failed, waits, or could not be done."""

from __future__ import annotations

import re

from automator.words import Words, msgid

_LIMIT = 500
_LEADS = {
    "given up": msgid("given up: {why}"),
    "internal error": msgid("internal error: {why}"),
    "no such action": msgid("no such action: {why}"),
    "no connection": msgid("no connection: {why}"),
    "login refused": msgid("login refused: {why}"),
    "the text needs values that are not known": msgid("the text needs values that are not known: {why}"),
}
RAISED = (
    msgid("cut off before the answer"),
    msgid("not in Sent: it was not sent"),
    msgid("the original is to be attached, but the mail of this case has no attachment"),
    msgid("the original is to be attached, but its mail is no longer in the mailbox"),
    msgid("the original is too big to attach (more than 10 MB)"),
    msgid("there is no document to file in this mail"),
    msgid("the mail is no longer in the mailbox: its documents cannot be filed"),
    msgid("no [smtp] section: the digest cannot leave. Add one to config.toml"),
    msgid("no [smtp] section: the mail cannot leave. Add one to config.toml"),
    msgid("no [smtp] section: the alert cannot leave. Add one to config.toml"),
    msgid("the link died before the mail server answered: it may have taken the mail"),
    msgid("the mail server's answer makes no sense: it may have taken the mail"),
    msgid("the mail server offers no STARTTLS: nothing is sent in the clear"),
    msgid("no link to the mail server"),
    msgid("the certificate is not to be trusted"),
    msgid("the daily quota is used up"),
    msgid("the login is refused"),
    msgid("not now"),
    msgid("refused"),
    msgid("the mail server"),
    msgid("the server does not answer"),
    msgid("the server's answer makes no sense"),
    msgid("the server closed the connection"),
)
"""Texts of errors that are raised in English (a log is read with them too) and translated only here."""
_HOST = re.compile(r"((?:[\w-]+\.)+[\w-]+(?::\d+)?|localhost(?::\d+)?|the mail server): (.+)", re.DOTALL)
_ADDED = re.compile(r"([^()]+?) (\(.+\))", re.DOTALL)


def reason(text: str, words: Words) -> str:
    """`text` in the owner's language as far as it is ours; what a server said stays as it is.

    Known forms: a whole sentence; "given up: REASON" and its like; "HOST: REASON"; "REASON (details)".
    """
    text = text[:_LIMIT]
    whole = words.t(text)
    if whole != text:
        return whole
    lead, _, rest = text.partition(": ")
    if rest and lead in _LEADS:
        return words.t(_LEADS[lead], why=reason(rest, words))
    at = _HOST.fullmatch(text)
    if at:
        return words.t("{title}: {text}", title=words.t(at[1]), text=reason(at[2], words))
    added = _ADDED.fullmatch(text)
    return f"{words.t(added[1])} {added[2]}" if added else text
