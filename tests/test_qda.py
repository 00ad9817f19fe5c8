"""Projects of QDA software: all that the map has a field for is imported, and the report names the rest."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

import sq_graph
from sq_graph.atlas import Atlas
from sq_graph.errors import BrokenFile, InputError
from sq_graph.importers.workspace import make_workspace
from tests.literature import pdf

pytestmark = pytest.mark.usefixtures("light_content")

PROJECT = """<?xml version="1.0" encoding="utf-8"?>
<Project xmlns="urn:QDA-XML:project:1.0" name="p"><Users><User guid="{U1}" name="Ann"/></Users><CodeBook><Codes>
<Code guid="{C1}" name="Cohesion" color="#ff0000"><Description>What holds
 together</Description><Code guid="c2" name="process"/></Code>
<Code guid="c3" name="Exclusion"><Code guid="c4" name="process"/></Code></Codes></CodeBook>
<Cases><Case guid="k" name="Denmark"/></Cases><Sources>
<TextSource name="Room 1999.docx" plainTextPath="internal://T1.TXT"><Coding><CodeRef targetGUID="c1"/></Coding>
<PlainTextSelection startPosition="0" endPosition="22" creatingUser="u1"><NoteRef targetGUID="n1"/><Coding><CodeRef targetGUID="c1"/></Coding></PlainTextSelection>
<PlainTextSelection startPosition="23" endPosition="49" creatingUser="u1"><Coding><CodeRef targetGUID="c1"/></Coding></PlainTextSelection>
<PlainTextSelection startPosition="51" endPosition="81" creatingUser="u1"><Coding><CodeRef targetGUID="c3"/></Coding></PlainTextSelection>
<PlainTextSelection startPosition="72" endPosition="80" creatingUser="u1"><Coding><CodeRef targetGUID="c4"/></Coding></PlainTextSelection>
<PlainTextSelection startPosition="900" endPosition="910"><Coding><CodeRef targetGUID="c1"/></Coding></PlainTextSelection>
<PlainTextSelection startPosition="0" endPosition="8"><Coding><CodeRef targetGUID="c9"/></Coding></PlainTextSelection></TextSource>
<TextSource name="Barry 1998" plainTextPath="internal://gone.txt"><PlainTextSelection startPosition="0" endPosition="8"><Coding><CodeRef targetGUID="c1"/></Coding></PlainTextSelection></TextSource>
<TextSource name="Interview 7"><PlainTextContent>Cohesion is us.</PlainTextContent><PlainTextSelection startPosition="0" endPosition="15"><Coding><CodeRef targetGUID="c1"/></Coding></PlainTextSelection></TextSource>
<PictureSource name="p.png"><PictureSelection firstX="1"><Coding><CodeRef targetGUID="c1"/></Coding></PictureSelection></PictureSource>
</Sources><Notes><Note guid="n1"><PlainTextContent>Cohesion is a tie.</PlainTextContent></Note><Note guid="n2" name="m"/></Notes></Project>"""
TEXT = (
    "\ufeffCohesion is one thing. Cohesion is another thing.\r\nExclusion, a rupture, unfolds.\r\n"
)


def write_project(tmp_path: Path, qde: str = PROJECT, name: str = "odd.qdpx") -> Path:
    with zipfile.ZipFile(tmp_path / name, "w") as archive:
        archive.writestr("project.qde", qde)
        archive.writestr("sources/t1.txt", TEXT)
    return tmp_path / name


SHEET = """sep=;
code;concept;aspect;value
Cohesion;social-cohesion;;
Exclusion;social-exclusion;degree;rupture
Exclusion > process;;process or outcome;process
"""


@pytest.fixture
def atlas(tmp_path: Path) -> Atlas:
    return sq_graph.open(make_workspace(tmp_path / "review", "https://example.org/r/"))


def written_turtle(tmp_path: Path) -> str:
    files = (tmp_path / "review/ontology/data").rglob("*.ttl")
    return "\n".join(path.read_text() for path in files)


def test_codes_of_one_name_are_distinguished_and_described(atlas: Atlas, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Fill in a concept"):
        atlas.import_(write_project(tmp_path))
    rows = [line.split(",") for line in (tmp_path / "odd.codes.csv").read_text().splitlines()[1:]]
    assert [(row[0], row[4]) for row in rows] == [
        ("Cohesion", "What holds together"),
        ("Cohesion > process", ""),
        ("Exclusion", ""),
        ("Exclusion > process", ""),
    ]


def test_what_a_project_lacks_is_reported_and_the_rest_is_imported(
    atlas: Atlas, tmp_path: Path
) -> None:
    """One odd source or selection stops nothing, and a spreadsheet may have saved the sheet."""
    path = write_project(tmp_path)
    (tmp_path / "odd.codes.csv").write_text(SHEET)
    table = atlas.import_(path)
    assert "6 segments not imported" in table.notes[0] and "3 definitions new" in table.notes[0]
    reported = [f"{row[1]} | {row[2]}: {row[3]}" for row in table.rows if row[0] == "not imported"]
    messages = (
        "Room 1999 | Cohesion: passages of texts are imported, but not a whole source",
        "Room 1999 | Cohesion: the text has no words at 900 to 910",
        "Room 1999, page l.1 | a code that the project lacks: odd.codes.csv does not give",
        "Barry 1998 | Cohesion: its text is missing",
        "Interview 7, page l.1 | Cohesion: there is no work 'Interview 7'",
        "p | Cohesion: passages of texts are imported, but not a PictureSelection",
        "odd.qdpx | cases: 1: the map has no field",
        "odd.qdpx | memos: 1: the map has no field",
    )
    assert all(message in line for message, line in zip(messages, reported, strict=True))
    text = written_turtle(tmp_path)
    assert text.count("a sq:Definition") == 3 and 'sq:summary "Cohesion is a tie."' in text
    assert text.count("sq:codedValue value:degree-rupture") == 1  # one code gives concept and value
    assert text.count("sq:codedValue value:process-or-outcome-process") == 1
    assert '"Exclusion, a rupture, unfolds."' in text and text.count("sq:firstLine 2") == 1


def test_two_segments_of_a_line_are_two_definitions_and_stay_as_they_were_completed(
    atlas: Atlas, tmp_path: Path
) -> None:
    path = write_project(tmp_path)
    (tmp_path / "odd.codes.csv").write_text(SHEET)
    atlas.import_(path)
    first, second = (
        f"room-1999-social-cohesion-pl-1{end}" for end in ("", "-cohesion-is-another-thing")
    )
    with atlas.edit() as edit:
        edit.update(second, summary="Cohesion is what Room calls another thing.", form="quoted")
    old_text = written_turtle(tmp_path)
    assert "4 segments already there" in atlas.import_(path).notes[0]
    assert written_turtle(tmp_path) == old_text
    assert f"definition:{first} a sq:Definition" in old_text
    labels = [line for line in old_text.splitlines() if "on social cohesion" in line]
    assert len(set(labels)) == len(labels) == 2
    edited = PROJECT.replace("Cohesion is a tie.", "Cohesion is a knot.")
    (tmp_path / "odd.codes.csv").write_text(SHEET.replace("degree;rupture", "degree;ranked"))
    table = atlas.import_(write_project(tmp_path, edited))
    assert "4 segments already there" in table.notes[0] and written_turtle(tmp_path) == old_text
    updates = [str(row[3]).partition("sq-graph update ")[2] for row in table.rows]
    assert [update for update in updates if update] == [
        f"{first} summary='Cohesion is a knot.'",
        "room-1999-social-exclusion-pl-2 aspect.degree='ranked'",
    ]
    start = PROJECT.index('<PlainTextSelection startPosition="23"')
    deleted = PROJECT[:start] + PROJECT[PROJECT.index("<PlainTextSelection", start + 1) :]
    deleted = deleted.replace("Room 1999.docx", "Room - 1999 - The language of poverty.docx")
    (row,) = [row for row in atlas.import_(write_project(tmp_path, deleted)) if second in row]
    assert str(row[3]).endswith(f"if it was deleted: sq-graph delete {second}")


def test_the_page_of_a_segment_is_that_of_the_pdf_in_the_project(
    atlas: Atlas, tmp_path: Path
) -> None:
    path = tmp_path / "pdf.qdpx"
    pdf(tmp_path / "r.pdf", ["A page before.\f", "Trust is the bond of all"])
    qde = """<Project xmlns="urn:QDA-XML:project:1.0"><CodeBook><Codes><Code guid="c" name="Cohesion"/></Codes></CodeBook>
<Sources><PDFSource name="Room 1999" path="internal://r.pdf"><Representation plainTextPath="internal://r.txt">
<PlainTextSelection startPosition="0" endPosition="24"><Coding><CodeRef targetGUID="c"/></Coding></PlainTextSelection>
</Representation></PDFSource></Sources></Project>"""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("project.qde", qde)
        archive.write(tmp_path / "r.pdf", "sources/r.pdf")
        archive.writestr("sources/r.txt", "Trust is the bond of all\n")
    (tmp_path / "pdf.codes.csv").write_text(
        "code,concept,aspect,value\nCohesion,social-cohesion,,\n"
    )
    assert "1 definition new" in atlas.import_(path).notes[0]
    text = written_turtle(tmp_path)
    assert 'sq:pageLabel "2"' in text and "sq:pageBasis-inferred" in text
    assert "sq:firstLine 2" in text


@pytest.mark.parametrize(
    "qde",
    [
        PROJECT.replace('"900"', '"many"'),
        PROJECT.replace("urn:QDA-XML:project:1.0", "urn:other"),
        PROJECT[:400],
    ],
)
def test_a_damaged_project_is_refused_in_plain_words(
    qde: str, atlas: Atlas, tmp_path: Path
) -> None:
    with pytest.raises(BrokenFile, match="not a REFI-QDA project"):
        atlas.import_(write_project(tmp_path, qde))


def test_an_aspect_without_a_value_is_named(atlas: Atlas, tmp_path: Path) -> None:
    for row, reason in (("degree,", "must be given together"), ("degree,very", "'very'.* n/a")):
        table = "code,concept,aspect,value\nCohesion,social-cohesion,,\nExclusion,,"
        (tmp_path / "odd.codes.csv").write_text(f"{table}{row}\n")
        with pytest.raises(InputError, match=f"row 3: .*{reason}"):
            atlas.import_(write_project(tmp_path))


def test_line_ends_count_as_the_program_counts_them(atlas: Atlas, tmp_path: Path) -> None:
    """ATLAS.ti counts the end of a line as one character, NVivo as two; a later version is read, too."""
    (tmp_path / "odd.codes.csv").write_text(SHEET)
    qde = PROJECT.replace('name="p"', 'name="p" origin="ATLAS.ti 24"').replace(":1.0", ":1.5")
    for old, new in (("51", "50"), ("81", "80"), ("72", "71")):
        qde = qde.replace(f'Position="{old}"', f'Position="{new}"')
    assert "3 definitions new" in atlas.import_(write_project(tmp_path, qde)).notes[0]
    assert 'sq:phrase "Exclusion, a rupture, unfolds."' in written_turtle(tmp_path)
