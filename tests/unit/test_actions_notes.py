"""remind, task, digest: notes to the owner, once each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError

from automator.actions import digest, remind, task
from tests.support.tools import CLIENT, NOW, Desk, case, intent


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.close()


@pytest.mark.parametrize(("module", "kind"), [(remind, "reminder"), (task, "task")])
def test_a_note_is_kept_once_with_its_places_filled(desk: Desk, module: object, kind: str) -> None:
    action = module.build(desk.tools)  # type: ignore[attr-defined] # each has it
    assert action.repeatable
    options = module.Options(text="Appeler {client} : {numero}, {inconnu}")  # type: ignore[attr-defined] # each has it
    for _ in range(2):
        done = action.perform(intent("x", options), case(), NOW)
    (note,) = desk.notes()
    assert (note.kind, note.text) == (kind, "Appeler Garage Petit : F-118, …")
    assert note.text in done.what
    assert str(note.object) == "invoice:12"


def test_a_digest_line_says_who_and_what(desk: Desk) -> None:
    action = digest.build(desk.tools)
    action.perform(
        intent("digest", digest.Options(section="money", priority="high")), case(subject="Votre facture"), NOW
    )
    (note,) = desk.notes()
    assert (note.section, note.high) == ("money", True)
    assert note.text == "Garage Petit : Votre facture · 1 900,00 €, 1er octobre"


@pytest.mark.parametrize(
    ("there", "text"),
    [
        ({"values": {}, "subject": "Porte"}, f"{CLIENT.name} : Porte"),
        ({"values": {}, "subject": "Porte", "recipient": None}, "Porte"),
        ({"values": {"title": "Réunion"}, "recipient": None}, "Réunion"),
        ({"values": {}}, "la facture est échue depuis 7 jours"),
    ],
)
def test_a_digest_line_of_less(desk: Desk, there: dict[str, object], text: str) -> None:
    digest.build(desk.tools).perform(intent("digest", digest.Options()), case(**there), NOW)
    assert desk.notes()[0].text == text


class Other(BaseModel):
    """Options of nobody."""


@pytest.mark.parametrize("module", [remind, task, digest])
def test_options_are_checked(desk: Desk, module: object) -> None:
    with pytest.raises(TypeError):
        module.build(desk.tools).perform(intent("x", Other()), case(), NOW)  # type: ignore[attr-defined] # each has it
    with pytest.raises(ValidationError):
        module.Options.model_validate({"text": "", "section": "nowhere"})  # type: ignore[attr-defined] # each has it
