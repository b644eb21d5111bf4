"""`automator demo` from end to end: the real service on a real server, ten days, and the story they tell."""

from __future__ import annotations

import importlib.util
import json
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from automator.cli.app import app
from automator.demo.play import HOLIDAY, LAST, DayPlayed
from automator.demo.stage import Demo, Outcome

pytestmark = [
    pytest.mark.demo,
    pytest.mark.skipif(importlib.util.find_spec("mail_devel") is None, reason="mail-devel (extra demo) is missing"),
]


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[DayPlayed], Outcome]:
    demo = Demo(tmp_path_factory.mktemp("demo") / "office")
    days = list(demo.days())
    assert demo.outcome is not None
    return days, demo.outcome


def deeds(days: list[DayPlayed], action: str, about: str, state: str = "done") -> list[date]:
    """The days on which this was done about that."""
    return [
        d.at.date() for day in days for d in day.deeds if (d.action, d.state) == (action, state) and about in d.about
    ]


def test_a_digest_each_working_morning_and_none_on_the_holiday(shown: tuple[list[DayPlayed], Outcome]) -> None:
    days, _ = shown
    assert [day.day for day in days if not day.digest] == [HOLIDAY]
    assert days[-1].day == LAST
    assert len({day.digest for day in days if day.digest}) == len(days) - 1


def test_what_was_there_before_the_first_day_is_never_acted_upon(shown: tuple[list[DayPlayed], Outcome]) -> None:
    days, outcome = shown
    assert days[0].history > 20
    old = ("2026-1098", "F-2240", "octobre", "Halloween", "F-102")
    assert [deed for deed in outcome.trail if any(word in deed.about for word in old)] == []


def test_requests_nobody_answered_bring_a_reminder_after_two_working_days(
    shown: tuple[list[DayPlayed], Outcome],
) -> None:
    days, _ = shown
    assert deeds(days, "remind", "Fuite sous l'évier")[:1] == [date(2026, 11, 16)]
    assert deeds(days, "remind", "12 appartements") == [date(2026, 11, 20)]
    assert deeds(days, "remind", "Annual service") == []


def test_a_quote_without_answer_gets_a_draft_and_the_answered_one_none(
    shown: tuple[list[DayPlayed], Outcome],
) -> None:
    days, outcome = shown
    assert deeds(days, "draft", "D-2026-077") == [date(2026, 11, 17)]
    assert deeds(days, "draft", "D-2026-078") == []
    assert any("martin" in draft.to for draft in outcome.drafts)


def test_an_overdue_invoice_gets_its_first_reminder_in_drafts(shown: tuple[list[DayPlayed], Outcome]) -> None:
    days, outcome = shown
    assert deeds(days, "draft", "F-118") == [date(2026, 11, 19)]
    assert any("garage-petit" in draft.to and "F-118" in draft.text for draft in outcome.drafts)
    assert deeds(days, "draft", "F-121") == []


def test_bills_of_suppliers_are_filed_and_their_due_day_is_in_the_calendar(
    shown: tuple[list[DayPlayed], Outcome],
) -> None:
    days, outcome = shown
    assert deeds(days, "file_attachment", "2026-1187") == [date(2026, 11, 9)]
    calendar = (outcome.folder / "agenda.ics").read_text(encoding="utf-8")
    assert "DTSTART;VALUE=DATE:20261125" in calendar
    assert "UID:point-equipe@maurel-plomberie.example" in calendar


def test_the_last_digest_tells_what_matters_that_morning(shown: tuple[list[DayPlayed], Outcome]) -> None:
    _, outcome = shown
    text = outcome.digest.text.replace("\u00a0", " ").replace("\u202f", " ")
    for word in ("Hélène Garnier", "Visite chantier Rueil", "Visio banque", "Garage Petit", "Lefèvre"):
        assert word in text, word
    assert (outcome.folder / "digest.html").read_text(encoding="utf-8") == outcome.digest.html
    assert outcome.digest.subject in (outcome.folder / "digest.txt").read_text(encoding="utf-8")


def test_nothing_failed_and_nothing_left_for_a_third_party(shown: tuple[list[DayPlayed], Outcome]) -> None:
    _, outcome = shown
    assert [deed for deed in outcome.trail if deed.state in {"failed", "unknown"}] == []
    assert {deed.action for deed in outcome.trail} & {"send", "delegate"} == set()
    rows = [json.loads(line) for line in (outcome.folder / "trail.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(rows) == len(outcome.trail) > 15
    assert all(row["why"] for row in rows if row["state"] == "done")


def test_a_payment_file_and_the_parcel_lie_ready(shown: tuple[list[DayPlayed], Outcome]) -> None:
    _, outcome = shown
    books = outcome.books
    assert books.payments == outcome.folder / "virements.xml"
    assert (books.transfers, books.total) == (2, Decimal("972.00"))
    xml = books.payments.read_text(encoding="utf-8")
    assert "<CtrlSum>972.00</CtrlSum>" in xml
    assert "F-2291" not in xml, "its IBAN changed"
    with zipfile.ZipFile(books.parcel) as zipped:
        assert len([name for name in zipped.namelist() if name.endswith(".pdf")]) == books.documents == 4
        assert "ecritures.csv" in zipped.namelist()


def test_the_command_tells_the_story_and_ends_well(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["demo", "--dir", str(tmp_path / "d")])
    assert result.exit_code == 0, result.output
    for word in (
        "jour férié",
        "brouillons",
        "bilan",
        "note comme payé",
        "digest.html",
        "compta-2026-11.zip",
        "Maurel Plomberie Chauffage",
    ):
        assert word in result.output


def test_json_is_one_object_a_day_and_english_is_spoken(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["demo", "--dir", str(tmp_path / "d"), "--json", "--language", "en"])
    assert result.exit_code == 0, result.output
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(rows) == 11
    assert rows[0]["history"] > 20
    assert rows[0]["digest"].startswith("Your first digest")
    assert next(row["acts"] for row in rows if row["day"] == "2026-11-19")[0]["accept"] == "visio-banque.ics"


def test_another_language_is_refused(tmp_path: Path) -> None:
    assert CliRunner().invoke(app, ["demo", "--dir", str(tmp_path / "d"), "--language", "xx"]).exit_code == 2
