"""`automator fix ID... CATEGORY...`: your word on how a mail was sorted, and what follows from it."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from automator.cli.context import ConfigOption, database, fail, load, read_id, short_id
from automator.clock import SystemClock
from automator.triage.verdict import CATEGORIES
from automator.words import Words

if TYPE_CHECKING:
    from automator.config import Config
    from automator.jobs.amend import Amended
    from automator.store.db import Tx
    from automator.store.records import StoredMessage

_ID = re.compile(r"[a-z]?\d+", re.IGNORECASE)


def fix(
    ctx: typer.Context,
    items: Annotated[list[str], typer.Argument(metavar="ID... CATEGORY...", help="Mails (m12), then what they are.")],
    not_: Annotated[bool, typer.Option("--not", help="They are none of these.")] = False,
    config: ConfigOption = None,
) -> None:
    """Correct a verdict: `automator fix m12 invoice`, `automator fix m12 m15 --not urgent`."""
    settings = load(ctx, config)
    words = Words(settings.locale)
    ids, categories = [i for i in items if _ID.fullmatch(i)], [i for i in items if not _ID.fullmatch(i)]
    _check(ids, categories, allowed_categories(settings))
    refs = [read_id(item, "mail") for item in dict.fromkeys(ids)]
    now = SystemClock().now()
    with database(settings) as db, db.transaction() as tx:
        chosen = [_message(tx, words, item, int(ref.id)) for item, ref in zip(dict.fromkeys(ids), refs, strict=True)]
        said = [line for mail in chosen for line in _correct(tx, settings, words, mail, categories, not not_, now)]
        said += _lessons(tx, settings, words, categories)
    for line in said:
        typer.echo(line)


def allowed_categories(config: Config) -> tuple[str, ...]:
    """The shipped categories and the owner's own."""
    return tuple(dict.fromkeys((*CATEGORIES, *config.categories)))


def _check(ids: list[str], categories: list[str], allowed: tuple[str, ...]) -> None:
    unknown = [c for c in categories if c not in allowed]
    if unknown:
        fail(f"{unknown[0]}: not a category. Allowed: {', '.join(allowed)}")
    if not ids or not categories:
        missing = "the id of a mail, like m12" if not ids else f"a category: {', '.join(allowed)}"
        fail(f"Say {missing}. Example: automator fix m12 invoice")


def _message(tx: Tx, words: Words, item: str, message_id: int) -> StoredMessage:
    from automator.store import messages

    stored = messages.get(tx, message_id)
    if stored is None:
        fail(words.t("{id}: there is no such mail. See automator messages list", id=item))
    if stored.role in {"sent", "draft"} or stored.ours:
        fail(words.t("{id}: only mail that you received is sorted", id=item))
    return stored


def _correct(
    tx: Tx, config: Config, words: Words, mail: StoredMessage, categories: list[str], value: bool, now: datetime
) -> list[str]:
    """Write the words down and tell what changes for this mail."""
    from automator.digest.clean import shown
    from automator.jobs.amend import amend
    from automator.jobs.todo import is_shown
    from automator.store.corrections import Correction
    from automator.wiring import known

    listed, rules = is_shown(tx, mail.id, now), known(config)
    words_said = [Correction(mail.id, category, value, "command", now) for category in dict.fromkeys(categories)]
    amended = [a for a in (amend(tx, words, rules, said) for said in words_said) if a is not None]
    lines = [f"{short_id(mail.object)} “{shown(mail.message.subject, 60)}”"]
    lines += [f"  {_change(a, words)}" for a in amended]
    lines += [f"  {line}" for line in _ended(amended, words)]
    if listed != is_shown(tx, mail.id, now):
        lines.append(
            "  " + words.t("it is off your list of things to do" if listed else "it is on your list of things to do")
        )
    return lines


def _change(amended: Amended, words: Words) -> str:
    if amended.before == amended.after:
        return words.t(
            "{category}: {decision}, as before", category=amended.category, decision=say(amended.after, words)
        )
    return words.t(
        "{category}: {before} → {after}",
        category=amended.category,
        before=say(amended.before, words),
        after=say(amended.after, words),
    )


def say(decision: str, words: Words) -> str:
    """A decision in the owner's language."""
    return {"yes": words.t("yes"), "no": words.t("no")}.get(decision) or words.t("unsure")


def _ended(amended: list[Amended], words: Words) -> list[str]:
    cases, deeds = sum(a.cases for a in amended), sum(a.deeds for a in amended)
    lines = [words.n("{count} follow-up ends with it", "{count} follow-ups end with it", cases)] if cases else []
    if deeds:
        lines.append(
            words.n("{count} deed that waited is cancelled", "{count} deeds that waited are cancelled", deeds)
        )
    return lines


def _lessons(tx: Tx, config: Config, words: Words, categories: list[str]) -> list[str]:
    """When it is learnt, and how many examples a category of the owner's own still lacks."""
    from automator.jobs.lessons import LEAST_EXAMPLES
    from automator.store import corrections

    lines = [words.t("Counts at once for mails of the same sender; the next training, at night, learns from it.")]
    told = corrections.examples(tx)
    few = [c for c in dict.fromkeys(categories) if c not in CATEGORIES and told.get(c, 0) < LEAST_EXAMPLES]
    return lines + [rules_only(category, told.get(category, 0), words) for category in few]


def rules_only(category: str, told: int, words: Words) -> str:
    """ "rh : règles seules : 7/12 exemples"."""
    from automator.jobs.lessons import LEAST_EXAMPLES

    said = words.t("rules only: {told}/{needed} examples", told=told, needed=LEAST_EXAMPLES)
    return words.t("{title}: {text}", title=category, text=said)
