"""Each section of config.toml by itself, so that a mistake in one does not hide those of the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from automator import plugins
from automator.config.checks import cross_checks
from automator.config.parts import read_part
from automator.config.problems import fill, names, unknown_keys
from automator.config.tree import (
    TABLES,
    Account,
    AccountKeys,
    Calendar,
    CalendarKeys,
    Category,
    Owner,
    Person,
    Scalars,
    Smtp,
    SmtpKeys,
)
from automator.config.values import Keys
from automator.rulebook.reading import Reading

PARTS = ("accounts", "calendars", "smtp", "people", "categories", "client_types")
TOP_KEYS = (*names(Scalars), *TABLES, *PARTS)


def read_sections(reading: Reading, table: Mapping[str, Any]) -> dict[str, Any]:
    """Every part of the file that is right, by its name; what is wrong is reported and left out."""
    belongs = _homes_of_keys()
    meant = unknown_keys(reading, table, (), TOP_KEYS, belongs)
    found: dict[str, Any] = {}
    scalars = {key: value for key, value in table.items() if key in names(Scalars)}
    found["scalars"] = fill(reading, Scalars, scalars, ())
    for name, model in TABLES.items():
        found[name] = _section(reading, table, name, model, meant, belongs)
    found["accounts"] = _accounts(reading, table, meant, belongs)
    found["calendars"] = _calendars(reading, table, belongs)
    found["smtp"] = _smtp(reading, table, belongs)
    found["people"] = _people(reading, table, belongs)
    found["categories"] = _categories(reading, table, belongs)
    found["client_types"] = _client_types(reading, table)
    cross_checks(reading, found)
    return found


def _homes_of_keys() -> dict[str, str]:
    """Key -> where it belongs, for the keys of the sections that stand once."""
    places = dict.fromkeys(names(Scalars), "at the top of the file, above the first [section]")
    for name, model in TABLES.items():
        places |= dict.fromkeys(names(model), f"under [{name}]")
    return places


def _section(
    reading: Reading,
    table: Mapping[str, Any],
    name: str,
    model: type[Keys],
    meant: set[str],
    belongs: Mapping[str, str],
) -> Keys | None:
    value = table.get(name, {})
    if not isinstance(value, dict):
        reading.add((name,), "bad_type", f"must be a section: [{name}] and below it {', '.join(names(model))}.")
        return None
    if name not in table and model is Owner:
        if name not in meant:
            reading.add((name,), "missing", "is required.", fix="Write [owner] and below it: name, addresses.")
        return None
    return fill(reading, model, value, (name,), belongs=belongs)


def _tables(reading: Reading, table: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """The tables of `[[name]]`; a single [name] is told so."""
    value = table.get(name, [])
    if isinstance(value, list) and all(isinstance(v, dict) for v in value):
        return value
    reading.add((name,), "single_bracket", "there may be several of these.", fix=f"Write [[{name}]] above each one.")
    return []


def _accounts(
    reading: Reading, table: Mapping[str, Any], meant: set[str], belongs: Mapping[str, str]
) -> tuple[Account, ...] | None:
    if "accounts" not in table:
        if "accounts" not in meant:
            fix = 'Write [[accounts]] and below it: name, kind = "imap", host, user, password.'
            reading.add(
                ("accounts",), "missing", "is required: without an account there is nothing to read.", fix=fix
            )
        return None
    allowed = plugins.kinds("sources", "MailSource")
    found = []
    for i, one in enumerate(tables := _tables(reading, table, "accounts")):
        part = read_part(reading, AccountKeys, one, ("accounts", i), "sources", allowed, belongs)
        if part:
            keys, options = part
            address = keys.address or ""
            found.append(Account(keys.name, keys.kind, address, keys.owner, keys.authserv_id, options))
    return tuple(found) if len(found) == len(tables) else None


def _calendars(reading: Reading, table: Mapping[str, Any], belongs: Mapping[str, str]) -> tuple[Calendar, ...] | None:
    allowed = plugins.kinds("sources", "CalendarSource")
    found = []
    for i, one in enumerate(tables := _tables(reading, table, "calendars")):
        part = read_part(reading, CalendarKeys, one, ("calendars", i), "sources", allowed, belongs)
        if part:
            keys, options = part
            found.append(Calendar(keys.name, keys.kind, keys.write, options))
    return tuple(found) if len(found) == len(tables) else None


def _smtp(reading: Reading, table: Mapping[str, Any], belongs: Mapping[str, str]) -> Smtp | None:
    value = table.get("smtp")
    if value is None:
        return None
    if not isinstance(value, dict):
        reading.add(("smtp",), "bad_type", "must be a section: [smtp] and below it host, user, password.")
        return None
    part = read_part(reading, SmtpKeys, value, ("smtp",), "senders", plugins.kinds("senders"), belongs)
    return Smtp(part[0].kind, part[0].sender or "", part[0].sent_delay, part[1]) if part else None


def _people(reading: Reading, table: Mapping[str, Any], belongs: Mapping[str, str]) -> tuple[Person, ...] | None:
    found = []
    for i, one in enumerate(tables := _tables(reading, table, "people")):
        person = fill(reading, Person, one, ("people", i), belongs=belongs)
        if person:
            found.append(person)
    return tuple(found) if len(found) == len(tables) else None


def _categories(
    reading: Reading, table: Mapping[str, Any], belongs: Mapping[str, str]
) -> Mapping[str, Category] | None:
    value = table.get("categories", {})
    if not isinstance(value, dict) or not all(isinstance(v, dict) for v in value.values()):
        reading.add(("categories",), "bad_type", "must be sections of their own.", fix="Write [categories.NAME].")
        return None
    found = {}
    for name, one in value.items():
        category = fill(reading, Category, one, ("categories", name), belongs=belongs)
        if category:
            found[name] = category
    return found if len(found) == len(value) else None


def _client_types(reading: Reading, table: Mapping[str, Any]) -> Mapping[str, str] | None:
    value = table.get("client_types", {})
    allowed = ("business", "consumer", "public")
    if not isinstance(value, dict):
        fix = 'Write [client_types] and below it: "compta@client.example" = "business".'
        reading.add(("client_types",), "bad_type", "must be a section.", fix=fix)
        return None
    found = {}
    for address, kind in value.items():
        path = ("client_types", address)
        if kind not in allowed:
            near = plugins.near(kind, allowed) if isinstance(kind, str) else ""
            reading.add(path, "bad_value", f"must be one of: {', '.join(allowed)}.", suggestion=near)
        elif "@" not in address:
            reading.add(path, "bad_value", 'must be a mail address between quotes, like "compta@client.example".')
        else:
            found[address.lower()] = kind
    return found
