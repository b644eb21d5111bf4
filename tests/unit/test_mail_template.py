"""Templates and letters: never an empty hole, always in the conversation."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime

import pytest

from automator.errors import PermanentError
from automator.mail.compose import is_ours, serialize
from automator.mail.letter import Letter, Thread, pick, write
from automator.mail.message import Address
from automator.mail.parse import parse
from automator.mail.template import MissingPlaceholder, Template, canonical, fill, parse_template, render
from tests.support.mails import fetched

TEXT = "Objet: Facture {numero}\n\nBonjour {client},\n\n{montant} était dû le {échéance}.\n\nPénalités : {penalties}\n\nMerci."
VALUES = {"number": "F-118", "client": "Garage Petit", "amount": "1 900,00 €", "due_date": "1er octobre"}
KEY = b"k" * 32


def test_a_template_is_read() -> None:
    assert parse_template(TEXT).subject == "Facture {numero}"
    assert parse_template(TEXT).placeholders == ("number", "client", "amount", "due_date", "penalties")
    assert parse_template("\ufeffSubject:  Invoice {number}\r\n\r\nHello\r\n") == Template(
        "Invoice {number}", "Hello", ("number",)
    )
    assert parse_template("Bonjour\nObjet : x").subject == ""
    assert parse_template("") == Template("", "", ())


def test_it_is_filled_and_a_paragraph_between_professionals_drops_out() -> None:
    subject, body = render(parse_template(TEXT), VALUES)
    assert subject == "Facture F-118"
    assert body == "Bonjour Garage Petit,\n\n1 900,00 € était dû le 1er octobre.\n\nMerci."
    _, body = render(parse_template(TEXT), VALUES | {"penalties": "12,30 €"})
    assert "Pénalités : 12,30 €" in body


@pytest.mark.parametrize("value", [{}, {"number": ""}, {"number": "  "}])
def test_a_missing_value_is_never_a_hole(value: dict[str, str]) -> None:
    with pytest.raises(MissingPlaceholder) as caught:
        render(parse_template("Objet: {numero}\n\n{inconnu} {client.name} {0}"), {"client": "x", **value})
    assert caught.value.names == ("numero", "inconnu", "client.name", "0")
    assert pickle.loads(pickle.dumps(caught.value)).names == caught.value.names


def test_values_are_put_in_as_they_are() -> None:
    _, body = render(
        parse_template("Objet: x\n\n{client}"), {"client": "{number} {client.__class__}\nBcc: x", "number": "1"}
    )
    assert body == "{number} {client.__class__} Bcc: x"


def test_names_without_accents_or_case() -> None:
    assert [canonical(n) for n in ("Échéance", " NUMÉRO ", "jours retard", "client", "pénalités")] == [
        "due_date",
        "number",
        "days_late",
        "client",
        "penalties",
    ]


def test_a_text_to_the_owner_shows_what_is_unknown() -> None:
    assert fill("Appeler {client} : {montant}", {"client": "Petit"}) == "Appeler Petit : …"
    assert fill("a {x} b", {}, "") == "a b"


@pytest.mark.parametrize(
    ("names", "language", "chosen"),
    [
        (("r.fr", "r.en", "r"), "en", "r.en"),
        (("r.fr", "r"), "en", "r"),
        (("r.fr",), "en", "r.fr"),
        (("r.en",), "de", "r.en"),
    ],
)
def test_the_clients_language_picks_the_text(names: tuple[str, ...], language: str, chosen: str) -> None:
    text, _ = pick({name: name for name in names}, "r", language)
    assert text == chosen


def test_the_language_told_is_that_of_the_text() -> None:
    assert pick({"r.fr": ""}, "r", "en")[1] == "fr"
    assert pick({"r": ""}, "r", "en")[1] == "en"
    with pytest.raises(PermanentError, match="no template"):
        pick({"other": ""}, "r", "fr")


def letter(**change: object) -> Letter:
    fields: dict[str, object] = {
        "template": "relance",
        "sender": Address("contact@dupont.example", "Menuiserie Dupont"),
        "to": Address("compta@petit.example", "Garage Petit"),
        "key": "relance/invoice:1/draft-1/",
        "at": datetime(2026, 11, 24, 9, tzinfo=UTC),
        "values": VALUES,
        "signature": "Claire Durand\nMenuiserie Dupont",
    }
    return Letter(**(fields | change))  # type: ignore[arg-type] # fields by name


def test_a_letter_that_begins_a_conversation() -> None:
    mail = write(letter(), {"relance.fr": TEXT}, KEY)
    assert mail.subject == "Facture F-118"
    assert mail.text.endswith("Merci.\n\nClaire Durand\nMenuiserie Dupont")
    assert (mail.in_reply_to, mail.automatic, mail.language) == ("", False, "fr")
    assert is_ours(KEY, parse(fetched(serialize(mail))))


def test_a_letter_in_a_conversation() -> None:
    thread = Thread("RE: Votre facture", "<2@petit.example>", ("<1@dupont.example>",))
    mail = write(letter(thread=thread), {"relance.fr": TEXT}, KEY)
    assert mail.subject == "Re: Votre facture"
    assert mail.in_reply_to == "<2@petit.example>"
    assert mail.references == ("<1@dupont.example>",)


def test_a_letter_knows_its_people() -> None:
    text = "Objet: {objet}\n\n{client} / {owner} / {firm} / {to}"
    mail = write(letter(values={}, thread=Thread("porte")), {"relance": text}, KEY)
    assert mail.subject == "porte"
    assert mail.text.startswith("Garage Petit / Menuiserie Dupont / Menuiserie Dupont / Garage Petit")


def test_a_letter_without_a_subject_is_none() -> None:
    with pytest.raises(PermanentError, match="subject"):
        write(letter(), {"relance": "Bonjour"}, KEY)
