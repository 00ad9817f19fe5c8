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
    sheet = book["definitions"]
    columns = {str(cell.value): cell.column for cell in sheet[1]}
    by_phrase = {definition["phrase"]: definition for definition in definitions}
    typed = []
    for row in range(sheet.max_row, 1, -1):
        definition = by_phrase.get(sheet.cell(row, columns["phrase"]).value)
        if not definition:
            sheet.delete_rows(row)
            continue
        cells = {name: value for name, value in definition.items() if value and name != "phrase"}
        for name, value in cells.items():
            assert sheet.cell(row, columns[name]).value is None
            sheet.cell(row, columns[name]).value = value
        typed.append(len(cells))
    book.save(path)
    return typed


@pytest.mark.wide
def test_the_tutorial_of_thirty_pdfs_runs_as_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_literature(tmp_path / "pdfs")
    folder, results, typed = tmp_path, dict[str, Result](), list[int]()
    for block in re.findall(r"```sh\n(.*?)```", TEXT, flags=re.DOTALL):
        for line in block.strip().splitlines():
            words = shlex.split(line)
            if words[0] == "cd":
                folder = (folder / words[1]).resolve()
                monkeypatch.chdir(folder)
                continue
            monkeypatch.chdir(folder)
            if words[-1] == "to-complete.xlsx":
                typed = complete(folder / words[-1], definitions_of(TEXT))
            result = CliRunner().invoke(
                app, words[1:], input="a\n" if words[1] == "review" else None
            )
            assert result.exit_code == 0, (line, result.output, result.exception)
            results[" ".join(words[1:3])] = result
    commands = {line.split()[0] for line in results}
    assert commands == {"init", "import", "check", "review", "compare", "export"}
    maximum, usual = re.search(
        r"at most (\d) per definition.*?and (\d) if", TEXT, re.DOTALL
    ).groups()  # type: ignore[union-attr]
    assert (max(typed), min(typed), len(typed)) == (int(maximum), int(usual), 3)
    assert int(maximum) <= 6
    assert "definitions. Each by itself" in results["compare social-cohesion"].output
    compared = results["compare iversen-2015-social-cohesion-p1"].output
    assert "Lund 2004 on social cohesion" in compared and "(p. 11)" in compared
    assert "counts as" not in results["check"].output and "hedge" not in results["check"].output
    assert "1 accepted, 0 left" in results["review ../pdfs/iversen2015.pdf"].output
    atlas = sq_graph.open(tmp_path / "review")
    passages = found_passages(atlas.graph, atlas.layouts)
    for name in ("lund-2004-social-cohesion-p11", "okoro-pell-2010-social-exclusion-p202"):
        (passage,) = atlas.definition(name).attribution.passages
        assert passage.iri in passages
    assert len(atlas.drafts()) == 2
