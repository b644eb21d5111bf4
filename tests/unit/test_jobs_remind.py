"""What becomes of the letters of a follow-up: sent, dropped, failed, edited; and the owner's word on them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from automator.followup.ladder import ObjectRef
from automator.jobs.close import close_object, follow_object
from automator.store import bills, cases, messages, notes
from tests.support.dunning import Dunning
from tests.support.smtp import SmtpSink

STALE = "Automator.Périmés"
HOLE = """
title = "Relance"
on = "invoice.overdue"
stop = ["paid"]

[[then]]
after = "7 jours ouvrés"
do = "draft"
template = "trou"

[[then]]
after = "30 jours ouvrés"
do = "draft"
template = "relance-1-courtoise"
"""


ANSWER = """
title = "Répondre"
on = "mail.received"
when = { from = ["paul@lefevre.example"] }

[[then]]
do = "draft"
template = "accuse"
"""
WAITING = """
title = "Répondre aux clients"
on = "mail.waiting_for_us"

[[then]]
after = "1 jour ouvré"
do = "draft"
template = "accuse"
"""
ASKS = "Bonjour, pouvez-vous m'envoyer un devis ? Merci de me répondre."


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    with SmtpSink() as server:
        yield server


@pytest.fixture
def firm(tmp_path: Path, sink: SmtpSink) -> Iterator[Dunning]:
    made = Dunning(tmp_path, sink)
    yield made
    made.service.close()


def paid(firm: Dunning) -> None:
    with firm.service.deps.db.transaction() as tx:
        bills.settle(tx, firm.bill.id, "paid", firm.clock.now().date())


def test_another_mail_to_the_same_client_is_not_the_letter(firm: Dunning) -> None:
    firm.until("2026-11-12 12:00")
    firm.clock.advance(timedelta(hours=1))
    firm.write("Joyeux anniversaire", "Bon anniversaire !")
    firm.until("2026-11-13 10:00")
    assert firm.states() == ["prepared"]
    firm.drop()
    firm.until("2026-11-16 10:00")
    assert firm.states() == ["dropped"], "nor is it once the draft is gone"


def test_a_letter_for_one_bill_is_none_for_the_other(firm: Dunning) -> None:
    other = firm.invoice("F-119", "500.00")
    firm.until("2026-11-12 12:00")
    firm.send("F-118")
    firm.until("2026-11-13 10:00")
    assert (firm.states(), firm.states(other)) == (["sent"], ["prepared"])
    firm.drop("F-119")
    firm.until("2026-11-16 10:00")
    assert (firm.states(), firm.states(other)) == (["sent"], ["dropped"])


def test_under_its_subject_the_owners_own_letter_counts_once_the_draft_is_gone(firm: Dunning) -> None:
    firm.until("2026-11-12 12:00")
    subject = firm.in_folder("Drafts")[0]["Subject"]
    firm.clock.advance(timedelta(hours=1))
    firm.write(f"RE: {subject}", "Cher Paul, où en est le règlement ?")
    firm.until("2026-11-13 10:00")
    assert firm.states() == ["prepared"], "while the draft lies there, it was not sent"
    firm.drop()
    firm.until("2026-11-16 10:00")
    assert firm.states() == ["sent"]
    assert not firm.case().paused


def test_an_answer_to_the_draft_counts_under_any_subject(firm: Dunning) -> None:
    firm.until("2026-11-12 12:00")
    ours = firm.in_folder("Drafts")[0]["Message-ID"]
    firm.drop()
    firm.clock.advance(timedelta(hours=1))
    firm.write("Votre règlement", "Cher Paul, où en est-il ?", answers=(ours,))
    firm.until("2026-11-13 10:00")
    assert firm.states() == ["sent"]


def test_in_the_thread_of_the_bill_the_owners_mail_counts(tmp_path: Path, sink: SmtpSink) -> None:
    firm = Dunning(tmp_path, sink)
    firm.write("Votre commande", "Bonjour Paul, tout est prêt.", name="order")
    firm.service.cycle()
    with firm.service.deps.db.transaction() as tx:
        from automator.store.tables import bill, message

        (mail,) = tx.execute(message.select().where(message.c.header_id == "<order@durand.example>")).all()
        tx.execute(bill.update().values(message_id=mail.id))
    firm.until("2026-11-12 12:00")
    firm.drop_any()
    firm.clock.advance(timedelta(hours=1))
    firm.write("Le règlement", "Bonjour Paul, où en est-il ?", answers=("<order@durand.example>",), name="second")
    firm.until("2026-11-13 10:00")
    assert firm.states() == ["sent"]
    firm.service.close()


def test_a_dropped_draft_asks_each_day_and_following_goes_on_with_the_next_letter(firm: Dunning) -> None:
    firm.until("2026-11-12 12:00")
    firm.drop()
    firm.until("2026-11-13 10:00")
    firm.until("2026-11-16 07:30")
    assert "brouillon abandonné, suivre encore ? F-118" in firm.digest()
    assert "automator follow i1 ligne 1, suivre encore" in firm.digest()
    assert "automator done i1" in firm.digest()
    firm.until("2026-12-01 07:30")
    assert "brouillon abandonné" in firm.digest(), "until the owner says his word"
    assert firm.in_folder("Drafts") == []
    with firm.service.deps.db.transaction() as tx:
        assert follow_object(tx, firm.bill.object, firm.clock.now()) == 1
        assert follow_object(tx, firm.bill.object, firm.clock.now()) == 0
    firm.until("2026-12-01 12:00")
    assert not firm.case().paused
    (second,) = firm.letters()[:1]
    assert second.step == "draft-2"
    firm.until("2026-12-02 07:30")
    assert "brouillon abandonné" not in firm.digest()


def test_done_ends_a_case_that_asks(firm: Dunning) -> None:
    firm.until("2026-11-12 12:00")
    firm.drop()
    firm.until("2026-11-13 10:00")
    with firm.service.deps.db.transaction() as tx:
        assert close_object(tx, firm.service.deps.words, firm.bill.object, "done", firm.clock.now()) == 1
    firm.until("2026-11-16 07:30")
    assert "brouillon abandonné" not in firm.digest()
    assert "F-118" in firm.digest(), "it is still unpaid"
    assert "non suivi" not in firm.digest()
    assert firm.case().stopped == "done"


def test_done_puts_an_untouched_draft_away(firm: Dunning) -> None:
    firm.until("2026-11-12 12:00")
    with firm.service.deps.db.transaction() as tx:
        close_object(tx, firm.service.deps.words, firm.bill.object, "done", firm.clock.now())
    firm.until("2026-11-12 14:00")
    assert firm.in_folder("Drafts") == []
    assert len(firm.in_folder(STALE)) == 1


def test_a_draft_not_yet_seen_when_its_case_ended_is_put_away_when_it_is(firm: Dunning) -> None:
    while not firm.letters():
        firm.clock.advance(timedelta(hours=2))
        firm.service.cycle()
    with firm.service.deps.db.transaction() as tx:
        close_object(tx, firm.service.deps.words, firm.bill.object, "done", firm.clock.now())
    assert len(firm.in_folder("Drafts")) == 1
    firm.clock.advance(timedelta(minutes=10))
    firm.service.cycle()
    assert firm.in_folder("Drafts") == []
    assert len(firm.in_folder(STALE)) == 1


def test_an_edited_draft_of_a_settled_case_is_told_once_and_until_it_is_gone(firm: Dunning) -> None:
    firm.until("2026-11-12 12:00")
    firm.edit("Cher Paul, on en parle ?")
    firm.until("2026-11-12 14:00")
    paid(firm)
    firm.until("2026-11-13 07:30")
    said = "votre brouillon modifié n'a plus lieu d'être (c'est payé) : F-118"
    assert said in firm.digest()
    assert len(firm.in_folder("Drafts")) == 1
    assert firm.in_folder(STALE) == []
    firm.until("2026-11-16 07:30")
    with firm.service.deps.db.read() as tx:
        assert len(notes.open_notes(tx, firm.clock.now())) == 1
    firm.drop()
    firm.until("2026-11-17 07:30")
    with firm.service.deps.db.read() as tx:
        assert notes.open_notes(tx, firm.clock.now()) == []
    assert "modifié" not in firm.digest()


def test_a_letter_with_a_hole_waits_and_pauses_nothing(tmp_path: Path, sink: SmtpSink) -> None:
    firm = Dunning(tmp_path, sink, {"relance.toml": HOLE})
    (tmp_path / "rules/templates/trou.fr.txt").write_text("Objet: {numero}\n\nLe {commune}.\n", encoding="utf-8")
    firm.restart()
    firm.until("2026-11-12 12:00")
    assert [(i.state, i.hold) for i in firm.letters()] == [("held", "placeholder")]
    assert firm.states() == ["prepared"]
    assert not firm.case().paused
    firm.until("2026-11-13 07:30")
    assert "il manque au texte des valeurs inconnues : {commune}" in firm.digest()
    firm.service.close()


def test_a_letter_that_failed_pauses_nothing_and_is_tried_again_on_the_owners_word(
    tmp_path: Path, sink: SmtpSink
) -> None:
    firm = Dunning(tmp_path, sink)
    lost = firm.invoice("F-120", "300.00", to="")
    firm.until("2026-11-12 12:00")
    failed = [i for i in firm.letters() if i.object == lost.object]
    assert [(i.state, i.error) for i in failed] == [("failed", "nobody to write to is known for this case")]
    assert firm.states(lost) == ["prepared"]
    assert not firm.case(lost).paused
    for morning in ("2026-11-13 07:30", "2026-11-16 07:30"):
        firm.until(morning)
        assert "la lettre n'a pas pu être faite, réessayer ? F-120" in firm.digest()
        assert "destinataire inconnu pour ce dossier" in firm.digest()
    with firm.service.deps.db.transaction() as tx:
        from automator.store.tables import bill

        tx.execute(bill.update().where(bill.c.id == lost.id).values(party_email="direction@garage-petit.example"))
        assert follow_object(tx, lost.object, firm.clock.now()) == 1
    firm.until("2026-11-16 12:00")
    assert {d["Subject"].split()[1] for d in firm.in_folder("Drafts")} == {"F-118", "F-120"}
    firm.until("2026-11-17 07:30")
    assert "n'a pas pu être faite" not in firm.digest()
    firm.service.close()


@pytest.fixture(params=[ANSWER, WAITING], ids=["at once", "followed"])
def desk(request: pytest.FixtureRequest, tmp_path: Path, sink: SmtpSink) -> Iterator[Dunning]:
    """A client asked, and a draft of ours lies ready to answer."""
    made = Dunning(tmp_path, sink, {"repondre.toml": request.param})
    (tmp_path / "rules/templates/accuse.txt").write_text("Objet: Bien reçu\n\nBonjour,\n", encoding="utf-8")
    made.restart()
    made.receive("Devis", ASKS)
    made.until("2026-11-04 12:00")
    assert len(made.in_folder("Drafts")) == 1
    yield made
    made.service.close()


def test_done_puts_the_draft_for_a_mail_away(desk: Dunning) -> None:
    ref = ObjectRef("mail", "1")
    with desk.service.deps.db.transaction() as tx:
        close_object(tx, desk.service.deps.words, ref, "done", desk.clock.now())
        stored = messages.get(tx, 1)
        assert stored is not None
        assert stored.closed == "done"
    desk.until("2026-11-05 07:30")
    assert desk.in_folder("Drafts") == []
    assert len(desk.in_folder(STALE)) == 1
    assert "Devis" not in desk.digest()


def test_done_leaves_an_edited_answer_and_says_so(desk: Dunning) -> None:
    desk.edit("Cher Paul, voici déjà un prix.", "Devis")
    desk.until("2026-11-04 14:00")
    with desk.service.deps.db.transaction() as tx:
        close_object(tx, desk.service.deps.words, ObjectRef("mail", "1"), "done", desk.clock.now())
    desk.until("2026-11-05 07:30")
    assert len(desk.in_folder("Drafts")) == 1
    assert "votre brouillon modifié n'a plus lieu d'être (vous avez clos l'affaire) : Devis" in desk.digest()


def test_the_question_to_go_on_stands_on_the_line_of_the_late_request(tmp_path: Path, sink: SmtpSink) -> None:
    firm = Dunning(tmp_path, sink, {"repondre.toml": WAITING})
    (tmp_path / "rules/templates/accuse.txt").write_text("Objet: Bien reçu\n\nBonjour,\n", encoding="utf-8")
    firm.restart()
    firm.receive("Devis", ASKS)
    firm.until("2026-11-04 12:00")
    firm.drop_any()
    firm.until("2026-11-05 07:30")
    said = firm.digest()
    assert "1 à faire" in said
    assert "EN RETARD" in said
    assert "brouillon abandonné, suivre encore ? Devis" in said
    assert "automator follow m1" in said
    firm.service.close()


def test_a_case_whose_rule_is_switched_off_rests_and_goes_on_when_it_is_back(firm: Dunning, tmp_path: Path) -> None:
    firm.until("2026-11-10 12:00")
    rule = tmp_path / "rules" / "relance-impayes.toml"
    off = rule.rename(rule.with_suffix(".toml.off"))
    firm.until("2026-11-13 12:00")
    assert firm.in_folder("Drafts") == []
    assert firm.case().stopped == ""
    off.rename(rule)
    firm.until("2026-11-16 12:00")
    assert len(firm.in_folder("Drafts")) == 1


def test_following_leaves_a_case_that_has_ended_alone(firm: Dunning) -> None:
    firm.until("2026-11-12 12:00")
    firm.drop()
    firm.until("2026-11-13 10:00")
    paid(firm)
    firm.until("2026-11-13 12:00")
    with firm.service.deps.db.transaction() as tx:
        assert follow_object(tx, firm.bill.object, firm.clock.now()) == 0
        assert cases.resume(tx, ObjectRef("mail", "99"), firm.clock.now()) == 0
    assert firm.case().stopped == "paid"
    assert firm.bill.due == date(2026, 11, 2)
