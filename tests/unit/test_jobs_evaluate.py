"""The report on judged mails: groups, mistakes, comparisons, labels beside mails."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from automator.billing.invoice import Identity
from automator.jobs.evaluate import Case, Labelled, compared_with, judged, mistakes, report
from automator.jobs.evaluate_labels import HEADER, Labels, header_labels, read_label_files
from automator.jobs.evaluate_text import SIDE, WIDTH, lines
from automator.mail.message import Fetched, MessageRef
from automator.mail.parse import parse
from automator.triage.decide import Thresholds
from automator.triage.lint import Problem
from automator.triage.verdict import CATEGORIES, CategoryVerdict, Verdict
from automator.words import Words
from tests.support.tools import NOW

MAIL = b"From: a@b.example\r\nSubject: s\r\n\r\nBonjour\r\n"


def case(
    name: str,
    labels: Mapping[str, bool],
    ps: Mapping[str, float],
    *,
    kind: str = "",
    told: str = "other",
    lang: str = "fr",
) -> Case:
    message = parse(Fetched(MessageRef("x", "INBOX", 1, 1), NOW, len(MAIL), whole=MAIL))
    mail = Labelled(name, message, Identity(), labels, kind, lang, "easy", "k")
    said = {c: CategoryVerdict(p, Thresholds(0.3, 0.6)(p)) for c, p in ps.items()}
    return Case(mail, Verdict("test@1", told, said))


def ps(invoice: float = 0.0, request: float = 0.0, urgent: float = 0.0) -> dict[str, float]:
    return {"invoice": invoice, "client_request": request, "urgent": urgent}


NOTHING = dict.fromkeys(CATEGORIES, False)
CASES = [
    case("1", {**NOTHING, "invoice": True}, ps(invoice=0.9), kind="receipt", told="receipt"),
    case("2", {**NOTHING, "invoice": True}, ps(invoice=0.1), kind="receipt", told="order", lang="nl"),
    case("3", NOTHING, ps(urgent=0.7), kind="promotion", told="promotion", lang="en"),
    case("4", {"invoice": False}, ps(invoice=0.95, request=0.9)),
    case("5", NOTHING, ps(request=0.4), kind="bounce", told="bounce"),
]


def test_an_unknown_label_is_not_judged() -> None:
    assert len(judged(CASES, "invoice")) == 5
    assert len(judged(CASES, "urgent")) == 4
    found = report(CASES)
    assert [found["categories"][c]["all"]["n"] for c in CATEGORIES] == [5, 4, 4]
    assert {name: one["n"] for name, one in found["categories"]["invoice"]["language"].items()} == {
        "fr": 3,
        "en": 1,
        "other": 1,
    }
    assert found["categories"]["invoice"]["author"]["k"]["n"] == 5


def test_kinds_loud_and_silent_mails() -> None:
    found = report(CASES)
    assert (found["kind_accuracy"]["value"], found["kind_accuracy"]["n"]) == (0.75, 4)
    assert {"truth": "receipt", "said": "order", "n": 1} in found["kinds"]
    assert found["false_urgent_of_loud_mails"]["n"] == found["client_request_of_silent_mails"]["n"] == 1
    assert found["false_urgent_of_loud_mails"]["value"] == found["client_request_of_silent_mails"]["value"] == 1.0
    assert found["aims"]["client_request_of_silent_mails"] == {"at_most": 0.0, "reached": False}


def test_mistakes_are_the_surest_first_and_unsure_is_none() -> None:
    assert [(one.mail.name, category) for one, category in mistakes(CASES)] == [
        ("4", "invoice"), ("2", "invoice"), ("3", "urgent"),
    ]  # fmt: skip
    assert report(CASES)["wrong"][0] == {
        "mail": "4", "category": "invoice", "truth": False, "decision": "yes", "p": 0.95,
    }  # fmt: skip


def test_a_category_of_ones_own_is_measured_where_it_is_labelled_and_known() -> None:
    own = [case("1", {"rh": True, "chantier": True}, {**ps(), "rh": 0.9}), *CASES]
    found = report(own)
    assert list(found["categories"]) == [*CATEGORIES, "rh"]
    assert found["categories"]["rh"]["all"]["f1"]["value"] == 1.0
    assert found["categories"]["rh"]["aims"] == {}
    assert found["costs"]["miss"] == {"invoice": 5.0, "client_request": 10.0, "urgent": 20.0, "rh": 3.0}


def test_two_models_on_the_same_mails() -> None:
    good = [case(str(n), {**NOTHING, "invoice": n % 2 == 0}, ps(invoice=0.9 * (n % 2 == 0))) for n in range(60)]
    bad = [case(str(n), {**NOTHING, "invoice": n % 2 == 0}, ps(invoice=0.9 * (n % 4 == 0))) for n in range(60)]
    found = compared_with(good, bad)["categories"]["invoice"]
    assert (found["f1"], found["better"]) == (1.0, "this")
    assert found["difference"]["low"] > 0
    assert compared_with(bad, good)["categories"]["invoice"]["better"] == "other"
    assert compared_with(good, good)["categories"]["invoice"]["better"] == "unknown"
    assert compared_with([], [])["categories"] == {
        name: compared_with([], [])["categories"][name] for name in CATEGORIES
    }


@pytest.mark.parametrize("locale", ["fr", "en"])
def test_the_table_fits_a_hundred_columns(locale: str) -> None:
    many = [
        case(str(n), {**NOTHING, "rh": n > 5, "b" * 40: True}, {**ps(), "rh": 0.5, "b" * 40: 1.0}) for n in range(12)
    ]
    full = {
        "source": "own", **report([*CASES, *many]), "author_left_out": {}, "unlabelled": ["x.eml"],
        "learnt_from": report(CASES), "compare": compared_with(CASES, CASES),
        "last_30_days": {
            "days": 30, "mails": 1200, "corrections": 7, "decisions": 3400, "answered": 0,
            "error_rate": {"value": 0.0021, "low": 0.001, "high": 0.004, "n": 3400},
            "categories": {"rh": {"value": None, "low": 0, "high": 1, "n": 0}},
        },
    }  # fmt: skip
    shown = list(lines(full, Words(locale)))
    assert max(map(len, shown)) <= WIDTH
    told = next(line for line in shown if line.startswith("F1  "))
    assert told[SIDE:].startswith("0,500 [" if locale == "fr" else "0.500 [")
    assert told.count("≥") == 1, "nothing to find is no aim reached"


def write(folder: Path, text: str, name: str = "labels.csv") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_text(text, encoding="utf-8-sig")
    return file


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_labels_as_spreadsheets_write_them(tmp_path: Path, separator: str) -> None:
    text = "File,invoice,urgent,kind,lang\na.eml,Oui,,receipt,FR\n\nsub\\b.eml,0,TRUE,,\n"
    write(tmp_path, text.replace(",", separator))
    write(tmp_path / "deep", "file,client_request\nx.mbox#3,y\n")
    found = read_label_files(tmp_path, CATEGORIES)
    assert not found.problems
    assert {str(Path(name).relative_to(tmp_path)): one.labels for name, one in found.labels.items()} == {
        "a.eml": {"invoice": True},
        "sub/b.eml": {"invoice": False, "urgent": True},
        "deep/x.mbox#3": {"client_request": True},
    }
    first = found.labels[str(tmp_path / "a.eml")]
    assert (first.kind, first.language, first.line) == ("receipt", "fr", 2)
    assert read_label_files(tmp_path / "a.eml", CATEGORIES).labels.keys() >= {str(tmp_path / "a.eml")}


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", 1, "the column file is missing"),
        ("file,facture\na.eml,yes\n", 1, "wrong columns: facture"),
        ("file,invoice,invoice\n", 1, "wrong columns: invoice, invoice"),
        ("file,invoice\na.eml,perhaps\n", 2, "invoice 'perhaps'; allowed are yes, no"),
        ("file,invoice\n,yes\n", 2, "the name of the file is missing"),
        ("file,kind\na.eml,bill\n", 2, "kind 'bill'"),
        ("file,invoice\na.eml,yes\na.eml,no\n", 3, "more than once"),
    ],
)
def test_wrong_labels_are_told_with_their_line(tmp_path: Path, text: str, line: int, said: str) -> None:
    file = write(tmp_path, text)
    (problem,) = read_label_files(tmp_path, CATEGORIES).problems
    assert (problem.file, problem.line) == (str(file), line)
    assert said in problem.text


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b'file,invoice\n"a\x00' + b"x" * 200_000])
def test_a_file_that_is_no_csv_is_a_problem_and_no_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "labels.csv").write_bytes(content)
    assert read_label_files(tmp_path, CATEGORIES).problems


@pytest.mark.parametrize(
    ("value", "labels"),
    [
        (b" invoice, Urgent", {"invoice": True, "client_request": False, "urgent": True}),
        (b"", {"invoice": False, "client_request": False, "urgent": False}),
        (b" rh", {"invoice": False, "client_request": False, "urgent": False, "rh": True}),
    ],
)
def test_labels_in_a_header(value: bytes, labels: dict[str, bool]) -> None:
    mail = b"Subject: s\r\n" + HEADER.encode() + b":" + value + b"\r\n\r\nX-Automator-Labels: spam\r\n"
    found = header_labels(mail, "a.eml", (*CATEGORIES, "rh"))
    assert isinstance(found, Labels)
    assert found.labels == labels


def test_a_wrong_header_is_told_and_none_is_none() -> None:
    found = header_labels(b"X-Automator-Labels: \x1b[2Jspam\r\n\r\n", "a.eml", CATEGORIES)
    assert found == Problem(
        "a.eml", 1, r"X-Automator-Labels: '\x1b[2jspam'; allowed are invoice, client_request, urgent"
    )
    assert header_labels(MAIL, "a.eml", CATEGORIES) is None
