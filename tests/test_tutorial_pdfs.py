"""The tutorial of the thirty PDFs runs as it is written, and its count of typed cells is what the test types."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner, Result

import sq_graph
from sq_graph.cli import app
from sq_graph.evidence import found_passages
from tests.conftest import ROOT
from tests.literature import make_literature

pytestmark = pytest.mark.filterwarnings("ignore:Dimensions for page format")
TEXT = (ROOT / "docs/tutorial-thirty-pdfs.md").read_text(encoding="utf-8")


def definitions_of(text: str) -> list[dict[str, str]]:
    """The rows of the tutorial's table of what is typed, by column."""
    table = re.search(r"(?m)^\| phrase .*\n(?:\|.*\n)+", text)
    assert table
    header, _, *lines = [
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        for line in table[0].splitlines()
    ]
    return [dict(zip(header, line, strict=True)) for line in lines]


def complete(path: Path, definitions: list[dict[str, str]]) -> list[int]:
    """Types what the table says into its rows and deletes the others; returns how many cells each took."""
    book = openpyxl.load_workbook(path)
    page = book["definitions"]
    place = {str(cell.value): cell.column for cell in page[1]}
    by_phrase = {one["phrase"]: one for one in definitions}
    typed = []
    for row in range(page.max_row, 1, -1):
        one = by_phrase.get(page.cell(row, place["phrase"]).value)
        if not one:
            page.delete_rows(row)
            continue
        cells = {name: value for name, value in one.items() if value and name != "phrase"}
        for name, value in cells.items():
            assert page.cell(row, place[name]).value is None
            page.cell(row, place[name]).value = value
        typed.append(len(cells))
    book.save(path)
    return typed


@pytest.mark.wide
def test_the_tutorial_of_thirty_pdfs_runs_as_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_literature(tmp_path / "pdfs")
    here, done, typed = tmp_path, dict[str, Result](), list[int]()
    for block in re.findall(r"```sh\n(.*?)```", TEXT, flags=re.DOTALL):
        for line in block.strip().splitlines():
            words = shlex.split(line)
            if words[0] == "cd":
                here = (here / words[1]).resolve()
                monkeypatch.chdir(here)
                continue
            monkeypatch.chdir(here)
            if words[-1] == "to-complete.xlsx":
                typed = complete(here / words[-1], definitions_of(TEXT))
            ran = CliRunner().invoke(app, words[1:], input="a\n" if words[1] == "review" else None)
            assert ran.exit_code == 0, (line, ran.output, ran.exception)
            done[" ".join(words[1:3])] = ran
    commands = {line.split()[0] for line in done}
    assert commands == {"init", "import", "check", "review", "compare", "export"}
    most, usual = re.search(r"at most (\d) per definition.*?and (\d) if", TEXT, re.DOTALL).groups()  # type: ignore[union-attr]
    assert (max(typed), min(typed), len(typed)) == (int(most), int(usual), 3)
    assert int(most) <= 6
    assert "definitions. Each by itself" in done["compare social-cohesion"].output
    compared = done["compare iversen-2015-social-cohesion-p1"].output
    assert "Lund 2004 on social cohesion" in compared and "(p. 11)" in compared
    assert "counts as" not in done["check"].output and "hedge" not in done["check"].output
    assert "1 accepted, 0 left" in done["review ../pdfs/iversen2015.pdf"].output
    mine = sq_graph.open(tmp_path / "review")
    found = found_passages(mine.graph, mine.layouts)
    for name in ("lund-2004-social-cohesion-p11", "okoro-pell-2010-social-exclusion-p202"):
        (passage,) = mine.definition(name).attribution.passages
        assert passage.iri in found
    assert len(mine.drafts()) == 2
