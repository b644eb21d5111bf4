"""The JSON Schema of rule files, for editors: made from the same tables and Options as the reader."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from automator.rulebook.language import AUTONOMY_WORDS, BLOCK_KEYS, CONDITIONS, EVENTS, STOP_WORDS, Condition
from automator.rulebook.values import Known, allowed_names

_DURATION = (
    r"^\s*\d+\s*([Jj]ours?( [Oo]uvr[ée]s?| [Oo]uvrables?)?|[Hh] [Oo]uvr[ée]es?|[Ss]emaines?|[Mm]ois"
    r"|([Ww]orking )?[Dd]ays?|[Ww]orking [Hh]ours?|[Ww]eeks?|[Mm]onths?)\s*$"
)
_TEXT: dict[str, Any] = {"type": "string"}


def json_schema(known: Known) -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of one rule file. Each `[[then]]` is one object; its verb decides its keys."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "automator rule",
        "type": "object",
        "additionalProperties": False,
        "required": ["title", "on", "then"],
        "properties": {
            "title": {"type": "string", "minLength": 1, "description": "Une phrase : ce que fait la règle."},
            "on": {"enum": list(EVENTS), "description": "L'événement dont comptent les délais."},
            "when": _conditions(known, "Toutes ces conditions sont nécessaires."),
            "except": _conditions(known, "Si tout cela est vrai, la règle ne s'applique pas."),
            "stop": {**_one_or_many({"enum": list(STOP_WORDS)}), "description": "Ce qui annule les étapes à venir."},
            "autonomy": {"enum": list(AUTONOMY_WORDS), "description": "Jusqu'où la règle va seule."},
            "priority": {"type": "integer", "description": "La plus haute l'emporte quand deux règles classent."},
            "schedule": {"description": 'Dates, avec on = "date" seulement.'},
            "then": {"type": "array", "minItems": 1, "items": _block(known)},
            "test": {"type": "array", "items": _test()},
        },
        "if": {"properties": {"on": {"const": "date"}}, "required": ["on"]},
        "then": {"required": ["schedule"]},
        "else": {"properties": {"schedule": False}},
    }


def _one_or_many(item: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [item, {"type": "array", "items": item, "minItems": 1}]}


def _conditions(known: Known, description: str) -> dict[str, Any]:
    return {
        "type": "object",
        "description": description,
        "additionalProperties": False,
        "properties": {key: _condition(condition, known) for key, condition in CONDITIONS.items()},
    }


def _condition(condition: Condition, known: Known) -> dict[str, Any]:
    names = list(allowed_names(condition, known))
    match condition.shape:
        case "bool":
            return {"type": "boolean"}
        case "span":
            return {"type": "string", "pattern": _DURATION}
        case "amount":
            return {"type": "string", "pattern": r"\d", "examples": ["50 €", "EUR 1,000.00"]}
        case "confidence":
            return {"enum": names}
        case _:
            return _one_or_many({"enum": names} if names else {"type": "string", "pattern": r"\S"})


def _block(known: Known) -> dict[str, Any]:
    """One object for every verb, all keys side by side; `if / then` per verb says which of them are its own."""
    properties: dict[str, Any] = {
        "id": {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]{0,63}$"},
        "do": {"enum": sorted(known.verbs), "description": "Le verbe."},
        "after": {"type": "string", "pattern": _DURATION, "description": "Compté depuis l'événement."},
        "before": {"type": "string", "pattern": _DURATION, "description": "Compté à rebours de l'événement."},
    }
    for options in known.verbs.values():
        properties |= {name: {} for name in options.model_fields if name not in properties}
    return {
        "type": "object",
        "required": ["do"],
        "additionalProperties": False,
        "properties": properties,
        "not": {"required": ["after", "before"]},
        "allOf": [_verb(verb, options) for verb, options in sorted(known.verbs.items())],
    }


def _verb(verb: str, options: type[BaseModel]) -> dict[str, Any]:
    made = options.model_json_schema()
    own = {name: _without_titles(made["properties"][name]) for name in options.model_fields}
    rule: dict[str, Any] = {"properties": own, "propertyNames": {"enum": [*BLOCK_KEYS, *own]}}
    if made.get("required"):
        rule["required"] = made["required"]
    if made.get("$defs"):
        rule["$defs"] = made["$defs"]
    return {"if": {"properties": {"do": {"const": verb}}, "required": ["do"]}, "then": rule}


def _without_titles(value: dict[str, Any]) -> dict[str, Any]:
    return {key: part for key, part in value.items() if key != "title"}


def _test() -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["given", "now", "expect"],
        "additionalProperties": False,
        "properties": {
            "name": _TEXT,
            "given": {"type": "object", "required": ["object"], "description": "Un objet et ce qui lui est arrivé."},
            "now": {"description": "Le jour où l'on regarde."},
            "expect": {"type": "array", "items": _TEXT, "description": "Ce qui échoit ce jour-là : verbe:argument."},
        },
    }
