"""The pure parts of the IMAP room: UID sets, cursors, FETCH answers, structures, folder names, options."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from automator.errors import PermanentError
from automator.sources.imap import Options, uidset
from automator.sources.imap import cursor as cursors
from automator.sources.imap.answers import BadAnswer, Item, arrival, items, responses
from automator.sources.imap.cursor import Entry
from automator.sources.imap.folders import Folder, Layout, Place, watched
from automator.sources.imap.structure import Leaf, leaves, wanted

UIDS = st.sets(st.integers(1, 2**32 - 1), max_size=60)


@given(UIDS)
def test_a_set_of_uids_survives_its_text(uids: set[int]) -> None:
    assert uidset.expand(uidset.compress(uids)) == sorted(uids)


@given(st.integers(1, 10_000), st.integers(1, 500))
def test_a_run_of_uids_is_two_numbers(first: int, length: int) -> None:
    text = uidset.compress(range(first, first + length))
    assert text.count(",") == 0
    assert uidset.expand(text) == list(range(first, first + length))


@pytest.mark.parametrize("text", ["0", "1:4294967295", "a", "1,,2", "-3", "1:2:3", "*"])
def test_a_set_that_is_none_or_too_large_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the class is the promise
        uidset.expand(text)


def test_a_reversed_range_is_the_same_set() -> None:
    assert uidset.expand("5:3,4,9") == [3, 4, 5, 9]


def test_a_cursor_survives_its_text() -> None:
    entries = {"INBOX": Entry(7, 12, 99, "1:3,12", 3), "Éléments": Entry(8)}
    assert cursors.load(cursors.dump(entries)) == entries


@pytest.mark.parametrize(
    "text", ["", None, "{", "[1]", '{"INBOX":[1]}', '{"INBOX":[1,2,3,"x",5]}', '{"INBOX":3}', "null"]
)
def test_a_damaged_cursor_counts_as_none(text: str | None) -> None:
    assert cursors.load(text) == {}


def test_an_entry_forgets_what_is_out_of_its_window() -> None:
    entry = Entry(1).read(range(1, 11), 12, window=4)
    assert (entry.uid, entry.known) == (12, "7:10")
    assert entry.without([8]).known == "7,9:10"
    assert entry.read([], 5, window=4).uid == 12, "a cursor never goes back"


WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"), max_size=20)


def wire(value: object) -> list[bytes | tuple[bytes, bytes]]:
    """A value as a server might write it: strings as literals or quoted, lists in brackets."""
    pieces: list[bytes | tuple[bytes, bytes]] = []
    line = bytearray()

    def write(node: object) -> None:
        if node is None:
            line.extend(b"NIL")
        elif isinstance(node, list):
            line.extend(b"(")
            for at, child in enumerate(node):
                line.extend(b" " if at else b"")
                write(child)
            line.extend(b")")
        elif isinstance(node, bytes) and len(node) % 2:
            line.extend(b"{%d}" % len(node))
            pieces.append((bytes(line), node))
            line.clear()
        elif isinstance(node, bytes):
            line.extend(b'"' + node.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"')

    write(value)
    pieces.append(bytes(line))
    return pieces


NODES = st.recursive(
    st.none() | st.binary(max_size=12).filter(lambda b: b"\r" not in b and b"\n" not in b),
    lambda inner: st.lists(inner, max_size=4),
    max_leaves=20,
)


@given(st.lists(NODES, min_size=1, max_size=5))
def test_answers_are_read_as_they_were_written(node: list[object]) -> None:
    assert list(responses(wire(node))) == [[node]]


@given(st.lists(st.binary(max_size=60) | st.tuples(st.binary(max_size=30), st.binary(max_size=30)), max_size=5))
def test_nonsense_is_a_bad_answer_or_no_message(pieces: list[bytes | tuple[bytes, bytes]]) -> None:
    read: list[Item] = []
    with contextlib.suppress(BadAnswer):
        read = items(pieces)
    assert all(item.uid > 0 for item in read)


def test_a_bad_answer_quotes_nothing() -> None:
    with pytest.raises(BadAnswer) as caught:
        items([b"1 (UID secret)"])
    assert str(caught.value) == ""


def test_a_fetch_answer_in_pieces_is_one_message() -> None:
    pieces = [
        (b'3 (UID 9 FLAGS (\\Seen $a) INTERNALDATE "17-Jul-1996 02:44:25 -0700" BODY[HEADER]<0> {4}', b"A: b"),
        (b" BODY[1] {3}", b"x)("),
        b' RFC822.SIZE 12 BODYSTRUCTURE ("text" "plain" NIL NIL NIL "7bit" 3 1))',
        b"4 (FLAGS (\\Seen))",
        b'3 (UID 9 FLAGS () BODY[2] "z")',
    ]
    (item,) = items(pieces)
    assert item.arrived == datetime(1996, 7, 17, 9, 44, 25, tzinfo=UTC)
    assert (item.uid, item.flags, item.header, item.size) == (9, frozenset(), b"A: b", 12)
    assert item.sections == {"1": b"x)(", "2": b"z"}
    assert item.structure == [b"text", b"plain", None, None, None, b"7bit", b"3", b"1"]


def test_a_body_that_is_nil_is_empty() -> None:
    (item,) = items([b"1 (UID 2 BODY[1] NIL BODY[HEADER] NIL FLAGS NIL)"])
    assert (item.sections, item.header, item.flags) == ({"1": b""}, b"", frozenset())


def test_later_responses_add_to_earlier_ones() -> None:
    item = Item(1, size=5)
    item.add(Item(1, flags=frozenset({"a"}), header=b"h", structure=b"s", arrived=datetime(2026, 1, 1, tzinfo=UTC)))
    item.add(Item(1))
    assert (item.flags, item.header, item.structure, item.size) == (frozenset({"a"}), b"h", b"s", 5)
    assert item.arrived.year == 2026


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        (" 1-Jan-2026 00:00:00 +0530", datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=5, minutes=30)))),
        ("31-DEC-2026 23:59:60 +0000", datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("31-Feb-2026 00:00:00 +0000", datetime(1970, 1, 1, tzinfo=UTC)),
        ("01-Foo-2026 00:00:00 +0000", datetime(1970, 1, 1, tzinfo=UTC)),
        ("01-Jan-2026 00:00:00 +9999", datetime(1970, 1, 1, tzinfo=UTC)),
        ("", datetime(1970, 1, 1, tzinfo=UTC)),
    ],
)
def test_the_time_of_arrival_is_always_a_time(text: str, moment: datetime) -> None:
    assert arrival(text) == moment


def tree(text: bytes) -> list[Leaf]:
    (values,) = responses([text])
    return leaves(values[0])


MIXED = (
    b'((("text" "plain" ("charset" "utf-8") NIL NIL "quoted-printable" 900 20 NIL NIL NIL NIL)'
    b'(("text" "html" ("charset" "utf-8") NIL NIL "base64" 4000 60 NIL NIL NIL NIL)'
    b'("image" "png" ("name" "logo.png") "<l>" NIL "base64" 500 NIL ("inline" ("filename" "logo.png")) NIL NIL)'
    b' "related" ("boundary" "c") NIL NIL NIL) "alternative" ("boundary" "b") NIL NIL NIL)'
    b'("message" "rfc822" NIL NIL NIL "7bit" 700 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)'
    b' ("text" "plain" NIL NIL NIL "7bit" 3 1) 9 NIL ("attachment" ("filename" "f.eml")) NIL NIL)'
    b'("text" "plain" ("name" "notes.txt") NIL NIL "7bit" 30 1 NIL ("attachment" NIL) NIL NIL)'
    b'("text" "calendar" ("name" "rdv.ics") NIL NIL "7bit" 300 9 NIL NIL NIL NIL)'
    b' "mixed" ("boundary" "a") NIL NIL NIL)'
)


def test_leaves_are_numbered_as_imap_does() -> None:
    found = tree(MIXED)
    assert [(leaf.part.number, leaf.part.content_type, leaf.part.disposition) for leaf in found] == [
        ("1.1", "text/plain", ""),
        ("1.2.1", "text/html", ""),
        ("1.2.2", "image/png", "inline"),
        ("2", "message/rfc822", "attachment"),
        ("3", "text/plain", "attachment"),
        ("4", "text/calendar", ""),
    ]
    assert found[3].part.filename == "f.eml"
    assert found[0].part.charset == "utf-8"
    assert wanted(found, 1_000_000) == [("1.1", 0), ("2", 0), ("4", 0)]
    large = tree(MIXED.replace(b'"7bit" 700', b'"7bit" 70000'))
    assert wanted(large, 1_000_000) == [("1.1", 0), ("4", 0)]


def test_an_html_twin_is_read_when_the_text_is_a_stub_or_much_shorter() -> None:
    for plain, html in ((100, 4000), (900, 900 * 41)):
        found = tree(MIXED.replace(b" 900 20", b" %d 20" % plain).replace(b" 4000 60", b" %d 60" % html))
        assert [number for number, _ in wanted(found, 1_000_000)] == ["1.1", "1.2.1", "2", "4"]


def test_the_limit_is_for_the_whole_message() -> None:
    found = tree(MIXED)
    assert wanted(found, 950) == [("1.1", 0), ("2", 50)]
    assert wanted(found, 400) == [("1.1", 400)]


def test_a_message_of_one_part_is_part_one() -> None:
    (leaf,) = tree(b'("TEXT" "HTML" NIL NIL NIL "BASE64" 12 1)')
    assert (leaf.part.number, leaf.part.content_type, leaf.part.encoding) == ("1", "text/html", "base64")
    assert wanted([leaf], 100) == [("1", 0)]


@pytest.mark.parametrize(
    ("parameters", "name"),
    [
        (b'("filename" "facture.pdf")', "facture.pdf"),
        (b'("filename" "=?utf-8?q?factur=C3=A9?=")', "=?utf-8?q?factur=C3=A9?="),
        (b'("filename" "factur\xc3\xa9.pdf")', "facturé.pdf"),
        (b'("filename" "factur\xe9.pdf")', "facturé.pdf"),
        (b'("filename*" "UTF-8\'\'factur%C3%A9.pdf")', "UTF-8''factur%C3%A9.pdf"),
        (
            b'("filename*0*" "UTF-8\'\'factur%C3" "filename*1*" "%A9" "filename*2" " 1.pdf")',
            "UTF-8''factur%C3%A9%201.pdf",
        ),
        (b'("filename*0" "fact" "filename*1" "ure.pdf")', "facture.pdf"),
        (b"NIL", "fallback.pdf"),
    ],
)
def test_names_of_attachments_are_joined_and_left_raw(parameters: bytes, name: str) -> None:
    (leaf,) = tree(
        b'("application" "pdf" ("name" "fallback.pdf") NIL NIL "base64" 9 NIL ("attachment" '
        + parameters
        + b") NIL NIL)"
    )
    assert leaf.part.filename == name
    assert leaf.part.disposition == "attachment"


@pytest.mark.parametrize(
    ("line", "disposition", "name"),
    [
        (b'attachment; filename=\\"a b.pdf\\"', "attachment", "a b.pdf"),
        (b"inline", "inline", ""),
        (b"attachment; filename*=iso-8859-1''factur%E9.pdf", "attachment", "iso-8859-1''factur%E9.pdf"),
    ],
)
def test_a_disposition_written_as_one_line_is_understood(line: bytes, disposition: str, name: str) -> None:
    (leaf,) = tree(b'("application" "pdf" NIL NIL NIL "base64" 9 NIL "' + line + b'" NIL NIL)')
    assert (leaf.part.disposition, leaf.part.filename) == (disposition, name)


def test_structures_that_make_no_sense_have_no_leaves_or_plain_ones() -> None:
    assert leaves(None) == []
    assert leaves(b"text") == []
    assert leaves([]) == []
    (leaf,) = leaves([None, None])
    assert leaf.part.content_type == "application/octet-stream"
    assert len(leaves([[[b"text", b"plain"]] * 900, b"mixed"])) == 500


def test_a_deep_structure_is_cut() -> None:
    node: list[object] = [b"text", b"plain"]
    for _ in range(150):
        node = [node, b"mixed"]
    assert len(leaves(node)) == 1  # type: ignore[arg-type]


def layout(*names: str, delimiter: str = "/", prefix: str = "", flags: dict[str, str] | None = None) -> Layout:
    marked = flags or {}
    return Layout(tuple(Folder(n, frozenset(marked.get(n, "").split())) for n in names), delimiter, prefix)


def test_the_flag_counts_before_the_name() -> None:
    folders = layout("INBOX", "Sent", "Envoi 2026", flags={"Envoi 2026": "\\sent \\hasnochildren"})
    assert folders.special("sent") == "Envoi 2026"


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("Éléments envoyés", "sent"),
        ("Messages envoyés", "sent"),
        ("INBOX/Objets envoyés", "sent"),
        ("Sent Items", "sent"),
        ("Gesendete Elemente", "sent"),
        ("Brouillons", "drafts"),
        ("Entwürfe", "drafts"),
        ("DRAFTS", "drafts"),
        ("Archives", "archive"),
        ("Éléments archivés", "archive"),
    ],
)
def test_the_usual_names_are_known(name: str, role: str) -> None:
    assert layout("INBOX", "Clients", name).special(role) == name


def test_the_shortest_path_wins_and_closed_folders_do_not_count() -> None:
    folders = layout("INBOX", "Old/2019/Sent", "INBOX/Sent", "Sent", flags={"Sent": "\\noselect"})
    assert folders.special("sent") == "INBOX/Sent"
    assert layout("INBOX").special("drafts") is None


def test_the_owners_name_is_found_whatever_case_accents_and_delimiter() -> None:
    folders = layout("INBOX", "INBOX.Clients.Été", "Old", delimiter=".", prefix="INBOX.")
    assert folders.find("inbox") == "INBOX"
    assert folders.find("Clients/Été") == "INBOX.Clients.Été"
    assert folders.find("clients/ete") == "INBOX.Clients.Été"
    assert folders.find("INBOX/Clients/Été") == "INBOX.Clients.Été"
    assert folders.find("Nowhere") is None
    assert folders.new_name("Automator/Été") == "INBOX.Automator.Été"
    assert folders.new_name("INBOX/Automator") == "INBOX.Automator"
    assert layout("INBOX", delimiter="").new_name("a/b") == "a/b"
    assert layout("INBOX", "Sent", delimiter="").special("sent") == "Sent"


def test_a_configured_folder_wins_and_must_exist() -> None:
    folders = layout("INBOX", "Sent", "Envoi")
    assert folders.special("sent", "Envoi") == "Envoi"
    with pytest.raises(PermanentError, match='"Envoie"'):
        folders.special("sent", "Envoie")


def test_each_mailbox_is_watched_once_in_its_role() -> None:
    folders = layout("INBOX", "Clients", "Sent", "Drafts")
    assert watched(folders, ("INBOX", "Clients", "inbox", "Sent")) == (
        Place("INBOX", "received"),
        Place("Clients", "received"),
        Place("Sent", "sent"),
        Place("Drafts", "draft"),
    )


GOOD = {"host": "imap.dupont.example", "user": "alice", "password": "hunter2"}


@pytest.mark.parametrize(
    "bad",
    [
        {"tls": "none"},
        {"tls": "off"},
        {"password": "a\r\nb"},
        {"user": "a\nb"},
        {"user": ""},
        {"mailboxes": ()},
        {"chunk": 0},
        {"timeout": 0},
        {"port": 70000},
        {"verify": False},
    ],
)
def test_options_that_are_wrong_or_unsafe_are_refused_without_the_password(bad: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as caught:
        Options(**(GOOD | bad))  # type: ignore[arg-type]
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(("more", "port"), [({}, 993), ({"tls": "starttls"}, 143), ({"port": 1993}, 1993)])
def test_the_port_follows_from_tls(more: dict[str, object], port: int) -> None:
    assert Options(**(GOOD | more)).address == ("imap.dupont.example", port)  # type: ignore[arg-type]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_plain_text_is_for_this_machine(host: str) -> None:
    assert Options(**(GOOD | {"host": host, "tls": "none"})).tls == "none"  # type: ignore[arg-type]


def test_the_password_is_not_shown() -> None:
    options = Options(**GOOD, ca_file=Path("ca.pem"))  # type: ignore[arg-type]
    assert "hunter2" not in repr(options) + options.model_dump_json()
