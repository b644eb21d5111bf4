"""What triage wants to reach on mails that it has never seen, French and English, easy to hard mixed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Aim:
    """A figure should be at least, or (`most`) at most, this much."""

    value: float
    most: bool = False

    def reached(self, figure: float) -> bool:
        """Is the figure itself there? Its interval says how sure that is."""
        return figure <= self.value if self.most else figure >= self.value


_EACH: Final = {"unsure": Aim(0.10, most=True), "calibration_error": Aim(0.05, most=True)}
AIMS: Final[Mapping[str, Mapping[str, Aim]]] = {
    "invoice": {"f1": Aim(0.95), "f1_sure": Aim(0.97), "precision": Aim(0.95), **_EACH},
    "client_request": {"f1": Aim(0.90), "f1_sure": Aim(0.94), "caught": Aim(0.93), **_EACH},
    "urgent": {
        "f1": Aim(0.85),
        "f1_sure": Aim(0.92),
        "caught": Aim(0.93),
        "false_alarms": Aim(1 / 40, most=True),
        **_EACH,
    },
}
OVERALL: Final[Mapping[str, Aim]] = {
    "false_urgent_of_loud_mails": Aim(0.02, most=True),
    "client_request_of_silent_mails": Aim(0.0, most=True),
}


def judged_aims(aims: Mapping[str, Aim], figures: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Each aim beside its figure: {"at_least" or "at_most": value, "reached": true, false, or None = no figure}."""
    found = {}
    for name, aim in aims.items():
        figure = figures[name]["value"] if isinstance(figures[name], Mapping) else figures[name]
        found[name] = {
            "at_most" if aim.most else "at_least": aim.value,
            "reached": None if figure is None else aim.reached(figure),
        }
    return found
