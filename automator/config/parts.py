"""Reading the parts of config.toml that plug-ins have a say in: accounts, calendars, the way out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, SecretStr, ValidationError

from automator import plugins
from automator.config.problems import fill, names, report, suggest, unknown_keys
from automator.config.secrets import EXAMPLES, SecretRef, file_trouble, is_reference, read_reference
from automator.config.tree import AccountKeys, CalendarKeys, SmtpKeys
from automator.plugins import Family
from automator.rulebook.places import Path as Keypath
from automator.rulebook.reading import Reading

KeysT = TypeVar("KeysT", AccountKeys, CalendarKeys, SmtpKeys)


def read_part(
    reading: Reading,
    model: type[KeysT],
    table: Mapping[str, Any],
    path: Keypath,
    family: Family,
    allowed: tuple[str, ...],
    belongs: Mapping[str, str],
) -> tuple[KeysT, Mapping[str, Any]] | None:
    """Our own keys of a table and the plug-in's Options in it, or None after reporting every mistake.

    With an unknown kind only our own keys are looked at: what else may stand there depends on the kind.
    """
    mine: tuple[str, ...] = names(model)
    own = {key: value for key, value in table.items() if key in mine}
    rest = {key: value for key, value in table.items() if key not in mine}
    kind = table.get("kind", model.model_fields["kind"].get_default())
    if kind not in allowed:
        _bad_kind(reading, model, own, rest, path, allowed)
        return None
    options: type[BaseModel] = plugins.options(family, kind)
    before = len(reading.problems)
    meant = unknown_keys(reading, rest, path, (*mine, *names(options)), belongs)
    filled = fill(reading, model, own, path, meant=meant)
    values = read_options(reading, options, {k: v for k, v in rest.items() if k in names(options)}, path, meant)
    return (filled, values) if filled and len(reading.problems) == before else None


def _bad_kind(
    reading: Reading,
    model: type[BaseModel],
    own: Mapping[str, Any],
    rest: Mapping[str, Any],
    path: Keypath,
    allowed: tuple[str, ...],
) -> None:
    """Report the kind, or the key that was written for it, and what is wrong with our own keys."""
    kind = own.get("kind")
    written = {key: value for key, value in rest.items() if suggest(key, ("kind",))}
    if isinstance(kind, str):
        near = plugins.near(kind, allowed)
        reading.add((*path, "kind"), "unknown_kind", f"must be one of: {', '.join(allowed)}.", suggestion=near)
    elif kind is None:
        unknown_keys(reading, written, path, names(model), {})
    fill(reading, model, own, path, meant={"kind"} if written else set())


def read_options(
    reading: Reading, model: type[BaseModel], table: Mapping[str, Any], path: Keypath, meant: set[str]
) -> Mapping[str, Any]:
    """The Options as written, with secrets as references and files from the folder of config.toml; mistakes reported.

    A value that is given by reference is taken for right: it is looked at when it is fetched.
    """
    base = Path(reading.file).resolve().parent
    values: dict[str, Any] = {}
    trial: dict[str, Any] = {}
    told: set[str] = set()
    for key, value in table.items():
        secret = _holds(model, key, SecretStr)
        if is_reference(value) and (secret or _holds(model, key, str)):
            values[key] = _reference(reading, (*path, key), value, base)
            trial[key] = "by-reference"
            told.add(key)
        elif secret:
            reading.add(
                (*path, key), "plain_secret", "a secret must not stand here itself.", fix=f"Write {EXAMPLES}."
            )
            trial[key] = "by-reference"
            told.add(key)
        else:
            values[key] = trial[key] = _from_home(model, key, value, base)
    _try(reading, model, trial, path, meant, told)
    return values


def _try(
    reading: Reading, model: type[BaseModel], trial: Mapping[str, Any], path: Keypath, meant: set[str], told: set[str]
) -> None:
    try:
        model.model_validate(dict(trial))
    except ValidationError as error:
        skipped = {(key,) for key in (*told, *meant)}
        report(reading, [e for e in error.errors(include_url=False) if e["loc"][:1] not in skipped], path)


def _reference(reading: Reading, path: Keypath, value: Mapping[str, Any], base: Path) -> SecretRef | None:
    try:
        secret = read_reference(value, base)
    except ValueError as error:
        reading.add(path, "bad_secret", str(error))
        return None
    if secret.file:
        message, fix = file_trouble(secret.file)
        if message:
            reading.add(path, "secret_file", message, fix=fix)
    return secret


def _holds(model: type[BaseModel], key: str, kind: type) -> bool:
    """May this option be of that type (alone, or one of a union)?"""
    for name, field in model.model_fields.items():
        if key == (field.alias or name):
            return field.annotation is kind or kind in get_args(field.annotation)
    return False


def _from_home(model: type[BaseModel], key: str, value: Any, base: Path) -> Any:
    """File names start from the folder of config.toml, `~` from the user's home."""
    if isinstance(value, str) and value and _holds(model, key, Path):
        return base / Path(value).expanduser()
    return value
