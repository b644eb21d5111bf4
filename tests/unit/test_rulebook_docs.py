"""docs/reference/rules.md and rules/README.md name every word of the language and every shipped rule."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

import pytest

from automator.agenda.workdays import WorkCalendar
from automator.mail.template import ALIASES
from automator.rulebook.language import (
    AUTONOMY_WORDS,
    CONDITIONS,
    EVENTS,
    STOP_WORDS,
    TOP_KEYS,
)
from automator.rulebook.schema import load_rule
from automator.rulebook.trial import run_tests
from automator.words import Words
from tests.support.verbs import ROOT, RULES, known

PAGE = (ROOT / "docs" / "reference" / "rules.md").read_text(encoding="utf-8")
README = (RULES / "README.md").read_text(encoding="utf-8")
KNOWN = known()
PLACES = sorted({place for event in EVENTS.values() for place in event.places})


@pytest.mark.parametrize("word", [*TOP_KEYS, *EVENTS, *CONDITIONS, *STOP_WORDS, *AUTONOMY_WORDS])
def test_every_word_is_documented(word: str) -> None:
    assert f"`{word}`" in PAGE


def test_every_verb_and_its_keys_are_documented() -> None:
    for verb, options in KNOWN.verbs.items():
        assert f"`{verb}`" in PAGE
        if verb != "delegate":  # named as a level only: no file performs it in this version
            row = next(
                line for line in PAGE.splitlines() if line.startswith("|") and f"`{verb}`" in line.split("|")[1]
            )
            assert all(f"`{key}`" in row for key in options.model_fields)


@pytest.mark.parametrize("place", PLACES)
def test_every_placeholder_is_documented(place: str) -> None:
    assert f"{{{place}}}" in PAGE


def test_every_french_placeholder_that_means_one_is_documented() -> None:
    french = [name for name, english in ALIASES.items() if english in PLACES]
    assert len(french) >= 8
    assert [name for name in french if f"{{{name}}}" not in PAGE] == []


def test_the_examples_are_rules_and_their_tests_pass() -> None:
    for number, text in enumerate(re.findall(r"```toml\n(.*?)```", PAGE + README, re.DOTALL)):
        rule, problems = load_rule(f"example-{number}.toml", text.encode(), KNOWN, Words("en"))
        assert rule is not None, problems
        results = run_tests(rule, KNOWN, WorkCalendar(ZoneInfo("Europe/Paris")))
        assert all(result.passed for result in results)


@pytest.mark.parametrize("path", sorted(RULES.glob("*.toml")), ids=lambda path: path.stem)
def test_every_shipped_rule_stands_in_the_readme(path: object) -> None:
    assert f"`{path.stem}`" in README  # type: ignore[attr-defined]
