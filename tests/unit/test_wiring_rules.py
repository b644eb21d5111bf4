"""Rule files as people and editors leave them: hidden ones, links, folders, files that nobody may read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from automator import wiring
from automator.words import Words
from tests.support.office import Office

RULE = """
title = "Signaler"
on = "mail.received"

[[then]]
do = "digest"
section = "todo"
"""
FR = Words("fr")


def test_hidden_files_that_an_editor_leaves_are_no_rules(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(RULE, encoding="utf-8")
    (tmp_path / ".b.toml").write_text(RULE, encoding="utf-8")
    (tmp_path / ".#a.toml").symlink_to("claire@poste.1234:99")
    assert list(wiring.rule_files(tmp_path)) == [str(tmp_path / "a.toml")]
    assert wiring.unreadable_rules(tmp_path, FR) == {}


def test_what_is_no_file_is_left_out_with_a_reason(tmp_path: Path) -> None:
    (tmp_path / "archive.toml").mkdir()
    (tmp_path / "lien.toml").symlink_to("nulle-part.toml")
    os.mkfifo(tmp_path / "tuyau.toml")
    assert wiring.rule_files(tmp_path) == {}
    reasons = wiring.unreadable_rules(tmp_path, FR)
    said = {Path(path).name: reason for path, reason in reasons.items()}
    assert "ceci est un dossier" in said["archive.toml"]
    assert "un lien qui ne mène nulle part" in said["lien.toml"]
    assert "rien à lire ici" in said["tuyau.toml"]
    assert all(reason.startswith(f"{path}: ") for path, reason in reasons.items())


def test_a_link_to_a_rule_is_a_rule(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(RULE, encoding="utf-8")
    (tmp_path / "a.toml").symlink_to("a.txt")
    assert list(wiring.rule_files(tmp_path)) == [str(tmp_path / "a.toml")]


def test_a_file_in_a_loop_of_links_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "a.toml").symlink_to("b.toml")
    (tmp_path / "b.toml").symlink_to("a.toml")
    assert wiring.rule_files(tmp_path) == {}
    assert len(wiring.unreadable_rules(tmp_path, FR)) == 2


_MEMORY = Path("/proc/self/mem")  # a regular file whose beginning nobody can read, root neither


@pytest.mark.skipif(not _MEMORY.exists(), reason="a file of Linux")
def test_a_file_that_fails_while_it_is_read_is_left_out_with_a_reason(tmp_path: Path) -> None:
    (tmp_path / "a.toml").symlink_to(_MEMORY)
    assert wiring.rule_files(tmp_path) == {}
    assert "ne peut pas être lu" in wiring.unreadable_rules(tmp_path, FR)[str(tmp_path / "a.toml")]


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_without_reading_rights_is_left_out_with_a_reason(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(RULE, encoding="utf-8")
    (tmp_path / "a.toml").chmod(0)
    assert wiring.rule_files(tmp_path) == {}
    assert "ne peut pas être lu" in wiring.unreadable_rules(tmp_path, FR)[str(tmp_path / "a.toml")]


def test_a_rule_that_became_unreadable_stays_in_force_as_it_last_was(tmp_path: Path) -> None:
    with Office(tmp_path, rules={"a.toml": RULE, "b.toml": RULE}) as office:
        path = tmp_path / "rules" / "a.toml"
        path.unlink()
        path.mkdir()
        (tmp_path / "rules" / ".#b.toml").symlink_to("claire@poste.1234:99")
        office.service.cycle()
        rules = office.service.rules()
        assert [r.id for r in rules.rules] == ["a", "b"]
        assert list(rules.ignored) == [str(path)]
        assert "dossier" in rules.ignored[str(path)]
