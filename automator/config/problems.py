"""From pydantic's findings to problems that an owner can act on: the line, what is allowed, how to mend it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from automator.errors import Problem
from automator.rulebook.places import Path as Keypath
from automator.rulebook.reading import Reading
from automator.rulebook.values import plain

ModelT = TypeVar("ModelT", bound=BaseModel)

_MEANT: Mapping[str, tuple[str, ...]] = {
    "langue": ("locale",),
    "language": ("locale",),
    "fuseau": ("timezone",),
    "fuseau_horaire": ("timezone",),
    "zone": ("timezone",),
    "regles": ("rules_dir",),
    "dossier": ("state_dir", "rules_dir", "path"),
    "autonomie": ("max_autonomy",),
    "envoi_autorise": ("allow_send",),
    "proprietaire": ("owner",),
    "patron": ("owner",),
    "horaires": ("hours",),
    "heures": ("hours",),
    "heure": ("hour",),
    "titre": ("name",),
    "nom": ("name",),
    "prenom": ("name",),
    "adresse": ("address", "addresses"),
    "adresses": ("addresses", "address"),
    "email": ("address", "addresses", "user"),
    "mail": ("address", "addresses", "user"),
    "domaines": ("domains",),
    "societe": ("company_names",),
    "entreprise": ("company_names",),
    "raison_sociale": ("company_names",),
    "tva": ("vat",),
    "ouverture": ("open",),
    "ouvert": ("open",),
    "silence": ("quiet",),
    "calme": ("quiet",),
    "jours_ouvres": ("working",),
    "pays": ("country",),
    "region": ("subdivision",),
    "fermetures": ("closures",),
    "conges": ("closures",),
    "vacances": ("closures",),
    "du": ("from",),
    "de": ("from",),
    "au": ("to",),
    "compte": ("accounts",),
    "comptes": ("accounts",),
    "boites": ("accounts", "mailboxes"),
    "account": ("accounts",),
    "calendrier": ("calendars",),
    "calendriers": ("calendars",),
    "agenda": ("calendars",),
    "agendas": ("calendars",),
    "envoi": ("smtp",),
    "sortant": ("smtp",),
    "type": ("kind",),
    "genre": ("kind",),
    "serveur": ("host",),
    "hote": ("host",),
    "server": ("host",),
    "utilisateur": ("user",),
    "identifiant": ("user",),
    "login": ("user",),
    "username": ("user",),
    "mot_de_passe": ("password",),
    "motdepasse": ("password",),
    "dossiers": ("mailboxes",),
    "folders": ("mailboxes",),
    "fichier": ("path",),
    "chemin": ("path",),
    "lien": ("url",),
    "ecriture": ("write",),
    "delai": ("sent_delay", "timeout"),
    "recapitulatif": ("digest",),
    "hebdo": ("weekly",),
    "rubriques": ("sections",),
    "plafonds": ("caps",),
    "limites": ("caps",),
    "par_jour": ("per_day",),
    "journal": ("log",),
    "niveau": ("level",),
    "categorie": ("categories",),
    "apprend_de": ("learn_from",),
    "personnes": ("people",),
    "equipe": ("people",),
    "fonction": ("role",),
    "conservation": ("retention",),
    "mails_jours": ("mails",),
}
_PLAIN = {
    "string_type": "must be text between quotes.",
    "bool_type": "must be true or false.",
    "int_type": "must be a whole number, without quotes.",
    "float_type": "must be a number, without quotes.",
    "float_parsing": "must be a number, without quotes.",
    "int_parsing": "must be a whole number, without quotes.",
    "int_from_float": "must be a whole number.",
    "tuple_type": 'must be a list: ["...", "..."].',
    "list_type": 'must be a list: ["...", "..."].',
    "date_type": "must be a date, like 2026-08-03.",
    "date_parsing": "must be a date, like 2026-08-03.",
    "date_from_datetime_parsing": "must be a date, like 2026-08-03.",
    "path_type": "must be the name of a file, between quotes.",
    "model_type": "must be a section of its own.",
}


def suggest(word: str, allowed: Collection[str]) -> str:
    """The key that was probably meant: its French name, else the nearest one; "" if none is near."""
    simple = re.sub(r"[ -]+", "_", plain(word).strip())
    for meant in _MEANT.get(simple, ()):
        if meant in allowed:
            return meant
    close = difflib.get_close_matches(simple, list(allowed), n=1, cutoff=0.7)
    return close[0] if close else ""


def unknown_keys(
    reading: Reading, table: Mapping[str, Any], path: Keypath, allowed: Collection[str], belongs: Mapping[str, str]
) -> set[str]:
    """Report every key of `table` that may not stand there; the keys that were probably meant.

    `belongs` maps a key to the section it is a key of, for one that merely stands in the wrong place.
    """
    meant: set[str] = set()
    for key in table:
        if key in allowed:
            continue
        home = belongs.get(key, "")
        near = "" if home else suggest(key, allowed)
        meant.add(near)
        fix = f"It belongs {home}." if home else ""
        message = f"unknown key; here stand: {', '.join(allowed)}."
        reading.add((*path, key), "unknown_key", message, fix=fix, suggestion=near)
    return meant


def names(model: type[BaseModel]) -> tuple[str, ...]:
    """The keys of a model as they are written in the file."""
    return tuple(field.alias or name for name, field in model.model_fields.items())


def fill(
    reading: Reading,
    model: type[ModelT],
    table: Mapping[str, Any],
    path: Keypath,
    *,
    meant: Collection[str] = (),
    belongs: Mapping[str, str] | None = None,
) -> ModelT | None:
    """The table as its model, or None after reporting each mistake at its line.

    A required key is not reported as missing where an unknown one was `meant` for it: one mistake, one problem.
    """
    try:
        return model.model_validate(dict(table))
    except ValidationError as error:
        errors = error.errors(include_url=False)
        replaced = {(key,) for key in meant} | _unknown(reading, model, table, errors, path, belongs or {})
        report(reading, [e for e in errors if e["type"] != "extra_forbidden" and e["loc"] not in replaced], path)
        return None


def _unknown(
    reading: Reading,
    model: type[BaseModel],
    table: Mapping[str, Any],
    errors: Iterable[ErrorDetails],
    path: Keypath,
    belongs: Mapping[str, str],
) -> set[tuple[int | str, ...]]:
    """Report the unknown keys among pydantic's errors, also of tables inside; where the meant ones would stand."""
    meant: set[tuple[int | str, ...]] = set()
    for holder in dict.fromkeys(e["loc"][:-1] for e in errors if e["type"] == "extra_forbidden"):
        inner: Any = table
        for part in holder:
            inner = inner[part]
        allowed = names(_inner_model(model, holder))
        meant |= {(*holder, key) for key in unknown_keys(reading, inner, (*path, *holder), allowed, belongs)}
    return meant


def _inner_model(model: type[BaseModel], holder: tuple[int | str, ...]) -> type[BaseModel]:
    """The model of the table at `holder` inside a table of `model`."""
    for part in holder:
        field = model.model_fields.get(str(part))
        inner = [a for a in get_args(field.annotation) if isinstance(a, type)] if field else []
        model = next((a for a in inner if issubclass(a, BaseModel)), model)
    return model


def report(reading: Reading, errors: Iterable[ErrorDetails], path: Keypath) -> None:
    """Each of pydantic's errors as a problem."""
    for error in errors:
        loc = tuple(part for part in error["loc"] if part != "[key]")
        message, suggestion = _said(error)
        reading.add((*path, *loc), _code(error), message, suggestion=suggestion)


def _code(error: ErrorDetails) -> str:
    if error["type"] == "missing":
        return "missing"
    return "bad_type" if error["type"].endswith("_type") else "bad_value"


def _said(error: ErrorDetails) -> tuple[str, str]:
    """What is wrong in words, and the near word; nothing of what was written is repeated: it may be a secret."""
    kind, context = error["type"], error.get("ctx", {})
    if kind == "missing":
        return "is required.", ""
    if kind == "literal_error":
        expected = str(context.get("expected", ""))
        near = suggest(str(error["input"]), re.findall(r"'([^']*)'", expected))
        return f"must be one of {expected.replace(chr(39), chr(34))}.", near
    if kind == "value_error":
        return f"{context.get('error', error['msg'])}".rstrip(".") + ".", ""
    if kind in {"too_short", "string_too_short"}:
        return "must not be empty.", ""
    said = _PLAIN.get(kind) or error["msg"].replace("Input should", "must").rstrip(".") + "."
    return said, ""


def warning(reading: Reading, path: Keypath, code: str, message: str, fix: str = "") -> Problem:
    """Something to know that keeps nothing from working."""
    line, column = reading.place(path)
    key = ".".join(str(part + 1) if isinstance(part, int) else part for part in path)
    return Problem(reading.file, line, key, code, message, fix, "", "warning", column)
