"""Texts with placeholders: {client}, {montant} ... bare names only, filled once, never an empty hole."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from automator.errors import PermanentError
from automator.mail.clean import clean, clean_line

_PLACE = re.compile(r"\{([^{}\n]{0,60})\}")
_HEAD = re.compile(r"^\ufeff?\s*(?:objet|subject|sujet)[ \u00a0]*:[ \t]*(.*)$", re.I)
_OPTIONAL = frozenset({"penalties", "indemnity"})

ALIASES = {
    "fournisseur": "supplier",
    "montant": "amount",
    "echeance": "due_date",
    "numero": "number",
    "objet": "subject",
    "expediteur": "from",
    "destinataire": "to",
    "retard": "days_late",
    "jours_retard": "days_late",
    "emission": "issue_date",
    "recu": "received",
    "lieu": "location",
    "participants": "attendees",
    "entreprise": "firm",
    "proprietaire": "owner",
    "penalites": "penalties",
    "indemnite": "indemnity",
    "titre": "title",
    "heure": "time",
}
"""French name (without accents) -> the name that values are given by."""


class MissingPlaceholder(PermanentError):  # noqa: N818 - reads as the sentence it is
    """A text needs values that nobody has; `names` are those as written."""

    def __init__(self, *names: str) -> None:
        self.names = names
        super().__init__("the text needs values that are not known: " + ", ".join(f"{{{n}}}" for n in names))

    def __reduce__(self) -> tuple[type[MissingPlaceholder], tuple[str, ...]]:
        return type(self), self.names


@dataclass(frozen=True, slots=True)
class Template:
    """A mail to be: `placeholders` are the names used, by their English name, in order, each once."""

    subject: str
    body: str
    placeholders: tuple[str, ...]


def parse_template(text: str) -> Template:
    """Read a template file: a first line "Objet: ..." or "Subject: ..." (may be missing), an empty line, the text."""
    lines = clean(text).split("\n")
    head = _HEAD.match(lines[0])
    subject = head[1].strip() if head else ""
    body = "\n".join(lines[1:] if head else lines).strip("\n")
    names = dict.fromkeys(canonical(name) for name in _PLACE.findall(f"{subject}\n{body}"))
    return Template(subject, body, tuple(names))


def canonical(name: str) -> str:
    """The English name of a placeholder as written: "Échéance" -> "due_date"."""
    plain = unicodedata.normalize("NFKD", name.strip().casefold())
    bare = "".join(c for c in plain if not unicodedata.combining(c)).replace(" ", "_")
    return ALIASES.get(bare, bare)


def render(template: Template, values: Mapping[str, str]) -> tuple[str, str]:
    """Subject and text with every placeholder filled.

    A paragraph with {penalties} or {indemnity} is left out where there is no value for it: they are owed between
    professionals only (Code de commerce L441-10, D441-5). Any other missing or empty value: MissingPlaceholder.
    A value is put in as it is; braces in it mean nothing.
    """
    missing: dict[str, None] = {}
    subject = clean_line(_filled(template.subject, values, missing), 500)
    paragraphs = [p for p in re.split(r"\n{2,}", template.body) if not _dropped(p, values)]
    body = "\n\n".join(_filled(paragraph, values, missing) for paragraph in paragraphs)
    if missing:
        raise MissingPlaceholder(*missing)
    return subject, clean(body)


def fill(text: str, values: Mapping[str, str], blank: str = "…") -> str:
    """A short text to the owner with its placeholders filled; `blank` stands where nothing is known."""
    return clean_line(_PLACE.sub(lambda m: values.get(canonical(m[1]), "").strip() or blank, text), 1_000)


def _dropped(paragraph: str, values: Mapping[str, str]) -> bool:
    names = {canonical(name) for name in _PLACE.findall(paragraph)}
    return any(not values.get(name, "").strip() for name in names & _OPTIONAL)


def _filled(text: str, values: Mapping[str, str], missing: dict[str, None]) -> str:
    def value(place: re.Match[str]) -> str:
        found = values.get(canonical(place[1]), "").strip()
        if not found:
            missing[place[1].strip()] = None
        return clean_line(found, 1_000)

    return _PLACE.sub(value, text)
