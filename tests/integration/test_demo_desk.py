"""The demo's folder and mailbox, on the real embedded server."""

from __future__ import annotations

import importlib.util
import stat
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from imapclient import IMAPClient

from automator.config import load_config
from automator.demo import office
from automator.demo.desk import Desk
from automator.demo.office import OfficeMail
from automator.demo.prepare import Scene, furnish, scene
from automator.demo.server import HOST, EmbeddedServer
from automator.errors import PermanentError

RULES = Path(__file__).resolve().parents[2] / "rules"
needs_server = pytest.mark.skipif(
    importlib.util.find_spec("mail_devel") is None, reason="mail-devel (extra demo) is missing"
)
pytestmark = [pytest.mark.demo, needs_server]
USER = office.firm().address


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    with EmbeddedServer(USER, "sesame") as found:
        yield found


@pytest.fixture
def desk(server: EmbeddedServer) -> Iterator[Desk]:
    with Desk(HOST, server.imap_port, USER, "sesame") as found:
        yield found


@pytest.fixture
def client(server: EmbeddedServer) -> Iterator[IMAPClient]:
    client = IMAPClient(HOST, server.imap_port, ssl=False, timeout=30)
    client.login(USER, "sesame")
    yield client
    client.logout()


def by_id(name: str) -> OfficeMail:
    return next(mail for mail in office.mails() if mail.id == name)


def test_mail_lands_where_it_belongs_with_its_own_date_and_bytes(desk: Desk, client: IMAPClient) -> None:
    received, sent = by_id("tilleul-1"), by_id("tilleul-2")
    for mail in (received, sent):
        desk.deliver(mail)
        client.select_folder(mail.mailbox, readonly=True)
        uid = client.search(["HEADER", "Message-ID", mail.message_id])
        found = client.fetch(uid, ["INTERNALDATE", "BODY.PEEK[]", "FLAGS"])[uid[0]]
        assert found[b"INTERNALDATE"].timestamp() == mail.at.timestamp()
        assert found[b"BODY[]"] == mail.to_bytes()
        assert (b"\\Seen" in found[b"FLAGS"]) == (mail.mailbox == "Sent")


def test_the_whole_office_fits_and_opening_the_desk_twice_is_fine(
    desk: Desk, server: EmbeddedServer, client: IMAPClient
) -> None:
    before = client.folder_status("INBOX", ["MESSAGES"])[b"MESSAGES"]
    for mail in office.mails():
        desk.deliver(mail)
    with Desk(HOST, server.imap_port, USER, "sesame") as again:
        assert again.digests() == []
    added = client.folder_status("INBOX", ["MESSAGES"])[b"MESSAGES"] - before
    assert added == sum(mail.mailbox == "INBOX" for mail in office.mails())


def test_the_owner_reads_her_digests_and_drafts(desk: Desk, client: IMAPClient) -> None:
    for number in (1, 2):
        mail = EmailMessage(policy=SMTP)
        mail["Message-ID"], mail["Subject"], mail["To"] = (
            f"<digest.2026-11-0{number}.abc@x.example>",
            f"Bilan {number}",
            USER,
        )
        mail.set_content(f"texte {number}")
        mail.add_alternative(f"<p>html {number}</p>", subtype="html")
        client.append("INBOX", mail.as_bytes())
        client.append("Drafts", mail.as_bytes())
    digests = desk.digests()
    assert [(d.subject, d.text.strip(), d.html.strip()) for d in digests] == [
        ("Bilan 1", "texte 1", "<p>html 1</p>"), ("Bilan 2", "texte 2", "<p>html 2</p>"),
    ]  # fmt: skip
    assert [(d.to, d.subject) for d in desk.drafts()] == [(USER, "Bilan 1"), (USER, "Bilan 2")]


def furnished(folder: Path) -> Scene:
    place = scene(folder)
    furnish(place, RULES, 1143, 1025)
    return place


def test_the_demos_configuration_is_a_good_one(tmp_path: Path) -> None:
    place = furnished(tmp_path / "demo")
    config = load_config(place.config, environ={})
    assert config.warnings == ()
    assert config.owner.addresses == (place.user,)
    assert stat.S_IMODE(place.config.stat().st_mode) == 0o600
    assert stat.S_IMODE((place.folder / "password").stat().st_mode) == 0o600
    assert place.password not in place.config.read_text(encoding="utf-8")
    assert (place.folder / "rules" / "relance-impayes.toml").read_bytes() == (
        RULES / "relance-impayes.toml"
    ).read_bytes()
    assert place.calendar.read_bytes() == office.agenda()


def test_a_second_showing_begins_afresh_and_foreign_folders_are_left_alone(tmp_path: Path) -> None:
    place = furnished(tmp_path / "demo")
    (place.folder / "state").mkdir()
    (place.folder / "state" / "old").touch()
    (place.folder / "rules" / "mine.toml").touch()
    again = furnished(tmp_path / "demo")
    assert not (again.folder / "state").exists()
    assert not (again.folder / "rules" / "mine.toml").exists()
    assert again.password != place.password
    foreign = tmp_path / "foreign"
    (foreign / "rules").mkdir(parents=True)
    with pytest.raises(PermanentError, match="--dir"):
        scene(foreign)
    assert (foreign / "rules").is_dir()
