"""Days of the service on a Maildir: the digest and the reminders come when they should, once."""

from __future__ import annotations

import email
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from email import policy
from pathlib import Path

import pytest

from automator.clock import FixedClock
from automator.store import digests, notes, outbox
from tests.support.firm import OWNER, Firm, letter, paris
from tests.support.smtp import SmtpSink

WAIT = """
title = "Un client attend depuis deux jours ouvrés"
on = "mail.waiting_for_us"
stop = ["replied"]

[[then]]
after = "2 jours ouvrés"
do = "remind"
text = "Répondre à {client}"
"""


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    with SmtpSink() as server:
        yield server


def digest_days(sink: SmtpSink) -> list[date]:
    found = [email.message_from_bytes(m.content, policy=policy.default) for m in sink.messages]
    return [datetime.strptime(str(m["Message-ID"])[8:18], "%Y-%m-%d").date() for m in found]  # noqa: DTZ007 - a date


def live(firm: Firm, start: str, end: str, step: timedelta = timedelta(hours=3)) -> None:
    """Every few hours a new process, as after a restart."""
    clock = FixedClock(paris(start))
    last = paris(end)
    while clock.at <= last:
        service = firm.service(clock)
        service.wake()
        service.cycle()
        service.close()
        clock.advance(step)


def test_s16_one_digest_a_working_day_through_holiday_week_end_and_restarts(tmp_path: Path, sink: SmtpSink) -> None:
    firm = Firm(tmp_path, smtp=sink.port, rules={})
    live(firm, "2026-11-09 05:00", "2026-11-17 22:00")
    days = digest_days(sink)
    assert days == [date(2026, 11, d) for d in (9, 10, 12, 13, 16, 17)], "the 11th is a holiday, the 14th a Saturday"


def test_several_missed_digests_become_one(tmp_path: Path, sink: SmtpSink) -> None:
    firm = Firm(tmp_path, smtp=sink.port, rules={})
    live(firm, "2026-11-02 08:00", "2026-11-02 09:00")
    live(firm, "2026-11-13 08:00", "2026-11-13 20:00")
    assert digest_days(sink) == [date(2026, 11, 2), date(2026, 11, 13)]


def test_s18_the_digest_comes_once_on_the_days_the_clocks_change(tmp_path: Path, sink: SmtpSink) -> None:
    firm = Firm(tmp_path, smtp=sink.port, rules={})
    live(firm, "2026-10-23 05:00", "2026-10-27 12:00", timedelta(hours=2))
    live(firm, "2027-03-26 05:00", "2027-03-30 12:00", timedelta(hours=2))
    october = [date(2026, 10, d) for d in (23, 26, 27)]
    march = [date(2027, 3, d) for d in (26, 30)]  # 29 March 2027 is Easter Monday
    assert digest_days(sink) == october + march


def test_a_long_closure_has_a_sign_of_life_each_monday(tmp_path: Path, sink: SmtpSink) -> None:
    firm = Firm(tmp_path, smtp=sink.port, rules={})
    text = firm.config.read_text(encoding="utf-8")
    closure = "\n[working]\nclosures = [{ from = 2026-08-03, to = 2026-08-21 }]\n"
    firm.config.write_text(text + closure, encoding="utf-8")
    live(firm, "2026-07-31 08:00", "2026-08-24 20:00", timedelta(hours=12))
    expected = [date(2026, 7, 31), date(2026, 8, 3), date(2026, 8, 10), date(2026, 8, 17), date(2026, 8, 24)]
    assert digest_days(sink) == expected


def test_a_reminder_stands_in_the_digest_of_the_morning_it_is_due(tmp_path: Path, sink: SmtpSink) -> None:
    firm = Firm(tmp_path, smtp=sink.port, rules={"attente.toml": WAIT})
    clock = FixedClock(paris("2026-11-09 08:00"))
    service = firm.service(clock)
    service.wake()
    service.cycle()
    clock.set(paris("2026-11-09 10:00"))
    text = "Bonjour, pouvez-vous m'envoyer un devis ? Merci de me répondre."
    mail = letter(
        "Paul Lefèvre <paul@lefevre.example>", OWNER, "Devis", text, at=clock.at, message_id="<q@x.example>"
    )
    firm.arrive(mail, clock.at)
    service.cycle()
    clock.set(paris("2026-11-12 07:00"))  # two working days later: the 11th is a holiday
    service.cycle()
    body = email.message_from_bytes(sink.messages[-1].content, policy=policy.default).get_body(("plain",))
    assert body is not None
    said = " ".join(body.get_content().split())
    service.close()
    assert "[EN RETARD 2 j] Paul Lefèvre : Devis" in said, "one matter once"
    assert "Répondre à Paul Lefèvre" in said, "with the words that the owner gave the rule"


def test_a_first_digest_waits_until_the_mailbox_was_looked_at(tmp_path: Path, sink: SmtpSink) -> None:
    firm = Firm(tmp_path, smtp=sink.port, rules={})
    clock = FixedClock(paris("2026-11-09 08:00"))
    service = firm.service(clock)
    service.wake()
    service.house()
    assert sink.messages == []
    service.read("bureau")
    service.house()
    assert len(sink.messages) == 1
    service.close()


def test_a_digest_that_could_not_leave_is_tried_again_under_the_same_id(tmp_path: Path, sink: SmtpSink) -> None:
    firm = Firm(tmp_path, smtp=sink.port, rules={})
    clock = FixedClock(paris("2026-11-09 08:00"))
    service = firm.service(clock)
    service.wake()
    sink.cut = "dot"
    service.cycle()
    sink.cut = ""
    clock.advance(timedelta(minutes=30))
    service.cycle()
    ids = {str(email.message_from_bytes(m.content)["Message-ID"]) for m in sink.messages}
    assert len(sink.messages) == 2, "the link died after the dot: it may come twice"
    assert len(ids) == 1
    with service.deps.db.read() as tx:
        assert [i.state for i in outbox.listed(tx)] == ["done"]
        assert digests.last(tx) is not None
        assert notes.open_notes(tx, clock.now()) == []
    service.close()


def test_s36_our_own_digest_read_back_is_not_news(tmp_path: Path, sink: SmtpSink) -> None:
    firm = Firm(tmp_path, smtp=sink.port, rules={"attente.toml": WAIT})
    clock = FixedClock(paris("2026-11-09 08:00"))
    service = firm.service(clock)
    service.wake()
    service.cycle()
    clock.advance(timedelta(minutes=5))
    own = sink.messages[-1].content
    firm.arrive(own, clock.at)
    forged = own.replace(b"Message-ID: <digest.", b"Message-ID: <digest-of-another.")
    firm.arrive(forged, clock.at)
    service.cycle()
    with service.deps.db.read() as tx:
        from automator.store import messages

        found = {m.message.message_id.startswith("<digest."): m.ours for m in messages.listed(tx)}
    assert found == {True: True, False: False}, "a copied marker proves nothing"
    service.close()
