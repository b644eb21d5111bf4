"""One sparse (L1) regression a kind: few weights say as much as all, and cost little. Sure kinds are told by rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from automator.jobs.training.design import WORDS, Vocabulary
from automator.jobs.training.examples import Example
from automator.triage.kind import SILENT

STRENGTH: Final = 1.0
LEAST_MAILS: Final = 8


def fit(data: Sequence[Example], known: Vocabulary, design: Any) -> dict[str, Any]:
    """The part of the artefact that names the kind: "kinds", "kind_bias", "kind_weights"."""
    from sklearn.linear_model import LogisticRegression

    counts = Counter(example.kind for example in data if example.kind)
    rows = [n for n, example in enumerate(data) if example.kind]
    told = {kind for kind, mails in counts.items() if LEAST_MAILS <= mails < len(rows)}
    kinds = sorted(told - SILENT)
    heavy = [data[n].weight for n in rows]
    names = [*known.terms, *known.cues]
    scales = [WORDS] * len(known.terms) + [*known.scales]
    weights: dict[str, list[float]] = {}
    bias = []
    for place, kind in enumerate(kinds):
        model = LogisticRegression(C=STRENGTH, l1_ratio=1, solver="liblinear", max_iter=400, random_state=0)
        model.fit(design[rows], [data[n].kind == kind for n in rows], sample_weight=heavy)
        bias.append(round(float(model.intercept_[0]), 6))
        for column in model.coef_[0].nonzero()[0]:
            weight = round(float(model.coef_[0][column]) * scales[column], 4)
            weights.setdefault(names[column], []).extend((place, weight))
    return {"kinds": kinds, "kind_bias": bias, "kind_weights": weights}
