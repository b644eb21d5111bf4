"""The newest schema is known without Alembic: it is the number in the name of the newest step."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from alembic.script import ScriptDirectory

from automator.store.db import Database
from automator.store.migrate import alembic_config, newest


def test_every_step_is_named_by_its_number() -> None:
    script = ScriptDirectory.from_config(alembic_config())
    steps = list(script.walk_revisions())
    assert all(Path(step.path).name.startswith(f"{step.revision}_") for step in steps)
    assert newest() == script.get_current_head()


def test_opening_a_database_that_is_up_to_date_does_not_load_alembic(tmp_path: Path) -> None:
    path = tmp_path / "automator.db"
    Database.open(path).close()
    code = (
        "import sys; from pathlib import Path; from automator.store.db import Database; "
        "Database.open(Path(sys.argv[1])).close(); print('alembic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "False\n"
