"""Options of the whole test suite, and what a machine may lack."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--golden", action="store_true", help="write the golden files anew instead of comparing")
    parser.addoption("--torture", action="store_true", help="run the long crash tests too")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> bool:
    """Are the golden files to be written anew?"""
    return bool(request.config.getoption("--golden"))
