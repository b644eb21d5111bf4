"""Named crash points for the torture tests; no-ops unless AUTOMATOR_FAILPOINT names one.

`AUTOMATOR_FAILPOINT=name` kills this process (SIGKILL, nothing is flushed) when `name` is reached;
`AUTOMATOR_FAILPOINT=name:3` at the third time.
"""

from __future__ import annotations

import os
import signal

_armed, _, _count = os.environ.get("AUTOMATOR_FAILPOINT", "").partition(":")
_passes = iter(range(int(_count) - 1 if _count.isdigit() else 0))


def failpoint(name: str) -> None:
    """Die here if this point is armed (tests/integration/test_crash.py lists the names)."""
    if name == _armed and next(_passes, None) is None:
        os.kill(os.getpid(), signal.SIGKILL)
