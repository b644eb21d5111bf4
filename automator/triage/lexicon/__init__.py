"""Concepts that people write about in office mail, and how they say them in seven languages.

Each concept is one string of phrases split by "|"; a phrase is matched after folding (case, accents, apostrophes)
on the first six letters of each word, so "facture" also finds "factures" and "facturation". "#" is a number, "#h" a
time of day. The languages (French, English, German, Spanish, Italian, Dutch, Portuguese, in this order) share a
concept, which lets a weight learnt on French mail serve an English or German one.

`broad_*.py` hold the broad concepts, the other files the finer ones, a theme each. A phrase belongs in when it says its
concept in nearly any office mail: mind what else the six letters can begin ("contractions" would find every contract).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from automator.triage.lexicon.asking import ASKING
from automator.triage.lexicon.bills import BILLS
from automator.triage.lexicon.broad_papers import BROAD_PAPERS
from automator.triage.lexicon.broad_wishes import BROAD_WISHES
from automator.triage.lexicon.dealing import DEALING
from automator.triage.lexicon.easing import EASING
from automator.triage.lexicon.fraud import FRAUD
from automator.triage.lexicon.harm import HARM
from automator.triage.lexicon.not_bills import NOT_BILLS
from automator.triage.lexicon.owed import OWED
from automator.triage.lexicon.people import PEOPLE
from automator.triage.lexicon.pressing import PRESSING
from automator.triage.lexicon.robots import ROBOTS
from automator.triage.lexicon.sellers import SELLERS
from automator.triage.lexicon.stoppage import STOPPAGE
from automator.triage.lexicon.wanting import WANTING

# Pairs of concepts in a sentence are worth learning between these; the finer ones are too rare to pair.
BROAD: Final[frozenset[str]] = frozenset(BROAD_WISHES | BROAD_PAPERS)
CONCEPTS: Final[Mapping[str, str]] = (
    BROAD_WISHES
    | BROAD_PAPERS
    | ASKING
    | WANTING
    | DEALING
    | HARM
    | STOPPAGE
    | PRESSING
    | EASING
    | BILLS
    | OWED
    | NOT_BILLS
    | SELLERS
    | PEOPLE
    | ROBOTS
    | FRAUD
)
