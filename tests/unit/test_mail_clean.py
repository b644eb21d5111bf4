"""Cleaning: nothing hidden, nothing that ends a line, and done twice the same as once."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from automator.mail.clean import clean, clean_line, text_hash

BIDI = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
ZERO = set("\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\ufe0f\u3164\u2800")
anything = st.text(st.characters(codec=None), max_size=300)
nasty = st.text(st.sampled_from("a é\r\n\0\t\u0085\u2028\u202e\u200b\ufeff\ud800\x1b \u00a0"), max_size=100)


@given(st.one_of(anything, nasty))
def test_a_clean_line_is_one_line_of_visible_signs(text: str) -> None:
    line = clean_line(text, 120)
    assert len(line) <= 120
    assert not any(unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} for c in line)
    assert not set(line) & (BIDI | ZERO)
    assert clean_line(line, 120) == line
    assert line == line.strip()


@given(st.one_of(anything, nasty))
def test_a_clean_text_keeps_lines_only(text: str) -> None:
    cleaned = clean(text)
    assert not any(
        unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} for c in cleaned.replace("\n", "").replace("\t", "")
    )
    assert not set(cleaned) & (BIDI | ZERO)
    assert "\n\n\n" not in cleaned
    assert clean(cleaned) == cleaned


def test_what_is_meant_to_be_seen_stays() -> None:
    assert clean_line("  1 240,50\u00a0€ «\u202fdevis\u202f» 👍 ") == "1 240,50\u00a0€ «\u202fdevis\u202f» 👍"
    assert clean("a\r\nb\rc\u2028d  \n\n\n\ne") == "a\nb\nc\nd\n\ne"
    assert clean_line("facture_\u202egpj.exe") == "facture_gpj.exe"
    assert clean_line("e\u0301") == "é"


def test_a_text_hash_ignores_white_space_only() -> None:
    assert text_hash("Bonjour,\r\n\r\nMerci ") == text_hash("Bonjour, Merci")
    assert text_hash("Bonjour") != text_hash("bonjour")
    assert len(text_hash("\ud800")) == 64
