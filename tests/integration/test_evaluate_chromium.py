"""The page of figures in a real browser: on a phone and on a desk, by day and by night, nothing runs over the edge."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from typer.testing import CliRunner

from automator.cli.app import app
from tests.integration.test_digest_chromium import CHROMIUM, measured, run

CORPUS = Path(__file__).resolve().parents[2] / "models" / "corpus"
pytestmark = [
    pytest.mark.chromium,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed: the page was not looked at in a browser"),
]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page on a hundred mails of each of two authors, beside another model."""
    folder = tmp_path_factory.mktemp("corpus")
    for name in ("part_c", "part_g"):
        lines = (CORPUS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
        (folder / f"{name}.jsonl").write_text("".join(lines[:100]), encoding="utf-8")
    file = folder / "page.html"
    words = ["--all", "--model", "keywords", "--compare", "keywords", "--html", str(file)]
    done = CliRunner().invoke(app, ["evaluate", str(folder), *words])
    assert done.exit_code == 0, done.output
    return file


@pytest.mark.parametrize(
    ("scheme", "ground", "ink"),
    [(1, "rgb(238, 241, 245)", "rgb(28, 39, 51)"), (0, "rgb(16, 22, 28)", "rgb(232, 237, 242)")],
    ids=["light", "dark"],
)
def test_nothing_runs_over_the_edge(tmp_path: Path, page: Path, scheme: int, ground: str, ink: str) -> None:
    content = page.read_text(encoding="utf-8")
    pages = {f"w{width}": (content, width) for width in (320, 375, 768, 1200)}
    answers = measured(tmp_path, pages, f"--blink-settings=preferredColorScheme={scheme}")
    assert set(answers) == set(pages)
    for name, answer in answers.items():
        assert answer["needed"] == answer["shown"], name
        assert answer["loaded"] == 0
        assert (answer["background"], answer["ink"]) == (ground, ink)


def test_a_page_that_is_too_wide_is_noticed(tmp_path: Path, page: Path) -> None:
    wide = page.read_text(encoding="utf-8").replace("<main>", '<main><div style="width:600px">x</div>')
    answer = measured(tmp_path, {"wide": (wide, 375)})["wide"]
    assert answer["needed"] != answer["shown"]


def test_it_can_be_seen(tmp_path: Path, page: Path) -> None:
    picture = tmp_path / "page.png"
    run(tmp_path, "--window-size=1200,2000", f"--screenshot={picture}", page.as_uri())
    head = picture.read_bytes()[:24]
    assert struct.unpack(">II", head[16:24]) == (1200, 2000)
    assert picture.stat().st_size > 60_000
