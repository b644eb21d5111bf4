"""The log tells what happened, and keeps secrets, addresses and mail text to itself."""

from __future__ import annotations

import io
import json
import logging

import pytest

from automator import log
from automator.errors import TemporaryError


def stream_of(level: log.Level, format: log.Format = "json") -> io.StringIO:
    stream = io.StringIO()
    log.configure(level, format, stream)
    return stream


def rows(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_one_line_an_event_with_bound_context() -> None:
    stream = stream_of("info")
    with log.bound(account="bureau", message=12):
        log.event("message_triaged", urgent="yes")
    log.event("pass_ended", level="debug")
    assert [{k: v for k, v in row.items() if k != "timestamp"} for row in rows(stream)] == [
        {"account": "bureau", "message": 12, "urgent": "yes", "event": "message_triaged", "level": "info"}
    ]
    assert str(rows(stream)[0]["timestamp"]).endswith("Z")


def test_a_report_with_an_error_is_a_warning() -> None:
    stream = stream_of("info")
    log.report("account_read", {"account": "bureau", "new": 3})
    log.report("account_read", {"account": "bureau", "error": "no route"})
    assert [row["level"] for row in rows(stream)] == ["info", "warning"]


CANARIES = ("canary-password", "canary-subject", "canary-body", "canary.person@client.example", "canary-local")


def _fail_with(secret: str) -> None:
    local_only = "canary-local" + secret[:0]
    raise ValueError(f"could not parse canary-body by canary.person@client.example {secret}{local_only[:0]}")


@pytest.mark.parametrize("format", ["json", "text"])
@pytest.mark.parametrize("level", ["info", "warning", "error"])
def test_s33_canaries_never_reach_the_log(level: log.Level, format: log.Format) -> None:
    stream = stream_of(level, format)
    log.conceal("canary-password")
    values = {
        "subject": "canary-subject",
        "nested": {"body": "canary-body", "list": ["canary.person@client.example"]},
    }
    for each in ("warning", "error"):
        log.event(
            "mail_seen", level=each, password="canary-password", sender="canary.person@client.example", **values
        )
        log.event("login_refused", level=each, answer="NO canary-password for canary.person@client.example")
    with log.failures("account_pass_failed", account="bureau"):
        _fail_with("canary-password")
    logging.getLogger("imapclient").error("LOGIN canary.person@client.example canary-password")
    try:
        _fail_with("canary-password")
    except ValueError:
        logging.getLogger("apscheduler").exception("job raised")
    text = stream.getvalue()
    assert "account_pass_failed" in text
    assert "job raised" in text
    for canary in CANARIES:
        assert canary not in text, canary


def test_s32_secrets_stay_out_at_debug_too() -> None:
    stream = stream_of("debug")
    log.conceal("canary-password")
    with log.failures("account_pass_failed"):
        _fail_with("canary-password")
    log.event("mail_seen", level="debug", token="abc-def", subject="Devis", sender="paul@client.example")
    text = stream.getvalue()
    assert "canary-password" not in text
    assert "abc-def" not in text
    assert "canary-local" not in text
    assert "Devis" in text
    assert "paul@client.example" in text


def test_an_address_keeps_its_sign() -> None:
    stream = stream_of("info")
    for sender in ("paul@client.example", "PAUL@client.example", "anna@client.example"):
        log.event("mail_seen", sender=sender)
    signs = [row["sender"] for row in rows(stream)]
    assert signs[0] == signs[1] != signs[2]


def test_a_bug_comes_with_its_frames_and_ends_there() -> None:
    stream = stream_of("info")
    with log.failures("house_pass_failed", part="digest"):
        _fail_with("x")
    (row,) = rows(stream)
    assert row["event"] == "house_pass_failed"
    assert row["kind"] == "ValueError"
    assert "test_log.py" in str(row["exception"])
    assert "_fail_with" in str(row["exception"])


def test_causes_are_named() -> None:
    stream = stream_of("info")
    with log.failures("house_pass_failed"):
        try:
            _fail_with("x")
        except ValueError as error:
            raise KeyError("y") from error
    exception = str(rows(stream)[0]["exception"])
    assert exception.endswith("ValueError")
    assert "KeyError\ncaused by\n" in exception


def test_an_error_made_for_people_is_one_line() -> None:
    stream = stream_of("info")
    with log.failures("account_pass_failed", account="bureau"):
        raise TemporaryError("imap.atelier.example does not answer")
    (row,) = rows(stream)
    assert row["error"] == "imap.atelier.example does not answer"
    assert "exception" not in row


def test_long_texts_are_cut_and_line_ends_cannot_fake_a_line() -> None:
    stream = stream_of("info", "text")
    log.event("mail_seen", note="a\nfake_event level=error\x1b[31m", long="x" * 1000)
    (line,) = stream.getvalue().splitlines()
    assert "\x1b" not in line
    assert "(1000 signs)" in line
    assert len(line) < 700


def test_library_warnings_come_through_once_even_after_a_second_set_up() -> None:
    stream_of("info")
    stream = stream_of("info")
    logging.getLogger("apscheduler").warning("Run time of job %s was missed", "x")
    logging.getLogger("apscheduler").info("not this")
    assert [row["said"] for row in rows(stream)] == ["Run time of job x was missed"]


def test_a_library_with_a_broken_format_string_is_heard_all_the_same() -> None:
    stream = stream_of("info")
    handler = next(h for h in logging.getLogger().handlers if isinstance(h, log._Libraries))
    handler.emit(logging.LogRecord("lib", logging.ERROR, __file__, 1, "broken %d", ("x",), None))
    assert [(row["said"], row["level"]) for row in rows(stream)] == [("broken %d", "error")]
