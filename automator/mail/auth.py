"""What the receiving server found out about the sender: Authentication-Results (RFC 8601)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from automator.mail.message import Address, Authentication

_COMMENT = re.compile(r"\([^()]*\)")
_RESULT = re.compile(r"^\s*(spf|dkim|dmarc)\s*(?:/\d+)?\s*=\s*([a-z]+)", re.I)
_DOMAIN = re.compile(r"header\.(?:d|i)\s*=\s*\"?@?(?:[^\s;\"@]*@)?([^\s;\"]+)", re.I)


def authenticate(results: Sequence[str], sender: Address, authserv_id: str) -> Authentication:
    """Read the Authentication-Results fields of a message, topmost first.

    1. Only the topmost field counts, and only if it bears the configured authserv-id: anybody can write the others.
    2. DMARC decides where it passed or failed; else DKIM counts if it passed for the domain of From, or for one that
       shares its registered part (relaxed alignment, told by suffix).
    3. Without a configured id, nothing is known.
    """
    if not authserv_id or not results:
        return Authentication()
    name, _, rest = _uncommented(results[0][:20_000]).partition(";")
    said = (name.split() or [""])[0].strip('"').lower()
    if said != authserv_id.strip().lower():
        return Authentication()
    found: dict[str, list[tuple[str, str]]] = {}
    for piece in rest.split(";"):
        result = _RESULT.match(piece)
        if result:
            domain = _DOMAIN.search(piece)
            found.setdefault(result[1].lower(), []).append((result[2].lower(), domain[1].lower() if domain else ""))
    return Authentication(
        _verdict(found, sender),
        spf=_first(found, "spf"),
        dkim=_first(found, "dkim"),
        dmarc=_first(found, "dmarc"),
    )


def _uncommented(text: str) -> str:
    """Without comments (RFC 5322), also nested ones; at most 20 levels deep."""
    for _ in range(20):
        shorter = _COMMENT.sub(" ", text)
        if shorter == text:
            break
        text = shorter
    return text


def _first(found: dict[str, list[tuple[str, str]]], method: str) -> str:
    results = [result for result, _ in found.get(method, [])]
    return "pass" if "pass" in results else (results[0] if results else "")


def _verdict(found: dict[str, list[tuple[str, str]]], sender: Address) -> bool | None:
    dmarc = _first(found, "dmarc")
    if dmarc in {"pass", "fail"}:
        return dmarc == "pass"
    passed = [domain for result, domain in found.get("dkim", []) if result == "pass"]
    if any(_aligned(domain, sender.domain) for domain in passed):
        return True
    return False if "fail" in {result for result, _ in found.get("dkim", [])} and not passed else None


def _aligned(signed: str, domain: str) -> bool:
    """Relaxed alignment: the same domain, or one is a subdomain of the other (of at least two labels)."""
    if not signed or not domain or "." not in signed:
        return False
    return (
        signed == domain or domain.endswith(f".{signed}") or (domain.count(".") > 0 and signed.endswith(f".{domain}"))
    )
