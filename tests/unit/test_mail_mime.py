"""The MIME tree: numbered as IMAP does, capped, and readable when it is broken."""

from __future__ import annotations

import pytest

from automator.mail.message import RawPart
from automator.mail.mime import Caps, decoded, open_whole, part_of

TREE = b"""From: a@b.example
Content-Type: multipart/mixed; boundary=outer

preamble
--outer
Content-Type: multipart/alternative; boundary=inner

--inner

plain
--inner
Content-Type: text/html; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

<p>=E9</p>
--inner--
--outer
Content-Type: application/pdf; name="a.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="b.pdf"

JVBERi0x
--outer
Content-Type: message/rfc822

Subject: inside

hello
--outer--
epilogue
"""


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_leaves_are_numbered_as_imap_does(end: bytes) -> None:
    header, parts, defects = open_whole(TREE.replace(b"\n", end), Caps())
    assert [(p.number, p.content_type) for p in parts] == [
        ("1.1", "text/plain"),
        ("1.2", "text/html"),
        ("2", "application/pdf"),
        ("3", "message/rfc822"),
    ]
    assert [decoded(p).strip() for p in parts[:3]] == [b"plain", b"<p>\xe9</p>", b"%PDF-1"]
    assert parts[2].filename == "b.pdf"
    assert parts[2].disposition == "attachment"
    assert parts[1].charset == "iso-8859-1"
    assert header.startswith(b"From:")
    assert defects == set()
    assert part_of(TREE.replace(b"\n", end), "2", Caps()) == b"%PDF-1"
    assert part_of(TREE, "9", Caps()) is None


def test_a_single_part_is_number_one() -> None:
    _, (part,), _ = open_whole(b"Subject: x\n\nbody", Caps())
    assert (part.number, part.content_type, part.body) == ("1", "text/plain", b"body")


def test_the_html_twin_of_a_real_text_is_left_unread_like_over_imap() -> None:
    def tree(plain: bytes, html: bytes) -> list[bytes | None]:
        whole = (
            b"Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\n%b\n"
            b"--b\nContent-Type: text/html\n\n%b\n--b--\n" % (plain, html)
        )
        return [part.body for part in open_whole(whole, Caps())[1]]

    assert tree(b"x" * 200, b"y" * 500) == [b"x" * 200, None]
    assert tree(b"stub", b"y" * 500) == [b"stub", b"y" * 500]
    assert tree(b"x" * 200, b"y" * 9000) == [b"x" * 200, b"y" * 9000]


@pytest.mark.parametrize(
    ("whole", "defect", "count"),
    [
        (b"Content-Type: multipart/mixed\n\nbody", "no_boundary", 1),
        (b"Content-Type: multipart/mixed; boundary=b\n\nno delimiter here", "no_parts", 1),
        (b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b\n\ntwo", "unclosed", 2),
        (b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 500 + b"--b--", "too_many_parts", 200),
        (b"Subject: " + b"x" * 70_000 + b"\n\nbody", "big_header", 1),
    ],
)
def test_broken_trees_are_read_and_told(whole: bytes, defect: str, count: int) -> None:
    _, parts, defects = open_whole(whole, Caps())
    assert defect in defects
    assert len(parts) == count


def test_a_body_cut_by_another_boundary_than_announced_is_read_by_its_own() -> None:
    whole = b"Content-Type: multipart/mixed; boundary=said\n\n--real\nContent-Type: text/plain\n\nhello\n--real--\n"
    _, (part,), defects = open_whole(whole, Caps())
    assert part.body == b"hello"
    assert "no_parts" in defects


def test_a_boundary_inside_a_line_does_not_count() -> None:
    whole = b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\na --b\nb\n--bb\nc\n--b--"
    _, (part,), _ = open_whole(whole, Caps())
    assert part.body == b"a --b\nb\n--bb\nc"


def test_delimiters_right_after_each_other_give_empty_parts() -> None:
    _, parts, _ = open_whole(b"Content-Type: multipart/mixed; boundary=b\n\n--b\n--b\n\nx\n--b--", Caps())
    assert [p.body for p in parts] == [b"", b"x"]


def test_the_parts_of_a_digest_are_messages() -> None:
    whole = b"Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: one\n\nx\n--b\nContent-Type: text/plain\n\ny\n--b--"
    assert [p.content_type for p in open_whole(whole, Caps())[1]] == ["message/rfc822", "text/plain"]


def test_s49_a_thousand_levels_and_a_message_too_big() -> None:
    deep = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(1000))
    _, parts, defects = open_whole(deep + b"Content-Type: text/plain\n\nhello", Caps())
    assert "too_deep" in defects
    assert [p.content_type for p in parts] == ["application/octet-stream"]
    _, (part,), defects = open_whole(b"\n" + b"x" * 100, Caps(size=50))
    assert part.size == 49
    assert "too_big" in defects


@pytest.mark.parametrize(
    ("encoding", "body", "data"),
    [
        ("base64", b"dGVz\ndA==", b"test"),
        ("base64", b"dGVzdA", b"test"),
        ("BASE64 ", b"dGVzdA==", b"test"),
        ("quoted-printable", b"=C3=A9=\n=zz", b"\xc3\xa9=zz"),
        ("7bit", b"x", b"x"),
        ("x-uuencode", b"x", b"x"),
    ],
)
def test_damaged_encodings_give_what_can_be_read(encoding: str, body: bytes, data: bytes) -> None:
    assert decoded(RawPart("1", "text/plain", encoding=encoding, body=body)) == data
    assert decoded(RawPart("1", "text/plain", encoding=encoding)) == b""


def test_a_part_whose_header_never_ends() -> None:
    _, (part,), _ = open_whole(b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html", Caps())
    assert (part.content_type, part.body) == ("text/html", b"")
