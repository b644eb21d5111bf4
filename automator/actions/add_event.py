"""add_event: put a day or an appointment into the owner's calendar. Written twice, it is there once."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from automator.agenda.durations import Duration, parse_duration
from automator.agenda.event import CalendarEvent
from automator.agenda.ics_event import OURS
from automator.errors import MissingCapability
from automator.mail.template import fill
from automator.ports import Case, Done, Tools
from automator.rulebook.plan import Intent
from automator.words import msgid

_DAY = timedelta(days=1)
_RINGS = time(9)
_DAYS = {"day": 1, "working_day": 1, "saturday_day": 1, "week": 7, "month": 30}


class Options(BaseModel):
    """An entry of the calendar.

    `title` may hold placeholders. `calendar` is the name of one of [[calendars]] with `write = true`, "" the only
    one. `date` says which day: "due" the due day, "start" the start of the meeting, "" whichever there is.
    `remind` is how long before the calendar program should ring ("1 jour": at 9:00 on the day before).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Annotated[str, Field(min_length=1, max_length=200)]
    calendar: str = ""
    date: Literal["", "due", "start"] = ""
    remind: str = ""

    @field_validator("remind")
    @classmethod
    def _a_duration(cls, value: str) -> str:
        if value:
            parse_duration(value)
        return value


class AddEvent:
    """Writes through the CalendarWriter of config; the entry's UID comes from the intent's key."""

    repeatable = True

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def perform(self, intent: Intent, case: Case, now: datetime) -> Done:
        """Put the entry; nothing to do when the object has no such day. MissingCapability without a calendar of ours."""
        options = intent.params
        if not isinstance(options, Options):
            raise TypeError(options)
        span = _span(options, case)
        if span is None:
            return Done(self._tools.words.t("no date to note in the calendar"))
        if self._tools.calendar is None:
            raise MissingCapability(msgid("no calendar may be written to: set write = true on one of [[calendars]]"))
        title = fill(options.title, case.values)
        event = _event(intent, options, title, span)
        self._tools.calendar(options.calendar).put(event)
        day = self._tools.words.date(event.start.date(), "short")
        return Done(self._tools.words.t("noted in the calendar: {title}, {day}", title=title, day=day))


def build(tools: Tools) -> AddEvent:
    """The action, with its tools."""
    return AddEvent(tools)


def _span(options: Options, case: Case) -> date | tuple[datetime, datetime] | None:
    """A whole day, or from when to when."""
    if options.date != "start" and case.due is not None:
        return case.due
    # A mail's moment is when it arrived: that is no appointment.
    if options.date != "due" and case.when is not None and case.object.kind == "meeting":
        return case.when, case.until or case.when
    return None


def _event(intent: Intent, options: Options, title: str, span: date | tuple[datetime, datetime]) -> CalendarEvent:
    if isinstance(span, tuple):
        start, end = span
    else:
        # Only the date of an all-day entry is written (RFC 5545 VALUE=DATE), so its zone does not matter.
        start = datetime.combine(span, time(), UTC)
        end = start + _DAY
    all_day = not isinstance(span, tuple)
    return CalendarEvent(
        uid=own_uid(intent.key),
        calendar=options.calendar,
        title=title,
        start=start,
        end=end,
        all_day=all_day,
        description=intent.why,
        transparent=all_day,
        ours=True,
        alarm=_alarm(parse_duration(options.remind), all_day=all_day) if options.remind else None,
    )


def own_uid(key: str) -> str:
    """The UID of the entry that belongs to an intent: the same at every attempt."""
    return hashlib.sha256(key.encode()).hexdigest()[:32] + OURS


def _alarm(duration: Duration, *, all_day: bool) -> timedelta:
    """How long before the start to ring; for an all-day entry, at 9:00 on that earlier day and not at midnight."""
    if duration.unit == "working_hour":
        return timedelta(hours=duration.count)
    days = timedelta(days=duration.count * _DAYS[duration.unit])
    return days - timedelta(hours=_RINGS.hour) if all_day else days
