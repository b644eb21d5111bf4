"""Invented mornings of an invented firm, as the read model of a digest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from automator.agenda.event import CalendarEvent, Slot
from automator.digest.lines import Section, SectionFunction
from automator.digest.view import (
    AccountHealth,
    Deed,
    DigestView,
    Health,
    Meeting,
    Money,
    TodoItem,
    Unsure,
    Waiting,
)
from automator.followup.ladder import ObjectRef
from automator.sections import agenda, deadlines, done, health, money, todo, unsure, waiting

PARIS = ZoneInfo("Europe/Paris")
DAY = date(2026, 11, 23)  # a Monday
NOW = datetime(2026, 11, 23, 7, 0, tzinfo=PARIS)
SECTIONS: Mapping[str, SectionFunction] = {
    "todo": todo.lines,
    "agenda": agenda.lines,
    "money": money.lines,
    "waiting": waiting.lines,
    "deadlines": deadlines.lines,
    "unsure": unsure.lines,
    "done": done.lines,
    "health": health.lines,
}


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026 in Paris."""
    return datetime(2026, 11, day, hour, minute, tzinfo=PARIS)


def mail(number: int) -> ObjectRef:
    return ObjectRef("mail", str(number))


def invoice(number: int) -> ObjectRef:
    return ObjectRef("invoice", str(number))


def event(title: str, start: datetime, minutes: int = 60, **more: str | bool) -> CalendarEvent:
    """One meeting; its uid follows from title and start."""
    end = start + timedelta(minutes=minutes)
    return CalendarEvent(f"{title}-{start:%d%H%M}", "bureau", title, start, end, **more)  # type: ignore[arg-type]


def empty() -> DigestView:
    """Nothing known, nothing happened."""
    return DigestView(owner="Claire", day=DAY, now=NOW, since=at(20, 7), zone="Europe/Paris")


def quiet() -> DigestView:
    """A calm morning: mail was sorted, nothing waits."""
    fine = Health((AccountHealth("bureau", at(23, 6, 58)),), rules_active=8, classifier="linear@5f2c19")
    sorted_ = {"newsletter": 7, "notification": 3, "thanks": 2}
    return replace(empty(), since=at(22, 7), sorted=sorted_, deeds=(Deed("move", 7),), health=fine)


def first() -> DigestView:
    """The first digest: the past was read, nothing was done."""
    view = quiet()
    bills = (bill(118, "Garage Petit", "F-118", "1900.00", date(2026, 11, 7), late=16),)
    return replace(
        view, first=True, history=4812, overdue=bills, todo=_todo_fr()[:1], sorted={"intervention": 1}, deeds=()
    )


def bill(
    number: int, party: str, name: str, amount: str | None, due: date | None, *, late: int = 0, **more: object
) -> Money:
    """An invoice of ours to a client; give direction="received" for a supplier's."""
    values: dict[str, object] = {"direction": "issued", "currency": "EUR", **more}
    total = Decimal(amount) if amount is not None else None
    return Money(object=invoice(number), party=party, number=name, amount=total, due=due, days_late=late, **values)  # type: ignore[arg-type]


def _todo_fr() -> tuple[TodoItem, ...]:
    return (
        TodoItem(
            mail(412), "urgent", "Mairie de Valbourg", "fuite au gymnase, pouvez-vous rappeler avant 10 h ?", at(23, 6, 42),
            why=("« fuite »", "« avant 10 h »", "client connu"),
        ),
        TodoItem(
            mail(377), "late", "Société Lefèvre", "devis 12 postes, réponse promise jeudi", at(19, 9, 12),
            days_late=2, due=date(2026, 11, 25), draft=True, why=("demande sans réponse",),
        ),
        TodoItem(
            invoice(91), "verify", "Fournitures Dubois", "F-2291, 640,00 €", at(20, 15, 3),
            why=("FR76 …4471 devient FR76 …9032 : appelez le numéro habituel avant de payer",),
        ),
        TodoItem(
            mail(398), "held", "Atelier Roux", "Relance facture F-124", at(20, 16, 30),
            why=("relance-impayes, étape 2",), handle="57",
        ),
        TodoItem(mail(401), "reminder", "Sophie", "Signer l'avenant avant vendredi", at(20, 9, 0)),
        TodoItem(mail(405), "request", "Résidence Les Tilleuls", "Volet du 3e bloqué", at(22, 18, 20), why=("question directe",)),
        TodoItem(mail(406), "maybe_urgent", "Boulangerie Amandier", "Le rideau ne remonte plus", at(22, 21, 5)),
    )  # fmt: skip


def _meetings() -> tuple[Meeting, ...]:
    site = event("Visite de chantier Rueil", at(23, 14))
    bank = event("Visio banque", at(23, 14, 30), 45)
    return (
        Meeting(event("Point équipe", at(23, 8, 30), 30)),
        Meeting(site, (bank,)),
        Meeting(bank, (site,)),
        Meeting(
            event("Rendez-vous Mme Arnaud", at(24, 9), 90, location="12 rue des Lilas, Valbourg"), note="dernier échange : devis D-311"
        ),
        Meeting(event("Formation sécurité", at(24, 0), 24 * 60, all_day=True)),
    )  # fmt: skip


def _money() -> dict[str, object]:
    def received(number: int, party: str, name: str, amount: str | None, due: date | None, **more: object) -> Money:
        return bill(number, party, name, amount, due, direction="received", **more)

    return {
        "to_pay": (
            received(92, "Matériaux Lerat", "2026-1187", "890.00", date(2026, 11, 25), payment="transfer"),
            received(93, "Transports Vauquelin", "TV-5512", "350.00", date(2026, 11, 21), late=2, payment="transfer"),
        ),
        "debits": (received(94, "Électra", "11-2026", "318.40", date(2026, 11, 25), payment="direct_debit"),),
        "overdue": (
            bill(118, "Garage Petit", "F-118", "1900.00", date(2026, 11, 7), late=16, followed=True, draft=True),
            bill(124, "Atelier Roux", "F-124", "840.00", date(2026, 11, 16), late=7),
            bill(109, "SCI Belvédère", "F-109", "2120.00", date(2026, 10, 31), late=23, followed=True,
                 next_step="prochaine étape mar. 24 nov."),
        ),
        "expected_in": {"EUR": Decimal("12400.00")},
        "expected_out": {"EUR": Decimal("5120.00")},
    }  # fmt: skip


def busy() -> DigestView:
    """A Monday after a full week-end: every section has something to say."""
    slots = (Slot(at(24, 10), at(24, 11)), Slot(at(24, 16), at(24, 17)), Slot(at(25, 9), at(25, 10)))
    accounts = (AccountHealth("bureau", at(23, 6, 58)), AccountHealth("compta", at(23, 6, 57)))
    ignored = (("devis-sans-reponse", "ligne 8, guillemet oublié ; l'ancienne version reste en service"),)
    return replace(
        empty(),
        todo=_todo_fr(),
        meetings=_meetings(),
        slots=slots,
        waiting=(
            Waiting(mail(340), "M. Martin", "Devis D-309, portail coulissant", at(16, 11), 5, draft=True),
            Waiting(mail(352), "Cabinet Orsel", "Pièces pour le dossier d'assurance", at(18, 17), 3, next_step="prochaine étape jeu. 26 nov."),
        ),
        deadlines=(
            TodoItem(mail(377), "request", "Société Lefèvre", "devis 12 postes", at(19, 9), due=date(2026, 11, 25)),
            TodoItem(mail(361), "request", "Lycée Jean-Prévost", "dossier d'appel d'offres", at(17, 9), due=date(2026, 12, 1)),
        ),
        unsure=(Unsure(mail(409), "Assurances Mirelle", "Avenant n° 3", "invoice", 0.52),),
        sorted={"supplier_invoice": 6, "newsletter": 19, "quote_request": 4, "intervention": 5, "phishing": 1, "other": 11},
        deeds=(Deed("file_attachment", 6), Deed("move", 19), Deed("remind", 2), Deed("draft", 3)),
        observed=(Deed("archive", 4),),
        health=Health(accounts, 12, ignored, "linear@5f2c19"),
        **_money(),  # type: ignore[arg-type]
    )  # fmt: skip


def busy_english() -> DigestView:
    """The same kind of morning in an office that reads English, with one mailbox out of reach."""
    visit = event("Site visit, Mill Lane", at(23, 14))
    call = event("Call with the bank", at(23, 14, 30), 45)
    down = AccountHealth("accounts", at(22, 18, 4), "the server does not answer (timed out)")
    return replace(
        empty(),
        owner="Grace",
        todo=(
            TodoItem(mail(12), "urgent", "Harbour Bakery", "Shutter stuck, we open at 10", at(23, 6, 42), why=("“stuck”", "“at 10”")),
            TodoItem(mail(9), "unknown", "Northfield Ltd", "Reminder for invoice INV-204", at(20, 17, 30), why=("the link died",)),
            TodoItem(mail(15), "task", "", "Order the hinges for Mill Lane", at(20, 9)),
        ),
        meetings=(Meeting(visit, (call,)), Meeting(call, (visit,))),
        slots=(Slot(at(24, 10), at(24, 11)),),
        overdue=(bill(204, "Northfield Ltd", "INV-204", "1240.50", date(2026, 11, 9), late=14, currency="GBP"),),
        expected_in={"GBP": Decimal("1240.50"), "EUR": Decimal("300.00")},
        sorted={"newsletter": 4, "order": 2},
        deeds=(Deed("move", 4),),
        failures=(Deed("draft", 1, "relance-impayes: the server has no Drafts folder"),),
        health=Health((AccountHealth("office", at(23, 6, 58)), down), 5, classifier="keywords"),
    )  # fmt: skip


MORNINGS: Mapping[str, tuple[Callable[[], DigestView], str]] = {
    "busy": (busy, "fr"),
    "busy_english": (busy_english, "en"),
    "quiet": (quiet, "fr"),
    "first": (first, "fr"),
    "paused": (lambda: replace(busy(), paused=True), "fr"),
    "first_english": (first, "en"),
}


def plain(text: str) -> str:
    """`text` with ordinary spaces only."""
    return text.replace("\u00a0", " ")


def said(section: Section) -> list[str]:
    """Each line as one text, with plain spaces."""
    return [
        plain(" | ".join(filter(None, (x.badge, x.who, x.text, x.aside, x.amount, *x.details))))
        for x in section.lines
    ]
