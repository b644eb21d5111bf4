"""The Maildir source and writer, beyond what every mail source promises."""

from __future__ import annotations

import mailbox
import os
import shutil
from pathlib import Path

import pytest

from automator.errors import PermanentError, TemporaryError
from automator.mail.message import Fetched, MessageRef
from automator.ports import Change
from automator.sources import maildir
from automator.sources.maildir import reader as reading
from tests.support.letters import letter, message_id
from tests.support.mails import raw


@pytest.fixture
def path(tmp_path: Path) -> Path:
    mailbox.Maildir(tmp_path / "mail", create=True)
    return tmp_path / "mail"


def options(path: Path) -> maildir.Options:
    return maildir.Options(path=path)


def fetch(path: Path, cursor: str | None = None) -> list[Fetched]:
    return [m for batch in maildir.build("bureau", options(path)).fetch(cursor) for m in batch.messages]


def test_sent_and_drafts_are_read_where_they_exist(path: Path) -> None:
    for folder in (".Sent", ".Drafts", ".Other"):
        mailbox.Maildir(path / folder, create=True).add(raw(Subject=folder))
    mailbox.Maildir(path).add(raw())
    assert sorted((m.ref.mailbox, m.role) for m in fetch(path)) == [
        ("Drafts", "draft"),
        ("INBOX", "received"),
        ("Sent", "sent"),
    ]


def test_a_message_keeps_its_number_whatever_happens_to_its_flags(path: Path) -> None:
    mailbox.Maildir(path).add(raw())
    (before,) = fetch(path)
    writer = maildir.writer("bureau", options(path))
    writer.apply(Change("flag", ref=before.ref, value="\\Flagged"))
    writer.apply(Change("flag", ref=before.ref, value="\\Seen"))
    (after,) = fetch(path)
    assert after.ref == before.ref
    assert after.flags == {"\\Flagged", "\\Seen"}


def test_large_histories_come_in_portions_that_are_all_history(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    box = mailbox.Maildir(path)
    for number in range(reading.CHUNK + 5):
        box.add(letter(number))
    source = maildir.build("bureau", options(path))
    batches = list(source.fetch(None))
    assert [len(b.messages) for b in batches] == [reading.CHUNK, 5]
    assert {b.total for b in batches} == {reading.CHUNK + 5}
    box.add(letter(999))
    rest = list(source.fetch(batches[0].cursor))
    assert [(len(b.messages), b.history) for b in rest] == [(5, ("INBOX",)), (1, ())]


def test_what_is_no_message_is_passed_over(path: Path) -> None:
    mailbox.Maildir(path).add(raw())
    (path / "cur" / ".hidden").write_bytes(raw())
    (path / "cur" / "a-link:2,S").symlink_to("/etc/hostname")
    os.mkfifo(path / "new" / "a-pipe")
    (path / "new" / "a-folder").mkdir()
    assert len(fetch(path)) == 1


@pytest.mark.parametrize("cursor", ["", "x", "[]", '{"known":[]}', '{"known":{"INBOX":"AA=="},"history":{}}'])
def test_a_cursor_that_is_none_of_ours_reads_all_as_history(path: Path, cursor: str) -> None:
    mailbox.Maildir(path).add(raw())
    (batch,) = maildir.build("bureau", options(path)).fetch(cursor)
    assert batch.history == ("INBOX",)


def test_no_maildir_at_all(tmp_path: Path) -> None:
    with pytest.raises(PermanentError, match="no Maildir"):
        fetch(tmp_path)


def test_a_message_that_is_gone_and_a_mailbox_nobody_has(path: Path) -> None:
    source = maildir.build("bureau", options(path))
    for mailbox_name in ("INBOX", "Nowhere"):
        with pytest.raises(PermanentError, match="no longer"):
            source.part(MessageRef("bureau", mailbox_name, 1, 7), "1", 10)


def test_a_copy_is_appended_and_found_again(path: Path) -> None:
    writer = maildir.writer("bureau", options(path))
    assert writer.find("<1@lefevre.example>", "sent") is None
    for _ in range(2):
        writer.apply(
            Change("append", role="sent", content=raw(X_Automator_Key="k/1"), flags=frozenset({"\\Seen", "\\Odd"}))
        )
    found = writer.find("<1@lefevre.example>", "sent")
    assert found is not None
    assert (found.account, found.mailbox) == ("bureau", "Sent")
    assert writer.find("<other@x>", "sent", "k/1") is not None
    assert writer.find("<other@x>", "sent", "k/2") is None
    assert writer.find("<1@lefevre.example>", "drafts") is None
    assert len(list((path / ".Sent" / "cur").iterdir())) == 2
    assert list((path / ".Sent" / "tmp").iterdir()) == []


def test_a_move_makes_the_folder_and_keeps_the_flags(path: Path) -> None:
    mailbox.Maildir(path).add(raw())
    (message,) = fetch(path)
    writer = maildir.writer("bureau", options(path))
    writer.apply(Change("flag", ref=message.ref, value="\\Seen"))
    writer.apply(Change("move", ref=message.ref, value="Clients/Petit"))
    (lying,) = (path / ".Clients.Petit" / "cur").iterdir()
    assert lying.name.endswith(":2,S")
    writer.apply(Change("move", ref=message.ref, value="Clients/Petit"))
    with pytest.raises(PermanentError, match="no longer"):
        writer.apply(Change("move", ref=MessageRef("bureau", "INBOX", 1, 7), value="Clients/Petit"))


def test_a_move_to_the_archive_and_back(path: Path) -> None:
    mailbox.Maildir(path).add(raw())
    (message,) = fetch(path)
    maildir.writer("bureau", options(path)).apply(Change("move", ref=message.ref, value="\\Archive"))
    assert len(list((path / ".Archive" / "cur").iterdir())) == 1


@pytest.mark.parametrize(
    "change",
    [
        Change("keyword", value="x"),
        Change("keyword", ref=MessageRef("bureau", "INBOX", 1, 1), value="x"),
        Change("flag", value="\\Seen"),
        Change("move", ref=MessageRef("bureau", "INBOX", 1, 1), value="x"),
        Change("append", value="a//b", content=b"x"),
        Change("append", value="..", content=b"x"),
        Change("append", value="a\0b", content=b"x"),
    ],
)
def test_what_cannot_be_done_is_refused(path: Path, change: Change) -> None:
    with pytest.raises(PermanentError):
        maildir.writer("bureau", options(path)).apply(change)


@pytest.mark.parametrize("flag", ["\\Deleted", "\\Odd", "S"])
def test_s13_nothing_is_ever_marked_deleted(path: Path, flag: str) -> None:
    mailbox.Maildir(path).add(raw())
    (message,) = fetch(path)
    with pytest.raises(PermanentError):
        maildir.writer("bureau", options(path)).apply(Change("flag", ref=message.ref, value=flag))


def test_the_inbox_is_the_maildir_itself(path: Path) -> None:
    maildir.writer("bureau", options(path)).apply(Change("append", value="Inbox", content=letter(1)))
    assert [m.whole and message_id(1).encode() in m.whole for m in fetch(path)] == [True]


def test_a_disk_that_fails_is_a_temporary_error(path: Path) -> None:
    (path / ".Sent").write_text("a file where a folder should be")
    with pytest.raises(TemporaryError):
        maildir.writer("bureau", options(path)).apply(Change("append", role="sent", content=b"x"))


def test_folders_that_teach_are_read_where_they_exist(path: Path) -> None:
    mailbox.Maildir(path / ".RH", create=True).add(raw(Subject="RH", Message_ID="<rh@lefevre.example>"))
    mailbox.Maildir(path / ".Clients.2026", create=True).add(raw(Subject="C", Message_ID="<c@lefevre.example>"))
    mailbox.Maildir(path).add(raw())
    source = maildir.build("bureau", options(path), filed=("RH", "Clients/2026", "Absent", "Sent"))
    assert source.filed == {}
    batches = list(source.fetch(None))
    assert sorted((m.ref.mailbox, m.role) for b in batches for m in b.messages) == [
        ("Clients.2026", "filed"),
        ("INBOX", "received"),
        ("RH", "filed"),
    ]
    assert {name for b in batches for name in b.history} >= {"RH", "Clients.2026"}
    assert source.filed == {"RH": "RH", "Clients/2026": "Clients.2026"}
    filed = next(m for b in batches for m in b.messages if m.ref.mailbox == "RH")
    assert source.part(filed.ref, "1", 100) == b"Bonjour"
    shutil.rmtree(path / ".RH")
    (gone,) = source.fetch(batches[-1].cursor)
    assert gone.gone == (filed.ref,)
    assert list(source.fetch(gone.cursor)) == []
    assert "RH" not in source.filed
