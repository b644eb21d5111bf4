"""Text of strangers: short, visible, harmless, without codes and passwords."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automator.digest.clean import LIMIT, MASK, shown, tidy


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ("Devis  12\tpostes", "Devis 12 postes"),
        ("Objet\r\nBcc: quelqu'un@ailleurs.example", "Objet Bcc: quelqu'un@ailleurs.example"),
        ("fac\u200bture\ufeff \u202egpj.exe\u202c", "facture gpj.exe"),
        ("cafe\u0301", "café"),
        ("z\u0300\u0301\u0302\u0303\u0304algo", "z\u0300\u0301algo"),
        ("a\u00adb\u2066c\u2069", "abc"),
        ("   ", ""),
        ("\U000e0041\U000e0042ok\ue000", "ok"),
        ("\u3164\u2800vide", "vide"),
    ],
)
def test_nothing_hidden_is_left(raw: str, wanted: str) -> None:
    assert shown(raw) == wanted


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ("voir https://banque.example/connexion?id=4 vite", "voir [banque.example] vite"),
        ("voir www.banque.example/x", "voir [banque.example]"),
        ("HTTP://moi@BANQUE.example:8080/a", "[banque.example]"),
        ("javascript:alert(1)", "[…]"),
        ("data:text/html;base64,AAAA", "[…]"),
        ("https://b\u0430nque.example/", "[xn--bnque-4ve.example]"),
        ("Meta data: réunion", "Meta data: réunion"),
        ("ftp://[::1]/x", "[…]"),
    ],
)
def test_a_web_address_is_its_domain(raw: str, wanted: str) -> None:
    assert shown(raw) == wanted


@pytest.mark.parametrize(
    "raw",
    [
        "Votre code est 482193",
        "Votre code : 482 193, valable 10 minutes",
        "482193 est votre code de vérification",
        "G-482193 is your verification code",
        "Code de connexion A7B9C2",
        "Votre mot de passe : Soleil!2026",
        "password=hunter2zz",
        "Mot de passe est azerty",
    ],
)
def test_codes_and_passwords_are_never_quoted(raw: str) -> None:
    said = shown(raw)
    assert MASK in said
    for secret in ("482193", "482 193", "A7B9C2", "Soleil", "hunter2", "azerty"):
        assert secret not in said


@pytest.mark.parametrize(
    "raw", ["Facture F-118 de 1 240,50 €", "Commande 482193", "Chantier du 25/11", "Encodage du fichier 123456"]
)
def test_other_numbers_stay(raw: str) -> None:
    assert shown(raw) == raw


def test_a_look_alike_shows_itself_and_real_cyrillic_stays() -> None:
    assert shown("P\u0430ypal") == "P?ypal"
    assert shown("Соколов") == "Соколов"
    assert shown("Électra nº 3 ª") == "Électra nº 3 ª"


def test_long_text_ends_at_a_word() -> None:
    said = shown("mot " * 3000)
    assert len(said) <= LIMIT
    assert said.endswith("mot…")
    assert shown("x" * 10_000) == "x" * (LIMIT - 1) + "…"


@given(st.text(max_size=400), st.integers(5, 120))
def test_whatever_comes_is_short_and_visible(raw: str, limit: int) -> None:
    said = shown(raw, limit)
    assert len(said) <= limit
    assert not any(unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for sign in said)
    assert "://" not in said
    assert said == said.strip()


@given(st.text(max_size=200))
def test_tidying_twice_changes_nothing(raw: str) -> None:
    assert tidy(tidy(raw)) == tidy(raw)
