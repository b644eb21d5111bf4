"""Deadlines of requests: "d'ici mardi 14h", "sous huitaine", "by EOD Thursday", counted from the mail's own date."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from automator.billing.dates import find_dates
from automator.billing.fold import fold
from automator.billing.invoice import Fact
from automator.billing.moments import WEEKDAY, find_moments

_BEFORE = re.compile(
    r"(?:avant|d'ici|pour|au plus tard|plus tard|jusqu'a[u]?|before|by|until|till|no later than|"
    r"not later than|deadline(?: is)?(?: of)?|dernier delai|date limite[a-z ]*|limite|delai|sous|within|bis|"
    r"spatestens|vor|entro|prima di|antes del?|para|voor|uiterlijk|tegen|ate|eod|cob|close of business|end of|"
    r"retour souhaite|reponse souhaitee|needed|due|idealement|expire|cloture|remise des offres|attendue?s?|"
    r"faut|need(?: it| this| them)?|want(?: it)?)"
    r"(?: (?:le|la|the|au|ce|ca|cela|end of|noon|midi|soir|ce soir|on|for|at|au plus tard|imperativement|zum|"
    r"am|den|dem|latest|plus tard|il|el|to|a))*(?:,? (?:" + WEEKDAY + r")\.?,?)?[ :]*$"
)
_SELF = re.compile(
    r"^(?:sous|d'ici|dans (?:les|un delai|le delai)|(?:delai|disposez|disposes) de|within|binnen|innerhalb|"
    r"entro|eod|by eod|cob)"
)
_AFTER = re.compile(
    r"^[^.;!?\n]{0,30}?(?:au plus tard|dernier delai|dernier carat|at the latest|imperativement|sans faute|"
    r"maximum|maxi\b|max\b|grand maximum|delai de rigueur|spatestens|al piu tardi|como muy tarde|uiterlijk|"
    r"deadline)"
)
_HOUR = re.compile(
    r"^[ ,(]*(?:au plus tard |latest |matin |soir )?(?:a|avant|at|before|vers|um|de|by|,|a las|alle|ore|"
    r"om)? ?(?P<h>[01]?\d|2[0-3]) ?(?:h|:|\.|heures?|uhr|am\b|pm\b|u\b) ?(?P<m>[0-5]\d)?(?: ?(?P<pm>pm|am))?"
)
_HOUR_BEFORE = re.compile(
    r"(?:avant|before|by|pour|d'ici|a|at|until|jusqu'a|vor|bis|prima delle|antes de las|ate as|"
    r"voor) (?P<h>[01]?\d|2[0-3]) ?(?:h|:|\.|heures?|uhr|am\b|pm\b|u\b) ?(?P<m>[0-5]\d)?(?: ?(?P<pm>pm|"
    r"am))? ?(?:on |uhr |uur )?,?$"
)
_HOUR_ONLY = re.compile(
    r"(?:avant|d'ici|before|by|until|till|vor|entro le|prima delle|antes de las|voor|jusqu'a) (?P<h>[01]?\d|"
    r"2[0-3]) ?(?:h\b|h(?=\d\d)|:|\.(?=\d\d)|heures?\b|uhr\b|am\b|pm\b)(?P<m>[0-5]\d)?(?: ?(?P<pm>pm|am)\b)?"
)
_AT_ONCE = re.compile(
    r"tout de suite|immediatement|\bmaintenant\b(?= svp|!| s'il|[.,]|$)|en urgence|au plus vite|sans attendre|"
    r"right (?:now|away)|\bimmediately\b|\basap\b|at once|sofort\b|\bsubito\b|ahora mismo|en seguida"
)
_AFTER_CUE = re.compile(r"^[ ,(]*(?:avant|before|by|vor|until|au plus tard|prima|antes)\b")
_OTHER_LIMIT = re.compile(
    r"valable|validite|valid (?:until|till|for)|promotion|[-–] ?\d+ ?%|gratuit|candidat|\bstage\b|inscri|"
    r"livraison prevue|rembours|conges|absen|gultig|abonnement|desabonn|unsubscribe|contravention|concours|"
    r"enquete|sondage"
)
_STRONG_ASK = re.compile(
    r"\?|pouvez|pourriez|pourrait|peux[- ]tu|tu peux|vous pouvez|pourrais|pourri[eo]n[st]|faudrait|il (?:me|"
    r"nous) faut|besoin|merci de|veuillez|voudrez bien|j'aimerais|souhait|il faut|could|can you|can i|would|"
    r"need|please|bitte|konn|brauch|necesit|puede|podria|potete|serve\b|graag|kunt|preciso|svp|exige|"
    r"must know|must have|rappelez|dites|confirm|repond|retour|transmet|envoy|reply|let me know|let us know|"
    r"sinon|a defaut|sans (?:retour|reponse)"
)
_NOON = re.compile(r"^[ ,]*(?:a |at |by |avant )?(?:midi|noon|mittag)\b")
_MONEY = re.compile(
    r"\bregl|\bpaie|\bpaye|virement|prelev|echeance|payment|\bpay|transfer|invoice due|fallig|zahl|"
    r"facture (?:du|de)|encaisse|debit|echue|vencim|scadenza|betal|due date"
)
_PAST = re.compile(
    r"(?:depuis|\bdu|since|dated|datee?|from|vom|hier|recu|passe|relance|courrier|entretien|conversation|seit|"
    r"en date)(?: (?:le|la|the|du|de|au|dernier|derniere|last|our|of|on))* $"
)
_AHEAD = timedelta(days=400)
_ENOUGH = 50


@dataclass(frozen=True, slots=True)
class _Candidate:
    moment: date
    span: tuple[int, int]
    score: int
    time: str = ""


def deadline(text: str, now: datetime) -> Fact | None:
    """The day (and hour, if written) by which the writer wants it, counted from `now`, the mail's date in its zone.

    1. A time beside a word of limit is surest ("avant", "d'ici", "au plus tard", "by", "within" ...), then a time in
       the sentence that asks ("vous pouvez passer samedi ?"), then "tout de suite" as today.
    2. A weekday is the next one after today; "prochain" changes nothing; "avant mardi" means Tuesday itself.
    3. "fin de semaine" is Friday, "fin de mois" the last day, "sous huitaine" 8 days, "within 48 hours" the day reached,
       an hour alone ("avant 16 h") is today's if it is still to come.
    4. Payment terms, how long an offer is valid, and days of the past are left out. Of equally sure ones the first
       day wins; of two days offered ("demain ou vendredi") the later.
    """
    text = text[:8000]
    folded = fold(text)
    found = [c for c in _candidates(folded, text, now) if c.score >= _ENOUGH]
    if not found:
        return None
    best = min(found, key=lambda c: (-c.score, c.moment, c.span[0]))
    best = _offered(folded, best, found)
    evidence = " ".join(text[max(0, best.span[0] - 50) : best.span[1] + 30].split())
    return Fact(best.moment.isoformat(), min(0.95, best.score / 100), evidence, "body", best.time)


def _offered(folded: str, best: _Candidate, found: Sequence[_Candidate]) -> _Candidate:
    """The later of two days that are offered side by side."""
    for other in found:
        if 0 <= other.span[0] - best.span[1] <= 8 and re.search(
            r"\b(?:ou|or|oder|o|of)\b", folded[best.span[1] : other.span[0]]
        ):
            return other
    return best


def _candidates(folded: str, text: str, now: datetime) -> Iterator[_Candidate]:
    today = now.date()
    taken: list[tuple[int, int]] = []
    for found in find_dates(text, today):
        taken.append(found.span)
        yield _judge(folded, found.day, found.span, today)
    for moment, span in find_moments(folded, text, now):
        if not any(start < span[1] and span[0] < end for start, end in taken):
            taken.append(span)
            yield _judge(folded, moment, span, today)
    yield from _without_day(folded, taken, now)


def _without_day(folded: str, taken: Sequence[tuple[int, int]], now: datetime) -> Iterator[_Candidate]:
    for hit in _HOUR_ONLY.finditer(folded):
        if any(start - 14 < hit.end() and hit.start() < end + 14 for start, end in taken):
            continue
        hour = _clock(hit)
        if hour > now.strftime("%H:%M"):
            yield _Candidate(
                now.date(), hit.span(), 75 if _STRONG_ASK.search(_sentence(folded, hit.span())) else 55, hour
            )
    for hit in _AT_ONCE.finditer(folded):
        if _STRONG_ASK.search(_sentence(folded, hit.span())):
            yield _Candidate(now.date(), hit.span(), 52)


def _judge(folded: str, moment: date, span: tuple[int, int], today: date) -> _Candidate:
    start = max(0, span[0] - 60)
    before = folded[max(start, folded.rfind("\n\n", start, span[0]) + 1) : span[0]].replace("\n", " ")
    after = folded[span[1] : span[1] + 45]
    sentence = _sentence(folded, span)
    score = _limit(before, after, folded[span[0] : span[1]], sentence)
    if not today <= moment <= today + _AHEAD or _PAST.search(before):
        score = 0
    if score and (_MONEY.search(before[-45:]) or _MONEY.search(after[:14])):
        score -= 60
    if score and _OTHER_LIMIT.search(before[-50:] + after[:20]):
        score -= 45
    return _Candidate(moment, span, score, _time(before, after))


def _limit(before: str, after: str, own: str, sentence: str) -> int:
    """How clearly a time is a limit: beside a word of limit, in a sentence that asks, or neither."""
    asks = bool(_STRONG_ASK.search(sentence))
    beside = (
        _BEFORE.search(before)
        or _AFTER.match(after)
        or _SELF.match(own)
        or _HOUR_BEFORE.search(before)
        or _AFTER_CUE.match(after)
    )
    if beside or re.search(r"delai|date limite|deadline|dernier carat", sentence):
        return 85 if asks else 65
    return 45 if asks else 0


def _sentence(folded: str, span: tuple[int, int]) -> str:
    start = max(folded.rfind(sign, 0, span[0]) for sign in (". ", "? ", "! ", "\n\n", "\n-", ".\n")) + 1
    ends = [e for sign in (". ", "? ", "! ", "\n\n", "\n-", ".\n", "?\n") if (e := folded.find(sign, span[1])) >= 0]
    return folded[max(start, span[0] - 200) : min([*ends, span[1] + 120]) + 1]


def _time(before: str, after: str) -> str:
    if _NOON.match(after) or re.search(r"(?:midi|noon),? (?:on )?$", before):
        return "12:00"
    hit = _HOUR.match(after) or _HOUR_BEFORE.search(before)
    if hit is None:
        return ""
    return _clock(hit)


def _clock(hit: re.Match[str]) -> str:
    late = "pm" in hit[0] and int(hit["h"]) < 12
    return f"{int(hit['h']) + 12 * late:02}:{hit['m'] or '00'}"
