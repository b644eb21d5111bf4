"""Learning from the owner on a real server: what he moves and marks with any mail program teaches; what we do does not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from imapclient import IMAPClient

from automator import wiring
from automator.classifiers.current import Current
from automator.clock import FixedClock
from automator.config import load_config
from automator.jobs.cycle import Service
from automator.jobs.lessons import Lessons, lessons
from automator.jobs.retrain import Trainer, Training, is_due
from automator.jobs.status import learning
from automator.store import corrections, messages, outbox
from automator.store.corrections import Correction
from automator.store.records import StoredMessage
from tests.support.dovecot import BINARY, Dovecot
from tests.support.firm import OWNER, PASSWORD, Firm, letter, paris
from tests.support.small_corpus import Small, small_corpus

pytestmark = [
    pytest.mark.dovecot,
    pytest.mark.skipif(BINARY is None, reason="Dovecot is not on this machine: apt install dovecot-imapd"),
]

TAUGHT = """
[categories.rh]
learn_from = "RH"

[categories.invoice]
learn_from = ["Factures", "Compta"]
"""
FILE_BILLS = """
title = "Ranger les factures"
on = "mail.received"
when = { category = "invoice" }
autonomy = "auto"

[[then]]
do = "move"
folder = "Factures"
"""
BILL = """Bonjour,

Veuillez trouver ci-joint notre facture n° F-2026-{n}.
Total HT : 1 000,00 €
TVA 20 % : 200,00 €
Total TTC : 1 200,00 €
À payer avant le 20/12/2026.

Bois du Forez SARL
"""
STAFF = (
    ("Arrêt maladie de {who}", "Bonjour Claire, {who} est en arrêt maladie jusqu'à vendredi, je vous joins le certificat."),
    ("Congés payés", "Bonjour, {who} souhaite poser ses congés payés du 3 au 14 août. Le solde de congés est de 12 jours."),
    ("Bulletin de paie", "Les bulletins de paie du mois sont prêts, celui de {who} comprend ses heures supplémentaires."),
    ("Visite médicale", "La visite médicale de {who} à la médecine du travail est fixée au 12, merci de prévenir la salariée."),
)  # fmt: skip


class House:
    """A firm with a server, and its owner at her mail program."""

    def __init__(self, folder: Path, server: Dovecot, small: Small, rules: Mapping[str, str]) -> None:
        self.firm = Firm(folder, imap=server.port, smtp=9, rules=rules, autonomy="auto", extra=TAUGHT)
        self.clock = FixedClock(paris("2026-11-18 08:00"))
        self.service: Service = self.firm.service(self.clock)
        self._make_small(small)
        self.service.wake()
        assert self.service.cycle(), self.service.down
        self.clock.advance(timedelta(hours=1))

    def _make_small(self, small: Small) -> None:
        """Trained on the small corpus, so that a training takes seconds."""
        config, deps = load_config(self.firm.config, environ={}), self.service.deps
        folders = (config.state_dir / "models", small.shipped)
        classifier = Current(folders, words=deps.words, owner=deps.identity)
        deps = replace(deps, classifier=classifier, classifier_note=classifier.note)
        paths = {"corpus": str(small.corpus), "shipped": str(small.shipped)}
        self.service.deps = deps
        self.service.trainer = Trainer(deps, lambda now: {**wiring.order(config, now), **paths})

    def night(self) -> Training | None:
        """The next quiet hour comes: what the training gave, None when none was due."""
        self.clock.set((self.clock.at + timedelta(days=1)).replace(hour=3, minute=5))
        self.read()
        trainer = self.service.trainer
        assert trainer is not None
        assert trainer.tick() is None
        if trainer._child is None:
            return None
        trainer._child.wait(120)
        return trainer.tick()

    def lessons(self) -> Lessons:
        with self.service.deps.db.read() as tx:
            return lessons(tx, self.service.deps.categories, self.clock.now())

    def staff(self, n: int) -> str:
        """A mail about the staff comes in; its subject."""
        subject, text = STAFF[n % len(STAFF)]
        who = ("Julie", "Karim", "Solène", "Hugo", "Nadia")[n % 5]
        self.mail(
            f"n{n}@paie.example", f"{subject.format(who=who)} {n}", text.format(who=who), f"<rh{n}@paie.example>"
        )
        return f"{subject.format(who=who)} {n}"

    def mail(self, sender: str, subject: str, text: str, message_id: str, folder: str = "INBOX") -> None:
        made = letter(sender, OWNER, subject, text, at=self.clock.at, message_id=message_id)
        self.firm.arrive(made, self.clock.at, folder)
        self.clock.advance(timedelta(minutes=1))

    def read(self) -> None:
        assert self.service.read("bureau"), self.service.down
        self.clock.advance(timedelta(minutes=15))

    def move(self, subject: str, source: str, target: str) -> None:
        """With any mail program."""
        with self.firm.client() as link:
            if not link.folder_exists(target):
                link.create_folder(target)
            link.select_folder(source)
            found = link.search(["SUBJECT", subject], "UTF-8")
            assert len(found) == 1, (subject, found)
            link.move(found, target)

    def found(self, subject: str) -> StoredMessage:
        with self.service.deps.db.read() as tx:
            (only,) = [m for m in _all(tx) if m.message.subject == subject]
        return only

    def said(self) -> list[Correction]:
        with self.service.deps.db.read() as tx:
            return corrections.newest(tx, 1000)

    def taught(self) -> list[tuple[str, bool, str]]:
        return sorted({(c.category, c.value, c.by) for c in self.said()})


def _all(tx) -> list[StoredMessage]:  # type: ignore[no-untyped-def]
    found = [messages.get(tx, n) for n in range(1, messages.count_all(tx) + 1)]
    return [m for m in found if m is not None]


@pytest.fixture
def server() -> Iterator[Dovecot]:
    with Dovecot({OWNER: PASSWORD}) as running:
        yield running


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Small:
    return small_corpus(tmp_path_factory.mktemp("small"))


@pytest.fixture
def house(tmp_path: Path, server: Dovecot, small: Small) -> Iterator[House]:
    made = House(tmp_path, server, small, {"factures.toml": FILE_BILLS})
    yield made
    made.service.close()


def test_three_mails_moved_by_a_person_are_three_examples(house: House) -> None:
    subjects = [house.staff(n) for n in range(3)]
    house.read()
    assert house.said() == []
    for subject in subjects:
        house.move(subject, "INBOX", "RH")
    house.read()
    assert house.taught() == [("rh", True, "folder")]
    assert len(house.said()) == 3
    house.read()
    assert len(house.said()) == 3
    with house.service.deps.db.read() as tx:
        assert learning(tx, house.service.deps)["categories"] == {
            "rh": {"examples": 3, "needed": 12, "missing": []},
            "invoice": {"examples": 0, "needed": 0, "missing": ["Compta", "Factures"]},
        }
    assert house.found(subjects[0]).decision("rh") == "yes"


def test_after_twelve_examples_the_next_similar_mail_is_proposed(house: House) -> None:
    for start, count in ((0, 3), (3, 9)):
        subjects = [house.staff(n) for n in range(start, start + count)]
        house.read()
        for subject in subjects:
            house.move(subject, "INBOX", "RH")
        house.read()
    assert house.taught() == [("rh", True, "folder")]
    assert len(house.said()) == 12
    training = house.night()
    assert training is not None
    assert training.report is not None
    assert (training.result, training.report["own"], training.learnt) == ("accepted", ["rh"], 12), training.report
    assert house.night() is None, "nobody said anything new since"
    next_one = house.staff(13)
    house.mail(
        "paul@lefevre.example", "Devis", "Bonjour, combien coûte une porte d'entrée ? Paul", "<q@lefevre.example>"
    )
    house.read()
    assert house.found(next_one).decision("rh") in {"yes", "unsure"}
    assert house.found("Devis").decision("rh") == "no"


def bills(house: House, count: int, first: int = 0) -> list[str]:
    found = []
    for n in range(first, first + count):
        found.append(f"Facture F-2026-{n}")
        house.mail("Bois du Forez <compta@bois.example>", found[-1], BILL.format(n=n), f"<f{n}@bois.example>")
    return found


def test_a_wrong_invoice_moved_out_changes_the_next_verdict_or_says_why_not(house: House) -> None:
    (subject,) = bills(house, 1)
    house.read()
    house.service.act("bureau")
    house.read()
    assert (house.found(subject).decision("invoice"), house.said()) == ("yes", []), "our own deed is no lesson"
    house.move(subject, "Factures", "INBOX")
    house.read()
    assert house.taught() == [("invoice", False, "folder")]
    assert house.found(subject).decision("invoice") == "no"
    (again,) = bills(house, 1, first=1)
    house.read()
    verdict = house.found(again).verdict
    assert verdict is not None
    said = [reason.text for reason in verdict.categories["invoice"].reasons]
    assert said[0] == "vous avez dit une fois que ce n'était pas une facture (cet expéditeur)"
    assert verdict.categories["invoice"].reasons[0].weight < 0


def test_the_model_never_learns_from_its_own_output(house: House) -> None:
    subjects = bills(house, 12)
    house.read()
    assert [house.found(s).decision("invoice") for s in subjects] == ["yes"] * 12
    house.service.act("bureau")
    house.read()
    assert len(house.firm.mails("Factures")) == 12, "our rule has moved them"
    assert house.said() == []
    assert house.lessons() == Lessons()
    with house.service.deps.db.read() as tx:
        assert not is_due(tx, house.service.deps)
    assert house.night() is None
    with house.service.deps.db.read() as tx:
        assert [i.state for i in outbox.listed(tx) if i.action == "move"] == ["done"] * 12


def test_a_keyword_set_in_a_mail_program_teaches_and_so_does_its_removal(house: House) -> None:
    subject = house.staff(0)
    house.read()
    with house.firm.client() as link:
        link.select_folder("INBOX")
        link.add_flags(link.search(), [b"Rh"])
    house.read()
    assert house.taught() == [("rh", True, "keyword")]
    with house.firm.client() as link:
        link.select_folder("INBOX")
        link.remove_flags(link.search(), [b"Rh"])
    house.read()
    assert house.taught() == [("rh", False, "keyword")]
    assert house.found(subject).decision("rh") == "no"


def test_what_lay_in_the_folder_before_we_came_is_an_example_and_nothing_else(
    tmp_path: Path, server: Dovecot, small: Small
) -> None:
    with IMAPClient("127.0.0.1", server.port, ssl=False, timeout=10) as link:
        link.login(OWNER, PASSWORD)
        for folder, sender, text in (("RH", "n@paie.example", STAFF[2][1]), ("Factures", "c@bois.example", BILL)):
            link.create_folder(folder)
            at = paris("2026-11-17 08:00")
            link.append(folder, letter(sender, OWNER, folder, text, at=at, message_id=f"<old.{sender}>"), msg_time=at)
    house = House(tmp_path, server, small, {"factures.toml": FILE_BILLS})
    try:
        assert house.taught() == [("invoice", True, "folder"), ("rh", True, "folder")]
        house.service.cycle()
        with house.service.deps.db.read() as tx:
            assert [i for i in outbox.listed(tx) if i.action != "brief"] == []
            assert [m.role for m in _all(tx)] == ["filed", "filed"]
            assert messages.listed(tx) == []
        house.mail("s@paie.example", "Planning", STAFF[1][1], "<sieve@paie.example>", folder="RH")
        house.read()
        assert len(house.said()) == 2, "what came in there by itself says nothing: anybody could have sent it"
        with house.firm.client() as link:
            link.select_folder("RH")
            link.add_flags(link.search(["SUBJECT", "Planning"]), [b"\\Seen"])
        house.read()
        assert len(house.said()) == 3, "a person read it, and left it there"
        assert house.found("Planning").baseline
        with house.firm.client() as link:
            link.delete_folder("RH")
        for _ in range(2):
            house.read()
        with house.service.deps.db.read() as tx:
            assert learning(tx, house.service.deps)["categories"]["invoice"]["missing"] == ["Compta"]  # type: ignore[index]
        assert len(house.said()) == 3, "a folder that was deleted says nothing, and is no error"
    finally:
        house.service.close()


@pytest.mark.parametrize("how", ["connected", "away", "stopped"])
def test_a_folder_that_is_renamed_takes_no_word_back(house: House, how: str) -> None:
    subjects = [house.staff(n) for n in range(3)]
    house.read()
    for subject in subjects:
        house.move(subject, "INBOX", "RH")
    house.read()
    if how != "connected":
        house.service.close()
    if how == "stopped":
        house.service = house.firm.service(house.clock)
    with house.firm.client() as link:
        link.rename_folder("RH", "Personnel")
    for _ in range(3):
        house.read()
    assert house.taught() == [("rh", True, "folder")]
    assert len(house.said()) == 3
    with house.firm.client() as link:
        link.rename_folder("Personnel", "RH")
    house.read()
    house.move(subjects[0], "RH", "INBOX")
    house.read()
    assert house.taught() == [("rh", False, "folder"), ("rh", True, "folder")], "it teaches again"


def test_copies_that_leave_say_nothing_when_the_mails_themselves_move(house: House) -> None:
    subject = house.staff(0)
    house.read()
    with house.firm.client() as link:
        for folder in ("RH", "Vieux"):
            link.create_folder(folder)
        link.select_folder("INBOX")
        link.add_flags(link.search(), [b"\\Seen"])
        link.copy(link.search(), "RH")
    house.read()
    assert house.taught() == [("rh", True, "folder")]
    house.move(subject, "RH", "Vieux")
    house.read()
    house.move(subject, "INBOX", "Vieux2")
    house.read()
    house.move(subject, "Vieux2", "INBOX")
    house.read()
    assert house.taught() == [("rh", True, "folder")]


def test_a_keyword_that_our_rule_set_teaches_nothing_until_a_person_takes_it_off(
    tmp_path: Path, server: Dovecot, small: Small
) -> None:
    mark = FILE_BILLS.replace('do = "move"\nfolder = "Factures"', 'do = "keyword"\nkeyword = "Factures"')
    house = House(tmp_path, server, small, {"marquer.toml": mark})
    try:
        (subject,) = bills(house, 1)
        house.read()
        house.service.act("bureau")
        house.read()
        assert house.firm.flags()["<f0@bois.example>"] == {"Factures"}
        assert house.said() == []
        with house.firm.client() as link:
            link.select_folder("INBOX")
            link.remove_flags(link.search(), [b"Factures"])
        house.read()
        assert house.taught() == [("invoice", False, "keyword")]
        assert house.found(subject).decision("invoice") == "no"
    finally:
        house.service.close()
