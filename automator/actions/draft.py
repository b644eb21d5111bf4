"""draft: lay a mail ready in Drafts, in its conversation. The owner reads it, changes it, sends it himself."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from automator.errors import PermanentError
from automator.mail.clean import clean, text_hash
from automator.mail.compose import message_id, serialize
from automator.mail.letter import Letter, Thread, write
from automator.mail.message import Attachment, OutgoingMail
from automator.ports import Case, Change, Done, Tools
from automator.rulebook.plan import Intent

ORIGINAL_LIMIT = 10_000_000
_NOT_AN_ORIGINAL = ("message/", "text/calendar", "text/rfc822-headers")


class Options(BaseModel):
    """The template's name without language and ".txt"; `attach_original` adds the attachments of the case's mail."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    template: str = Field(min_length=1, max_length=100)
    attach_original: bool = False


class Draft:
    """Appends to Drafts, once: a draft of this intent that lies there, or was sent meanwhile, is not made again."""

    repeatable = True

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def perform(self, intent: Intent, case: Case, now: datetime) -> Done:
        """Lay it ready. MissingPlaceholder and PermanentError say what is missing; nothing is then written."""
        options = intent.params
        if not isinstance(options, Options):
            raise TypeError(options)
        writer = self._tools.writer(intent.account)
        identity = own_id(self._tools, intent)
        words = self._tools.words
        bare = options.attach_original and not wanted(case)
        mail = letter(
            self._tools, intent, case, now, options.model_copy(update={"attach_original": False}) if bare else options
        )
        what = words.t("draft for {who}", who=mail.to.shown)
        if bare:  # a bill that was imported has no mail: the owner reads the draft anyway, and is told
            what = words.t("draft for {who}, without the original: please attach it", who=mail.to.shown)
        done = Done(what, identity, text_hash(clean(mail.text)))
        for role in ("drafts", "sent"):
            if writer.find(identity, role, intent.key) is not None:
                return done
        flags = frozenset({"\\Draft", "\\Seen"})
        writer.apply(Change("append", role="drafts", content=serialize(mail), flags=flags, at=now))
        return done


def own_id(tools: Tools, intent: Intent) -> str:
    """The Message-ID of the mail that this intent makes: the same at every attempt."""
    return message_id(tools.key, intent.key, tools.identities.get(intent.account, tools.owner).domain)


def letter(
    tools: Tools, intent: Intent, case: Case, now: datetime, options: Options, *, automatic: bool = False
) -> OutgoingMail:
    """The mail of a draft or a send. The recipient is the one known from the case, never one from a text."""
    if case.recipient is None or not case.recipient.addr:
        raise PermanentError("nobody to write to is known for this case")
    mail = write(
        Letter(
            template=options.template,
            sender=tools.identities.get(intent.account, tools.owner),
            to=case.recipient,
            key=intent.key,
            at=now,
            values=case.values,
            thread=Thread(case.subject, case.message_id, case.references),
            language=case.language,
            signature=tools.signature,
            automatic=automatic,
        ),
        tools.templates,
        tools.key,
    )
    return replace(mail, attachments=originals(tools, case)) if options.attach_original else mail


def wanted(case: Case) -> list[Attachment]:
    """The attachments of the case's mail that are documents."""
    return [a for a in case.attachments if not a.content_type.startswith(_NOT_AN_ORIGINAL)]


def originals(tools: Tools, case: Case) -> tuple[Attachment, ...]:
    """The attachments of the case's mail, read now. PermanentError when there is none, or they are too big."""
    chosen = wanted(case)
    if not chosen:
        raise PermanentError("the original is to be attached, but the mail of this case has no attachment")
    found: list[Attachment] = []
    left = ORIGINAL_LIMIT
    for attachment in chosen:
        content = attachment.content
        if content is None and case.ref is None:
            raise PermanentError("the original is to be attached, but its mail is no longer in the mailbox")
        if content is None and case.ref is not None:
            content = tools.part(case.ref, attachment.part, left)
        left -= len(content or b"")
        if left < 0:
            raise PermanentError("the original is too big to attach (more than 10 MB)")
        found.append(replace(attachment, content=content))
    return tuple(found)


def build(tools: Tools) -> Draft:
    """The action, with its tools."""
    return Draft(tools)
