"""Options of the whole test suite, and what a machine may lack."""

from __future__ import annotations

import shutil
from importlib.util import find_spec

import pytest

from tests.support.dovecot import BINARY


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--golden", action="store_true", help="write the golden files anew instead of comparing")
    parser.addoption("--torture", action="store_true", help="run the long crash tests too")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> bool:
    """Are the golden files to be written anew?"""
    return bool(request.config.getoption("--golden"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What needs a server that is not on this machine is skipped, with a line that says how to get it."""
    missing = {}
    if BINARY is None:
        missing["dovecot"] = "Dovecot is not on this machine: apt install dovecot-imapd"
    if not (shutil.which("chromium") or shutil.which("chromium-browser")):
        missing["chromium"] = "Chromium is not on this machine: apt install chromium"
    if find_spec("mail_devel") is None:
        missing["demo"] = 'the demo server is not installed: pip install "automator[demo]"'
    for item in items:
        for mark, reason in missing.items():
            if item.get_closest_marker(mark):
                item.add_marker(pytest.mark.skip(reason=reason))
