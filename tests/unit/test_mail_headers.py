"""Header fields of every kind, honest, broken and hostile (reliability S28, S29, finding 3)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automator.mail.addresses import MOST_IDS, addresses, message_id_of, message_ids, sender_of
from automator.mail.headers import (
    decode_2231,
    decode_bytes,
    decode_words,
    file_name,
    line_value,
    loose_base64,
    parameters,
    read_date,
    read_headers,
)
from automator.mail.message import Address


def test_fields_are_split_unfolded_and_in_order() -> None:
    block = (
        b"From: a@b.example\r\nX-Long: one\r\n  two\r\n\tthree\r\nnot a field\r\nX-Long: again\r\n\r\nBody: no\r\n"
    )
    headers = read_headers(block)
    assert headers.fields == (("from", "a@b.example"), ("x-long", "one two three"), ("x-long", "again"))
    assert headers.first("x-long") == "one two three"
    assert headers.all("x-long") == ["one two three", "again"]
    assert headers.first("nothing") == ""


def test_leading_empty_lines_and_stray_continuations_are_passed_over() -> None:
    assert read_headers(b"\n \n folded nothing\nSubject: x\n").fields == (("subject", "x"),)
    assert read_headers(b"Subject: " + b"x" * 100, limit=20).first("subject") == "x" * 11


@pytest.mark.parametrize(
    ("data", "charset", "text", "good"),
    [
        ("é".encode(), "utf-8", "é", True),
        ("é".encode("latin-1"), "iso-8859-1", "é", True),
        (b"\x80 10", "iso-8859-1", "€ 10", True),
        ("é".encode(), "us-ascii", "é", True),
        ("é".encode("cp1252"), "us-ascii", "é", False),
        ("é".encode("cp1252"), "", "é", True),
        ("é".encode(), "unknown-8bit", "é", False),
        ("é".encode("cp1252"), "x-none", "é", False),
        ("écoutez, l'été à Évry".encode()[:-1] + b"\xc3", "utf-8", "écoutez, l'été à Évr�", False),
        ("中".encode("gb18030"), "gb2312", "中", True),
        (b"plain", "zlib", "plain", False),
        (b"plain", "idna", "plain", False),
        (b"plain", "a\0b", "plain", False),
        (b"\x81\x8d", "utf-8", "��", False),
        ("é".encode("utf-16"), "utf-16", "é", True),
    ],
)
def test_s28_bytes_become_text_whatever_is_declared(data: bytes, charset: str, text: str, good: bool) -> None:
    assert decode_bytes(data, charset) == (text, good)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("plain", "plain"),
        ("=?utf-8?q?a=C3=A9_b?=", "aé b"),
        ("=?utf-8?B?w6k=?=", "é"),
        ("=?utf-8?B?w6k?=", "é"),
        ("=?iso-8859-1?Q?=E9?= =?iso-8859-1?Q?t=E9?=", "été"),
        ("=?utf-8?B?w6?= =?utf-8?B?k=?=", "Ã"),
        ("=?utf-8?Q?=C3?= =?utf-8?Q?=A9?=", "é"),
        ("a =?utf-8?q?b?= c", "a b c"),
        ("=?utf-8?q?a?= x =?utf-8?q?b?=", "a x b"),
        ("=?utf-8*fr?q?caf=C3=A9?=", "café"),
        ("=?utf-8?x?a?=", "=?utf-8?x?a?="),
        ("=?utf-8?q?broken", "=?utf-8?q?broken"),
        (" =?utf-8?q?a?=", " a"),
    ],
)
def test_encoded_words(raw: str, text: str) -> None:
    assert decode_words(raw) == text


def test_s49_no_more_words_are_decoded_than_allowed() -> None:
    assert decode_words("=?utf-8?q?a?= " * 5, most=3) == "aaa " + "=?utf-8?q?a?= " * 2


def test_s29_an_encoded_line_end_becomes_a_blank() -> None:
    assert line_value("=?utf-8?q?a=0D=0ABcc:_x@y.example?=") == "a Bcc: x@y.example"
    assert line_value("=?utf-8?b?YQBiCg==?=") == "ab"


def test_loose_base64() -> None:
    assert loose_base64(b"dGVzdA==") == b"test"
    assert loose_base64(b"dG Vz\r\ndA") == b"test"
    assert loose_base64(b"dGVzdA==dGVzdA==") == b"testtest"
    assert loose_base64(b"dGVz!dA") == b"test"
    assert loose_base64(b"A") == b""


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ("a@b.example", [("a@b.example", "")]),
        ("Claire <A@B.Example>", [("a@b.example", "Claire")]),
        ('"Durand, Claire" <a@b.example>, c@d.example', [("a@b.example", "Durand, Claire"), ("c@d.example", "")]),
        ('"a \\"b\\" <c" <d@e.example>', [("d@e.example", 'a "b" <c')]),
        ("=?utf-8?q?=C3=89ric?= <e@f.example>", [("e@f.example", "Éric")]),
        (
            "Équipe: a@b.example, Paul <c@d.example>; x@y.example",
            [("a@b.example", ""), ("c@d.example", "Paul"), ("x@y.example", "")],
        ),
        ("undisclosed-recipients:;", []),
        ("a@b.example (Claire, la patronne)", [("a@b.example", "Claire, la patronne")]),
        (
            "Pete (wonderful (really)) <pete(his account)@silly.example>",
            [("pete@silly.example", "Pete (wonderful (really))")],
        ),
        ("<mailto:a@b.example>", [("a@b.example", "")]),
        ("a@b@c.example", []),
        ("<@b.example>", []),
        ("<a@>", []),
        ("<", []),
        ("", []),
        ("Claire", []),
        ('"unclosed <a@b.example>', [("a@b.example", "unclosed")]),
        ("Société Générale: le compte <a@b.example>", [("a@b.example", "le compte")]),
        ("=?utf-8?q?x=0D=0ABcc:_y?= <a@b.example>", [("a@b.example", "x Bcc: y")]),
        ("'Claire' <a@b.example>", [("a@b.example", "Claire")]),
    ],
)
def test_addresses(raw: str, found: list[tuple[str, str]]) -> None:
    assert [(a.addr, a.name) for a in addresses(raw)] == found


def test_a_sender_without_an_address_keeps_the_name() -> None:
    assert sender_of("Claire") == Address("", "Claire")
    assert sender_of("nobody, Paul <p@q.example>") == Address("p@q.example", "Paul")
    assert sender_of("") == Address("")


def test_no_more_addresses_than_anybody_needs() -> None:
    assert len(addresses(",".join(f"a{n}@b.example" for n in range(1000)))) == 200


def test_message_ids() -> None:
    assert message_ids("<a@b> junk <c@d>\n <a@b>") == ("<a@b>", "<c@d>")
    assert message_id_of("<[x...@microsoft.example]>") == "<[x...@microsoft.example]>"
    assert message_id_of("a.b@c.example") == "<a.b@c.example>"
    assert message_id_of("< a@b >") == "<a@b>"
    assert message_id_of("<") == ""
    many = message_ids(" ".join(f"<{n}@x>" for n in range(500)))
    assert len(many) == MOST_IDS
    assert (many[0], many[-1]) == ("<0@x>", "<499@x>")


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "yesterday",
        "Mon, 99 Foo 99999 99:99:99 +9999",
        "1 Jan 1970 00:00 +0000",
        "Tue, 24 Nov 2026 10:00:00 +9999",
        "x" * 5000,
    ],
)
def test_s52_a_date_without_sense_is_none(raw: str) -> None:
    assert read_date(raw) is None


def test_s52_dates() -> None:
    assert read_date("Tue, 24 Nov 2026 10:00:00 +0100") == datetime(2026, 11, 24, 9, tzinfo=UTC)
    unsaid = read_date("24 Nov 2026 10:00:00 -0000")
    assert unsaid is not None
    assert unsaid.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("raw", "word", "pairs"),
    [
        ("text/PLAIN; charset=UTF-8", "text/plain", {"charset": "UTF-8"}),
        ('multipart/mixed; boundary="a;b\\"c"; x', "multipart/mixed", {"boundary": 'a;b"c'}),
        ("attachment; filename*=utf-8''%C3%A9.pdf", "attachment", {"filename": "é.pdf"}),
        ("attachment; filename*0*=utf-8''%C3; filename*1*=%A9; filename*2=.pdf", "attachment", {"filename": "é.pdf"}),
        ("attachment; filename*1=b; filename*0=a", "attachment", {"filename": "ab"}),
        ("attachment; filename*7=b", "attachment", {}),
        ("attachment; filename=a; filename=b", "attachment", {"filename": "a"}),
        ("", "", {}),
    ],
)
def test_parameters(raw: str, word: str, pairs: dict[str, str]) -> None:
    assert parameters(raw) == (word, pairs)


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("facture.pdf", "facture.pdf"),
        ("=?utf-8?q?factur=C3=A9.pdf?=", "facturé.pdf"),
        ("utf-8''factur%C3%A9.pdf", "facturé.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\devis.doc", "devis.doc"),
        ("photo_\u202egpj.exe", "photo_gpj.exe"),
        ("a" * 300 + ".pdf", "a" * 192 + ".pdf"),
        ("b" * 300, "b" * 200),
        ("a\0b\r\n.pdf", "ab .pdf"),
    ],
)
def test_s50_file_names(raw: str, name: str) -> None:
    assert file_name(raw) == name


def test_rfc_2231_without_its_quotes() -> None:
    assert decode_2231("a%20b") == "a b"
    assert decode_2231("a%20b", encoded=False) == "a%20b"


@given(st.text(st.sampled_from('ab@.<>()[]"\\,;:=?_ é\r\n\t\0-utf8qB'), max_size=200))
def test_nothing_raises(raw: str) -> None:
    for found in (*addresses(raw), sender_of(raw)):
        assert "\n" not in found.addr + found.name
    message_id_of(raw)
    message_ids(raw)
    parameters(raw)
    read_date(raw)
    file_name(raw)
    assert "\n" not in line_value(raw)
    read_headers(raw.encode())
