"""How F1 grows with the corpus: python -m benchmarks.triage_curve.

Models are trained on an eighth, a quarter, a half, three quarters and all of the training situations (chosen by hash),
then measured on the same test split, which none of them saw. Beside it: the same figure on mails of authors left out
within what each was trained on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from automator.jobs.training.examples import Example, examples, read_rows
from automator.jobs.training.fit import fit
from automator.triage.corpus import kept_back
from automator.triage.decide import Thresholds
from automator.triage.measure import Judged, figures
from automator.triage.scorer import Model, pack, unpack
from automator.triage.verdict import CATEGORIES

CORPUS = Path(__file__).resolve().parents[1] / "models" / "corpus"
SHARES: Final = (12.5, 25.0, 50.0, 75.0, 100.0)


def within(example: Example, share: float) -> bool:
    """Is the situation of this mail among the first `share` percent, in the order of another hash than the split's?"""
    return int(hashlib.sha256(b"curve " + example.situation.encode()).hexdigest()[:8], 16) % 1000 < share * 10


def on_test(model: Model, test: Sequence[Example], category: str) -> dict[str, Any]:
    """The figures of one category on the test split."""
    place = model.categories.index(category)
    decide: Thresholds = model.thresholds[place]
    ps = [model.calibration[place](model.score(example.features).raw[place]) for example in test]
    return figures([Judged(example.labels[category], p, decide(p)) for example, p in zip(test, ps, strict=True)])


def main() -> None:
    """Print one line a size."""
    rows = read_rows(CORPUS)
    training = examples(row for row in rows if not kept_back(row))
    test = examples(row for row in rows if kept_back(row))
    print(f"F1 on {len(test)} kept-back mails (in brackets: authors left out of the mails trained on)")
    print("| mails | " + " | ".join(CATEGORIES) + " |")
    for share in SHARES:
        seen = [example for example in training if within(example, share)]
        content = fit(seen)
        model = unpack(pack(content))
        cells = []
        for category in CATEGORIES:
            left_out = content["made"]["author_left_out"][category]["f1"]["value"]
            cells.append(f"{on_test(model, test, category)['f1']['value']:.3f} ({left_out:.3f})")
        print(f"| {len(seen)} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
