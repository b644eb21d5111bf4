"""How fast a mail is sorted: python -m benchmarks.triage_speed [MAILS]; text ready, one core, JSON on stdout.

Milliseconds are of CPU time and medians over the mails, each the best of several rounds, for the machine may be busy.
`verdicts_per_second` is a batch, reasons for every "yes" and "unsure" included; `decisions_per_second` leaves the reasons
out. The yardstick is what one would write with scikit-learn: TfidfVectorizer and one LogisticRegression a category,
trained here on the same texts, asked for one mail at a time and for all at once.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from automator.classifiers import keywords, linear
from automator.jobs.training.examples import read_rows
from automator.mail.message import Message
from automator.triage.corpus import Row, message, owner
from automator.triage.explain import Explainer
from automator.triage.features import Features, extract
from automator.triage.scorer import Model
from automator.triage.verdict import CATEGORIES
from automator.words import Words

MODELS = Path(__file__).resolve().parents[1] / "models"
ROUNDS = 5


def median_ms(work: Callable[[int], object], count: int) -> float:
    """The median over `count` items of the best time that `work` took for one."""
    best = [float("inf")] * count
    for _ in range(ROUNDS):
        for n in range(count):
            start = time.process_time()
            work(n)
            best[n] = min(best[n], time.process_time() - start)
    return round(statistics.median(best) * 1e3, 3)


def per_second(work: Callable[[], object], count: int) -> int:
    """Items a second when `work` does all `count` of them: the best round."""
    taken = []
    for _ in range(ROUNDS):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return round(count / min(taken))


class Office:
    """Mails, each with the features and the classifiers of the firm that received it."""

    def __init__(self, rows: Sequence[Row], model: Model) -> None:
        words = Words("fr")
        firms = [owner(row) for row in rows]
        self.model = model
        self.words = words
        self.firms = firms
        self.mails: list[Message] = [message(row) for row in rows]
        self.features: list[Features] = [extract(mail, firm) for mail, firm in zip(self.mails, firms, strict=True)]
        self.trained = [linear.Linear(model, words=words, owner=firm) for firm in firms]
        self.plain = [keywords.build(keywords.Options(), words=words, owner=firm) for firm in firms]

    def reasons(self, n: int) -> None:
        """The reasons of every category of a mail, a "no" too."""
        model, features = self.model, self.features[n]
        score = model.score(features)
        explainer = Explainer(features, self.mails[n], self.words)
        for place in range(len(model.categories)):
            explainer.reasons(model.parts(features, score, place))

    def verdicts(self) -> None:
        for classifier, mail in zip(self.trained, self.mails, strict=True):
            classifier.classify([mail])

    def decisions(self) -> None:
        for mail, firm in zip(self.mails, self.firms, strict=True):
            score = self.model.score(extract(mail, firm))
            for place, raw in enumerate(score.raw):
                self.model.thresholds[place](self.model.calibration[place](raw))


def measured(office: Office) -> dict[str, Any]:
    """The figures of our own classifiers."""
    mails = office.mails
    return {
        "features_ms": median_ms(lambda n: extract(mails[n], office.firms[n]), len(mails)),
        "score_ms": median_ms(lambda n: office.model.score(office.features[n]), len(mails)),
        "reasons_of_all_categories_ms": median_ms(office.reasons, len(mails)),
        "verdict_ms": median_ms(lambda n: office.trained[n].classify([mails[n]]), len(mails)),
        "verdict_by_keywords_ms": median_ms(lambda n: office.plain[n].classify([mails[n]]), len(mails)),
        "verdicts_per_second": per_second(office.verdicts, len(mails)),
        "decisions_per_second": per_second(office.decisions, len(mails)),
    }


def yardstick(rows: Sequence[Row], mails: Sequence[Message]) -> dict[str, Any]:
    """The figures of scikit-learn's pipeline, on the words of subject and body alone."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    texts = [f"{mail.subject}\n{mail.new_text}" for mail in mails]
    pipelines = [
        make_pipeline(TfidfVectorizer(), LogisticRegression(max_iter=400)).fit(
            texts, [bool(row["labels"].get(category)) for row in rows]
        )
        for category in CATEGORIES
    ]

    def predict(some: list[str]) -> None:
        for pipeline in pipelines:
            pipeline.predict_proba(some)

    return {
        "verdict_ms": median_ms(lambda n: predict([texts[n]]), len(texts)),
        "verdicts_per_second": per_second(lambda: predict(texts), len(texts)),
    }


def main(most: int) -> None:
    """Measure loading, features, scoring, reasons and verdicts, ours and the yardstick's."""
    path = linear.newest([MODELS])
    if path is None:
        raise SystemExit("no model")
    loaded = median_ms(lambda _: linear.read(path), 1)
    model = linear.read(path)
    rows = read_rows(MODELS / "corpus")
    rows = rows[:: max(1, len(rows) // most)]
    office = Office(rows, model)
    ours, theirs = measured(office), yardstick(rows, office.mails)
    found = {
        "model": path.name,
        "megabytes": round(path.stat().st_size / 1e6, 2),
        "terms": len(model.terms),
        "cues": len(model.cues),
        "load_ms": loaded,
        "mails": len(rows),
        "ours": ours,
        "scikit_learn": theirs,
        "times_as_fast_for_one_mail": round(theirs["verdict_ms"] / ours["verdict_ms"], 2),
        "times_as_fast_in_a_batch": round(ours["verdicts_per_second"] / theirs["verdicts_per_second"], 2),
    }
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
