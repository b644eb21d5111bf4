"""Every mistake of a config.toml is told in one run, at its line, once, with the way out."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from automator.config import load_config
from automator.config.sections import TOP_KEYS
from automator.errors import ConfigError, Problem

GOOD = """\
[owner]
name = "Claire Vasseur"
addresses = ["claire@atelier.example"]

[[accounts]]
name = "bureau"
kind = "imap"
host = "imap.atelier.example"
user = "claire@atelier.example"
password = { env = "BUREAU_PASSWORD" }
"""

TEN = """\
langue = "fr"
timezone = "Europe/Pari"
allow_send = "oui"

[owner]
nom = "Claire Vasseur"
addresses = ["claire(at)atelier.example"]

[hours]
open = "18:00-09:00"

[working]
closures = [{ from = 2026-08-21, to = 2026-08-03 }]

[[accounts]]
name = "bureau"
kind = "imap"
host = "imap.atelier.example"
user = "claire@atelier.example"
password = "rosebud-42"

[[accounts]]
name = "compta"
kind = "imop"

[digest]
sections = ["todo", "argent"]
"""


def write(folder: Path, text: str) -> Path:
    """A config.toml that nobody else can read, with its rules folder."""
    (folder / "rules").mkdir(exist_ok=True)
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    return path


def problems(folder: Path, text: str, environ: dict[str, str] | None = None) -> list[Problem]:
    env = {"STATE_DIRECTORY": str(folder / "state")} | (environ or {})
    with pytest.raises(ConfigError) as caught:
        load_config(write(folder, text), env)
    return caught.value.problems


def told(found: list[Problem]) -> list[tuple[int, str, str]]:
    return [(p.line, p.key, p.code) for p in found]


def test_ten_mistakes_are_ten_problems_each_at_its_line(tmp_path: Path) -> None:
    assert told(problems(tmp_path, TEN)) == [
        (1, "langue", "unknown_key"),
        (2, "timezone", "bad_value"),
        (3, "allow_send", "bad_type"),
        (6, "owner.nom", "unknown_key"),
        (7, "owner.addresses.1", "bad_value"),
        (10, "hours.open", "bad_value"),
        (13, "working.closures.1", "bad_value"),
        (20, "accounts.1.password", "plain_secret"),
        (24, "accounts.2.kind", "unknown_kind"),
        (27, "digest.sections.2", "unknown_kind"),
    ]


def test_each_problem_names_file_line_and_key_and_never_the_secret(tmp_path: Path) -> None:
    found = problems(tmp_path, TEN)
    for problem in found:
        assert str(problem).startswith(f"{tmp_path}/config.toml:{problem.line}: {problem.key}: ")
    assert "rosebud" not in str(ConfigError(found))
    assert "file = " in next(p.fix for p in found if p.code == "plain_secret")


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        ("langue", "locale"),
        ("fuseau_horaire", "timezone"),
        ("règles", "rules_dir"),
        ("alow_send", "allow_send"),
        ("max-autonomy", "max_autonomy"),
        ("comptes", "accounts"),
    ],
)
def test_the_meant_key_is_suggested(tmp_path: Path, wrong: str, meant: str) -> None:
    found = problems(tmp_path, f'{wrong} = "x"\n{GOOD}')
    assert [(p.line, p.code, p.suggestion) for p in found] == [(1, "unknown_key", meant)]


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("utilisateur = 'x'", "user"),
        ("serveur = 'x'", "host"),
        ("mot_de_passe = 'x'", "password"),
        ("prot = 993", "port"),
    ],
)
def test_plugin_options_get_the_same_care(tmp_path: Path, line: str, meant: str) -> None:
    text = "\n".join(row for row in GOOD.splitlines() if not row.startswith(f"{meant} =")) + f"\n{line}\n"
    found = problems(tmp_path, text)
    assert [(p.code, p.suggestion) for p in found] == [("unknown_key", meant)]
    assert found[0].line == len(text.splitlines())


def test_a_key_in_the_wrong_section_is_told_where_it_belongs(tmp_path: Path) -> None:
    found = problems(tmp_path, 'hour = "07:00"\n' + GOOD.replace("[owner]", '[owner]\nlocale = "fr"'))
    assert [(p.key, p.fix) for p in found] == [
        ("hour", "It belongs under [digest]."),
        ("owner.locale", "It belongs at the top of the file, above the first [section]."),
    ]


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        ("[hours]\nopen = 9", (13, "hours.open", "bad_value")),
        ('[hours]\nopen = "9-25"', (13, "hours.open", "bad_value")),
        ('[hours]\nquiet = "20:00-20:00"', (13, "hours.quiet", "bad_value")),
        ('[digest]\nhour = "24:00"', (13, "digest.hour", "bad_value")),
        ('[digest]\nweekly = "vendredi"', (13, "digest.weekly", "bad_value")),
        ('[digest]\nsections = ["todo", "todo"]', (13, "digest.sections.2", "twice")),
        ("[caps]\nper_address_day = 0", (13, "caps.per_address_day", "bad_value")),
        ("[caps]\nper_day = 2.5", (13, "caps.per_day", "bad_type")),
        ('[log]\nlevel = "verbose"', (13, "log.level", "bad_value")),
        ("[poll]\nminutes = 90", (13, "poll.minutes", "bad_value")),
        ('[working]\ncountry = "ZZ"', (13, "working.country", "bad_value")),
        ('[working]\ncountry = "france"', (13, "working.country", "bad_value")),
        ('[working]\nsubdivision = "Alsace-Moselle"', (13, "working.subdivision", "bad_value")),
        (
            "[working]\nclosures = [{ du = 2026-08-03, to = 2026-08-21 }]",
            (13, "working.closures.1.du", "unknown_key"),
        ),
        ('[client_types]\n"a@b.example" = "busness"', (13, "client_types.a@b.example", "bad_value")),
        ('[client_types]\nmartin = "business"', (13, "client_types.martin", "bad_value")),
        ('[categories.other]\nlearn_from = "RH"', (12, "categories.other", "bad_value")),
        ('[categories.t1]\nlearn_from = "RH"', (12, "categories.t1", "bad_value")),
        ('[categories.INVOICE]\nlearn_from = "RH"', (12, "categories.INVOICE", "bad_value")),
        ('[categories.yes]\nlearn_from = "RH"', (12, "categories.yes", "bad_value")),
        ('[categories.not]\nlearn_from = "RH"', (12, "categories.not", "bad_value")),
        ('[categories.rh]\nlearn_from = "inbox"', (13, "categories.rh.learn_from", "bad_value")),
        ("[categories.rh]\nlearn_from = []", (13, "categories.rh.learn_from", "bad_value")),
        ('[categories.rh]\nlearn_from = "../"', (13, "categories.rh.learn_from", "bad_value")),
        (
            '[categories.rh]\nlearn_from = ["RH", "Paie"]\n[categories.paie]\nlearn_from = "paie"',
            (15, "categories.paie.learn_from", "twice"),
        ),
        (
            '[categories.rh]\nlearn_from = "RH"\n[categories.paie]\nlearn_from = "INBOX/RH"',
            (15, "categories.paie.learn_from", "twice"),
        ),
        (
            '[categories.rh]\nlearn_from = "Arret maladie"\n[categories.paie]\nlearn_from = "Arrêt-maladie"',
            (15, "categories.paie.learn_from", "twice"),
        ),
        ("[categories.rh]\napprend_de = 'RH'", (13, "categories.rh.apprend_de", "unknown_key")),
        ('[people]\nname = "Sophie"', (12, "people", "single_bracket")),
        ('[[people]]\nname = "Sophie"', (12, "people.1.address", "missing")),
        ('[[calendars]]\nname = "a"\nkind = "imap"', (14, "calendars.1.kind", "unknown_kind")),
        ('[[calendars]]\nname = "a"\nkind = "ics_file"', (12, "calendars.1.path", "missing")),
        (
            '[[calendars]]\nname = "a"\nkind = "ics_url"\nurl = "https://x.example/a.ics"\nwrite = true',
            (16, "calendars.1.write", "bad_value"),
        ),
        ("[[accounts]]\nname = 'compta'", (12, "accounts.2.kind", "missing")),
        ('[smtp]\nserveur = "smtp.atelier.example"', (13, "smtp.serveur", "unknown_key")),
        ('[smtp]\nhost = "h.example"\ntls = "none"', (12, "smtp", "bad_value")),
        ('[smtp]\nhost = "h.example"\npassword = "x"', (14, "smtp.password", "plain_secret")),
        ('[smtp]\nhost = "h.example"\nfrom = "claire"', (14, "smtp.from", "bad_value")),
        ('[smtp]\nhost = "h.example"\nkind = "sendmail"', (14, "smtp.kind", "unknown_kind")),
        ('[[smtp]]\nhost = "h.example"', (12, "smtp", "bad_type")),
        ("[[digest]]", (12, "digest", "bad_type")),
        ("[[client_types]]", (12, "client_types", "bad_type")),
        ("[categories]\nrh = 3", (12, "categories", "bad_type")),
        (
            '[[accounts]]\nname = "/etc"\nkind = "imap"\nhost = "h"\nuser = "u"\npassword = { env = "P" }\nowner = false',
            (13, "accounts.2.name", "bad_value"),
        ),
        ("[owner.siren]", (12, "owner.siren", "bad_type")),
        ("[[accounts]]\nname = 'compta'\nkind = 3", (14, "accounts.2.kind", "bad_type")),
        ("[[accounts]]\nname = 'compta'\ntype = 'imap'", (14, "accounts.2.type", "unknown_key")),
    ],
)
def test_one_mistake_is_one_problem(tmp_path: Path, extra: str, expected: tuple[int, str, str]) -> None:
    assert told(problems(tmp_path, f"{GOOD}\n{extra}\n")) == [expected]


def test_the_first_section_is_required_and_so_is_an_account(tmp_path: Path) -> None:
    assert told(problems(tmp_path, "")) == [(1, "owner", "missing"), (1, "accounts", "missing")]
    assert told(problems(tmp_path, GOOD.replace("[owner]", "[proprietaire]"))) == [(1, "proprietaire", "unknown_key")]


def test_two_accounts_need_two_names_and_one_owner(tmp_path: Path) -> None:
    second = GOOD.partition("[[accounts]]")[2]
    twin = f"{GOOD}\n[[accounts]]{second}"
    assert told(problems(tmp_path, twin)) == [(5, "accounts.1", "missing"), (13, "accounts.2.name", "twice")]
    both = twin.replace('name = "bureau"', 'owner = true\nname = "bureau"', 2)
    assert told(problems(tmp_path, both))[0] == (14, "accounts.2.owner", "twice")


def test_a_slip_of_the_pen_does_not_hide_the_other_mistakes(tmp_path: Path) -> None:
    text = GOOD.replace('"Claire Vasseur"', "“Claire Vasseur”") + '\n[log]\nlevel = "loud"\nlevel = "info"\n'
    found = problems(tmp_path, text)
    assert [(p.line, p.code) for p in found] == [(2, "curly_quotes"), (13, "bad_value"), (14, "twice")]


def test_text_that_is_no_toml_has_its_position(tmp_path: Path) -> None:
    found = problems(tmp_path, GOOD + "\n[log\n")
    assert [(p.line, p.code) for p in found] == [(12, "not_toml")]


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = write(tmp_path, "")
    path.write_bytes(b'[owner]\nname = "\xe9"\n')
    with pytest.raises(ConfigError, match="UTF-8"):
        load_config(path, {})


def test_a_value_from_the_environment_is_blamed_on_its_variable(tmp_path: Path) -> None:
    found = problems(tmp_path, GOOD, {"AUTOMATOR_ALLOW_SEND": "maybe", "AUTOMATOR_LOCALE": "de"})
    assert {(p.file, p.key) for p in found} == {
        ("environment", "AUTOMATOR_ALLOW_SEND"),
        ("environment", "AUTOMATOR_LOCALE"),
    }


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ('{ env = "A", file = "b" }', "one way"),
        ("{ env = 3 }", "text between quotes"),
        ('{ command = "pass show mail" }', "list of words"),
        ('{ credential = "../key" }', "bare name"),
        ('{ file = "nothing-here" }', "there is no file"),
        ("12345678", "must not stand here itself"),
    ],
)
def test_a_wrong_reference_says_how_to_write_it(tmp_path: Path, value: str, said: str) -> None:
    found = problems(tmp_path, GOOD.replace('{ env = "BUREAU_PASSWORD" }', value))
    assert [p.line for p in found] == [10]
    assert said in found[0].message


def test_s32_a_secret_file_that_others_can_read_is_refused_with_the_command_that_mends_it(tmp_path: Path) -> None:
    secret = tmp_path / "mail password"
    secret.write_text("rosebud-42\n")
    secret.chmod(0o644)
    found = problems(tmp_path, GOOD.replace('{ env = "BUREAU_PASSWORD" }', '{ file = "mail password" }'))
    assert told(found) == [(10, "accounts.1.password", "secret_file")]
    assert found[0].fix == f"Mend it with: chmod o-rwx '{secret}'"


@pytest.mark.parametrize("mode", [0o644, 0o604, 0o602, 0o606])
def test_s32_a_database_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    state = tmp_path / "state"
    state.mkdir()
    for name, m in (("automator.db", mode), ("key", 0o600)):
        (state / name).write_bytes(b"")
        (state / name).chmod(m)
    found = problems(tmp_path, GOOD)
    assert [(p.code, p.fix) for p in found] == [("open_file", f"Mend it with: chmod o-rwx {state}/automator.db")]


def test_s32_a_config_that_everybody_can_change_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD)
    path.chmod(0o666)
    with pytest.raises(ConfigError, match="everybody can change this file"):
        load_config(path, {})


def test_s32_a_password_without_quotes_is_not_repeated(tmp_path: Path) -> None:
    found = problems(tmp_path, GOOD.replace('{ env = "BUREAU_PASSWORD" }', "rosebud 42"))
    assert {(p.line, p.code) for p in found} == {(10, "unquoted_text"), (10, "plain_secret")}
    assert "rosebud" not in str(ConfigError(found))


def outcome(path: Path, environ: dict[str, str]) -> list[Problem] | None:
    """The problems of a file, None when it is in order."""
    try:
        load_config(path, environ)
    except ConfigError as error:
        return error.problems
    return None


def mangled() -> st.SearchStrategy[str]:
    """The long example with some lines dropped, doubled, moved, or given another value."""
    rows = TEN.splitlines()
    values = st.sampled_from(
        ["3", "true", '"x"', "[]", "[1]", "{}", '{ env = "X" }', "{ a = { b = 1 } }", "2026-01-01", "", "“x”"]
    )
    row = st.one_of(
        st.sampled_from(rows),
        st.builds(lambda r, v: f"{r.split('=')[0]}= {v}", st.sampled_from([r for r in rows if "=" in r]), values),
        st.builds(
            lambda name, v: f"{name} = {v}", st.sampled_from([*TOP_KEYS, "kind", "name", "url", "password"]), values
        ),
        st.builds(lambda name: f"[{name}]", st.sampled_from(TOP_KEYS)),
        st.builds(lambda name: f"[[{name}]]", st.sampled_from(TOP_KEYS)),
    )
    return st.lists(row, max_size=25).map("\n".join)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(mangled())
def test_whatever_stands_in_the_file_the_answer_is_a_config_or_its_problems(tmp_path: Path, text: str) -> None:
    found = outcome(write(tmp_path, text), {"STATE_DIRECTORY": str(tmp_path / "state")})
    assert found is None or len(found) > 0
    assert all(1 <= p.line <= text.count("\n") + 1 and p.message for p in found or ())
