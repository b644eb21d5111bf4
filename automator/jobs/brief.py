"""Brief: compose the digest of the day and queue it, in one transaction."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from automator.actions.brief import Options as BriefOptions
from automator.digest.compose import compose
from automator.digest.render import html, text
from automator.digest.view import DigestView
from automator.followup.ladder import ObjectRef
from automator.jobs.arm import RulesInForce
from automator.jobs.deps import Deps
from automator.jobs.view import view
from automator.rulebook.plan import Autonomy, Intent
from automator.store import digests, notes, outbox
from automator.store.db import Tx
from automator.store.digests import StoredDigest
from automator.words import msgid

_FIRST_SPAN = timedelta(days=1)


def brief(deps: Deps, rules: RulesInForce) -> bool:
    """Queue today's digest if it is due; several missed ones become one. True when one was made.

    Due: a working day, local time past the hour, no row for today. Closed days get none (docs/reference/digest.md);
    in a closure longer than three days each Monday has one, as a sign of life.
    """
    now = deps.clock.now()
    local = deps.local(now)
    if local.time() < deps.digest_at or not _wanted(deps, local.date()):
        return False
    with deps.db.transaction() as tx:
        if digests.of_day(tx, local.date()) is not None:
            return False
        _make(tx, deps, rules, local.date(), now)
    return True


def _wanted(deps: Deps, day: date) -> bool:
    if deps.calendar.is_working(day):
        return True
    previous = deps.calendar.previous_working(day)
    return day.weekday() == 0 and (deps.calendar.next_working(day) - previous).days > 4


def _make(tx: Tx, deps: Deps, rules: RulesInForce, day: date, now: datetime) -> None:
    """Compose and queue. One that has not left yet is no news any more: this one tells what it would have told."""
    outbox.cancel_action(tx, "brief", msgid("a newer digest takes its place"), now)
    told = digests.last_sent(tx, now)
    if told is not None:
        notes.told(tx, told.made_at)
    shown = today_view(tx, deps, rules, day, now)
    made = compose(shown, deps.sections, deps.words, order=deps.section_order)
    key = f"digest/{day.isoformat()}"
    params = BriefOptions(day=day, subject=made.subject, text=text(made, deps.words), html=html(made, deps.words))
    digests.add(tx, StoredDigest(day, shown.since, now, made.subject, key), made.items, made.verbs)
    intent = Intent(
        key=key,
        object=ObjectRef("date", day.isoformat()),
        account=deps.owner_account,
        action="brief",
        params=params,
        not_before=now,
        autonomy=Autonomy.AUTO,
        rule="digest",
        rule_version="",
        why=deps.words.t("the digest of the day"),
    )
    outbox.enqueue(tx, [intent], now)


def today_view(tx: Tx, deps: Deps, rules: RulesInForce, day: date, now: datetime) -> DigestView:
    """What the digest of `day` shows: all since the last one that left; also for `digest --preview`, which changes
    nothing."""
    told, made = digests.last_sent(tx, now), digests.last(tx, now)
    never_left = made.since if made else now - _FIRST_SPAN  # each that never left hands its span on
    return view(tx, deps, rules, day, told.made_at if told else never_left, first=told is None)
