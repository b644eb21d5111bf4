"""Events and delays in the owner's words, for `why` and for `rules explain`."""

from __future__ import annotations

from automator.agenda.durations import Duration
from automator.words import Words, msgid

_EVENTS = {
    "mail.received": msgid("a mail arrived"),
    "mail.sent": msgid("you sent a mail"),
    "mail.waiting_for_us": msgid("a mail waits for your answer"),
    "mail.waiting_for_them": msgid("your mail has no answer yet"),
    "invoice.received": msgid("a bill arrived"),
    "invoice.due": msgid("an invoice falls due"),
    "invoice.overdue": msgid("an invoice is past its due date and unpaid"),
    "contract.notice": msgid("a contract can be given notice"),
    "meeting.upcoming": msgid("a meeting is coming"),
    "meeting.conflict": msgid("two meetings overlap"),
    "meeting.invited": msgid("you are invited to a meeting"),
    "iban.changed": msgid("a supplier's bank account has changed"),
    "date": msgid("a date of the schedule has come"),
}


def event_phrase(event: str, words: Words) -> str:
    """What happened, without a capital or a full stop."""
    return words.t(_EVENTS.get(event, event))


def duration_phrase(duration: Duration, words: Words) -> str:
    """A duration in the owner's language, whatever language it was written in."""
    n, count = words.n, duration.count
    match duration.unit:
        case "working_day":
            return n("{count} working day", "{count} working days", count)
        case "saturday_day":
            return n("{count} working day, Saturdays included", "{count} working days, Saturdays included", count)
        case "working_hour":
            return n("{count} working hour", "{count} working hours", count)
        case "week":
            return n("{count} week", "{count} weeks", count)
        case "month":
            return n("{count} month", "{count} months", count)
        case "day":
            return n("{count} day", "{count} days", count)


def delay_phrase(after: Duration | None, before: Duration | None, words: Words) -> str:
    """ "after 7 working days", "1 day before", "at once"."""
    if after:
        return words.t("after {duration}", duration=duration_phrase(after, words))
    if before:
        return words.t("{duration} before", duration=duration_phrase(before, words))
    return words.t("at once")
