"""The trained classifier: a linear model from an artefact of `automator train`, scored in plain Python."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from automator.billing.invoice import Identity
from automator.errors import PermanentError
from automator.mail.message import Message
from automator.triage.explain import Explainer
from automator.triage.features import extract
from automator.triage.kind import request_ceiling, sure_kind
from automator.triage.scorer import Model, unpack
from automator.triage.verdict import CategoryVerdict, Decision, Reason, Verdict
from automator.words import Words, msgid

PATTERN = "triage-*.json.gz"


class Options(BaseModel):
    """`path`: the artefact, made by `automator train`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Path


class Linear:
    """Classifies with a trained model; depends on the mail and the firm's own addresses alone."""

    def __init__(self, model: Model, *, words: Words, owner: Identity) -> None:
        self._model = model
        self._words = words
        self._owner = owner

    @property
    def name(self) -> str:
        """ "linear@" and the start of the artefact's hash."""
        return f"linear@{self._model.digest}"

    @property
    def categories(self) -> tuple[str, ...]:
        """The categories this model knows: the three, and the owner's own that it was trained for."""
        return self._model.categories

    def decide(self, category: str, p: float) -> Decision:
        """What the model's thresholds say of a probability; "no" for a category it does not know."""
        known = self._model.categories
        return self._model.thresholds[known.index(category)](p) if category in known else "no"

    def classify(self, messages: Sequence[Message]) -> Sequence[Verdict]:
        """One verdict a message, in the same order; reasons for every category that is not "no"."""
        return [self._verdict(message, everything=False) for message in messages]

    def explain(self, message: Message) -> Verdict:
        """The verdict on one message with the reasons of every category, a "no" too."""
        return self._verdict(message, everything=True)

    def _verdict(self, message: Message, *, everything: bool) -> Verdict:
        model = self._model
        features = extract(message, self._owner)
        score = model.score(features)
        sure = sure_kind(message)
        ceiling = request_ceiling(message, self._owner, sure)
        explainer = Explainer(features, message, self._words)
        categories = {}
        for place, (category, raw) in enumerate(zip(model.categories, score.raw, strict=True)):
            p = round(model.calibration[place](raw), 4)
            if category == "client_request":
                p = model.thresholds[place].under(p, ceiling)
            decision = model.thresholds[place](p)
            why: tuple[Reason, ...] = ()
            if everything or decision != "no":
                why = explainer.reasons(model.parts(features, score, place), model.calibration[place].slope)
            categories[category] = CategoryVerdict(p, decision, why)
        return Verdict(self.name, sure or score.kind, categories)


def read(path: Path) -> Model:
    """The model in a file. Raises PermanentError when it is missing, damaged, changed or of another version."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise PermanentError(msgid("The model's file cannot be read.")) from error
    return unpack(content)


def build(options: Options, *, words: Words, owner: Identity) -> Linear:
    """A classifier with the model at `options.path`. Raises PermanentError as `read` does: the caller falls back."""
    return Linear(read(options.path), words=words, owner=owner)


def number_of(path: Path) -> int:
    """The number in the name of a model, triage-0007-...; 0 when it has none."""
    found = path.name.split("-")[1]
    return int(found) if found.isdecimal() else 0


def models(folder: Path) -> list[Path]:
    """The models of a folder, the one in force first, unless it is no good: then the next one is."""
    return sorted(folder.glob(PATTERN), key=lambda path: (number_of(path), path.name), reverse=True)


def newest(dirs: Sequence[Path]) -> Path | None:
    """The artefact with the highest number in the first of `dirs` that holds one; None when none does."""
    return next((path for folder in dirs for path in models(folder)), None)
