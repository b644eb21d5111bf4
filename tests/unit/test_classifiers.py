"""Both classifiers: what they promise whatever the mail, and how the model is found or refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from automator.classifiers import keywords, linear
from automator.errors import PermanentError
from automator.mail.message import Message
from automator.ports import Classifier
from automator.triage.lexicon import CONCEPTS
from automator.triage.verdict import CATEGORIES, KINDS, CategoryVerdict, Verdict
from automator.words import Words
from tests.support.sorted_mails import BILL, OWNER, REQUEST, message

MODELS = Path(__file__).resolve().parents[2] / "models"


def by_keywords() -> keywords.Keywords:
    return keywords.build(keywords.Options(), words=Words("fr"), owner=OWNER)


def by_model() -> linear.Linear:
    path = linear.newest([MODELS])
    assert path is not None
    return linear.build(linear.Options(path=path), words=Words("fr"), owner=OWNER)


BOTH = pytest.mark.parametrize("build", [by_keywords, by_model])


@BOTH
def test_a_request_and_a_bill(build: Callable[[], Classifier]) -> None:
    bill = message(
        "Facture F-2026-118",
        BILL,
        sender="Fournitures SARL <compta@fournitures.example>",
        attachments=(("application/pdf", "F-2026-118.pdf", b"%PDF"),),
    )
    request, invoice = build().classify([message("Plus de chauffage", REQUEST), bill])
    assert request.decision("client_request") == "yes"
    assert request.decision("urgent") == "yes"
    assert request.decision("invoice") == "no"
    assert invoice.decision("invoice") == "yes"
    assert invoice.decision("client_request") == "no"
    assert invoice.kind == "supplier_invoice"
    assert request.categories["urgent"].reasons


@BOTH
@pytest.mark.parametrize(
    ("subject", "headers", "kind"),
    [
        ("Réponse automatique : panne", {"Auto-Submitted": "auto-replied"}, "auto_reply"),
        ("Undelivered Mail Returned to Sender", {"Return-Path": "<>"}, "bounce"),
    ],
)
def test_answers_of_machines_are_never_requests(
    build: Callable[[], Classifier], subject: str, headers: dict[str, str], kind: str
) -> None:
    verdict = build().classify([message(subject, REQUEST, headers=headers)])[0]
    assert verdict.kind == kind
    assert verdict.categories["client_request"].p == 0.0
    assert verdict.decision("client_request") == "no"


@BOTH
def test_newsletters_are_told_by_their_headers(build: Callable[[], Classifier]) -> None:
    text = "Profitez de -25 % sur toute la gamme jusqu'à ce soir minuit ! Code promo : HIVER. Se désinscrire"
    verdict = build().classify(
        [
            message(
                "Dernière chance",
                text,
                sender="Axo <news@axo.example>",
                headers={"List-Unsubscribe": "<https://axo.example>"},
            )
        ]
    )[0]
    assert verdict.kind in {"promotion", "newsletter"}
    assert verdict.decision("client_request") == verdict.decision("invoice") == "no"


@BOTH
def test_every_mail_gets_a_verdict(build: Callable[[], Classifier]) -> None:
    classifier = build()
    mails: list[Message] = [message("", ""), message("é" * 5000, "x" * 50_000), message("?", "?!?!\n\n?")]
    for verdict in classifier.classify(mails):
        assert verdict.kind in KINDS
        assert tuple(verdict.categories) == CATEGORIES
        assert verdict.classifier == classifier.name
        assert all(0.0 <= category.p <= 1.0 for category in verdict.categories.values())
    assert classifier.classify([]) == []


@BOTH
def test_the_same_mail_gets_the_same_verdict(build: Callable[[], Classifier]) -> None:
    mail = message("Plus de chauffage", REQUEST)
    assert build().classify([mail]) == build().classify([mail])


def test_kinds_of_the_keyword_classifier_are_kinds() -> None:
    assert {kind for kind, _ in keywords._KINDS} <= set(KINDS)
    assert by_keywords().name == "keywords"


def test_every_concept_of_the_keyword_table_is_in_the_lexicon() -> None:
    cues = {cue for weights in keywords._WEIGHTS.values() for cue in weights}
    cues |= {cue for _, found in keywords._KINDS for cue in found}
    named = {name for cue in cues if cue[2:3] == ":" for name in cue[3:].split("+")}
    times = {name for name in named if name in {"?", "hour", "soon"} or name.startswith(("day", "due"))}
    assert named - times <= set(CONCEPTS)


@BOTH
def test_reasons_of_a_no_are_given_when_asked_for(build: Callable[[], keywords.Keywords | linear.Linear]) -> None:
    classifier, mail = build(), message("Plus de chauffage", REQUEST)
    short, full = classifier.classify([mail])[0], classifier.explain(mail)
    assert short.decision("invoice") == full.decision("invoice") == "no"
    assert short.categories["invoice"].reasons == ()
    assert full.categories["invoice"].reasons
    assert short.categories["urgent"] == full.categories["urgent"]


@BOTH
def test_thresholds_can_be_asked(build: Callable[[], Classifier]) -> None:
    classifier = build()
    assert classifier.categories == CATEGORIES
    assert [classifier.decide("invoice", p) for p in (0.0, 1.0)] == ["no", "yes"]
    assert classifier.decide("unknown", 1.0) == "no"


@BOTH
def test_a_request_through_a_list_is_unsure_at_most_and_none_from_ourselves(build: Callable[[], Classifier]) -> None:
    classifier = build()
    relayed = message("Plus de chauffage", REQUEST, headers={"List-Unsubscribe": "<https://place.example>"})
    own = message("Plus de chauffage", REQUEST, sender="Dupont <contact@dupont.example>")
    through, ours = classifier.classify([relayed, own])
    assert through.decision("client_request") in {"unsure", "no"}
    assert ours.categories["client_request"].p == 0.0


def test_a_missing_or_broken_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PermanentError, match="cannot be read"):
        linear.build(linear.Options(path=tmp_path / "triage-0001-none.json.gz"), words=Words("fr"), owner=OWNER)
    broken = tmp_path / "triage-0002-bad.json.gz"
    broken.write_bytes(b"broken")
    with pytest.raises(PermanentError, match="damaged"):
        linear.read(broken)


def test_the_newest_model_of_the_first_folder_that_has_one(tmp_path: Path) -> None:
    own, shipped = tmp_path / "own", tmp_path / "shipped"
    shipped.mkdir()
    assert linear.newest([own, shipped]) is None
    (shipped / "triage-0009-a.json.gz").touch()
    assert linear.newest([own, shipped]) == shipped / "triage-0009-a.json.gz"
    own.mkdir()
    (own / "triage-0001-b.json.gz").touch()
    (own / "triage-0002-a.json.gz").touch()
    (own / "triage-0003-a.tmp").touch()
    assert linear.newest([own, shipped]) == own / "triage-0002-a.json.gz"


def test_the_shipped_model_keeps_its_size_and_name() -> None:
    path = linear.newest([MODELS])
    assert path is not None
    assert path.stat().st_size <= 10_000_000
    assert path.name.split("-")[2] == f"{linear.read(path).digest}.json.gz"


def test_a_verdict_lists_what_is_sure_and_what_is_not() -> None:
    verdict = Verdict(
        "keywords",
        "other",
        {
            "invoice": CategoryVerdict(0.9, "yes"),
            "urgent": CategoryVerdict(0.3, "unsure"),
            "rh": CategoryVerdict(0.0, "no"),
        },
    )
    assert (verdict.yes, verdict.unsure) == (("invoice",), ("urgent",))
    assert verdict.decision("unknown") == "no"
