"""HTML to text without what is hidden, and the language vote."""

from __future__ import annotations

import pytest

from automator.mail.text import html_to_text, language


def test_a_mail_is_laid_out_line_by_line() -> None:
    source = "<html><head><title>t</title><style>p{}</style></head><body><p>Bonjour,</p><ul><li>un</li></ul><table><tr><td>Total</td><td>12 €</td></tr></table></body>"
    assert [line for line in html_to_text(source).split("\n") if line] == ["Bonjour,", "* un", "Total  12 €"]


@pytest.mark.parametrize(
    "hidden",
    [
        '<div style="display: none">secret</div>',
        '<span style="FONT-SIZE:0px">secret</span>',
        '<span style="font-size:0">secret</span>',
        '<span style="opacity:0;">secret</span>',
        '<div style="max-height:0; overflow:hidden">secret</div>',
        '<div style="mso-hide:all">secret</div>',
        '<div style="visibility:hidden">secret</div>',
        '<div style="position:absolute;left:-9999px">secret</div>',
        "<div hidden>secret</div>",
        "<script>secret</script>",
        "<!-- secret -->",
        "<template>secret</template>",
    ],
)
def test_what_a_reader_does_not_see_is_left_out(hidden: str) -> None:
    assert html_to_text(f"<p>visible {hidden} tail</p>").split() == ["visible", "tail"]


def test_what_is_small_but_seen_stays() -> None:
    assert "petit" in html_to_text('<span style="font-size:0.8em;opacity:0.5;max-height:0px0">petit</span>')


@pytest.mark.parametrize("source", ["", "   ", "<!-- only -->", "<?xml version='1.0' encoding='utf-8'?>", "\x00"])
def test_nothing_gives_nothing(source: str) -> None:
    assert html_to_text(source) == ""


@pytest.mark.parametrize(
    "source",
    [
        "<" * 200_000,
        "<div>" * 50_000 + "x",
        "<table><tr><td>" + "x" * 200_000 + "</td></tr>" + "<tr><td>y</td></tr>" * 8_000 + "</table>",
        "<ul><li>" * 100 + "<li>x" * 20_000,
        "<p style='" + "display:" * 50_000 + "'>x",
        "<a&#0;b>&#xD800;&#99999999;</a>",
    ],
)
def test_s49_hostile_html_is_read_somehow(source: str) -> None:
    assert len(html_to_text(source)) <= 300_000


def test_what_the_library_refuses_is_read_without_it() -> None:
    assert html_to_text("<p>été\ud800 &amp; hiver</p>") == "été & hiver"


def test_a_huge_table_keeps_its_words() -> None:
    rows = "".join(f"<tr><td>ligne {n}</td><td>{n} €</td></tr>" for n in range(4_000))
    text = html_to_text(f"<table>{rows}</table>")
    assert "ligne 3999" in text
    assert text.count("\n") > 3_000


def test_an_xml_declaration_does_no_harm() -> None:
    assert html_to_text('<?xml version="1.0" encoding="iso-8859-1"?><html><body>été</body></html>') == "été"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Bonjour, pouvez-vous nous envoyer le devis pour la porte ? Merci.", "fr"),
        ("Hello, could you please send us the quote for this door? Thank you.", "en"),
        ("Sehr geehrte Frau Durand, bitte senden Sie uns die Rechnung.", "de"),
        ("Hola, ¿nos puede enviar la factura de este mes? Gracias.", "es"),
        ("Buongiorno, vi ringraziamo per la fattura che abbiamo ricevuto.", "it"),
        ("Beste, graag ontvangen wij uw factuur voor deze maand. Dank u.", "nl"),
        ("Bom dia, não recebemos a fatura do mês. Obrigado.", "pt"),
        ("", ""),
        ("12 345 OK", ""),
        ("Lorem ipsum", ""),
    ],
)
def test_language(text: str, code: str) -> None:
    assert language(text) == code
