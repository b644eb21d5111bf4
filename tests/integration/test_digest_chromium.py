"""The digest in a real browser: on a phone and on a desk, by day and by night, nothing runs over the edge."""

from __future__ import annotations

import base64
import html as markup
import json
import re
import shutil
import struct
import subprocess
from pathlib import Path

import pytest

from automator.digest.compose import compose
from automator.digest.render import html
from automator.words import Words
from tests.support.hostile import hostile_view
from tests.support.views import MORNINGS, SECTIONS

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.chromium,
    pytest.mark.skipif(
        CHROMIUM is None, reason="Chromium is not installed: the digest was not looked at in a browser"
    ),
]
_ASK = """
<script>
addEventListener('load', () => {
  const asked = {};
  for (const frame of document.querySelectorAll('iframe')) {
    const page = frame.contentDocument;
    const wide = [...page.querySelectorAll('td,span,b,code')].filter(e => e.getBoundingClientRect().right > frame.clientWidth + 0.5);
    asked[frame.id] = {
      shown: frame.clientWidth, needed: page.documentElement.scrollWidth, over: wide.length,
      background: getComputedStyle(page.body).backgroundColor, ink: getComputedStyle(page.querySelector('.ink')||page.body).color,
      height: page.documentElement.scrollHeight, loaded: page.defaultView.performance.getEntriesByType('resource').length,
    };
  }
  const out = document.createElement('pre');
  out.id = 'asked';
  out.textContent = btoa(JSON.stringify(asked));
  document.body.append(out);
});
</script>
"""


def page(name: str) -> str:
    build, locale = MORNINGS[name]
    words = Words(locale)
    return html(compose(build(), SECTIONS, words), words)


def run(folder: Path, *options: str) -> bytes:
    """Chromium without network, its profile in `folder`."""
    assert CHROMIUM is not None
    fixed = [
        "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-dev-shm-usage", "--force-device-scale-factor=1",
        f"--user-data-dir={folder / 'profile'}", "--host-resolver-rules=MAP * ~NOTFOUND",
    ]  # fmt: skip
    done = subprocess.run([CHROMIUM, *fixed, *options], capture_output=True, timeout=90, check=True)
    return done.stdout


def measured(folder: Path, pages: dict[str, tuple[str, int]], *options: str) -> dict[str, dict[str, object]]:
    """What the browser made of each page (name -> HTML, width)."""
    frames = "".join(
        f'<iframe id="{name}" style="border:0;width:{width}px;height:3000px" srcdoc="{markup.escape(content)}"></iframe>'
        for name, (content, width) in pages.items()
    )
    file = folder / "frames.html"
    file.write_text(f'<!DOCTYPE html><meta charset="utf-8"><body>{frames}{_ASK}', encoding="utf-8")
    dom = run(folder, "--dump-dom", "--virtual-time-budget=5000", *options, file.as_uri()).decode()
    found = re.search(r'<pre id="asked">([^<]+)</pre>', dom)
    assert found is not None
    answer: dict[str, dict[str, object]] = json.loads(base64.b64decode(found.group(1)))
    return answer


@pytest.mark.parametrize(("scheme", "ground", "ink"), [(1, "rgb(238, 241, 245)", "rgb(28, 39, 51)"), (0, "rgb(16, 22, 28)", "rgb(232, 237, 242)")],
                         ids=["light", "dark"])  # fmt: skip
def test_nothing_runs_over_the_edge(tmp_path: Path, scheme: int, ground: str, ink: str) -> None:
    pages = {f"{name}-{width}": (page(name), width) for name in MORNINGS for width in (320, 375, 800)}
    answers = measured(tmp_path, pages, f"--blink-settings=preferredColorScheme={scheme}")
    assert set(answers) == set(pages)
    for name, answer in answers.items():
        assert answer["needed"] == answer["shown"], name
        assert answer["over"] == 0, name
        assert answer["loaded"] == 0, name
        assert answer["background"] == ground, name
        if not name.startswith("quiet"):
            assert answer["ink"] == ink, name


def test_a_page_that_is_too_wide_is_noticed(tmp_path: Path) -> None:
    """The measure itself can fail: a table of fixed width runs over a phone's edge."""
    wide = page("quiet").replace(
        "</body>", '<table width="600" style="width:600px"><tr><td>x</td></tr></table></body>'
    )
    answer = measured(tmp_path, {"wide": (wide, 375)})["wide"]
    assert answer["needed"] != answer["shown"]


def test_a_hostile_digest_keeps_its_width(tmp_path: Path) -> None:
    words = Words("fr")
    pages = {f"h{seed}": (html(compose(hostile_view(seed), SECTIONS, words), words), 375) for seed in range(8)}
    for name, answer in measured(tmp_path, pages).items():
        assert answer["needed"] == answer["shown"], name


def test_it_can_be_seen(tmp_path: Path) -> None:
    file, picture = tmp_path / "busy.html", tmp_path / "busy.png"
    file.write_text(page("busy"), encoding="utf-8")
    run(tmp_path, "--window-size=800,2000", f"--screenshot={picture}", file.as_uri())
    head = picture.read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", head[16:24]) == (800, 2000)
    assert picture.stat().st_size > 40_000
