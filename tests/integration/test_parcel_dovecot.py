"""The accountant's parcel from a real mailbox: what a rule filed, what is fetched by part, what is lost."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from automator.actions.file_attachment import LIMIT
from automator.clock import FixedClock
from automator.config import load_config
from automator.errors import PermanentError, TemporaryError
from automator.jobs.cycle import Service
from automator.jobs.parcel import Fetch, Packed, month, pack
from automator.mail.message import MessageRef
from automator.words import Words
from tests.support.dovecot import Dovecot
from tests.support.firm import OWNER, PASSWORD, Firm, paris
from tests.support.smtp import SmtpSink

pytestmark = pytest.mark.dovecot

FILE = """
title = "Classer"
on = "invoice.received"
autonomy = "auto"
when = { from = ["@boisduforez.example"] }

[[then]]
do = "file_attachment"
folder = "Factures"
"""
TEXT = """Bonjour,

Veuillez trouver notre facture n° {number}.
Total HT : 1 000,00 €
TVA 20 % : 200,00 €
Total TTC : 1 200,00 €
À payer par virement avant le 20/12/2026. IBAN : FR76 3000 6000 0112 3456 7890 189

{who}
"""
PDF = b"%PDF-1.4\n% no page is read here\n%%EOF\n"


def supplier(who: str, domain: str, number: str, filename: str, body: bytes, at: datetime) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"{who} <compta@{domain}>", OWNER, f"Facture {number}"
    mail["Message-ID"], mail["Date"] = f"<{number}@{domain}>", at
    mail.set_content(TEXT.format(number=number, who=who))
    mail.add_attachment(body, maintype="application", subtype="pdf", filename=filename)
    return mail.as_bytes()


@pytest.fixture
def firm(tmp_path: Path) -> Iterator[tuple[Firm, Service]]:
    with Dovecot({OWNER: PASSWORD}) as server, SmtpSink() as sink:
        made = Firm(tmp_path, imap=server.port, smtp=sink.port, rules={"classer.toml": FILE}, autonomy="auto")
        clock = FixedClock(paris("2026-11-18 08:00"))
        service = made.service(clock)
        service.wake()
        service.cycle()
        at = paris("2026-11-18 09:00")
        wood = ("Bois du Forez SARL", "boisduforez.example", "F-2026-118", "../../etc/pass\u202ewd.pdf")
        made.arrive(supplier(*wood, PDF + b"1", at), at)
        made.arrive(supplier("Vis et Clous SAS", "vis.example", "V-77", "facture.pdf", PDF + b"2", at), at)
        clock.set(paris("2026-11-18 10:00"))
        service.cycle()
        service.cycle()
        yield made, service
        service.close()


def packed(firm: Firm, service: Service, out: str, fetch: Fetch | None = None) -> tuple[Packed, dict[str, bytes]]:
    words, deps = Words("fr"), service.deps
    with deps.db.read() as tx:
        made = month(tx, deps.calendar, words, paris("2026-11-01 00:00").date())
    root = load_config(firm.config, environ={}).filing_root
    own = fetch or deps.accounts["bureau"].source.part
    done = pack(deps.db, made, words, root, own, firm.folder / out)
    with zipfile.ZipFile(done.path) as zipped:
        return done, {name: zipped.read(name) for name in zipped.namelist()}


WOOD = "factures-recues/2026-11-18_Bois-du-Forez-SARL_F-2026-118.pdf"
NAILS = "factures-recues/2026-11-18_Vis-et-Clous-SAS_V-77.pdf"


def test_documents_come_from_the_filing_folder_and_from_the_mailbox(firm: tuple[Firm, Service]) -> None:
    asked: list[MessageRef] = []

    def fetch(ref: MessageRef, part: str, limit: int) -> bytes:
        asked.append(ref)
        return firm[1].deps.accounts["bureau"].source.part(ref, part, limit)

    done, held = packed(*firm, "a.zip", fetch)
    assert sorted(held) == sorted([WOOD, NAILS, "ecritures.csv", "manquants.txt"])
    assert (held[WOOD], held[NAILS]) == (PDF + b"1", PDF + b"2")
    assert len(asked) == 1, "the filed one is not asked of the server"
    assert (done.bills, done.documents, done.missing) == (2, 2, 0)
    table = held["ecritures.csv"].decode("utf-8-sig")
    assert "F-2026-118;1000,00;200,00;1200,00;EUR;20/12/2026;non payée;;" + WOOD in table
    assert packed(*firm, "b.zip")[0].path.read_bytes() == done.path.read_bytes(), "always the same bytes"


def test_a_filed_copy_that_was_changed_or_linked_is_not_taken(firm: tuple[Firm, Service], tmp_path: Path) -> None:
    (filed,) = list((firm[0].folder / "filed").rglob("*.pdf"))
    filed.write_bytes(b"forged")
    assert packed(*firm, "a.zip")[1][WOOD] == PDF + b"1"
    (tmp_path / "true.bin").write_bytes(PDF + b"1")
    filed.unlink()
    filed.symlink_to(tmp_path / "true.bin")

    def none(ref: MessageRef, part: str, limit: int) -> bytes:
        assert limit == LIMIT
        raise TemporaryError("the server is away")

    done, held = packed(*firm, "b.zip", none)
    assert (done.documents, sorted(held)) == (0, ["ecritures.csv", "manquants.txt"])
    assert done.lost == (f"{WOOD}: the server is away", f"{NAILS}: the server is away")
    assert "the server is away" in held["manquants.txt"].decode("utf-8-sig")


def test_a_mail_that_is_gone_is_told_and_its_filed_document_stays(firm: tuple[Firm, Service]) -> None:
    office, service = firm
    with office.client() as link:
        link.select_folder("INBOX")
        link.delete_messages(link.search())
        link.expunge()
    service.cycle()
    done, held = packed(office, service, "a.zip")
    assert held[WOOD] == PDF + b"1"
    assert NAILS not in held
    assert done.lost == (f"{NAILS}: the mail is no longer in the mailbox, and its document was not filed",)


def test_a_failure_leaves_no_half_parcel(firm: tuple[Firm, Service]) -> None:
    def broken(ref: MessageRef, part: str, limit: int) -> bytes:
        raise RuntimeError(part)

    with pytest.raises(RuntimeError):
        packed(*firm, "a.zip", broken)
    assert not (firm[0].folder / "a.zip").exists()
    with pytest.raises(PermanentError, match="cannot be written"):
        packed(*firm, "none/a.zip")
