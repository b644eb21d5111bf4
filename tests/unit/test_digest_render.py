"""The mail as it is read: text twin, HTML, golden files, hostile content."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from automator.digest.compose import Digest, compose
from automator.digest.lines import Figure, Line, Section
from automator.digest.render import WIDTH, html, text
from automator.digest.view import DigestView, TodoItem
from automator.words import Words
from tests.support import html_checker as checker
from tests.support.hostile import hostile_view
from tests.support.views import MORNINGS, NOW, SECTIONS, busy, empty, mail, quiet

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
FR = Words("fr")


def made(view: DigestView, words: Words = FR) -> Digest:
    return compose(view, SECTIONS, words)


def morning(name: str) -> tuple[Digest, Words]:
    build, locale = MORNINGS[name]
    return made(build(), Words(locale)), Words(locale)


@pytest.mark.parametrize("name", MORNINGS)
@pytest.mark.parametrize("kind", ["txt", "html"])
def test_golden_files(name: str, kind: str, golden: bool) -> None:
    digest, words = morning(name)
    head = f"{digest.subject}\n{digest.preheader}\n\n"
    said = head + text(digest, words) if kind == "txt" else html(digest, words)
    path = GOLDEN / f"digest_{name}.{kind}"
    if golden:
        path.write_text(said, encoding="utf-8")
    assert said == path.read_text(encoding="utf-8"), "run pytest --golden when the change is wanted"


@pytest.mark.parametrize("name", MORNINGS)
def test_html_keeps_to_what_a_mailbox_shows(name: str) -> None:
    digest, words = morning(name)
    assert checker.problems(html(digest, words)) == []


@pytest.mark.parametrize("name", MORNINGS)
def test_html_is_readable_without_its_style(name: str) -> None:
    """The style block holds the dark scheme only: taken out, nothing is lost and the contrast stays."""
    digest, words = morning(name)
    bare = re.sub(r"<style>.*?</style>", "", html(digest, words), flags=re.DOTALL)
    assert checker.problems(bare) == []
    assert checker.visible(bare) == checker.visible(html(digest, words))


def test_the_dark_scheme_has_contrast_too() -> None:
    digest, words = morning("busy")
    colours = {(name, prop): colour for name, prop, colour in checker.dark_colours(html(digest, words))}
    grounds = [colours["page", "background-color"], colours["card", "background-color"]]
    for name in ("ink", "dim", "f-alert", "f-warn", "f-info", "f-calm"):
        for ground in grounds:
            assert checker.contrast(colours[name, "color"], ground) >= 4.5, name
    for name in ("b-info", "b-calm"):
        assert checker.contrast(colours[name, "color"], colours[name, "background-color"]) >= 4.5
    for light in ("#ffffff", "#d3deea"):
        assert checker.contrast(light, colours["head", "background-color"]) >= 4.5


@pytest.mark.parametrize("name", MORNINGS)
def test_the_text_twin_says_all_that_the_html_says(name: str) -> None:
    digest, words = morning(name)
    rows = text(digest, words).splitlines()
    left = checker.flat(
        " ".join(re.sub(r"(?<=\S)  +.*", "", row) for row in rows)
    ).lower()  # without the right column
    twin = checker.flat(" ".join(rows)).lower()
    shown = checker.visible(html(digest, words)).lower()
    for section in digest.sections:
        for line in section.lines:
            for said in (line.badge, line.who, line.text, line.aside, line.amount, *line.details):
                assert checker.flat(said).lower() in twin + left, said
                assert checker.flat(said).lower() in shown, said
            if line.number is not None:
                assert re.search(rf"^ ?{line.number}\. ", text(digest, words), re.MULTILINE)
    for said in (digest.verdict, *digest.alerts, *digest.intro, *digest.footer, *(h.command for h in digest.hints)):
        assert checker.flat(said).lower() in twin
        assert checker.flat(said).lower() in shown


@pytest.mark.parametrize("name", MORNINGS)
def test_the_text_twin_fits_a_terminal(name: str) -> None:
    said = text(*morning(name))
    assert said.endswith("\n")
    assert "\n\n\n" not in said
    for line in said.splitlines():
        assert len(line) <= WIDTH, line
        assert line == line.rstrip()


def test_amounts_stand_under_each_other() -> None:
    ends = {len(line) for line in text(*morning("busy")).splitlines() if line.endswith("€")}
    assert ends == {WIDTH}


def test_a_calm_day_is_three_lines() -> None:
    short = replace(quiet(), sorted={"other": 12}, deeds=())
    assert text(made(short), FR).replace("\u00a0", " ").splitlines() == [
        "Bonjour Claire. Rien ne demande de décision aujourd'hui.",
        "Fait pour vous depuis hier 7 h : 12 mails triés",
        "Service : dernier passage 6 h 58 ; bureau lu ; 8 règles actives.",
    ]


def test_a_pause_is_the_first_line() -> None:
    assert text(*morning("paused")).startswith("PAUSE")
    assert checker.visible(html(*morning("paused"))).startswith("PAUSE")


def test_a_figure_too_wide_goes_to_its_own_line() -> None:
    def wide(_view: DigestView, _words: Words) -> Section:
        rows = (
            Line("x" * 60, kind="row", amount="12 345 678,00 €"),
            Line("", kind="item", object=mail(1), who="Nom"),
        )
        return Section("Large", rows, figures=(Figure(1, "chose"),))

    lines = text(compose(empty(), {"a": wide}, FR, order=("a",)), FR).splitlines()
    assert lines[3] == "  " + "x" * 60
    assert lines[4] == "12 345 678,00 €".rjust(WIDTH)
    assert lines[5] == " 1. Nom"


def test_an_order_without_any_section_still_makes_a_mail() -> None:
    digest = compose(empty(), SECTIONS, FR, order=())
    assert text(digest, FR) == "Bonjour Claire. Rien ne demande de décision aujourd'hui.\n"
    assert checker.problems(html(digest, FR)) == []


def test_addresses_do_not_become_links() -> None:
    thing = TodoItem(
        mail(1), "task", "paul@lerat.example", "voir https://lerat.example/x?y=1 et www.autre.example", NOW
    )
    page = html(made(replace(empty(), todo=(thing,))), FR)
    assert "paul<span>@</span>lerat<span>.</span>example" in page
    assert "[lerat<span>.</span>example]" in page
    assert "?y=1" not in page
    assert checker.problems(page) == []


def test_forty_long_lines_stay_under_60_kilobytes() -> None:
    def many(_view: DigestView, _words: Words) -> Section:
        line = Line(
            "é" * 80,
            "item",
            mail(1),
            badge="EN RETARD 12 j",
            who="w" * 40,
            aside="depuis le 12 nov.",
            details=("d" * 80,),
            ref="1",
        )
        return Section("Large", (line,) * 40)

    digest = compose(busy(), {"a": many, "health": SECTIONS["health"]}, FR, order=("a", "health"))
    assert len(digest.items) == 40
    assert checker.problems(html(digest, FR)) == []


@pytest.mark.parametrize("seed", range(200))
def test_nothing_hostile_gets_through(seed: int) -> None:
    digest = made(hostile_view(seed))
    page, twin = html(digest, FR), text(digest, FR)
    assert checker.problems(page) == []
    page.encode("utf-8")
    twin.encode("utf-8")
    assert max(map(len, twin.splitlines())) <= WIDTH
    for said in (twin, digest.subject, digest.preheader):
        assert not re.search("[\u0000-\u0009\u000b-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]", said)
        assert "://" not in said
        assert "mal.example/" not in said
        assert "482193" not in said
        assert "Soleil2026" not in said
        assert "P\u0430yp" not in said
        assert not re.search(r"[xé]{81}", said)
    assert "\n" not in digest.subject + digest.preheader
    assert len(digest.subject) <= 120
    assert "482193" not in page
    assert "49" not in re.sub(
        r"#[0-9a-f]{6}|\d+px|&#\d+;", "", "".join(line for line in twin.splitlines() if "7*7" in line)
    )
