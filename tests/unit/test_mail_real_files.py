"""Real mails that nobody here wrote: nothing raises, nothing is slow, and what is evident is found.

They lie beside the clone (AUTOMATOR_FIXTURES, default ../shared/fixtures) under their own licences and are not
copied into the project.
"""

from __future__ import annotations

import json
import os
import pickle
import resource
from pathlib import Path

import pytest

from automator.mail.bounce import bounce
from automator.mail.message import Message
from automator.mail.parse import parse
from automator.mail.thread import ancestors, expects_answer, is_automatic
from automator.sandbox import Sandbox
from tests.support.mails import fetched

HERE = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("AUTOMATOR_FIXTURES", HERE.parent / "shared" / "fixtures")) / "eml"
FILES = sorted(FOLDER.rglob("*.eml"))
NAMES = [str(path.relative_to(FOLDER)) for path in FILES]

needs_files = pytest.mark.skipif(not FILES, reason="the folder of real files is not there (AUTOMATOR_FIXTURES)")


def read(name: str) -> Message:
    return parse(fetched((FOLDER / name).read_bytes()))


@needs_files
def test_every_real_mail_is_read_in_time_and_memory() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF)
    for path in FILES:
        used = resource.getrusage(resource.RUSAGE_SELF).ru_utime
        message = parse(fetched(path.read_bytes()))
        assert resource.getrusage(resource.RUSAGE_SELF).ru_utime - used < 1, path
        assert "unreadable" not in message.defects, path
        assert message.identity
        assert "\n" not in message.subject + message.sender.addr + message.sender.name
        expects_answer(message)
        is_automatic(message)
        bounce(message)
        ancestors(message)
        assert pickle.loads(pickle.dumps(message)) == message
    after = resource.getrusage(resource.RUSAGE_SELF)
    assert after.ru_maxrss - before.ru_maxrss < 200_000
    assert after.ru_utime - before.ru_utime < 30


@needs_files
def test_real_mails_go_through_the_sandbox_as_they_are() -> None:
    chosen = [fetched(path.read_bytes()) for path in FILES[::6]]
    box = Sandbox()
    try:
        assert box.map(parse, chosen) == [parse(one) for one in chosen]
    finally:
        box.close()


@needs_files
@pytest.mark.parametrize(
    ("name", "subject", "text"),
    [
        ("imap_tools/multi_charset/japanese_shift_jis.eml", "test", "あいうえお"),
        ("imap_tools/rfc2822/example06.eml", "Re: Saying Hello", "This is a reply to your hello."),
        ("flanker/missing-final-boundary.eml", "Test", "Some body"),
        ("flanker/enclosed.eml", "", ""),
        ("rspamd/ham.eml", "Re: [Cfrg] Adoption call for draft-sullivan-cfrg-voprf", "Hi Kenny:"),
        ("rspamd/zerofont.eml", "", ""),
    ],
)
def test_what_is_evident_is_found(name: str, subject: str, text: str) -> None:
    if name not in NAMES:
        pytest.skip(f"{name} is not in this folder")
    message = read(name)
    assert message.subject.startswith(subject)
    assert text in message.text


@needs_files
@pytest.mark.parametrize(
    "name", ["flanker/mailbox-full.eml", "flanker/gmail-invalid-address.eml", "flanker/gmail-no-dns.eml"]
)
def test_s21_real_failures_name_who_did_not_get_it(name: str) -> None:
    found = bounce(read(name))
    assert found is not None
    assert all("@" in address for address in found.addresses)


@needs_files
@pytest.mark.parametrize("name", ["flanker/no-mx.eml"])
def test_s21_real_delays_are_no_failures(name: str) -> None:
    assert bounce(read(name)) is None


CORPUS = HERE / "models" / "corpus"


@pytest.mark.skipif(not sorted(CORPUS.glob("*.jsonl")), reason="there is no corpus in models/corpus")
def test_the_language_of_our_own_corpus_is_told() -> None:
    files = sorted(CORPUS.glob("*.jsonl"))
    rows = [json.loads(line) for path in files for line in path.read_text(encoding="utf-8").split("\n") if line]
    rows = [
        row for row in rows if row.get("body_text") and row.get("lang") in {"fr", "en", "de", "es", "it", "nl", "pt"}
    ]
    from automator.mail.text import language

    right = sum(language(f"{row['subject']}\n{row['body_text']}") == row["lang"] for row in rows)
    assert right / len(rows) > 0.97
