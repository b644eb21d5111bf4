"""The JSON contract of `automator triage`, byte for byte, and how it reads what lies on disk."""

from __future__ import annotations

import json
import mailbox
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from automator.cli.app import app
from automator.cli.mailfiles import read
from tests.support.sorted_mails import BILL, REQUEST, raw
from tests.support.views import plain

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "triage.jsonl"
KEYS = ["path", "message_id", "date", "language", "kind", "classifier", "categories", "facts"]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["triage", *map(str, arguments)])


def rows(*arguments: object) -> list[dict[str, object]]:
    done = run(*arguments, "--json")
    assert done.exit_code == 0, done.output
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three mails, one of them damaged, in a folder of folders; paths are given relative to it."""
    monkeypatch.chdir(tmp_path)
    deep = tmp_path / "mails" / "deep"
    deep.mkdir(parents=True)
    (tmp_path / "mails" / "2-request.eml").write_bytes(raw("Plus de chauffage", REQUEST))
    (deep / "1-bill.EML").write_bytes(
        raw("Facture F-2026-118", BILL, sender="Fournitures SARL <compta@fournitures.example>")
    )
    (deep / "3-damaged.eml").write_bytes(b"\xff\xfe\x00: nothing\x00\r\r\n=?utf-8?b?!!!?=")
    (deep / "notes.txt").write_text("no mail")
    return tmp_path


def test_the_contract_byte_for_byte(folder: Path, golden: bool) -> None:
    os.utime(folder / "mails/deep/3-damaged.eml", (1_780_000_000, 1_780_000_000))
    said = run("mails", "--json", "--model", "keywords").stdout
    if golden:
        GOLDEN.write_text(said, encoding="utf-8")
    assert said == GOLDEN.read_text(encoding="utf-8")


def test_one_object_a_line_sorted_by_path(folder: Path) -> None:
    found = rows("mails")
    assert [row["path"] for row in found] == [
        "mails/2-request.eml",
        "mails/deep/1-bill.EML",
        "mails/deep/3-damaged.eml",
    ]
    assert all(list(row) == KEYS for row in found)
    assert all(str(row["classifier"]).startswith("linear@") for row in found)
    damaged = found[2]
    assert damaged["message_id"] is damaged["date"] is None


def test_a_request_and_a_bill(folder: Path) -> None:
    request, bill, _ = rows("mails")
    assert request["date"] == "2026-11-24T10:00:00+01:00"
    assert request["language"] == "fr"
    categories = request["categories"]
    assert isinstance(categories, dict)
    assert categories["client_request"]["decision"] == "yes"
    assert set(categories["urgent"]) == {"p", "decision", "reasons"}
    facts = bill["facts"]
    assert isinstance(facts, dict)
    assert facts["invoice"]["total_amount"]["value"] == "1286.40"
    assert facts["invoice"]["due_date"]["value"] == "2026-12-24"
    assert facts["invoice"]["direction"] == "received"
    assert facts["reply"] is None


def test_mbox_and_maildir(tmp_path: Path) -> None:
    box = tmp_path / "old.mbox"
    mails = [raw("Un", "Bonjour"), raw("Deux", "From ici\n\nFrom là\n"), raw("Trois", "Bonsoir")]
    box.write_bytes(
        b"".join(
            b"From x@y.example Tue Nov 24 10:00:00 2026\n" + m.replace(b"\nFrom ", b"\n>From ") + b"\n" for m in mails
        )
    )
    maildir = mailbox.Maildir(tmp_path / "dir")
    maildir.add(raw("Quatre", "Bonjour"))
    assert [row["path"] for row in rows(box)] == [f"{box}#1", f"{box}#2", f"{box}#3"]
    contents = [found.content for found in read([box])]
    assert b"\nFrom ici" in contents[1]
    assert [b"Subject: " + s in c for s, c in zip((b"Un", b"Deux", b"Trois"), contents, strict=True)] == [True] * 3
    assert len(rows(tmp_path / "dir")) == 1


def test_a_mail_in_a_maildir_that_begins_like_an_mbox_is_one_mail(tmp_path: Path) -> None:
    mailbox.Maildir(tmp_path / "dir")
    (tmp_path / "dir/new/1.x").write_bytes(b"From x@y Tue\n" + raw("Un", "Bonjour"))
    assert [found.path for found in read([tmp_path / "dir"])] == [str(tmp_path / "dir/new/1.x")]


def test_the_same_file_given_twice_is_read_once_and_an_unknown_name_is_a_mail(tmp_path: Path) -> None:
    file = tmp_path / "letter"
    file.write_bytes(raw("Un", "Bonjour"))
    assert [row["path"] for row in rows(file, file)] == [str(file)]


def test_a_pdf_that_is_no_bill_and_one_that_is(tmp_path: Path) -> None:
    from fpdf import FPDF

    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.4 nothing")
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("helvetica", size=11)
    for line in (
        "Menuiserie Martin SARL",
        "FACTURE F-2026-118",
        "Date : 24/11/2026",
        "Total HT 1 072,00 EUR",
        "TVA 20 % 214,40 EUR",
        "Total TTC 1 286,40 EUR",
        "Echeance : 24/12/2026",
    ):
        pdf.cell(0, 8, line, new_x="LMARGIN", new_y="NEXT")
    (tmp_path / "bill.pdf").write_bytes(bytes(pdf.output()))
    broken, bill = rows(tmp_path / "broken.pdf", tmp_path / "bill.pdf")[::-1]
    assert list(broken) == ["path", "facts"]
    assert broken["facts"] == {"invoice": None}
    facts = bill["facts"]
    assert isinstance(facts, dict)
    assert facts["invoice"]["total_amount"]["value"] == "1286.40"


def test_an_attached_pdf_is_read_in_the_mail(tmp_path: Path) -> None:
    from fpdf import FPDF

    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("helvetica", size=11)
    pdf.cell(0, 8, "FACTURE F-77  Total TTC 250,00 EUR", new_x="LMARGIN", new_y="NEXT")
    content = (("application/pdf", "F-77.pdf", bytes(pdf.output())),)
    (tmp_path / "1.eml").write_bytes(
        raw("Facture", "Bonjour,\n\nCi-joint.", attachments=content, sender="Paul <paul@a.example>")
    )
    facts = rows(tmp_path / "1.eml")[0]["facts"]
    assert isinstance(facts, dict)
    assert facts["invoice"]["total_amount"]["where"].startswith("pdf")


def test_a_path_that_does_not_exist(tmp_path: Path) -> None:
    done = run(tmp_path / "none.eml", "--json")
    assert done.exit_code == 2
    assert "none.eml" in done.stderr
    assert done.stdout == ""


def test_an_empty_folder_says_nothing(tmp_path: Path) -> None:
    assert rows(tmp_path) == []


def test_a_refused_model(tmp_path: Path) -> None:
    (tmp_path / "1.eml").write_bytes(raw("Un", "Bonjour"))
    (tmp_path / "model.gz").write_bytes(b"broken")
    done = run(tmp_path / "1.eml", "--model", tmp_path / "model.gz")
    assert done.exit_code == 2
    assert "damaged" in done.stderr


def test_for_a_person(folder: Path) -> None:
    done = run("mails", "--model", "keywords")
    assert done.exit_code == 0
    lines = [plain(line) for line in done.stdout.splitlines()]
    start = lines.index("mails/2-request.eml  intervention")
    assert [line.split()[0] for line in lines[start + 1 : start + 4]] == ["invoice", "client_request", "urgent"]
    refused, asked, _ = lines[start + 1 : start + 4]
    assert refused.startswith("  invoice         non 0,0")
    assert "  contre : " in refused
    assert asked.startswith("  client_request  oui 0,9")
    assert "  pour : « " in asked
    assert "  total 1286.40" in lines


def test_the_firm_is_taken_from_each_mail(tmp_path: Path) -> None:
    (tmp_path / "1.eml").write_bytes(raw("Planning", REQUEST, sender="Paul <paul@b.example>", to="info@b.example"))
    (tmp_path / "2.eml").write_bytes(raw("Planning", REQUEST, sender="Paul <paul@gmail.com>", to="info@gmail.com"))
    (tmp_path / "3.eml").write_bytes(
        raw(
            "Planning",
            REQUEST,
            sender="Paul <paul@b.example>",
            to="x@c.example",
            headers={"Delivered-To": "info@b.example"},
        )
    )
    asks = [row["categories"]["client_request"]["p"] for row in rows(tmp_path, "--model", "keywords")]  # type: ignore[index]
    assert asks[0] < asks[1]
    assert asks[2] == asks[0]


def test_the_sender_is_checked_by_a_server_of_the_firm(tmp_path: Path) -> None:
    header = {"Authentication-Results": "mx.dupont.example; dmarc=pass header.from=client.example"}
    (tmp_path / "1.eml").write_bytes(raw("Panne", REQUEST, headers=header))
    assert rows(tmp_path)[0]["message_id"] == "<1@client.example>"


def test_what_cannot_be_opened_is_an_empty_mail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as gate:
        gate.bind("gate.eml")
        assert [row["message_id"] for row in rows("gate.eml")] == [None]


def test_an_mbox_without_a_single_mail_line_more(tmp_path: Path) -> None:
    (tmp_path / "one.mbox").write_bytes(b"From a\n")
    assert [found.path for found in read([tmp_path / "one.mbox"])] == [f"{tmp_path / 'one.mbox'}#1"]
