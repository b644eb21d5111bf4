"""The folder of a demo: a configuration like an owner's, the shipped rules, the firm's calendar and invoices."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from automator.demo import office
from automator.errors import PermanentError

_CONFIG = """\
# Made by `automator demo`: the mailbox of an invented firm on a small server inside this machine.
# It shows what a real config.toml looks like; the ports below are gone when the demo ends.

locale = "{locale}"
timezone = "Europe/Paris"
state_dir = "state"
rules_dir = "rules"
max_autonomy = "draft"      # the service prepares, the owner sends
allow_send = false          # nothing leaves for a third party by itself

[owner]
name = {owner}
addresses = ["{address}"]
company_names = [{firm}]
siren = "{siren}"
vat = "{vat}"
signature = {signature}

[hours]
open = "09:00-18:00"

[working]
country = "FR"              # 11 November is a public holiday

[[accounts]]
name = "bureau"
kind = "imap"
owner = true
host = "127.0.0.1"
port = {imap_port}
tls = "none"                # allowed on this machine only
user = "{address}"
password = {{ file = "password" }}
authserv_id = "{server}"

[[calendars]]
name = "agenda"
kind = "ics_file"
path = "agenda.ics"
write = true

[smtp]
host = "127.0.0.1"
port = {smtp_port}
tls = "none"
user = "{address}"
password = {{ file = "password" }}

[money]
iban = "{iban}"

[digest]
hour = "07:00"
"""


@dataclass(frozen=True, slots=True)
class Scene:
    """Where the demo's files lie, and how to log in to its server."""

    folder: Path
    user: str
    password: str

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    @property
    def calendar(self) -> Path:
        return self.folder / "agenda.ics"

    @property
    def invoices(self) -> Path:
        return self.folder / "factures-emises.csv"


def scene(folder: Path) -> Scene:
    """A fresh scene in `folder`, which is made; PermanentError when something other than a demo is in it."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if any(folder.iterdir()) and not (folder / ".automator-demo").is_file():
        raise PermanentError(f"{folder} is not empty and holds no demo: name another folder with --dir")
    for name in ("state", "rules"):
        shutil.rmtree(folder / name, ignore_errors=True)
    (folder / ".automator-demo").touch()
    return Scene(folder, office.firm().address, secrets.token_urlsafe(12))


def furnish(place: Scene, rules: Path, imap_port: int, smtp_port: int, locale: str = "fr") -> None:
    """Write everything the service needs; files with a secret are for their owner only (0600)."""
    _private(place.folder / "password", place.password + "\n")
    _private(place.config, _config(imap_port, smtp_port, locale))
    shutil.copytree(rules, place.folder / "rules")
    place.calendar.write_bytes(office.agenda())
    place.invoices.write_bytes(office.invoices_csv())


def _config(imap_port: int, smtp_port: int, locale: str) -> str:
    firm = office.firm()
    text = {
        "owner": firm.person(firm.owner).partition(" <")[0],
        "firm": firm.name,
        "signature": firm.signature.strip(),
    }
    return _CONFIG.format(
        locale=locale,
        address=firm.address,
        siren=firm.siren,
        vat=firm.vat,
        iban=firm.iban,
        server=office.SERVER,
        imap_port=imap_port,
        smtp_port=smtp_port,
        **{
            name: json.dumps(value, ensure_ascii=False) for name, value in text.items()
        },  # a TOML basic string as well
    )


def _private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
