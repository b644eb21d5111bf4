"""Which questions the digest puts day after day, and what is told of a doubtful mail elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from automator.digest.view import DigestView, TodoItem
from automator.followup.ladder import ObjectRef
from automator.jobs.brief import today_view
from automator.jobs.close import close_object
from automator.mail.message import Message
from automator.store import digests
from automator.store.corrections import Correction, put
from automator.store.messages import listed
from automator.triage.verdict import CATEGORIES, CategoryVerdict, Decision, Reason, Verdict
from tests.support.firm import OWNER
from tests.support.office import US, Office
from tests.support.smtp import SmtpSink

TEACHES = '[categories.invoice]\nlearn_from = "Factures"\n'


class Doubting:
    """A classifier that doubts what the first word of the subject names, with the probability that follows it."""

    name = "doubting"
    categories = CATEGORIES

    def classify(self, messages: Sequence[Message]) -> Sequence[Verdict]:
        return [self._verdict(m) for m in messages]

    def decide(self, category: str, p: float) -> Decision:
        return "yes" if p > 0.7 else "unsure" if p > 0.2 else "no"

    def _verdict(self, message: Message) -> Verdict:
        named, _, rest = message.subject.partition(" ")
        ps = {category: float(rest.split()[0]) if category == named else 0.0 for category in CATEGORIES}
        why = (Reason("« merci »", 0.5), Reason("« devis »", 1.0), Reason("« avant midi »", 1.2), Reason("x", -2.0))
        return Verdict(
            self.name, "other", {c: CategoryVerdict(p, self.decide(c, p), why if p else ()) for c, p in ps.items()}
        )


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with SmtpSink() as sink, Office(tmp_path, smtp=sink.port, extra=TEACHES) as made:
        deps = made.service.deps
        made.service.deps = replace(deps, classifier=Doubting(), classifier_note=lambda: "")
        yield made


def lay(office: Office, subject: str, sender: str = "", **more: object) -> None:
    number = len(office.firm.box)
    address = sender or f"a{number}@s{number}.example"
    text = "Bonjour, voici ce dont nous parlions. Bonne journée."
    office.lay(address, OWNER, subject, text, message_id=f"<{number}@s.example>", **more)  # type: ignore[arg-type]


def view(office: Office) -> DigestView:
    deps = office.service.deps
    with deps.db.read() as tx:
        return today_view(tx, deps, office.service.rules(), deps.today(), deps.clock.now())


def asked(office: Office) -> list[str]:
    return [u.what for u in view(office).unsure]


def to_do(office: Office) -> list[TodoItem]:
    return list(view(office).todo)


def test_three_questions_the_dearest_first(office: Office) -> None:
    for subject in ("invoice 0.25 a", "invoice 0.6 b", "invoice 0.5 c", "invoice 0.3 d", "invoice 0.9 e"):
        lay(office, subject)
    office.read()
    assert asked(office) == ["invoice 0.6 b", "invoice 0.5 c", "invoice 0.3 d"]
    (first, *_) = view(office).unsure
    assert (first.category, first.kind, first.taught_by) == ("invoice", "other", "Factures")


def test_a_question_rests_for_a_week_and_the_others_have_their_turn(office: Office) -> None:
    for n in range(5):
        lay(office, f"invoice 0.{6 - n} n{n}")
    office.read()
    first = ["invoice 0.6 n0", "invoice 0.5 n1", "invoice 0.4 n2"]
    assert asked(office) == first
    office.until("2026-11-18 11:00")
    assert asked(office) == first, "what the digest of the day asked, its preview asks too"
    since = office.clock.now() - timedelta(days=1)
    with office.service.deps.db.read() as tx:
        assert digests.asked(tx, since, before=date(2026, 11, 18)) == {}
        put_once = digests.asked(tx, since, before=date(2026, 11, 19))
    assert [category for _, category in put_once] == ["invoice"] * 3
    office.until("2026-11-19 08:00")
    assert asked(office) == ["invoice 0.3 n3"], "0.2 is a no"
    office.until("2026-11-20 08:00")
    assert asked(office) == []
    office.until("2026-11-25 08:00")
    assert asked(office) == []
    office.until("2026-11-26 08:00")
    assert asked(office) == first


def test_a_digest_that_never_left_has_asked_nothing(tmp_path: Path) -> None:
    with Office(tmp_path) as office:  # its mail server does not answer
        office.service.deps = replace(office.service.deps, classifier=Doubting(), classifier_note=lambda: "")
        lay(office, "invoice 0.5 a")
        office.read()
        office.until("2026-11-19 08:00")
        office.until("2026-11-20 08:00")
        assert asked(office) == ["invoice 0.5 a"]


@pytest.mark.parametrize("how", ["yes", "no", "closed"])
def test_what_the_owner_answered_or_closed_is_not_asked(office: Office, how: str) -> None:
    lay(office, "invoice 0.5 a")
    office.read()
    deps = office.service.deps
    with deps.db.transaction() as tx:
        (m,) = listed(tx)
        if how == "closed":
            close_object(tx, deps.words, m.object, "done", deps.clock.now())
        else:
            put(tx, Correction(m.id, "invoice", how == "yes", "command", deps.clock.now()))
    assert asked(office) == []


def test_what_he_has_dealt_with_is_not_asked(office: Office) -> None:
    lay(office, "invoice 0.5 a", "paul@lefevre.example")
    office.read()
    assert asked(office) == ["invoice 0.5 a"]
    office.lay(
        US, "paul@lefevre.example", "Re: invoice 0.5 a", "Merci, bien reçu.", folder="Sent",
        message_id="<r@durand.example>", answers=["<0@s.example>"],
    )  # fmt: skip
    office.read()
    assert asked(office) == []


def test_the_past_is_not_asked_about(office: Office) -> None:
    lay(office, "invoice 0.5 old")
    office.read()
    office.clock.advance(timedelta(days=15))
    assert asked(office) == []


def test_a_perhaps_urgent_mail_is_a_thing_to_do_and_no_question(office: Office) -> None:
    lay(office, "urgent 0.5 a")
    office.read()
    assert [(i.kind, i.what) for i in to_do(office)] == [("maybe_urgent", "urgent 0.5 a")]
    assert asked(office) == []


def test_a_perhaps_request_is_asked_where_it_stands_or_here_but_not_twice(office: Office) -> None:
    lay(office, "client_request 0.5 a")
    office.read()
    assert [i.kind for i in to_do(office)] == ["maybe_request"]
    assert asked(office) == []
    for n in range(5):
        lay(office, f"urgent 0.9 n{n}")
    office.read()
    assert [i.kind for i in to_do(office)] == ["urgent"] * 5 + ["maybe_request"]
    assert asked(office) == ["client_request 0.5 a"], "among five things to do there was no room for it"


def test_why_a_mail_is_a_thing_to_do(office: Office) -> None:
    lay(office, "urgent 0.9 a", "paul@lefevre.example")
    office.read()
    assert to_do(office)[0].why == ("« avant midi »", "« devis »", "« merci »")
    with office.service.deps.db.transaction() as tx:
        (m,) = listed(tx)
        put(tx, Correction(m.id, "urgent", True, "command", office.clock.now()))
    assert to_do(office)[0].why == ("vous l'avez dit",)


@pytest.mark.parametrize(("before", "known"), [("client_request 0.9", "client connu"), ("x 0.9", "expéditeur connu")])
def test_a_sender_whom_the_owner_answered_before_is_known(office: Office, before: str, known: str) -> None:
    lay(office, f"{before} first", "paul@lefevre.example")
    office.lay(
        US, "paul@lefevre.example", "Re: first", "Merci, bien reçu.", folder="Sent",
        message_id="<r@durand.example>", answers=["<0@s.example>"],
    )  # fmt: skip
    lay(office, "urgent 0.9 second", "paul@lefevre.example")
    lay(office, "urgent 0.9 stranger", "mallory@lefevre.example")
    office.read()
    why = {i.what: i.why for i in to_do(office)}
    assert why["urgent 0.9 second"] == ("« avant midi »", "« devis »", known, "« merci »")
    assert why["urgent 0.9 stranger"] == ("« avant midi »", "« devis »", "« merci »")


def test_a_note_of_the_digest_is_of_the_right_mail(office: Office) -> None:
    lay(office, "invoice 0.5 a")
    office.read()
    assert [u.object for u in view(office).unsure] == [ObjectRef("mail", "1")]
