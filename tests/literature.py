"""A small literature on disk: PDFs with real highlights, a bibliography, and notes exported from a reader."""

from __future__ import annotations

from pathlib import Path

from fpdf import FPDF

BIBLIOGRAPHY = """\
@article{lund2004, author={Lund, Mara}, title={Bonds in common}, journal={Journal of Bonds}, year=2004,
  pages={11--12}, doi={10.5555/bonds.2004.11}}
@article{okoro2010, author={Okoro, Ada and Pell, Jon}, title={Who is left out}, journal={Margins}, year=2010,
  pages={201--203}}
@book{iversen2015, author={Iversen, Tom}, title={Ties of the many}, publisher={North}, year=2015}
@article{unread2019, author={Unread, Uma}, title={Nobody has this text}, journal={Margins}, year=2019}
"""
LUND = [
    "Bonds in common. Cohesion has been praised by many. ",
    "*Social cohesion is a state of affairs in which members of a group rely on one another",
    " and it may be found in villages as well as in cities.",
    "\f*Trust comes first and institutions follow from it",
    ", as the surveys suggest.",
]
OKORO = [
    "Doors that are shut. Those who count the poor count too little.\f",
    "We shall argue against a common view. ",
    "*Social exclusion is the slow process by which doors are shut to some",
    ", and it is hardly ever complete.\fThe end.",
]
IVERSEN = [
    "Ties of the many. ",
    "*Cohesion is largely the density of ties that cross the lines of class",
    " in a city.",
]
NOTES = """\
# Annotations

“the surveys suggest” ([Lund, 2004, p. 12](zotero://select/library/items/A)) ([pdf](zotero://open-pdf/1)) weak evidence

“words that nobody wrote there” ([Lund, 2004, p. 12](zotero://select/library/items/A))

“a view of a work that is not here” ([Nobody, 1999, p. 3](zotero://select/library/items/B))
"""


def pdf(path: Path, parts: list[str], doi: str = "") -> None:
    """Writes a PDF; a part after `*` is highlighted, a form feed begins a page."""
    paper = FPDF(format="a5")
    paper.set_font("times", size=11)
    paper.add_page()
    if doi:
        paper.write(6, f"doi:{doi}\n")
    for part in parts:
        for number, text in enumerate(part.split("\f")):
            if number:
                paper.add_page()
            if text.startswith("*"):
                with paper.highlight("", title="Reader"):
                    paper.write(6, text[1:])
            else:
                paper.write(6, text)
    paper.output(str(path))


def make_literature(folder: Path) -> Path:
    """A folder with three matched PDFs, one unknown and one broken PDF, a bibliography and notes."""
    (folder / "files").mkdir(parents=True)
    (folder / "library.bib").write_text(BIBLIOGRAPHY, encoding="utf-8")
    (folder / "notes.md").write_text(NOTES, encoding="utf-8")
    pdf(folder / "files" / "download.pdf", LUND, doi="10.5555/bonds.2004.11")
    pdf(folder / "files" / "Okoro and Pell - 2010 - Who is left out.pdf", OKORO)
    pdf(folder / "iversen2015.pdf", IVERSEN)
    pdf(folder / "scan0001.pdf", ["Nothing is known of this one."])
    (folder / "torn.pdf").write_bytes(b"%PDF-1.7 torn")
    return folder
