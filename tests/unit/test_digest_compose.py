"""Numbers, subject, preheader, head and footer of a digest."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from automator.digest.compose import DEFAULT_ORDER, MAX_ITEMS, Digest, Hint, compose
from automator.digest.lines import Figure, Line, Section
from automator.digest.view import AccountHealth, DigestView, Health, Remark, TodoItem
from automator.words import Words
from tests.support.views import MORNINGS, NOW, SECTIONS, at, bill, busy, empty, first, invoice, mail, quiet

FR = Words("fr")


def made(view: DigestView, locale: str = "fr") -> Digest:
    return compose(view, SECTIONS, Words(locale))


def test_every_line_to_act_on_is_numbered_through_the_whole_mail() -> None:
    digest = made(busy())
    assert [n for n, _ in digest.items] == list(range(1, len(digest.items) + 1))
    assert dict(digest.items)[1] == mail(412)
    assert dict(digest.items)[10] == invoice(118)
    for section in digest.sections:
        for line in section.lines:
            assert (line.number is not None) == (line.object is not None)


@pytest.mark.parametrize("name", MORNINGS)
def test_every_number_of_the_subject_is_what_a_section_counts(name: str) -> None:
    view, locale = MORNINGS[name][0](), MORNINGS[name][1]
    digest = made(view, locale)
    clashes = {frozenset({m.event.key, o.key}) for m in view.meetings for o in m.clashes_with}
    down = sum(bool(a.error) for a in view.health.accounts)
    counts = [len(view.todo), len(clashes), len(view.to_pay), len(view.overdue), down]
    assert [f.count for f in digest.figures] == [n for n in counts if n]
    said = re.sub(r"\([^)]*\)|—.*", "", digest.subject)
    figures = [int(n) for n in re.findall(r"\d+", said)]
    assert figures == [n for n in counts if n][: len(figures)]
    assert by_name(digest, "todo").count == len(view.todo) if view.todo else "todo" not in names(digest)


def names(digest: Digest) -> list[str]:
    return [s.name for s in digest.sections]


def by_name(digest: Digest, name: str) -> Section:
    return next(s for s in digest.sections if s.name == name)


def test_the_subject_says_the_most_in_its_first_forty_signs_and_bears_the_date() -> None:
    subject = made(busy()).subject
    assert subject[:40].startswith("7 à faire · 1 conflit · 2 factures à pay")
    assert subject.endswith("— lun. 23 nov.")
    assert len(subject) <= 80
    assert made(busy(), "en").subject.endswith("— Mon 23 Nov")
    assert "(1\u00a0240\u00a0€)" in subject


def test_a_subject_too_long_loses_amounts_first_then_figures_never_the_date() -> None:
    def many(count: int, amount: str = "") -> Section:
        figures = tuple(Figure(n + 1, "choses à regarder", amount) for n in range(count))
        return Section("x", (Line("y"),), figures=figures)

    short = compose(empty(), {"x": lambda _v, _w: many(2, "12 345 240 €")}, FR, order=("x",)).subject
    assert short == "1 choses à regarder (12 345 240 €) · 2 choses à regarder — lun. 23 nov."
    long = compose(empty(), {"x": lambda _v, _w: many(9)}, FR, order=("x",)).subject
    assert long == "1 choses à regarder · 2 choses à regarder · 3 choses à regarder — lun. 23 nov."
    one = compose(
        empty(), {"x": lambda _v, _w: Section("x", (Line("y"),), figures=(Figure(1, "z" * 90),))}, FR, order=("x",)
    )
    assert one.subject.endswith("lun. 23 nov.")


def test_a_pause_comes_first_everywhere() -> None:
    digest = made(replace(busy(), paused=True))
    assert digest.subject.startswith("PAUSE · 7 à faire")
    assert digest.preheader.startswith("PAUSE")
    assert digest.alerts[0].startswith("PAUSE")
    assert "automator resume" in digest.alerts[0]


def test_an_account_out_of_reach_is_an_alert() -> None:
    down = Health((AccountHealth("compta", at(22, 18, 4), "délai dépassé"),), 3, classifier="linear@1")
    digest = made(replace(quiet(), health=down))
    assert digest.alerts == (
        "Attention\u00a0: le compte «\u00a0compta\u00a0» n'a pas été lu depuis hier 18\u00a0h\u00a004.",
    )
    assert "1 compte injoignable" in digest.subject
    assert not digest.calm


def test_a_calm_day_is_short_and_says_so() -> None:
    digest = made(quiet())
    assert digest.calm
    assert digest.subject == "Rien à décider — lun. 23 nov."
    assert digest.verdict == "Bonjour Claire. Rien ne demande de décision aujourd'hui."
    assert digest.preheader == "12\u00a0mails triés, rien ne vous attend."
    assert names(digest) == ["done", "health"]
    assert digest.items == ()
    assert digest.footer == ()
    assert made(empty()).preheader == "Rien de neuf depuis le dernier bilan."


def test_the_first_digest_says_what_was_done_and_what_comes_next() -> None:
    digest = made(first())
    assert digest.subject.startswith("Votre premier bilan · 1 à faire")
    assert "4\u00a0812\u00a0mails" in digest.intro[0]
    assert "je n'ai rien fait" in digest.intro[0]
    assert digest.intro[1].endswith("automator rules explain")
    assert not made(replace(quiet(), first=True)).calm
    assert made(quiet()).intro == ()


def test_the_greeting_without_a_name_and_with_one_thing() -> None:
    view = replace(first(), owner="", first=False, sorted={"other": 9})
    assert made(view).verdict == "Bonjour. Une chose demande une décision aujourd'hui. Le reste est rangé."
    assert made(replace(view, sorted={}), "en").verdict == "Good morning. One thing asks for a decision today."


def test_hints_name_a_real_line_and_what_the_command_takes() -> None:
    digest = made(busy())
    assert digest.hints == (
        Hint("ligne 4, laisser partir", "automator outbox approve 57"),
        Hint("ligne 1, c'est fait", "automator done m412"),
        Hint("ligne 7, payée", "automator money paid i93"),
        Hint("ligne 1, pas urgent", "automator fix m412 --not urgent"),
    )
    assert len(digest.footer) == 1


def test_a_held_mail_without_its_place_in_the_outbox_gives_no_command() -> None:
    held = TodoItem(mail(3), "held", "Atelier Roux", "Relance", NOW)
    assert made(replace(empty(), todo=(held,))).hints == ()


def test_at_most_forty_items_the_rest_is_counted() -> None:
    def many(_view: DigestView, words: Words) -> Section:
        lines = [Line(str(n), kind="item", object=mail(n)) for n in range(30)]
        return Section("x", (*lines, Line("et 2 autres", kind="more", hidden=2)))

    digest = compose(empty(), {"a": many, "b": many}, FR, order=("a", "b"))
    assert len(digest.items) == MAX_ITEMS
    assert digest.sections[0].lines[-1].text == "et 2 autres"
    assert digest.sections[1].lines[-1].text == "et 22 autres"
    assert len(digest.sections[1].lines) == 11


def test_what_a_rule_wants_said_stands_in_its_section_unless_it_is_there_already() -> None:
    remarks = (
        Remark("money", invoice(118), "déjà dit"),
        Remark("money", invoice(7), "Acompte à vérifier"),
        Remark("money", invoice(8), "Important\u202e !", high=True),
        Remark("waiting", mail(5), "Rappeler Orsel"),
        Remark("weather", mail(6), "nulle part"),
    )
    digest = made(replace(first(), remarks=remarks))
    lines = by_name(digest, "money").lines
    assert lines[0].text == "Important !"
    assert lines[-1].text == "Acompte à vérifier"
    assert [line.text for line in by_name(digest, "waiting").lines] == ["Rappeler Orsel"]
    assert "déjà dit" not in [line.text for line in lines]
    many = tuple(Remark("money", mail(n), str(n)) for n in range(9))
    assert by_name(made(replace(empty(), remarks=many)), "money").lines[-1].text == "et 4 autres"


def test_order_is_the_owners_and_an_unknown_name_is_an_error() -> None:
    digest = compose(busy(), SECTIONS, FR, order=("health", "money"))
    assert names(digest) == ["health", "money"]
    with pytest.raises(KeyError):
        compose(busy(), SECTIONS, FR, order=("weather",))
    assert set(DEFAULT_ORDER) == set(SECTIONS)


def test_the_preheader_keeps_to_what_an_inbox_shows() -> None:
    assert (
        made(busy()).preheader
        == "Urgent\u00a0: Mairie de Valbourg. Société Lefèvre attend depuis jeudi. 1 IBAN à vérifier."
    )
    many = tuple(replace(t, who="Établissements " + "x" * 60) for t in busy().todo)
    assert len(made(replace(busy(), todo=many)).preheader) <= 120


def test_the_same_view_gives_the_same_digest() -> None:
    assert made(busy()) == made(busy())
    later = replace(busy(), now=NOW + timedelta(minutes=1))
    assert made(later).items == made(busy()).items


def test_bills_without_amount_do_not_break_the_subject() -> None:
    view = replace(empty(), overdue=(bill(1, "Garage Petit", "F-1", None, None),))
    assert made(view).subject == "1 impayé — lun. 23 nov."
