"""[money] of config.toml: the account that pays."""

from __future__ import annotations

from pathlib import Path

import pytest

from automator.config import load_config
from automator.errors import ConfigError
from tests.support.firm import Firm


def test_the_account_is_read_without_its_spaces_and_may_be_absent(tmp_path: Path) -> None:
    extra = '[money]\niban = "fr76 3000 6000 0112 3456 7890 189"\nbic = "agrifrpp"\nname = "SARL Durand"\n'
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    money = load_config(Firm(tmp_path / "a", smtp=9, extra=extra).config, environ={}).money
    assert (money.iban, money.bic, money.name) == ("FR7630006000011234567890189", "AGRIFRPP", "SARL Durand")
    bare = load_config(Firm(tmp_path / "b", smtp=9).config, environ={}).money
    assert (bare.iban, bare.bic, bare.name) == ("", "", "")


@pytest.mark.parametrize(
    ("line", "key", "said"),
    [
        ('iban = "FR7630006000011234567890188"', "money.iban", "check digits"),
        ('bic = "AGRI"', "money.bic", "BIC"),
        ('ibann = "x"', "money.ibann", "iban"),
    ],
)
def test_a_mistake_is_told_at_its_line(tmp_path: Path, line: str, key: str, said: str) -> None:
    firm = Firm(tmp_path, smtp=9, extra=f"[money]\n{line}\n")
    with pytest.raises(ConfigError) as caught:
        load_config(firm.config, environ={})
    (problem,) = caught.value.problems
    number = firm.config.read_text(encoding="utf-8").splitlines().index(line) + 1
    assert (problem.line, problem.key) == (number, key)
    assert said in f"{problem.message} {problem.fix} {problem.suggestion}"
