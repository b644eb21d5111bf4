"""Mail of our own is never sorted: the digest and alerts that come back to the inbox, and the copies in Sent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from automator.jobs.brief import today_view
from automator.store import messages
from automator.store.records import StoredMessage
from tests.support.firm import OWNER
from tests.support.office import US, Office
from tests.support.smtp import Received, SmtpSink

URGENT = (
    "Bonjour, grosse fuite d'eau ce matin chez nous, pouvez-vous passer aujourd'hui avant midi ? Rappelez-moi vite."
)
ALERT = """
title = "Alerter"
on = "mail.received"
when = { from = ["paul@lefevre.example"] }

[[then]]
do = "notify"
level = "critical"
text = "Urgent : {objet} ({expediteur}), pouvez-vous rappeler ?"
"""


class Home:
    """An office whose mail server gives the owner what was sent to him."""

    def __init__(self, folder: Path, sink: SmtpSink) -> None:
        self.office = Office(folder, smtp=sink.port, rules={"alerter.toml": ALERT}, start="2026-11-18 05:00")
        sink.on_message = self.deliver

    def deliver(self, got: Received) -> None:
        if OWNER in got.recipients:
            self.office.firm.arrive(got.content, self.office.clock.now())

    def known(self, subject: str) -> list[StoredMessage]:
        """Every mail of the store, ours too, whose subject holds this."""
        with self.office.service.deps.db.read() as tx:
            every = [messages.get(tx, number) for number in range(1, messages.count(tx, baseline=False) + 1)]
        return [m for m in every if m is not None and subject in m.message.subject]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with SmtpSink() as sink:
        made = Home(tmp_path, sink)
        made.office.lay("Paul <paul@lefevre.example>", OWNER, "Fuite", URGENT, message_id="<1@lefevre.example>")
        made.office.service.cycle()
        made.office.until("2026-11-18 20:00")
        yield made
        made.office.service.close()


def test_what_we_sent_the_owner_is_known_again_and_left_alone(home: Home) -> None:
    digests, alerts = home.known("à faire"), home.known("Urgent")
    assert (len(digests), len(alerts)) == (1, 1)
    assert {m.role for m in (*digests, *alerts)} == {"received"}, "they came back to the inbox"
    for m in (*digests, *alerts):
        assert m.ours
        assert m.verdict is None
        assert (m.kind, m.asks, m.automatic) == ("other", False, True)
        assert m.facts.bills == ()
    deps = home.office.service.deps
    with deps.db.read() as tx:
        view = today_view(tx, deps, home.office.service.rules(), deps.today(), deps.clock.now())
        assert (
            sum(messages.processed_between(tx, home.office.clock.now().replace(year=2020), deps.clock.now()).values())
            == 1
        )
    assert [item.what for item in view.todo] == ["Fuite"]
    assert view.unsure == ()


def test_what_only_looks_like_ours_is_sorted(home: Home) -> None:
    (alert,) = home.known("Urgent")
    copied = {
        name: alert.message.headers[name]
        for name in ("x-automator-mac", "x-automator-key")
        if name in alert.message.headers
    }
    assert "x-automator-mac" in copied
    home.office.lay(
        "Mallory <mallory@evil.example>", OWNER, "Copie", URGENT, message_id="<fake@evil.example>", headers=copied
    )
    home.office.read()
    (fake,) = home.known("Copie")
    assert not fake.ours
    assert fake.verdict is not None
    assert fake.verdict.classifier


def test_what_the_owner_sends_is_not_sorted_wherever_a_copy_lies(home: Home) -> None:
    for folder, number in (("Sent", 1), ("INBOX", 2)):
        home.office.lay(
            US, "Paul <paul@lefevre.example>", f"Envoi {number}", URGENT,
            message_id=f"<own{number}@durand.example>", folder=folder,
        )  # fmt: skip
    home.office.read()
    sent = home.known("Envoi")
    assert len(sent) == 2
    assert {(m.role, m.verdict) for m in sent} == {("sent", None)}
    assert not any(
        home.office.service.deps.identity.owns(m.message.sender.addr) and m.verdict for m in home.known("")
    )
