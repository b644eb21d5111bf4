"""propose_slots: free hours, as a draft to the person who asks for one, else as a line of the digest."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from automator.agenda.event import Slot
from automator.errors import MissingCapability
from automator.mail.clean import clean, text_hash
from automator.mail.compose import message_id, serialize, signed
from automator.mail.message import Address, OutgoingMail
from automator.ports import Case, Change, Done, Note, Tools
from automator.rulebook.plan import Intent
from automator.words import Words, msgid

_ROLES: tuple[Literal["drafts", "sent"], ...] = ("drafts", "sent")


class Options(BaseModel):
    """How many free hours to propose."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    count: Annotated[int, Field(ge=1, le=10)] = 3


class ProposeSlots:
    """Never writes to the other person by itself: what it makes is a draft or a line for the owner."""

    repeatable = True

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def perform(self, intent: Intent, case: Case, now: datetime) -> Done:
        """Propose; a day without a free hour is told as well. MissingCapability when no calendar is read."""
        options = intent.params
        if not isinstance(options, Options):
            raise TypeError(options)
        if self._tools.free_slots is None:
            raise MissingCapability(
                msgid("free hours are unknown: name a calendar under [[calendars]] in config.toml")
            )
        slots = self._tools.free_slots(now, options.count)
        if not slots:
            return Done(self._tools.words.t("no free hour found in the next days"))
        if case.object.kind == "mail" and case.recipient is not None:
            return self._draft(intent, case, case.recipient, slots, now)
        return self._note(intent, case, slots)

    def _note(self, intent: Intent, case: Case, slots: tuple[Slot, ...]) -> Done:
        words = self._tools.words
        text = words.t("free: {slots}", slots=words.list([_shown(words, slot) for slot in slots]))
        self._tools.notebook.add(Note(intent.key, "slots", case.object, case.account, text, section="agenda"))
        return Done(text)

    def _draft(self, intent: Intent, case: Case, to: Address, slots: tuple[Slot, ...], now: datetime) -> Done:
        sender = self._tools.identities[intent.account]
        identity = message_id(self._tools.key, intent.key, sender.domain)
        words = Words("en" if case.language == "en" else "fr")
        writer = self._tools.writer(intent.account)
        text = _letter(words, slots, self._tools.signature)
        if all(writer.find(identity, role, intent.key) is None for role in _ROLES):
            mail = OutgoingMail(
                message_id=identity,
                date=now,
                sender=sender,
                to=to,
                subject=case.subject if case.subject.lower().startswith("re:") else f"Re: {case.subject}",
                text=text,
                in_reply_to=case.message_id,
                references=case.references,
                key=intent.key,
                automatic=False,
                language=words.locale,
            )
            content = serialize(signed(self._tools.key, mail))
            writer.apply(Change("append", role="drafts", content=content, flags=frozenset({"\\Draft"}), at=now))
        shown = self._tools.words.list([_shown(self._tools.words, slot) for slot in slots])
        return Done(
            self._tools.words.t("free hours proposed: {slots}", slots=shown), identity, text_hash(clean(text))
        )


def build(tools: Tools) -> ProposeSlots:
    """The action, with its tools."""
    return ProposeSlots(tools)


def _shown(words: Words, slot: Slot) -> str:
    return f"{words.date(slot.start.date(), 'day')} {words.time(slot.start)}"


def _letter(words: Words, slots: tuple[Slot, ...], signature: str) -> str:
    lines = [f"- {words.date(slot.start.date(), 'long')}, {words.span(slot.start, slot.end)}" for slot in slots]
    paragraphs = [
        words.t("Hello,"),
        words.t("I can offer you the following times:") + "\n" + "\n".join(lines),
        words.t("Tell me which one suits you."),
        signature.strip(),
    ]
    return "\n\n".join(p for p in paragraphs if p) + "\n"
