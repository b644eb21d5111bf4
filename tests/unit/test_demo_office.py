"""The sample office is what it claims to be: real MIME, real threads, true sums, nobody real."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, datetime, time, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path

import pytest

from automator.agenda.conflicts import clashes
from automator.agenda.ics import read_ics
from automator.agenda.workdays import WorkCalendar
from automator.clock import FixedClock
from automator.demo import make_pdfs, office
from automator.demo.office import ZONE, OfficeMail
from automator.demo.play import FIRST, HOLIDAY, LAST, DayPlayed, Deed, Play, moments, open_office

MAILS = office.mails()
BY_ID = {mail.id: mail for mail in MAILS}
DAY_ONE = datetime.combine(FIRST, time(), ZONE)


def parsed(mail: OfficeMail) -> EmailMessage:
    message = message_from_bytes(mail.to_bytes(), policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_the_office_is_big_and_varied_enough() -> None:
    assert len(MAILS) >= 60
    assert sum(mail.at < DAY_ONE for mail in MAILS) >= 20
    assert sum(mail.mailbox == "Sent" for mail in MAILS) >= 15
    assert len({mail.text for mail in MAILS}) == len(MAILS)
    assert len({mail.sender for mail in MAILS}) >= 25
    english = [mail for mail in MAILS if "whitlock" in mail.id]
    assert len(english) == 4


@pytest.mark.parametrize("mail", MAILS, ids=lambda mail: mail.id)
def test_every_mail_is_whole_mime_and_always_the_same(mail: OfficeMail) -> None:
    message = parsed(mail)
    assert message.defects == []
    assert all(part.defects == [] for part in message.walk())
    assert mail.to_bytes() == mail.to_bytes()
    assert message["Message-ID"] == mail.message_id
    assert message["Subject"] == mail.subject
    assert message["Date"].datetime == mail.at
    assert parseaddr(str(message["From"]))[1] == parseaddr(mail.sender)[1]
    assert message["From"].addresses[0].display_name == parseaddr(mail.sender)[0]
    body = message.get_body(("plain",))
    assert body is not None
    assert body.get_content().startswith(mail.text.splitlines()[0])


def test_identities_are_unique_and_threads_point_backwards() -> None:
    assert len({mail.message_id for mail in MAILS}) == len(MAILS)
    for mail in MAILS:
        if mail.parent:
            assert mail.parent.at < mail.at
            assert parsed(mail)["In-Reply-To"] == mail.parent.message_id
            assert parsed(mail)["References"].split()[0] == mail.references[0]
    assert len(BY_ID["tilleul-3"].references) == 2


def test_nobody_is_real() -> None:
    for mail in MAILS:
        plain = " ".join([mail.sender, mail.to, mail.text, mail.html, mail.message_id, *mail.headers.values()])
        hosts = re.findall(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)", plain) + re.findall(r"https?://([\w.-]+)", plain)
        assert {host.rstrip(".").rpartition(".")[2] for host in hosts} == {"example"}, mail.id
        for number in re.findall(r"\b0\d(?: \d\d){4}\b", mail.text):
            assert number[:8] in {"04 65 71", "06 39 98"}  # the ranges that are kept for fiction


def test_bounce_invitation_phishing_and_automatic_answers_have_their_marks() -> None:
    bounce = parsed(BY_ID["brun-bounce"])
    assert bounce.get_content_type() == "multipart/report"
    assert bounce.get_param("report-type") == "delivery-status"
    status = next(part for part in bounce.walk() if part.get_content_type() == "message/delivery-status")
    assert "Final-Recipient: rfc822; compta@menuiserie-brun.example" in status.as_string()
    assert BY_ID["brun-rappel"].message_id in bounce.as_string()
    invite = next(part for part in parsed(BY_ID["perrin-visio"]).walk() if part.get_content_type() == "text/calendar")
    assert invite.get_param("method") == "REQUEST"
    assert "dmarc=fail" in parsed(BY_ID["faux-1"])["Authentication-Results"]
    assert "dmarc=pass" in parsed(BY_ID["lerat-1187"])["Authentication-Results"]
    assert parsed(BY_ID["orsel-absente"])["Auto-Submitted"] == "auto-replied"
    assert "Authentication-Results" not in parsed(BY_ID["martin-devis"])


def test_answers_quote_what_they_answer_and_the_owner_signs() -> None:
    text = parsed(BY_ID["tilleul-3"]).get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "Le ven. 13 nov. 2026 à 08:02, Claire Maurel" in text
    assert "> Karim est chez toi à 8 h 45" in text
    assert BY_ID["martin-devis"].text.endswith("04 65 71 20 14")
    assert BY_ID["whitlock-4"].subject == "Re: Annual service before the season"


def test_pdfs_are_real_small_and_say_what_the_mail_says() -> None:
    import pypdfium2

    for name in make_pdfs.DRAWN:
        data = office.sample(name)
        assert len(data) < 15_000
        text = pypdfium2.PdfDocument(data)[0].get_textpage().get_text_range()
        assert len(text) > 100, name
    for mail_id, total in (
        ("lerat-1187", "600,00 €"),
        ("dubois-2291", "640,00 €"),
        ("electra-11", "318,40 €"),
        ("petit-118", "1 900,00 €"),
    ):
        mail = BY_ID[mail_id]
        text = pypdfium2.PdfDocument(mail.attachments[0].content)[0].get_textpage().get_text_range()
        assert total in mail.text
        assert total in text
    attached = {file.name for mail in MAILS for file in mail.attachments}
    assert attached == set(make_pdfs.DRAWN)


def test_the_pdfs_are_those_of_the_script(tmp_path: Path) -> None:
    make_pdfs.main(tmp_path)
    for name in make_pdfs.DRAWN:
        assert (tmp_path / name).read_bytes() == office.sample(name), f"{name}: run automator.demo.make_pdfs again"


def _cents(text: str) -> int:
    return int(re.sub(r"\D", "", text))


def test_every_bill_adds_up_and_every_bank_account_has_its_check_digits() -> None:
    import pypdfium2
    from stdnum import iban
    from stdnum.fr import siren

    accounts = set()
    for name in make_pdfs.DRAWN:
        text = pypdfium2.PdfDocument(office.sample(name))[0].get_textpage().get_text_range()
        accounts |= set(re.findall(r"FR76(?: \d{4}){5} \d{3}", text))
        for number in re.findall(r"SIREN (\d{3} \d{3} \d{3})", text):
            assert siren.is_valid(number), name
        amounts = [_cents(amount) for amount in re.findall(r"([\d ]+,\d\d) €", text)]
        if name != "cv-lucas-moreau.pdf":
            net, vat, total = amounts[:3] if name.startswith("electra") else amounts[-3:]
            assert net + vat == total, (name, amounts)
    assert len(accounts) == 5
    assert all(iban.is_valid(account) for account in accounts)
    assert siren.is_valid(office.firm().siren)
    assert iban.is_valid(office.firm().iban)


def test_the_supplier_whose_bank_changed_is_the_same_supplier() -> None:
    import pypdfium2

    old, new = (
        pypdfium2.PdfDocument(office.sample(n))[0].get_textpage().get_text_range()
        for n in ("dubois-f2240.pdf", "dubois-f2291.pdf")
    )
    assert "471" in old.splitlines()[-1]
    assert "032" in new.splitlines()[-1]
    assert old.splitlines()[:3] == new.splitlines()[:3]


def test_two_meetings_clash_on_the_last_day_once_the_invitation_is_accepted() -> None:
    window = {"calendar": "bureau", "zone": ZONE, "start": DAY_ONE, "end": DAY_ONE + timedelta(days=60)}
    before = read_ics(office.agenda(), **window)  # type: ignore[arg-type]
    assert before.notes == ()
    assert clashes(before.events) == []
    after = read_ics(office.with_entry(office.agenda(), office.sample("visio-banque.ics")), **window)  # type: ignore[arg-type]
    assert [(a.title, b.title) for a, b in clashes(after.events)] == [
        ("Visite chantier Rueil", "Visio banque : point annuel")
    ]
    assert sum(event.uid.startswith("point-equipe") for event in after.events) == 9


def test_the_days_lie_around_a_public_holiday() -> None:
    calendar = WorkCalendar(ZONE)
    days = sorted({moment.date() for moment in moments()})
    assert (days[0], days[-1], len(days)) == (date(2026, 11, 9), date(2026, 11, 23), 11)
    assert [day for day in days if not calendar.is_working(day)] == [HOLIDAY]
    assert moments() == sorted(moments())
    assert all(mail.at <= moments()[-1] for mail in MAILS)


class Recorder:
    """A mailbox, a service, its trail and its digests that only remember what reached them and when."""

    def __init__(self, clock: FixedClock) -> None:
        self.clock = clock
        self.delivered: list[OfficeMail] = []
        self.acts: list[tuple[datetime, office.Act]] = []
        self.passes: list[tuple[datetime, int]] = []
        self.spans: list[tuple[datetime, datetime]] = []

    def deliver(self, mail: OfficeMail) -> None:
        self.delivered.append(mail)

    def cycle(self) -> None:
        self.passes.append((self.clock.now(), len(self.delivered)))

    def deeds(self, since: datetime, until: datetime) -> list[Deed]:
        self.spans.append((since, until))
        return []

    def act(self, act: office.Act) -> None:
        self.acts.append((self.clock.now(), act))

    def subjects(self) -> list[str]:
        mornings = [at for at, _ in self.passes if at.astimezone(ZONE).time() == time(7)]
        return [f"digest {at:%d}" for at in mornings]


def test_the_play_delivers_each_mail_once_at_its_time_and_never_ahead() -> None:
    clock = FixedClock(datetime(2020, 1, 1, tzinfo=ZONE))
    recorder = Recorder(clock)
    history = open_office(recorder, clock)
    play = Play(recorder, recorder, recorder, recorder, recorder, clock)
    days: list[DayPlayed] = list(play.days(history))

    assert recorder.delivered == list(MAILS)
    assert [at for at, _ in recorder.passes] == moments()
    for at, count in recorder.passes:
        assert all(mail.at <= at for mail in recorder.delivered[:count])
        assert all(mail.at > at for mail in recorder.delivered[count:])
    assert [day.day for day in days if not day.digest] == [HOLIDAY]
    assert days[0].history == len(history) == sum(mail.at < DAY_ONE for mail in MAILS)
    assert sum(len(day.received) + len(day.written) for day in days) + len(history) == len(MAILS)
    assert all(a[1] == b[0] for a, b in zip(recorder.spans, recorder.spans[1:], strict=False))
    assert [act for _, act in recorder.acts] == list(office.acts()) == [act for day in days for act in day.acts]
    assert all(timedelta(0) <= at - act.at < timedelta(hours=7) for at, act in recorder.acts)
    assert days[-1].day == LAST


def test_the_owners_acts_name_what_exists() -> None:
    numbers = {number for act in office.acts() for number in act.paid}
    text = " ".join(mail.text for mail in MAILS) + office.invoices_csv().decode()
    assert {number for number in numbers if number not in text} == {"E26-10-77120"}  # that one stands in its PDF
    assert all(office.mail(name).at < act.at for act in office.acts() for name in act.done)
    assert all(office.sample(act.accept) for act in office.acts() if act.accept)
    with pytest.raises(KeyError):
        office.mail("nobody")


def test_situations_that_the_rules_need_are_there() -> None:
    working = WorkCalendar(ZONE)
    unanswered = BY_ID["lefevre-1"]
    answers = Counter(mail.parent.id for mail in MAILS if mail.parent)
    assert answers["lefevre-1"] == 0
    assert working.add_working(unanswered.at.date(), 2) == date(2026, 11, 20)
    assert working.add_working(BY_ID["martin-devis"].at.date(), 5) == date(2026, 11, 17)
    assert BY_ID["orsel-accord"].at.date() < working.add_working(BY_ID["orsel-devis"].at.date(), 5)
    assert "urgent" not in (BY_ID["tilleul-1"].subject + BY_ID["tilleul-1"].text).lower()
    assert "URGENT" in BY_ID["promo-11"].text
