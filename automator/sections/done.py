"""What was done for the owner, what rules on trial would have done, and what failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from automator.digest.clean import shown
from automator.digest.lines import Line, Section, capped
from automator.digest.phrases import past_time
from automator.digest.view import Deed, DigestView
from automator.words import Words, msgid

_FAILURES = 3
_DEED: dict[str, tuple[str, str]] = {
    "keyword": (msgid("{count} mail marked"), msgid("{count} mails marked")),
    "flag": (msgid("{count} mail flagged"), msgid("{count} mails flagged")),
    "move": (msgid("{count} mail put away"), msgid("{count} mails put away")),
    "archive": (msgid("{count} mail archived"), msgid("{count} mails archived")),
    "file_attachment": (msgid("{count} document filed"), msgid("{count} documents filed")),
    "draft": (msgid("{count} draft written"), msgid("{count} drafts written")),
    "send": (msgid("{count} mail sent"), msgid("{count} mails sent")),
    "delegate": (msgid("{count} matter delegated"), msgid("{count} matters delegated")),
    "remind": (msgid("{count} reminder"), msgid("{count} reminders")),
    "task": (msgid("{count} task noted"), msgid("{count} tasks noted")),
    "notify": (msgid("{count} alert"), msgid("{count} alerts")),
    "digest": (msgid("{count} note for this digest"), msgid("{count} notes for this digest")),
    "add_event": (msgid("{count} entry in the agenda"), msgid("{count} entries in the agenda")),
    "propose_slots": (msgid("{count} offer of free hours"), msgid("{count} offers of free hours")),
}
_GROUPS: tuple[tuple[str, str, frozenset[str]], ...] = (
    (
        msgid("{count} from clients"),
        msgid("{count} from clients"),
        frozenset({"quote_request", "order", "complaint", "appointment", "information_request", "intervention"}),
    ),
    (
        msgid("{count} bill"),
        msgid("{count} bills"),
        frozenset({"supplier_invoice", "receipt", "credit_note", "pro_forma", "dunning_received"}),
    ),
    (
        msgid("{count} newsletter or advertisement"),
        msgid("{count} newsletters and advertisements"),
        frozenset({"newsletter", "promotion", "prospecting"}),
    ),
    (msgid("{count} suspicious"), msgid("{count} suspicious"), frozenset({"phishing", "bec_fraud"})),
)


_NAME = {
    "keyword": msgid("mark"),
    "flag": msgid("flag"),
    "move": msgid("putting away"),
    "archive": msgid("archiving"),
    "file_attachment": msgid("filing"),
    "draft": msgid("draft"),
    "send": msgid("mail"),
    "delegate": msgid("delegation"),
    "remind": msgid("reminder"),
    "task": msgid("task"),
    "notify": msgid("alert"),
    "brief": msgid("digest"),
    "add_event": msgid("entry in the agenda"),
    "propose_slots": msgid("offer of free hours"),
    "move_draft": msgid("putting a draft away"),
}


def lines(view: DigestView, words: Words) -> Section:
    """One paragraph of counts; failures, each with its reason, come after it."""
    made = [
        Line(
            " · ".join(filter(None, (_sorted(view.sorted, words), _deeds(view.deeds, words), _learnt(view, words))))
            or words.t("no new mail")
        )
    ]
    observed = _deeds(view.observed, words)
    if observed:
        made.append(Line(words.t("Only observed, not done: {deeds}", deeds=observed)))
    return Section(
        title=words.t("Done for you"),
        lines=(*made, *capped([_failure(deed, words) for deed in view.failures], words, _FAILURES)),
        note=words.t("since {when}", when=past_time(view, view.since, words)),
        quiet=not view.failures,
    )


def _sorted(counts: Mapping[str, int], words: Words) -> str:
    """ "46 mails triés (12 de clients, 8 factures, 26 autres)"."""
    total = sum(counts.values())
    if not total:
        return ""
    said = words.n("{count} mail sorted", "{count} mails sorted", total)
    groups = [(one, many, sum(counts.get(kind, 0) for kind in kinds)) for one, many, kinds in _GROUPS]
    parts = [words.n(one, many, count) for one, many, count in groups if count]
    rest = total - sum(count for _, _, count in groups)
    if parts and rest:
        parts.append(words.n("{count} other", "{count} others", rest))
    return f"{said} ({', '.join(parts)})" if parts else said


def _learnt(view: DigestView, words: Words) -> str:
    return (
        words.n("{count} of your corrections learnt", "{count} of your corrections learnt", view.learnt)
        if view.learnt
        else ""
    )


def _deeds(deeds: Sequence[Deed], words: Words) -> str:
    said = []
    for deed in deeds:
        known = _DEED.get(deed.action)
        said.append(words.n(*known, deed.count) if known else f"{words.number(deed.count)} {shown(deed.action, 30)}")
    return " · ".join(said)


def _failure(deed: Deed, words: Words) -> Line:
    name = words.t(_NAME.get(deed.action, shown(deed.action, 30)))
    what = f"{name} × {words.number(deed.count)}" if deed.count > 1 else name
    return Line(text=shown(deed.detail, 160), who=what, badge=words.t("FAILED"), tone="warn")
