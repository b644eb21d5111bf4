"""A rule as one sentence in the owner's language: what `rules explain` prints and the handbook quotes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from automator.agenda.durations import Duration
from automator.rulebook.blocks import Block
from automator.rulebook.intent import Autonomy
from automator.rulebook.language import ARGUMENTS, CONDITIONS
from automator.rulebook.phrases import delay_phrase, duration_phrase, event_phrase
from automator.rulebook.schema import Rule
from automator.rulebook.values import Money
from automator.words import Words, msgid

_VERBS = {
    "digest": msgid("say it in the digest"),
    "remind": msgid("remind you"),
    "task": msgid("note a task"),
    "notify": msgid("alert you"),
    "keyword": msgid("mark it with the keyword"),
    "flag": msgid("flag it"),
    "move": msgid("move it to the folder"),
    "archive": msgid("archive it"),
    "file_attachment": msgid("file its attachment in the folder"),
    "add_event": msgid("put it into the calendar"),
    "propose_slots": msgid("prepare a draft with free slots"),
    "draft": msgid("prepare the draft"),
    "send": msgid("send the mail"),
    "delegate": msgid("hand it to"),
    "webhook": msgid("call the web address"),
}
_CONDITIONS = {
    "category": msgid("category {value}"),
    "kind": msgid("kind {value}"),
    "document": msgid("document {value}"),
    "payment": msgid("payment {value}"),
    "from": msgid("from {value}"),
    "to": msgid("to {value}"),
    "account": msgid("account {value}"),
    "mailbox": msgid("mailbox {value}"),
    "subject_any": msgid("{value} in the subject"),
    "text_any": msgid("{value} in the text"),
    "attachment_name": msgid("an attachment named {value}"),
    "direction": msgid("direction {value}"),
    "amount_min": msgid("at least {value}"),
    "amount_max": msgid("at most {value}"),
    "supplier": msgid("supplier {value}"),
    "client": msgid("client {value}"),
    "client_type": msgid("client of type {value}"),
    "language": msgid("language {value}"),
    "keywords": msgid("keyword {value}"),
    "within": msgid("at most {value} ahead"),
    "older_than": msgid("older than {value}"),
}
_SWITCHES = {
    ("has_attachment", True): msgid("with an attachment"),
    ("has_attachment", False): msgid("without attachment"),
    ("verified_sender", True): msgid("from a verified sender"),
    ("verified_sender", False): msgid("from a sender who failed the check"),
    ("first_contact", True): msgid("from somebody new"),
    ("first_contact", False): msgid("from somebody known"),
}
_CONFIDENCE = {"medium": msgid("even when the sorting hesitates"), "any": msgid("even at the slightest sign")}
_NAMES = {
    "invoice": msgid("invoice"),
    "client_request": msgid("client request"),
    "urgent": msgid("urgent"),
    "issued": msgid("issued by us"),
    "received": msgid("received by us"),
    "business": msgid("business"),
    "consumer": msgid("consumer"),
    "public": msgid("public body"),
    "external": msgid("from outside"),
}
_STOPS = {
    "replied": msgid("an answer comes"),
    "sent": msgid("you answer yourself"),
    "booked": msgid("it is booked"),
    "cancelled": msgid("it is cancelled"),
    "accepted": msgid("it is accepted"),
    "refused": msgid("it is refused"),
    "paid": msgid("it is paid"),
    "disputed": msgid("it is disputed"),
    "promised": msgid("a payment is promised"),
    "credited": msgid("a credit note comes"),
    "bounced": msgid("the mail bounces"),
    "done": msgid("you mark it done"),
}
_AUTONOMY = {
    Autonomy.OBSERVE: msgid("observes only"),
    Autonomy.DRAFT: msgid("prepares drafts, you send them"),
    Autonomy.ASK: msgid("asks before it sends"),
    Autonomy.AUTO: msgid("sends by itself"),
}


def explain(rule: Rule, words: Words) -> str:
    """One sentence: event, conditions, deeds in order, what stops it, how far it goes alone."""
    said = words.t("When {event}", event=event_phrase(rule.on, words))
    if rule.when:
        said += f" ({_conditions(rule.when, words)})"
    if rule.except_:
        said += words.t(", except {conditions}", conditions=_conditions(rule.except_, words))
    deeds = words.t("; ").join(_deed(block, words) for block in rule.then)
    said = words.t("{condition}: {deeds}", condition=said, deeds=deeds)
    if rule.stop:
        stops = _or(words).join(words.t(_STOPS[word]) for word in rule.stop)
        said = words.t("{sentence}; it stops as soon as {stops}", sentence=said, stops=stops)
    if rule.autonomy is not None:
        said = words.t("{sentence}; autonomy: {level}", sentence=said, level=words.t(_AUTONOMY[rule.autonomy]))
    return f"{said}."


def _or(words: Words) -> str:
    return words.t(" or ")


def _deed(block: Block, words: Words) -> str:
    delay = delay_phrase(block.after, block.before, words)
    verb = words.t(_VERBS.get(block.verb, block.verb))
    argument = getattr(block.params, ARGUMENTS.get(block.verb, "text"), "") or getattr(block.params, "title", "")
    if argument:
        return words.t("{delay}, {verb} “{argument}”", delay=delay, verb=verb, argument=argument)
    return words.t("{delay}, {verb}", delay=delay, verb=verb)


def _conditions(table: Mapping[str, Any], words: Words) -> str:
    return ", ".join(_condition(key, value, words) for key, value in table.items())


def _condition(key: str, value: Any, words: Words) -> str:
    if isinstance(value, bool):
        return words.t(_SWITCHES[key, value])
    if key == "confidence":
        return words.t(_CONFIDENCE.get(value, msgid("when the sorting is sure")))
    if key == "attendees":
        return words.t("with attendees from outside")
    return words.t(_CONDITIONS[key], value=_value(key, value, words))


def _value(key: str, value: Any, words: Words) -> str:
    if isinstance(value, Money):
        return words.money(value.value, value.currency)
    if isinstance(value, Duration):
        return duration_phrase(value, words)
    quoted = CONDITIONS[key].shape in {"words", "globs"}
    names = [words.t("“{text}”", text=v) if quoted else words.t(_NAMES.get(v, v)) for v in value]
    return _or(words).join(names)
