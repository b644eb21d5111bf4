"""`automator status`, `pause`, `resume`: how the service is, and its kill switch."""

from __future__ import annotations

import json as jsonlib
import re
from datetime import date, datetime, timedelta
from typing import Annotated, Any

import typer

from automator.cli.context import FINDINGS, ConfigOption, JsonOption, database, fail, load, print_json
from automator.clock import SystemClock
from automator.words import Words

_LATE = timedelta(minutes=15)
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "j": timedelta(days=1)}


def status(ctx: typer.Context, json: JsonOption = False, config: ConfigOption = None) -> None:
    """How the service is: eight lines, from the file that it writes at each pass. Exit 1 when something is wrong."""
    settings = load(ctx, config)
    file = settings.state_dir / "status.json"
    words = Words(settings.locale)
    if not file.exists():
        fail(words.t("the service has not run yet: start it with automator run"), FINDINGS)
    values: dict[str, Any] = jsonlib.loads(file.read_text(encoding="utf-8"))
    troubles = _troubles(values, words)
    if json:
        print_json(values | {"troubles": troubles})
    else:
        lines = _lines(values, words)
        width = max(len(label) for label, _ in lines)
        for label, said in lines:
            typer.echo(f"{label:{width}}  {said}")
        for trouble in troubles:
            typer.echo(f"!  {trouble}")
    if troubles:
        raise typer.Exit(FINDINGS)


def _troubles(values: dict[str, Any], words: Words) -> list[str]:
    found = []
    age = SystemClock().now() - datetime.fromisoformat(values["now"])
    if age > _LATE:
        since = _when(values["now"], words)
        found.append(words.t("the service has not passed by since {when}: is it running?", when=since))
    found += [_named(a["name"], a["error"]) for a in values["accounts"] if a["error"]]
    found += [words.t("rule left out: {why}", why=why) for why in values["rules"]["ignored"].values()]
    if values["classifier_note"]:
        found.append(values["classifier_note"])
    if values["learning"]["note"]:
        found.append(values["learning"]["note"])
    if values["quarantined"]:
        found.append(
            words.n(
                "{count} mail could not be read and was set aside",
                "{count} mails could not be read and were set aside",
                values["quarantined"],
            )
        )
    return found


def _named(name: str, error: str) -> str:
    """The account's error, which mostly names the account itself."""
    return error if error.startswith(f"{name} ") else f"{name}: {error}"


def _lines(values: dict[str, Any], words: Words) -> list[tuple[str, str]]:
    """Label and text of the eight lines."""
    box, rules = values["outbox"], values["rules"]
    read = ", ".join(f"{a['name']} {_when(a['last_ok'], words)}" for a in values["accounts"]) or words.t("none")
    counts = {"mails": values["backlog"], "deeds": box.get("ready", 0), "cases": values["follow_ups"]}
    backlog = words.t("{mails} mails to sort, {deeds} deeds ready, {cases} follow-ups", **counts)
    waiting = words.t("{count} to approve or to check (automator outbox list)", count=values["waiting_for_you"])
    last, next_one = _day(values["last_digest"], words), _when(values["next_digest"], words)
    digest = words.t("last {last}, next {next}", last=last, next=next_one)
    used = {"active": rules["active"], "out": len(rules["ignored"]), "model": values["classifier"]}
    return [
        (words.t("up since"), _when(values["up_since"], words)),
        (words.t("last reads"), read),
        (words.t("backlog"), backlog),
        (words.t("for you"), waiting),
        (words.t("errors 24 h"), str(values["errors_24h"])),
        (words.t("digest"), digest),
        (words.t("rules"), words.t("{active} active, {out} left out; sorted by {model}", **used)),
        (words.t("mode"), _mode(values["mode"], words)),
        *_learning(values["learning"], words),
    ]


def _learning(learning: dict[str, Any], words: Words) -> list[tuple[str, str]]:
    """What was taught, once somebody taught; and the owner's own categories with what they still lack."""
    lines = []
    if learning["corrections"]:
        said = words.n("{count} correction", "{count} corrections", learning["corrections"])
        count, when = learning["waiting"], _when(learning["last"], words)
        more = words.t("{said}, {count} not learnt yet; last training {when}", said=said, count=count, when=when)
        lines.append((words.t("learning"), more))
    for name, taught in learning["categories"].items():
        lines.append((name, _taught(taught, words)))
    return lines


def _taught(taught: dict[str, Any], words: Words) -> str:
    if taught["examples"] < taught["needed"]:
        values = {"told": taught["examples"], "needed": taught["needed"]}
        said = words.t("rules only: {told}/{needed} examples", **values)
    else:
        said = words.n("{count} example", "{count} examples", taught["examples"])
    for missing in taught["missing"]:
        said += words.t("; no folder and no keyword “{name}” was met yet", name=missing)
    return said


def _mode(mode: dict[str, Any], words: Words) -> str:
    said = [words.t("mail to clients allowed") if mode["allow_send"] else words.t("no mail to clients")]
    if mode["paused_until"]:
        said.insert(0, words.t("PAUSED until {when}", when=_when(mode["paused_until"], words)))
    return ", ".join([mode["max_autonomy"], *said])


def _when(text: str | None, words: Words) -> str:
    """ "24/11/2026 07:00", as ISO wrote it in the firm's zone."""
    return f"{_day(text, words)} {text[11:16]}" if text else words.t("never")


def _day(text: str | None, words: Words) -> str:
    return words.date(date.fromisoformat(text[:10]), "numeric") if text else words.t("never")


def pause(
    ctx: typer.Context,
    span: Annotated[str, typer.Argument(help="How long: 30m, 2h, 3d.")],
    config: ConfigOption = None,
) -> None:
    """Stop every deed but the digest for a while; reading and sorting go on."""
    length = _span(span)
    settings = load(ctx, config)
    until = SystemClock().now() + length
    with database(settings) as db, db.transaction() as tx:
        from automator.store import settings as store_settings

        store_settings.pause(tx, until)
    words = Words(settings.locale)
    when = _when(until.astimezone(settings.zone).isoformat(), words)
    typer.echo(words.t("paused until {when} (automator resume lifts it)", when=when))


def resume(ctx: typer.Context, config: ConfigOption = None) -> None:
    """Lift the pause."""
    settings = load(ctx, config)
    with database(settings) as db, db.transaction() as tx:
        from automator.store import settings as store_settings

        store_settings.pause(tx, None)
    typer.echo(Words(settings.locale).t("resumed"))


def _span(text: str) -> timedelta:
    """Up to 999 days: a longer pause is a service that is switched off."""
    found = re.fullmatch(r"(\d{1,3})([mhdj])", text.strip().lower(), re.ASCII)
    if found is None or int(found[1]) == 0:
        fail(f"{text}: not a span. Write 30m, 2h or 3d.")
    return int(found[1]) * _UNITS[found[2]]
