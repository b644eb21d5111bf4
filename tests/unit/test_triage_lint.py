"""The linter of the corpus names each planted mistake at its line, and finds none in what ships."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from automator.jobs.lint import lint_folder, main
from automator.triage.lint import lint
from automator.wiring import shipped

Row = dict[str, Any]
LONG = "Bonjour, la chaudière de la salle des fêtes ne chauffe plus depuis ce matin et le repas des aînés est à midi."


def row(**changes: Any) -> Row:
    made: Row = {
        "id": "z-001",
        "situation": "z-chaudiere",
        "lang": "fr",
        "date": "Tue, 24 Nov 2026 08:00:00 +0100",
        "from_name": "Mairie de Valbourg",
        "from_addr": "mairie@valbourg.example",
        "to_addr": "contact@chauffage-roux.example",
        "headers": {},
        "subject": "Chaudière",
        "body_text": LONG,
        "attachments": [],
        "labels": {"invoice": False, "client_request": True, "urgent": True},
        "kind": "intervention",
        "deadline": None,
        "difficulty": "easy",
    }
    return made | changes


def file(*rows: Row) -> dict[str, bytes]:
    return {"part_z.jsonl": "\n".join(json.dumps(r, ensure_ascii=False) for r in rows).encode()}


def invoice(**fields: Any) -> Row:
    labels = {"invoice": True, "client_request": False, "urgent": False}
    return row(labels=labels, kind="supplier_invoice", fields=fields)


def drop(key: str) -> Row:
    made = row()
    del made[key]
    return made


PLANTED: list[tuple[Row, str]] = [
    (drop("kind"), "missing: kind"),
    (row(colour="red"), "unknown keys: colour"),
    (row(situation="Une chaudière"), "is no slug"),
    (row(lang="xx"), "lang 'xx'"),
    (row(difficulty="tough"), "difficulty 'tough'"),
    (row(headers={"Reply-To": "a@b.example"}), "headers Reply-To have keys of their own"),
    (row(kind="bill"), "is not one of the kinds"),
    (row(from_addr="mairie@valbourg.fr"), "addresses outside .example: valbourg.fr"),
    (row(body_text="Écrivez à jean@gmail.com."), "addresses outside .example: gmail.com"),
    (row(labels={"invoice": True}), "labels must be true or false"),
    (row(labels={"invoice": 0, "client_request": 1, "urgent": 1}), "labels must be true or false"),
    (row(kind="auto_reply"), "a mail of kind auto_reply is no client_request"),
    (invoice() | {"deadline": "2026-11-24"}, "a deadline belongs to client requests"),
    (row(fields={"total_amount": "12.00"}), "fields belong to invoices"),
    (invoice(total="12.00"), "unknown fields: total"),
    (invoice(total_amount=12.0), "total_amount 12.0 must be a text"),
    (invoice(total_amount="12,00"), "total_amount '12,00' must be a text"),
    (invoice(due_date="31/12/2026"), "due_date '31/12/2026' must be a day"),
    (invoice(iban="FR7612345678901234567890123"), "wrong checksum"),
    (row(date="24 Nov"), "is no RFC 5322 date"),
    (row(date="Tue, 24 Nov 2026 08:00:00"), "no offset"),
    (row(date="Mon, 24 Nov 2026 08:00:00 +0100"), "was a Tuesday"),
    (row(deadline="demain"), "deadline 'demain' must be an ISO 8601"),
    (row(subject="", body_text=""), "the mail is empty"),
    (row(attachments=[{"filename": "a.pdf", "content_type": "application/pdf"}]), "a.pdf has no text"),
    (row(attachments=[{"filename": "", "content_type": "image/png"}]), "needs filename and content_type"),
]


@pytest.mark.parametrize(("planted", "told"), PLANTED, ids=[told for _, told in PLANTED])
def test_a_planted_mistake_is_one_problem_at_its_line(planted: Row, told: str) -> None:
    other = row(id="z-000", situation="z-other", body_text="Merci, bien reçu.")
    found = lint(file(other, planted))
    assert [(p.file, p.line) for p in found] == [("part_z.jsonl", 2)]
    assert told in found[0].text


def test_a_good_row_and_an_empty_line_are_no_problem() -> None:
    body = file(row())["part_z.jsonl"]
    assert lint({"part_z.jsonl": body + b"\n\n"}) == []


@pytest.mark.parametrize("line", [b"{", b"[1]"])
def test_a_line_that_is_no_object_is_told(line: bytes) -> None:
    assert len(lint({"part_z.jsonl": line})) == 1


def test_an_id_twice_is_told_at_both_lines() -> None:
    found = lint(file(row(), row(situation="z-b", subject="Merci", body_text="Merci pour tout.")))
    assert [p.line for p in found] == [1, 2]
    assert "stands 2 times" in found[0].text


def test_the_same_mail_under_two_situations_is_told_at_the_second() -> None:
    found = lint(file(row(), row(id="z-002", situation="z-other", body_text=LONG + " Merci de rappeler Sophie.")))
    assert [p.line for p in found] == [2]
    assert "z-001" in found[0].text


def test_the_same_mail_under_one_situation_is_no_problem() -> None:
    assert lint(file(row(), row(id="z-002"))) == []


def test_the_shipped_corpus_has_no_problem() -> None:
    assert [str(p) for p in lint_folder(shipped("models") / "corpus")] == []


def test_the_command_prints_the_problems(tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    run: Callable[..., int] = main
    assert run([]) == 2
    assert run([str(tmp_path)]) == 1
    (tmp_path / "part_z.jsonl").write_bytes(file(row(lang="xx"))["part_z.jsonl"])
    assert run([str(tmp_path)]) == 1
    assert "part_z.jsonl:1: lang 'xx'" in capsys.readouterr().out
    (tmp_path / "part_z.jsonl").write_bytes(file(row())["part_z.jsonl"])
    assert run([str(tmp_path)]) == 0
