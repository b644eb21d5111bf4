"""What rules may name in tests: the shipped verbs and templates, and a verb that only a later version performs."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from automator import plugins
from automator.rulebook.schema import Known

ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "rules"


class Delegate(BaseModel):
    """The keys of `delegate` (rules.md): a sending verb without a template of its own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    person: str
    deadline: str = ""
    note: str = ""


def options() -> dict[str, type[BaseModel]]:
    """verb -> the Options of its plug-in."""
    modules = {kind: plugins.load("actions", kind) for kind in plugins.kinds("actions")}
    shipped = {kind: module.Options for kind, module in modules.items() if not getattr(module, "INTERNAL", False)}
    return {**shipped, "delegate": Delegate}


def templates() -> dict[str, str]:
    """Template file name without ".txt" -> its text."""
    found = sorted((RULES / "templates").glob("*.txt"))
    return {path.name.removesuffix(".txt"): path.read_text(encoding="utf-8") for path in found}


def known() -> Known:
    """All verbs, the shipped templates, one category and two accounts of the owner's own."""
    return Known(options(), frozenset({"rh"}), frozenset(templates()), frozenset({"bureau", "compta"}))
