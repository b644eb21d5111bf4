"""Reasons of a machine in the owner's language."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from automator.digest.reasons import RAISED, reason
from automator.words import Words

ROOT = Path(__file__).resolve().parents[2]
FR, EN = Words("fr"), Words("en")


@pytest.mark.parametrize(
    ("said", "french"),
    [
        ("", ""),
        ("allow_send is off in config.toml", "allow_send est désactivé dans config.toml"),
        ("cut off before the answer", "interrompu avant la réponse"),
        ("internal error: KeyError", "erreur interne : KeyError"),
        ("smtp.example: refused (550 no such user)", "smtp.example : refusé (550 no such user)"),
        ("the mail server: not now (450)", "le serveur de mail : pas maintenant (450)"),
        ("given up: 127.0.0.1:143: the server does not answer",
         "abandonné après plusieurs essais : 127.0.0.1:143 : le serveur ne répond pas"),
        ("imap.example: login refused: Bad password", "imap.example : connexion refusée : Bad password"),
        ("the text needs values that are not known: {amount}", "il manque au texte des valeurs inconnues : {amount}"),
        ("something (else)", "something (else)"),
        ("message 5 is gone: sorry", "message 5 is gone: sorry"),
    ],
)  # fmt: skip
def test_what_is_ours_is_said_in_french_and_the_rest_left_as_it_is(said: str, french: str) -> None:
    assert reason(said, FR).replace("\u00a0", " ") == french
    assert reason(said, EN) == said


def test_a_hostile_answer_of_a_server_is_cut_and_never_filled_in() -> None:
    assert reason("a.b: " * 100_000, FR).count("a.b") <= 100
    assert reason("given up: {why} {0} %s", FR).endswith("{why} {0} %s")


def test_each_text_that_is_said_here_is_raised_somewhere() -> None:
    texts: list[str] = []
    for path in (ROOT / "automator").rglob("*.py"):
        if path.name != "reasons.py":
            tree = ast.parse(path.read_text(encoding="utf-8"))
            texts += [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    assert not [said for said in RAISED if not any(said in text for text in texts)]
