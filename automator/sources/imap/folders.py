"""Which folder is which: special-use flags first (RFC 6154), then the usual names in French, English and German."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from automator.errors import PermanentError
from automator.mail.message import Role

_FLAGS = {"sent": "\\sent", "drafts": "\\drafts", "archive": "\\archive"}
_NAMES = {
    "sent": (
        "sent",
        "sent items",
        "sent mail",
        "sent messages",
        "elements envoyes",
        "messages envoyes",
        "courriers envoyes",
        "courrier envoye",
        "envoyes",
        "objets envoyes",
        "gesendet",
        "gesendete elemente",
        "gesendete objekte",
    ),
    "drafts": ("drafts", "draft", "brouillons", "brouillon", "entwurfe", "entwuerfe", "entwurf"),
    "archive": ("archive", "archives", "archiv", "archivierte elemente", "elements archives", "archived"),
}
_CLOSED = frozenset({"\\noselect", "\\nonexistent"})


@dataclass(frozen=True, slots=True)
class Folder:
    """A mailbox as LIST tells it: decoded name, flags in lower case."""

    name: str
    flags: frozenset[str] = frozenset()

    @property
    def opens(self) -> bool:
        """Can it hold messages?"""
        return not self.flags & _CLOSED


@dataclass(frozen=True, slots=True)
class Layout:
    """The folders of an account. `prefix` is what the server wants before personal folders ("INBOX.")."""

    folders: tuple[Folder, ...]
    delimiter: str = "/"
    prefix: str = ""

    def find(self, wanted: str) -> str | None:
        """The server's name for a folder the owner calls `wanted`, with "/" between levels; None when absent."""
        names = {f.name for f in self.folders if f.opens}
        folded = {_fold(name): name for name in sorted(names)}
        for name in self.spellings(wanted):
            if name in names:
                return name
        for name in self.spellings(wanted):
            if name.upper() == "INBOX" or _fold(name) in folded:
                return folded.get(_fold(name), "INBOX")
        return None

    def new_name(self, wanted: str) -> str:
        """The name under which to create `wanted`: the server's delimiter, below its prefix."""
        return self.spellings(wanted)[-1]

    def spellings(self, wanted: str) -> list[str]:
        """What a folder that the owner calls `wanted` may be called on the server."""
        local = wanted.replace("/", self.delimiter) if self.delimiter else wanted
        spelt = [wanted, local]
        if self.prefix and not local.startswith(self.prefix):
            spelt.append(self.prefix + local)
        return spelt

    def special(self, role: str, configured: str = "") -> str | None:
        """The folder for "sent", "drafts" or "archive". Raises PermanentError when the configured one is absent."""
        if configured:
            found = self.find(configured)
            if found is None:
                raise PermanentError(f'there is no folder "{configured}"; it is set as "{role}" in the config')
            return found
        flagged = [f.name for f in self.folders if _FLAGS[role] in f.flags and f.opens]
        return flagged[0] if flagged else self._by_name(_NAMES[role])

    def _by_name(self, names: Sequence[str]) -> str | None:
        """By the last level of the name, the shortest path first: accents, case and hyphens do not count."""
        ranked: list[tuple[int, int, str]] = []
        for folder in self.folders:
            last = folder.name.rpartition(self.delimiter)[2] if self.delimiter else folder.name
            depth = folder.name.count(self.delimiter) if self.delimiter else 0
            if folder.opens and _fold(last) in names:
                ranked.append((depth, names.index(_fold(last)), folder.name))
        return min(ranked)[2] if ranked else None


def _fold(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold().replace("œ", "oe"))
    kept = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(kept.replace("-", " ").replace("_", " ").split())


@dataclass(frozen=True, slots=True)
class Place:
    """A mailbox to watch, and what its messages are to us."""

    name: str
    role: Role


def watched(
    layout: Layout, mailboxes: Iterable[str], sent: str = "", drafts: str = "", filed: Iterable[str] = ()
) -> tuple[Place, ...]:
    """The owner's mailboxes, then Sent and Drafts, then those of `filed`, where they exist; each once.

    PermanentError names the mailboxes that are missing.
    """
    special: list[tuple[str | None, Role]] = [
        (layout.special("sent", sent), "sent"),
        (layout.special("drafts", drafts), "draft"),
    ]
    places = {name: Place(name, role) for name, role in special if name is not None}
    received: dict[str, Place] = {}
    missing: list[str] = []
    for wanted in mailboxes:
        found = layout.find(wanted)
        if found is None:
            missing.append(f'"{wanted}"')
        elif found not in places:
            received[found] = Place(found, "received")
    if missing:
        raise PermanentError(f"there is no mailbox {', '.join(missing)} on the server")
    taught = [Place(name, "filed") for name in filed if name not in places and name not in received]
    return (*received.values(), *places.values(), *taught)
