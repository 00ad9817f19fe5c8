"""Tables of definitions: rows and columns chosen, filtered, sorted and crossed, with the choices in the address."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import openpyxl
import pytest

import sq_graph
from sq_graph.atlas import Atlas
from sq_graph.web.pages import PageContext, page_at, render
from sq_graph.web.pages.page import Page, to_html

COHESION = "/concepts/social-cohesion"
BERGER = "https://w3id.org/sq-graph/id/definition/berger-1998-cohesion"


@pytest.fixture(scope="module")
def context(atlas: Atlas) -> PageContext:
    return PageContext(atlas)


def csv_rows(page: Page) -> list[dict[str, str]]:
    """The rows of a page as its CSV gives them."""
    assert page.table
    return list(csv.DictReader(io.StringIO(page.table.to_csv())))


def test_the_most_informative_columns_come_first_and_all_can_be_shown(context: PageContext) -> None:
    few, full = page_at(context, COHESION), page_at(context, f"{COHESION}?column=all")
    assert len(few.content["sheet"].columns) == 8
    assert "constituents" in few.content["sheet"].columns
    assert set(full.content["sheet"].columns) > {"holder", "agency", "degree", "page"}
    html = to_html(few, context)
    assert 'href="/concepts/social-cohesion?column=all"' in html


def test_columns_and_rows_are_chosen_by_the_address(context: PageContext) -> None:
    query = "column=bearer&column=holder&row=definition:berger-1998-cohesion"
    page = page_at(context, f"{COHESION}?{query}")
    assert page.content["sheet"].columns == ("holder", "bearer")
    hedged = page_at(context, f"{COHESION}?column=bearer&filter=CONCÈIVED")
    assert [row["how firmly"] for row in csv_rows(hedged)] == ["hedged (“can be conceived as”)"]
    assert "3; hedged (“can be conceived as”)</span>" in to_html(hedged, context)
    assert [row["name"] for row in csv_rows(page)] == ["definition:berger-1998-cohesion"]
    html = to_html(page, context)
    assert 'name="column" value="bearer" checked' in html
    assert page.address == f"{COHESION}?{query.replace(':', '%3A')}"
    assert to_html(page_at(context, page.address), context) == html


def test_a_download_has_the_name_and_the_page_of_each_statement(context: PageContext) -> None:
    row = next(
        row
        for row in csv_rows(page_at(context, COHESION))
        if row["name"].endswith(":berger-1998-cohesion")
    )
    assert row["page"] == "p. 3" and row["read in"] == "Phillips 2008"
    book = openpyxl.load_workbook(
        io.BytesIO(render(context, f"{COHESION}?filter=holistic", "xlsx").body)
    )
    cell = book["Table"]["A2"]
    assert cell.value == "Berger 1998 on social cohesion" and cell.hyperlink.target == BERGER
    csv_body = render(context, f"{COHESION}?filter=holistic", "csv-excel").body
    assert csv_body.startswith(b"\xef\xbb\xbfdefinition,")
    for form, link in (("md", f"](<{BERGER}>)"), ("tex", rf"\href{{{BERGER}}}")):
        assert link in render(context, f"{COHESION}?filter=holistic", form).body.decode()
    filtered = render(context, f"{COHESION}?filter=holistic", "csv").body.decode()
    assert filtered.count("\n") == 2 and "In Berger's wide and holistic view" in filtered


@pytest.mark.parametrize(
    ("facet", "column", "value"),
    [
        ("distance=cited+second-hand", "how read", "cited second-hand"),
        ("firmness=asserted", "how firmly", "asserted"),
        ("holder=Berger+1998", "holder", "Berger 1998"),
        ("value=bearer:society", "bearer", "society"),
    ],
)
def test_rows_are_narrowed_by_facets(
    context: PageContext, facet: str, column: str, value: str
) -> None:
    rows = csv_rows(page_at(context, f"{COHESION}?column=all"))
    expected = [row["name"] for row in rows if value in row[column].split("; ")]
    assert [
        row["name"] for row in csv_rows(page_at(context, f"{COHESION}?{facet}&column=all"))
    ] == expected
    assert 0 <= len(expected) < len(rows)


def test_rows_are_sorted_both_ways(context: PageContext) -> None:
    up = [row["year"] for row in csv_rows(page_at(context, f"{COHESION}?sort=year")) if row["year"]]
    down = [
        row["year"] for row in csv_rows(page_at(context, f"{COHESION}?sort=-year")) if row["year"]
    ]
    assert up == sorted(up) and down == sorted(down, reverse=True) and len(set(up)) > 5
    html = to_html(page_at(context, f"{COHESION}?sort=year"), context)
    assert 'aria-sort="ascending"' in html and "sort=-year" in html
    for sort, is_reverse in (("page", False), ("-page", True)):
        texts = [row["page"] for row in csv_rows(page_at(context, f"{COHESION}?sort={sort}"))]
        pages = [int(page) for text in texts if (page := text.removeprefix("p. ")).isdigit()]
        assert (
            pages == sorted(pages, reverse=is_reverse) and len(set(map(len, map(str, pages)))) > 1
        )


def test_only_what_differs_is_left(context: PageContext) -> None:
    page = page_at(
        context, "/concepts/social-exclusion?column=all&differing=1&filter=participation"
    )
    sheet = page.content["sheet"]
    assert len(sheet.rows) > 1 and sheet.columns
    for column in sheet.columns:
        assert len({row.cells[column] for row in sheet.rows}) > 1


def test_definitions_can_be_columns(context: PageContext) -> None:
    page = page_at(context, f"{COHESION}?transposed=1&filter=berger")
    assert page.table and "Berger 1998 on social cohesion" in page.table.columns
    filtered = page_at(context, f"{COHESION}?transposed=1&column=bearer").table
    assert filtered and "bearer" in [row[0] for row in filtered]


@pytest.mark.parametrize("parameter", ["column=colour", "sort=colour", "sort=-colour"])
def test_an_unknown_column_is_refused_with_the_known_ones(
    context: PageContext, parameter: str
) -> None:
    response = render(context, f"{COHESION}?{parameter}")
    assert response.status == 400 and b"It has holder, year" in response.body


def test_two_aspects_are_crossed(context: PageContext) -> None:
    address = "/compare?thing=social-exclusion&down=bearer&across=process+or+outcome"
    table = page_at(context, address).table
    assert table
    crossed = {row[0]: dict(zip(table.columns, row, strict=True)) for row in table.rows}
    outcome = str(crossed["individual"]["outcome"]).splitlines()
    process = str(crossed["individual"]["process"]).splitlines()
    assert len(outcome) > len(process) > 0 and crossed["society"]["outcome"] == "none"
    assert list(crossed)[-1] == "silent"
    html = to_html(page_at(context, address), context)
    row = html.partition('<th scope="row">society</th>')[2].partition("</tr>")[0]
    assert "/things/definition/berghman-1995" in row and row.count(">none<") == 3
    assert all(source in outcome[0] for source in (" (", "Phillips 2008, p. ")), outcome
    assert row.count("Phillips 2008, p.") == row.count("<li>")


def test_things_are_added_to_a_comparison_and_removed(context: PageContext) -> None:
    room, steinert = "typology:room-exclusion", "typology:steinert-exclusion"
    html = to_html(page_at(context, f"/compare?thing={room}"), context)
    assert "Add another of the same kind" in html and f'name="thing" value="{room}"' in html
    html = to_html(page_at(context, f"/compare?thing={room}&thing={steinert}"), context)
    assert "catastrophic rupture" in html
    assert f'href="/compare?thing={steinert.replace(":", "%3A")}" aria-label="Remove' in html


def test_models_are_compared_by_what_is_claimed_of_them(context: PageContext, atlas: Atlas) -> None:
    names = ("model:ideological-pathway", "model:non-ideological-pathway")
    table = atlas.compare(*names)
    assert table.columns[1:] == (
        "consequences of ideological cohesion",
        "consequences of non-ideological cohesion",
    )
    shared = [
        row[0] for row, group in zip(table.rows, table.groups, strict=True) if "several" in group
    ]
    assert "social inclusion" in shared
    html = to_html(
        page_at(context, f"/compare?thing={names[0]}&thing={names[1]}&differing=1"), context
    )
    assert "Show all rows" in html and "social inclusion" in html


def test_a_comparison_fits_a_screen_and_says_how_to_see_more(atlas: Atlas) -> None:
    table = atlas.compare("social-exclusion")
    text = table.to_text(100)
    assert len(text.splitlines()) < 100
    assert "individual: 12" in text or re.search(r"individual: \d+ \(", text)
    assert "--all" in text and f"{len(atlas.definitions('social-exclusion'))} definitions" in text


def test_an_empty_table_can_still_be_downloaded(context: PageContext) -> None:
    response = render(context, f"{COHESION}?filter=unheard-of", "csv")
    assert response.status == 200 and response.body.decode().count("\n") == 1


def test_an_answer_names_the_statement_and_page_of_each_row(atlas: Atlas) -> None:
    table = atlas.ask("claims-about", thing="usa").table()
    row = next(csv.DictReader(io.StringIO(table.to_csv())))
    assert row["statement"].startswith("claim:") and row["page read"].isdigit()
    assert atlas.show(row["statement"]).rows
    assert f"](<{atlas.find(row['statement'])}>)" in table.to_md()


OWN_DEFINITION = """@prefix definition: <https://example.org/mine/id/definition/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sq: <https://w3id.org/sq-graph/core#> .
definition:own a sq:Definition, owl:NamedIndividual ; rdfs:label "Own 2020 on cohesion"@en ;
    sq:defines <https://w3id.org/sq-graph/id/concept/social-cohesion> ;
    sq:form sq:form-paraphrased ; sq:summary "Cohesion is what I found."@en ;
    sq:statedIn <https://w3id.org/sq-graph/id/work/phillips-2008> ; sq:basis sq:basis-read ;
    sq:hedge sq:hedge-asserted ; sq:reviewStatus sq:reviewStatus-draft .
"""


def test_only_my_works_are_left_in_a_workspace(context: PageContext, tmp_path: Path) -> None:
    assert "only my works" not in to_html(page_at(context, COHESION), context)
    works = tmp_path / "ontology" / "data" / "works"
    works.mkdir(parents=True)
    (works / "own.ttl").write_text(OWN_DEFINITION)
    (tmp_path / "workspace.toml").write_text('base = "https://example.org/mine/"\n')
    workspace = PageContext(sq_graph.open(tmp_path))
    assert "only my works" in to_html(page_at(workspace, COHESION), workspace)
    assert [row["definition"] for row in csv_rows(page_at(workspace, f"{COHESION}?own=1"))] == [
        "Own 2020 on cohesion"
    ]
