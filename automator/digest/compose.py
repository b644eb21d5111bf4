"""Compose: the view, through the sections, becomes a Digest; numbers, subject, preheader and footer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from automator.digest.clean import shown, tidy
from automator.digest.lines import Figure, Line, Section, SectionFunction, capped, more
from automator.digest.view import DigestView
from automator.followup.ladder import ObjectRef
from automator.words import Words, msgid

DEFAULT_ORDER = ("todo", "agenda", "money", "waiting", "deadlines", "unsure", "done", "health")
MAX_ITEMS = 40
_SUBJECT = 80
_PREHEADER = 120
_HINTS: tuple[tuple[str, str, str], ...] = (
    ("approve", msgid("line {n}, let it go"), "automator outbox approve {ref}"),
    ("send_again", msgid("line {n}, it never arrived: send it again"), "automator outbox approve {ref}"),
    ("go_on", msgid("line {n}, go on following"), "automator follow {ref}"),
    ("done", msgid("line {n}, finished"), "automator done {ref}"),
    ("paid", msgid("line {n}, paid"), "automator money paid {ref}"),
    ("not_urgent", msgid("line {n}, not urgent"), "automator fix {ref} --not urgent"),
    ("is:client_request", msgid("line {n}, a client's request"), "automator fix {ref} client_request"),
    ("not:client_request", msgid("line {n}, not a client's request"), "automator fix {ref} --not client_request"),
)


@dataclass(frozen=True, slots=True)
class Hint:
    """How to act on a line from the command line: what for, and the command."""

    text: str
    command: str


@dataclass(frozen=True, slots=True)
class Digest:
    """One digest, ready to be rendered. `items` are its numbered lines, 1..n through the whole mail.

    `verdict` is the sentence that sums it up, `alerts` what must be read first (a pause, an account out of reach),
    `intro` the words of the first digest. `calm` = nothing but quiet sections: it is shown in three lines.
    """

    day: date
    language: str
    subject: str
    preheader: str
    verdict: str
    sections: tuple[Section, ...]
    items: tuple[tuple[int, ObjectRef], ...]
    alerts: tuple[str, ...] = ()
    intro: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    footer: tuple[str, ...] = ()
    hints: tuple[Hint, ...] = ()
    calm: bool = False

    @property
    def verbs(self) -> dict[int, tuple[str, ...]]:
        """What can be done on each numbered line."""
        return {line.number: line.verbs for s in self.sections for line in s.lines if line.number is not None}


def compose(
    view: DigestView, sections: Mapping[str, SectionFunction], words: Words, *, order: Sequence[str] = DEFAULT_ORDER
) -> Digest:
    """The digest of `view`. `sections` maps names to their functions, `order` says which are shown, and in what order.

    1. Each section makes its lines; one without lines disappears. 2. Lines that can be acted on are numbered through
    the whole mail, at most 40. 3. Subject, preheader and head say what the sections counted, never a sum of their own.
    Raises KeyError for a name in `order` that has no section.
    """
    made = tuple(_with_remarks(replace(sections[name](view, words), name=name), view, words) for name in order)
    shown_sections = _numbered(tuple(s for s in made if s.lines), words)
    numbered = [line for s in shown_sections for line in s.lines if line.number is not None]
    figures = tuple(f for s in shown_sections for f in s.figures)
    alerts = (*_pause(view, words), *(a for s in shown_sections for a in s.alerts))
    calm = all(s.quiet for s in shown_sections)
    return Digest(
        day=view.day,
        language=words.language,
        subject=_subject(view, figures, words),
        preheader=_preheader(view, shown_sections, alerts, words),
        verdict=_verdict(view, words),
        sections=shown_sections,
        items=tuple((line.number, line.object) for line in numbered if line.number and line.object),
        alerts=alerts,
        intro=_intro(view, words),
        figures=figures,
        footer=(_footer(words),) if numbered else (),
        hints=_hints(numbered, words),
        calm=calm and not alerts and not view.first,
    )


def _with_remarks(section: Section, view: DigestView, words: Words) -> Section:
    """The section with what the owner's rules want said in it."""
    told = {line.object for line in section.lines}
    wanted = [r for r in view.remarks if r.section == section.name and r.object not in told]
    before = [Line(shown(r.text)) for r in wanted if r.high]
    after = [Line(shown(r.text)) for r in wanted if not r.high]
    return replace(section, lines=(*capped(before, words), *section.lines, *capped(after, words)))


def _numbered(sections: tuple[Section, ...], words: Words) -> tuple[Section, ...]:
    """Number the items 1..40; what is beyond becomes one "and N more" line of its section."""
    count = 0
    done = []
    for section in sections:
        kept: list[Line] = []
        left = 0
        for line in section.lines:
            if line.object is None and not (left and line.kind == "more"):
                kept.append(line)
            elif line.object is None:
                left += line.hidden
            elif count < MAX_ITEMS:
                count += 1
                kept.append(replace(line, number=count))
            else:
                left += 1
        done.append(replace(section, lines=(*kept, more(left, words)) if left else tuple(kept)))
    return tuple(done)


def _subject(view: DigestView, figures: Sequence[Figure], words: Words) -> str:
    """ "3 à faire · 2 factures à payer (1 240 €) — lun. 23 nov.": as many figures as fit, the date always."""
    head = [words.t("PAUSE")] if view.paused else []
    head += [words.t("Your first digest")] if view.first else []
    day = f" — {words.date(view.day, 'short')}"
    room = _SUBJECT - len(day)
    said = ""
    for shortened in _shorter(figures):
        said = " · ".join((*head, *shortened))
        if len(said) <= room:
            break
    return tidy((said or words.t("Nothing to decide")) + day)


def _shorter(figures: Sequence[Figure]) -> Iterator[tuple[str, ...]]:
    """All figures, then with fewer and fewer amounts from the end, then fewer and fewer figures."""
    said = [figure.text for figure in figures]
    yield tuple(said)
    for n in range(len(figures) - 1, -1, -1):
        said[n] = replace(figures[n], amount="").text
        yield tuple(said)
    for n in range(len(figures) - 1, 0, -1):
        yield tuple(said[:n])


def _preheader(view: DigestView, sections: Sequence[Section], alerts: Sequence[str], words: Words) -> str:
    """What the inbox shows beside the subject: alerts, then one fact a section, while they fit."""
    said = ""
    for sentence in (*alerts, *(p for s in sections for p in s.preview)):
        if len(said) + len(sentence) < _PREHEADER:
            said = f"{said} {sentence}".strip()
    return said or _sorted(view, words)


def _sorted(view: DigestView, words: Words) -> str:
    total = sum(view.sorted.values())
    if not total:
        return words.t("No news since the last digest.")
    return words.n("{count} mail sorted, nothing waits.", "{count} mails sorted, nothing waits.", total)


def _verdict(view: DigestView, words: Words) -> str:
    """Greeting, how many decisions, and what became of the rest."""
    name = shown(view.owner, 40)
    hello = words.t("Good morning {name}.", name=name) if name else words.t("Good morning.")
    count = len(view.todo)
    if not count:
        return f"{hello} {words.t('Nothing asks for a decision today.')}"
    decide = words.n("One thing asks for a decision today.", "{count} things ask for a decision today.", count)
    rest = f" {words.t('The rest is put in order.')}" if sum(view.sorted.values()) > count else ""
    return f"{hello} {decide}{rest}"


def _pause(view: DigestView, words: Words) -> tuple[str, ...]:
    if not view.paused:
        return ()
    return (words.t("PAUSE: nothing is done but this digest; everything waits. To go on: “automator resume”."),)


def _intro(view: DigestView, words: Words) -> tuple[str, ...]:
    """The first digest says what was done so far, and what to do next."""
    if not view.first:
        return ()
    read = words.n(
        "This is your first digest: I have read {count} mail of your past, to know your clients and suppliers.",
        "This is your first digest: I have read {count} mails of your past, to know your clients and suppliers.",
        view.history,
    )
    kept = words.t("On those I have done nothing: nothing sent, nothing moved, nothing marked.")
    return (f"{read} {kept}", words.t("Next, see what each rule will do: automator rules explain"))


def _footer(words: Words) -> str:
    return words.t("To act, send the draft or move the mail in your own mail program: I see it at the next pass.")


def _hints(lines: Sequence[Line], words: Words) -> tuple[Hint, ...]:
    """One command for each thing that can be done today, on the first line that allows it."""
    found = []
    for verb, text, command in _HINTS:
        line = next((line for line in lines if verb in line.verbs and line.ref), None)
        if line is not None:
            found.append(Hint(words.t(text, n=line.number), command.format(ref=line.ref)))
    return tuple(found)
