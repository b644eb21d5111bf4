"""What each section says, and what it leaves out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from automator.digest.lines import Line
from automator.digest.view import (
    AccountHealth,
    Deed,
    DigestView,
    Health,
    TodoItem,
    TodoKind,
    Unsure,
    Waiting,
)
from automator.followup.ladder import ObjectRef
from automator.sections import deadlines, done, health, todo, unsure, waiting
from automator.words import Words
from tests.support.views import NOW, SECTIONS, at, bill, busy, empty, mail, plain, quiet, said

FR, EN = Words("fr"), Words("en")
NB = "\u00a0"


def item(kind: TodoKind, **more: object) -> TodoItem:
    values: dict[str, object] = {"who": "Mairie de Valbourg", "what": "Fuite", "since": NOW, **more}
    return TodoItem(mail(1), kind, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", sorted(set(SECTIONS) - {"done", "health"}))
def test_a_section_without_news_disappears(name: str) -> None:
    section = SECTIONS[name](empty(), FR)
    assert section.lines == ()
    assert section.figures == ()
    assert section.preview == ()


@pytest.mark.parametrize(
    ("kind", "badge", "aside"),
    [
        ("urgent", "URGENT", "reçu 7 h"),
        ("maybe_urgent", "URGENT ?", "reçu 7 h"),
        ("late", "EN RETARD", "depuis 7 h"),
        ("verify", "À VÉRIFIER", "reçu 7 h"),
        ("unknown", "ENVOI INCERTAIN", "depuis 7 h"),
        ("held", "À APPROUVER", "depuis 7 h"),
        ("draft", "BROUILLON", "depuis 7 h"),
        ("reminder", "RAPPEL", "depuis 7 h"),
        ("request", "DEMANDE", "reçu 7 h"),
        ("task", "TÂCHE", "depuis 7 h"),
    ],
)
def test_each_kind_of_thing_to_do_has_its_badge(kind: TodoKind, badge: str, aside: str) -> None:
    line = todo.lines(replace(empty(), todo=(item(kind),)), FR).lines[0]
    assert plain(line.badge) == badge
    assert plain(line.aside) == aside
    assert line.verbs


def test_days_late_stand_in_the_badge() -> None:
    line = todo.lines(replace(empty(), todo=(item("late", days_late=2),)), FR).lines[0]
    assert plain(line.badge) == "EN RETARD 2 j"


@pytest.mark.parametrize(
    ("since", "aside"),
    [
        (at(24, 9), "reçu 9 h"),
        (at(22, 9), "reçu hier"),
        (at(19, 9), "reçu jeudi"),
        (at(12, 9), "reçu le 12 nov."),
        (at(1, 9), "reçu le 1er nov."),
    ],
)
def test_when_a_mail_came_is_said_as_a_person_does(since: object, aside: str) -> None:
    line = todo.lines(replace(empty(), todo=(item("urgent", since=since),)), FR).lines[0]
    assert plain(line.aside) == aside


@pytest.mark.parametrize(
    ("due", "wanted"),
    [
        (date(2026, 11, 23), "attendu pour aujourd'hui"),
        (date(2026, 11, 24), "attendu pour demain"),
        (date(2026, 11, 27), "attendu pour ven. 27"),
        (date(2026, 12, 10), "attendu pour jeu. 10 déc."),
        (date(2026, 11, 22), "attendu pour hier"),
    ],
)
def test_a_wanted_day_is_said_as_a_person_does(due: date, wanted: str) -> None:
    line = todo.lines(replace(empty(), todo=(item("request", due=due),)), FR).lines[0]
    assert plain(line.details[0]) == wanted


def test_why_and_warnings() -> None:
    why = ("« fuite »", "", "client connu", "jamais montré")
    first = todo.lines(replace(empty(), todo=(item("urgent", why=why),)), FR).lines[0]
    assert plain(first.details[0]) == "pourquoi : « fuite », client connu"
    verify = todo.lines(replace(empty(), todo=(item("verify", why=("Appelez avant.",)),)), FR).lines[0]
    assert verify.details == ("Appelez avant.",)
    unknown = todo.lines(replace(empty(), todo=(item("unknown"),)), FR).lines[0]
    assert "regardez vos messages envoyés" in unknown.details[0]
    draft = todo.lines(replace(empty(), todo=(item("late", draft=True),)), FR).lines[0]
    assert draft.details == ("à relire dans vos brouillons",)


def test_a_matter_told_once_keeps_the_owners_notes_and_the_question_to_go_on() -> None:
    thing = item("late", notes=("Appeler Paul", "Sortir le plan"), why=("demande",), paused=True)
    line = todo.lines(replace(empty(), todo=(thing,)), FR).lines[0]
    assert [plain(d) for d in line.details] == ["Appeler Paul", "Sortir le plan", "pourquoi : demande"]
    assert line.verbs == ("done", "drop", "tomorrow", "go_on")
    asked = todo.lines(replace(empty(), todo=(item("draft", paused=True),)), FR).lines[0]
    assert asked.verbs == ("go_on", "done")
    unproven = todo.lines(replace(empty(), todo=(item("unknown", paused=True, handle="58"),)), FR).lines[0]
    assert "go_on" not in unproven.verbs, "58 is a deed, and no object to follow"


def test_what_the_command_line_calls_a_thing() -> None:
    def ref(thing: TodoItem) -> str:
        return todo.lines(replace(empty(), todo=(thing,)), FR).lines[0].ref

    assert ref(item("urgent")) == "m1"
    assert ref(replace(item("verify"), object=ObjectRef("invoice", "7"))) == "i7"
    assert ref(replace(item("urgent"), object=ObjectRef("meeting", "a/b"))) == ""
    assert ref(item("held", handle="57")) == "57"
    assert ref(item("held")) == ""
    assert ref(item("unknown", handle="58")) == "58"


def test_five_lines_and_the_rest_is_counted() -> None:
    things = tuple(replace(item("request"), object=mail(n)) for n in range(8))
    section = todo.lines(replace(empty(), todo=things), FR)
    assert section.count == 8
    assert [line.kind for line in section.lines] == ["item"] * 5 + ["more"]
    assert section.lines[-1].text == "et 3 autres"
    assert section.lines[-1].hidden == 3
    assert todo.lines(replace(empty(), todo=things[:6]), FR).lines[-1].text == "et 1 autre"


def test_waiting_longest_first_and_what_comes_next() -> None:
    waits = (
        Waiting(mail(1), "Jeune", "b", at(20, 9), 1),
        Waiting(mail(2), "Vieux", "a", at(10, 9), 8, draft=True, next_step="jamais dit"),
    )
    assert said(waiting.lines(replace(empty(), waiting=waits), FR)) == [
        "Vieux | a | 8 j ouvrés | suivi à relire dans vos brouillons",
        "Jeune | b | 1 j ouvré",
    ]


def test_deadlines_nearest_first_and_nothing_twice() -> None:
    view = busy()
    assert said(deadlines.lines(view, FR)) == ["Lycée Jean-Prévost | dossier d'appel d'offres | mar. 1er déc."]
    dated = (item("request", due=date(2026, 11, 30)), replace(item("request"), object=mail(2)))
    assert [line.aside for line in deadlines.lines(replace(empty(), deadlines=dated), FR).lines] == [
        "",
        "lun. 30 nov.",
    ]


def doubt(number: int, category: str, **more: str) -> Unsure:
    return Unsure(mail(number), "Assurances Mirelle", "Avenant", category, 0.5, **more)


def test_unsure_asks_three_questions_at_most_each_with_its_two_answers() -> None:
    doubts = tuple(doubt(n, c) for n, c in enumerate(("invoice", "client_request", "urgent", "rh")))
    section = unsure.lines(replace(empty(), unsure=doubts), FR)
    assert [plain(line.text) for line in section.lines] == [
        "« Avenant », facture ou info ?",
        "« Avenant », demande de client ou autre chose ?",
        "« Avenant », urgent ou rien ne presse ?",
    ]
    assert section.count == 3
    own = unsure.lines(replace(empty(), unsure=doubts[3:]), EN)
    assert own.lines[0].text == "“Avenant”, “rh” or something else?"
    assert own.lines[0].verbs == ("is:rh", "not:rh")
    assert unsure.lines(empty(), FR).lines == ()


def test_unsure_says_how_to_answer_by_folder_or_command() -> None:
    def ways(*doubts: Unsure) -> list[str]:
        return [plain(d) for d in unsure.lines(replace(empty(), unsure=doubts), FR).lines[0].ways]

    assert ways(doubt(9, "invoice")) == [
        "facture : automator fix m9 invoice",
        "info : automator fix m9 --not invoice",
    ]
    assert ways(doubt(9, "invoice", taught_by="Factures", kind="quote_received")) == [
        "facture : mettez-le sous « Factures », ou automator fix m9 invoice",
        "devis : automator fix m9 --not invoice",
    ]


def test_unsure_of_a_mail_without_a_subject() -> None:
    nameless = replace(doubt(9, "invoice"), what="\u202e \u200b")
    (line,) = unsure.lines(replace(empty(), unsure=(nameless,)), FR).lines
    assert plain(line.text) == "« (sans objet) », facture ou info ?"


def test_a_doubtful_request_is_marked_and_asked_where_it_stands() -> None:
    (line,) = todo.lines(replace(empty(), todo=(item("maybe_request", why=("« devis »",)),)), FR).lines
    assert plain(line.badge) == "DEMANDE ?"
    assert line.verbs == ("is:client_request", "not:client_request")
    assert [plain(d) for d in line.details] == ["pourquoi : « devis »"]


@pytest.mark.parametrize(("locale", "said"), [("fr", "« fuite »"), ("en", "“fuite”")])
def test_what_a_mail_says_is_quoted_as_the_reader_quotes(locale: str, said: str) -> None:
    (line,) = todo.lines(replace(empty(), todo=(item("urgent", why=("« fuite »",)),)), Words(locale)).lines
    assert plain(line.details[0]).endswith(said)


def test_done_counts_and_failures() -> None:
    section = done.lines(busy(), FR)
    assert said(section) == [
        "46 mails triés (9 de clients, 6 factures, 19 newsletters et publicités, 1 suspect, 11 autres) · 6 documents classés · 19 mails rangés · 2 rappels · 3 brouillons écrits",
        "Observé seulement, non fait : 4 mails archivés",
    ]
    assert plain(section.note) == "depuis vendredi 7 h"
    assert section.quiet
    failed = replace(
        empty(),
        deeds=(Deed("webhook", 2),),
        failures=(Deed("draft", 1, "pas de dossier"), Deed("move", 3)),
        sorted={"other": 1},
    )
    loud = done.lines(failed, FR)
    assert said(loud) == ["1 mail trié · 2 webhook", "ÉCHEC | brouillon | pas de dossier", "ÉCHEC | rangement × 3"]
    assert not loud.quiet
    assert said(done.lines(empty(), FR)) == ["aucun nouveau mail"]


def test_health_in_one_sentence_when_all_is_well() -> None:
    assert said(health.lines(quiet(), FR)) == ["dernier passage 6 h 58 ; bureau lu ; 8 règles actives."]
    assert health.lines(quiet(), FR).alerts == ()
    assert health.lines(quiet(), EN).lines[0].text == "last pass 06:58; bureau read; 8 rules active."


def test_health_tells_all_that_is_out_of_order() -> None:
    troubled = Health(
        accounts=(
            AccountHealth("bureau", NOW),
            AccountHealth("compta", at(22, 18), "délai dépassé"),
            AccountHealth("vieux", NOW - timedelta(hours=7)),
            AccountHealth("neuf", None),
        ),
        rules_active=0,
        rules_ignored=(("devis", "ligne 8"),),
        quarantined=("bureau/INBOX, 12",),
        notes=("modèle refusé",),
    )
    section = health.lines(replace(empty(), health=troubled), FR)
    assert said(section) == [
        "dernier passage 7 h ; bureau lu ; aucune règle active ; tri par mots-clés seulement.",
        "compta : délai dépassé",
        "Attention : le compte « vieux » n'a pas été lu depuis 0 h.",
        "Attention : le compte « neuf » n'a encore jamais pu être lu.",
        "« devis » écartée : ligne 8",
        "Mis de côté, illisible : bureau/INBOX, 12",
        "modèle refusé",
    ]
    assert len(section.alerts) == 3
    assert section.figures[0].text == "3 comptes injoignables"


@pytest.mark.parametrize("name", sorted(SECTIONS))
@pytest.mark.parametrize("view", [busy(), quiet(), empty()], ids=["busy", "quiet", "empty"])
def test_a_section_is_a_pure_function_of_the_view(name: str, view: DigestView) -> None:
    assert SECTIONS[name](view, FR) == SECTIONS[name](view, FR)
    assert all(isinstance(line, Line) for line in SECTIONS[name](view, EN).lines)


def test_approved_bills_are_counted_with_the_command_that_writes_their_file() -> None:
    two = (
        bill(1, "Bois", "F-1", "100", None, direction="received"),
        bill(2, "Vis", "F-2", "40.50", None, direction="received"),
    )
    (line,) = SECTIONS["money"](replace(empty(), approved=two), FR).lines
    assert (line.text, line.aside, plain(line.amount)) == ("2 factures approuvées", "automator money pay", "140,50 €")
