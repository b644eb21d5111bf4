"""Every text of the code is in the French catalogue, and the catalogue holds nothing else."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po

from automator.words import Words

ROOT = Path(__file__).resolve().parents[2]
PO = ROOT / "automator/locale/fr.po"
CALLS = {"t": 1, "n": 2, "msgid": 1}


def _trees() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted((ROOT / "automator").rglob("*.py")):
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def _constants(node: ast.expr) -> Iterator[str]:
    """The texts an argument may be: a constant, or either side of a choice."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _constants(node.body)
        yield from _constants(node.orelse)


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr if node.func.attr in {"t", "n"} else ""
    return node.func.id if isinstance(node.func, ast.Name) and node.func.id == "msgid" else ""


def _used() -> Iterator[tuple[Path, int, str]]:
    for path, tree in _trees():
        for node in ast.walk(tree):
            name = _called(node) if isinstance(node, ast.Call) else ""
            if name and isinstance(node, ast.Call):
                for argument in node.args[: CALLS[name]]:
                    for said in _constants(argument):
                        yield path, node.lineno, said


def _catalogue() -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """msgid -> (its English forms, its French forms)."""
    with PO.open("rb") as stream:
        found = read_po(stream, locale="fr", abort_invalid=True)
    entries = {}
    for message in found:
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        said = message.string if isinstance(message.string, tuple) else (message.string,)
        if ids[0]:
            entries[ids[0]] = (ids, said)
    return entries


def test_every_text_of_the_code_has_its_french() -> None:
    known = {said for ids, _ in _catalogue().values() for said in ids}
    missing = [
        f"{path.relative_to(ROOT)}:{line}: {said!r}" for path, line, said in _used() if said and said not in known
    ]
    assert not missing, "\n".join(missing)


def test_no_entry_is_left_over() -> None:
    texts = {
        node.value
        for _, tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert not sorted(set(_catalogue()) - texts)


def test_no_entry_is_written_twice() -> None:
    raw = PO.read_text(encoding="utf-8")
    ids = re.findall(r'^msgid ((?:"(?:[^"\\]|\\.)*"\s*)+)', raw, re.MULTILINE)
    counts = Counter("".join(re.findall(r'"((?:[^"\\]|\\.)*)"', found)) for found in ids)
    assert not {said: n for said, n in counts.items() if n > 1}


def test_nothing_is_empty_or_marked_doubtful() -> None:
    empty = [said for said, (_, french) in _catalogue().items() if not all(french)]
    assert not empty
    assert "#, fuzzy" not in PO.read_text(encoding="utf-8")


def _names(said: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(said) if name is not None}


@pytest.mark.parametrize("entry", sorted(_catalogue()))
def test_a_translation_has_the_places_of_its_original(entry: str) -> None:
    ids, french = _catalogue()[entry]
    wanted = set().union(*map(_names, ids))
    for said in french:
        assert _names(said) <= wanted, said
    assert set().union(*map(_names, french)) == wanted


def test_french_typography_is_set_by_words_not_by_hand() -> None:
    """A no-break space before : ; ? ! and inside « », never a plain one."""
    words = Words("fr")
    for entry, (ids, _) in _catalogue().items():
        said = (
            words.n(*ids, 2, **dict.fromkeys(_names(entry) | _names(ids[-1]), "x"))
            if len(ids) == 2
            else words.t(entry)
        )
        assert not re.search(r" [:;?!»](?:\s|$)|« ", said), said


def test_the_shipped_catalogue_is_what_words_speak() -> None:
    """Our own reader of the file reads what Babel reads."""
    words = Words("fr")
    for entry, (ids, french) in _catalogue().items():
        assert words.t(entry).replace("\u00a0", " ") == french[0].replace("\u00a0", " ")
        if len(ids) == 2:
            values = dict.fromkeys(_names(ids[0]) | _names(ids[1]), "x")
            for count, said in ((0, french[0]), (1, french[0]), (2, french[1])):
                spoken = words.n(*ids, count, **{**values, "count": str(count)}).replace("\u00a0", " ")
                assert spoken == said.format(**{**values, "count": count}).replace("\u00a0", " ")
