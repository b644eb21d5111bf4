"""Warnings, placeholders, dates, the one-sentence explanation and the JSON Schema."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from automator.agenda.workdays import WorkCalendar
from automator.errors import Problem
from automator.rulebook.check import Setting, check_rules, next_dates
from automator.rulebook.explain import explain
from automator.rulebook.language import CONDITIONS, EVENTS
from automator.rulebook.phrases import event_phrase
from automator.rulebook.schedule import Schedule
from automator.rulebook.schema import Rule, load_rule
from automator.rulebook.schema_json import json_schema
from automator.words import Words
from tests.support.verbs import RULES, known, templates

KNOWN = known()
EN, FR = Words("en"), Words("fr")
PARIS = WorkCalendar(ZoneInfo("Europe/Paris"))
NOW = datetime(2026, 11, 24, 10, tzinfo=ZoneInfo("Europe/Paris"))
SHIPPED = sorted(RULES.glob("*.toml"))


def rule(text: str, file: str = "essai.toml") -> Rule:
    found, problems = load_rule(file, text.encode(), KNOWN, EN)
    assert found is not None, problems
    return found


def short(
    when: str = "", do: str = 'do = "digest"', on: str = "mail.received", more: str = "", file: str = "essai.toml"
) -> Rule:
    return rule(f'title = "x"\non = "{on}"\n{more}\nwhen = {{ {when} }}\n[[then]]\n{do}\n', file)


def codes(*rules: Rule, setting: Setting | None = None) -> list[tuple[str, int, str]]:
    found = check_rules(rules, setting or Setting(True), EN)
    assert all((isinstance(p, Problem) and p.severity == "warning") or p.code == "unknown_placeholder" for p in found)
    return [(p.file, p.line, p.code) for p in found]


def test_the_shipped_rules_and_letters_have_nothing_against_them() -> None:
    rules = [rule(path.read_text(encoding="utf-8"), path.name) for path in SHIPPED]
    assert codes(*rules, setting=Setting(False, templates())) == []


@pytest.mark.parametrize("name", sorted(templates()))
def test_every_letter_exists_in_both_languages_and_begins_with_its_subject(name: str) -> None:
    text = templates()[name]
    stem, language = name.rsplit(".", 1)
    assert {f"{stem}.fr", f"{stem}.en"} <= set(templates())
    assert text.startswith("Objet: " if language == "fr" else "Subject: ")
    assert text.splitlines()[1] == ""
    assert "’" not in text


@pytest.mark.parametrize(
    ("found", "code"),
    [
        (short('attendees = "external"'), "never_matches"),
        (short('kind = "order"', on="meeting.upcoming"), "never_matches"),
        (short('amount_min = "50 €", amount_max = "40 €"'), "never_matches"),
        (short('amount_min = "5 €", amount_max = "40 $"'), "never_matches"),
        (short('direction = "issued"', on="invoice.received"), "never_matches"),
        (short('kind = "order"', more='except = { kind = ["order", "delivery"] }'), "never_matches"),
        (short("has_attachment = true", more="except = { has_attachment = true }"), "never_matches"),
        (short('subject_any = "devis.*"'), "regex_like"),
        (short('text_any = "^facture"'), "regex_like"),
        (short('from = "a|b"'), "regex_like"),
        (short('attachment_name = "[a-z]+.pdf"'), "regex_like"),
        (short('kind = "order"', more='except = { subject_any = "(?i)x" }'), "regex_like"),
    ],
)  # fmt: skip
def test_what_is_warned_of(found: Rule, code: str) -> None:
    assert [c for _, _, c in codes(found)] == [code]


@pytest.mark.parametrize(
    "found",
    [
        short('amount_min = "50 €", amount_max = "50 €"'),
        short('kind = ["order", "delivery"]', more='except = { kind = "order" }'),
        short('kind = "order"', more='except = { subject_any = "x" }'),
        short('subject_any = ["devis*", "R&D", "C++", "50 % (TTC)", "n° 3", "[Urgent]"]'),
        short('from = ["@*.b.example", "a.b@c.example"]'),
    ],
)
def test_what_is_fine(found: Rule) -> None:
    assert codes(found) == []


def test_a_send_that_the_configuration_forbids() -> None:
    send = short(do='do = "send"\ntemplate = "suivi-devis"')
    assert codes(send, setting=Setting(False)) == [("essai.toml", 6, "send_without_allow")]
    assert codes(send, setting=Setting(True)) == []


def test_penalties_are_for_professionals_only() -> None:
    setting = Setting(True, templates())
    firm = 'do = "draft"\ntemplate = "relance-2-ferme"'
    assert [c for _, _, c in codes(short('client_type = "public"', firm, "invoice.overdue"), setting=setting)] == [
        "penalties_without_business"
    ]
    assert codes(short('client_type = "business"', firm, "invoice.overdue"), setting=setting) == []


def test_an_unknown_placeholder_of_a_letter_is_an_error_in_that_letter() -> None:
    letter = Setting(True, {"suivi-devis.fr": "Objet: x\n\nBonjour {prenom}, {objet}", "autre": "{rien}"})
    found = check_rules([short(do='do = "draft"\ntemplate = "suivi-devis"')], letter, EN)
    assert [(p.file, p.line, p.key, p.severity) for p in found] == [
        ("templates/suivi-devis.fr.txt", 3, "prenom", "error")
    ]


MOVE_A, ARCHIVE = 'do = "move"\nfolder = "A"', 'do = "archive"'


def test_two_rules_that_may_file_one_message() -> None:
    a = short('kind = ["order", "delivery"]', MOVE_A, file="a.toml")
    b = short('kind = "delivery"', 'do = "digest"\n[[then]]\n' + ARCHIVE, file="b.toml")
    assert codes(a, b) == [("b.toml", 8, "filing_conflict")]
    assert codes(b, a) == [("b.toml", 8, "filing_conflict")]
    (problem,) = check_rules([a, b], Setting(), EN)
    assert "a.toml" in problem.message
    assert "b.toml" in problem.message


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (short('kind = "order"', MOVE_A, file="a.toml"), short('kind = "delivery"', ARCHIVE, file="b.toml")),
        (short("", MOVE_A, file="a.toml", more="priority = 2"), short("", ARCHIVE, file="b.toml")),
        (short("", MOVE_A, file="a.toml"), short("", ARCHIVE, file="b.toml", on="mail.sent")),
        (short("", MOVE_A, file="a.toml"), short("", file="b.toml")),
        (
            short("has_attachment = true", MOVE_A, file="a.toml"),
            short("has_attachment = false", ARCHIVE, file="b.toml"),
        ),
        (short('from = "@a.example"', MOVE_A, file="a.toml"), short('from = "x@b.example"', ARCHIVE, file="b.toml")),
    ],
)
def test_no_conflict_where_they_cannot_meet_or_one_goes_first(one: Rule, other: Rule) -> None:
    assert codes(one, other) == []


def test_a_conflict_between_addresses_that_overlap() -> None:
    one = short('from = "@a.example", category = "invoice"', MOVE_A, file="a.toml")
    other = short('from = "x@a.example", category = "urgent"', ARCHIVE, file="b.toml")
    assert codes(one, other) == [("b.toml", 6, "filing_conflict")]


def test_the_next_dates_of_a_rule() -> None:
    relance = rule((RULES / "relance-impayes.toml").read_text(encoding="utf-8"))
    assert next_dates(relance, PARIS, NOW) == (
        ("draft-1", date(2026, 12, 3)),
        ("draft-2", date(2026, 12, 9)),
        ("task-1", date(2026, 12, 24)),
    )
    meeting = short("", 'before = "1 jour ouvré"\ndo = "digest"', "meeting.upcoming")
    assert next_dates(meeting, PARIS, NOW) == (("digest-1", date(2026, 12, 23)),)
    monthly = short(on="date", more='schedule = { every = "month", day = 31, if_holiday = "before" }')
    assert [day for _, day in next_dates(monthly, PARIS, NOW)] == [
        date(2026, 11, 30),
        date(2026, 12, 31),
        date(2027, 1, 29),
    ]


def test_schedules() -> None:
    first, last = date(2026, 1, 1), date(2026, 12, 31)
    listed = Schedule(dates=(date(2026, 11, 11), date(2027, 1, 1)), if_holiday="after")
    assert listed.occurrences(first, last, PARIS) == (date(2026, 11, 12),)
    yearly = Schedule(every="year", day=31, month=2)
    assert yearly.occurrences(first, last, PARIS) == (date(2026, 2, 28),)
    read = short(on="date", more='schedule = { every = "year", month = 5, day = 19 }').schedule
    assert read == Schedule((), "year", 19, 5, "")
    assert len(Schedule(every="month", day=15).occurrences(first, last, PARIS)) == 12
    edge = Schedule(dates=(date(2026, 10, 31),), if_holiday="after")
    assert edge.occurrences(date(2026, 11, 1), date(2026, 11, 3), PARIS) == (date(2026, 11, 2),)


EVERYTHING = """title = "x"
on = "mail.received"
autonomy = "ask"
stop = ["replied", "bounced"]
except = { verified_sender = false, older_than = "3 mois" }
[when]
category = ["invoice", "rh"]
confidence = "any"
kind = "order"
document = "quote"
payment = "card"
from = "@a.example"
to = "b@c.example"
account = "bureau"
mailbox = "INBOX"
subject_any = "devis"
text_any = ["x", "y"]
has_attachment = true
attachment_name = "*.pdf"
direction = "issued"
amount_min = "1 250,50 €"
amount_max = "2000 €"
supplier = "Bois"
client = "Fer"
client_type = "business"
language = "fr"
first_contact = true
keywords = "k"
within = "2 semaines"
[[then]]
do = "digest"
[[then]]
after = "4 h ouvrées"
do = "add_event"
title = "RDV"
[[then]]
after = "3 jours ouvrables"
do = "send"
template = "suivi-devis"
"""


def test_a_sentence_says_everything_in_both_languages() -> None:
    english = explain(rule(EVERYTHING), EN)
    for part in (
        "When a mail arrived",
        "category invoice or rh, even at the slightest sign",
        "“devis” in the subject",
        "at least €1,250.50",
        "except from a sender who failed the check, older than 3 months",
        "at once, say it in the digest",
        "after 4 working hours, put it into the calendar “RDV”",
        "Saturdays included, send the mail “suivi-devis”",
        "as soon as an answer comes or the mail bounces",
        "asks before it sends",
        "at most 2 weeks ahead",
    ):
        assert part in english
    french = explain(rule(EVERYTHING), FR)
    assert "Quand un mail arrive" in french
    assert "catégorie facture ou rh" in french
    assert french.endswith("demande avant d'envoyer.")


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_rule_reads_as_one_sentence(path: object) -> None:
    for words in (EN, FR):
        said = explain(rule(path.read_text(encoding="utf-8")), words)  # type: ignore[attr-defined]
        assert said.endswith(".")
        assert "\n" not in said
        assert len(said) > 60


def test_the_rest_of_the_vocabulary_has_its_words() -> None:
    assert all(event_phrase(event, EN) != event for event in EVENTS)
    outside = short('attendees = "external", confidence = "high"', on="meeting.upcoming")
    assert "with attendees from outside, when the sorting is sure" in explain(outside, EN)
    before = short("", 'before = "1 semaine"\ndo = "remind"\ntext = "x"', "meeting.upcoming")
    assert "1 week before, remind you “x”" in explain(before, EN)


def test_the_json_schema_names_every_word_of_the_language() -> None:
    schema = json_schema(KNOWN)
    assert set(schema["properties"]["when"]["properties"]) == set(CONDITIONS)
    assert schema["properties"]["on"]["enum"] == list(EVENTS)
    block = schema["properties"]["then"]["items"]
    assert set(block["properties"]["do"]["enum"]) == set(KNOWN.verbs)
    per_verb = {part["if"]["properties"]["do"]["const"]: part["then"] for part in block["allOf"]}
    assert per_verb["draft"]["required"] == ["template"]
    assert set(per_verb["remind"]["propertyNames"]["enum"]) == {"id", "do", "after", "before", "text"}
    assert "null" not in str(schema)
