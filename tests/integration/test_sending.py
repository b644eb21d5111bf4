"""Mail to other people, on real servers: only when allowed, never on stale knowledge, within the caps, never twice."""

from __future__ import annotations

import email
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from email.message import Message
from pathlib import Path

import pytest

from automator.clock import FixedClock
from automator.jobs.remind import remind
from automator.store import outbox, settings
from automator.store.records import OutboxItem
from tests.support.dovecot import Dovecot
from tests.support.firm import OWNER, PASSWORD, Firm, letter, paris
from tests.support.proxy import Relay
from tests.support.smtp import SmtpSink

pytestmark = pytest.mark.dovecot

CLIENT = "paul@lefevre.example"
FOLLOW = """
title = "Relancer sans attendre"
on = "mail.waiting_for_them"
stop = ["replied"]
autonomy = "{autonomy}"

[[then]]
after = "1 jour ouvré"
do = "send"
template = "suivi-devis"
"""


class Desk:
    """A firm that wrote to a client on Wednesday morning; the rule answers for it on Thursday at nine."""

    def __init__(self, folder: Path, stack: ExitStack, *, autonomy: str = "auto", send: bool = True) -> None:
        self.dovecot = stack.enter_context(Dovecot({OWNER: PASSWORD}))
        self.line = stack.enter_context(Relay(self.dovecot.port))
        self.sink = stack.enter_context(SmtpSink())
        rules = {"relancer.toml": FOLLOW.format(autonomy=autonomy)}
        self.firm = Firm(folder, imap=self.line.port, smtp=self.sink.port, rules=rules, autonomy="auto", send=send)
        self.clock = FixedClock(paris("2026-11-18 08:00"))
        self.service = self.firm.service(self.clock)
        stack.callback(lambda: self.service.close())  # noqa: PLW0108 - a test may have put another service there
        self.service.wake()
        self.service.cycle()

    def write(self, n: int = 1, to: str = CLIENT) -> None:
        text = "Bonjour, que pensez-vous de notre devis ? Merci de me répondre."
        at = self.clock.now()
        mail = letter(f"Claire <{OWNER}>", to, f"Devis {n}", text, at=at, message_id=f"<{n}@durand.example>")
        self.firm.arrive(mail, at, "Sent")

    def at(self, text: str) -> None:
        self.clock.set(paris(text))
        self.service.cycle()

    def queue(self, text: str) -> None:
        """The step comes due then, and waits in the outbox."""
        self.clock.set(paris(text))
        remind("bureau", self.service.deps, self.service.rules())
        assert [i.state for i in self.sends()] == ["ready"]

    def letters(self) -> list[Message]:
        found = [email.message_from_bytes(m.content) for m in self.sink.messages]
        return [m for m in found if OWNER not in str(m["To"])]

    def to_clients(self) -> list[str]:
        return [str(m["Message-ID"]) for m in self.letters()]

    def sends(self) -> list[OutboxItem]:
        with self.service.deps.db.read() as tx:
            return [i for i in outbox.listed(tx) if i.action == "send"]


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as found:
        yield found


def written(folder: Path, stack: ExitStack, *, autonomy: str = "auto", send: bool = True) -> Desk:
    desk = Desk(folder, stack, autonomy=autonomy, send=send)
    desk.write()
    desk.at("2026-11-18 10:00")
    return desk


def test_it_leaves_on_its_day_once_and_is_filed_in_sent(tmp_path: Path, stack: ExitStack) -> None:
    desk = written(tmp_path, stack)
    desk.at("2026-11-19 08:50")
    assert desk.to_clients() == [], "the window opens at nine"
    for hour in ("09:01", "11:00", "15:00"):
        desk.at(f"2026-11-19 {hour}")
    (sent,) = desk.to_clients()
    copies = [email.message_from_bytes(m)["Message-ID"] for m in desk.firm.mails("Sent")]
    assert copies.count(sent) == 1
    mail = email.message_from_bytes(desk.sink.messages[-1].content)
    assert mail["In-Reply-To"] == "<1@durand.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    desk.at("2026-11-30 10:00")
    assert len(desk.to_clients()) == 1, "our own letter starts no second case"


def test_s03_an_answer_that_was_not_polled_yet_cancels_it(tmp_path: Path, stack: ExitStack) -> None:
    desk = written(tmp_path, stack)
    desk.queue("2026-11-19 09:05")  # due, and queued ...
    answer = letter(f"Paul <{CLIENT}>", OWNER, "Re: Devis 1", "C'est d'accord.", at=desk.clock.now(),
                    message_id="<yes@lefevre.example>", answers=["<1@durand.example>"])  # fmt: skip
    desk.firm.arrive(answer, desk.clock.now())  # ... and here comes the answer
    desk.service.act("bureau")
    assert desk.to_clients() == []
    assert [(i.state, i.error) for i in desk.sends()] == [("cancelled", "replied")]


def test_s03_a_mailbox_that_cannot_be_read_holds_it_back(tmp_path: Path, stack: ExitStack) -> None:
    desk = written(tmp_path, stack)
    desk.queue("2026-11-19 09:05")
    desk.line.__exit__(None, None, None)  # the network is gone, the kept connection with it
    desk.service.act("bureau")
    assert desk.to_clients() == []
    assert [(i.state, i.hold) for i in desk.sends()] == [("held", "stale")]


def test_ask_waits_for_the_owners_word(tmp_path: Path, stack: ExitStack) -> None:
    desk = written(tmp_path, stack, autonomy="ask")
    desk.at("2026-11-19 09:05")
    (held,) = desk.sends()
    assert (held.state, held.hold) == ("held", "approval")
    with desk.service.deps.db.transaction() as tx:
        assert outbox.approve(tx, held.id, desk.clock.now())
    desk.at("2026-11-19 20:00")
    assert desk.to_clients() == [], "what the owner let go leaves in the opening hours too"
    desk.at("2026-11-20 09:01")
    assert len(desk.to_clients()) == 1
    (mail,) = desk.letters()
    assert mail["Auto-Submitted"] is None, "it is the owner's own mail"


def test_without_allow_send_nothing_leaves_and_a_draft_waits(tmp_path: Path, stack: ExitStack) -> None:
    desk = written(tmp_path, stack, send=False)
    desk.at("2026-11-19 09:05")
    assert desk.to_clients() == []
    assert desk.sends() == []
    assert len(desk.firm.mails("Drafts")) == 1


def test_s11_an_address_gets_one_automatic_mail_a_day(tmp_path: Path, stack: ExitStack) -> None:
    desk = Desk(tmp_path, stack)
    desk.write(1)
    desk.write(2)
    desk.at("2026-11-18 10:00")
    desk.at("2026-11-19 09:05")
    assert len(desk.to_clients()) == 1
    assert sorted(i.state for i in desk.sends()) == ["done", "held"]
    desk.at("2026-11-19 17:00")
    assert len(desk.to_clients()) == 1
    desk.at("2026-11-20 09:10")
    assert len(desk.to_clients()) == 2


def test_s19_a_refusal_is_told_and_a_busy_server_is_tried_again(tmp_path: Path, stack: ExitStack) -> None:
    desk = written(tmp_path, stack)
    desk.sink.replies = {"RCPT": "451 4.7.1 busy"}
    desk.at("2026-11-19 09:05")
    (item,) = desk.sends()
    assert (item.state, item.attempts) == ("ready", 1)
    assert item.not_before - desk.clock.now() >= timedelta(minutes=4)
    desk.sink.replies = {"RCPT": "550 5.1.1 unknown"}
    desk.at("2026-11-19 10:30")
    (item,) = desk.sends()
    assert (item.state, item.attempts) == ("failed", 2)
    assert "550" in item.error
    desk.sink.replies = {}
    desk.at("2026-11-20 07:01")
    assert "550" in desk.sink.messages[-1].content.decode("utf-8", "replace") or desk.to_clients() == []


def test_s01_a_link_that_dies_after_the_dot_leaves_it_unknown_and_asks(tmp_path: Path, stack: ExitStack) -> None:
    desk = written(tmp_path, stack)
    desk.sink.cut = "dot"
    desk.at("2026-11-19 09:05")
    assert len(desk.to_clients()) == 1, "the server has it; we cannot know"
    (item,) = desk.sends()
    assert item.state == "unknown"
    desk.sink.cut = ""
    desk.at("2026-11-19 12:00")
    assert len(desk.to_clients()) == 1, "never sent again by itself"
    desk.at("2026-11-20 07:01")
    brief = desk.sink.messages[-1].content.decode("utf-8", "replace")
    assert f"automator outbox approve {item.id}" in brief
    with desk.service.deps.db.transaction() as tx:
        outbox.approve(tx, item.id, desk.clock.now())
    desk.at("2026-11-20 10:00")
    first, second = desk.to_clients()
    assert first == second, "under the same Message-ID"


def test_a_pause_in_the_middle_of_a_pass_stops_the_rest(tmp_path: Path, stack: ExitStack) -> None:
    desk = Desk(tmp_path, stack)
    for n in range(3):
        desk.write(n, f"c{n}@lefevre.example")
    desk.at("2026-11-18 10:00")

    def pause(_mail: object) -> None:
        with desk.service.deps.db.transaction() as tx:
            settings.pause(tx, desk.clock.now() + timedelta(hours=1))

    desk.sink.on_message = pause
    desk.clock.set(paris("2026-11-19 09:05"))
    desk.service.read("bureau")
    desk.service.act("bureau")
    assert len(desk.to_clients()) == 1
    desk.sink.on_message = None
    desk.at("2026-11-19 11:00")
    assert len(desk.to_clients()) == 3


def test_a_rule_that_was_switched_off_sends_nothing_more(tmp_path: Path, stack: ExitStack) -> None:
    desk = written(tmp_path, stack)
    desk.queue("2026-11-19 09:05")
    rule = desk.firm.folder / "rules" / "relancer.toml"
    rule.rename(rule.with_suffix(".off"))
    desk.at("2026-11-19 09:06")
    assert desk.to_clients() == []
    assert [(i.state, i.hold) for i in desk.sends()] == [("held", "rule")]
    rule.with_suffix(".off").rename(rule)
    desk.at("2026-11-19 10:00")
    assert len(desk.to_clients()) == 1


AT_ONCE = """
title = "Accuser réception"
on = "mail.received"
when = { from = ["@lefevre.example"] }
stop = ["sent"]
autonomy = "auto"

[[then]]
do = "send"
template = "accuse"
"""


def test_a_mail_at_once_that_had_to_wait_is_cancelled_by_the_owners_own_answer(
    tmp_path: Path, stack: ExitStack
) -> None:
    desk = Desk(tmp_path, stack)
    (desk.firm.folder / "rules" / "accuse.toml").write_text(AT_ONCE, encoding="utf-8")
    text = "Objet : Bien reçu\n\nBonjour,\n\nBien reçu.\n"
    (desk.firm.folder / "rules" / "templates" / "accuse.fr.txt").write_text(text, encoding="utf-8")
    desk.service.close()
    desk.service = desk.firm.service(desk.clock)  # templates are read at the start
    desk.service.wake()
    desk.at("2026-11-18 19:00")
    at = desk.clock.now()
    mail = letter(
        f"Paul <{CLIENT}>", OWNER, "Question", "Bonjour, quand venez-vous ?", at=at, message_id="<q@lefevre.example>"
    )
    desk.firm.arrive(mail, at)
    desk.at("2026-11-18 19:30")
    assert len(desk.sends()) == 1
    assert desk.to_clients() == []
    answer = letter(f"Claire <{OWNER}>", CLIENT, "Re: Question", "Demain.", at=at, message_id="<a@durand.example>",
                    answers=["<q@lefevre.example>"])  # fmt: skip
    desk.firm.arrive(answer, desk.clock.now(), "Sent")
    desk.at("2026-11-19 09:05")
    assert desk.to_clients() == []
    assert [(i.state, i.error) for i in desk.sends()] == [("cancelled", "sent")]


def test_more_than_the_backlog_at_once_asks_first(tmp_path: Path, stack: ExitStack) -> None:
    desk = Desk(tmp_path, stack)
    for n in range(21):
        desk.write(n, f"c{n}@lefevre.example")
    desk.at("2026-11-18 10:00")
    desk.at("2026-11-19 09:05")
    assert desk.to_clients() == []
    assert {(i.state, i.hold) for i in desk.sends()} == {("held", "approval")}


def test_a_letter_with_a_hole_waits_for_the_owner(tmp_path: Path, stack: ExitStack) -> None:
    desk = Desk(tmp_path, stack)
    path = desk.firm.folder / "rules" / "templates" / "suivi-devis.fr.txt"
    path.write_text("Objet : Suivi\n\nVotre facture {numero} nous attend.\n", encoding="utf-8")
    desk.service.close()
    desk.service = desk.firm.service(desk.clock)
    desk.service.wake()
    desk.write()
    desk.at("2026-11-18 10:00")
    desk.at("2026-11-19 09:05")
    assert desk.to_clients() == []
    assert [(i.state, i.hold) for i in desk.sends()] == [("held", "placeholder")]
