"""What a digest tells when the one before never left, when the clock jumped, and in whose language."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from automator.clock import FixedClock
from automator.followup.ladder import ObjectRef
from automator.jobs.close import close_object
from automator.jobs.cycle import Service
from automator.rulebook.plan import Autonomy, Intent
from automator.store import digests, outbox
from tests.support.dunning import digest_text
from tests.support.firm import OWNER, Firm, letter, paris
from tests.support.smtp import SmtpSink

SIGNAL = """
title = "Signaler"
on = "mail.received"
when = { from = ["paul@lefevre.example"] }

[[then]]
do = "digest"
section = "waiting"
"""
TWICE = """
title = "Relire"
on = "mail.received"
when = { from = ["paul@lefevre.example"] }

[[then]]
do = "task"
text = "Sortir le plan de Paul"

[[then]]
do = "remind"
text = "Appeler Paul"
"""
DOWN = {"RCPT": "450 4.3.0 down"}


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    with SmtpSink() as server:
        yield server


class Days:
    """The service of a firm on a Maildir, put to any moment."""

    def __init__(self, folder: Path, sink: SmtpSink, rules: dict[str, str], start: str) -> None:
        self.firm = Firm(folder, smtp=sink.port, rules=rules)
        self.clock = FixedClock(paris(start))
        self.sink = sink
        self.service: Service = self.firm.service(self.clock)
        self.service.wake()
        self.service.cycle()

    def at(self, moment: str) -> None:
        self.clock.set(paris(moment))
        self.service.cycle()

    def hours(self, count: int) -> None:
        for _ in range(count):
            self.clock.advance(timedelta(hours=1))
            self.service.cycle()

    def mail(self, subject: str = "Plan de la maison") -> None:
        text = "Bonjour, voici le plan. Bonne journée."
        raw = letter(
            "Paul <paul@lefevre.example>", OWNER, subject, text, at=self.clock.now(),
            message_id=f"<{len(self.firm.box)}@lefevre.example>",
        )  # fmt: skip
        self.firm.arrive(raw, self.clock.now())

    def briefs(self) -> list[tuple[str, str]]:
        with self.service.deps.db.read() as tx:
            return [(i.key, i.state) for i in reversed(outbox.listed(tx)) if i.action == "brief"]


@pytest.fixture
def days(tmp_path: Path, sink: SmtpSink) -> Iterator[Days]:
    made = Days(tmp_path, sink, {"signaler.toml": SIGNAL}, "2026-11-18 08:00")
    yield made
    made.service.close()


def test_what_a_failed_digest_was_to_tell_the_next_one_tells(days: Days) -> None:
    days.clock.set(paris("2026-11-18 10:00"))
    days.mail()
    days.service.cycle()
    days.sink.replies = dict(DOWN)
    days.at("2026-11-19 07:01")
    days.hours(15)
    assert days.briefs()[-1] == ("digest/2026-11-19", "failed")
    days.sink.replies = {}
    days.at("2026-11-20 07:01")
    said = digest_text(days.sink)
    assert "Paul : Plan de la maison" in said
    assert "1 mail trié" in said
    assert "mercredi 8 h" in said, "it says since when: the last digest that left"
    assert "bilan digest : abandonné après plusieurs essais : 127.0.0.1 : pas maintenant (450" in said
    days.at("2026-11-23 07:01")
    assert "Paul : Plan de la maison" not in digest_text(days.sink), "told once by one that left"


def test_a_first_digest_that_never_left_hands_its_span_on(tmp_path: Path, sink: SmtpSink) -> None:
    sink.replies = dict(DOWN)
    days = Days(tmp_path, sink, {"signaler.toml": SIGNAL}, "2026-11-16 06:00")
    days.mail()
    days.at("2026-11-16 07:30")
    days.hours(14)
    days.at("2026-11-17 07:30")
    days.hours(14)
    days.sink.replies = {}
    days.at("2026-11-18 07:30")
    assert [state for _, state in days.briefs()] == ["failed", "failed", "done"]
    assert "Votre premier bilan" in digest_text(sink)
    assert "Paul : Plan de la maison" in digest_text(sink)
    assert "1 mail trié" in digest_text(sink)
    days.service.close()


def test_after_a_night_without_a_way_out_one_digest_comes_not_two(days: Days) -> None:
    days.sink.messages.clear()
    days.sink.replies = dict(DOWN)
    days.at("2026-11-19 07:01")
    days.sink.replies = {}
    days.at("2026-11-20 08:00")
    assert len(days.sink.messages) == 1
    assert days.briefs()[1:] == [("digest/2026-11-19", "cancelled"), ("digest/2026-11-20", "done")]


def test_a_clock_that_ran_ahead_for_a_while_spoils_no_later_digest(days: Days) -> None:
    days.at("2036-11-18 08:00")
    days.clock.set(paris("2026-11-18 10:00"))
    days.mail()
    days.service.cycle()
    days.at("2026-11-19 07:01")
    assert "Paul : Plan de la maison" in digest_text(days.sink)
    assert "1 mail trié" in digest_text(days.sink)
    with days.service.deps.db.read() as tx:
        last = digests.last(tx, days.clock.now())
        assert last is not None
        assert last.day == date(2026, 11, 19)
        assert last.since == paris("2026-11-18 08:00")
        ahead = digests.last(tx)
        assert ahead is not None
        assert ahead.day == date(2036, 11, 18)


def test_all_the_owners_words_about_one_mail_stand_on_its_line(tmp_path: Path, sink: SmtpSink) -> None:
    days = Days(tmp_path, sink, {"relire.toml": TWICE}, "2026-11-18 08:00")
    days.clock.set(paris("2026-11-18 10:00"))
    days.mail()
    days.service.cycle()
    days.at("2026-11-19 07:01")
    said = digest_text(sink)
    assert "1 à faire" in said
    assert "Appeler Paul" in said
    assert "Sortir le plan de Paul" in said
    days.service.close()


def held(days: Days, ref: ObjectRef, action: str, state: str, error: str) -> int:
    """A deed as it lies in the outbox after it was kept back, cut off or refused."""
    from automator.store.tables import outbox as rows

    with days.service.deps.db.transaction() as tx:
        now: datetime = days.clock.now()
        params = days.service.deps.options[action].model_construct(template="x")
        intent = Intent(
            f"r/{ref}/{action}/{state}", ref, "bureau", action, params, now, Autonomy.AUTO, "r", "", "why"
        )
        outbox.enqueue(tx, [intent], now)
        (item,) = [i for i in outbox.listed(tx) if i.key == intent.key]
        values = {"state": state, "hold": "allow_send" if state == "held" else "", "error": error, "settled_at": now}
        tx.execute(rows.update().where(rows.c.id == item.id).values(**values))
        return item.id


def test_a_french_digest_gives_its_reasons_in_french(days: Days) -> None:
    days.clock.advance(timedelta(hours=1))
    held(days, ObjectRef("mail", "90"), "send", "unknown", "cut off before the answer")
    held(days, ObjectRef("mail", "91"), "draft", "failed", "given up: smtp.example: not now (450 4.2.0 later)")
    held(days, ObjectRef("mail", "92"), "send", "held", "nobody to write to is known for this case")
    with days.service.deps.db.read() as tx:
        from automator.jobs.brief import today_view

        view = today_view(tx, days.service.deps, days.service.rules(), date(2026, 11, 18), days.clock.now())
    assert [i.why for i in view.todo] == [("interrompu avant la réponse",), ("destinataire inconnu pour ce dossier",)]
    assert [f.detail.replace("\u00a0", " ") for f in view.failures] == [
        "r : abandonné après plusieurs essais : smtp.example : pas maintenant (450 4.2.0 later)"
    ]


def test_done_cancels_what_came_at_once_but_not_the_filing(days: Days) -> None:
    ref = ObjectRef("invoice", "90")
    letter_id = held(days, ref, "draft", "ready", "")
    filing_id = held(days, ref, "archive", "ready", "")
    with days.service.deps.db.transaction() as tx:
        assert close_object(tx, days.service.deps.words, ref, "done", days.clock.now()) == 0
        states = {i.id: i.state for i in outbox.of_object(tx, ref)}
    assert states == {letter_id: "cancelled", filing_id: "ready"}
