"""The file name is the kind: nothing to register, nothing imported before its time."""

from __future__ import annotations

import subprocess
import sys

import pytest
from pydantic import BaseModel, ValidationError

from automator import plugins
from automator.errors import PermanentError


def test_files_and_packages_are_kinds_and_their_neighbours_are_not() -> None:
    found = plugins.kinds("sources")
    assert {"imap", "ics_file", "ics_url"} <= set(found)
    assert "ics_http" not in found  # a neighbour of ics_url: it builds nothing
    assert found == tuple(sorted(found))


def test_what_a_kind_builds_tells_accounts_from_calendars() -> None:
    mail, calendars = plugins.kinds("sources", "MailSource"), plugins.kinds("sources", "CalendarSource")
    assert "imap" in mail
    assert "ics_file" in calendars
    assert not set(mail) & set(calendars)


@pytest.mark.parametrize("family", plugins.FAMILIES)
def test_every_kind_loads_and_has_what_its_family_asks(family: plugins.Family) -> None:
    assert plugins.kinds(family)
    for kind in plugins.kinds(family):
        module = plugins.load(family, kind)
        assert module.__doc__
        if family == "sections":
            assert callable(module.lines)
        else:
            assert callable(module.build)
            assert issubclass(plugins.options(family, kind), BaseModel)


def test_an_unknown_kind_says_what_is_allowed_and_what_was_meant() -> None:
    with pytest.raises(PermanentError, match=r"there is no 'imop'; allowed: .*imap.* Did you mean 'imap'\?"):
        plugins.load("sources", "imop")
    with pytest.raises(PermanentError, match="there is no 'zzzzzz'; allowed: "):
        plugins.load("sections", "zzzzzz")


@pytest.mark.parametrize("name", ["../config", "imap.reader", "", "__init__", "os"])
def test_a_kind_is_never_a_path(name: str) -> None:
    with pytest.raises(PermanentError):
        plugins.load("sources", name)


def test_options_are_checked() -> None:
    with pytest.raises(ValidationError):
        plugins.validate("sources", "ics_file", {"path": "a.ics", "pth": "b.ics"})
    assert plugins.validate("sources", "ics_file", {"path": "a.ics"}).model_dump()["path"].name == "a.ics"


def test_listing_kinds_imports_none_of_them() -> None:
    code = (
        "import sys; from automator import plugins; [plugins.kinds(f) for f in plugins.FAMILIES]; "
        "sys.exit(any(m.count('.') == 2 and m.split('.')[1] in plugins.FAMILIES for m in sys.modules if m.startswith('automator.')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
