"""Rule files as people save them: each slip has its own message, its line, and does not hide the others."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automator.rulebook.places import places
from automator.rulebook.reading import MAX_BYTES, Reading, read
from automator.words import Words

EN = Words("en")


def reading(text: str) -> Reading:
    return read("rules/essai.toml", text.encode(), EN)


def codes(text: str) -> list[tuple[int, str]]:
    return [(p.line, p.code) for p in reading(text).problems]


@pytest.mark.parametrize(
    ("text", "found", "table"),
    [
        (
            "title = “Relancer”\non = “x”",
            [(1, "curly_quotes"), (2, "curly_quotes")],
            {"title": "Relancer", "on": "x"},
        ),
        ("title = «Relancer»", [(1, "curly_quotes")], {"title": "Relancer"}),
        ('title = "Relancer”', [(1, "curly_quotes")], {"title": "Relancer"}),
        ("stop = [“paid”, “replied”]", [(1, "curly_quotes")], {"stop": ["paid", "replied"]}),
        ("title = Relancer les clients # x", [(1, "unquoted_text")], {"title": "Relancer les clients"}),
        ('title = "Relancer\non = "x"', [(1, "unquoted_text")], {"title": "Relancer", "on": "x"}),
        ('[then]\ndo = "x"\n[then]\ndo = "y"', [(1, "single_bracket")], {"then": [{"do": "x"}, {"do": "y"}]}),
        ('[[then]]\ndo = "x"\n[then]\ndo = "y"', [(3, "single_bracket")], {"then": [{"do": "x"}, {"do": "y"}]}),
        ("a = { b = 50,00, c = 3 }", [(1, "decimal_comma")], {"a": {"b": "50,00 €", "c": 3}}),
        ("a = 1 200,50", [(1, "decimal_comma")], {"a": "1 200,50 €"}),
        ("a = {\n b = 1, # one\n c = 2,\n}\nd = 1", [(1, "inline_table")], {"a": {"b": 1, "c": 2}, "d": 1}),
        ("a = { b = 1\n  c = 2 }", [(1, "inline_table")], {"a": {"b": 1, "c": 2}}),
        ("a = { b = 1, }", [(1, "inline_table")], {"a": {"b": 1}}),
        ('a = "C:\\dossier"', [(1, "backslash")], {"a": "C:\\dossier"}),
        ("a = 1\na = 2\nb = 3\nb = 4", [(2, "twice"), (4, "twice")], {"a": 1, "b": 3}),
        ('modèle = "x"', [], {"modèle": "x"}),
        ('when = { catégorie = "x", é = 1 }', [], {"when": {"catégorie": "x", "é": 1}}),
        ("a = [1,\nb = 2", [(2, "not_toml")], None),
        ("??? !", [(1, "not_toml")], None),
        ("a = 'x", [(1, "not_toml")], None),
        ("a = 1\n[a.b]\nc = 1", [(2, "twice")], None),
        ('a = "x" y', [(1, "unquoted_text")], {"a": "x' y"}),
        ("[a]\nb = 1\n[a]\nc = 1", [(3, "twice")], None),
        ("a = { x = 1, x = 2 }", [(1, "not_toml")], None),
    ],
)
def test_a_slip_is_named_and_mended_in_memory(text: str, found: list[tuple[int, str]], table: object) -> None:
    got = reading(text)
    assert [(p.line, p.code) for p in got.problems] == found
    assert got.table == table
    assert all(p.message and (p.fix or p.code == "not_toml") for p in got.problems)


def test_windows_line_ends_and_a_byte_order_mark_are_fine() -> None:
    got = read("f.toml", b'\xef\xbb\xbftitle = "x"\r\non = "y"\r\n', EN)
    assert got.table == {"title": "x", "on": "y"}
    assert got.places["on",] == (2, 1)
    assert got.problems == []


def test_another_encoding_is_one_problem_that_says_how_to_save() -> None:
    got = read("f.toml", 'title = "échéance"\nx = é'.encode("cp1252"), EN)
    assert [p.code for p in got.problems] == ["not_utf8"]
    assert "UTF-8" in got.problems[0].fix
    assert got.table is None


def test_a_huge_or_bottomless_file_is_refused_at_once() -> None:
    assert [p.code for p in read("f.toml", b"#" * (MAX_BYTES + 1), EN).problems] == ["too_large"]
    assert [p.code for p in reading("a = " + "[" * 90_000).problems] == ["not_toml"]


def test_a_file_of_slips_ends() -> None:
    got = reading("\n".join(f"k{i} = some text" for i in range(400)))
    assert got.table is None
    assert 0 < len(got.problems) <= 60


def test_the_messages_are_french_for_a_french_owner() -> None:
    problem = read("f.toml", "title = “Relancer”".encode(), Words("fr")).problems[0]
    assert "guillemets" in str(problem)


def test_places_of_every_kind_of_key() -> None:
    text = """# rule
title = "a # b = c"
when = { kind = ["x", "y"], amount_min = "5 €" } # end
[section]
  "quoted key" = '''
not = a key
'''
a.b = 1
[[then]]
do = "x"
text = \"\"\"
do = "hidden" \\" x\"\"\"\"
[[then]]
do = [
  "one", # comment with ]
  { deep = 1 },
]
[[then.part]]
x = 2026-11-12T09:00:00
[then.part.sub]
y = 1.5 # z
"""
    tomllib.loads(text)
    found = places(text)
    assert found["title",] == (2, 1)
    assert found["when", "amount_min"] == (3, 29)
    assert found["section", "quoted key"] == (5, 3)
    assert ("section", "not") not in found
    assert found["section", "a", "b"] == (8, 3)
    assert found["then",] == found["then", 0] == (9, 1)
    assert found["then", 0, "text"] == (11, 1)
    assert found["then", 1, "do"] == (14, 1)
    assert found["then", 1, "do", 1, "deep"] == (16, 5)
    assert found["then", 1, "part", 0, "x"] == (19, 1)
    assert found["then", 1, "part", 0, "sub", "y"] == (21, 1)


@given(st.text(max_size=200))
def test_no_text_makes_the_reader_fail(text: str) -> None:
    got = read("f.toml", text.encode("utf-8", "surrogatepass"), EN)
    assert (got.table is None) <= bool(got.problems)


@given(
    st.lists(
        st.sampled_from(["a", "=", '"', "'", "[", "]", "{", "}", ",", "\n", "1", " ", "“", "#", "[[then]]\n", '"""']),
        max_size=40,
    )
)
def test_no_mix_of_signs_makes_the_reader_fail(signs: list[str]) -> None:
    got = reading("".join(signs))
    assert (got.table is None) <= bool(got.problems)
