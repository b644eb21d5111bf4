"""Where things lie: the configuration, the state folder, the rules; and who may read them."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from automator.config.secrets import quoted
from automator.errors import ConfigError, Problem

_SYSTEM = Path("/etc/automator/config.toml")


def find_config(explicit: Path | None = None, environ: Mapping[str, str] = os.environ) -> Path:
    """The configuration file to use, the first of: `--config`, $AUTOMATOR_CONFIG, ./config.toml, the user's
    configuration folder, /etc/automator/config.toml. Raises ConfigError when the named one, or any, is missing.
    """
    named = explicit or (Path(environ["AUTOMATOR_CONFIG"]) if environ.get("AUTOMATOR_CONFIG") else None)
    if named:
        if not named.is_file():
            raise ConfigError([_missing(str(named), "there is no such file.")])
        return named
    places = _places()
    for place in places:
        if place.is_file():
            return place
    looked = ", ".join(str(p) for p in places)
    raise ConfigError([_missing("config.toml", f"there is no configuration; looked for {looked}.")])


def _places() -> tuple[Path, ...]:
    from platformdirs import user_config_path

    return Path("config.toml"), user_config_path("automator") / "config.toml", _SYSTEM


def _missing(file: str, message: str) -> Problem:
    fix = "Copy config.example.toml to config.toml and fill it in (docs/first-hour.md), or name one with --config."
    return Problem(file, 1, "", "no_config", message, fix)


def state_dir(written: str, config: Path, environ: Mapping[str, str]) -> Path:
    """The state folder: as written, else systemd's $STATE_DIRECTORY, else `.automator` in a checkout, else the
    user's data folder."""
    home = config.resolve().parent
    if written:
        return home / Path(written).expanduser()
    if environ.get("STATE_DIRECTORY"):
        return Path(environ["STATE_DIRECTORY"].split(":")[0])
    if (home / "pyproject.toml").is_file() and (home / "automator" / "__main__.py").is_file():
        return home / ".automator"
    from platformdirs import user_data_path

    return user_data_path("automator")


def beside(written: str, config: Path) -> Path:
    """A folder of the owner's: beside the configuration unless written as a whole path; `~` is the user's home."""
    return config.resolve().parent / Path(written).expanduser()


def config_mode(config: Path) -> tuple[str, str, str]:
    """Severity, message and fix when others may read or change the configuration; ("", "", "") when not."""
    mode = stat.S_IMODE(config.stat().st_mode)
    if mode & 0o002:
        return "error", "everybody can change this file.", f"Mend it with: chmod o-rwx {quoted(config)}"
    if mode & 0o004:
        return "warning", "everybody on this machine can read this file.", f"Mend it with: chmod 600 {quoted(config)}"
    return "", "", ""


def open_files(folder: Path) -> Iterator[tuple[str, str]]:
    """Message and fix for each file of the state folder (database, keys) that others can read or change."""
    try:
        found = sorted(p for p in folder.iterdir() if p.is_file() and not p.is_symlink())
        modes = [(p, stat.S_IMODE(p.stat().st_mode)) for p in found]
    except OSError:
        return  # not there yet, or not ours to look into: opening it will say
    for path, mode in modes:
        if mode & 0o007:
            yield f"{path} can be read by others.", f"Mend it with: chmod o-rwx {quoted(path)}"
