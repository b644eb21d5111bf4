"""Arm: take the rule files as they are now, each with its last good version when it is broken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from automator.errors import Problem
from automator.jobs.deps import Deps
from automator.rulebook.plan import Firm
from automator.rulebook.schema import Rule, load_rule
from automator.rulebook.trial import run_tests
from automator.store import cases
from automator.store.db import Tx


@dataclass(frozen=True, slots=True)
class RulesInForce:
    """The rules that act now. `ignored`: file name -> why it was left out, in the owner's words."""

    rules: tuple[Rule, ...]
    armed: Mapping[str, date] = field(default_factory=dict)
    ignored: Mapping[str, str] = field(default_factory=dict)

    def firm(self, deps: Deps) -> Firm:
        """The firm's settings as planning wants them."""
        return Firm(
            calendar=deps.calendar,
            max_autonomy=deps.max_autonomy,
            allow_send=deps.allow_send,
            armed=self.armed,
            own_addresses=deps.identity.addresses,
            words=deps.words,
        )


def arm(deps: Deps) -> RulesInForce:
    """Read rules_dir.

    1. A file without errors whose tests pass is in force, and its text is kept. 2. A file that cannot be read, with
    an error or a failing test is left out alone; its last good version, if there is one, stays in force. 3. A rule
    seen for the first time is armed today: it never acts on anything older.
    """
    good: dict[str, Rule] = {}
    ignored: dict[str, str] = dict(deps.unreadable_rules())
    files = dict(deps.rule_files())
    for file, body in sorted(files.items()):
        rule, why = _judge(deps, file, body)
        if rule is None:
            ignored[file] = why
        else:
            good[rule.id] = rule
    with deps.db.transaction() as tx:
        for rule in good.values():
            cases.keep_version(tx, rule.id, rule.version, rule.file, files[rule.file], deps.clock.now())
        for file in ignored:
            old = _last_good(tx, deps, file)
            if old is not None:
                good[old.id] = old
        armed = cases.arm_rules(tx, {r.id: r.version for r in good.values()}, deps.today())
    return RulesInForce(tuple(good[i] for i in sorted(good)), armed, ignored)


def _judge(deps: Deps, file: str, body: bytes) -> tuple[Rule | None, str]:
    rule, problems = load_rule(file, body, deps.known)
    errors = [p for p in problems if p.severity == "error"]
    if rule is None or errors:
        return None, _first(errors)
    for result in run_tests(rule, deps.known, deps.calendar):
        if not result.passed:
            return None, f"{file}:{result.line}: {deps.words.t('test failed: {name}', name=result.name)}"
    return rule, ""


def _first(problems: list[Problem]) -> str:
    return str(problems[0]) if problems else ""


def _last_good(tx: Tx, deps: Deps, file: str) -> Rule | None:
    version = cases.last_good(tx, file.rpartition("/")[2].removesuffix(".toml"))
    return rule_of_version(tx, deps, version)


def rule_of_version(tx: Tx, deps: Deps, version: str) -> Rule | None:
    """The rule as it was in this version; None when it is not kept, or cannot be read any more."""
    kept = cases.version(tx, version)
    return load_rule(kept[0], kept[1], deps.known)[0] if kept else None
