"""Whether the sender is who he says (reliability S06): only the configured server's word counts, the topmost one."""

from __future__ import annotations

import pytest

from automator.mail.auth import authenticate
from automator.mail.message import Address, Authentication

SENDER = Address("paul@lefevre.example")
ID = "mx.dupont.example"


@pytest.mark.parametrize(
    ("result", "verified"),
    [
        (f"{ID}; dmarc=pass header.from=lefevre.example", True),
        (f"{ID}; dmarc=fail header.from=lefevre.example; dkim=pass header.d=lefevre.example", False),
        (f"{ID}; dkim=pass header.d=lefevre.example", True),
        (f"{ID} 1; dkim=pass header.i=@mail.lefevre.example", True),
        (f'"{ID}"; dkim=pass header.i=paul@lefevre.example', True),
        (f"{ID}; dkim=pass header.d=elsewhere.example", None),
        (f"{ID}; dkim=pass header.d=example", None),
        (f"{ID}; dkim=pass", None),
        (f"{ID}; dkim=fail header.d=lefevre.example", False),
        (f"{ID}; dkim=fail header.d=x.example; dkim=pass header.d=lefevre.example", True),
        (f"{ID}; spf=pass smtp.mailfrom=lefevre.example", None),
        (f"{ID}; none", None),
        (f"{ID} (a comment (nested)); dmarc (really) = pass (p=none)", True),
        (f"{ID}; dmarc=none; dkim=none", None),
        ("mx.elsewhere.example; dmarc=pass", None),
        ("; dmarc=pass", None),
        (f"(comment {ID}; dmarc=pass) mx.evil.example; dmarc=pass", None),
        ("", None),
    ],
)
def test_s06_one_field(result: str, verified: bool | None) -> None:
    assert authenticate([result], SENDER, ID).verified is verified


def test_s06_only_the_topmost_field_counts() -> None:
    forged = f"{ID}; dmarc=pass"
    assert authenticate(["mx.other.example; dmarc=fail", forged], SENDER, ID) == Authentication()
    assert authenticate([f"{ID}; dmarc=fail", forged], SENDER, ID).verified is False


def test_s06_without_a_configured_server_nothing_is_known() -> None:
    assert authenticate([f"{ID}; dmarc=pass"], SENDER, "") == Authentication()
    assert authenticate([], SENDER, ID) == Authentication()


def test_the_methods_are_told() -> None:
    found = authenticate(
        [f"{ID}; spf=softfail; dkim=neutral; dkim=pass header.d=x.example; dmarc=bestguesspass"], SENDER, ID
    )
    assert found == Authentication(None, spf="softfail", dkim="pass", dmarc="bestguesspass")


def test_a_sender_without_a_domain_is_never_verified_by_dkim() -> None:
    assert authenticate([f"{ID}; dkim=pass header.d=x.example"], Address(""), ID).verified is None


def test_upper_case_and_nesting_without_end() -> None:
    assert authenticate([f"{ID.upper()}; DMARC=PASS"], SENDER, ID).verified
    assert authenticate(["(" * 10_000 + ID], SENDER, ID) == Authentication()
