"""The lexicon as data: what every phrase must keep to be found, and what its concepts must find."""

from __future__ import annotations

import re
from itertools import combinations

import pytest

from automator.triage.lexicon import BROAD, CONCEPTS
from automator.triage.tokens import STEM, concepts, fold, sentences

PHRASES = [(concept, phrase) for concept, phrases in CONCEPTS.items() for phrase in phrases.split("|")]
_WORD = re.compile(r"[a-z]+|#h?")


def key(phrase: str) -> tuple[str, ...]:
    """What a phrase is matched by."""
    return tuple(fold(word)[:STEM] for word in phrase.replace("'", " ").split())


def said(text: str) -> set[str]:
    return {concept for sentence in sentences(text) for concept, _, _ in concepts(sentence)}


def test_names_are_slugs_and_none_is_empty() -> None:
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", name) for name in CONCEPTS)
    assert all(phrases.strip("| ") for phrases in CONCEPTS.values())


def test_every_phrase_is_made_of_words_that_the_tokens_know() -> None:
    assert [
        pair for pair in PHRASES if not key(pair[1]) or not all(_WORD.fullmatch(word) for word in key(pair[1]))
    ] == []


def test_no_phrase_is_only_a_number_or_a_letter() -> None:
    assert [pair for pair in PHRASES if key(pair[1]) in {("#",), ("#h",)} or len("".join(key(pair[1]))) < 2] == []


def test_no_phrase_stands_twice_in_a_concept() -> None:
    keys = [(concept, key(phrase)) for concept, phrase in PHRASES]
    assert len(keys) == len(set(keys))


def test_a_fine_concept_has_no_phrase_that_a_shorter_one_of_its_own_finds() -> None:
    for concept in CONCEPTS.keys() - BROAD:
        own = {key(phrase) for phrase in CONCEPTS[concept].split("|")}
        for words in own:
            parts = {words[i:j] for i, j in combinations(range(len(words) + 1), 2)} - {words}
            assert own.isdisjoint(parts), (concept, words)


def test_single_words_do_not_begin_like_common_words() -> None:
    """Stems that once found half the mailbox: "contractions" and every contract, "banquet" and every bank."""
    common = {
        "contra",
        "servic",
        "person",
        "banque",
        "refere",
        "docume",
        "comple",
        "electr",
        "pourri",
        "contac",
        "attend",
    }
    fine = {key(p) for c, p in PHRASES if c not in BROAD}
    assert {word for word, *rest in fine if not rest}.isdisjoint(common)


def test_the_broad_concepts_are_there() -> None:
    assert CONCEPTS.keys() >= BROAD
    assert {
        "ask",
        "need",
        "wish",
        "outage",
        "harm",
        "resolved",
        "no_rush",
        "invoice",
        "pay",
        "dunning",
        "job",
    } <= BROAD


KIN = frozenset(
    frozenset(pair.split())
    for pair in [
        "question_word when",
        "call_me please_do",
        "advice reply_due",
        "damaged not_arrived",
        "enforcement legal_limit",
        "price_asked question_word",
        "advice question_word",
        "advice agreed",
        "over repair",
        "damaged standstill",
        "paper_asked please_do",
        "chase here_is",
        "price_asked tariffs",
        "prospect_client web_form",
        "official theft",
        "event official",
        "bill_name fees",
        "official tax_body",
        "chase question_word",
        "not_arrived question_word",
        "chase sales_pitch",
        "enclosed here_is",
        "repair understaffed",
        "dispute paid_to_us",
        "official recall",
        "bill_name tax_body",
        "bill_name statement",
    ]
)


def test_concepts_that_share_phrases_on_purpose_are_listed_and_others_hardly_share_any() -> None:
    holders: dict[tuple[str, ...], set[str]] = {}
    for concept, phrase in PHRASES:
        if concept not in BROAD:
            holders.setdefault(key(phrase), set()).add(concept)
    shared = [pair for held in holders.values() for pair in combinations(sorted(held), 2)]
    assert {frozenset(pair) for pair in shared} >= KIN
    assert sum(frozenset(pair) not in KIN for pair in shared) < 0.025 * len(holders)


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("Ça sent le gaz dans la cage d'escalier", "gas_fire"),
        ("il pleut dans le salon et la bassine déborde", "water"),
        ("l'echafaudage menace de tomber", "danger"),
        ("my dog has been vomiting since last night", "suffering"),
        ("Nous sommes sans chauffage depuis hier", "no_power"),
        ("wir können nicht arbeiten, die Maschine steht", "standstill"),
        ("je suis enfermée dehors, clés à l'intérieur", "locked"),
        ("no podemos acceder al programa desde esta mañana", "it_down"),
        ("la chaîne du froid est rompue", "perishable"),
        ("siamo davanti al cancello", "waiting_here"),
        ("le notaire nous attend", "event"),
        ("het bezwaar maken kan tot de laatste dag", "legal_limit"),
        ("the portal closes tonight", "cutoff"),
        ("réponse d'ici 17h svp", "short_limit"),
        ("otherwise we lose the deposit", "consequence"),
        ("prenez votre temps, à votre convenance", "can_wait"),
        ("incident clos, retour à la normale", "over"),
        ("simple exercice incendie mardi", "drill"),
        ("Merci de nous dire quoi faire", "please_do"),
        ("je reste sans nouvelles de vous", "lack"),
        ("je me permets de vous relancer, petite relance", "chase"),
        ("nous serions 6 samedi soir", "party"),
        ("on m'a recommandé votre entreprise", "prospect_client"),
        ("we were charged twice for the same job", "dispute"),
        ("nous ne donnerons pas suite", "withdrawn"),
        ("vous trouverez notre facture ci-jointe", "bill_sent"),
        ("payable à 30 jours fin de mois", "terms"),
        ("le montant sera prélevé le 5", "debit"),
        ("im Anhang die Rechnung", "bill_sent"),
        ("fattura disponibile nell'area clienti", "platform"),
        ("onze offerte in bijlage", "offer_made"),
        ("nuestra cuenta nueva: nuevo IBAN", "new_account"),
        ("haz clic aquí para no perder tu cuenta", "click_bait"),
        ("j'aurais besoin de cartes cadeaux", "pressure"),
        ("mensagem automática, não responda", "automatic"),
        ("Undelivered mail returned to sender", "bounce"),
        ("lettre de motivation et CV", "applicant"),
        ("sans engagement, 15 minutes cette semaine", "sales_pitch"),
    ],
)
def test_mails_say_concepts(text: str, concept: str) -> None:
    assert concept in said(text)


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("le contrat de la banque", "suffering"),
        ("le contrat de la banque", "event"),
        ("pourriez-vous nous rappeler", "perishable"),
        ("le département commercial est concerné", "event"),
        ("la chaudière sera remplacée mardi", "understaffed"),
        ("veuillez rappeler la référence", "legal_limit"),
        ("voici notre nouveau numéro", "new_account"),
    ],
)
def test_and_not_others(text: str, concept: str) -> None:
    assert concept not in said(text)
