"""add_event and propose_slots: an entry of our own, and free hours for a person or for the digest."""

from __future__ import annotations

import email
from datetime import UTC, date, datetime, timedelta
from email import policy
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import BaseModel, ValidationError

from automator.actions import add_event, propose_slots
from automator.agenda.event import CalendarEvent
from automator.agenda.slots import free_slots
from automator.agenda.workdays import WorkCalendar
from automator.clock import FixedClock
from automator.errors import PermanentError
from automator.followup.ladder import ObjectRef
from automator.mail.message import Address, MessageRef
from automator.ports import Capabilities, Case, Change, Note, Tools
from automator.rulebook.plan import Autonomy, Intent
from automator.sources import ics_file
from automator.words import Words

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 9, 7, 30, tzinfo=UTC)
BILL, MAIL, MEETING = ObjectRef("invoice", "7"), ObjectRef("mail", "3"), ObjectRef("meeting", "bureau/a/")
VALUES = {"supplier": "Matériaux Lerat", "amount": "600,00 €"}


class Foreign(BaseModel):
    """Options of some other verb."""


def plain(text: str) -> str:
    """With ordinary blanks and line ends."""
    return text.replace("\u00a0", " ").replace("\r\n", "\n")


class Box:
    """Drafts (and Sent) that keep what is appended, as a mailbox would, and find it again by Message-ID."""

    capabilities = Capabilities()

    def __init__(self) -> None:
        self.drafts: list[Change] = []
        self.sent: list[Change] = []

    def apply(self, change: Change) -> None:
        self.drafts.append(change)

    def find(self, message_id: str, role: str, key: str = "") -> MessageRef | None:
        found = any(
            message_id.encode() in change.content for change in (self.sent if role == "sent" else self.drafts)
        )
        return MessageRef("bureau", "Drafts", 1, 1) if found else None


class Book:
    """A notebook that remembers."""

    def __init__(self) -> None:
        self.notes: list[Note] = []

    def add(self, note: Note) -> None:
        self.notes.append(note)


class Office:
    """Tools over a real calendar file; `busy` are the meetings that free hours avoid."""

    def __init__(self, folder: Path, busy: list[CalendarEvent] | None = None, locale: str = "fr") -> None:
        self.path, self.box, self.book = folder / "bureau.ics", Box(), Book()
        self.writer = ics_file.writer("bureau", ics_file.Options(path=self.path), clock=FixedClock(NOW))
        self.asked: list[str] = []
        work = WorkCalendar(PARIS)
        self.tools = Tools(
            writer=lambda account: self.box,
            sender=None,
            part=lambda ref, part, limit: b"",
            notebook=self.book,
            templates={},
            owner=Address("claire@maurel.example", "Claire"),
            identities={"bureau": Address("claire@maurel.example", "Claire Maurel")},
            key=b"k" * 32,
            words=Words(locale),
            filing_root=folder,
            signature="Claire Maurel\nMaurel Plomberie",
            calendar=self._calendar,
            free_slots=lambda now, count: free_slots(busy or [], work, now, count=count),
        )

    def _calendar(self, name: str) -> ics_file.CalendarWriter:
        self.asked.append(name)
        return self.writer

    def events(self) -> list[CalendarEvent]:
        source = ics_file.build("bureau", ics_file.Options(path=self.path), zone=PARIS, clock=FixedClock(NOW))
        return [event for batch in source.fetch(None) for event in batch.events]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def intent(params: BaseModel, of: ObjectRef = BILL, action: str = "add_event") -> Intent:
    return Intent(
        f"regle/{of}/{action}-1/", of, "bureau", action, params, NOW, Autonomy.AUTO, "regle", "v", "Facture reçue."
    )


def test_a_due_day_becomes_an_all_day_entry_that_takes_no_time(office: Office) -> None:
    wanted = add_event.Options(title="Payer {fournisseur} : {montant}", calendar="bureau")
    done = add_event.build(office.tools).perform(
        intent(wanted), Case(BILL, "bureau", values=VALUES, due=date(2026, 11, 25)), NOW
    )
    event = office.events()[0]
    assert (event.title, event.all_day, event.transparent, event.ours) == (
        "Payer Matériaux Lerat : 600,00 €",
        True,
        True,
        True,
    )
    assert event.start == datetime(2026, 11, 25, tzinfo=PARIS)
    assert event.description == "Facture reçue."
    assert plain(done.what) == "noté à l'agenda : Payer Matériaux Lerat : 600,00 €, mer. 25 nov."
    assert office.asked == ["bureau"]


def test_performed_twice_it_is_there_once_and_another_intent_is_another_entry(office: Office) -> None:
    action, case = add_event.build(office.tools), Case(BILL, "bureau", values=VALUES, due=date(2026, 11, 25))
    wanted = intent(add_event.Options(title="Payer"))
    assert action.repeatable
    action.perform(wanted, case, NOW)
    action.perform(wanted, case, NOW + timedelta(hours=1))
    assert len(office.events()) == 1
    action.perform(intent(add_event.Options(title="Payer"), ObjectRef("invoice", "8")), case, NOW)
    assert len(office.events()) == 2


def test_a_meeting_keeps_its_hours(office: Office) -> None:
    start = datetime(2026, 11, 20, 9, tzinfo=PARIS)
    case = Case(MEETING, "bureau", values={"title": "Mesures"}, when=start, until=start + timedelta(hours=1))
    add_event.build(office.tools).perform(intent(add_event.Options(title="{titre}"), MEETING), case, NOW)
    event = office.events()[0]
    assert (event.start, event.end, event.all_day, event.transparent) == (
        start,
        start + timedelta(hours=1),
        False,
        False,
    )
    add_event.build(office.tools).perform(
        intent(add_event.Options(title="x"), MEETING), Case(MEETING, "bureau", when=start), NOW
    )
    assert office.events()[0].end == start


@pytest.mark.parametrize(
    ("options", "case"),
    [
        ({"title": "x"}, Case(BILL, "bureau")),
        ({"title": "x"}, Case(MAIL, "bureau", when=NOW)),
        ({"title": "x", "date": "start"}, Case(BILL, "bureau", due=date(2026, 11, 25))),
        ({"title": "x", "date": "due"}, Case(MEETING, "bureau", when=NOW)),
    ],
)
def test_without_such_a_day_there_is_nothing_to_note(office: Office, options: dict[str, str], case: Case) -> None:
    done = add_event.build(office.tools).perform(intent(add_event.Options(**options), case.object), case, NOW)
    assert done.what == "aucune date à noter à l'agenda"
    assert not office.path.exists()


@pytest.mark.parametrize(
    ("remind", "trigger"),
    [
        ("1 jour", b"TRIGGER:-PT900M"),
        ("1 semaine", b"TRIGGER:-PT9540M"),
        ("2 h ouvrées", b"TRIGGER:-PT120M"),
        ("1 mois", b"TRIGGER:-PT42660M"),
    ],
)
def test_the_calendar_rings_the_morning_before(office: Office, remind: str, trigger: bytes) -> None:
    wanted = add_event.Options(title="x", remind=remind)
    add_event.build(office.tools).perform(intent(wanted), Case(BILL, "bureau", due=date(2026, 12, 25)), NOW)
    assert trigger in office.path.read_bytes()


def test_a_meeting_rings_a_whole_day_before(office: Office) -> None:
    case = Case(MEETING, "bureau", when=datetime(2026, 11, 20, 9, tzinfo=PARIS))
    add_event.build(office.tools).perform(intent(add_event.Options(title="x", remind="1 jour"), MEETING), case, NOW)
    assert b"TRIGGER:-PT1440M" in office.path.read_bytes()


@pytest.mark.parametrize(
    "wrong",
    [{}, {"title": ""}, {"title": "x", "remind": "bientôt"}, {"title": "x", "date": "hier"}, {"title": "x", "y": 1}],
)
def test_options_that_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        add_event.Options(**wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("wrong", [{"count": 0}, {"count": 11}, {"n": 1}])
def test_counts_that_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValidationError):
        propose_slots.Options(**wrong)


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    from dataclasses import replace

    tools = replace(Office(tmp_path).tools, calendar=None, free_slots=None)
    with pytest.raises(PermanentError, match="write = true"):
        add_event.build(tools).perform(
            intent(add_event.Options(title="x")), Case(BILL, "bureau", due=date(2026, 11, 25)), NOW
        )
    with pytest.raises(PermanentError, match="calendars"):
        propose_slots.build(tools).perform(intent(propose_slots.Options(), MEETING), Case(MEETING, "bureau"), NOW)
    for action in (add_event.build(tools), propose_slots.build(tools)):
        with pytest.raises(TypeError):
            action.perform(intent(Foreign()), Case(BILL, "bureau"), NOW)


def test_a_clash_gets_free_hours_as_a_line_of_the_digest(office: Office) -> None:
    wanted = intent(propose_slots.Options(), MEETING, "propose_slots")
    done = propose_slots.build(office.tools).perform(wanted, Case(MEETING, "bureau", subject="Visite"), NOW)
    note = office.book.notes[0]
    assert (note.key, note.kind, note.object, note.section) == (wanted.key, "slots", MEETING, "agenda")
    assert note.text == done.what
    assert plain(note.text) == "créneaux libres : lun. 9 10 h 30, lun. 9 14 h et mar. 10 9 h"
    assert office.box.drafts == []


def test_a_client_gets_them_in_a_draft_once(office: Office) -> None:
    case = Case(
        MAIL, "bureau", subject="Rénovation", message_id="<a@b.example>", references=("<a@b.example>",),
        recipient=Address("thomas@courriel.example", "Thomas Rueil"), language="fr",
    )  # fmt: skip
    action, wanted = propose_slots.build(office.tools), intent(propose_slots.Options(count=2), MAIL, "propose_slots")
    done = action.perform(wanted, case, NOW)
    assert action.perform(wanted, case, NOW) == done
    assert len(office.box.drafts) == 1
    assert len(done.content_hash) == 64, "by it the service knows whether the owner changed the draft"
    change = office.box.drafts[0]
    assert (change.kind, change.role, change.flags, change.at) == ("append", "drafts", frozenset({"\\Draft"}), NOW)
    mail = email.message_from_bytes(change.content, policy=policy.default)
    assert (mail["To"], mail["Subject"], mail["In-Reply-To"]) == (
        "Thomas Rueil <thomas@courriel.example>",
        "Re: Rénovation",
        "<a@b.example>",
    )
    assert mail["X-Automator-Key"] == wanted.key
    assert mail["Auto-Submitted"] is None
    assert mail["Message-ID"] == done.message_id
    text = plain(mail.get_content())
    assert "- lundi 9 novembre, 10 h 30–11 h 30" in text
    assert text.rstrip().endswith("Maurel Plomberie")
    assert office.book.notes == []


def test_an_offer_that_the_owner_sent_meanwhile_is_not_laid_ready_again(office: Office) -> None:
    case = Case(MAIL, "bureau", subject="Chantier", recipient=Address("thomas@courriel.example"), language="fr")
    action, wanted = propose_slots.build(office.tools), intent(propose_slots.Options(), MAIL, "propose_slots")
    action.perform(wanted, case, NOW)
    office.box.sent.append(office.box.drafts.pop())
    action.perform(wanted, case, NOW)
    assert office.box.drafts == []


def test_an_english_client_is_written_to_in_english(office: Office) -> None:
    case = Case(MAIL, "bureau", subject="Re: Boiler", recipient=Address("james@gites.example"), language="en")
    propose_slots.build(office.tools).perform(intent(propose_slots.Options(), MAIL, "propose_slots"), case, NOW)
    mail = email.message_from_bytes(office.box.drafts[0].content, policy=policy.default)
    assert mail["Subject"] == "Re: Boiler"
    assert plain(mail.get_content()).startswith("Hello,\n\nI can offer you the following times:\n- Monday")


def test_no_free_hour_is_told_and_nothing_is_written(tmp_path: Path) -> None:
    start = datetime(2026, 11, 1, tzinfo=PARIS)
    leave = CalendarEvent("a", "bureau", "Congés", start, start + timedelta(days=60), all_day=True)
    office = Office(tmp_path, [leave])
    done = propose_slots.build(office.tools).perform(
        intent(propose_slots.Options(), MEETING), Case(MEETING, "bureau"), NOW
    )
    assert done.what == "aucun créneau libre dans les prochains jours"
    assert (office.box.drafts, office.book.notes) == ([], [])
