"""A rule file becomes a Rule, or every one of its mistakes with its line; one mistake is one problem."""

from __future__ import annotations

import hashlib
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automator.agenda.durations import Duration
from automator.errors import Problem
from automator.rulebook.intent import Autonomy
from automator.rulebook.schema import Money, Rule, load_rule, load_rules
from automator.words import Words
from tests.support.verbs import RULES, known

KNOWN = known()
EN = Words("en")
GOOD = """
title = "Relancer"
on = "invoice.overdue"
when = { direction = "issued", amount_min = "1 250,50 €", supplier = ["Bois", "Fer"], confidence = "medium" }
except = { keywords = "litige" }
stop = "paid"
autonomy = "ask"
priority = 10

[[then]]
after = "7 jours ouvrés"
do = "send"
template = "relance-1-courtoise"
attach_original = true

[[then]]
after = "2 weeks"
do = "draft"
template = "relance-2-ferme"

[[then]]
id = "appel"
do = "task"
text = "Appeler {client} : {montant}"

[[then]]
do = "draft"
template = "relance-1-courtoise"
"""


def load(text: str) -> tuple[Rule | None, list[Problem]]:
    return load_rule("rules/essai.toml", text.encode(), KNOWN, EN)


def good(text: str) -> Rule:
    rule, problems = load(text)
    assert problems == []
    assert rule is not None
    return rule


def codes(text: str) -> list[tuple[int, str, str, str]]:
    rule, problems = load(text)
    assert (rule is None) == bool(problems)
    return [(p.line, p.key, p.code, p.suggestion) for p in problems]


def test_a_good_rule_is_read_whole() -> None:
    rule = good(GOOD)
    assert (rule.id, rule.file, rule.title, rule.on) == ("essai", "rules/essai.toml", "Relancer", "invoice.overdue")
    assert rule.version == hashlib.sha256(GOOD.encode()).hexdigest()
    assert rule.when["amount_min"] == Money(Decimal("1250.50"), "EUR")
    assert rule.when["supplier"] == ("Bois", "Fer")
    assert rule.when["confidence"] == "medium"
    assert rule.except_ == {"keywords": ("litige",)}
    assert (rule.stop, rule.autonomy, rule.priority) == (("paid",), Autonomy.ASK, 10)
    assert [block.id for block in rule.then] == ["send-1", "draft-1", "appel", "draft-2"]
    assert rule.then[0].after == Duration(7, "working_day", "7 jours ouvrés")
    assert rule.then[0].delay == rule.then[0].after
    assert rule.then[2].delay is None
    assert [block.line for block in rule.then] == [10, 16, 21, 26]
    assert rule.then[0].params.model_dump()["attach_original"] is True


def test_a_send_keeps_the_same_text_as_a_draft() -> None:
    send, draft = good(GOOD).then[:2]
    assert send.as_draft is not None
    assert type(send.as_draft) is type(draft.params)
    assert send.as_draft.model_dump()["template"] == "relance-1-courtoise"
    assert draft.as_draft is None


def test_a_delegation_has_no_draft_of_its_own() -> None:
    rule = good('title = "x"\non = "mail.received"\n[[then]]\ndo = "delegate"\nperson = "lea"')
    assert rule.then[0].as_draft is None


def test_lines_of_keys_and_of_what_surrounds_them() -> None:
    rule = good(GOOD)
    assert rule.line("then", 1, "do") == 18
    assert rule.line("then", 1, "nothing") == 16
    assert rule.line("nothing") == 1
    assert rule.block("appel") is rule.then[2]
    assert rule.block("rien") is None


HEAD = 'title = "x"\non = "mail.received"\n'
REMIND = '[[then]]\ndo = "remind"\ntext = "x"\n'


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", [(1, "title", "missing_key", ""), (1, "on", "missing_key", ""), (1, "then", "missing_key", "")]),
        ('titre = "x"\non = "mail.received"\n' + REMIND, [(1, "titre", "unknown_key", "title")]),
        ('title = "x"\nquand = "mail.received"\n' + REMIND, [(1, "on", "missing_key", ""), (2, "quand", "unknown_key", "when")]),
        ('title = " "\non = "mail.received"\n' + REMIND, [(1, "title", "bad_type", "")]),
        ('title = 3\non = "mail.received"\n' + REMIND, [(1, "title", "bad_type", "")]),
        ('title = "x"\non = "mail.recieved"\n' + REMIND, [(2, "on", "unknown_event", "mail.received")]),
        ('title = "x"\non = 4\n' + REMIND, [(2, "on", "unknown_event", "")]),
        (HEAD + "then = []", [(3, "then", "bad_type", "")]),
        (HEAD + 'then = "remind"', [(3, "then", "bad_type", "")]),
        (HEAD + '[then]\ndo = "remind"\ntext = "x"', [(3, "then", "single_bracket", "")]),
        (HEAD + '[[then]]\ndo = "rappeler"\nnonsense = 3', [(4, "then.1.do", "unknown_verb", "remind")]),
        (HEAD + '[[then]]\nfaire = "remind"\ntext = "x"', [(4, "then.1.faire", "unknown_key", "do")]),
        (HEAD + '[[then]]\ntext = "x"', [(3, "then.1.do", "missing_key", "")]),
        (HEAD + '[[then]]\ndo = 3', [(4, "then.1.do", "unknown_verb", "")]),
        (HEAD + '[[then]]\ndo = "remind"', [(3, "then.1.text", "missing_key", "")]),
        (HEAD + '[[then]]\ndo = "remind"\ntexte = "x"', [(5, "then.1.texte", "unknown_key", "text")]),
        (HEAD + '[[then]]\ndo = "remind"\ntext = 3', [(5, "then.1.text", "bad_type", "")]),
        (HEAD + '[[then]]\ndo = "draft"\nmodele = "suivi-devis"', [(5, "then.1.modele", "unknown_key", "template")]),
        (HEAD + '[[then]]\ndo = "draft"\ntemplate = "suivi-devi"', [(5, "then.1.template", "unknown_template", "suivi-devis")]),
        (HEAD + '[[then]]\ndo = "notify"\nlevel = "critique"', [(5, "then.1.level", "bad_value", "critical")]),
        (HEAD + '[[then]]\ndo = "propose_slots"\ncount = "many"', [(5, "then.1.count", "bad_value", "")]),
        (HEAD + '[[then]]\nafter = "2 jour ouvrés"\ndo = "archive"', [(4, "then.1.after", "bad_duration", "2 jours ouvrés")]),
        (HEAD + '[[then]]\nafter = 2\ndo = "archive"', [(4, "then.1.after", "bad_duration", "")]),
        (HEAD + '[[then]]\nbefore = "2 jours"\ndo = "archive"', [(4, "then.1.before", "wrong_delay", "")]),
        ('title = "x"\non = "invoice.due"\n[[then]]\nafter = "1 jour"\nbefore = "1 jour"\ndo = "digest"', [(5, "then.1.before", "both_delays", "")]),
        ('title = "x"\non = "meeting.upcoming"\n[[then]]\nafter = "1 jour"\ndo = "digest"', [(4, "then.1.after", "wrong_delay", "")]),
        (HEAD + '[[then]]\nid = "Un Nom"\ndo = "archive"', [(4, "then.1.id", "bad_value", "")]),
        (HEAD + '[[then]]\nid = "a"\ndo = "archive"\n[[then]]\nid = "a"\ndo = "digest"', [(7, "then.2.id", "twice", "")]),
        (HEAD + 'when = "urgent"\n' + REMIND, [(3, "when", "bad_type", "")]),
        (HEAD + 'when = { categorie = "urgent" }\n' + REMIND, [(3, "when.categorie", "unknown_key", "category")]),
        (HEAD + 'when = { category = "facture" }\n' + REMIND, [(3, "when.category", "bad_value", "invoice")]),
        (HEAD + 'when = { category = ["rh", 3] }\n' + REMIND, [(3, "when.category", "bad_type", "")]),
        (HEAD + 'when = { kind = [] }\n' + REMIND, [(3, "when.kind", "bad_type", "")]),
        (HEAD + 'when = { account = "burau" }\n' + REMIND, [(3, "when.account", "bad_value", "bureau")]),
        (HEAD + 'when = { amount_min = 50 }\n' + REMIND, [(3, "when.amount_min", "bad_amount", "")]),
        (HEAD + 'when = { amount_min = "50" }\n' + REMIND, [(3, "when.amount_min", "bad_amount", "")]),
        (HEAD + 'when = { amount_min = 50,5 }\n' + REMIND, [(3, "", "decimal_comma", "")]),
        (HEAD + 'when = { has_attachment = "oui" }\n' + REMIND, [(3, "when.has_attachment", "bad_type", "")]),
        (HEAD + 'when = { older_than = "une semaine" }\n' + REMIND, [(3, "when.older_than", "bad_duration", "")]),
        (HEAD + 'when = { confidence = "haute" }\n' + REMIND, [(3, "when.confidence", "bad_value", "high")]),
        (HEAD + 'stop = ["paid"]\n' + REMIND, [(3, "stop", "impossible_stop", "")]),
        (HEAD + 'stop = ["repondu"]\n' + REMIND, [(3, "stop", "unknown_stop", "replied")]),
        (HEAD + "stop = 3\n" + REMIND, [(3, "stop", "bad_type", "")]),
        (HEAD + 'autonomy = "brouillon"\n' + REMIND, [(3, "autonomy", "bad_value", "draft")]),
        (HEAD + 'priority = "haute"\n' + REMIND, [(3, "priority", "bad_type", "")]),
        (HEAD + "schedule = [2026-12-15]\n" + REMIND, [(3, "schedule", "wrong_schedule", "")]),
        (HEAD + REMIND + 'stop = ["replied"]\n', [(6, "then.1.stop", "misplaced_key", "")]),
        (REMIND + HEAD, [(4, "then.1.title", "misplaced_key", ""), (5, "then.1.on", "misplaced_key", "")]),
        (HEAD + '[when]\nkind = "newsletter"\nautonomy = "draft"\n' + REMIND, [(5, "when.autonomy", "misplaced_key", "")]),
        (HEAD + '[[then]]\ndo = "remind"\ntext = "{montant}"', [(5, "then.1.text", "unknown_placeholder", "")]),
        (HEAD + '[[then]]\ndo = "remind"\ntext = "{sujet} {objet}"', [(5, "then.1.text", "unknown_placeholder", "subject")]),
    ],
)  # fmt: skip
def test_one_mistake_is_one_problem_at_its_line(text: str, found: list[tuple[int, str, str, str]]) -> None:
    assert codes(text) == found


def test_the_keys_of_a_verb_are_not_misplaced_keys_of_the_rule() -> None:
    rule = good(HEAD + '[[then]]\ndo = "digest"\npriority = "high"\n[[then]]\ndo = "add_event"\ntitle = "x"')
    assert rule.then[0].params.model_dump()["priority"] == "high"
    assert rule.priority == 0


def test_ten_mistakes_of_one_file_come_in_one_run() -> None:
    text = """titel = "x"
on = "mail.received"
when = { kind = "newsleter", amount_min = 12,50 }
stop = ["paid"]
autonomy = automatique
[[then]]
after = "3 jour"
do = "remind"
texte = “bonjour”
[[then]]
do = "envoyer"
[[test]]
given = { object = "courriel" }
now = "demain"
expect = ["rappeler"]
"""
    assert [(line, code) for line, _, code, _ in codes(text)] == [
        (1, "unknown_key"),
        (3, "bad_value"),
        (3, "decimal_comma"),
        (4, "impossible_stop"),
        (5, "bad_value"),
        (5, "unquoted_text"),
        (9, "unknown_key"),
        (9, "curly_quotes"),
        (11, "unknown_verb"),
        (13, "bad_value"),
        (14, "bad_date"),
        (15, "unknown_verb"),
    ]


def test_every_problem_says_what_and_how() -> None:
    _, problems = load(HEAD + '[[then]]\ndo = "rappeler"')
    assert str(problems[0]).startswith("rules/essai.toml:4: then.1.do: ")
    assert "remind" in problems[0].fix


TEST = HEAD + REMIND + '[[test]]\nname = "t"\n'


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (TEST, [("test.1.given", "missing_key"), ("test.1.now", "missing_key"), ("test.1.expect", "missing_key")]),
        (TEST + 'donne = {}\nnow = 2026-11-12\nexpect = []', [("test.1.donne", "unknown_key")]),
        (TEST + 'given = 3\nnow = 2026-11-12\nexpect = []', [("test.1.given", "bad_type")]),
        (TEST + 'given = {}\nnow = 2026-11-12\nexpect = []', [("test.1.given.object", "missing_key")]),
        (TEST + 'given = { object = "mail", subject_any = "x" }\nnow = 2026-11-12\nexpect = []', [("test.1.given.subject_any", "unknown_key")]),
        (TEST + 'given = { object = "mail", paid = true }\nnow = 2026-11-12\nexpect = []', [("test.1.given.paid", "unknown_key")]),
        (TEST + 'given = { object = "mail", subject = 3 }\nnow = 2026-11-12\nexpect = []', [("test.1.given.subject", "bad_type")]),
        (TEST + 'given = { object = "mail", kind = "facture" }\nnow = 2026-11-12\nexpect = []', [("test.1.given.kind", "bad_value")]),
        (TEST + 'given = { object = "mail", replied = "hier" }\nnow = 2026-11-12\nexpect = []', [("test.1.given.replied", "bad_date")]),
        (TEST + 'given = { object = "mail" }\nnow = 2026-11-12T09:00:00+01:00\nexpect = []', [("test.1.now", "bad_date")]),
        (TEST + 'given = { object = "mail" }\nnow = 2026-11-12\nexpect = "remind"', [("test.1.expect", "bad_type")]),
        (TEST.replace('"t"', "3") + 'given = { object = "mail" }\nnow = 2026-11-12\nexpect = []', [("test.1.name", "bad_type")]),
        (HEAD + REMIND + "test = 3", [("then.1.test", "unknown_key")]),
        ("test = 3\n" + HEAD + REMIND, [("test", "bad_type")]),
    ],
)  # fmt: skip
def test_mistakes_in_tests(text: str, found: list[tuple[str, str]]) -> None:
    assert [(key, code) for _, key, code, _ in codes(text)] == found


def test_a_test_is_read_whole() -> None:
    given = (
        '{ object = "mail", subject = "s", to = "a@b.example", keywords = ["k"], attachments = [], amount = "5 €", '
        'category = ["urgent"], confidence = "medium", has_attachment = false, kind = "order", '
        "received = 2026-11-12T08:00:00, replied = 2026-11-13, bounced = true, due = 2026-12-01, starts = true }"
    )
    case = good(
        HEAD
        + REMIND
        + f'[test]\ngiven = {given}\nnow = 2026-11-12\nexpect = ["remind"]'.replace("[test]", "[[test]]")
    ).tests[0]
    assert case.name == "test 1"
    assert case.line == 6
    assert case.facts["to"] == ("a@b.example",)
    assert case.facts["attachments"] == ()
    assert case.facts["amount"] == Money(Decimal(5), "EUR")
    assert case.facts["confidence"] == "medium"
    assert case.dates["received"] is not None
    assert case.dates["received"].hour == 8
    assert case.dates["due"] is not None
    assert case.dates["starts"] is None
    assert case.past["bounced"] is None
    assert case.now.date() == date(2026, 11, 12)


DATE = 'title = "TVA"\non = "date"\n'


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (DATE + REMIND, [("on", "missing_key")]),
        (DATE + "schedule = []\n" + REMIND, [("schedule", "bad_schedule")]),
        (DATE + 'schedule = ["demain"]\n' + REMIND, [("schedule", "bad_schedule")]),
        (DATE + "schedule = [2026-12-15T09:00:00]\n" + REMIND, [("schedule", "bad_schedule")]),
        (DATE + "schedule = 3\n" + REMIND, [("schedule", "bad_schedule")]),
        (DATE + 'schedule = { every = "mois", day = 40, if_holiday = "avant", hour = 3 }\n' + REMIND,
         [("schedule.every", "bad_value"), ("schedule.day", "bad_value"), ("schedule.if_holiday", "bad_value"), ("schedule.hour", "unknown_key")]),
        (DATE + 'schedule = { every = "year", day = 5 }\n' + REMIND, [("schedule.month", "bad_value")]),
    ],
)  # fmt: skip
def test_mistakes_in_schedules(text: str, found: list[tuple[str, str]]) -> None:
    assert [(key, code) for _, key, code, _ in codes(text)] == found


def test_a_bad_file_never_keeps_the_others_from_loading() -> None:
    files = {"b.toml": (HEAD + REMIND).encode(), "a.toml": b"title = 3", "c.toml": (HEAD + REMIND).encode()}
    book = load_rules(files, KNOWN, EN)
    assert [rule.id for rule in book.rules] == ["b", "c"]
    assert {problem.file for problem in book.problems} == {"a.toml"}


def test_messages_are_french_unless_told_otherwise() -> None:
    _, problems = load_rule("x.toml", b"", KNOWN)
    assert "manque" in problems[0].message


@pytest.mark.parametrize("path", sorted(RULES.glob("*.toml")), ids=lambda p: p.stem)
@given(data=st.data())
def test_a_damaged_file_gives_problems_or_a_rule_and_never_an_error(path: object, data: st.DataObject) -> None:
    text = path.read_text(encoding="utf-8")  # type: ignore[attr-defined]
    start = data.draw(st.integers(0, len(text)))
    cut = data.draw(st.integers(0, 12))
    put = data.draw(st.sampled_from(["", '"', "=", "[", "{", "}", "\n", "é", "“", "3", "true"]))
    rule, problems = load(text[:start] + put + text[start + cut :])
    assert (rule is None) == bool(problems)
