"""What no single section can see: names that meet twice, an owner's account too many, hours that do not exist."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import time
from typing import Any

from automator import plugins
from automator.config.problems import suggest, warning
from automator.config.tree import Account, Calendar, Category, Digest, Owner, Working
from automator.errors import Problem
from automator.rulebook.places import Path as Keypath
from automator.rulebook.reading import Reading
from automator.rulebook.values import plain
from automator.triage.verdict import CATEGORIES

_DOUBTFUL = time(4)
_ID = re.compile(r"[a-z]?\d+", re.IGNORECASE)  # as `automator fix` reads one
_SAID = frozenset({"yes", "no", "unsure", "not", "oui", "non", "doute"})
NOT_YET: Mapping[Keypath, str] = {
    ("digest", "weekly"): "there is no weekly report yet",
    ("roi",): "there is no weekly report yet",
    ("retention",): "nothing is deleted by age yet",
    ("people",): "no verb delegates yet",
    ("hours", "quiet"): "alerts do not keep hours of silence yet",
}
"""Keys that are read and checked, and that nothing in this version acts upon."""


def cross_checks(reading: Reading, found: Mapping[str, Any]) -> None:
    """Report what is wrong between the sections that are right by themselves."""
    accounts: tuple[Account, ...] = found["accounts"] or ()
    calendars: tuple[Calendar, ...] = found["calendars"] or ()
    _twice(reading, "accounts", [a.name for a in accounts])
    _twice(reading, "calendars", [c.name for c in calendars])
    _twice(reading, "people", [p.name for p in found["people"] or ()])
    _one_owner(reading, accounts)
    _writable(reading, calendars)
    _categories(reading, found["categories"] or {}, accounts)
    if found["digest"]:
        _sections(reading, found["digest"])
    if found["working"]:
        _holidays(reading, found["working"])


def _twice(reading: Reading, section: str, given: Iterable[str]) -> None:
    seen: set[str] = set()
    for i, name in enumerate(given):
        if name in seen:
            reading.add(
                (section, i, "name"), "twice", f"there are two named “{name}”.", fix="Give each its own name."
            )
        seen.add(name)


def _one_owner(reading: Reading, accounts: tuple[Account, ...]) -> None:
    marked = [i for i, account in enumerate(accounts) if account.owner]
    for i in marked[1:]:
        message = f"“{accounts[marked[0]].name}” is the owner's account already."
        reading.add(("accounts", i, "owner"), "twice", message, fix="Keep owner = true in one account only.")
    if len(accounts) > 1 and not marked:
        message = "none of the accounts is marked as the owner's."
        fix = "Write owner = true in the one that the digest is to come from."
        reading.add(("accounts", 0), "missing", message, fix=fix)


def _writable(reading: Reading, calendars: tuple[Calendar, ...]) -> None:
    for i, calendar in enumerate(calendars):
        if calendar.write and not hasattr(plugins.load("sources", calendar.kind), "writer"):
            message = f"a calendar of kind “{calendar.kind}” can only be read."
            reading.add(("calendars", i, "write"), "bad_value", message, fix="Remove this line.")


def _categories(reading: Reading, given: Mapping[str, Category], accounts: tuple[Account, ...]) -> None:
    """A folder or keyword teaches one category, and none where all mail lies."""
    taken = {plain(word) for a in accounts for word in ("INBOX", *_specials(a))}
    teaches: dict[str, str] = {}
    for name, category in given.items():
        wrong = _wrong_name(name)
        if wrong:
            reading.add(("categories", name), "bad_value", wrong)
        for source in category.learn_from:
            path = ("categories", name, "learn_from")
            if plain(source) in taken:
                message = f"“{source}” cannot teach: all kinds of mail lie there."
                reading.add(path, "bad_value", message, fix="Name a folder that holds mails of this category alone.")
            elif _folder(source) in teaches:
                message = f"“{source}” teaches “{teaches[_folder(source)]}” already."
                reading.add(path, "twice", message, fix="Name another folder or keyword.")
            teaches.setdefault(_folder(source), name)


def _folder(name: str) -> str:
    """As servers look for it: accents, case, hyphens and the prefix of all folders do not tell two apart."""
    levels = [" ".join(re.split(r"[-_\s]+", level.strip())) for level in re.split(r"[./\\]", plain(name))]
    return "/".join(levels[1:] if len(levels) > 1 and levels[0] == "inbox" else levels)


def _wrong_name(name: str) -> str:
    """Why a category cannot be called so, "" when it can: on the command line and in answers it must be told apart."""
    if name == "other" or not name.isidentifier():
        return "a category is one word, like rh; “other” is what is of none."
    if _ID.fullmatch(name):
        return f"“{name}” reads like the id of a mail: give the category a name without a number, or a longer one."
    if name.lower() in _SAID:
        return f"“{name}” is an answer, not the name of a category."
    if name not in CATEGORIES and name.lower() in CATEGORIES:
        return f"“{name}” differs from “{name.lower()}” in capitals only: write “{name.lower()}”."
    return ""


def _specials(account: Account) -> Iterable[str]:
    """The folders of what we send and draft, as this account names them."""
    named = (account.options.get("sent"), account.options.get("drafts"))
    return [word.lstrip(".") for word in named if isinstance(word, str) and word]


def _sections(reading: Reading, digest: Digest) -> None:
    allowed = plugins.kinds("sections")
    for i, name in enumerate(digest.sections):
        path = ("digest", "sections", i)
        if name not in allowed:
            message = f"there is no section “{name}”; allowed: {', '.join(allowed)}."
            reading.add(path, "unknown_kind", message, suggestion=suggest(name, allowed))
        elif name in digest.sections[:i]:
            reading.add(path, "twice", f"“{name}” stands twice.", fix="Keep one of the two.")


def _holidays(reading: Reading, working: Working) -> None:
    """The library of holidays is slow to load: it is asked only when this is not plain France."""
    if (working.country, working.subdivision) in {("FR", ""), ("", "")}:
        return
    import holidays

    try:
        known = holidays.country_holidays(working.country)
    except NotImplementedError:
        message = f"no public holidays are known for “{working.country}”."
        reading.add(("working", "country"), "bad_value", message, fix='Write a code like "FR", or "" for none.')
        return
    allowed = (*known.subdivisions, *known.subdivisions_aliases)
    if working.subdivision and working.subdivision not in allowed:
        message = f"“{working.subdivision}” is no part of {working.country}; allowed: {', '.join(allowed)}."
        near = suggest(working.subdivision, allowed)
        reading.add(("working", "subdivision"), "bad_value", message, suggestion=near)


def hints(reading: Reading, found: Mapping[str, Any]) -> list[Problem]:
    """What works but may not be what was meant."""
    digest, owner = found["digest"], found["owner"]
    said = []
    if digest and digest.hour < _DOUBTFUL:
        message = "hours before 04:00 may not exist, or exist twice, when the clocks change."
        said.append(warning(reading, ("digest", "hour"), "doubtful_hour", message, "Choose a later hour."))
    if found["smtp"] is None and "smtp" not in (reading.table or {}):
        message = "there is no [smtp] section: no digest can leave."
        said.append(warning(reading, ("smtp",), "no_smtp", message, "Add one, or use automator digest --preview."))
    if owner and found["accounts"]:
        said += _foreign_accounts(reading, owner, found["accounts"])
    for path, why in NOT_YET.items():
        first = next((place for place in reading.places if place[: len(path)] == path), None)
        if first:
            said.append(warning(reading, first, "not_yet", f"has no effect in this version: {why}."))
    return said


def _foreign_accounts(reading: Reading, owner: Owner, accounts: tuple[Account, ...]) -> list[Problem]:
    """An account whose address is not the owner's: its sent mail would be taken for somebody else's."""
    said = []
    for i, account in enumerate(accounts):
        if account.address and account.address not in owner.addresses:
            message = f"{account.address} is not among [owner] addresses."
            path = ("accounts", i, "address")
            said.append(warning(reading, path, "foreign_address", message, "Add it there, or correct it here."))
    return said
