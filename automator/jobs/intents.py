"""From a row of the outbox back to the intent that it was."""

from __future__ import annotations

from automator.jobs.deps import Deps
from automator.rulebook.plan import Autonomy, Intent
from automator.store.records import OutboxItem


def intent_of(item: OutboxItem, deps: Deps) -> Intent:
    """The intent, its parameters read by the Options of its action."""
    return Intent(
        key=item.key,
        object=item.object,
        account=item.account,
        action=item.action,
        params=deps.options[item.action].model_validate_json(item.params),
        not_before=item.not_before,
        autonomy=Autonomy(item.autonomy),
        rule=item.rule,
        rule_version=item.rule_version,
        why=item.why,
        step=item.step,
    )
