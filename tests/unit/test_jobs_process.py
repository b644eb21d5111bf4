"""Working off mail: a message that breaks something is alone with it, is tried again, and is set aside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from fpdf import FPDF
from sqlalchemy import event

from automator.errors import PermanentError, TemporaryError
from automator.jobs.process import Processed, process
from automator.jobs.sync import sync
from automator.mail.message import Fetched, Message, MessageRef, RawPart
from automator.ports import Batch, Capabilities
from automator.store import corrections, places
from automator.store.corrections import Correction
from automator.store.tables import place
from automator.triage.decide import Thresholds
from automator.triage.verdict import CategoryVerdict, Decision, Verdict
from tests.support.firm import OWNER
from tests.support.office import Office


class Picky:
    """A real classifier that cannot stand some mails: `how` it fails on those whose subject is in `on`."""

    def __init__(self, how: str, on: frozenset[str]) -> None:
        self.how, self.on, self.seen = how, on, 0

    def classify(self, messages: Sequence[Message]) -> Sequence[Verdict]:
        self.seen += len(messages)
        good = [Verdict("picky", "other", {}) for _ in messages]
        bad = [n for n, m in enumerate(messages) if m.subject in self.on or "*" in self.on]
        if bad and self.how == "raises":
            raise ValueError("the words of the mail")
        if bad and self.how == "refuses":
            raise PermanentError("no model")
        if bad and self.how == "loses one":
            return good[1:]
        for n in bad:  # "breaks the store": a verdict that no row can hold
            good[n] = Verdict("picky", None, {})  # type: ignore[arg-type]
        return good


class Doubtful:
    """Never sure whether a mail is a client's request, and never far from it."""

    def classify(self, messages: Sequence[Message]) -> Sequence[Verdict]:
        return [Verdict("doubtful", "other", {"client_request": CategoryVerdict(0.59, "unsure")}) for _ in messages]

    def decide(self, category: str, p: float) -> Decision:
        return Thresholds(0.4, 0.6)(p)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with Office(tmp_path) as made:
        yield made


def choose(office: Office, how: str, *on: str) -> Picky:
    picky = Picky(how, frozenset(on))
    office.service.deps = replace(office.service.deps, classifier=picky)
    return picky


def lay(office: Office, *subjects: str) -> None:
    for subject in subjects:
        office.lay("Paul <p@lefevre.example>", OWNER, subject, "Bonjour.", message_id=f"<{subject}@lefevre.example>")


def sync_and_process(office: Office) -> Processed:
    sync("bureau", office.service.deps)
    return process("bureau", office.service.deps, office.service.rules())


def subjects(office: Office) -> list[str]:
    return sorted(m.message.subject for m in office.received())


@pytest.mark.parametrize("how", ["raises", "refuses", "loses one", "breaks the store"])
def test_one_mail_that_breaks_something_is_alone_with_it(office: Office, how: str) -> None:
    lay(office, "a", "poison", "b")
    choose(office, how, "poison")
    assert sync_and_process(office) == Processed(2, 0, 1)
    assert subjects(office) == ["a", "b"]
    lay(office, "c")
    assert sync_and_process(office) == Processed(1, 1, 0), "the second time it is set aside"
    assert sync_and_process(office) == Processed(0, 0, 0)
    assert subjects(office) == ["a", "b", "c"]
    with office.service.deps.db.read() as tx:
        assert len(places.quarantined(tx)) == 1


def test_a_mail_that_failed_once_is_worked_off_at_the_next_pass(office: Office) -> None:
    lay(office, "poison")
    choose(office, "raises", "poison")
    assert sync_and_process(office) == Processed(0, 0, 1)
    choose(office, "raises")
    assert sync_and_process(office) == Processed(1, 0, 0)
    assert subjects(office) == ["poison"]


def test_what_is_kept_of_a_failure_says_where_and_not_what_the_mail_says(office: Office) -> None:
    lay(office, "poison")
    choose(office, "raises", "poison")
    sync_and_process(office)
    with office.service.deps.db.read() as tx:
        (error,) = [r.error for r in tx.execute(place.select().where(place.c.attempts > 0))]
    assert error.startswith("ValueError at jobs/process.py:")
    assert "words" not in error


def test_when_every_mail_fails_it_is_not_the_mails(office: Office) -> None:
    lay(office, *(f"m{n}" for n in range(6)))
    choose(office, "raises", "*")
    for _ in range(3):
        assert sync_and_process(office) == Processed(0, 0, 6)
    choose(office, "raises")
    assert sync_and_process(office) == Processed(6, 0, 0)


def test_a_full_disk_is_no_mails_fault(office: Office) -> None:
    text = "Bonjour, il pleut. " * 10_000  # small while it is kept compressed, big once it is parsed
    office.lay("Paul <p@lefevre.example>", OWNER, "a", text, message_id="<a@lefevre.example>")
    sync("bureau", office.service.deps)
    db, rules = office.service.deps.db, office.service.rules()
    with db.read() as tx:
        used = tx.exec_driver_sql("PRAGMA page_count").scalar()

    def full(connection: Any, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count={used}")

    db.engine.dispose()
    event.listen(db.engine, "connect", full)
    with pytest.raises(TemporaryError, match="full"):
        process("bureau", office.service.deps, rules)
    event.remove(db.engine, "connect", full)
    db.engine.dispose()
    with db.read() as tx:
        assert {r.attempts for r in tx.execute(place.select())} == {0}
    assert process("bureau", office.service.deps, rules) == Processed(1)


def test_each_mail_is_tried_once_in_a_pass_however_many_chunks_there_are(office: Office) -> None:
    lay(office, *(f"m{n}" for n in range(53)))
    picky = choose(office, "raises", "m1", "m51")
    assert sync_and_process(office) == Processed(51, 0, 2)
    assert picky.seen == 53 + 53, "each once with its chunk, each once alone"


def test_a_pass_that_is_told_to_stop_leaves_the_rest_for_later(office: Office) -> None:
    lay(office, "a")
    sync("bureau", office.service.deps)
    office.service.deps.stop.set()
    assert process("bureau", office.service.deps, office.service.rules()) == Processed(0)
    office.service.deps.stop.clear()
    assert process("bureau", office.service.deps, office.service.rules()) == Processed(1)


def paper() -> bytes:
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("Helvetica", size=11)
    for line in (
        "Bois du Vercors SARL",
        "Facture F-77 du 10/11/2026",
        "Total TTC : 120,00 EUR",
        "Echeance : 30/11/2026",
    ):
        pdf.cell(0, 8, line, new_x="LMARGIN", new_y="NEXT")
    return bytes(pdf.output())


class Far:
    """A source that gives headers and texts, and its attachments on demand: `fails` says how many times it cannot."""

    capabilities = Capabilities()

    def __init__(self, mail: Fetched, error: Exception, fails: int) -> None:
        self.filed: dict[str, str] = {}
        self.mail, self.error, self.fails, self.asked = mail, error, fails, 0

    def fetch(self, cursor: str | None) -> Iterator[Batch]:
        yield Batch((self.mail,) if cursor != "1" else (), "1")

    def part(self, ref: MessageRef, part: str, limit: int) -> bytes:
        self.asked += 1
        if self.asked <= self.fails:
            raise self.error
        return paper()

    def close(self) -> None:
        """Nothing is open."""


def far(office: Office, error: Exception, fails: int) -> Far:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Bois <compta@bois.example>", OWNER, "Facture F-77"
    mail["Message-ID"], mail["Date"] = "<p@bois.example>", office.clock.at
    mail.set_content("Veuillez trouver notre facture.")
    mail.add_attachment(paper(), maintype="application", subtype="pdf", filename="f.pdf")
    header, text = mail.as_bytes().split(b"\n\n", 1)[0], b"Veuillez trouver notre facture.\n"
    parts = (
        RawPart("1", "text/plain", size=len(text), body=text),
        RawPart("2", "application/pdf", disposition="attachment", filename="f.pdf", size=900),
    )
    ref = MessageRef("bureau", "INBOX", 7, 7)
    source = Far(Fetched(ref, office.clock.at, 900, header=header + b"\n\n", parts=parts), error, fails)
    deps = office.service.deps
    deps.accounts["bureau"].source.close()
    account = replace(deps.accounts["bureau"], source=source)
    office.service.deps = replace(deps, accounts={"bureau": account})
    return source


def test_a_part_that_the_server_does_not_give_just_now_is_asked_for_once_more(office: Office) -> None:
    far(office, TemporaryError("no link"), fails=1)
    assert sync_and_process(office) == Processed(0, 0, 1)
    assert sync_and_process(office) == Processed(1)
    assert [(b.number, str(b.amount)) for b in office.bills()] == [("F-77", "120.00")]


def test_a_mail_whose_part_never_comes_is_worked_off_without_it(office: Office) -> None:
    source = far(office, TemporaryError("no link"), fails=99)
    assert [sync_and_process(office) for _ in range(2)] == [Processed(0, 0, 1), Processed(1)]
    assert (source.asked, subjects(office)) == (2, ["Facture F-77"])


def test_a_mail_whose_part_is_gone_is_worked_off_at_once(office: Office) -> None:
    far(office, PermanentError("no such part"), fails=99)
    assert sync_and_process(office) == Processed(1)


def test_a_bug_of_a_source_sets_its_mail_aside(office: Office) -> None:
    far(office, OSError("connection reset"), fails=99)
    assert [sync_and_process(office) for _ in range(2)] == [Processed(0, 0, 1), Processed(0, 1)]


def test_a_word_on_a_sender_makes_no_request_of_his_list_mail(office: Office) -> None:
    office.service.deps = replace(office.service.deps, classifier=Doubtful())
    lay(office, "first")
    sync_and_process(office)
    (first,), now = office.received(), office.service.deps.clock.now()
    with office.service.deps.db.transaction() as tx:
        corrections.put(tx, Correction(first.id, "client_request", True, "command", now))
    lay(office, "plain")
    listed = {"X-BeenThere": "club@lefevre.example"}
    sender = "Paul <p@lefevre.example>"
    office.lay(sender, OWNER, "listed", "Bonjour.", message_id="<l@lefevre.example>", headers=listed)
    sync_and_process(office)
    said = {m.message.subject: m.decision("client_request") for m in office.received()}
    assert said == {"first": "yes", "plain": "yes", "listed": "unsure"}
