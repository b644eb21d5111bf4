"""From a family and a kind to the module that does it: the file name is the kind, there is no list to edit.

A plug-in is a file (or a package) in `automator/<family>/` that offers its entry point: `build` for sources, senders,
classifiers and actions, `lines` for sections. Other files beside it are its neighbours and no kinds. Nothing is
imported before it is asked for.
"""

from __future__ import annotations

import difflib
import pkgutil
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any, Literal

from pydantic import BaseModel

from automator.errors import PermanentError

Family = Literal["sources", "senders", "classifiers", "actions", "sections"]
FAMILIES: tuple[Family, ...] = ("sources", "senders", "classifiers", "actions", "sections")
_ENTRY = {"sections": "lines"}


def kinds(family: Family, gives: str = "") -> tuple[str, ...]:
    """The kinds of a family, sorted. `gives` keeps those whose entry point promises that type ("MailSource")."""
    found = _promises(family)
    return tuple(kind for kind in sorted(found) if not gives or found[kind] == gives)


def load(family: Family, kind: str) -> ModuleType:
    """The module of a kind, imported now. Raises PermanentError for an unknown kind, with the near ones."""
    if kind not in kinds(family):
        raise PermanentError(f"{family}: {unknown(kind, kinds(family))}")
    return import_module(f"automator.{family}.{kind}")


def options(family: Family, kind: str) -> type[BaseModel]:
    """The Options of a kind: its keys in config.toml, or in a rule for an action."""
    found = load(family, kind).Options
    if not (isinstance(found, type) and issubclass(found, BaseModel)):
        raise TypeError(f"automator.{family}.{kind}.Options is no pydantic model")
    return found


def validate(family: Family, kind: str, values: Mapping[str, Any]) -> BaseModel:
    """The Options of a kind, filled. Raises pydantic's ValidationError with every mistake, PermanentError if unknown."""
    return options(family, kind).model_validate(dict(values))


def near(word: str, allowed: Iterable[str]) -> str:
    """The allowed word that was probably meant, "" if none is near."""
    found = difflib.get_close_matches(word.strip().lower(), list(allowed), n=1, cutoff=0.6)
    return found[0] if found else ""


def unknown(kind: str, allowed: Iterable[str]) -> str:
    """One sentence: what was said, what is allowed, what was meant."""
    allowed = tuple(allowed)
    meant = near(kind, allowed)
    said = f"there is no {kind!r}; allowed: {', '.join(allowed) or 'nothing yet'}."
    return f"{said} Did you mean {meant!r}?" if meant else said


@lru_cache(maxsize=len(FAMILIES))
def _promises(family: Family) -> Mapping[str, str]:
    """Kind -> the type its entry point promises, read from the source text: nothing is imported."""
    package = f"automator.{family}"
    entry = re.compile(rf"^def {_ENTRY.get(family, 'build')}\((?:.|\n)*?\) -> (\w+)[^:\n]*:", re.MULTILINE)
    home = find_spec(package)
    places = home.submodule_search_locations if home else None
    found = {}
    for module in pkgutil.iter_modules(places):
        match = entry.search(_source(f"{package}.{module.name}"))
        if match:
            found[module.name] = match[1]
    return found


def _source(module: str) -> str:
    spec = find_spec(module)
    loader = spec.loader if spec else None
    text = loader.get_source(module) if loader and hasattr(loader, "get_source") else None
    return text or ""
