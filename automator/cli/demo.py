"""`automator demo`: ten days of an invented office, told a line a day; nothing of yours is read or touched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from automator.cli.context import JsonOption, plain_errors, print_json

if TYPE_CHECKING:
    from rich.console import Console

    from automator.demo.books import Books
    from automator.demo.office import Act
    from automator.demo.play import DayPlayed, Deed
    from automator.demo.stage import Outcome
    from automator.words import Words

MOST = 6
_LEFT_ALONE = {"observed", "cancelled"}


def demo(
    folder: Annotated[Path, typer.Option("--dir", help="Where the demo puts its files.")] = Path("demo-office"),
    language: Annotated[str, typer.Option("--language", help="fr or en: the language of story and digest.")] = "fr",
    json: JsonOption = False,
) -> None:
    """See it at work: a real mail server inside this machine, an invented firm, ten days, one digest a morning."""
    from automator.demo.stage import Demo
    from automator.words import Words

    if language not in {"fr", "en"}:
        raise typer.BadParameter("choose fr or en", param_hint="--language")
    show = Demo(folder, language)
    with plain_errors():
        if json:
            _as_json(show.days())
        else:
            from rich.console import Console

            story = _Story(Console(highlight=False, markup=False, soft_wrap=True), Words(language))
            story.opening()
            for day in show.days():
                story.day(day)
            if show.outcome is not None:
                story.ending(show.outcome)


def _as_json(days: Iterable[DayPlayed]) -> None:
    for day in days:
        print_json({
            "day": day.day.isoformat(),
            "history": day.history,
            "received": [{"from": m.sender, "subject": m.subject} for m in day.received],
            "written": [{"to": m.to, "subject": m.subject} for m in day.written],
            "acts": [
                {"at": a.at.isoformat(), "paid": a.paid, "done": a.done, "accept": a.accept} for a in day.acts
            ],
            "deeds": [_row(deed) for deed in day.deeds],
            "digest": day.digest,
        })  # fmt: skip


def _row(deed: Deed) -> dict[str, str]:
    names = ("rule", "action", "state", "what", "about", "why")
    return {"at": deed.at.isoformat(), **{name: getattr(deed, name) for name in names}}


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of a day; `why` stands below it."""

    at: datetime
    text: str
    style: str = ""
    why: str = ""


def _merged(deeds: Iterable[Deed]) -> Iterator[_Line]:
    """What one rule did about one thing at one moment is one line."""
    for _, group in groupby(deeds, key=lambda deed: (deed.at, deed.rule, deed.about, deed.state)):
        several = list(group)
        first = several[0]
        what = " · ".join(deed.what or deed.action for deed in several)
        style = "dim" if first.state in _LEFT_ALONE else "red" if first.state == "failed" else ""
        yield _Line(first.at, f"{first.about} → {what}" if first.about else what, style, first.why)


class _Story:
    """The ten days as a person reads them in a terminal."""

    def __init__(self, console: Console, words: Words) -> None:
        self._console, self._words = console, words

    def opening(self) -> None:
        """Who plays, and where."""
        from automator.demo import office

        t, firm = self._words.t, office.firm()
        self._console.print(
            t(
                "{firm}, {town}: an invented firm with its mailbox, on a mail server inside this machine.",
                firm=firm.name,
                town="Valbourg",
            ),
            style="bold",
        )
        self._console.print(t("The clock is moved by hand. Your own mail is neither read nor touched.") + "\n")

    def day(self, day: DayPlayed) -> None:
        """One day: what came, what was answered, what the service did and why."""
        from automator.demo.play import HOLIDAY

        words = self._words
        if day.history:
            self._console.print(
                words.n(
                    "{count} mail of the six weeks before is read; none of it is acted upon.",
                    "{count} mails of the six weeks before are read; none of them is acted upon.",
                    day.history,
                )
            )
        counts = [words.n("{count} mail in", "{count} mails in", len(day.received))]
        if day.written:
            counts.append(words.n("{count} written by Claire", "{count} written by Claire", len(day.written)))
        if day.day == HOLIDAY:
            counts.append(words.t("public holiday: no digest, nothing leaves"))
        self._console.print(f"{words.date(day.day, 'short'):<14} {' · '.join(counts)}", style="bold")
        if day.digest:
            self._console.print(f"    07:00  {words.t('digest')} : {day.digest}", style="cyan")
        lines = [*(line for act in day.acts for line in self._act(act)), *_merged(day.deeds)]
        lines.sort(key=lambda line: line.at)  # stable: what happened at one moment keeps its order
        for line in lines[:MOST]:
            self._line(line)
        if len(lines) > MOST:
            more = self._words.n("and {count} other", "and {count} others", len(lines) - MOST)
            self._console.print(f"    {more}", style="dim")

    def _line(self, line: _Line) -> None:
        self._console.print(f"    {line.at:%H:%M}  {line.text}", style=line.style)
        if line.why:
            self._console.print(f"           {line.why}", style="dim")

    def _act(self, act: Act) -> Iterator[_Line]:
        """What Claire does with a command or in her calendar."""
        from automator.demo import office

        t = self._words.t
        if act.paid:
            yield _Line(
                act.at, "Claire " + t("marks as paid: {numbers}", numbers=self._words.list(act.paid)), "green"
            )
        for name in act.done:
            yield _Line(act.at, "Claire " + t("is done with: {mail}", mail=office.mail(name).subject), "green")
        if act.accept:
            yield _Line(act.at, "Claire " + t("accepts the invitation in her calendar"), "green")

    def ending(self, outcome: Outcome) -> None:
        """The last digest, what waits in Drafts, and where to look."""
        from rich.panel import Panel

        t = self._words.t
        self._console.print(
            "\n" + t("This is the mail that lies in Claire's mailbox on the last morning:"), style="bold"
        )
        self._console.print(Panel(outcome.digest.text.rstrip(), title=outcome.digest.subject, expand=False))
        if outcome.drafts:
            self._console.print("\n" + t("Waiting in her drafts, for her to read and send:"), style="bold")
        for draft in outcome.drafts:
            self._console.print(f"    {draft.to} : {draft.subject}")
        self._books(outcome.books)
        self._console.print(
            "\n"
            + t(
                "In {folder}: digest.html (open it in a browser), digest.txt, trail.jsonl (every deed and why), rules/, config.toml.",
                folder=str(outcome.folder),
            )
        )

    def _books(self, books: Books) -> None:
        """The payment file and the accountant's parcel, and where they are."""
        words = self._words
        self._console.print(
            "\n" + words.t("Made ready, for her to take to the bank and to the accountant:"), style="bold"
        )
        if books.payments is not None:
            count = words.n("{count} transfer", "{count} transfers", books.transfers)
            self._console.print(f"    {books.payments} : {count}, {words.money(books.total)}")
        counts = words.t("{bills} bills, {documents} documents", bills=books.bills, documents=books.documents)
        self._console.print(f"    {books.parcel} : {counts}")
