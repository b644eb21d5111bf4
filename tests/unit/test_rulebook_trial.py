"""The tests inside rule files: what they play, what they compare, and that the shipped ones pass."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from automator.agenda.workdays import WorkCalendar
from automator.rulebook.schema import Rule, load_rule
from automator.rulebook.trial import run_tests
from automator.words import Words
from tests.support.verbs import RULES, known

KNOWN = known()
PARIS = WorkCalendar(ZoneInfo("Europe/Paris"))
SHIPPED = sorted(RULES.glob("*.toml"))


def load(text: str) -> Rule:
    rule, problems = load_rule("essai.toml", text.encode(), KNOWN, Words("en"))
    assert rule is not None, problems
    return rule


def got(rule: str, given: str, now: str) -> tuple[str, ...]:
    test = f'[[test]]\ngiven = {{ {given} }}\nnow = {now}\nexpect = ["digest"]\n'
    (result,) = run_tests(load(f"{rule}\n{test}"), KNOWN, PARIS)
    assert result.passed is (result.got == ("digest",))
    return result.got


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_rules_pass_their_tests(path: object) -> None:
    rule = load(path.read_text(encoding="utf-8"))  # type: ignore[attr-defined]
    results = run_tests(rule, KNOWN, PARIS)
    assert len(results) >= 2
    assert [r for r in results if not r.passed] == []


def test_the_rules_that_ship() -> None:
    assert {path.stem for path in SHIPPED} >= {
        "demande-client-sans-reponse",
        "relance-impayes",
        "urgent-immediat",
        "facture-fournisseur",
        "devis-sans-reponse",
        "preparer-rdv",
        "conflit-agenda",
        "newsletters",
    }


def test_a_failure_shows_both_sides() -> None:
    text = (
        (RULES / "relance-impayes.toml")
        .read_text(encoding="utf-8")
        .replace("2026-11-12T09:00:00", "2026-11-11T09:00:00")
    )
    first = run_tests(load(text), KNOWN, PARIS)[0]
    assert not first.passed
    assert (first.expected, first.got) == (("draft:relance-1-courtoise",), ())
    assert first.file == "essai.toml"
    assert text.splitlines()[first.line - 1] == "[[test]]"


TWO = """title = "x"
on = "mail.received"
autonomy = "observe"
stop = ["replied"]
[[then]]
after = "2 jours ouvrés"
do = "send"
template = "suivi-devis"
[[then]]
after = "5 jours ouvrés"
do = "task"
text = "x"
[[then]]
after = "2 jours ouvrés"
do = "digest"
"""
MAIL = 'object = "mail", received = 2026-11-16T15:00:00'


def test_verbs_are_named_as_written_in_file_order_whatever_the_autonomy() -> None:
    assert got(TWO, MAIL, "2026-11-18T23:59:00") == ("send:suivi-devis", "digest")


def test_only_the_local_day_of_now_counts_whatever_its_hour() -> None:
    assert got(TWO, MAIL, "2026-11-17T23:59:00") == ()
    assert got(TWO, MAIL, "2026-11-18T00:00:00") == ("send:suivi-devis", "digest")
    assert got(TWO, MAIL, "2026-11-19T00:00:00") == ()
    assert got(TWO, MAIL, "2026-11-23") == ("task",)


def test_what_happened_on_a_day_cancels_the_steps_of_that_day() -> None:
    assert got(TWO, MAIL + ", replied = 2026-11-18", "2026-11-18") == ()
    assert got(TWO, MAIL + ", replied = 2026-11-19", "2026-11-18") == ("send:suivi-devis", "digest")
    assert got(TWO, MAIL + ", replied = 2026-11-19", "2026-11-23") == ()
    assert got(TWO, MAIL + ", replied = true", "2026-11-18") == ()


def test_before_the_event_nothing_comes_and_absurd_spans_end() -> None:
    assert got(TWO, MAIL, "2026-11-01") == ()
    assert got(TWO, 'object = "mail", received = 1990-01-01', "2026-11-01") == ()


def test_an_object_of_another_kind_never_meets_the_event() -> None:
    assert got(TWO, 'object = "meeting"', "2026-11-18") == ()


NOW = 'title = "x"\non = "{on}"\n{more}\n[[then]]\ndo = "digest"\n'


@pytest.mark.parametrize(
    ("on", "more", "given", "now", "expected"),
    [
        ("mail.received", "", 'object = "mail"', "2026-11-15T21:00:00", ("digest",)),
        ("mail.received", 'when = { category = "urgent" }', 'object = "mail", category = "urgent"', "2026-11-16", ("digest",)),
        ("mail.received", 'when = { category = "urgent" }', 'object = "mail", category = "urgent", confidence = "medium"', "2026-11-16", ()),
        ("mail.received", 'when = { category = "urgent", confidence = "any" }', 'object = "mail", category = "urgent", confidence = "medium"', "2026-11-16", ("digest",)),
        ("mail.received", 'when = { amount_min = "50 €" }', 'object = "mail", amount = "50 EUR"', "2026-11-16", ("digest",)),
        ("mail.received", 'when = { amount_min = "50 €" }', 'object = "mail"', "2026-11-16", ()),
        ("mail.received", "when = { has_attachment = true }", 'object = "mail", attachments = ["a.pdf"]', "2026-11-16", ("digest",)),
        ("mail.received", "when = { has_attachment = true }", 'object = "mail", attachments = []', "2026-11-16", ()),
        ("mail.sent", "", 'object = "mail", sent = 2026-11-16T08:00:00', "2026-11-16", ("digest",)),
        ("invoice.received", "", 'object = "mail", received = 2026-11-16', "2026-11-16", ("digest",)),
        ("invoice.overdue", "", 'object = "invoice"', "2026-11-16", ("digest",)),
        ("invoice.overdue", "", 'object = "invoice", due = 2026-11-15', "2026-11-16", ("digest",)),
        ("invoice.overdue", "", 'object = "invoice", due = 2026-11-16', "2026-11-16", ()),
        ("invoice.overdue", "", 'object = "invoice", due = 2026-11-15, paid = true', "2026-11-16", ()),
        ("iban.changed", "", 'object = "mail", iban_changed = true, received = 2026-11-16', "2026-11-16", ("digest",)),
        ("meeting.conflict", "", 'object = "meeting", conflict = true', "2026-11-16", ("digest",)),
        ("meeting.upcoming", 'when = { within = "7 jours" }', 'object = "meeting", starts = 2026-11-20T10:00:00', "2026-11-16", ("digest",)),
        ("meeting.upcoming", 'when = { within = "2 jours" }', 'object = "meeting", starts = 2026-11-20T10:00:00', "2026-11-16", ()),
        ("date", "schedule = [2026-11-16]", 'object = "date", date = 2026-11-16', "2026-11-16", ("digest",)),
    ],
)  # fmt: skip
def test_events_and_their_facts(on: str, more: str, given: str, now: str, expected: tuple[str, ...]) -> None:
    assert got(NOW.format(on=on, more=more), given, now) == expected


def test_own_domains_tell_who_is_from_outside() -> None:
    text = NOW.format(on="meeting.upcoming", more='when = { attendees = "external" }')
    text += (
        '[[test]]\ngiven = { object = "meeting", attendees = ["a@nous.example"] }\nnow = 2026-11-16\nexpect = []\n'
    )
    rule = load(text)
    assert run_tests(rule, KNOWN, PARIS, frozenset({"nous.example"}))[0].passed
    assert not run_tests(rule, KNOWN, PARIS)[0].passed


def test_days_before_and_after_a_due_date() -> None:
    text = """title = "x"
on = "invoice.due"
[[then]]
before = "2 jours ouvrés"
do = "digest"
[[then]]
after = "1 jour"
do = "task"
text = "x"
"""
    given = 'object = "invoice", due = 2026-11-20'
    assert got(text, given, "2026-11-18") == ("digest",)
    assert got(text, given, "2026-11-20") == ()
    assert got(text, given, "2026-11-23") == ("task",)


def test_a_level_at_once_on_a_closed_day_waits_for_the_opening() -> None:
    text = 'title = "x"\non = "mail.received"\n[[then]]\ndo = "draft"\ntemplate = "suivi-devis"\n'
    given = 'object = "mail", received = 2026-11-14T10:00:00'
    assert got(text, given, "2026-11-14") == ()
    later = text + '[[then]]\nafter = "3 jours ouvrés"\ndo = "draft"\ntemplate = "suivi-devis"\n'
    assert got(later, given, "2026-11-16") == ("draft:suivi-devis",)
    assert got(later, given, "2026-11-18") == ("draft:suivi-devis",)


def test_labels_carry_the_argument_of_their_verb() -> None:
    text = """title = "x"
on = "mail.received"
[[then]]
do = "move"
folder = "Clients"
[[then]]
do = "keyword"
keyword = "vu"
[[then]]
do = "notify"
"""
    assert got(text, 'object = "mail"', "2026-11-16") == ("move:Clients", "keyword:vu", "notify")
