"""A right config.toml becomes a frozen tree, with everything the program asks of it."""

from __future__ import annotations

from datetime import date, time, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from automator.config import Config, find_config, load_config
from automator.errors import ConfigError
from automator.mail.message import Address

FULL = """\
locale = "en"
timezone = "Europe/Brussels"
state_dir = "state"
rules_dir = "mes-regles"
max_autonomy = "ask"
allow_send = true

[owner]
name = "Claire Vasseur"
addresses = ["Claire@Atelier.example", "claire.vasseur@orange.fr"]
company_names = "Atelier Vasseur"
siren = "732 829 320"
vat = "fr 44 732829320"
signature = "Claire"

[hours]
open = "8h30 - 17h"
quiet = "20:00-07:00"

[working]
country = "FR"
subdivision = "Moselle"
closures = [{ from = 2026-08-03, to = 2026-08-21 }]

[[accounts]]
name = "bureau"
kind = "imap"
host = "imap.atelier.example"
user = "claire@atelier.example"
password = { file = "mail.password" }

[[accounts]]
name = "compta"
kind = "imap"
owner = true
address = "claire.vasseur@orange.fr"
authserv_id = "mx.atelier.example"
host = "imap.atelier.example"
user = "compta"
password = { env = "COMPTA" }
ca_file = "ca.pem"

[[calendars]]
name = "agenda"
kind = "ics_file"
write = true
path = "agenda.ics"

[[calendars]]
name = "chantiers"
kind = "ics_url"
url = { env = "CHANTIERS" }

[digest]
hour = 06:45:00
sections = ["todo", "money"]

[caps]
backlog = 5

[poll]
minutes = 3

[[people]]
name = "Sophie"
address = "sophie@atelier.example"

[client_types]
"Compta@Client.example" = "business"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mes-regles").mkdir()
    secret = tmp_path / "mail.password"
    secret.write_text("rosebud-42\n")
    secret.chmod(0o600)
    return tmp_path


def load(folder: Path, text: str = FULL, environ: dict[str, str] | None = None, mode: int = 0o600) -> Config:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return load_config(path, environ or {})


def test_the_whole_tree(folder: Path) -> None:
    config = load(folder)
    assert (config.locale, config.max_autonomy, config.allow_send) == ("en", "ask", True)
    assert config.source == folder / "config.toml"
    assert config.state_dir == folder / "state"
    assert config.rules_dir == folder / "mes-regles"
    assert config.filing_root == folder / "filed"
    assert config.zone.key == "Europe/Brussels"
    assert config.hours.quiet == (time(20), time(7))
    assert config.digest.hour == time(6, 45)
    assert config.digest.sections == ("todo", "money")
    assert (config.caps.per_address_day, config.caps.per_day, config.caps.backlog) == (1, 50, 5)
    assert config.poll_interval == timedelta(minutes=3)
    assert config.client_types == {"compta@client.example": "business"}
    assert [p.name for p in config.people] == ["Sophie"]
    assert config.calendar("agenda").write
    assert config.sent_delay == timedelta(minutes=10)


def test_working_calendar_and_identity(folder: Path) -> None:
    config = load(folder)
    calendar = config.work_calendar
    assert (calendar.open, calendar.close) == (time(8, 30), time(17))
    assert not calendar.is_working(date(2026, 8, 10))
    assert calendar.holiday(date(2026, 12, 26))  # Saint-Étienne: a holiday in Alsace-Moselle only
    identity = config.identity
    assert identity.names == ("Atelier Vasseur", "Claire Vasseur")
    assert identity.domains == {"atelier.example"}  # orange.fr is everybody's
    assert identity.ids == {"732829320", "FR44732829320"}
    assert identity.owns("claire.vasseur@orange.fr")
    assert not identity.owns("paul@orange.fr")


def test_who_writes_from_an_account(folder: Path) -> None:
    config = load(folder)
    assert config.owner_account == "compta"
    assert config.owner_address == Address("claire@atelier.example", "Claire Vasseur")
    assert config.address_of("bureau").addr == "claire@atelier.example"
    assert config.address_of("compta").addr == "claire.vasseur@orange.fr"
    plain = load(folder, FULL.replace('address = "claire.vasseur@orange.fr"\n', ""))
    assert plain.address_of("compta").addr == "claire@atelier.example"  # its login is no address


def test_the_only_account_is_the_owners(folder: Path) -> None:
    first, _, rest = FULL.partition('[[accounts]]\nname = "compta"')
    config = load(folder, first + "[[calendars]]" + rest.partition("[[calendars]]")[2])
    assert config.owner_account == "bureau"


def test_domains_can_be_given(folder: Path) -> None:
    given = load(folder, FULL.replace('signature = "Claire"', 'domains = ["Vasseur.example"]'))
    assert given.identity.domains == {"vasseur.example"}


def test_plugin_options_with_their_secrets(folder: Path) -> None:
    config = load(folder)
    options = config.account_options("bureau")
    assert options.model_dump()["password"].get_secret_value() == "rosebud-42"
    assert "rosebud" not in repr(config) + str(config.account("bureau")) + repr(options)
    assert config.calendar_options("agenda").model_dump()["path"] == folder / "agenda.ics"
    assert config.account("compta").options["ca_file"] == folder / "ca.pem"


def test_a_secret_that_turns_out_wrong_is_told_without_showing_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHANTIERS", "ftp://hidden-address.example/cal.ics")
    with pytest.raises(ConfigError, match="write the whole address") as caught:
        load(folder).calendar_options("chantiers")
    assert "hidden-address" not in str(caught.value)


def test_frozen(folder: Path) -> None:
    with pytest.raises(ValidationError):
        load(folder).allow_send = False  # type: ignore[misc]


def test_the_environment_wins(folder: Path) -> None:
    environ = {"AUTOMATOR_ALLOW_SEND": "false", "AUTOMATOR_LOCALE": "fr", "AUTOMATOR_STATE_DIR": str(folder / "s")}
    config = load(folder, environ=environ)
    assert (config.allow_send, config.locale, config.state_dir) == (False, "fr", folder / "s")


def test_warnings_keep_nothing_from_working(folder: Path) -> None:
    text = FULL.replace("06:45:00", "02:30:00").replace('"mes-regles"', '"nowhere"')
    text = text.replace('address = "claire.vasseur@orange.fr"', 'address = "compta@atelier.example"')
    config = load(folder, text, {"AUTOMATOR_ALOW_SEND": "true"}, mode=0o644)
    found = {w.code: w for w in config.warnings}
    assert all(w.severity == "warning" for w in config.warnings)
    assert {"doubtful_hour", "no_rules", "no_smtp", "foreign_address", "unknown_variable", "open_file"} <= set(found)
    assert found["doubtful_hour"].line == text.splitlines().index("hour = 02:30:00") + 1
    assert found["unknown_variable"].suggestion == "AUTOMATOR_ALLOW_SEND"
    assert found["open_file"].fix.startswith("Mend it with: chmod 600 ")


@pytest.mark.parametrize("hour", ["00:00", "3h59"])
def test_s18_hours_that_the_clock_change_skips_are_warned_of(folder: Path, hour: str) -> None:
    config = load(folder, FULL.replace("hour = 06:45:00", f'hour = "{hour}"'))
    assert "doubtful_hour" in {w.code for w in config.warnings}


@pytest.mark.parametrize("hour", ["04:00", "7h", "23:59"])
def test_s18_other_hours_are_not(folder: Path, hour: str) -> None:
    config = load(folder, FULL.replace("hour = 06:45:00", f'hour = "{hour}"'))
    assert "doubtful_hour" not in {w.code for w in config.warnings}


def test_what_has_no_effect_yet_says_so(folder: Path) -> None:
    config = load(folder, FULL + "\n[retention]\nmails = 400\n")
    assert [w.key for w in config.warnings if w.code == "not_yet"] == ["hours.quiet", "people", "retention"]


# --- where things lie


def test_state_dir_by_systemd_checkout_or_user(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = FULL.replace('state_dir = "state"\n', "")
    assert load(folder, text, {"STATE_DIRECTORY": "/srv/a:/srv/b"}).state_dir == Path("/srv/a")
    monkeypatch.setenv("XDG_DATA_HOME", str(folder / "data"))
    assert load(folder, text).state_dir == folder / "data" / "automator"
    (folder / "automator").mkdir()
    (folder / "automator" / "__main__.py").touch()
    (folder / "pyproject.toml").touch()
    assert load(folder, text).state_dir == folder / ".automator"


def test_find_config_by_precedence(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder / "xdg"))
    with pytest.raises(ConfigError, match=r"there is no configuration; looked for config\.toml"):
        find_config(None, {})
    user = folder / "xdg" / "automator" / "config.toml"
    user.parent.mkdir(parents=True)
    user.touch()
    assert find_config(None, {}) == user
    Path("config.toml").touch()
    assert find_config(None, {}) == Path("config.toml")
    other = folder / "other.toml"
    other.touch()
    assert find_config(None, {"AUTOMATOR_CONFIG": str(other)}) == other
    assert find_config(user, {"AUTOMATOR_CONFIG": str(other)}) == user
    with pytest.raises(ConfigError, match="there is no such file"):
        find_config(folder / "none.toml", {})


def test_a_config_that_cannot_be_read(folder: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(folder)
