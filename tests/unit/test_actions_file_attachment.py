"""file_attachment: documents land below the filing folder, once, under safe names (reliability S50)."""

from __future__ import annotations

import dataclasses
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from automator.actions import file_attachment as action
from automator.errors import PermanentError, TemporaryError
from automator.mail.message import Attachment
from tests.support.mails import raw
from tests.support.tools import NOW, Desk, case, intent

PDF = b"%PDF-1.4"


def attached(name: str = "facture.pdf", kind: str = "application/pdf", content: bytes | None = PDF) -> Attachment:
    return Attachment("2", name, kind, 8, content)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.close()


def file(desk: Desk, *attachments: Attachment, folder: str = "Factures", name: str = "", **more: object) -> str:
    options = action.Options(folder=folder, name=name)
    there = case(attachments=attachments, **more)
    return action.build(desk.tools).perform(intent("file_attachment", options), there, NOW).what


def filed(desk: Desk) -> list[str]:
    root = desk.folder / "filed"
    return sorted(str(p.relative_to(root)) for p in root.rglob("*") if p.is_file())


def test_a_document_is_filed_once(desk: Desk) -> None:
    assert file(desk, attached()) == file(desk, attached())
    assert filed(desk) == ["Factures/facture.pdf"]
    path = desk.folder / "filed" / "Factures" / "facture.pdf"
    assert path.read_bytes() == PDF
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert action.build(desk.tools).repeatable


def test_another_document_of_the_same_name_stands_beside_it(desk: Desk) -> None:
    file(desk, attached())
    file(desk, attached(content=b"%PDF-1.5"))
    file(desk, attached(content=b"other"))
    assert filed(desk) == ["Factures/facture (2).pdf", "Factures/facture (3).pdf", "Factures/facture.pdf"]


def test_folder_and_name_are_filled(desk: Desk) -> None:
    file(desk, attached(), folder="Clients/{client}/../{inconnu}/2026", name="{numero} {client}")
    assert filed(desk) == ["Clients/Garage Petit/2026/F-118 Garage Petit.pdf"]


def test_papers_before_pictures_and_programs_never(desk: Desk) -> None:
    logo, scan = attached("logo.png", "image/png", b"p"), attached("scan.jpg", "image/jpeg", b"s")
    program, mail = attached("x.exe", "application/pdf", b"e"), attached("x.pdf", "message/rfc822", b"m")
    unnamed = attached("", "application/pdf", b"u")
    assert action.documents((logo, attached(), program, mail, unnamed)) == [attached(), unnamed]
    assert action.documents((scan, program)) == [scan]
    file(desk, unnamed)
    assert filed(desk) == ["Factures/document.pdf"]
    with pytest.raises(PermanentError, match="no document"):
        file(desk, program)


def test_a_document_is_read_from_the_mailbox_when_it_is_not_at_hand(desk: Desk) -> None:
    message = desk.put(
        raw(
            b"--b\r\n\r\nx\r\n--b\r\nContent-Type: application/pdf; name=a.pdf\r\n\r\n" + PDF + b"\r\n--b--\r\n",
            Content_Type="multipart/mixed; boundary=b",
        )
    )
    bare = dataclasses.replace(message.attachments[0], content=None)
    file(desk, bare, ref=message.ref)
    assert filed(desk) == ["Factures/a.pdf"]
    with pytest.raises(PermanentError, match="no longer"):
        file(desk, bare)


def test_s50_a_link_that_leads_out_is_not_followed(desk: Desk) -> None:
    outside = desk.folder / "outside"
    outside.mkdir()
    root = desk.folder / "filed"
    root.mkdir()
    (root / "Factures").symlink_to(outside)
    with pytest.raises(PermanentError, match="leads out"):
        file(desk, attached())
    assert list(outside.iterdir()) == []


def test_s50_a_link_in_place_of_the_file_is_neither_read_nor_followed(desk: Desk) -> None:
    secret = desk.folder / "secret"
    secret.write_bytes(PDF)
    folder = desk.folder / "filed" / "Factures"
    folder.mkdir(parents=True)
    (folder / "facture.pdf").symlink_to(secret)
    file(desk, attached())
    assert (folder / "facture (2).pdf").read_bytes() == PDF
    assert secret.read_bytes() == PDF


def test_what_a_crash_left_is_no_obstacle(desk: Desk) -> None:
    file(desk, attached())
    folder = desk.folder / "filed" / "Factures"
    (folder / "facture.pdf").rename(folder / ".d41d8cd98f00b204.part")
    file(desk, attached())
    assert (folder / "facture.pdf").read_bytes() == PDF
    import hashlib

    other = b"half written"
    (folder / f".{hashlib.sha256(other).hexdigest()[:32]}.part").write_bytes(b"ha")
    file(desk, attached("b.pdf", content=other))
    assert (folder / "b.pdf").read_bytes() == other


def test_too_many_of_one_name(desk: Desk) -> None:
    folder = desk.folder / "filed" / "Factures"
    folder.mkdir(parents=True)
    for path in action._candidates(folder / "facture.pdf"):
        path.touch()
    with pytest.raises(PermanentError, match="too many"):
        file(desk, attached())
    assert not [p for p in folder.iterdir() if p.name.startswith(".")]


def test_a_disk_that_does_not_take_it_is_asked_again_later(desk: Desk) -> None:
    (desk.folder / "filed").write_text("a file where a folder should be")
    with pytest.raises(TemporaryError):
        file(desk, attached())


class Other(BaseModel):
    """Options of nobody."""


def test_options_of_another_verb_are_a_bug(desk: Desk) -> None:
    with pytest.raises(TypeError):
        action.build(desk.tools).perform(intent("x", Other()), case(), NOW)


@given(st.text(st.one_of(st.characters(codec=None), st.sampled_from("./\\:\0 -\u202eCON")), max_size=400))
def test_s50_any_name_is_one_safe_name(text: str) -> None:
    name = action.safe_name("", attached(f"{text}.pdf"), {})
    assert name.endswith(".pdf")
    assert 4 < len(name) <= 105
    assert not set(name) & set('/\\:*?"<>|\0\r\n')
    assert not name.startswith((".", " "))
    assert name.partition(".")[0].lower() not in {"con", "nul", "aux", "prn"}
    folder = action.safe_part(text)
    assert folder not in {".", ".."}
    assert "/" not in folder
