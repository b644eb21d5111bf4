"""How our own modules are run as a child process: nothing is imported from the current directory, no password goes along."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

_PASSED = ("PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TMPDIR")
_ROOT = Path(__file__).resolve().parents[2]


def command(module: str, *arguments: str) -> list[str]:
    """The command that runs a module of ours. -P: a file resource.py where it is started is not taken for Python's own."""
    return [sys.executable, "-P", "-m", module, *arguments]


def environment() -> Mapping[str, str]:
    """What a child is given of our environment; relative folders of PYTHONPATH are left out, ours is added in a checkout."""
    given = {name: os.environ[name] for name in _PASSED if name in os.environ}
    folders = [folder for folder in os.environ.get("PYTHONPATH", "").split(os.pathsep) if Path(folder).is_absolute()]
    if _ROOT.name not in {"site-packages", "dist-packages"}:
        folders.append(str(_ROOT))
    return given | ({"PYTHONPATH": os.pathsep.join(folders)} if folders else {})
