"""Which time zone a name in a calendar file means: IANA, Windows (CLDR), with a vendor's prefix, or none we know."""

from __future__ import annotations

from functools import cache
from zoneinfo import ZoneInfo


@cache
def find_zone(name: str) -> ZoneInfo | None:
    """The zone named `name`, None when the name is unknown here.

    Taken are IANA names, Windows names by the CLDR table, and names with a vendor's prefix whose end is an IANA
    name (`/mozilla.org/20050126_1/Europe/Paris`, RFC 5545 3.2.19).
    """
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    bare = name.strip().strip('"').strip("/")[:200]
    if bare.upper() in {"UTC", "GMT", "Z", "ETC/UTC"}:
        return ZoneInfo("UTC")
    found = _iana(WINDOWS_TO_OLSON.get(bare, bare))
    parts = bare.split("/") if name.startswith("/") else []
    for start in range(1, len(parts) - 1):
        found = found or _iana("/".join(parts[start:]))
    return found


def _iana(name: str) -> ZoneInfo | None:
    if not name or ("/" not in name and name.upper() != name):
        return None  # "Paris" or "Foo" could be found as a file by accident on some systems
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):  # unknown, a folder of the zone database, or no name at all
        return None
