"""Which reasons to tell first: the mail's own words say more to its reader than a cue."""

from __future__ import annotations

from collections.abc import Sequence

from automator.triage.verdict import Reason

_CUE_COUNTS = 0.25
_WORDS_COUNT = 0.1


def telling(reasons: Sequence[Reason], count: int, *, against: bool = False) -> tuple[str, ...]:
    """The texts of at most `count` reasons for the category (or against it): quotations of the mail, then cues.

    Each group is in order of strength. A cue that weighs less than a quarter of the strongest reason is left out, and
    words of the mail that weigh less than a tenth: they did not decide.
    """
    side = [r for r in reasons if (r.weight < 0 if against else r.weight > 0)]
    strongest = max((abs(r.weight) for r in side), default=0.0)
    heavy = [r for r in side if abs(r.weight) >= strongest * (_WORDS_COUNT if _quotes(r) else _CUE_COUNTS)]
    heavy.sort(key=lambda r: (not _quotes(r), -abs(r.weight)))
    return tuple(dict.fromkeys(r.text for r in heavy))[:count]


def _quotes(reason: Reason) -> bool:
    return "«" in reason.text
