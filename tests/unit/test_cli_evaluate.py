"""`automator evaluate`: the shipped mails, files with labels, the owner's own mail, and the page."""

from __future__ import annotations

import json
import re
import stat
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from automator.cli.app import app
from automator.config import load_config
from automator.jobs import retrain
from automator.jobs.lessons import is_kept
from automator.jobs.shelf import Shelf
from automator.store import messages
from automator.triage.corpus import kept_back
from automator.wiring import open_store
from tests.support.commands import bill, call, cycle, now, question, started
from tests.support.firm import OWNER, Firm
from tests.unit.test_jobs_shelf import artefact

CORPUS = Path(__file__).resolve().parents[2] / "models" / "corpus"
HOSTILE = '<script>alert("x")</script>'


def run(*words: str) -> Any:
    return CliRunner().invoke(app, ["evaluate", *words])


def figures(*words: str) -> dict[str, Any]:
    done = run(*words, "--model", "keywords", "--json")
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def rows(part: str, count: int) -> list[dict[str, Any]]:
    lines = (CORPUS / f"part_{part}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines[:count]]


def write(folder: Path, part: str, content: list[dict[str, Any]]) -> None:
    lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in content]
    (folder / f"part_{part}.jsonl").write_text("".join(lines), encoding="utf-8")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A small corpus of two authors."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    for part in ("b", "g"):
        write(folder, part, rows(part, 100))
    return folder


def test_by_default_only_mails_kept_back_are_measured(corpus: Path) -> None:
    found = figures(str(corpus))
    assert found["n"] == sum(kept_back(row) for part in ("b", "g") for row in rows(part, 100)) > 10
    assert (found["source"], found["classifier"], found["author_left_out"]) == ("test", "keywords", {})
    assert set(found["categories"]["invoice"]["author"]) == {"b", "g"}


def test_all_rows_and_some_authors(corpus: Path) -> None:
    assert figures(str(corpus), "--all")["n"] == 200
    only = figures(str(corpus), "--all", "--parts", "g")
    assert (only["n"], set(only["categories"]["urgent"]["author"])) == (100, {"g"})
    wrong = run(str(corpus), "--parts", "g,z", "--model", "keywords")
    assert (wrong.exit_code, wrong.stderr) == (2, "--parts: no author z; there are b, g\n")


def test_the_keys_of_json_are_stable(corpus: Path) -> None:
    found = figures(str(corpus), "--all")
    assert list(found) == [
        "source", "classifier", "n", "categories", "kind_accuracy", "false_urgent_of_loud_mails",
        "client_request_of_silent_mails", "aims", "kinds", "costs", "wrong", "author_left_out", "unlabelled",
        "learnt_from", "last_30_days", "compare",
    ]  # fmt: skip
    assert list(found["categories"]["invoice"]) == [
        "all", "language", "difficulty", "author", "aims", "average_precision", "reliability",
    ]  # fmt: skip
    assert list(found["categories"]["invoice"]["all"]) == [
        "n", "positive", "f1", "f1_sure", "precision", "recall", "caught", "false_alarms", "coverage", "unsure",
        "calibration_error", "brier", "cost_per_100", "confusion",
    ]  # fmt: skip
    page = (CORPUS.parents[1] / "docs" / "reference" / "cli.md").read_text(encoding="utf-8")
    told = page[page.index("## `automator evaluate --json`") :]
    for key in [*found, *found["categories"]["invoice"], *found["categories"]["invoice"]["all"]]:
        assert f"`{key}`" in told, key


def test_the_table_is_narrow_and_speaks_french_without_a_configuration(corpus: Path) -> None:
    done = run(str(corpus), "--all", "--model", "keywords", "--compare", "keywords")
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert lines[0] == "keywords · 200 mails du corpus, apprentissage compris"
    assert max(map(len, lines)) <= 100
    assert any(line.startswith("attrapés (oui/incertain) ") for line in lines)
    assert "F1 à côté de keywords\u00a0:" in lines
    assert lines[-1].endswith("= 0,000 [0,000; 0,000], ces mails ne les départagent pas")


def test_a_corpus_with_mistakes_is_refused_with_file_and_line(corpus: Path, tmp_path: Path) -> None:
    spoilt = rows("b", 100)
    spoilt[4]["kind"] = "bill"
    del spoilt[9]["labels"]["urgent"]
    write(corpus, "b", spoilt)
    done = run(str(corpus), "--model", "keywords")
    assert done.exit_code == 1
    assert [line.split(": ")[0] for line in done.stderr.splitlines()] == ["part_b.jsonl:5", "part_b.jsonl:10"]
    trained = CliRunner().invoke(app, ["train", str(corpus), "--out", str(tmp_path / "out")])
    assert (trained.exit_code, trained.stderr) == (1, done.stderr)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["{folder}/none"], "no such file or folder"),
        (["{folder}/part_b.jsonl"], "give its folder"),
        (["{folder}"], "holds neither part_*.jsonl nor mails"),
        (["{folder}", "--own"], "give no PATH with it"),
        (["{folder}", "--all"], "--all and --parts are for a folder of part_*.jsonl"),
        (["--own", "--parts", "b"], "no configuration"),
        (["--model", "{folder}/none.gz"], "cannot be read"),
        (["--compare", "{folder}/none.gz", "--parts", "f"], "cannot be read"),
    ],
)
def test_what_cannot_be_used(tmp_path: Path, words: list[str], said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    called = [word.format(folder=tmp_path) for word in words]
    done = run(*called, *([] if "--model" in called else ["--model", "keywords"]))
    assert done.exit_code == 2, done.output
    assert said in done.stderr.lower() or said in done.stderr, done.stderr


def eml(name: str, subject: str, text: str, labels: str | None = None) -> bytes:
    told = [] if labels is None else [f"X-Automator-Labels: {labels}"]
    head = [f"From: {name}", f"To: {OWNER}", f"Subject: {subject}", "Date: Mon, 23 Nov 2026 09:00:00 +0100", *told]
    return "\r\n".join([*head, "Content-Type: text/plain; charset=utf-8", "", text, ""]).encode()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Mails with labels beside them, in their header, and without any."""
    made = tmp_path / "mails"
    (made / "deep").mkdir(parents=True)
    (made / "a.eml").write_bytes(eml("Bois <compta@bois.example>", "Facture 12", "Total TTC : 1 200,00 €"))
    (made / "deep" / "b.eml").write_bytes(eml("Paul <paul@lefevre.example>", "Devis", "Pouvez-vous m'appeler ?"))
    (made / "c.eml").write_bytes(eml("Paul <paul@lefevre.example>", HOSTILE, "Merci.", "invoice, urgent"))
    (made / "d.eml").write_bytes(eml("Paul <paul@lefevre.example>", "Re: Devis", "Merci."))
    (made / "labels.csv").write_text(
        "file;invoice;client_request;kind;difficulty\na.eml;oui;non;supplier_invoice;easy\ndeep/b.eml;;yes;;hard\n",
        encoding="utf-8",
    )
    return made


def test_mails_in_files(folder: Path) -> None:
    found = figures(str(folder))
    assert (found["source"], found["n"], found["unlabelled"]) == ("files", 3, [str(folder / "d.eml")])
    counts = {name: (c["all"]["n"], c["all"]["positive"]) for name, c in found["categories"].items()}
    assert counts == {"invoice": (2, 2), "client_request": (3, 1), "urgent": (1, 1)}
    assert list(found["categories"]["client_request"]["difficulty"]) == ["easy", "hard"]
    assert found["kind_accuracy"]["n"] == 1
    shown = run(str(folder), "--model", "keywords").stdout.splitlines()
    assert shown[:2] == ["keywords · 3 mails à vous, étiquetés", "1 mail sans étiquette\u00a0: laissé de côté."]
    assert figures(str(folder / "c.eml"))["n"] == 1


def test_a_pdf_is_read_as_triage_reads_it(tmp_path: Path) -> None:
    from email.message import EmailMessage

    from fpdf import FPDF

    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "compta@bois.example", OWNER, "Document"
    mail["X-Automator-Labels"] = "invoice"
    mail.set_content("Ci-joint.")
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("helvetica", size=11)
    for line in ("FACTURE F-12", "Total TTC : 1 200,00 EUR", "A payer avant le 20/12/2026"):
        pdf.cell(0, 8, line, new_x="LMARGIN", new_y="NEXT")
    mail.add_attachment(bytes(pdf.output()), maintype="application", subtype="pdf", filename="d.pdf")
    (tmp_path / "a.eml").write_bytes(mail.as_bytes())
    (bin_,) = figures(str(tmp_path))["categories"]["invoice"]["reliability"]
    said = CliRunner().invoke(app, ["triage", str(tmp_path / "a.eml"), "--model", "keywords", "--json"])
    assert bin_["p"] == json.loads(said.stdout)["categories"]["invoice"]["p"] > 0.5


def test_wrong_labels_beside_mails_are_refused(folder: Path) -> None:
    with (folder / "labels.csv").open("a", encoding="utf-8") as file:
        file.write("gone.eml;yes;no;;\nc.eml;peut-être;;;\n")
    (folder / "d.eml").write_bytes(eml("p@l.example", "s", "t", "spam"))
    done = run(str(folder), "--model", "keywords")
    assert done.exit_code == 1
    assert done.stderr.splitlines() == [
        f"{folder / 'd.eml'}:1: X-Automator-Labels: 'spam'; allowed are invoice, client_request, urgent",
        f"{folder / 'labels.csv'}:4: there is no such mail",
        f"{folder / 'labels.csv'}:5: invoice 'peut-être'; allowed are yes, no, true, false, oui, non, 1, 0",
    ]


class Seen(HTMLParser):
    """The tags of a page and what they refer to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.outside: list[str] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.outside += [f"{name}={value}" for name, value in attrs if name in {"src", "href", "action", "srcset"}]
        self.outside += [
            f"{name}={value}" for name, value in attrs if name.startswith("on") or "url(" in (value or "")
        ]


def test_the_page_stands_alone_and_only_its_owner_reads_it(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text("old", encoding="utf-8")
    file.chmod(0o644)
    assert figures(str(folder), "--html", str(file))["n"] == 3
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    page = file.read_text(encoding="utf-8")
    seen = Seen(page)
    assert not {"script", "link", "img", "iframe", "object", "embed", "form"} & set(seen.tags)
    assert seen.outside == []
    assert "@import" not in page
    assert "url(" not in page
    assert "&lt;script&gt;" in page
    assert seen.tags.count("svg") == 6
    assert "à tort" in page
    assert sorted(p.name for p in tmp_path.iterdir()) == ["mails", "page.html"]
    gone = run(str(folder), "--model", "keywords", "--html", str(tmp_path / "no" / "page.html"))
    assert (gone.exit_code, "No such file or directory" in gone.stderr) == (2, True)


def test_the_page_without_a_mail_or_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(eml("Paul <paul@lefevre.example>", "Rien", "Merci."))
    figures(str(tmp_path), "--html", str(tmp_path / "page.html"))
    assert "svg" not in Seen((tmp_path / "page.html").read_text(encoding="utf-8")).tags
    (tmp_path / "a.eml").write_bytes(eml("Paul <paul@lefevre.example>", "Rien", "Merci.", "client_request"))
    figures(str(tmp_path), "--html", str(tmp_path / "page.html"))
    assert "Aucune décision fausse." in (tmp_path / "page.html").read_text(encoding="utf-8")


@pytest.fixture
def firm(tmp_path: Path) -> Firm:
    made = Firm(tmp_path, smtp=9, rules={}, extra='[categories.rh]\nlearn_from = "RH"\n')
    made.box.add_folder("Sent")
    started(made)
    question(made)
    bill(made)
    cycle(made)
    return made


def test_the_owners_own_mail(firm: Firm) -> None:
    nothing = call(firm, "evaluate", "--own", "--json").rows[0]
    assert (nothing["n"], nothing["last_30_days"]["corrections"]) == (0, 0)
    decided = nothing["last_30_days"]["decisions"]
    assert 0 < decided <= 3 * 2
    was = {row["id"]: row["decisions"] for row in call(firm, "messages", "list", "--json").rows}
    assert was["m1"]["client_request"] == "yes"
    call(firm, "fix", "m1", "--not", "client_request")
    call(firm, "fix", "m2", "invoice")
    call(firm, "fix", "m2", "rh")
    found = call(firm, "evaluate", "--own", "--model", "keywords", "--json").rows[0]
    assert (found["source"], found["n"], found["learnt_from"]) == ("own", 2, None)
    assert found["categories"]["client_request"]["all"]["n"] == found["categories"]["invoice"]["all"]["positive"] == 1
    assert found["last_30_days"]["mails"] == 2
    assert found["last_30_days"]["corrections"] == 1
    assert found["last_30_days"]["error_rate"]["value"] == pytest.approx(1 / decided, abs=1e-4)
    assert [one["mail"] for one in found["wrong"]] == ["m1"]
    text = call(firm, "evaluate", "--own", "--model", "keywords").out
    assert "Les mails corrigés ne sont pas un échantillon au hasard" in " ".join(text.split())
    assert f"1 décisions sur {decided} (2 mails) ont été corrigées" in " ".join(text.split())


def test_the_page_of_ones_own_mail_shows_no_words_of_it(firm: Firm, tmp_path: Path) -> None:
    call(firm, "fix", "m1", "--not", "client_request")
    file = tmp_path / "own.html"
    assert call(firm, "evaluate", "--own", "--model", "keywords", "--html", str(file)).code == 0
    page = file.read_text(encoding="utf-8")
    item = re.search(r"<li><b>Devis porte</b>.*?</li>", page, re.DOTALL)
    assert item is not None
    assert "m1 · " in item.group()
    for word in ("entrée", "Lefèvre", "lefevre", "« ", "Pouvez"):
        assert word not in item.group()
    assert "paul@" not in page


def test_corrections_that_a_learnt_model_knows_are_told_apart(firm: Firm) -> None:
    for n in range(8):
        question(firm, f"Devis {n}")
    cycle(firm)
    words = [f"m{n}" for n in range(1, 11)]
    call(firm, "fix", *words, "urgent")
    db = open_store(load_config(firm.config, environ={}))
    with db.transaction() as tx:
        retrain.begin(tx, now())
        retrain.settle(tx, now(), {"result": "accepted"}, now())
        kept = sum(is_kept(m.message.identity) for m in messages.listed(tx))
    db.close()
    Shelf(firm.folder / "state" / "models").add(artefact(1))
    found = call(firm, "evaluate", "--own", "--json").rows[0]
    assert found["classifier"].startswith("linear@")
    assert (found["n"], found["learnt_from"]["n"]) == (kept, 10 - kept)
    text = " ".join(call(firm, "evaluate", "--own").out.split())
    assert f"{10 - kept} mails corrigés que l'apprentissage a vus" in text
    assert call(firm, "evaluate", "--own", "--model", "keywords", "--json").rows[0]["n"] == 10
