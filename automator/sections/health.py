"""The service line: what was read and when, which rules act, and what is out of order."""

from __future__ import annotations

from datetime import timedelta

from automator.digest.clean import shown
from automator.digest.lines import Figure, Line, Section, capped
from automator.digest.phrases import past_time
from automator.digest.view import AccountHealth, DigestView, Health
from automator.words import Words

_STALE = timedelta(hours=6)


def lines(view: DigestView, words: Words) -> Section:
    """One sentence when all is well; a line for each thing that is not, and an alert for an account out of reach."""
    health = view.health
    broken = [a for a in health.accounts if _broken(view, a)]
    said = [Line(_sentence(view, broken, words))]
    said += [Line(_trouble(view, account, words)) for account in broken]
    said += capped(_rules(health, words), words)
    said += capped(_mails(health, words), words, 3)
    said += [Line(shown(note, 160)) for note in health.notes]
    count = len(broken)
    figure = Figure(count, words.n("account out of reach", "accounts out of reach", count), tone="alert")
    return Section(
        title=words.t("Service"),
        lines=tuple(said),
        figures=(figure,) if broken else (),
        alerts=tuple(_alert(view, account, words) for account in broken),
        quiet=True,
    )


def _broken(view: DigestView, account: AccountHealth) -> bool:
    return bool(account.error) or account.last_ok is None or view.now - account.last_ok > _STALE


def _sentence(view: DigestView, broken: list[AccountHealth], words: Words) -> str:
    """ "dernier passage 6 h 58 ; bureau et compta lus ; 12 règles actives"."""
    fine = [a for a in view.health.accounts if a not in broken]
    parts = []
    read = [a.last_ok for a in fine if a.last_ok is not None]
    if read:
        parts.append(words.t("last pass {when}", when=past_time(view, max(read), words)))
        names = words.list([shown(a.name, 30) for a in fine])
        parts.append(words.n("{names} read", "{names} read", len(fine), names=names))
    active = view.health.rules_active
    parts.append(
        words.n("{count} rule active", "{count} rules active", active) if active else words.t("no rule active")
    )
    if view.health.classifier == "keywords":
        parts.append(words.t("sorting by keywords only"))
    return words.t("; ").join(parts) + "."


def _trouble(view: DigestView, account: AccountHealth, words: Words) -> str:
    name, error = shown(account.name, 30), shown(account.error, 160)
    said = _alert(view, account, words)
    return words.t("{title}: {text}", title=name, text=error) if error else said


def _alert(view: DigestView, account: AccountHealth, words: Words) -> str:
    name = shown(account.name, 30)
    if account.last_ok is None:
        return words.t("Careful: account “{name}” could never be read yet.", name=name)
    when = past_time(view, account.last_ok, words)
    return words.t("Careful: account “{name}” has not been read since {when}.", name=name, when=when)


def _rules(health: Health, words: Words) -> list[Line]:
    return [
        Line(words.t("“{rule}” left out: {why}", rule=shown(rule, 60), why=shown(why, 160)))
        for rule, why in health.rules_ignored
    ]


def _mails(health: Health, words: Words) -> list[Line]:
    return [Line(words.t("Set aside, could not be read: {mail}", mail=shown(mail))) for mail in health.quarantined]
