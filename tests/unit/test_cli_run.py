"""`automator run`: what it does before its first pass."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.support.commands import once
from tests.support.firm import Firm


def test_an_owner_without_rules_gets_the_shipped_ones_once(tmp_path: Path) -> None:
    firm = Firm(tmp_path, smtp=9)
    shutil.rmtree(tmp_path / "rules")
    first = once(firm)
    assert "they are yours to edit" in first.err
    assert (tmp_path / "rules" / "relance-impayes.toml").is_file()
    (tmp_path / "rules" / "relance-impayes.toml").unlink()
    second = once(firm)
    assert "yours to edit" not in second.err
    assert not (tmp_path / "rules" / "relance-impayes.toml").exists()
