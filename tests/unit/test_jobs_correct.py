"""What people did to their mails, read as corrections: a Maildir, and a person who moves its files about."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from automator.jobs.amend import amend
from automator.jobs.correct import SLIP, WAITING, _puts, keyword_of
from automator.jobs.status import learning
from automator.jobs.todo import is_shown
from automator.store import corrections, filings, messages, outbox, places
from automator.store.corrections import Correction
from automator.store.filings import Deed, Lying, Source
from automator.store.tables import outbox as outbox_table
from tests.support.commands import BILL
from tests.support.firm import OWNER
from tests.support.office import US, Office
from tests.support.rows import NOW

TAUGHT = """
[categories.rh]
learn_from = "RH"

[categories.chantier]
learn_from = "Clients/Chantiers"

[categories.invoice]
learn_from = "Factures"
"""
FILE = """
title = "Ranger les factures"
on = "mail.received"
when = { category = "invoice" }
autonomy = "auto"

[[then]]
do = "move"
folder = "Factures"
"""
WAIT = """
title = "Un client attend"
on = "mail.waiting_for_us"
when = { category = "client_request" }

[[then]]
after = "1 jour ouvré"
do = "remind"
text = "Répondre à {client}"
"""
ASK = """
title = "Classer après accord"
on = "mail.received"
when = { category = "invoice" }
autonomy = "ask"

[[then]]
do = "send"
template = "relance-1-courtoise"
"""
FOLDERS = ("RH", "Clients.Chantiers", "Factures", "Autre")


class Desk(Office):
    """An office whose owner files her mail by hand."""

    def __init__(self, folder: Path, extra: str = TAUGHT, **rules: str) -> None:
        files = {f"{name}.toml": text for name, text in rules.items()}
        super().__init__(folder, rules=files, autonomy="auto", extra=extra, folders=FOLDERS)

    def staff(self, subject: str = "Planning") -> int:
        self.lay("n@paie.example", OWNER, subject, "Les congés de Julie.", message_id=f"<{subject}@paie.example>")
        return self.number(subject)

    def number(self, subject: str) -> int:
        """Read the mailbox; the id of the mail of this subject."""
        self.look()
        with self.service.deps.db.read() as tx:
            found = [messages.get(tx, n) for n in range(1, messages.count_all(tx) + 1)]
        return next(m.id for m in found if m is not None and m.message.subject == subject)

    def look(self, after: timedelta = 2 * SLIP) -> None:
        self.read()
        self.clock.advance(after)

    def file(self, subject: str, to: str, *, copy: bool = False) -> None:
        """Move (or copy) a mail from wherever it lies into a folder ("" = the inbox), as any mail program does."""
        (found,) = [
            p for p in (self.firm.folder / "mail").glob("**/*") if p.is_file() and subject.encode() in p.read_bytes()
        ]
        target = self.firm.folder / "mail" / (f".{to}" if to else "") / "cur" / f"{found.name.partition(':')[0]}:2,S"
        if copy:
            target.with_name(f"copy.{target.name}").write_bytes(found.read_bytes())
        else:
            found.rename(target)

    def said(self) -> dict[str, tuple[bool, str]]:
        with self.service.deps.db.read() as tx:
            return {c.category: (c.value, c.by) for c in corrections.newest(tx, 99)}

    def examples(self) -> dict[str, int]:
        with self.service.deps.db.read() as tx:
            return corrections.examples(tx)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk(tmp_path) as made:
        yield made


def test_a_mail_put_into_the_folder_is_of_the_category_and_one_taken_out_is_not(desk: Desk) -> None:
    number = desk.staff()
    desk.file("Planning", "RH")
    desk.look()
    assert desk.said() == {"rh": (True, "folder")}
    desk.file("Planning", "")
    desk.look()
    assert desk.said() == {"rh": (False, "folder")}
    with desk.service.deps.db.read() as tx:
        stored = messages.get(tx, number)
        assert places.current(tx, number) is not None
    assert stored is not None
    assert stored.decision("rh") == "no"


def test_a_slip_of_the_hand_says_nothing(desk: Desk) -> None:
    desk.staff()
    desk.file("Planning", "RH")
    desk.look(SLIP - timedelta(minutes=1))
    assert desk.said() == {"rh": (True, "folder")}
    desk.file("Planning", "")
    desk.look()
    assert desk.said() == {}


def test_there_and_back_between_two_looks_is_not_seen(desk: Desk) -> None:
    desk.staff()
    desk.file("Planning", "RH")
    desk.file("Planning", "")
    desk.look()
    assert desk.said() == {}


def test_what_lay_there_before_us_is_no_slip_when_it_is_taken_out_at_once(desk: Desk) -> None:
    shutil.rmtree(desk.firm.folder / "mail" / ".RH")
    desk.look()
    desk.lay("pub@promo.example", OWNER, "Promo", "Moins 50 %.", message_id="<promo@promo.example>", folder="RH")
    desk.look(timedelta(minutes=5))
    assert desk.said() == {"rh": (True, "folder")}
    desk.file("Promo", "")
    desk.look()
    assert desk.said() == {"rh": (False, "folder")}


def test_what_came_in_there_by_itself_counts_once_a_person_has_read_it(desk: Desk) -> None:
    desk.look()
    for subject in ("Lu", "Sorti"):
        desk.lay("x@y.example", OWNER, subject, "Bonjour.", message_id=f"<{subject}@y.example>", folder="RH")
    desk.look()
    assert desk.said() == {}, "a stranger who knows the address of a folder does not teach"
    desk.file("Sorti", "")
    desk.look()
    assert desk.said() == {"rh": (False, "folder")}
    desk.file("Lu", "RH")  # the same place, now with the mark of a mail that was read
    desk.look(timedelta(minutes=5))
    assert desk.examples() == {"rh": 1}
    desk.file("Lu", "")
    desk.look()
    assert desk.examples() == {}, "and read, then taken out at once, is no slip of the hand"
    assert [value for value, _ in desk.said().values()] == [False]


def test_a_mail_that_disappeared_is_waited_for_a_day(desk: Desk) -> None:
    for subject in ("Tard", "Vite"):
        desk.staff(subject)
        desk.file(subject, "RH")
        desk.look()
        desk.file(subject, "Autre")
        desk.look()
    desk.file("Vite", "")
    desk.look()
    assert desk.examples() == {"rh": 1}
    desk.clock.advance(WAITING)
    desk.staff("Autre chose")
    desk.look()
    desk.file("Tard", "")
    desk.look()
    assert desk.examples() == {"rh": 1}, "what turns up much later was not taken out of the folder"


def test_between_two_folders_of_one_category_nothing_is_said(tmp_path: Path) -> None:
    with Desk(tmp_path, extra=TAUGHT.replace('"RH"', '["RH", "Autre"]')) as desk:
        desk.staff()
        desk.file("Planning", "RH")
        desk.look()
        desk.file("Planning", "Autre")
        desk.look()
        assert desk.said() == {"rh": (True, "folder")}


def test_from_one_folder_to_another_the_last_one_counts(desk: Desk) -> None:
    desk.staff()
    desk.file("Planning", "RH")
    desk.look()
    desk.file("Planning", "Clients.Chantiers")
    desk.look()
    assert desk.said() == {"rh": (False, "folder"), "chantier": (True, "folder")}
    desk.file("Planning", "RH")
    desk.look()
    assert desk.said() == {"rh": (True, "folder"), "chantier": (False, "folder")}


def test_a_copy_counts_and_its_deletion_says_nothing(desk: Desk) -> None:
    desk.staff()
    desk.file("Planning", "RH", copy=True)
    desk.look()
    assert desk.said() == {"rh": (True, "folder")}
    for path in (desk.firm.folder / "mail" / ".RH" / "cur").iterdir():
        path.unlink()
    desk.look()
    assert desk.said() == {"rh": (True, "folder")}


def test_a_deletion_says_nothing_nor_does_a_folder_that_we_do_not_read(desk: Desk) -> None:
    desk.staff()
    desk.staff("Paie")
    for subject in ("Planning", "Paie"):
        desk.file(subject, "RH")
    desk.look()
    desk.file("Planning", "Autre")
    (desk.firm.folder / "mail" / ".RH" / "cur").iterdir().__next__().unlink()
    desk.look()
    assert desk.said() == {"rh": (True, "folder")}


def test_a_folder_that_is_deleted_or_made_later_is_no_error(desk: Desk) -> None:

    desk.staff()
    desk.file("Planning", "RH")
    desk.look()
    shutil.rmtree(desk.firm.folder / "mail" / ".RH")
    desk.look()
    with desk.service.deps.db.read() as tx:
        found = learning(tx, desk.service.deps)["categories"]
        assert found["rh"] == {"examples": 1, "needed": 12, "missing": []}  # type: ignore[index]
        assert found["invoice"]["needed"] == 0  # type: ignore[index]
    desk.firm.box.add_folder("RH")
    desk.staff("Paie")
    desk.file("Paie", "RH")
    desk.look()
    with desk.service.deps.db.read() as tx:
        assert corrections.examples(tx) == {"rh": 2}


def test_our_own_mail_and_our_drafts_teach_nothing(desk: Desk) -> None:
    desk.lay(US, "n@paie.example", "Answer", "Merci.", message_id="<ours@durand.example>", folder="Sent")
    desk.look()
    desk.file("Answer", "RH")
    desk.look()
    assert desk.said() == {}


def test_what_our_rule_moved_is_nobodys_word_until_a_person_moves_it(tmp_path: Path) -> None:
    with Desk(tmp_path, ranger=FILE) as desk:
        desk.lay("compta@bois.example", OWNER, "Facture F-2026-118", BILL, message_id="<f@bois.example>")
        desk.look()
        desk.service.act("bureau")
        desk.look()
        assert (desk.firm.folder / "mail" / ".Factures" / "cur").iterdir().__next__()
        assert desk.said() == {}
        desk.file("F-2026-118", "")
        desk.look()
        assert desk.said() == {"invoice": (False, "folder")}
        desk.file("F-2026-118", "Factures")
        desk.look()
        assert desk.said() == {"invoice": (True, "folder")}, "our deed explains the first time only"
        with desk.service.deps.db.read() as tx:
            assert filings.ours(tx) == frozenset()


def test_a_move_of_ours_that_was_cut_off_explains_it_too(tmp_path: Path) -> None:
    with Desk(tmp_path, ranger=FILE) as desk:
        desk.lay("compta@bois.example", OWNER, "Facture F-2026-118", BILL, message_id="<f@bois.example>")
        desk.look()
        with desk.service.deps.db.transaction() as tx:
            (item,) = outbox.in_state(tx, "ready")
            assert outbox.claim(tx, item.id, desk.clock.now(), header_id="", recipient="")
        desk.file("F-2026-118", "Factures")
        desk.look()
        assert desk.said() == {}
        with desk.service.deps.db.transaction() as tx:
            assert len(filings.ours(tx)) == 1


def test_a_deed_that_never_happened_explains_nothing(tmp_path: Path) -> None:
    with Desk(tmp_path, ranger=FILE) as desk:
        desk.lay("compta@bois.example", OWNER, "Facture F-2026-118", BILL, message_id="<f@bois.example>")
        desk.look()
        with desk.service.deps.db.transaction() as tx:
            tx.execute(outbox_table.update().values(state="observed"))
        desk.file("F-2026-118", "Factures")
        desk.look()
        assert desk.said() == {"invoice": (True, "folder")}


def test_a_correction_ends_what_rests_on_the_verdict(tmp_path: Path) -> None:
    with Desk(tmp_path, attendre=WAIT, demander=ASK) as desk:
        question = "Bonjour, pouvez-vous m'envoyer un devis pour une porte d'entrée ? Merci de me répondre. Paul"
        desk.lay("Paul <paul@lefevre.example>", OWNER, "Devis", question, message_id="<q@lefevre.example>")
        desk.lay("compta@bois.example", OWNER, "Facture F-2026-118", BILL, message_id="<f@bois.example>")
        desk.look()
        asked, billed = desk.number("Devis"), desk.number("Facture F-2026-118")
        assert desk.waiting() == ["mail.waiting_for_us"]
        assert [i.state for i in desk.outbox()] == ["ready"]

        deps, now = desk.service.deps, desk.clock.now()
        with deps.db.transaction() as tx:
            assert is_shown(tx, asked, now)
            no_request = amend(tx, deps.words, deps.known, Correction(asked, "client_request", False, "command", now))
            no_bill = amend(tx, deps.words, deps.known, Correction(billed, "invoice", False, "command", now))
            assert amend(tx, deps.words, deps.known, Correction(999, "invoice", False, "command", now)) is None
            assert not is_shown(tx, asked, now)
        assert no_request is not None
        assert no_bill is not None
        assert (no_request.before, no_request.after, no_request.cases) == ("yes", "no", 1)
        assert (no_bill.before, no_bill.after, no_bill.deeds) == ("yes", "no", 1)
        assert desk.waiting() == []
        assert [i.state for i in desk.outbox()] == ["cancelled"]


@pytest.mark.parametrize(
    ("name", "keyword"), [("RH", "rh"), ("À payer", "a_payer"), ("日本", ""), ("$Label1", "$label1")]
)
def test_the_keyword_that_a_name_stands_for(name: str, keyword: str) -> None:
    assert keyword_of(name) == keyword


@pytest.mark.parametrize(
    ("action", "params", "mailbox", "explains"),
    [
        ("move", '{"folder": "Factures"}', "INBOX.Factures", True),
        ("move", '{"folder": "factures"}', "INBOX.Factures", True),
        ("move", '{"folder": "INBOX/Factures"}', "INBOX.Factures", True),
        ("move", '{"folder": "Archives/Factures"}', "INBOX.Factures", True),
        ("move", '{"folder": "Factures/2026"}', "INBOX.Factures", False),
        ("move", '{"folder": "Newsletters"}', "INBOX.Factures", False),
        ("archive", "{}", "INBOX.Factures", True),
        ("keyword", '{"keyword": "Factures"}', "INBOX.Factures", False),
        ("keyword", '{"keyword": "FACTURES"}', "INBOX", True),
        ("keyword", '{"keyword": "Autre"}', "INBOX", False),
        ("move", '{"folder": "Factures"}', "INBOX", False),
    ],
)
def test_which_deed_of_ours_explains_where_a_mail_lies(
    action: str, params: str, mailbox: str, explains: bool
) -> None:
    source = Source("invoice", "Factures", "INBOX.Factures", "factures")
    place = Lying(7, 1, mailbox, "filed", frozenset({"factures"}), gone=False)
    assert _puts(Deed(1, action, params, NOW), source, place) == explains
