"""A category of the owner's own, learnt from a folder of a Maildir: from the first example to a rule that uses it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from automator.classifiers.current import Current
from automator.clock import FixedClock
from automator.config import load_config
from automator.jobs.retrain import train_now
from automator.jobs.status import learning
from automator.jobs.view import view
from automator.sections import unsure
from automator.store import corrections
from automator.wiring import order
from automator.words import Words
from tests.integration.test_learning_dovecot import STAFF
from tests.support.firm import OWNER
from tests.support.small_corpus import Small, small_corpus
from tests.unit.test_jobs_correct import Desk

NOTE = """
title = "Noter ce qui touche le personnel"
on = "mail.received"
when = { category = "rh" }

[[then]]
do = "task"
text = "Personnel : {subject}"
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Small:
    return small_corpus(tmp_path_factory.mktemp("small"))


def staff(desk: Desk, n: int) -> str:
    subject, text = STAFF[n % len(STAFF)]
    who = ("Julie", "Karim", "Solange", "Hugo", "Nadia")[n % 5]
    name = f"RH-{n}"
    said = f"{subject} : {text}".format(who=who)
    desk.lay(f"n{n}@paie{n}.example", OWNER, name, said, message_id=f"<rh{n}@paie.example>")
    return name


def test_from_the_first_example_to_a_rule_that_uses_it(tmp_path: Path, small: Small) -> None:
    with Desk(tmp_path, noter=NOTE) as desk:
        deps = desk.service.deps
        config = load_config(desk.firm.config, environ={})
        classifier = Current((config.state_dir / "models", small.shipped), words=deps.words, owner=deps.identity)
        deps = desk.service.deps = replace(deps, classifier=classifier, classifier_note=classifier.note)
        for start in range(0, 12, 4):
            names = [staff(desk, n) for n in range(start, start + 4)]
            desk.look()
            for name in names:
                desk.file(f"Subject: {name}\n", "RH")
            desk.look()
        with deps.db.read() as tx:
            assert corrections.examples(tx) == {"rh": 12}
            assert learning(tx, deps)["categories"]["rh"] == {"examples": 12, "needed": 12, "missing": []}  # type: ignore[index]
        assert desk.outbox() == [], "no rule has anything to go by yet"
        paths = {"corpus": str(small.corpus), "shipped": str(small.shipped)}
        clock = FixedClock(desk.clock.at)
        training = train_now(deps.db, clock, lambda now: {**order(config, now), **paths})
        assert training.result == "accepted", training.report
        assert "rh" in deps.classifier.categories
        since = desk.clock.now()
        names = [staff(desk, n) for n in (13, 14, 15)]
        desk.lay(
            "b@bois.example", OWNER, "Livraison", "Votre commande de bois part demain.", message_id="<l@bois.example>"
        )
        desk.look()
        decisions = {m.message.subject: m.decision("rh") for m in desk.received()}
        assert all(decisions[name] != "no" for name in names), decisions
        assert decisions["Livraison"] == "no"
        assert [item.action for item in desk.outbox()] == ["task"] * 3
        with deps.db.read() as tx:
            shown = view(tx, deps, desk.service.rules(), deps.today(), since - timedelta(minutes=1), first=False)
        asked = [u.what for u in shown.unsure if u.category == "rh"]
        assert sorted(asked) == sorted(name for name in names if decisions[name] == "unsure")
        said = " ".join(line.text for line in unsure.lines(shown, Words("fr")).lines)
        assert ("est-ce «\u00a0rh\u00a0»" in said) == bool(asked)
