"""Robots, lists and mail of our own are never a client's request for sure, whatever their words and the model say.

What is one is decided here by headers alone (RFC 3834, 3464, 2369, 2919), apart from the code under test. The real
mails lie beside the clone (AUTOMATOR_FIXTURES, default ../shared/fixtures).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest

from automator.billing.invoice import Identity
from automator.classifiers import keywords, linear
from automator.cli.desk import guessed_owner
from automator.jobs.learn import read_rows
from automator.mail.message import Message
from automator.mail.parse import parse
from automator.ports import Classifier
from automator.triage import corpus
from automator.triage.features import fingerprint
from automator.triage.scorer import pack, unpack
from automator.words import Words
from tests.support.mails import fetched
from tests.support.sorted_mails import OWNER, message

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("AUTOMATOR_FIXTURES", ROOT.parent / "shared" / "fixtures")) / "eml"
WORDS = Words("fr")
LIST = ("list-id", "list-unsubscribe", "list-post", "mailing-list")
BULK = {"bulk", "list", "junk"}


@dataclass(frozen=True, slots=True)
class Case:
    """A mail, and the firm that received it."""

    name: str
    message: Message
    firm: Identity


def robot(mail: Message) -> bool:
    """An automatic answer or a delivery report, by its headers."""
    headers = mail.headers
    answered = headers.get("auto-submitted", "").lower().startswith("auto-replied")
    answered = answered or bool(headers.get("x-autoreply") or headers.get("x-autorespond"))
    report = headers.get("content-type", "").lower().startswith("multipart/report")
    daemon = mail.sender.addr.partition("@")[0] in {"mailer-daemon", "postmaster"}
    return (
        answered
        or daemon
        or (
            report
            and (bool(headers.get("x-failed-recipients")) or "delivery-status" in headers["content-type"].lower())
        )
    )


def listed(mail: Message) -> bool:
    return any(mail.headers.get(name) for name in LIST) or mail.headers.get("precedence", "").lower() in BULK


def own(case: Case) -> bool:
    """From an address of the firm, and no visitor behind it."""
    answer = case.message.reply_to
    ours = case.firm.addresses
    return case.message.sender.addr in ours and (answer is None or answer.addr in ours)


@cache
def corpus_cases() -> tuple[Case, ...]:
    rows = read_rows(ROOT / "models" / "corpus")
    return tuple(Case(row["id"], corpus.message(row), corpus.owner(row)) for row in rows)


@cache
def silent_by_label() -> frozenset[str]:
    rows = read_rows(ROOT / "models" / "corpus")
    return frozenset(row["id"] for row in rows if row["kind"] in {"auto_reply", "bounce"})


@cache
def real_cases() -> tuple[Case, ...]:
    mails = ((path.name, parse(fetched(path.read_bytes()))) for path in sorted(FOLDER.rglob("*.eml")))
    return tuple(Case(name, mail, guessed_owner(mail)) for name, mail in mails)


def plain(firm: Identity) -> Classifier:
    return keywords.build(keywords.Options(), words=WORDS, owner=firm)


@cache
def _credulous() -> linear.Model:
    everything = {
        "features": fingerprint(),
        "categories": ["invoice", "client_request", "urgent"],
        "bias": [9.0, 9.0, 9.0],
        "calibration": [[1.0, 0.0]] * 3,
        "thresholds": [[0.1, 0.5]] * 3,
        "terms": {},
        "cues": {},
        "kinds": ["quote_request", "other"],
        "kind_bias": [1.0, 0.0],
        "kind_weights": {},
        "made": {"author_left_out": {}},
    }
    return unpack(pack(everything))


def credulous(firm: Identity) -> Classifier:
    """A trained model that takes everything for everything: what holds for it holds for every model."""
    return linear.Linear(_credulous(), words=WORDS, owner=firm)


Make = Callable[[Identity], Classifier]
EACH = pytest.mark.parametrize("make", [plain, credulous])


def requested(cases: Iterator[Case], make: Make) -> dict[str, str]:
    """What each classifier decides, for those that are not a "no"."""
    said = {c.name: make(c.firm).classify([c.message])[0].decision("client_request") for c in cases}
    return {name: decision for name, decision in said.items() if decision != "no"}


@EACH
def test_of_the_corpus_no_robot_is_a_request(make: Make) -> None:
    robots = [c for c in corpus_cases() if robot(c.message) or c.name in silent_by_label()]
    assert len(robots) >= 40
    assert requested(iter(robots), make) == {}


@EACH
def test_of_the_corpus_no_list_mail_and_no_mail_of_ours_is_one_for_sure(make: Make) -> None:
    lists = [c for c in corpus_cases() if listed(c.message)]
    ours = [c for c in corpus_cases() if own(c)]
    assert len(lists) >= 100
    assert "yes" not in requested(iter(lists), make).values()
    assert requested(iter(ours), make) == {}


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the folder of real files is not there (AUTOMATOR_FIXTURES)")
@EACH
def test_of_the_real_mails_neither(make: Make) -> None:
    robots = [c for c in real_cases() if robot(c.message)]
    lists = [c for c in real_cases() if listed(c.message)]
    assert len(robots) >= 5
    assert len(lists) >= 5
    assert requested(iter(robots), make) == {}
    assert "yes" not in requested(iter(lists), make).values()
    assert requested(iter([c for c in real_cases() if own(c)]), make) == {}


ASKS = "Bonjour, pouvez-vous m'envoyer un devis pour une porte ? Merci de me rappeler au 06 12 34 56 78. Paul Lefèvre"


def test_a_form_that_sends_with_our_own_address_relays_a_visitor() -> None:
    (ours, *_) = sorted(OWNER.addresses)
    form = message("Demande de devis", ASKS, sender=ours)
    visitor = replace(form, reply_to=replace(form.sender, addr="paul@lefevre.example"))
    assert credulous(OWNER).classify([form])[0].decision("client_request") == "no"
    assert credulous(OWNER).classify([visitor])[0].decision("client_request") == "yes"
