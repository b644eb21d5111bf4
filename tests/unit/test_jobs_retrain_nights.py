"""What may stand in the way of the nightly training, and does so for a while only."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from automator.jobs.retrain import Trainer, Training, is_due, last, settle, told, waiting
from automator.mail.message import Fetched, MessageRef
from automator.store import corrections, places
from automator.store.corrections import Correction
from automator.words import Words
from tests.support.firm import OWNER, paris
from tests.support.office import Office

FR = Words("fr")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An office where one mail was corrected in the evening; it is 03:30."""
    with Office(tmp_path) as made:
        made.lay("Lettre <l@lettre.example>", OWNER, "Lettre", "Bonjour, bonne lecture.", message_id="<l@l.example>")
        made.read()
        with made.service.deps.db.transaction() as tx:
            (mail,) = made.received()
            corrections.put(tx, Correction(mail.id, "urgent", True, "folder", made.clock.now()))
        made.clock.set(paris("2026-11-19 03:30"))
        yield made


def order(office: Office) -> Mapping[str, object]:
    """One that comes to an end at once."""
    return {"nonsense": office.clock.now().isoformat()}


def due(office: Office) -> bool:
    with office.service.deps.db.read() as tx:
        return is_due(tx, office.service.deps)


def unsorted(office: Office, account: str) -> None:
    """A mail that stays as it came."""
    mail = Fetched(MessageRef(account, "INBOX", 1, 7), office.clock.now(), 1, whole=b"x")
    with office.service.deps.db.transaction() as tx:
        places.add(tx, [mail], baseline=False)


def training(office: Office) -> Training:
    with office.service.deps.db.read() as tx:
        return last(tx)


def test_the_mails_of_an_account_that_was_removed_are_not_waited_for(office: Office) -> None:
    unsorted(office, "ancien")
    assert due(office)


def test_mails_that_are_never_sorted_are_waited_for_a_day(office: Office) -> None:
    unsorted(office, "bureau")
    trainer = Trainer(office.service.deps, lambda _now: order(office))
    assert trainer.tick() is None
    held = training(office).held
    assert (held, trainer._child, due(office)) == (office.clock.now(), None, False)
    assert told(training(office), FR, office.clock.now()) == ""
    office.clock.set(office.clock.now() + timedelta(hours=3))
    trainer.tick()
    said = told(training(office), FR, office.clock.now())
    assert said.startswith("l'apprentissage attend des mails qui ne peuvent pas être triés")
    assert told(training(office), FR) == ""
    office.clock.set(paris("2026-11-20 03:30"))
    trainer.tick()
    assert trainer._child is not None
    assert training(office).held == held, "nor does the next night wait again"
    trainer.stop()


def test_once_they_are_sorted_nothing_is_told(office: Office) -> None:
    unsorted(office, "bureau")
    trainer = Trainer(office.service.deps, lambda _now: order(office))
    trainer.tick()
    with office.service.deps.db.transaction() as tx:
        (place,) = places.pending(tx, "bureau", 10)
        places.failed(tx, place.id, "ValueError", quarantine=True)
    trainer.tick()
    assert training(office).held is None
    assert trainer._child is not None
    trainer.stop()


def test_a_child_that_hangs_is_ended_after_an_hour_and_does_not_block_the_next(office: Office) -> None:
    trainer = Trainer(office.service.deps, lambda _now: order(office))
    trainer.tick()
    child = trainer._child
    assert child is not None
    os.kill(child.pid, signal.SIGSTOP)
    office.clock.set(office.clock.now() + timedelta(minutes=59))
    assert trainer.tick() is None
    office.clock.set(office.clock.now() + timedelta(minutes=1))
    ended = trainer.tick()
    assert ended is not None
    assert (ended.result, child.returncode, trainer._child) == ("failed", -signal.SIGKILL, None)
    assert told(ended, FR).startswith("le dernier apprentissage a échoué (il durait encore après une heure)")
    office.clock.set(paris("2026-11-20 03:30"))
    assert due(office)


def learnt_at(office: Office, moment: datetime) -> None:
    with office.service.deps.db.transaction() as tx:
        settle(tx, moment, {"result": "accepted"}, moment)


def test_a_word_that_is_taken_back_is_unlearnt_in_the_next_night(office: Office) -> None:
    learnt_at(office, office.clock.now())
    office.clock.set(paris("2026-11-19 10:00"))
    with office.service.deps.db.transaction() as tx:
        (mail,) = office.received()
        assert corrections.withdraw(tx, mail.id, "urgent", office.clock.now())
        assert waiting(tx) == 0
    office.clock.set(paris("2026-11-20 03:30"))
    assert due(office)
    learnt_at(office, office.clock.now())
    office.clock.set(paris("2026-11-21 03:30"))
    assert not due(office)
