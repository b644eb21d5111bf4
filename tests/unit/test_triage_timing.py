"""How far off the days and hours are that a mail names."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automator.triage.timing import HASTES, bucket, days, haste, minutes_left, soonest
from automator.triage.tokens import sentences

TUESDAY = date(2026, 11, 24)


def distances(text: str, today: date = TUESDAY) -> set[int]:
    return {d for sentence in sentences(text) for d in days(sentence, today)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ce soir", {0}),
        ("cet après-midi", {0}),
        ("ce dossier", set()),
        ("aujourd'hui", {0}),
        ("demain matin", {1}),
        ("tomorrow morning", {1}),
        ("vendredi", {3}),
        ("on Thursday", {2}),
        ("vendredi dernier", {-4}),
        ("last Friday", {-4}),
        ("mardi", {0}),
        ("vendredi 27 novembre", {3}),
        ("le 1er décembre", {7}),
        ("the 1st of December", {7}),
        ("December 1", {7}),
        ("le 28/11", {4}),
        ("am 28.11.2026", {4}),
        ("le 28/11/26", {4}),
        ("le 20/11/2026", {-4}),
        ("le 5 janvier", {42}),
        ("31/02/2026", set()),
        ("45 janvier", set()),
        ("mars", set()),
        ("en mars prochain", set()),
        ("1.240,50", set()),
        ("hier soir", {-1}),
        ("après-demain", {2}),
        ("pasado mañana", {2}),
        ("por la mañana", set()),
        ("d'ici 3 jours", {3}),
        ("within 10 days", {10}),
        ("depuis 3 jours", set()),
        ("3 jours", set()),
        ("la semaine prochaine", {7}),
        ("next week", {7}),
        ("cette semaine", set()),
    ],
)
def test_days(text: str, expected: set[int]) -> None:
    assert distances(text) == expected


@pytest.mark.parametrize(
    ("distance", "name"), [(-1, "past"), (0, "0"), (1, "1"), (3, "2-3"), (7, "4-7"), (31, "8-31"), (32, "later")]
)
def test_buckets(distance: int, name: str) -> None:
    assert bucket(distance) == name


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("avant 16h", 360),
        ("avant 16h30", 390),
        ("by 4:15 pm", 375),
        ("by 2pm", 240),
        ("à midi", 120),
        ("hier à 8h", None),
        ("12 pm", 120),
        ("rien", None),
        ("entre 9h et 11h", 60),
    ],
)
def test_the_next_time_of_day(text: str, minutes: int | None) -> None:
    assert soonest(sentences(text)[0], datetime(2026, 11, 24, 10, tzinfo=UTC)) == minutes


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("avant 16h", 360),
        ("ce soir", 480),
        ("demain avant 9h", 23 * 60),
        ("demain", 32 * 60),
        ("hier à 15h", None),
        ("mardi à 8h", None),
        ("jeudi midi", 50 * 60),
        ("entre 9h et 11h", 60),
        ("aucun moment", None),
    ],
)
def test_how_long_there_is_left(text: str, minutes: int | None) -> None:
    sentence = sentences(text)[0]
    now = datetime(2026, 11, 24, 10, tzinfo=UTC)
    assert minutes_left(sentence, days(sentence, now.date()), now) == minutes


def test_today_in_the_evening_is_an_hour_at_least() -> None:
    now = datetime(2026, 11, 24, 21, 30, tzinfo=UTC)
    assert minutes_left(sentences("ce soir")[0], {0}, now) == 60


@pytest.mark.parametrize(
    ("minutes", "name"), [(1, "2h"), (120, "2h"), (121, "6h"), (1440, "24h"), (4320, "72h"), (4321, "late")]
)
def test_classes_of_haste(minutes: int, name: str) -> None:
    assert haste(minutes) == name
    assert name in HASTES


@given(st.text(alphabet="0123456789/.-h: demainlu", max_size=60), st.dates())
def test_any_text_on_any_day(text: str, today: date) -> None:
    now = datetime(today.year, today.month, today.day, 12, tzinfo=UTC)
    for sentence in sentences(text):
        left = minutes_left(sentence, days(sentence, today), now)
        assert left is None or left > 0
        assert soonest(sentence, now) is None or soonest(sentence, now) > 0  # type: ignore[operator]
