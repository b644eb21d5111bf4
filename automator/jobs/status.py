"""Status: what `automator status` shows, as plain values."""

from __future__ import annotations

from datetime import datetime, timedelta

from automator.jobs.arm import RulesInForce
from automator.jobs.correct import found_folders
from automator.jobs.deps import Deps
from automator.jobs.lessons import LEAST_EXAMPLES
from automator.jobs.retrain import last, told, waiting
from automator.store import accounts, cases, corrections, digests, filings, outbox, places, settings
from automator.store.db import Tx
from automator.triage.verdict import CATEGORIES


def snapshot(tx: Tx, deps: Deps, rules: RulesInForce, started: datetime | None) -> dict[str, object]:
    """Counts and times; never a word of a mail. All times are ISO 8601 with offset."""
    now = deps.clock.now()
    last = digests.last(tx, now)
    paused = settings.paused_until(tx, now)
    states = {s.name: s for s in accounts.states(tx)}
    counts = outbox.counts(tx)
    failed = outbox.settled_between(tx, now - timedelta(days=1), now, "failed")
    return {
        "now": _iso(deps, now),
        "up_since": _iso(deps, started),
        "mode": {
            "max_autonomy": deps.max_autonomy.name.lower(),
            "allow_send": deps.allow_send,
            "paused_until": _iso(deps, paused),
        },
        "accounts": [
            {
                "name": name,
                "last_ok": _iso(deps, state.last_ok if state else None),
                "error": state.error if state else "",
            }
            for name, state in (
                (n, states.get(n)) for n in [*deps.accounts, *(f"calendar:{c}" for c in deps.calendars)]
            )
        ],
        "backlog": places.count_pending(tx),
        "outbox": counts,
        "waiting_for_you": counts.get("held", 0) + counts.get("unknown", 0),
        "errors_24h": len(failed),
        "follow_ups": len(cases.running(tx)),
        "rules": {"active": len(rules.rules), "ignored": dict(rules.ignored)},
        "classifier": deps.classifier.name,
        "classifier_note": deps.classifier_note(),
        "learning": learning(tx, deps),
        "quarantined": len(places.quarantined(tx)),
        "last_digest": last.day.isoformat() if last else None,
        "next_digest": next_digest(deps, last.day.isoformat() if last else "", now),
    }


def learning(tx: Tx, deps: Deps) -> dict[str, object]:
    """What people taught, what no training looked at yet, how the last one ended; per taught category its examples,
    how many it needs (0: a shipped one needs none), and which of the names that teach it were never met."""
    training, told_of = last(tx), corrections.examples(tx)
    met = {name for account in deps.accounts for name in found_folders(tx, account)}
    met |= filings.met(tx)
    return {
        "corrections": corrections.count(tx),
        "waiting": waiting(tx),
        "last": _iso(deps, training.ended),
        "result": training.result,
        "note": told(training, deps.words, deps.clock.now()),
        "categories": {
            name: {
                "examples": told_of.get(name, 0),
                "needed": 0 if name in CATEGORIES else LEAST_EXAMPLES,
                "missing": sorted(set(sources) - met),
            }
            for name, sources in deps.categories.items()
        },
    }


def next_digest(deps: Deps, last: str, now: datetime) -> str:
    """When the next digest is due, in the firm's zone."""
    local = deps.local(now)
    day = local.date()
    if not deps.calendar.is_working(day) or last == day.isoformat():
        day = deps.calendar.next_working(day + timedelta(days=1))
    return datetime.combine(day, deps.digest_at, deps.calendar.zone).isoformat()


def _iso(deps: Deps, moment: datetime | None) -> str | None:
    return deps.local(moment).isoformat(timespec="seconds") if moment else None
