"""Train on the shipped corpus and the owner's corrections, and let the gate decide; a child process of low priority.

    python -m automator.jobs.train < order.json

The order is one JSON object (see `Order`), the report another on standard output. The child reads the database and
never writes to it, reaches no network, and puts the model on the shelf: in force when the gate lets it pass, else
aside. The same corpus and the same corrections give the same model, byte for byte.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal

from automator.billing.invoice import Identity
from automator.classifiers import keywords, linear
from automator.errors import AutomatorError, PermanentError
from automator.jobs.evaluate import MakeClassifier
from automator.jobs.learn import Example, examples, fit, read_rows
from automator.jobs.lessons import Lesson, Lessons, lessons
from automator.jobs.shelf import Shelf
from automator.ports import Classifier
from automator.store.db import Database
from automator.triage.corpus import Row, kept_back, message, owner
from automator.triage.features import extract
from automator.triage.gate import Refusal, refusal
from automator.triage.measure import Judged
from automator.triage.scorer import Model, pack, unpack
from automator.triage.verdict import CATEGORIES, Verdict
from automator.words import Words

Result = Literal["accepted", "refused", "same", "aside", "nothing", "failed"]
NICE: Final = 19
MEMORY: Final = 4 << 30
_OWNER: Final = "owner"
_ALIKE: Final = 0.2
_REFUSED: Final = frozenset(
    {
        "socket.connect", "socket.bind", "socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr",
        "socket.getnameinfo", "socket.sendto", "socket.sendmsg", "subprocess.Popen", "os.system", "os.exec",
        "os.spawn", "os.posix_spawn", "os.fork", "os.forkpty",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Order:
    """What to train with: paths, the owner's own categories, who the owner is, the moment (ISO 8601)."""

    database: str
    corpus: str
    shipped: str
    models: str
    categories: list[str]
    addresses: list[str]
    domains: list[str]
    now: str

    @property
    def identity(self) -> Identity:
        return Identity(addresses=frozenset(self.addresses), domains=frozenset(self.domains))


@dataclass(frozen=True, slots=True)
class Report:
    """What came of it. `said`: corrections known; `kept`: mails tested on; `own`: own categories that were trained;
    `refused`: what the gate compared."""

    result: Result
    model: str = ""
    said: int = 0
    kept: int = 0
    own: list[str] = field(default_factory=list)
    refused: dict[str, Any] = field(default_factory=dict)
    error: str = ""


def train(order: Order) -> Report:
    """Train, judge, and put the model where it belongs. Raises PermanentError when the corpus is unusable."""
    db = Database.reader(Path(order.database))
    try:
        with db.read() as tx:
            found = lessons(tx, order.categories, datetime.fromisoformat(order.now))
    finally:
        db.close()
    shelf = Shelf(Path(order.models))
    if not found.said and shelf.current() is None:  # else all that a model learnt from was taken back
        return Report("nothing")
    shipped, current = _newest([Path(order.shipped)]), _newest([Path(order.models), Path(order.shipped)])
    rows = read_rows(Path(order.corpus))
    data = [*_of_corpus(rows, found, current(order.identity)), *_of_owner(found, order.identity)]
    artefact = pack(fit(data, categories=(*CATEGORIES, *found.own)))
    told: dict[str, Any] = {"said": found.said, "kept": len(found.kept), "own": list(found.own)}
    known = shelf.known(artefact)
    if known is not None:
        return Report("aside" if known.aside else "same", known.path.name, **told)
    refused = _judge(order.identity, rows, found, (current, shipped, _maker(unpack(artefact))))
    path = shelf.add(artefact, aside=refused is not None)
    if refused is None:
        return Report("accepted", path.name, **told)
    return Report("refused", path.name, refused=asdict(refused), **told)


def _newest(folders: Sequence[Path]) -> MakeClassifier:
    """What sorts mails with the models of these folders: the newest of the first that has a sound one, else keywords."""
    for path in (path for folder in folders for path in linear.models(folder)):
        with contextlib.suppress(PermanentError):
            return _maker(linear.read(path))
    return lambda firm: keywords.build(keywords.Options(), words=Words("en"), owner=firm)


def _maker(model: Model) -> MakeClassifier:
    return lambda firm: linear.Linear(model, words=Words("en"), owner=firm)


def _of_corpus(rows: Sequence[Row], found: Lessons, current: Classifier) -> list[Example]:
    """The shipped training rows. They are not of the owner's own categories, but for those of a kind like theirs: a
    job application may well be what he files under RH, nobody said so."""
    alike = {category: _kinds(found.taught, category, current) for category in found.own}
    made = []
    for example in examples(row for row in rows if not kept_back(row)):
        own = {category: False for category in found.own if example.kind not in alike[category]}
        made.append(Example(example.group, example.kind, {**example.labels, **own}, example.features, example.weight))
    return made


def _kinds(taught: Sequence[Lesson], category: str, current: Classifier) -> frozenset[str]:
    """The kinds that many of a category's mails are of, as far as the model in force can tell."""
    mails = [lesson.message for lesson in taught if lesson.labels.get(category)]
    counts = Counter(verdict.kind for verdict in current.classify(mails))
    return frozenset(kind for kind, n in counts.items() if kind != "other" and n >= _ALIKE * len(mails))


def _of_owner(found: Lessons, identity: Identity) -> list[Example]:
    return [Example(_OWNER, "", x.labels, extract(x.message, identity), x.weight) for x in found.taught]


def _judge(
    identity: Identity,
    rows: Sequence[Row],
    found: Lessons,
    models: tuple[MakeClassifier, MakeClassifier, MakeClassifier],
) -> Refusal | None:
    """The gate: `models` are the one in force, the shipped one, and the new one."""
    current, shipped, new = models
    said = [_on_corrections(make(identity), found) for make in (current, new)]
    tested = [row for row in rows if kept_back(row)]
    mails = [(message(row), owner(row)) for row in tested]
    verdicts = [[make(firm).classify([mail])[0] for mail, firm in mails] for make in (shipped, new)]
    split = {
        category: (_judged(tested, verdicts[0], category), _judged(tested, verdicts[1], category))
        for category in CATEGORIES
    }
    return refusal((said[0], said[1]), split)


def _on_corrections(model: Classifier, found: Lessons) -> list[Judged]:
    """What a model says of the mails kept aside; to a category that it does not know it says no."""
    verdicts = model.classify([lesson.message for lesson in found.kept])
    judged = []
    for verdict, lesson in zip(verdicts, found.kept, strict=True):
        for category, truth in sorted(lesson.labels.items()):
            known = verdict.categories.get(category)
            judged.append(Judged(truth, known.p if known else 0.0, verdict.decision(category)))
    return judged


def _judged(rows: Sequence[Row], verdicts: Sequence[Verdict], category: str) -> list[Judged]:
    said = [verdict.categories[category] for verdict in verdicts]
    return [Judged(bool(row["labels"][category]), v.p, v.decision) for row, v in zip(rows, said, strict=True)]


def confine() -> None:
    """Yield to everything else, take no more than MEMORY bytes, reach no network, start no program."""
    os.nice(NICE)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))

    def refuse(event: str, _arguments: object) -> None:
        if event in _REFUSED:
            raise PermissionError("a training reaches no network and starts no program")

    sys.addaudithook(refuse)


def main() -> int:
    """The child process: an order on standard input, a report on standard output; 2 when it failed."""
    confine()
    order = Order(**json.loads(sys.stdin.read()))
    try:
        report = train(order)
    except AutomatorError as error:
        report = Report("failed", error=str(error))
    except Exception as error:  # noqa: BLE001 - whatever it was: its words may quote a mail, its kind does not
        report = Report("failed", error=type(error).__name__)
    sys.stdout.write(json.dumps(asdict(report)) + "\n")
    return 2 if report.result == "failed" else 0


if __name__ == "__main__":
    raise SystemExit(main())
