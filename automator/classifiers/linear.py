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
from automator.triage.kind import SILENT, sure_kind
from automator.triage.scorer import Model, unpack
from automator.triage.verdict import CategoryVerdict, Verdict
from automator.words import Words

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

    def classify(self, messages: Sequence[Message]) -> Sequence[Verdict]:
        """One verdict a message, in the same order."""
        return [self._verdict(message) for message in messages]

    def _verdict(self, message: Message) -> Verdict:
        model = self._model
        features = extract(message, self._owner)
        score = model.score(features)
        kind = sure_kind(message) or score.kind
        explainer = Explainer(features, message, self._words)
        categories = {}
        for place, (category, raw) in enumerate(zip(model.categories, score.raw, strict=True)):
            p = round(model.calibration[place](raw), 4)
            if kind in SILENT and category == "client_request":
                p = 0.0
            why = explainer.reasons(score.parts[place], model.calibration[place].slope)
            categories[category] = CategoryVerdict(p, model.thresholds[place](p), why)
        return Verdict(self.name, kind, categories)


def read(path: Path) -> Model:
    """The model in a file. Raises PermanentError when it is missing, damaged, changed or of another version."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise PermanentError(f"The model {path.name} cannot be read: {error.strerror}.") from error
    return unpack(content)


def build(options: Options, *, words: Words, owner: Identity) -> Linear:
    """A classifier with the model at `options.path`. Raises PermanentError as `read` does: the caller falls back."""
    return Linear(read(options.path), words=words, owner=owner)


def newest(dirs: Sequence[Path]) -> Path | None:
    """The artefact with the highest number in the first of `dirs` that holds one; None when none does."""
    for folder in dirs:
        found = sorted(folder.glob(PATTERN))
        if found:
            return found[-1]
    return None
