"""Extraction on the shipped corpus never falls below what it reaches today (benchmarks/facts.py prints the figures)."""

from __future__ import annotations

import pytest

from benchmarks.facts import CORPUS, score

# field: (least precision, least recall); parts b, c, d and i are the ones it was developed on, so this is a floor
# against decay, no proof of quality.
FLOOR = {
    "total_amount": (0.95, 0.84),
    "invoice_number": (0.93, 0.81),
    "due_date": (0.93, 0.78),
    "iban": (0.97, 0.85),
    "supplier": (0.89, 0.79),
    "currency": (0.97, 0.86),
}


@pytest.mark.skipif(not (CORPUS / "part_b.jsonl").is_file(), reason="the corpus is not there")
def test_the_figures_do_not_fall() -> None:
    counts = score(CORPUS, "bi", "")
    for field, (precision, recall) in FLOOR.items():
        c = counts[field]
        given, known = c["right"] + c["wrong"] + c["invented"], c["right"] + c["wrong"] + c["missing"]
        assert c["right"] / given >= precision, field
        assert c["right"] / known >= recall, field
