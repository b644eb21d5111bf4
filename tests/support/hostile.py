"""What a stranger may write into a subject, a name or a title, and a digest made of nothing else."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

from automator.agenda.event import CalendarEvent
from automator.digest.view import AccountHealth, DigestView, Health, Meeting, TodoItem, Unsure, Waiting
from tests.support.views import NOW, at, bill, empty, mail

_EVIL = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</td></tr></table><h1>", "<a href=https://mal.example>ici</a>",
    "javascript:alert(1)", "data:text/html;base64,PHNjcmlwdD4=", "https://mal.example/?jeton=abc", "\r\nBcc: tous@mal.example",
    "\u202egpj.exe\u202c", "\u200b\u200d\u2060", "P\u0430yp\u0430l", "{{ 7*7 }}", "{% for x in y %}", "{who}{0}{__class__}", "%s%n", "\x00\x1b[31m",
    "&lt;b&gt;", "&#60;script&#62;", "[clic](https://mal.example)", "<!--", "-->", "<style>*{display:none}</style>", "]]>", "'\"><svg/onload=alert(1)>",
    "code 482193", "mot de passe : Soleil2026", "é" * 10_000, "x" * 10_000, "a\u0300" * 500, "ﷺ" * 300, "🏗️" * 100, "\ud83d",
)  # fmt: skip


def hostile(seed: int) -> str:
    """A subject or a name as a stranger may write it: reproducible by its seed."""
    dice = random.Random(seed)
    return " ".join(dice.choice(_EVIL) for _ in range(dice.randint(1, 6)))


def hostile_view(seed: int) -> DigestView:
    """A digest in which every text is hostile; another one for each seed."""
    evil = [hostile(seed * 20 + n) for n in range(20)]
    event = CalendarEvent(evil[0], "c", evil[1], at(23, 14), at(23, 15), location=evil[2])
    other = CalendarEvent(evil[3], "c", evil[4], at(23, 14), at(23, 15))
    money = replace(
        bill(1, evil[5], evil[6], "12.00", date(2026, 11, 2), late=3, currency=evil[7]),
        next_step=evil[8],
        followed=True,
    )
    return replace(
        empty(),
        owner=evil[9],
        todo=(TodoItem(mail(1), "urgent", evil[10], evil[11], NOW, why=(evil[12],)), TodoItem(mail(2), "late", evil[10], evil[11], NOW)),
        meetings=(Meeting(event, (other,), evil[13]), Meeting(replace(event, uid="seul"), note=evil[13])),
        to_pay=(replace(money, direction="received"),),
        overdue=(money,),
        debits=(money,),
        waiting=(Waiting(mail(3), evil[14], evil[15], NOW, 3, next_step=evil[8]),),
        unsure=(Unsure(mail(4), evil[16], evil[17], evil[18], 0.5),),
        health=Health((AccountHealth(evil[19], None, evil[18]),), 1, ((evil[17], evil[16]),), "keywords", (evil[15],), (evil[14],)),
    )  # fmt: skip
