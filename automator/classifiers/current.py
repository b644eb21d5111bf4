"""The classifier in force: the newest sound model of the first folder that has one, else keywords. Looked for at each use.

So a model that a nightly training accepts, or a roll-back that takes one away, needs no restart.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

from automator.billing.invoice import Identity
from automator.classifiers import keywords, linear
from automator.errors import AutomatorError
from automator.mail.message import Message
from automator.ports import Classifier
from automator.triage.verdict import Decision, Verdict
from automator.words import Words


class Current:
    """A Classifier (ports.py) that is always the newest one; safe to be used by several threads.

    `folders`: the learnt models, then the shipped ones.
    """

    def __init__(self, folders: Sequence[Path], *, words: Words, owner: Identity) -> None:
        self._folders = tuple(folders)
        self._words, self._owner = words, owner
        self._plain: Classifier = keywords.build(keywords.Options(), words=words, owner=owner)
        self._lock = threading.Lock()
        self._loaded: tuple[tuple[Path, ...], Classifier, str] | None = None

    @property
    def name(self) -> str:
        return self.now().name

    @property
    def categories(self) -> tuple[str, ...]:
        return self.now().categories

    def note(self) -> str:
        """Why mails are sorted by keywords, in the owner's words; "" when a model sorts them."""
        return self._look()[2]

    def classify(self, messages: Sequence[Message]) -> Sequence[Verdict]:
        """One verdict a message, all by the same model."""
        return self.now().classify(messages)

    def explain(self, message: Message) -> Verdict:
        """The verdict on one message with the reasons of every category, a "no" too."""
        return self.now().explain(message)

    def decide(self, category: str, p: float) -> Decision:
        return self.now().decide(category, p)

    def now(self) -> Classifier:
        """The one in force at this moment; it stays as it is."""
        return self._look()[1]

    def _look(self) -> tuple[tuple[Path, ...], Classifier, str]:
        with self._lock:
            paths = tuple(path for folder in self._folders for path in linear.models(folder))
            if self._loaded is None or self._loaded[0] != paths:
                self._loaded = (paths, *self._load(paths))
            return self._loaded

    def _load(self, paths: Sequence[Path]) -> tuple[Classifier, str]:
        """The first that is sound: a learnt model that is no good gives way to the one before it, then to the shipped one."""
        refused = ""
        for path in paths:
            try:
                found = linear.build(linear.Options(path=path), words=self._words, owner=self._owner)
            except AutomatorError as error:
                refused = refused or self._words.t(str(error))
                continue
            return found, self._said(refused, learnt=path.parent == paths[0].parent) if refused else ""
        if not refused:
            return self._plain, self._words.t("no trained model: mails are sorted by keywords")
        return self._plain, self._words.t(
            "the trained model is refused, mails are sorted by keywords: {why}", why=refused
        )

    def _said(self, why: str, *, learnt: bool) -> str:
        """What sorts instead of the model that was refused."""
        if learnt:
            return self._words.t("the newest model is refused, mails are sorted by the one before it: {why}", why=why)
        return self._words.t("the learnt model is refused, mails are sorted by the shipped one: {why}", why=why)
