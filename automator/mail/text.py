"""From the body of a mail to its readable text: HTML to text with what is hidden left out, and its language."""

from __future__ import annotations

import html as entities
import re
from typing import TYPE_CHECKING, Any

from automator.mail.clean import clean, clean_line, text_hash

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["clean", "clean_line", "html_to_text", "language", "text_hash"]

HTML_LIMIT = 400_000
_ELEMENTS = 8_000
_TABLE_LIMIT = 3_000_000
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}>")
_DROP = frozenset({"script", "style", "head", "title", "template", "noscript", "object", "iframe", "svg", "select"})
_BLOCKS = ("p", "div", "br", "tr", "li", "td", "th", "h1", "h2", "h3", "h4", "table", "ul", "ol", "blockquote", "hr")
_HIDING = re.compile(
    r"display:none|visibility:hidden|mso-hide:all|font-size:0(?:px|pt|em|%)?(?:;|$|!)"
    r"|max-height:0(?:px)?(?:;|$|!)|opacity:0(?:\.0+)?(?:;|$|!)|(?:text-indent|left):-\d{4,}"
)
_RUNS = re.compile(r"[ \t\u00a0]{3,}")
_TAG = re.compile(r"<[^<>]{0,2000}>")


def html_to_text(source: str) -> str:
    """The text of an HTML mail, tables and lists laid out, without what a reader does not see. Never raises.

    Left out: scripts, styles, comments, hidden elements (zero size, zero opacity, moved off the page). Nothing is
    fetched. Longer than HTML_LIMIT signs: the rest is left away.
    """
    cut = _DECLARATION.sub("", clean(source, HTML_LIMIT))  # the library stops at signs that XML does not have
    try:
        text = _laid_out(cut)
    except (ValueError, TypeError, AttributeError, IndexError, KeyError, RecursionError, AssertionError):
        text = entities.unescape(_TAG.sub(" ", cut))
    return clean("\n".join(_RUNS.sub("  ", line.strip()) for line in text.split("\n")))


def _laid_out(source: str) -> str:
    from inscriptis.html_engine import Inscriptis
    from inscriptis.model.config import ParserConfig
    from lxml.etree import ParserError
    from lxml.html import document_fromstring

    if not source.strip():
        return ""
    try:
        tree = document_fromstring(source)
    except ParserError:  # nothing but comments
        return ""
    for element in [e for e in tree.iter() if _is_hidden(e)]:
        if element.getparent() is not None:
            element.drop_tree()
    if sum(1 for _ in tree.iter()) > _ELEMENTS or _table_cost(tree) > _TABLE_LIMIT:
        return _flat(tree)
    return str(Inscriptis(tree, ParserConfig()).get_text())


def _flat(tree: Any) -> str:
    """Text without layout, a line for each block: for mails too large to lay out in reasonable time."""
    for element in tree.iter(*_BLOCKS):
        element.tail = f"\n{element.tail or ''}"
    return str(tree.text_content())


def _is_hidden(element: Any) -> bool:
    if not isinstance(element.tag, str):
        return True
    if element.tag in _DROP or element.get("hidden") is not None:
        return True
    style = element.get("style")
    return bool(style and _HIDING.search(style.lower().replace(" ", "")))


def _table_cost(tree: Any) -> int:
    """How many signs the layout could blow the tables up to: every row is padded to the longest cell."""
    sizes: dict[Any, int] = {}
    rows = longest = 0
    for element in reversed(list(tree.iter())):
        size = sizes.pop(element, 0) + len(element.text or "")
        parent = element.getparent()
        if parent is not None:
            sizes[parent] = sizes.get(parent, 0) + size + len(element.tail or "")
        rows += element.tag == "tr"
        if element.tag in {"td", "th"}:
            longest = max(longest, size)
    return rows * longest


_STOP_WORDS = {
    "fr": "de d l qu n j c facture compte jours mois échéance montant montants avis heure le la les des une est pas vous nous pour dans avec sur que qui votre notre nos vos merci bonjour je ce cette"
    " sont au aux du et ou mais bien suis avons avez cordialement si être à ci-joint il elle en mon ma mes",
    "en": "invoice due the and you your for with this that are have has not will please can our from thank thanks we is be it of to"
    " as at hi hello regards would could if any was were they them there what when my i",
    "de": "rechnung der die das und ist nicht sie wir mit für von auf ein eine dem den bitte ihre ihr sind werden haben zu im uns"
    " danke grüße können noch auch bei wie ich es sehr geehrte",
    "es": "de factura el los las una por para con que usted su sus es no gracias hola del se lo nos está como más pero este esta"
    " saludos favor le y al ha son hemos muy nuestro",
    "it": "fattura il gli una per con che non è sono grazie del della di da le si ci vi questo questa più anche nel alla buongiorno"
    " cordiali saluti vostro nostra abbiamo ho e ed la",
    "nl": "factuur de het een en van is niet voor met u wij we dat dit op zijn hebben uw naar ook als bij graag dank vriendelijke"
    " groet kunnen wordt er aan te om onze ik",
    "pt": "de fatura o os as uma por para com que não você é obrigado do da em se no na seu sua nos está mais este esta bom dia"
    " cumprimentos foi são ao dos pelo temos muito e",
}
_VOTES: dict[str, tuple[str, ...]] = {}
for _code, _words in _STOP_WORDS.items():
    for _word in _words.split():
        _VOTES[_word] = (*_VOTES.get(_word, ()), _code)
_TOKEN = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)?")


def language(text: str) -> str:
    """ "fr", "en", "de", "es", "it", "nl" or "pt" by a vote of the commonest words; "" when unsure.

    A word that several languages have counts for each of them by its share; the first must lead by a quarter.
    """
    scores = dict.fromkeys(_STOP_WORDS, 0.0)
    for word in _tokens(text):
        codes = _VOTES.get(word, ())
        for code in codes:
            scores[code] += 1 / len(codes)
    (best, most), (_, second) = sorted(scores.items(), key=lambda item: -item[1])[:2]
    return best if most >= 1.5 and most >= 1.25 * second else ""


def _tokens(text: str) -> Iterable[str]:
    return _TOKEN.findall(text[:6_000].lower())
