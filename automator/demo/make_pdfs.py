"""Makes the PDF files of the sample office (fpdf2, a development dependency; the program itself never needs it).

Run `python -m automator.demo.make_pdfs FOLDER` after changing a bill; the same input gives the same bytes.
Five layouts, because real bills have as many: a table, a letter, a payment slip, a till receipt's bluntness, ours.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fpdf import FPDF

OURS = (
    "Maurel Plomberie Chauffage",
    "14 rue du Lavoir, Valbourg - 04 65 71 20 14",
    "SIREN 999 104 003 - TVA FR90 999104003",
)
OUR_IBAN = "FR76 9941 0001 2000 0451 2008 758"
LERAT = ("Matériaux Lerat SAS", "Zone des Peupliers, Valbourg", "SIREN 999 233 000 - TVA intracom. FR51 999233000")
DUBOIS = ("Fournitures Dubois", "7 quai des Tanneurs, Brissac", "SIREN 999 317 001 - N° TVA FR48 999317001")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a bill, amounts as they are printed, VAT left out."""

    what: str
    count: str
    total: str


def _pdf(title: str) -> FPDF:
    from fpdf import FPDF

    pdf = FPDF()
    pdf.core_fonts_encoding = "cp1252"
    pdf.set_creation_date(datetime(2026, 11, 1, tzinfo=UTC))
    pdf.set_title(title)
    pdf.add_page()
    pdf.set_font("Helvetica", size=10)
    return pdf


def _line(pdf: FPDF, text: str, *, bold: bool = False, size: int = 10, align: str = "L") -> None:
    pdf.set_font("Helvetica", "B" if bold else "", size)
    pdf.cell(0, 5.5, text, align=align, new_x="LMARGIN", new_y="NEXT")


def _pair(pdf: FPDF, label: str, value: str, *, bold: bool = False) -> None:
    pdf.set_font("Helvetica", "B" if bold else "", 10)
    pdf.cell(130, 6, label, align="R")
    pdf.cell(50, 6, value, align="R", new_x="LMARGIN", new_y="NEXT")


def table(
    seller: tuple[str, ...],
    number: str,
    dates: tuple[str, str],
    rows: list[Row],
    sums: tuple[str, str, str],
    iban: str,
) -> FPDF:
    """A wholesaler's bill: head in two columns, a ruled table, the sums to the right, bank details at the foot."""
    pdf = _pdf(f"Facture {number}")
    for n, text in enumerate(seller):
        _line(pdf, text, bold=n == 0, size=14 if n == 0 else 9)
    pdf.ln(4)
    _line(pdf, f"FACTURE N° {number}", bold=True, size=13, align="R")
    _line(pdf, f"Date : {dates[0]}", align="R")
    _line(pdf, f"Échéance : {dates[1]}", align="R")
    pdf.ln(2)
    _line(pdf, "Client : Maurel Plomberie Chauffage, 14 rue du Lavoir, Valbourg")
    pdf.ln(4)
    widths = (110, 30, 40)
    for cells, style in [
        (("Désignation", "Quantité", "Total HT"), "B"),
        *[((r.what, r.count, r.total), "") for r in rows],
    ]:
        pdf.set_font("Helvetica", style, 10)
        for width, cell in zip(widths, cells, strict=True):
            pdf.cell(width, 7, cell, border=1, align="L" if width == 110 else "R")
        pdf.ln()
    pdf.ln(3)
    _pair(pdf, "Total HT", sums[0])
    _pair(pdf, "TVA 20 %", sums[1])
    _pair(pdf, "Net à payer TTC", sums[2], bold=True)
    pdf.ln(8)
    _line(pdf, f"Règlement par virement - IBAN : {iban}", size=9)
    return pdf


def letter(number: str, dates: tuple[str, str], rows: list[Row], sums: tuple[str, str, str], iban: str) -> FPDF:
    """A bill that reads like a letter, the sender at the right."""
    pdf = _pdf(f"Facture {number}")
    for text in DUBOIS:
        _line(pdf, text, align="R")
    pdf.ln(8)
    _line(pdf, "Maurel Plomberie Chauffage")
    _line(pdf, "14 rue du Lavoir, Valbourg")
    pdf.ln(8)
    _line(pdf, f"Facture {number} du {dates[0]}", bold=True, size=12)
    pdf.ln(4)
    _line(pdf, "Nous vous remercions de votre commande, que nous facturons comme suit :")
    for row in rows:
        _line(pdf, f"   - {row.what}, {row.count} : {row.total} HT")
    pdf.ln(4)
    _line(pdf, f"soit {sums[0]} hors taxes, plus {sums[1]} de TVA à 20 %.")
    _line(pdf, f"Montant total TTC : {sums[2]}", bold=True)
    _line(pdf, f"À régler par virement avant le {dates[1]} sur notre compte :")
    _line(pdf, f"IBAN {iban}")
    return pdf


def energy(month: str, number: str, dates: tuple[str, str], sums: tuple[str, str, str]) -> FPDF:
    """A utility's bill, paid by direct debit."""
    pdf = _pdf(f"Facture {month}")
    _line(pdf, "Électra", bold=True, size=18)
    _line(pdf, "Fournisseur d'électricité - SIREN 999 481 005 - TVA FR76 999481005", size=8)
    pdf.ln(6)
    _line(pdf, f"Votre facture d'électricité, {month}", bold=True, size=13)
    _line(pdf, f"Facture n° {number} émise le {dates[0]}")
    _line(pdf, "Contrat professionnel : dépôt, 14 rue du Lavoir, Valbourg")
    pdf.ln(6)
    _pair(pdf, "Abonnement et consommation HT", sums[0])
    _pair(pdf, "TVA", sums[1])
    _pair(pdf, "Total TTC", sums[2], bold=True)
    pdf.ln(6)
    _line(pdf, f"Montant prélevé automatiquement le {dates[1]} : {sums[2]}", bold=True)
    _line(pdf, "Vous n'avez aucune démarche à effectuer.")
    return pdf


def slip(number: str, dates: tuple[str, str], rows: list[Row], sums: tuple[str, str, str]) -> FPDF:
    """A hire firm's bill in a fixed-width face, terms instead of a due date."""
    pdf = _pdf(f"Facture {number}")
    pdf.set_font("Courier", "", 10)
    lines = [
        "LOCATION BERTON - MATERIEL DE CHANTIER",
        "SIREN 999 562 002   TVA FR82999562002",
        "",
        f"FACTURE        {number}",
        f"DATE           {dates[0]}",
        f"CONDITIONS     {dates[1]}",
        "CLIENT         MAUREL PLOMBERIE CHAUFFAGE",
        "-" * 60,
        *[f"{row.what:<34}{row.count:>10}{row.total:>14}" for row in rows],
        "-" * 60,
        f"{'TOTAL HT':<44}{sums[0]:>14}",
        f"{'TVA 20,00 %':<44}{sums[1]:>14}",
        f"{'TOTAL TTC':<44}{sums[2]:>14}",
        "",
        "IBAN FR76 9952 0003 1000 0120 0447 740",
    ]
    for line in lines:
        pdf.cell(0, 5, line, new_x="LMARGIN", new_y="NEXT")
    return pdf


def ours(
    kind: str, number: str, client: str, dates: tuple[str, str], rows: list[Row], sums: tuple[str, str, str]
) -> FPDF:
    """A bill or a quote of the firm itself."""
    pdf = _pdf(f"{kind} {number}")
    for n, text in enumerate(OURS):
        _line(pdf, text, bold=n == 0, size=13 if n == 0 else 9)
    pdf.ln(6)
    _line(pdf, f"Client : {client}", align="R")
    pdf.ln(6)
    _line(pdf, f"{kind.upper()} {number}", bold=True, size=14)
    last = "Date d'échéance" if kind == "Facture" else "Valable jusqu'au"
    _line(pdf, f"Date : {dates[0]}    {last} : {dates[1]}")
    pdf.ln(4)
    for row in rows:
        _pair(pdf, f"{row.what} ({row.count})", row.total)
    pdf.ln(3)
    _pair(pdf, "Total HT", sums[0])
    _pair(pdf, "TVA", sums[1])
    _pair(pdf, "Total TTC", sums[2], bold=True)
    pdf.ln(6)
    if kind == "Facture":
        _line(pdf, f"Paiement par virement, IBAN {OUR_IBAN}")
        _line(pdf, "Entre professionnels : pénalités de retard et indemnité forfaitaire de 40 € (L441-10).", size=8)
    else:
        _line(pdf, "Bon pour accord, date et signature :")
    return pdf


def application() -> FPDF:
    """A job applicant's curriculum vitae."""
    pdf = _pdf("CV Lucas Moreau")
    _line(pdf, "Lucas Moreau", bold=True, size=16)
    _line(pdf, "Plombier-chauffagiste - lucas.moreau@courriel.example - 06 39 98 71 25")
    pdf.ln(4)
    for text in (
        "2022-2026  Monteur en chauffage, entreprise Vasseur, Brissac",
        "2021       CAP monteur en installations thermiques",
        "Permis B, habilitation fluides frigorigènes",
    ):
        _line(pdf, text)
    return pdf


DRAWN: dict[str, Callable[[], FPDF]] = {
    "lerat-2026-1098.pdf": lambda: table(LERAT, "2026-1098", ("05/10/2026", "25/10/2026"),
        [Row("Tube cuivre 22 mm, barre de 5 m", "8", "230,40 €")], ("230,40 €", "46,08 €", "276,48 €"), "FR76 9941 0002 3300 0710 0291 431"),
    "lerat-2026-1187.pdf": lambda: table(LERAT, "2026-1187", ("09/11/2026", "25/11/2026"),
        [Row("Radiateur acier type 22, 600 x 1000", "2", "318,00 €"), Row("Vanne thermostatique", "6", "134,10 €"),
         Row("Raccords et joints", "1", "47,90 €")], ("500,00 €", "100,00 €", "600,00 €"), "FR76 9941 0002 3300 0710 0291 431"),
    "dubois-f2240.pdf": lambda: letter("F-2240", ("28/09/2026", "28/10/2026"), [Row("Chauffe-eau 200 l", "1 pièce", "349,00 €")],
        ("349,00 €", "69,80 €", "418,80 €"), "FR76 9952 0004 1700 0204 6624 471"),
    "dubois-f2291.pdf": lambda: letter("F-2291", ("20/11/2026", "27/11/2026"), [Row("Mitigeurs temporisés de douche", "2 pièces", "533,33 €")],
        ("533,33 €", "106,67 €", "640,00 €"), "FR76 9987 1000 0900 0778 1379 032"),
    "electra-octobre.pdf": lambda: energy("octobre 2026", "E26-10-77120", ("06/10/2026", "26/10/2026"), ("247,63 €", "49,52 €", "297,15 €")),
    "electra-novembre.pdf": lambda: energy("novembre 2026", "E26-11-77120", ("13/11/2026", "25/11/2026"), ("265,33 €", "53,07 €", "318,40 €")),
    "berton-l3391.pdf": lambda: slip("L-3391", ("10/11/2026", "30 jours date de facture"), [Row("Mini-pelle 1,8 t", "3 j", "310,00 €")],
        ("310,00 €", "62,00 €", "372,00 €")),
    "maurel-f102.pdf": lambda: ours("Facture", "F-102", "Menuiserie Brun, 5 rue des Scieurs, Valbourg", ("01/09/2026", "02/10/2026"),
        [Row("Chauffe-eau 300 l, fourniture et pose", "1", "1 766,67 €")], ("1 766,67 €", "353,33 €", "2 120,00 €")),
    "maurel-f118.pdf": lambda: ours("Facture", "F-118", "Garage Petit, SIREN 999 718 000", ("20/10/2026", "09/11/2026"),
        [Row("Remplacement de vannes et purge", "2", "983,33 €"), Row("Main-d'oeuvre", "10 h", "600,00 €")], ("1 583,33 €", "316,67 €", "1 900,00 €")),
    "maurel-f121.pdf": lambda: ours("Facture", "F-121", "Cabinet du Dr Sylvie Caron", ("23/10/2026", "13/11/2026"),
        [Row("Dépannage de l'arrivée d'eau du fauteuil 2", "1", "383,33 €")], ("383,33 €", "76,67 €", "460,00 €")),
    "maurel-f124.pdf": lambda: ours("Facture", "F-124", "Atelier Roux, 3 impasse du Four, Valbourg", ("22/10/2026", "12/11/2026"),
        [Row("Lave-mains, fourniture et pose", "1", "700,00 €")], ("700,00 €", "140,00 €", "840,00 €")),
    "maurel-d077.pdf": lambda: ours("Devis", "D-2026-077", "M. Daniel Martin, 31 route des Crêtes, Valbourg", ("09/11/2026", "09/01/2027"),
        [Row("Chaudière à condensation 24 kW", "1", "2 890,00 €"), Row("Pose et mise en service", "1", "1 261,66 €")],
        ("4 151,66 €", "228,34 €", "4 380,00 €")),
    "maurel-d078.pdf": lambda: ours("Devis", "D-2026-078", "Copropriété Les Acacias, c/o Cabinet Orsel", ("10/11/2026", "10/02/2027"),
        [Row("Remplacement de la colonne d'eau chaude, bâtiment B", "1", "6 218,18 €")], ("6 218,18 €", "621,82 €", "6 840,00 €")),
    "cv-lucas-moreau.pdf": application,
}  # fmt: skip


def main(folder: Path) -> None:
    """Write every PDF into `folder`."""
    for name, draw in DRAWN.items():
        (folder / name).write_bytes(bytes(draw().output()))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
