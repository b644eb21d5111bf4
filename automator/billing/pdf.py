"""The text layer of a PDF, line by line as a reader sees it, and the e-invoice that may lie inside."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfTextPage

_MOST_SIGNS = 60_000  # of one page; what is longer is no page that a person reads
_LARGEST_XML = 2_000_000  # bytes
_SAME_LINE = 0.55  # of a line's height: how far two pieces may differ and still stand on one line
_XML_NAMES = ("factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml", "zugferd_invoice.xml")


def pdf_texts(data: bytes, *, pages: int = 20) -> tuple[str, ...]:
    """The text of each of the first `pages` pages, then the text of a Factur-X / ZUGFeRD XML if one is embedded.

    Pieces of text on one height are one line, left to right, with at least two spaces where a column ends, so that
    a label and its value stay together. A page without text is "". Returns () for a file that cannot be read: damaged,
    encrypted, or no PDF. Never raises on bad data; run it in the sandbox all the same, the parser being C++.
    """
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        return ()
    try:
        texts = tuple(_page_text(document, number) for number in range(min(len(document), pages)))
        return texts + tuple(_embedded(document))
    finally:
        document.close()


def _page_text(document: PdfDocument, number: int) -> str:
    import pypdfium2

    try:
        page = document[number]
        try:
            return _laid_out(page.get_textpage())
        finally:
            page.close()
    except pypdfium2.PdfiumError:  # one bad page does not cost the others
        return ""


def _laid_out(page: PdfTextPage) -> str:
    """Text rectangles sorted into lines by height, then by their left edge."""
    pieces: list[tuple[float, float, float, float, str]] = []
    signs = 0
    for index in range(page.count_rects()):
        left, bottom, right, top = page.get_rect(index)
        text = page.get_text_bounded(left, bottom, right, top).replace("\r", "").replace("\n", " ").strip()
        signs += len(text)
        if text:
            pieces.append((bottom, top, left, right, text))
        if signs > _MOST_SIGNS:
            break
    page.close()
    return "\n".join(_joined(line) for line in _lines(pieces))


def _lines(
    pieces: list[tuple[float, float, float, float, str]],
) -> Iterator[list[tuple[float, float, float, float, str]]]:
    line: list[tuple[float, float, float, float, str]] = []
    middle = height = 0.0
    for piece in sorted(pieces, key=lambda p: (-(p[0] + p[1]), p[2])):
        centre, size = (piece[0] + piece[1]) / 2, piece[1] - piece[0]
        if line and abs(middle - centre) > _SAME_LINE * max(size, height):
            yield line
            line = []
        if not line:
            middle, height = centre, size
        line.append(piece)
    if line:
        yield line


def _joined(line: list[tuple[float, float, float, float, str]]) -> str:
    """Pieces of one line; the wider the gap, the more spaces, so that columns can be told from words."""
    text, edge = "", None
    for bottom, top, left, right, piece in sorted(line, key=lambda p: p[2]):
        if edge is not None:
            gap = (left - edge) / max(top - bottom, 1.0)
            text += "" if gap < 0.12 else " " if gap < 0.9 else "   "
        text += piece
        edge = max(right, edge or right)
    return text


def _embedded(document: PdfDocument) -> Iterator[str]:
    import pypdfium2

    for index in range(min(document.count_attachments(), 10)):
        try:
            attachment = document.get_attachment(index)
            if attachment.get_name().lower() in _XML_NAMES:
                data = bytes(attachment.get_data())
                if len(data) <= _LARGEST_XML:
                    yield data.decode("utf-8-sig", "replace")
        except pypdfium2.PdfiumError:
            continue
