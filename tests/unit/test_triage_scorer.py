"""The artefact: packed, checked, read and applied."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automator.errors import PermanentError
from automator.triage.decide import sigmoid
from automator.triage.features import Features, fingerprint
from automator.triage.scorer import FORMAT, pack, unpack


def content(**changes: Any) -> dict[str, Any]:
    made: dict[str, Any] = {
        "features": fingerprint(),
        "categories": ["invoice", "urgent"],
        "bias": [-1.0, 0.5],
        "calibration": [[1.0, 0.0], [2.0, 0.1]],
        "thresholds": [[0.1, 0.5], [0.2, 0.6]],
        "terms": {"b:factur": [2.0, 3.0, -1.0], "b:urgent": [1.0, 0.0, 4.0]},
        "cues": {"=iban": [1.5, -0.5]},
        "kinds": ["newsletter", "supplier_invoice"],
        "kind_bias": [0.0, -0.1],
        "kind_weights": {"=iban": [1, 2.0], "b:urgent": [0, 1.0]},
        "made": {"author_left_out": {}},
    }
    return made | changes


def features(words: dict[str, int], *cues: str) -> Features:
    return Features(Counter(words), frozenset(cues))


def test_a_score_by_hand() -> None:
    model = unpack(pack(content()))
    mail = features({"b:factur": 1, "b:urgent": 1, "b:unknown": 9}, "=iban", "=unknown")
    score = model.score(mail)
    norm = 5**0.5
    assert score.raw[0] == pytest.approx(-1.0 + 2 / norm * 3.0 + 1.5)
    assert score.raw[1] == pytest.approx(0.5 - 2 / norm + 1 / norm * 4.0 - 0.5)
    assert score.kind == "supplier_invoice"
    parts = dict(model.parts(mail, score, 0))
    assert set(parts) == {"b:factur", "b:urgent", "=iban"}
    assert sum(parts.values()) - 1.0 == pytest.approx(score.raw[0])


def test_words_alone_can_name_the_kind() -> None:
    assert unpack(pack(content())).score(features({"b:urgent": 2})).kind == "newsletter"
    assert unpack(pack(content(kinds=[], kind_bias=[], kind_weights={}))).score(features({})).kind == "other"


def test_a_word_said_often_weighs_more_but_less_than_twice() -> None:
    model = unpack(pack(content(terms={"b:a": [1.0, 1.0, 1.0], "b:b": [1.0, 0.0, 0.0]})))
    once, often = (model.score(features({"b:a": n, "b:b": 1})).raw[0] for n in (1, 4))
    assert once < often < 0.0


def test_plain_probabilities_are_uncalibrated() -> None:
    model = unpack(pack(content()))
    mail = features({}, "=iban")
    assert model.plain(mail) == tuple(sigmoid(raw) for raw in model.score(mail).raw)


def test_equal_content_gives_equal_bytes() -> None:
    turned = dict(reversed(list(content().items())))
    assert pack(turned) == pack(content())


def test_every_changed_byte_is_noticed() -> None:
    artefact = pack(content())
    for place in range(len(artefact)):
        changed = bytearray(artefact)
        changed[place] ^= 0x10
        try:
            model = unpack(bytes(changed))
        except PermanentError:
            continue
        assert model == unpack(artefact)  # a byte of the gzip header that says nothing


def _signed(head: bytes, body: bytes) -> bytes:
    return gzip.compress(head.replace(b"SUM", hashlib.sha256(body).hexdigest().encode()) + body)


@pytest.mark.parametrize(
    ("artefact", "says"),
    [
        (b"", "cut short"),
        (b"no gzip at all", "damaged"),
        (pack(content())[:-20], "cut short"),
        (gzip.compress(b"hello"), "not a model"),
        (_signed(b"automator-model 99 SUM\n", b"{}"), "another version"),
        (gzip.compress(b"automator-model %d 00\n{}" % FORMAT), "checksum"),
        (_signed(b"automator-model %d SUM\n" % FORMAT, b"{}"), "incomplete"),
        (_signed(b"automator-model %d SUM\n" % FORMAT, b"[1]"), "incomplete"),
        (_signed(b"automator-model %d SUM\n" % FORMAT, b"not json"), "incomplete"),
        (pack(content(features="another")), "other features"),
        (pack(content(bias=[0.0])), "incomplete"),
        (pack(content(terms={"b:a": [1.0]})), "incomplete"),
        (pack(content(cues={"=a": [1.0]})), "incomplete"),
        (pack(content(kind_weights={"=a": [7, 1.0]})), "incomplete"),
        (pack(content(kind_weights={"=a": [1]})), "incomplete"),
        (pack(content(categories=[])), "incomplete"),
    ],
    ids=str.split(
        "empty plain cut hello format checksum keys list text features bias term cue kind short categories"
    ),
)
def test_what_is_refused(artefact: bytes, says: str) -> None:
    with pytest.raises(PermanentError, match=says):
        unpack(artefact)


def test_a_gzip_bomb_is_refused() -> None:
    with pytest.raises(PermanentError, match="too large"):
        unpack(gzip.compress(b"\0" * (80 * 1024 * 1024), 1))


@given(st.binary(max_size=200))
def test_no_bytes_do_more_than_be_refused(content: bytes) -> None:
    with pytest.raises(PermanentError):
        unpack(gzip.compress(content))
    with pytest.raises(PermanentError):
        unpack(content)


def test_the_digest_is_the_start_of_the_hash() -> None:
    body = gzip.decompress(pack(content())).partition(b"\n")[2]
    assert unpack(pack(content())).digest == hashlib.sha256(body).hexdigest()[:6]
    assert json.loads(body) == content()
