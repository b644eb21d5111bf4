"""Correct: what people did to their mails since the last look, read as corrections.

A person teaches by where a mail lies: in a folder, or with a keyword, that `[categories]` names.

1. A mail that turns up there is of the category; so is one that lay there before we came, and one that a filter of
the server put there: the owner made the filter. 2. One that leaves it, and turns up elsewhere or loses the keyword
where it lies, is not of the category; within minutes of having been put there by hand it was a slip, and nothing is
said. 3. What a deed of ours explains is nobody's word: the model never learns from its own output. 4. A copy counts
as lying there; a mail that only disappears says nothing. 5. The last state counts: what happened between two looks
and was taken back is not seen.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from automator.actions.keyword import atom
from automator.errors import PermanentError
from automator.jobs.amend import amend
from automator.jobs.deps import Deps
from automator.rulebook.values import plain
from automator.store import corrections, filings, settings
from automator.store.corrections import By, Correction
from automator.store.db import Tx
from automator.store.filings import Deed, Filing, Lying, Source

SLIP = timedelta(minutes=10)
PORTION = 200
_Key = tuple[int, str, str]


def observe(account: str, deps: Deps) -> int:
    """Note the corrections that people made in this account by folders and keywords. Returns how many they were.

    A folder may hold thousands of mails at first: they are noted in portions, so that nobody waits long for the store.
    """
    told, more = 0, bool(deps.categories)
    while more and not deps.stop.is_set():
        some, more = _observe(account, deps)
        told += some
    return told


def _observe(account: str, deps: Deps) -> tuple[int, bool]:
    """A portion of them, in one transaction; and whether there is more to see. Mostly there is nothing to write."""
    with deps.db.read() as tx:
        if _Seen.look(tx, account, deps).is_still:
            return 0, False
    with deps.db.transaction() as tx:
        seen = _Seen.look(tx, account, deps)
        came, left = seen.new[:PORTION], seen.left
        ids = [key[0] for key in (*came, *left)]
        pass_ = _Pass(tx, deps, deps.clock.now(), filings.deeds(tx, ids), filings.teachable(tx, ids))
        for key in seen.shifted:
            filings.put(tx, replace(seen.before[key], place_id=seen.now[key].id))
        told = [pass_.came(key, seen.sources[key[1:]], seen.now[key], seen.before.get(key)) for key in came]
        lying = filings.places_of(tx, [key[0] for key in left])
        told += [pass_.left(seen.sources[key[1:]], seen.before[key], lying.get(key[0], [])) for key in left]
    return sum(told), len(seen.new) > PORTION


@dataclass(frozen=True, slots=True)
class _Seen:
    """What lies where `now`, and what was seen to lie there `before`."""

    sources: Mapping[tuple[str, str], Source]
    now: Mapping[_Key, Lying]
    before: Mapping[_Key, Filing]

    @classmethod
    def look(cls, tx: Tx, account: str, deps: Deps) -> _Seen:
        sources = {(s.category, s.name): s for s in sources_of(tx, account, deps.categories)}
        known = [f for f in filings.known(tx, account) if (f.category, f.source) in sources]
        before = {(f.message_id, f.category, f.source): f for f in known}
        return cls(sources, _standing(tx, account, sources.values()), before)

    @property
    def is_still(self) -> bool:
        return not (self.new or self.left or self.shifted)

    @property
    def new(self) -> list[_Key]:
        """What lies there now and did not before."""
        return [key for key in self.now if key not in self.before or not self.before[key].inside]

    @property
    def left(self) -> list[_Key]:
        """What lay there before and does not now."""
        return [key for key, seen in self.before.items() if seen.inside and key not in self.now]

    @property
    def shifted(self) -> list[_Key]:
        """What lies there still, by another place: the mailbox was renumbered, or it lies there twice."""
        both = self.now.keys() & self.before.keys()
        return sorted(k for k in both if self.before[k].inside and self.before[k].place_id != self.now[k].id)


def sources_of(tx: Tx, account: str, categories: Mapping[str, Sequence[str]]) -> list[Source]:
    """All that teaches, each as a folder and as a keyword: which of the two a name is, the mailbox shows."""
    mailboxes = found_folders(tx, account)
    return [
        Source(category, name, mailboxes.get(name, ""), keyword_of(name))
        for category, names in categories.items()
        for name in names
    ]


def found_folders(tx: Tx, account: str) -> Mapping[str, str]:
    """The folders that teach and are there -> their mailbox, as of the last reading."""
    return dict(json.loads(settings.get(tx, f"filed:{account}") or "{}"))


def keyword_of(name: str) -> str:
    """The name as servers keep a keyword, in lower case (they do not tell cases apart); "" when it cannot be one."""
    try:
        return atom(name).lower()
    except PermanentError:
        return ""


def _standing(tx: Tx, account: str, sources: Iterable[Source]) -> dict[_Key, Lying]:
    """Which message lies in which source now, and by which place."""
    sources = list(sources)
    folders = {s.mailbox: s for s in sources if s.mailbox}
    keywords = {s.keyword: s for s in sources if s.keyword}
    found: dict[_Key, Lying] = {}
    for place in filings.lying(tx, account, folders.keys(), keywords.keys()):
        shown = [folders[place.mailbox]] if place.mailbox in folders else []
        shown += [keywords[word] for word in sorted(place.keywords & keywords.keys())]
        for source in shown:
            found.setdefault((place.message_id, source.category, source.name), place)
    return found


@dataclass(frozen=True, slots=True)
class _Pass:
    """One look at an account; `deeds` are ours, `teaching` the messages that may teach."""

    tx: Tx
    deps: Deps
    now: datetime
    deeds: Mapping[int, Sequence[Deed]]
    teaching: frozenset[int]

    def came(self, key: _Key, source: Source, place: Lying, before: Filing | None) -> bool:
        """It lies there now and did not before: somebody's act, or ours."""
        since = before.at if before else None
        ours = any(_puts(deed, source, place) for deed in self._since(key[0], since))
        filings.put(self.tx, Filing(*key, place_id=place.id, inside=True, ours=ours, at=self.now))
        return not ours and self._say(key[0], source, True, _by(source, place))

    def left(self, source: Source, seen: Filing, places: Sequence[Lying]) -> bool:
        """It lay there and does not any more. Where it only disappeared we go on waiting for it to turn up."""
        shown = next((p for p in places if p.id == seen.place_id), None)
        if shown is None or not _was_taken(shown, places):
            return False
        filings.put(self.tx, replace(seen, inside=False, at=self.now))
        if shown.gone and any(deed.action != "keyword" for deed in self._since(seen.message_id, seen.at)):
            return False
        by = _by(source, shown)
        said = corrections.of(self.tx, seen.message_id, seen.category)
        if not seen.ours and said is not None and said.value and self.now - said.at < SLIP:
            return corrections.withdraw(self.tx, seen.message_id, seen.category)
        return self._say(seen.message_id, source, False, by)

    def _since(self, message_id: int, at: datetime | None) -> list[Deed]:
        return [deed for deed in self.deeds.get(message_id, ()) if at is None or deed.begun > at]

    def _say(self, message_id: int, source: Source, value: bool, by: By) -> bool:
        if message_id not in self.teaching:
            return False
        known = corrections.of(self.tx, message_id, source.category)
        if known is not None and known.value == value:
            return False
        word = Correction(message_id, source.category, value, by, self.now)
        return amend(self.tx, self.deps.words, self.deps.known, word) is not None


def _by(source: Source, place: Lying) -> By:
    return "folder" if place.mailbox == source.mailbox else "keyword"


def _was_taken(shown: Lying, places: Sequence[Lying]) -> bool:
    """The place that showed it lost its keyword, or is gone and the mail came to lie elsewhere after it."""
    if not shown.gone:
        return True
    return any(p.id > shown.id and not p.gone and p.role != "draft" for p in places)


def _puts(deed: Deed, source: Source, place: Lying) -> bool:
    """Can this deed of ours be why the mail lies there? In doubt it can: nothing is learnt from it."""
    if place.mailbox != source.mailbox:
        return (
            deed.action == "keyword" and keyword_of(str(json.loads(deed.params).get("keyword", ""))) == source.keyword
        )
    if deed.action == "move":
        return _same_folder(str(json.loads(deed.params).get("folder", "")), source.name)
    return deed.action == "archive"  # the archive is what the server calls so, and may be this folder


def _same_folder(moved_to: str, name: str) -> bool:
    """The levels of one end those of the other: servers put a prefix of their own before folders."""
    one, other = (re.split(r"[./\\]", plain(folder).strip()) for folder in (moved_to, name))
    shorter = min(len(one), len(other))
    return one[-shorter:] == other[-shorter:]
