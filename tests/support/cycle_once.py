"""One full cycle of the service at a given moment, in a process of its own that a failpoint may kill.

usage: python -m tests.support.cycle_once CONFIG ISO-TIME
"""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

from automator import wiring
from automator.clock import FixedClock
from automator.config import load_config
from automator.daemon import sole_instance


def main() -> None:
    config = load_config(Path(sys.argv[1]))
    with sole_instance(config.state_dir):
        service = wiring.build(config, clock=FixedClock(datetime.fromisoformat(sys.argv[2])))
        try:
            service.wake()
            whole = service.cycle()
        finally:
            service.close()
    sys.exit(0 if whole else 3)


if __name__ == "__main__":
    main()
