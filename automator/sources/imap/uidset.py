"""Sets of UIDs as IMAP writes them (RFC 9051 9, sequence-set): "1:5,9"."""

from __future__ import annotations

from collections.abc import Iterable

MOST = 2_000_000
"""No mailbox of a small firm holds more; a server that says so is not believed."""


def compress(uids: Iterable[int]) -> str:
    """The shortest text for these UIDs, ascending; "" for none."""
    runs: list[list[int]] = []
    for uid in sorted(set(uids)):
        if runs and runs[-1][1] == uid - 1:
            runs[-1][1] = uid
        else:
            runs.append([uid, uid])
    return ",".join(str(low) if low == high else f"{low}:{high}" for low, high in runs)


def expand(text: str) -> list[int]:
    """The UIDs of a set, ascending. Raises ValueError on nonsense and on a set of more than `MOST`."""
    ranges: list[range] = []
    total = 0
    for item in text.split(",") if text else []:
        low, _, high = item.partition(":")
        first, last = sorted((int(low), int(high or low)))
        if first < 1 or (total := total + last - first + 1) > MOST:
            raise ValueError("not a set of UIDs")
        ranges.append(range(first, last + 1))
    return sorted({uid for span in ranges for uid in span})
