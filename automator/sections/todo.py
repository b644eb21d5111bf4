"""What needs the owner today."""

from __future__ import annotations

from automator.digest.clean import LIMIT, shown
from automator.digest.lines import Figure, Line, Section, Tone, capped
from automator.digest.phrases import coming, past
from automator.digest.view import DigestView, TodoItem, TodoKind
from automator.digest.why import why
from automator.words import Words, msgid

_BADGE: dict[TodoKind, tuple[str, Tone]] = {
    "urgent": (msgid("URGENT"), "alert"),
    "maybe_urgent": (msgid("URGENT?"), "warn"),
    "late": (msgid("LATE"), "alert"),
    "verify": (msgid("TO VERIFY"), "alert"),
    "unknown": (msgid("SENT OR NOT?"), "alert"),
    "held": (msgid("TO APPROVE"), "warn"),
    "draft": (msgid("DRAFT"), "info"),
    "reminder": (msgid("REMINDER"), "info"),
    "request": (msgid("REQUEST"), "info"),
    "maybe_request": (msgid("REQUEST?"), "info"),
    "task": (msgid("TASK"), "info"),
}
_VERBS: dict[TodoKind, tuple[str, ...]] = {
    "urgent": ("done", "delegate", "not_urgent"),
    "maybe_urgent": ("urgent", "not_urgent"),
    "maybe_request": ("is:client_request", "not:client_request"),
    "late": ("done", "drop", "tomorrow"),
    "unknown": ("sent", "send_again"),
    "held": ("approve", "cancel"),
    "draft": ("go_on", "done"),
    "verify": ("done", "dispute"),
}
_RECEIVED = frozenset({"urgent", "maybe_urgent", "request", "maybe_request", "verify"})
_BY_HANDLE = frozenset({"held", "unknown"})
_PREFIX = {"mail": "m", "invoice": "i"}
_WHY = 3
_SENTENCE = 160
_SAID_OUTRIGHT = frozenset({"verify", "unknown", "held", "reminder", "task", "draft"})


def lines(view: DigestView, words: Words) -> Section:
    """Every matter that asks for a decision, as the view orders them: the most pressing first, then the oldest."""
    count = len(view.todo)
    return Section(
        title=words.t("To do today"),
        lines=capped([_line(view, item, words) for item in view.todo], words),
        count=count,
        figures=(Figure(count, words.n("to do", "to do", count), tone="alert"),) if count else (),
        preview=_preview(view, words),
    )


def _line(view: DigestView, item: TodoItem, words: Words) -> Line:
    badge, tone = _BADGE[item.kind]
    late = " " + words.n("{count} d", "{count} d", item.days_late) if item.days_late else ""
    return Line(
        text=shown(item.what),
        kind="item",
        object=item.object,
        badge=words.t(badge) + late,
        tone=tone,
        who=shown(item.who, 40),
        aside=_aside(view, item, words),
        details=tuple(_details(view, item, words)),
        verbs=_verbs(item),
        ref=_ref(item),
    )


def _verbs(item: TodoItem) -> tuple[str, ...]:
    known = _VERBS.get(item.kind, ("done", "tomorrow"))
    by_object = item.kind not in _BY_HANDLE
    return (*known, "go_on") if item.paused and by_object and "go_on" not in known else known


def _ref(item: TodoItem) -> str:
    """What the command line takes: a mail for `fix` and `done`, an invoice, a deed of the outbox."""
    if item.kind in _BY_HANDLE:
        return item.handle
    prefix = _PREFIX.get(item.object.kind)
    return "" if prefix is None else prefix + item.object.id


def _aside(view: DigestView, item: TodoItem, words: Words) -> str:
    when = past(view, item.since, words)
    return words.t("received {when}", when=when) if item.kind in _RECEIVED else words.t("since {when}", when=when)


def _details(view: DigestView, item: TodoItem, words: Words) -> list[str]:
    """What helps to decide: the deadline, the draft that waits, the warning, the owner's own notes, and why it is here."""
    said: list[str] = []
    if item.due is not None:
        said.append(words.t("wanted for {day}", day=coming(view, item.due, words)))
    if item.draft:
        said.append(words.t("a draft waits in your drafts"))
    if item.kind == "unknown":
        said.append(words.t("The sending could not be proven: look into your sent mail before you write again."))
    said += [shown(note) for note in item.notes]
    outright = item.kind in _SAID_OUTRIGHT
    reasons = why(item.why[:_WHY], words, _SENTENCE if outright else LIMIT)
    if reasons:
        said.append(reasons if outright else words.t("why: {reasons}", reasons=reasons))
    return said


def _preview(view: DigestView, words: Words) -> tuple[str, ...]:
    """Three sentences at most: who is urgent, who waits longest, how many bank details to verify."""
    said = []
    urgent = next((i for i in view.todo if i.kind == "urgent"), None)
    if urgent is not None:
        said.append(words.t("Urgent: {who}.", who=shown(urgent.who, 40)))
    late = min((i for i in view.todo if i.kind == "late"), key=lambda i: i.since, default=None)
    if late is not None:
        since = past(view, late.since, words)
        said.append(words.t("{who} has been waiting since {when}.", who=shown(late.who, 40), when=since))
    verify = sum(item.kind == "verify" for item in view.todo)
    if verify:
        said.append(words.n("{count} IBAN to verify.", "{count} IBANs to verify.", verify))
    return tuple(said)
