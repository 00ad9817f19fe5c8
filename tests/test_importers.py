"""Literature is imported: messy real bibliographies, spreadsheets all or nothing, mappings, RDF, notes."""

from __future__ import annotations

import csv
import os
import random
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sq_graph
from sq_graph.atlas import Atlas
from sq_graph.errors import BrokenFile, FindingsError, InputError, SqGraphError
from sq_graph.export.bibliography import to_bibtex, to_csl, to_ris
from sq_graph.importers.bibliography import read_bibliography
from sq_graph.importers.columns import EXPLANATIONS
from sq_graph.importers.quotations import parse_annotations
from sq_graph.importers.sheets import SheetFaults
from sq_graph.importers.workspace import make_workspace
from sq_graph.model.records import FIELDS, Name, Record, read_records
from sq_graph.table import harmless
from tests.conftest import ROOT, skip_or_fail
from tests.workspaces import turtle_texts

pytestmark = pytest.mark.usefixtures("light_content")

BASE = "https://example.org/review/"
DATA = Path(__file__).parent / "data"


def source_file(name: str) -> Path:
    """A real file from elsewhere; the test is skipped where it is not available."""
    path = Path(os.environ.get("SQ_GRAPH_SOURCES") or ROOT.parent / "shared") / "data" / name
    if not path.is_file():
        skip_or_fail(f"{path} is not at hand; set SQ_GRAPH_SOURCES to the folder that holds data/")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_workspace(tmp_path / "review", BASE)


@pytest.fixture
def atlas(folder: Path) -> Atlas:
    return sq_graph.open(folder)


def own_records(atlas: Atlas) -> dict[str, Record]:
    works = [iri for iri in atlas.names.of_class("sq:Work") if iri.startswith(BASE)]
    return {
        record.keys[0] if record.keys else record.iri: record
        for record in read_records(atlas.graph, works)
    }


# ---- bibliographies


def test_messy_real_bibtex_is_imported(atlas: Atlas) -> None:
    table = atlas.import_(DATA / "dirt.bib")
    works = own_records(atlas)
    first = works["ann2001"]
    commission = Name("European Commission", organisation=True)
    assert first.authors == (Name("Müller", "Łucja"), commission) and first.et_al
    assert first.title == "Trust & Power in 50% of cases"
    assert first.one("sq:containerTitle") == "Journal of Social Studies Quarterly"
    assert (first.year, first.one("dcterms:issued")) == (2001, "2001-02")
    assert first.one("bibo:pages") == "12–34"
    assert first.one("bibo:doi") == "10.1000/ABC.1"
    second = works["ann2001b"]
    assert (second.title, second.year_suffix) == ("Same key, other work", "a")
    assert works["nokeyyear"].authors == (Name("王", "伟"),) and works["nokeyyear"].year_note == ""
    assert works["soon"].year_note == "forthcoming"
    assert works["soon"].authors[1] == Name("van der Berg", "Jan")
    assert (works["range"].year_note, works["range"].title) == ("1999/2000", "Of years")
    assert (works["child"].one("sq:containerTitle"), works["child"].year) == ("The Volume", 2003)
    assert works["odd"].kind == "Document" and works["odd"].one("skos:note") == 'See "there"'
    assert {record.title for record in works.values()} >= {"No key"}
    broken = [row for row in table.rows if row[0] == "not imported"]
    assert [str(row[1]).rsplit(":", 1)[1] for row in broken] == ["7"]
    lost = {str(row[2]): row[3] for row in table.rows if row[0] == "field not imported"}
    assert set(lost) == {"ann2001: file", "ann2001: abstract", "range: title"}
    assert "own words" in str(lost["ann2001: abstract"])


@pytest.mark.parametrize("name", ["dirt.bib", "zotero.ris", "mendeley.json"])
def test_importing_twice_changes_nothing(atlas: Atlas, folder: Path, name: str) -> None:
    atlas.import_(DATA / name)
    old_files = turtle_texts(folder)
    table = sq_graph.open(folder).import_(DATA / name)
    assert turtle_texts(folder) == old_files
    assert "already there" in table.notes[0] and "new" not in table.notes[0]


def test_ris_is_read_by_entry_with_its_line(atlas: Atlas) -> None:
    table = atlas.import_(DATA / "zotero.ris")
    works = own_records(atlas)
    chan = works["chanReconsidering2006"]
    assert (chan.one("bibo:pages"), chan.one("bibo:issue")) == ("273–302", "2")
    assert chan.fields["dcterms:subject"] == ("China", "cohesion")
    assert chan.iri == f"{BASE}id/work/chan-to-2006"
    titles = {record.title: record for record in works.values()}
    assert titles["A volume without end"].editors == (Name("Editor", "Edna"),)
    assert titles["Nobody's report"].one("dcterms:publisher") == "World Bank"
    assert [str(row[1]).rsplit(":", 1)[1] for row in table.rows if row[0] == "not imported"] == [
        "19"
    ]


def test_one_work_from_three_programs_is_one_work(atlas: Atlas, tmp_path: Path) -> None:
    atlas.import_(DATA / "zotero.ris")
    table = atlas.import_(DATA / "mendeley.json")
    works = own_records(atlas)
    dois = [record.one("bibo:doi").lower() for record in works.values()]
    assert dois.count("10.1007/s11205-005-2118-1") == 1
    assert "1 work completed" in table.notes[0] and "2 works new" in table.notes[0]
    assert works["chan"].one("dcterms:publisher") == "Springer"
    assert works["chan"].keys == ("chan", "chanReconsidering2006")
    assert any("item 3" in str(row[1]) for row in table.rows if row[0] == "not imported")


def write_bib(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "more.bib"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_packaged_work_is_referred_to_and_only_completed(
    atlas: Atlas, folder: Path, tmp_path: Path
) -> None:
    record = read_records(atlas.graph, [atlas.find("room-1999", "work")])[0]
    entry = to_bibtex(record).replace("{room-1999,", "{myRoom,\n  isbn = {978-1},")
    atlas.import_(write_bib(tmp_path, entry))
    assert not own_records(atlas)
    text = (folder / "ontology/data/works/room-1999.ttl").read_text(encoding="utf-8")
    assert 'work:room-1999 bibo:isbn "978-1"' in text and "dcterms:title" not in text
    assert 'sq:citationKey "myRoom"' in text
    assert sq_graph.open(folder).label("https://w3id.org/sq-graph/id/work/room-1999") == "Room 1999"


def test_a_year_that_a_later_import_knows_is_in_the_label_and_in_those_made_of_it(
    atlas: Atlas, tmp_path: Path
) -> None:
    atlas.import_(write_bib(tmp_path, "@book{oko, author={Oko, Ada}, title={Bonds}}"))
    with atlas.edit() as edit:
        definition = edit.definition(
            of="social-cohesion", in_="oko-undated", page=3, summary="A bond."
        )
    entry = "@book{%s, author={Oko, Ada}, title={%s}, year=2001}\n"
    table = atlas.import_(
        write_bib(tmp_path, entry % ("oko", "Bonds") + entry % ("oko2", "Others"))
    )
    assert table.rows[0][3] == "added year"
    assert {atlas.label(f"{BASE}id/work/{slug}") for slug in ("oko-undated", "oko-2001")} == {
        "Oko 2001",
        "Oko 2001b",
    }
    assert atlas.label(definition) == "Oko 2001 on social cohesion"
    assert "n.d." not in atlas.show("oko-undated").to_csv()


def test_a_journal_that_differs_is_reported(atlas: Atlas, tmp_path: Path) -> None:
    entry = "@article{a, author={Ann, A.}, title={Ties}, year=2001, journal={%s}, doi={10.1000/2}}"
    atlas.import_(write_bib(tmp_path, entry % "One"))
    table = atlas.import_(write_bib(tmp_path, entry % "Two"))
    assert "journal is 'Two', not 'One'" in str(table.rows[0][3])


def test_what_conflicts_is_not_merged(atlas: Atlas, folder: Path, tmp_path: Path) -> None:
    entry = "@book{%s, author={Ann, A.}, title={Ties}, year=2001, publisher={%s}, doi={10.1000/1}}"
    atlas.import_(write_bib(tmp_path, entry % ("a", "One")))
    conflict = atlas.import_(write_bib(tmp_path, entry % ("b", "Two")))
    assert [(row[0], row[2]) for row in conflict.rows] == [("already there with differences", "b")]
    assert "publisher is 'Two', not 'One'" in str(conflict.rows[0][3])
    set_apart = atlas.import_(
        write_bib(tmp_path, "@book{c, author={Bob, B.}, title={Knots}, year=2001, doi={10.1000/1}}")
    )
    assert [(row[0], row[2]) for row in set_apart.rows] == [("set apart", "c")]
    works = {record.title: record for record in own_records(atlas).values()}
    assert set(works) == {"Ties", "Knots"}
    assert works["Ties"].keys == ("a", "b")
    assert works["Ties"].one("dcterms:publisher") == "One"


def test_a_work_whose_year_was_not_known_is_named_beside_the_one_that_has_it(
    atlas: Atlas, tmp_path: Path
) -> None:
    def import_work(key: str, year: str, title: str = "Knots: A Study") -> list[Sequence[object]]:
        entry = f"@article{{{key}, author={{Lund, M.}}, title={{{title}}}, year={{{year}}}}}"
        return [*atlas.import_(write_bib(tmp_path, entry)).rows]

    assert not import_work("a", "forthcoming")
    (set_apart,) = import_work("b", "2021")
    assert set_apart[0] == "set apart"
    assert str(set_apart[3]).endswith("sq-graph merge lund-2021 lund-forthcoming")
    assert import_work("c", "2022")[0][2] == "c"
    assert not import_work("d", "2021", "Knots: A Note")


@pytest.mark.wide
def test_the_bibliography_of_concepticon_survives_import_and_export(
    atlas: Atlas, tmp_path: Path
) -> None:
    path = source_file("bibtex/concepticon-references.bib")
    records, faults = read_bibliography(path)
    table = atlas.import_(path)
    assert len(records) >= 498 and not faults
    not_imported = [row for row in table.rows if row[0] == "field not imported"]
    assert len(not_imported) == sum(len(record.lost) for record in records)
    assert all(len(str(row[3])) > 15 for row in not_imported)
    works = own_records(atlas)
    assert len(works) == len(records)
    for record in records:
        assert value_sets(works[record.keys[0]]) == value_sets(record)
    export_path = tmp_path / "out.bib"
    export_path.write_text(
        str(atlas.export("bib", *(record.iri for record in works.values()))), encoding="utf-8"
    )
    copies = {record.keys[0]: record for record in read_bibliography(export_path)[0]}
    assert set(copies) == set(works)
    for key, record in works.items():
        assert comparison_key(copies[key]) == comparison_key(record), key


def value_sets(record: Record) -> dict[str, set[str]]:
    return {name: set(values) for name, values in record.fields.items()}


def comparison_key(record: Record) -> tuple[object, ...]:
    fields = {name: values for name, values in value_sets(record).items() if name != "bibo:uri"}
    return (
        record.kind,
        record.authors,
        record.editors,
        record.translators,
        record.et_al,
        record.year,
        record.year_note,
        record.year_suffix,
        fields,
    )


words = (
    st.text(
        st.characters(
            codec="utf-8", categories=("L", "N", "P", "S", "Zs"), exclude_characters="‹›\u00a0"
        ),
        min_size=1,
        max_size=30,
    )
    .map(lambda text: " ".join(text.split()))
    .filter(lambda text: any(map(str.isalnum, text)))
)
plain_words = words.filter(lambda text: text.strip(" ,;.") == text)
names = st.builds(
    Name,
    plain_words.filter(
        lambda n: n.lower() not in ("others", "et al") and "," not in n and " and " not in f" {n} "
    ),
    organisation=st.just(True),
) | st.builds(
    Name,
    st.from_regex(r"[A-ZÀ-Ö][a-zà-ö]{1,9}", fullmatch=True),
    st.from_regex(r"[A-Z][a-z]{1,9}", fullmatch=True),
)
_FREE = [
    f.name
    for f in FIELDS
    if f.name
    not in (
        "dcterms:issued",
        "bibo:doi",
        "bibo:uri",
        "dcterms:identifier",
        "dcterms:subject",
        "sq:genre",
        "bibo:issue",
        "bibo:number",
        "skos:note",
        "dcterms:title",
    )
]
any_record = st.builds(
    Record,
    kind=st.sampled_from(["AcademicArticle", "Book", "Chapter", "Report", "Document"]),
    authors=st.lists(names, max_size=3, unique=True).map(tuple),
    et_al=st.booleans(),
    year=st.none() | st.integers(1500, 2100),
    keys=st.just(("key1",)),
    fields=st.dictionaries(st.sampled_from(_FREE), st.tuples(plain_words), max_size=6).flatmap(
        lambda fields: plain_words.map(lambda title: fields | {"dcterms:title": (title,)})
    ),
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(record=any_record)
def test_a_record_survives_bibtex_csl_and_ris(record: Record, tmp_path: Path) -> None:
    import json

    record = Record(**{**record.__dict__, "et_al": record.et_al and bool(record.authors)})
    path = write_bib(tmp_path, to_bibtex(record))
    copies, faults = read_bibliography(path)
    assert not faults and comparison_key(copies[0]) == comparison_key(record)
    path = tmp_path / "one.json"
    path.write_text(json.dumps([to_csl(record)]), encoding="utf-8")
    copies, faults = read_bibliography(path)
    same = {
        name: values
        for name, values in record.fields.items()
        if not any("<" in value for value in values)
    }
    assert not faults and (copies[0].authors, copies[0].year) == (record.authors, record.year)
    assert copies[0].et_al == record.et_al
    assert {name: copies[0].fields[name] for name in same} == same
    fields = {
        name: values
        for name, values in record.fields.items()
        if (record.kind, name) != ("AcademicArticle", "bibo:chapter")  # RIS has no place for it
        and (name != "sq:containerTitle" or values[0] != record.title)
    }
    numbers = {"bibo:isbn": ("978-0-19-000000-1",), "bibo:issn": ("1234-5678",)}  # one tag for both
    record = replace(record, fields=fields | {n: numbers[n] for n in fields.keys() & numbers})
    path = tmp_path / "one.ris"
    path.write_text(to_ris(record), encoding="utf-8")
    copies, faults = read_bibliography(path)
    # "Team A," may be an organisation in RIS, and a person with initials in some databases
    is_reported = any("read as initials" in doubt for doubt in copies[0].doubts)
    assert not faults and not copies[0].lost
    assert is_reported or comparison_key(copies[0]) == comparison_key(record)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    cut=st.integers(0, 2000),
    junk=st.text(max_size=40),
    suffix=st.sampled_from([".bib", ".ris", ".json"]),
)
def test_a_damaged_bibliography_is_explained_in_a_sentence(
    cut: int, junk: str, suffix: str, tmp_path: Path
) -> None:
    text = next(DATA.glob(f"*{suffix}")).read_text(encoding="utf-8")
    path = tmp_path / f"damaged{suffix}"
    path.write_text(text[:cut] + junk + text[cut + 7 :], encoding="utf-8", errors="replace")
    try:
        read_bibliography(path)
    except BrokenFile as error:
        assert str(path) in str(error) and str(error).endswith(".")


def test_the_progress_knows_how_many_entries_there_are(atlas: Atlas, tmp_path: Path) -> None:
    atlas.template(tmp_path / "d.csv")
    text = (tmp_path / "d.csv").read_text(encoding="utf-8")
    (tmp_path / "d.csv").write_text(text.replace("example: ", ""), encoding="utf-8")
    reported: list[tuple[int, ...]] = []
    atlas.import_(
        DATA / "mendeley.json",
        tmp_path / "d.csv",
        progress=lambda *arguments: reported.append(arguments),
    )
    assert reported == [(3,), (), (), (), (1,), ()]


# ---- spreadsheets


def test_the_example_row_quotes_its_work(atlas: Atlas) -> None:
    from sq_graph.importers.columns import EXAMPLE

    assert atlas.find(EXAMPLE["work"], "work").startswith("https://w3id.org/sq-graph/")
    text = (
        source_file("../source/phillips-2008.txt").read_text(encoding="utf-8").partition("\x0c")[0]
    )
    assert EXAMPLE["phrase"] in " ".join(text.split())


def test_a_table_without_its_columns_is_explained(
    atlas: Atlas, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "other.csv").write_text("colour,size\nx,1\n", encoding="utf-8")
    with pytest.raises(SheetFaults, match="row 1: no cell of this row names a column"):
        atlas.import_(tmp_path / "other.csv")
    header = "page no.,concept,summary,size,concept\n"
    (tmp_path / "other.csv").write_text(f"{header}x,trust,y,1,trust\n", encoding="utf-8")
    with pytest.raises(SheetFaults) as caught:
        atlas.import_(tmp_path / "other.csv")
    assert list(map(str, caught.value.faults)) == [
        "other.csv, sheet definitions, row 1: the column 'concept' is given twice; neither columns "
        "nor aspects: 'page no.' (perhaps page), 'size'; missing: 'work', 'page'. "
        "Expected: those of sq-graph template FILE."
    ]
    assert turtle_texts(folder) == {}


def test_the_template_as_it_is_imports_nothing(atlas: Atlas, folder: Path, tmp_path: Path) -> None:
    for name in ("definitions.xlsx", "definitions.csv"):
        atlas.template(tmp_path / name)
        assert atlas.import_(tmp_path / name).notes == ("Nothing was imported.",)
    assert turtle_texts(folder) == {}
    book = openpyxl.load_workbook(tmp_path / "definitions.xlsx")
    assert {"definitions", "typologies", "alignments", "claims", "concepts", EXPLANATIONS} <= set(
        book.sheetnames
    )
    header = [cell.value for cell in book["definitions"][1]]
    assert {"degree", "kind of thing", "normative content"} <= set(header)
    assert len(book["definitions"].data_validations.dataValidation) >= 8
    explanations = {(row[0], row[1]): row for row in book[EXPLANATIONS].iter_rows(values_only=True)}
    degree = explanations["definitions", "degree"]
    assert "continuum" in str(degree[4]) and degree[6]
    with pytest.raises(InputError, match="already exists"):
        atlas.template(tmp_path / "definitions.xlsx")


def test_a_column_of_ones_own_is_in_the_template(
    atlas: Atlas, folder: Path, tmp_path: Path
) -> None:
    from sq_graph.importers.workspace import write_skeleton

    path = write_skeleton(atlas.layouts[-1], "aspect", "scale")
    path.write_text(
        path.read_text(encoding="utf-8")
        .replace("‹name›", "scale of it")
        .replace("‹first value›", "local"),
        encoding="utf-8",
    )
    extended = sq_graph.open(folder)
    extended.template(tmp_path / "own.xlsx")
    assert "scale of it" in [
        cell.value for cell in openpyxl.load_workbook(tmp_path / "own.xlsx")["definitions"][1]
    ]


def filled_template(tmp_path: Path, atlas: Atlas, **cells: object) -> Path:
    """The template with its example row, in which some cells are overwritten."""
    path = tmp_path / "broken.xlsx"
    path.unlink(missing_ok=True)
    atlas.template(path)
    book = openpyxl.load_workbook(path)
    definitions: Any = book["definitions"]
    header = [cell.value for cell in definitions[1]]
    for name, value in ({"work": "phillips-2008"} | cells).items():
        definitions.cell(2, header.index(name.replace("_", " ")) + 1).value = value
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("degree", "totally", "there is no value of degree 'totally'. Choose among binary"),
        ("concept", "social-exclusoin", "Did you mean 'social-exclusion'"),
        ("page", "", "this cell is empty"),
        ("page", "=1+1", "this is a formula"),
        ("page", __import__("datetime").date(2024, 5, 3), "turned this into a date (2024-05-03)"),
        ("phrase", "one two three four five six seven eight nine", "more than eight words"),
        ("hedge", "perhaps", "there is no hedge"),
        ("stated_in", "nobody-1900", "there is no work"),
        ("form", "quotde", "Did you mean 'quoted'"),
    ],
)
def test_a_faulty_cell_is_explained_and_nothing_is_written(
    atlas: Atlas, folder: Path, tmp_path: Path, column: str, value: object, message: str
) -> None:
    path = filled_template(tmp_path, atlas, **{column: value})
    old_files, digest = turtle_texts(folder), atlas.digest
    with pytest.raises(SheetFaults) as caught:
        atlas.import_(path)
    (fault,) = caught.value.faults
    assert (fault.sheet, fault.row, fault.column) == ("definitions", 2, column.replace("_", " "))
    assert message in str(fault) and "Expected:" in str(fault) and "for example" in str(fault)
    assert (turtle_texts(folder), atlas.digest) == (old_files, digest)


def test_all_faults_are_listed(atlas: Atlas, tmp_path: Path, folder: Path) -> None:
    path = filled_template(tmp_path, atlas, degree="x", bearer="y", hedge="z")
    book = openpyxl.load_workbook(path)
    book["definitions"].cell(1, 40).value = "colour"
    book["claims"].append(["room-1999", "3", "", "trust"])
    book.save(path)
    with pytest.raises(SheetFaults) as caught:
        atlas.import_(path)
    cells = {(fault.sheet, fault.column) for fault in caught.value.faults}
    assert cells == {("definitions", name) for name in ("degree", "bearer", "hedge", "")} | {
        ("claims", "summary")
    }
    assert turtle_texts(folder) == {}


def test_a_row_that_the_shapes_refuse_is_named(atlas: Atlas, tmp_path: Path) -> None:
    with pytest.raises(SqGraphError, match=r"sheet definitions, row 2, column summary: "):
        atlas.import_(filled_template(tmp_path, atlas, summary="x" * 501))
    with pytest.raises(SqGraphError, match=r"row 2: .* Add hedge words from") as caught:
        atlas.import_(filled_template(tmp_path, atlas, hedge="hedged"))
    assert not re.search(r"sq:|https?:", str(caught.value))


def test_numbers_keep_their_zeros_and_texts_stay_texts(atlas: Atlas, tmp_path: Path) -> None:
    new = {
        "work": "chan-2006",
        "title": "Reconsidering social cohesion",
        "authors": "Chan, Joseph",
        "year": 2006.0,
    }
    atlas.import_(filled_template(tmp_path, atlas, page="007", phrase=1984, note="1e5", **new))
    passage = next(
        iter(
            atlas.graph.select(
                "SELECT ?page ?phrase { ?p sq:pageLabel ?page ; sq:phrase ?phrase ; a sq:Passage "
                "FILTER(STRSTARTS(STR(?p), 'https://example.org/')) }"
            )
        )
    )
    assert (str(passage["page"]), str(passage["phrase"])) == ("007", "1984")
    assert own_records(atlas)[f"{BASE}id/work/chan-2006"].year == 2006


@pytest.mark.usefixtures("full_content")
def test_every_sheet_of_the_workbook_is_imported(
    atlas: Atlas, tmp_path: Path, folder: Path
) -> None:
    path = filled_template(tmp_path, atlas)
    book = openpyxl.load_workbook(path)
    rows: dict[str, list[dict[str, str]]] = {
        "concepts": [{"label": "ghettoisation", "broader": "social-exclusion"}],
        "typologies": [
            {
                "typology": typology,
                "work": "room-1999",
                "page": "2",
                "divides": "ghettoisation",
                "category": category,
                "ordered by": order,
            }
            for typology, order, category in (
                ("two kinds", "mild to severe", "first kind"),
                ("two kinds", "mild to severe", "second kind"),
                ("two ways", "", "wide way"),
                ("two ways", "", "narrow way"),
            )
        ],
        "alignments": [
            {
                "work": "room-1999",
                "page": "3",
                "subject": "first kind + second kind",
                "relation": "close",
                "object": "steinert-normal",
                "hedge words": "seem",
            }
        ],
        "claims": [
            {
                "work": "room-1999",
                "page": "4",
                "summary": "It leads to more of it.",
                "about": "ghettoisation; trust",
            }
        ],
    }
    for name, sheet_rows in rows.items():
        header = [cell.value for cell in book[name][1]]
        for number, row in enumerate(sheet_rows, 2):
            for column, value in row.items():
                book[name].cell(number, header.index(column) + 1).value = value
    book.save(path)
    table = atlas.import_(path)
    assert all(
        f"1 {kind} new" in table.notes[0]
        for kind in ("concept", "alignment", "claim", "definition")
    )
    assert [category.label for category in atlas.typology("two kinds").categories] == [
        "first kind",
        "second kind",
    ]
    ways = atlas.typology("two ways")
    assert [(category.label, category.rank) for category in ways.categories] == [
        ("wide way", None),
        ("narrow way", None),
    ], "the order of the sheet, which is no rank"
    old_files = turtle_texts(folder)
    atlas.import_(path)
    assert turtle_texts(folder) == old_files


def test_what_a_scholar_types_first_works(atlas: Atlas, tmp_path: Path) -> None:
    atlas.import_(
        filled_template(
            tmp_path,
            atlas,
            work="Phillips 2008",
            concept="social cohesion",
            holder="Silver",
            page="p. 5",
            form="Quoted",
            basis="Reported",
        )
    )
    definitions = atlas.definitions("social-cohesion")
    (attribution,) = (item.attribution for item in definitions if "example.org" in item.iri)
    assert [str(holder) for holder in attribution.holders] == ["Silver"]
    assert (attribution.basis, attribution.passages[0].page) == ("reported", "5")


@pytest.mark.usefixtures("full_content")
def test_the_argument_of_a_work_is_imported_by_the_workbook(
    atlas: Atlas, tmp_path: Path, folder: Path
) -> None:
    path = filled_template(tmp_path, atlas, page="7", name="mine")
    book = openpyxl.load_workbook(path)
    location = {"work": "phillips-2008", "page": "8"}
    rows = {
        "claims": location | {"summary": "Trust comes first.", "name": "first", "about": "trust"},
        "models": location | {"label": "my model", "summary": "It says so."},
        "examples": location | {"label": "a town", "example of": "trust", "kind": "stereotype"},
        "questions": location | {"question": "Who trusts?", "about": "trust", "status": "open"},
        "alignments": {"subject": "trust", "relation": "close", "object": "steinert-normal"}
        | {"basis": "our interpretation", "denied": "yes"},
        "disagreements": {"question": "Which first?", "parties": "first; mine", "about": "trust"}
        | {"ground": "definition", "basis": "our interpretation"},
        "support": {"statement": "first", "bears": "opposes", "on": "mine", "ours": "yes"},
        "second readings": {"statement": "first", "read by": "Mara Lund", "date": "2026-11-28"},
    }
    for name, row in rows.items():
        header = [cell.value for cell in book[name][1]]
        assert str(book[name].cell(2, 1).value).startswith("example: ")
        for column, value in row.items():
            book[name].cell(3, header.index(column) + 1).value = value
    book.save(path)
    atlas.import_(path)
    kinds = {
        row["what"].value
        for row in atlas.graph.select(
            "SELECT ?what { VALUES (?class ?what) { (sq:Model 'model') (sq:Stereotype 'example')"
            " (sq:Question 'question') (sq:DeniedAlignment 'alignment')"
            " (sq:Disagreement 'disagreement') (sq:SecondReading 'reading') }"
            " ?thing a ?class FILTER STRSTARTS(STR(?thing), 'https://example.org/') }"
        )
    }
    assert kinds == {"model", "example", "question", "alignment", "disagreement", "reading"}
    assert atlas.graph.ask(
        "ASK { ?one sq:readAsOpposing ?other ; sq:summary 'Trust comes first.'@en }"
    )
    old_files = turtle_texts(folder)
    atlas.import_(path)
    assert turtle_texts(folder) == old_files


def test_a_locator_without_pages_is_a_section_and_a_paragraph(atlas: Atlas, tmp_path: Path) -> None:
    atlas.import_(filled_template(tmp_path, atlas, page="Introduction, para. 3", work="room-1999"))
    row = next(
        iter(
            atlas.graph.select(
                "SELECT ?heading ?number { ?p sq:paragraph ?number ; sq:section/rdfs:label ?heading"
                " FILTER STRSTARTS(STR(?p), 'https://example.org/') }"
            )
        )
    )
    assert (row["heading"].value, row["number"].value) == ("Introduction", "3")


def test_a_cell_of_csv_is_never_a_formula(atlas: Atlas, tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(["work", "page", "concept", "summary"])
        summaries = ("=SUM of all ties", "\uff1dSUM of all ties", "@ all", "\uff0dThe rupture")
        for page, summary in enumerate(summaries, 171):
            assert harmless(summary) == f"'{summary}"
            writer.writerow(["room-1999", page, "social-exclusion", harmless(summary)])
    atlas.import_(path)
    imported = [definition.summary for definition in atlas.definitions("social-exclusion")]
    assert set(summaries) <= set(imported)


def test_damaged_workbooks_never_crash_and_never_write(
    atlas: Atlas, folder: Path, tmp_path: Path
) -> None:
    content = filled_template(tmp_path, atlas).read_bytes()
    rng = random.Random(8)
    for number in range(60):
        damaged = bytearray(content)
        for _ in range(rng.randint(1, 200)):
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        path = tmp_path / f"{number}.xlsx"
        path.write_bytes(damaged[: rng.randrange(len(damaged))] if number % 3 == 0 else damaged)
        try:
            atlas.import_(path)
        except SqGraphError as error:
            assert str(error).endswith(".")
            assert turtle_texts(folder) == {}
        else:
            assert any(name.endswith("phillips-2008.ttl") for name in turtle_texts(folder))
            break


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=st.lists(st.lists(st.text(max_size=12), max_size=6), max_size=5))
def test_any_text_as_csv_is_explained_in_a_sentence(
    atlas: Atlas, folder: Path, tmp_path: Path, rows: list[list[str]]
) -> None:
    path = tmp_path / "any.csv"
    with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
        csv.writer(file).writerows(
            [["work", "page", "concept", "summary", "phrase", "hedge"], *rows]
        )
    try:
        atlas.import_(path)
    except SqGraphError as error:
        assert str(error).endswith(".")
    assert turtle_texts(folder) == {}


@pytest.mark.parametrize("name", ["x.pdf", "x.xlsx", "x.csv", "x.sssom.tsv", "x.ttl", "x.json"])
def test_an_unreadable_file_is_reported_in_one_sentence(
    atlas: Atlas, tmp_path: Path, name: str
) -> None:
    with pytest.raises(BrokenFile, match="no such file"):
        atlas.import_(tmp_path / name)
    (tmp_path / name).write_bytes(b"\x00\xff nothing of the kind")
    with pytest.raises(SqGraphError, match=name.replace(".", r"\.")):
        atlas.import_(tmp_path / name)


# ---- notes, mappings, RDF


def test_a_block_quotation_is_a_quotation_without_its_marks() -> None:
    text = (
        "> Bonds that *tie*\n> a town\n> (Lund, 2004, p. 3)\n\nWhy?\n\n> My own: “ties” (Lund, 2004, p. 4)"
        "\n\n> no citation\n\n> “one” (Lund 2004: 5)\n> “two” (Lund、2004、p. 6)\n"
    )
    annotations, left_out = parse_annotations(text, with_comments=False)
    assert [
        (annotation.page, annotation.quotation, annotation.comment) for annotation in annotations
    ] == [
        ("3", "Bonds that *tie* a town", ""),
        ("4", "ties", "My own:"),
        ("5", "one", ""),
        ("6", "two", ""),
    ]
    assert left_out == ["“no citation”"]


def test_reading_notes_become_rows(atlas: Atlas, tmp_path: Path) -> None:
    atlas.template(tmp_path / "md.csv", DATA / "notes.md")
    rows = list(csv.DictReader((tmp_path / "md.csv").open(encoding="utf-8")))
    assert [(row["work"], row["page"]) for row in rows] == [
        ("room-1999", "171"),
        ("chan-2006", "290"),
    ]
    assert rows[0]["phrase"] == "people in society are kept apart by rules"
    assert rows[0]["note"] == "my own comment on it"
    assert rows[0]["summary"] == rows[0]["degree"] == rows[0]["concept"] == ""
    atlas.template(tmp_path / "html.xlsx", DATA / "notes.html")
    sheet = openpyxl.load_workbook(tmp_path / "html.xlsx")["definitions"]
    cells = {name.value: cell.value for name, cell in zip(sheet[1], sheet[2], strict=True)}
    assert cells["authors"] == "Chan, Joseph; To, Ho-Pong"
    assert (cells["title"], cells["year"]) == ("Reconsidering cohesion", "2006")
    with pytest.raises(BrokenFile, match="no annotation"):
        atlas.template(tmp_path / "none.csv", ROOT / "README.md")


YELLOW = '<span class="highlight" data-annotation="%7B%22color%22%3A%22%23ffd400%22%7D">'
PLAIN = '<span class="highlight" data-annotation="%7B%7D">'


@pytest.mark.parametrize(
    ("ending", "quotations"),
    [
        (
            "html",
            (
                f"{YELLOW}“one <i>bond</i>”</span>",
                f"{PLAIN}<mark style='background:#ff666680'>“two &amp; two”</mark></span>",
            ),
        ),
        (
            "md",
            (
                f"{YELLOW}“one bond”</span>",
                '<span style="background-color: #ff6666">“two & two”</span>',
            ),
        ),
    ],
)
def test_reading_notes_keep_colours_where_a_reader_used_several(
    atlas: Atlas, tmp_path: Path, ending: str, quotations: tuple[str, str]
) -> None:
    p, end = ("", "") if ending == "md" else ("<p>", "</p>")
    notes = [f"{p}{text} (Room, 1999, p. 17{n}) mine{end}" for n, text in enumerate(quotations)]
    (tmp_path / f"notes.{ending}").write_text("\n\n".join(notes), encoding="utf-8")
    atlas.template(tmp_path / "rows.csv", tmp_path / f"notes.{ending}")
    rows = list(csv.DictReader((tmp_path / "rows.csv").open(encoding="utf-8")))
    assert [(row["phrase"], row["note"]) for row in rows] == [
        ("one bond", "yellow; mine"),
        ("two & two", "red; mine"),
    ]
    (tmp_path / f"notes.{ending}").write_text(notes[0], encoding="utf-8")
    atlas.template(tmp_path / "one.csv", tmp_path / f"notes.{ending}")
    (row,) = csv.DictReader((tmp_path / "one.csv").open(encoding="utf-8"))
    assert row["note"] == "mine"


@pytest.mark.usefixtures("full_content")
def test_mappings_are_imported_all_or_none(atlas: Atlas, folder: Path, tmp_path: Path) -> None:
    table = atlas.import_(DATA / "mappings.sssom.tsv")
    assert "3 alignments new" in table.notes[0] and "2 concepts new" in table.notes[0]
    assert atlas.graph.ask(
        "ASK { ?a a sq:DeniedAlignment ; sq:statedIn/sq:year 2020 ; sq:relation sq:relation-exact }"
    )
    assert atlas.graph.ask(
        "ASK { ?a sq:subject/skos:member category:wessels-miedema-advanced ; sq:statedIn/sq:year 2020 }"
    )
    old_files = turtle_texts(folder)
    atlas.import_(DATA / "mappings.sssom.tsv")
    assert turtle_texts(folder) == old_files
    faulty = tmp_path / "bad.sssom.tsv"
    faulty.write_text(
        (DATA / "mappings.sssom.tsv").read_text().replace("skos:closeMatch", "skos:nearlyMatch"),
        encoding="utf-8",
    )
    with pytest.raises(SheetFaults, match=r"row 8.*nearlyMatch"):
        atlas.import_(faulty)
    assert turtle_texts(folder) == old_files


HEADER = "subject_id\tsubject_label\tpredicate_id\tobject_id\tobject_label\tcomment\n"
MAPPED = "a:x\tFirm tie\tskos:closeMatch\t{}\tThin tie\t{}\n".format
SET = "#curie_map:\n#  a: https://a.org/\n#  b: https://b.org/\n#mapping_set_title: {}\n".format


def test_a_mapping_set_leaves_other_concepts_of_its_labels_as_they_are(
    atlas: Atlas, tmp_path: Path
) -> None:
    (tmp_path / "concepts.csv").write_text("label,note,broader\nFirm tie,mine,trust\n")
    atlas.import_(tmp_path / "concepts.csv")
    for number, target in enumerate(("b:y", "b:z", "b:z")):
        path = tmp_path / f"{number}.sssom.tsv"
        path.write_text(SET(f"Set {target}") + HEADER + MAPPED(target, "Said."))
        table = atlas.import_(path)
    assert table.notes[0] == "2 concepts already there, 1 alignment already there."
    notes = atlas.graph.select("SELECT ?note { ?it skos:note ?note } ORDER BY ?note")
    mapped_notes = [row["note"].value for row in notes if row["note"].value.startswith("Mapped as")]
    assert mapped_notes == ["Mapped as https://b.org/y", "Mapped as https://b.org/z"]
    assert atlas.graph.ask("ASK { ?it skos:note 'mine'@en ; skos:broader concept:trust }")


def test_a_mapping_set_is_known_by_its_columns_and_loses_no_row(
    atlas: Atlas, tmp_path: Path
) -> None:
    """Written with commas, under another name, and with a quotation mark that nothing closes."""
    rows = MAPPED("b:y", "a b") + MAPPED("b:z", "Said.")
    (tmp_path / "set.csv").write_text(SET("A") + (HEADER + rows).replace("\t", ","))
    assert "2 alignments new" in atlas.import_(tmp_path / "set.csv").notes[0]
    quoted_rows = MAPPED("b:v", '"open') + MAPPED("b:w", 'an "open" one')
    (tmp_path / "set.tsv").write_text(SET("B") + HEADER + quoted_rows)
    assert "2 alignments new" in atlas.import_(tmp_path / "set.tsv").notes[0]
    assert atlas.graph.ask(
        """ASK { ?a sq:summary '"open'@en . ?b sq:summary 'an "open" one'@en }"""
    )


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (SET("A") + HEADER + MAPPED("", "x"), "row 6: object_id is blank"),
        (
            SET("A\n#mapping_date: 2024-13-45") + HEADER,
            "invalid SSSOM table (month must be in 1..12)",
        ),
    ],
)
def test_a_faulty_mapping_set_is_one_sentence(
    atlas: Atlas, tmp_path: Path, content: str, fault: str
) -> None:
    (tmp_path / "a.sssom.tsv").write_text(content)
    with pytest.raises(InputError, match=re.escape(fault)):
        atlas.import_(tmp_path / "a.sssom.tsv")


def test_the_day_of_a_mapping_is_a_date_or_reported(atlas: Atlas, tmp_path: Path) -> None:
    path = tmp_path / "days.sssom.tsv"
    header = "subject_id\tsubject_label\tpredicate_id\tobject_id\tobject_label\tmapping_date\n"
    days = {"May 2020": "2020-05", "2020-02-30": "", "yesterday": "", "2020-05-03": "2020-05-03"}
    rows = (
        f"https://e.org/{n}\tAlpha {n}\tskos:exactMatch\thttps://e.org/b\tBeta\t{day}\n"
        for n, day in enumerate(days)
    )
    path.write_text("#mapping_date: soon\n" + header + "".join(rows), encoding="utf-8")
    table = atlas.import_(path)
    reasons = [row[3] for row in table.rows if row[2] == "mapping_date"]
    assert reasons == ["'2020-02-30' is not a date", "'yesterday' is not a date"]
    mapped_days = atlas.graph.select(
        "SELECT ?day { ?a sq:mappedOn ?day ; sq:object ?b } ORDER BY ?day"
    )
    assert [row["day"].value for row in mapped_days] == [
        day for day in sorted(days.values()) if day
    ]


def test_our_own_mappings_are_recognised_again(atlas: Atlas, folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "ours.sssom.tsv"
    path.write_text(str(atlas.export("sssom")), encoding="utf-8")
    assert re.fullmatch(r"[0-9]+ mappings? already there\.", atlas.import_(path).notes[0])
    assert turtle_texts(folder) == {}


def test_turtle_of_ones_own_keeps_its_lexical_forms(
    atlas: Atlas, folder: Path, tmp_path: Path
) -> None:
    with atlas.edit() as edit:
        edit.work("own-2001", title="Own", authors=["Own, O."], year=2001)
    text = (folder / "ontology/data/works/own-2001.ttl").read_text() + (
        folder / "ontology/data/agents.ttl"
    ).read_text()
    path = tmp_path / "all.ttl"
    path.write_text(
        text.replace("sq:year 2001", "sq:year 02001").replace("own-2001", "new-2001"),
        encoding="utf-8",
    )
    atlas.import_(path)
    assert "02001" in (folder / "ontology/data/works/new-2001.ttl").read_text()
    path.write_text(
        "<https://example.org/a> <https://w3id.org/sq-graph/core#about> [] .", encoding="utf-8"
    )
    with pytest.raises(InputError, match="things without an IRI"):
        atlas.import_(path)
    path.write_text(text.replace(BASE, "https://example.org/stranger/"), encoding="utf-8")
    with pytest.raises(InputError, match="not under the base"):
        atlas.import_(path)


def test_a_fault_of_rdf_keeps_the_terms_of_the_vocabulary(atlas: Atlas, tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text(
        f"""PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
        PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
        <{BASE}id/concept/thin-ties> a <https://w3id.org/sq-graph/core#Concept> ;
        rdfs:label "thin ties"@en ; skos:inScheme <https://w3id.org/sq-graph/id/scheme/constructs> ."""
    )
    with pytest.raises(FindingsError, match="Write owl:NamedIndividual among its types"):
        atlas.import_(tmp_path / "a.ttl")
    text = (tmp_path / "a.ttl").read_text().partition("<https://example")
    named = "".join(text[1:]).replace(" a ", " a <http://www.w3.org/2002/07/owl#NamedIndividual>, ")
    (tmp_path / "a.trig").write_text(f"{text[0]} <https://example.org/g> {{ {named} }}")
    table = atlas.import_(tmp_path / "a.trig")
    assert table.notes[0] == "1 concept read." and table.rows[0][2] == "graph names: 1"


@pytest.mark.wide
def test_a_repeated_mapping_changes_nothing_and_a_byte_order_mark_is_not_text(
    atlas: Atlas, tmp_path: Path
) -> None:
    label = '<http://www.w3.org/2000/01/rdf-schema#label> "thin ties"@en'
    (tmp_path / "a.ttl").write_text(f"<https://a.org/x> {label} .", encoding="utf-8-sig")
    (tmp_path / "a.rq").write_text(
        """CONSTRUCT { ?it a sq:Concept, owl:NamedIndividual ; rdfs:label ?label ;
          skos:inScheme <https://w3id.org/sq-graph/id/scheme/constructs> }
        WHERE { VALUES ?base { <x> } ?s rdfs:label ?label
          BIND(IRI(CONCAT(STR(?base), "id/concept/thin-ties")) AS ?it) }"""
    )
    for note in ("1 concept read.", "1 concept already there."):
        table = atlas.import_(tmp_path / "a.ttl", mapping=tmp_path / "a.rq")
        assert table.notes[0] == note
    with pytest.raises(InputError, match="does not use the vocabulary"):
        atlas.import_(tmp_path / "a.ttl")
    (tmp_path / "a.ttl").write_text("")
    with pytest.raises(InputError, match=re.escape("a.ttl has no statements")):
        atlas.import_(tmp_path / "a.ttl")


@pytest.mark.wide
def test_periods_are_imported_by_the_mapping_of_the_tutorial(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path / "periods", "https://example.org/periods/")
    for aspect in (ROOT / "docs" / "periods").glob("*.ttl"):
        (folder / "ontology/data/aspects" / aspect.name).write_bytes(aspect.read_bytes())
    atlas = sq_graph.open(folder)
    table = atlas.import_(
        source_file("periodo/initial-data.ttl"), mapping=ROOT / "docs/periods/periods.rq"
    )
    assert table.notes[0] == "71 works read, 1302 concepts read, 1791 definitions read."
    definitions = atlas.concept("iron-age").definitions
    assert (
        len(definitions) == 23
        and len({definition.attribution.asserter for definition in definitions}) == 14
    )
    assert all(definition.attribution.pages for definition in definitions)
    comparison = atlas.compare("iron-age")
    assert len(comparison.columns) == 24
    assert [str(row[0]) for row in comparison.rows] == ["what it says", "begins", "ends", "place"]
    assert any("(p. xxiii)" in column for column in comparison.columns)
