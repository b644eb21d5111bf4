"""Correct: what people did to their mails since the last look, read as corrections.

A person teaches by where a mail lies: in a folder, or with a keyword, that `[categories]` names.

1. A mail that turns up there is of the category; so is one that lay there before we came. One that came in there
by itself (a filter of the server, an address like claire+rh@) says nothing until a person has read it and left it
there: else a stranger could teach. 2. One that leaves it, and turns up elsewhere or loses the keyword where it lies,
is not of the category; within minutes of having been put there by hand it was a slip, and nothing is said. 3. What a
deed of ours explains is nobody's word: the model never learns from its own output. 4. A copy counts as lying there;
a mail that only disappears says nothing, and is waited for a day. 5. A folder that is renamed, deleted or not found
says nothing of its mails. 6. The last state counts: what happened between two looks and was taken back is not seen.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

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
WAITING = timedelta(days=1)
PORTION = 200
_Key = tuple[int, str, str]


def observe(account: str, deps: Deps) -> int:
    """Note the corrections that people made in this account by folders and keywords. Returns how many they were.

    A folder may hold thousands of mails at first: what changed is found once, and noted in portions, so that nobody
    waits long for the store. What is left over when we stop is found again by the next look.
    """
    if not deps.categories:
        return 0
    with deps.db.read() as tx:
        seen = _Seen.look(tx, account, deps)
    told, changed = 0, seen.changed
    for start in range(0, len(changed), PORTION):
        if deps.stop.is_set():
            break
        with deps.db.transaction() as tx:
            told += _note(tx, deps, seen, changed[start : start + PORTION])
    return told


def _note(tx: Tx, deps: Deps, seen: _Seen, keys: Sequence[_Key]) -> int:
    """Note some of what changed."""
    ids = {key[0] for key in keys}
    places = filings.places_of(tx, ids)
    pass_ = _Pass(tx, deps, deps.clock.now(), seen, filings.deeds(tx, ids), filings.teachable(tx, ids))
    return sum(pass_.note(key, places.get(key[0], [])) for key in keys)


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
    def changed(self) -> list[_Key]:
        """What came, what left, and what lies there still but otherwise than it did."""
        left = [key for key, seen in self.before.items() if seen.inside and key not in self.now]
        return [key for key, place in self.now.items() if self._is_news(key, place)] + left

    def _is_news(self, key: _Key, place: Lying) -> bool:
        """By another place: the mailbox was renumbered, or it lies there twice."""
        seen = self.before.get(key)
        if seen is None or not seen.inside:
            return True
        by = _by(self.sources[key[1:]], place)
        return seen.place_id != place.id or seen.by != by or (seen.how == "unread" and place.seen)

    def holds(self, message_id: int, category: str) -> bool:
        """Does the mail lie in anything that teaches this category?"""
        names = [name for of, name in self.sources if of == category]
        return any((message_id, category, name) in self.now for name in names)


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
    folders = {s.mailbox: s for s in reversed(sources) if s.mailbox}  # of two that are one, the first counts
    keywords = {s.keyword: s for s in reversed(sources) if s.keyword}
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
    seen: _Seen
    deeds: Mapping[int, Sequence[Deed]]
    teaching: frozenset[int]

    def note(self, key: _Key, places: Sequence[Lying]) -> bool:
        """What became of one mail with regard to one source; `places` are all that it ever had."""
        place, before, source = self.seen.now.get(key), self.seen.before.get(key), self.seen.sources[key[1:]]
        if place is None:
            return before is not None and self._left(source, before, places)
        if before is None or not before.inside:
            return self._came(key, source, place, places)
        return self._stays(source, place, before)

    def _came(self, key: _Key, source: Source, place: Lying, places: Sequence[Lying]) -> bool:
        """It lies there now and did not before: somebody's act, ours, or nobody's yet."""
        before, by = self.seen.before.get(key), _by(source, place)
        ours = any(_puts(deed, source, place) for deed in self._since(key[0], before.at if before else None))
        how = "hand" if ours or by == "keyword" else _how(place, places)
        filings.put(self.tx, Filing(*key, place.id, inside=True, ours=ours, at=self.now, by=by, how=how))
        return not ours and how != "unread" and self._say(key[0], source, True, by)

    def _stays(self, source: Source, place: Lying, seen: Filing) -> bool:
        """It lies there still. One that had come by itself was read meanwhile, and left there: somebody's word."""
        read, by = seen.how == "unread" and place.seen, _by(source, place)
        filings.put(self.tx, replace(seen, place_id=place.id, by=by, how="found" if read else seen.how, missed=None))
        return read and self._say(seen.message_id, source, True, by)

    def _left(self, source: Source, seen: Filing, places: Sequence[Lying]) -> bool:
        """It lay there and does not any more."""
        shown = next((p for p in places if p.id == seen.place_id), None)
        if shown is None or not _was_taken(seen, shown, places):
            self._miss(seen, shown, places)
            return False
        self._out(seen)
        if self.seen.holds(seen.message_id, seen.category):
            return False
        if shown.gone and any(deed.action != "keyword" for deed in self._since(seen.message_id, seen.at)):
            return False
        if self._was_slip(seen):
            return corrections.withdraw(self.tx, seen.message_id, seen.category, self.now)
        return self._say(seen.message_id, source, False, seen.by)

    def _out(self, seen: Filing) -> None:
        filings.put(self.tx, replace(seen, inside=False, missed=None, at=self.now))

    def _miss(self, seen: Filing, shown: Lying | None, places: Sequence[Lying]) -> None:
        """It only disappeared: for a day it may turn up. It does not, if it lies elsewhere as it did before."""
        if shown is not None and not shown.gone:
            return
        if any(map(_lies, places)) or (seen.missed is not None and self.now - seen.missed >= WAITING):
            self._out(seen)
        elif seen.missed is None:
            filings.put(self.tx, replace(seen, missed=self.now))

    def _was_slip(self, seen: Filing) -> bool:
        """Was it put there by hand a moment ago? What lay there before us, or came by itself, was not."""
        if seen.ours or seen.how != "hand":
            return False
        said = corrections.of(self.tx, seen.message_id, seen.category)
        return said is not None and said.value and self.now - said.at < SLIP

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


def _by(source: Source, place: Lying) -> Literal["folder", "keyword"]:
    """Is it the folder or the keyword that shows it?"""
    return "folder" if place.mailbox == source.mailbox else "keyword"


def _how(place: Lying, places: Sequence[Lying]) -> Literal["hand", "found", "unread"]:
    """How it came into the folder: one that was in no other mailbox before came in there by itself."""
    if place.history:
        return "found"
    if any(p.id < place.id and p.mailbox != place.mailbox for p in places):
        return "hand"
    return "found" if place.seen else "unread"


def _lies(place: Lying) -> bool:
    return not place.gone and place.role != "draft"


def _was_taken(seen: Filing, shown: Lying, places: Sequence[Lying]) -> bool:
    """The place that showed it lost its keyword, or is gone and the mail came to lie elsewhere after it."""
    if not shown.gone:
        return seen.by == "keyword"  # a folder that is not found says nothing
    return any(p.id > shown.id and _lies(p) for p in places)


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
