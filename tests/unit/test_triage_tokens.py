"""Sentences, folding and concepts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automator.triage.lexicon import CONCEPTS
from automator.triage.tokens import TEXT_CAP, concepts, fold, sentences, stem, words


def said(text: str) -> set[str]:
    return {concept for sentence in sentences(text) for concept, _, _ in concepts(sentence)}


def test_folding_takes_case_and_accents_away() -> None:
    assert fold("Échéance : ŒUVRE, Straße, 12 €") == "echeance : oeuvre, strasse, 12  eur "


def test_sentences_end_at_signs_and_empty_lines_not_at_line_ends() -> None:
    found = sentences("Bonjour Madame\nDupont. Pouvez-vous venir ?\n\nMerci ! Le total est de 1.240,50 €")
    assert [s.raw for s in found] == [
        ["bonjour", "madame", "dupont"],
        ["pouvez", "vous", "venir"],
        ["merci"],
        ["le", "total", "est", "de", "1.240,50", "eur"],
    ]
    assert [s.asks for s in found] == [False, True, False, False]


def test_a_question_mark_apart_still_makes_a_question() -> None:
    assert [s.asks for s in sentences("Vraiment...?")] == [True]


@pytest.mark.parametrize(
    ("word", "short"), [("facturation", "factur"), ("12", "#"), ("16h30", "#h"), ("14:00", "#h"), ("2pm", "#h")]
)
def test_stems(word: str, short: str) -> None:
    assert stem(word) == short


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("Pourriez-vous nous envoyer le plan", "ask"),
        ("Könnten Sie bitte", "ask"),
        ("J'ai besoin d'un plombier", "need"),
        ("Your invoice is attached", "your_bill"),
        ("La chaudière est en panne", "outage"),
        ("Rien d'urgent", "no_rush"),
        ("Finalement c'est réglé", "resolved"),
        ("il me le faut dans 2 heures", "hours"),
    ],
)
def test_concepts_in_several_languages(text: str, concept: str) -> None:
    assert concept in said(text)


def test_every_phrase_of_the_lexicon_is_found_in_itself() -> None:
    lost = [
        (concept, phrase)
        for concept, phrases in CONCEPTS.items()
        for phrase in phrases.split("|")
        if concept not in said(phrase.replace("#h", "16h").replace("#", "7"))
    ]
    assert lost == []


def test_words_of_a_file_name() -> None:
    assert words("Facture_Été-2026.pdf") == ["facture", "ete", "2026.", "pdf"]


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    for sentence in sentences(text):
        assert len(sentence.raw) == len(sentence.stems) == len(sentence.pairs) + 1 > 0
        assert sentence.stems == [stem(word) for word in sentence.raw]
        assert all(0 <= start < end <= len(sentence.stems) for _, start, end in concepts(sentence))


def test_a_sentence_without_end_is_cut_and_still_asks_at_its_end() -> None:
    found = sentences("mot " * 59 + "avez vous fini ? Oui")
    assert [(len(s.raw), s.asks) for s in found] == [(60, False), (2, True), (1, False)]
    assert "avez" in found[0].raw
    assert found[0].pairs[-1] == "2:mot avez"
    assert [(len(s.raw), s.asks) for s in sentences("mot " * 60 + "?")] == [(60, True)]


def test_a_phrase_does_not_go_on_past_the_end_of_a_sentence() -> None:
    assert "no_rush" in said("Rien d'urgent ici")
    assert "no_rush" not in said("Rien. Urgent ici")


def test_a_flood_of_text_is_cut() -> None:
    assert sum(len(s.raw) for s in sentences("mot " * 100_000)) <= TEXT_CAP // 4


@given(
    st.lists(
        st.sampled_from(sorted({word for text in CONCEPTS.values() for word in text.split()})[:400]), max_size=40
    )
)
def test_what_is_said_is_what_the_places_say(spoken: list[str]) -> None:
    for sentence in sentences(" ".join(spoken)):
        assert sentence.said == {concept for concept, _, _ in concepts(sentence)}
