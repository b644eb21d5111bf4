"""How fast a mail is sorted: python -m benchmarks.triage_speed [MAILS]; text ready, one core, JSON on stdout."""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from automator.classifiers import keywords, linear
from automator.jobs.learn import read_rows
from automator.mail.message import Message
from automator.triage.corpus import message, owner
from automator.triage.features import extract
from automator.words import Words

MODELS = Path(__file__).resolve().parents[1] / "models"


def spans(work: Callable[[Message], object], mails: Sequence[Message]) -> dict[str, float]:
    """Median and 95th percentile of one call in ms, and calls a second in a row."""
    taken = []
    for mail in mails:
        start = time.perf_counter()
        work(mail)
        taken.append((time.perf_counter() - start) * 1e3)
    return {
        "median_ms": round(statistics.median(taken), 3),
        "p95_ms": round(statistics.quantiles(taken, n=20)[-1], 3),
        "per_second": round(1e3 * len(taken) / sum(taken)),
    }


def main(most: int) -> None:
    """Measure loading, features, scoring, and verdicts with their reasons."""
    path = linear.newest([MODELS])
    if path is None:
        raise SystemExit("no model")
    start = time.perf_counter()
    model = linear.read(path)
    loaded = (time.perf_counter() - start) * 1e3
    rows = read_rows(MODELS / "corpus")
    rows = rows[:: max(1, len(rows) // most)]
    mails, firms = [message(row) for row in rows], {row["to_addr"]: owner(row) for row in rows}
    at = {id(mail): firms[row["to_addr"]] for mail, row in zip(mails, rows, strict=True)}
    words = Words("fr")
    full = {name: linear.Linear(model, words=words, owner=firm) for name, firm in firms.items()}
    plain = {name: keywords.build(keywords.Options(), words=words, owner=firm) for name, firm in firms.items()}
    features = {id(mail): extract(mail, at[id(mail)]) for mail in mails}
    to = {id(mail): row["to_addr"] for mail, row in zip(mails, rows, strict=True)}
    found = {
        "model": path.name,
        "terms": len(model.terms),
        "cues": len(model.cues),
        "bytes": path.stat().st_size,
        "load_ms": round(loaded, 1),
        "mails": len(mails),
        "features": spans(lambda mail: extract(mail, at[id(mail)]), mails),
        "score": spans(lambda mail: model.score(features[id(mail)]), mails),
        "verdict": spans(lambda mail: full[to[id(mail)]].classify([mail]), mails),
        "verdict_with_every_reason": spans(lambda mail: full[to[id(mail)]].explain(mail), mails),
        "verdict_by_keywords": spans(lambda mail: plain[to[id(mail)]].classify([mail]), mails),
    }
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
