"""IBANs: found, proven, masked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automator.billing.iban import compact, find_ibans, fingerprint, shown, valid

FRENCH = "FR7691097081411745161894027"


@pytest.mark.parametrize(
    ("text", "iban"),
    [
        ("IBAN FR76 9109 7081 4117 4516 1894 027 BIC AGRIFRPP", FRENCH),
        ("IBAN : FR76 9109 7081 4117 4516 1894 027.", FRENCH),
        ("FR7691097081411745161894027", FRENCH),
        ("FR76\u00a09109\u00a07081\u00a04117\u00a04516\u00a01894\u00a0027", FRENCH),
        ("sur le compte ES36 9998 0418 4502 0005 1332. L'audience", "ES3699980418450200051332"),
        ("NL21 WVXV 4168 7880 24, Tolvan", "NL21WVXV4168788024"),
        ("DE24 9997 0123 0045 1209 87 TITULAIRE KESSEL", "DE24999701230045120987"),
    ],
)
def test_an_iban_is_found_whatever_follows(text: str, iban: str) -> None:
    ((found, span),) = find_ibans(text)
    assert found == iban
    assert compact(text[slice(*span)]) == iban


@pytest.mark.parametrize(
    "text",
    [
        "FR76 9109 7081 4117 4516 1894 028",  # wrong check digits
        "FR76 9109 7081 4117",  # too short
        "BIC AGRIFRPP882",
        "Référence AB12 3456 7890 1234 5678",
        "",
    ],
)
def test_a_wrong_one_is_none(text: str) -> None:
    assert find_ibans(text) == []


def test_two_are_found_in_order() -> None:
    found = find_ibans("FR76 9109 7081 4117 4516 1894 027 ou NL21 WVXV 4168 7880 24")
    assert [iban for iban, _ in found] == [FRENCH, "NL21WVXV4168788024"]


def test_a_text_of_nothing_but_beginnings_is_given_up() -> None:
    assert find_ibans("FR76 1234 5678 9012 3456 7890 123 " * 500) == []


def test_it_is_shown_only_in_part_and_remembered_by_its_fingerprint() -> None:
    assert shown("FR76 9109 7081 4117 4516 1894 027") == "FR76 …4027"
    assert fingerprint("fr76 9109 7081 4117 4516 1894 027") == fingerprint(FRENCH)
    assert FRENCH[4:] not in fingerprint(FRENCH)
    assert fingerprint(FRENCH) != fingerprint("NL21WVXV4168788024")


@given(st.integers(min_value=0, max_value=10**21 - 1))
def test_one_wrong_digit_never_passes(number: int) -> None:
    account = f"{number:021}" + "00"
    check = 98 - int(account + "152700") % 97
    iban = f"FR{check:02}{account}"
    assert valid(iban)
    wrong = f"{iban[:-1]}{(int(iban[-1]) + 1) % 10}"
    assert not valid(wrong)
