"""The pages as they are sent: small, strict, citable, downloadable in every format, never blank where silent."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import shutil
import sys
from functools import lru_cache
from html import unescape
from pathlib import Path

import pytest

import sq_graph
from sq_graph.atlas import Atlas
from sq_graph.errors import InputError
from sq_graph.importers.workspace import make_workspace
from sq_graph.model.answer import read_answer
from sq_graph.vocab import kind_of
from sq_graph.web.pages import PageContext, forms, home, page_at
from sq_graph.web.pages import render as render_page
from sq_graph.web.pages.page import to_html
from sq_graph.web.pages.page_context import address_of
from sq_graph.web.pages.sparql import read_results
from tests.serving import Answer
from tests.workspaces import chan_workspace

MINI = Path(__file__).parent / "mini"
SECTIONS = [
    "/",
    "/concepts",
    "/typologies",
    "/positions",
    "/works",
    "/map",
    "/questions",
    "/query",
    "/disagreements",
    "/anomalies",
]
LARGEST = 60_000


@pytest.fixture(scope="module")
def context(atlas: Atlas) -> PageContext:
    return PageContext(atlas)


class Pages:
    """The pages of a map by their addresses, as a worker renders them."""

    def __init__(self, context: PageContext) -> None:
        self.context = context

    def get(self, address: str) -> Answer:
        """The page or download at an address."""
        form = re.search(r"[?&]format=([\w-]+)", address)
        address = re.sub(r"[?&]format=[\w-]+", "", address)
        page = render_page(self.context, address, form[1] if form else "")
        return Answer(page.status, {"content-type": page.media}, page.body)


@pytest.fixture(scope="module")
def client(atlas: Atlas) -> Pages:
    context = PageContext(atlas, "https://map.example.org")

    def run(query: str) -> tuple[str, str]:
        try:
            return atlas.results(query, "json").decode(), ""
        except InputError as error:
            return "", str(error)

    context.run = run
    return Pages(context)


@pytest.fixture
def read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Computes a page once for all its downloads, as the export of a site does."""
    monkeypatch.setattr("sq_graph.web.pages.page_at", lru_cache(maxsize=8)(page_at))


def html_at(context: PageContext, address: str) -> str:
    """The HTML of the page at an address."""
    return to_html(page_at(context, address), context)


def links(html: str) -> list[str]:
    return [unescape(link) for link in re.findall(r'(?:href|src|action)="(/[^"#]*)', html)]


def addresses(context: PageContext) -> list[str]:
    """The sections, all questions, and the pages of the things of the most important kinds."""
    kinds = (
        "sq:Concept",
        "sq:Typology",
        "sq:Matrix",
        "qb:DataSet",
        "sq:Work",
        "sq:Agent",
        "sq:Definition",
        "sq:Position",
    )
    things = [iri for kind in kinds for iri in context.atlas.names.of_class(kind)]
    questions = context.atlas.catalogue.questions()
    asking = [f"/ask/{question.name}" for question in questions if question.expect != "none"]
    return [*SECTIONS, *asking, *(address_of(iri) for iri in things)]


@pytest.mark.wide
def test_every_page_is_small_and_has_a_title_and_description(context: PageContext) -> None:
    visited = set()
    for address in addresses(context):
        html = html_at(context, address)
        assert len(gzip.compress(html.encode())) <= LARGEST, address
        assert html.count("<h1") == 1 and re.search(
            r'<title>[^<]+</title>\s*<meta name="description" content="[^"]+"', html
        ), address
        json.loads(unescape(re.findall(r'ld\+json">(.*?)</script>', html, re.DOTALL)[0]))
        visited.add(address)
    assert len(visited) > 600


@pytest.mark.usefixtures("read_once")
@pytest.mark.parametrize(
    "address", [*SECTIONS, "/search?q=rupture", "/concepts/trust", "/positions?senses=word"]
)
def test_every_page_can_be_linked_to_cited_and_downloaded(client: Pages, address: str) -> None:
    html = client.get(address).text
    assert f'Permalink: <a href="{address}">https://map.example.org{address}</a>' in html
    formats = {link.rpartition("format=")[2] for link in links(html) if "format=" in link}
    assert (
        formats >= {"csv", "json", "md", "tex", "text", "bibtex", "csl-json"} or address == "/query"
    )
    downloads = {
        name: client.get(f"{address}{'&' if '?' in address else '?'}format={name}")
        for name in formats
    }
    assert all(answer.status == 200 and answer.body for answer in downloads.values())


@pytest.mark.wide
def test_all_links_of_the_sections_lead_somewhere(context: PageContext, client: Pages) -> None:
    all_links = {
        link
        for address in [*SECTIONS, "/concepts/social-exclusion", "/works/room-1999"]
        for link in links(html_at(context, address))
    }
    other_routes = ("/sparql", "/resource", "/static")  # the endpoint's own
    dead = [
        link
        for link in all_links
        if not link.startswith(other_routes) and client.get(link).status != 200
    ]
    assert len(all_links) > 500 and dead == []


def test_pages_have_no_script_or_style_of_their_own(client: Pages) -> None:
    html = client.get("/typologies").text
    assert not re.search(r'<style|\sstyle="|\son\w+="|javascript:', html)
    assert re.findall(r"<script(?![^>]*(src=|ld\+json))[^>]*>", html) == []


@pytest.mark.usefixtures("read_once")
@pytest.mark.parametrize(
    "address",
    [
        "/concepts/social-exclusion",
        "/typologies",
        "/matrices/wessels-miedema-2002",
        "/tables/phillips-2008-1-flows",
        "/ask/rival-definitions",
        "/works",
    ],
)
def test_a_page_can_be_downloaded_in_every_format_it_offers(client: Pages, address: str) -> None:
    offered = [
        link
        for link in links(client.get(address).text)
        if "format=" in link and "/sparql" not in link
    ]
    downloads = {link.rpartition("format=")[2]: client.get(link) for link in offered}
    assert {"csv", "json", "md", "tex", "text", "bibtex", "csl-json"} <= set(downloads)
    assert all(answer.status == 200 and answer.body for answer in downloads.values())
    assert len(list(csv.reader(io.StringIO(downloads["csv"].text)))) > 3
    assert json.loads(downloads["json"].text)
    assert json.loads(downloads["csl-json"].text)[0]["type"] == "dataset"
    assert downloads["bibtex"].text.startswith("@misc{")
    assert r"\begin{tabularx}" in downloads["tex"].text
    if "png" in downloads:
        assert downloads["png"].body.startswith(b"\x89PNG")
        assert downloads["svg"].text.startswith("<svg")


def test_the_records_of_works_are_downloaded_for_a_reference_manager(client: Pages) -> None:
    for address, minimum, maximum in (("/works", 100, 200), ("/works/room-1999", 1, 1)):
        assert {f"{address}?format={form}" for form in ("bib", "ris")} <= set(
            links(client.get(address).text)
        )
        ris = client.get(f"{address}?format=ris").text
        bib = client.get(f"{address}?format=bib").text
        assert minimum <= ris.count("ER  -") == len(re.findall("(?m)^@", bib)) <= maximum
        assert "ID  - room-1999" in ris and "@article{room-1999," in bib
    assert "format=ris" not in client.get("/concepts").text


@pytest.mark.parametrize("address", ["/works/room-1999", "/questions", "/about/trust"])
def test_adjacent_words_have_a_space_between_them(client: Pages, address: str) -> None:
    html = client.get(address).text
    assert not re.findall(r"</(?:a|span)><(?:a|span)[ >][^>]*>[^<]{0,40}", html)


def test_a_citation_names_the_public_address_or_else_the_answer(
    atlas: Atlas, client: Pages
) -> None:
    address = "/ask/rival-definitions?concept=concept%3Asocial-cohesion"
    assert f"https://map.example.org{address}" in client.get(f"{address}&format=text").text
    page = page_at(PageContext(atlas), address)
    html = to_html(page, PageContext(atlas))
    assert page.answer and f"answer {page.answer.digest[:12]}" in html and "http://127" not in html


def test_a_format_that_a_page_lacks_is_refused_in_a_sentence(client: Pages) -> None:
    answer = client.get("/works?format=svg")
    assert answer.status == 404 and "There is no form &#39;svg&#39; of this page" in answer.text


def test_a_missing_converter_is_explained_in_a_sentence(
    client: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    answer = client.get("/typologies/toennies-pair?format=png")
    assert answer.status == 501 and "pip install" in answer.text


def test_an_unknown_name_gets_the_nearest(client: Pages) -> None:
    answer = client.get("/concepts/social-exclusoin")
    assert answer.status == 404 and "social-exclusion" in answer.text
    assert client.get("/nowhere/at-all").status == 404
    assert client.get("/ask/rival-definition").status == 404
    assert 'href="/ask/rival-definitions' in client.get("/ask").text
    assert client.get("/things/claim/../../etc/passwd").status == 404


def test_silence_and_both_states_are_shown(client: Pages) -> None:
    html = client.get("/concepts/social-exclusion").text
    table = html[html.index("<tbody>") : html.index("</tbody>")]
    assert not re.search(r"<td>\s*</td>", table)
    assert '<span class="muted">silent</span>' in table
    assert ">found on its page<" in table and re.search(
        r">(not )?checked by a second reader<", table
    )
    assert "as reported by Phillips 2008" in table


def test_a_matrix_tells_silence_from_no_cell_and_keeps_the_order_of_the_text(
    client: Pages,
) -> None:
    html = client.get("/matrices/phillips-2008-answers").text
    table = html[html.rindex("<tbody>") :]
    rows = re.findall(r'<th scope="row">(?:<a[^>]*>)?([a-z -]+)', table)
    assert [row.split("-")[0] for row in rows] == ["outcome", "process", "causal", "left open"]
    assert html.index("non-ideological social cohesion</a>") < html.index(">ideological social")
    assert table.count(">silent</a>") == 5 and table.count(">no cell<") == 1


def test_every_cell_of_a_matrix_of_four_axes_is_shown_and_silent_only_where_it_is(
    tmp_path: Path,
) -> None:
    atlas = chan_workspace(tmp_path)
    with atlas.edit() as edit:
        axes, categories = list[str](), list[str]()
        for label in ("Levels", "Times", "Fields", "Bonds"):
            parts = [f"first of {label}", f"second of {label}"]
            axes.append(
                edit.typology(label, divides="trust", in_="chan-2006", page=3, categories=parts)
            )
            categories.append(edit.find(parts[0], "category"))
        matrix = edit.matrix("Four ways", axes=axes, in_="chan-2006", page=4)
        edit.cell(matrix, crosses=categories, in_="chan-2006", page=4, items="trust", role="sign")
    context = PageContext(atlas)
    html = html_at(context, context.address(matrix))
    grids = "".join(re.findall(r"<tbody>.*?</tbody>", html, re.DOTALL))
    assert grids.count(">silent</a>") == 15 and ">no cell<" not in grids
    assert grids.count(">answered</a>") == 1 and ">trust</a>" in grids


def test_rows_are_sorted_and_filtered_by_address(client: Pages) -> None:
    html = client.get("/concepts/social-exclusion?sort=year&filter=rupture+room").text
    rows = re.findall(r"<tr>\s*<th scope=\"row\">", html)
    assert 0 < len(rows) < 5 and 'aria-sort="ascending"' in html
    years = re.findall(r"<td>(\d{4})</td>", client.get("/concepts/social-cohesion?sort=year").text)
    assert len(years) > 5 and years == sorted(years)


def test_a_curators_reading_never_passes_for_the_authors(client: Pages) -> None:
    quadrant = client.get("/matrices/social-quality-quadrant").text
    assert "our interpretation (the editors of sq-graph)" in quadrant
    typologies = client.get("/typologies").text
    assert "our interpretation, p" not in typologies
    assert "our interpretation, p" in client.get("/typologies?readings=1").text


def test_table_one_shows_printed_beside_computed_figures(client: Pages) -> None:
    html = client.get("/tables/phillips-2008-1-flows").text
    assert "116" in html and "worked out: 115 (112–118)" in html
    ranks = client.get("/tables/phillips-2008-1-rank-by-growth").text
    assert "<td>2</td>" in ranks and "<td>2.0</td>" not in ranks


def test_table_two_and_the_matrix_are_grids(client: Pages) -> None:
    for slug, columns, rows in (("wessels-miedema-2002", 3, 3), ("phillips-2008-table-2", 4, 3)):
        html = client.get(f"/matrices/{slug}").text
        sizes = sorted(
            (len(re.findall('<th scope="col">', html)), len(re.findall('<th scope="row">', html)))
        )
        assert sizes == sorted((columns, rows))


def test_a_work_says_whom_it_cites_directly_and_through_whom(client: Pages) -> None:
    html = client.get("/works/phillips-2008").text
    assert (
        "Works it cites" in html
        and "Works it cites second-hand" in html
        and "through Vertovec 1999" in html
    )
    assert "Works that cite it" in client.get("/works/room-1999").text
    cited = client.get("/works/moody-white-2003").text.partition("Works that cite it")[2]
    citations = cited.partition("</span>")[0].rpartition(">")[2].split("; ")
    assert "section “Introduction”, para. 1 (cites)" in citations
    assert len(citations) == len(set(citations)) > 3


def test_a_cell_of_the_matrix_opens_the_clashing_claims(atlas: Atlas, client: Pages) -> None:
    html = client.get("/positions").text
    cells = [link for link in links(html) if link.startswith("/clash/")]
    number = len(atlas.graph.select("SELECT DISTINCT ?p { ?p a sq:Position }"))
    assert len(cells) == number * (number - 1) / 2 > 200
    clash = client.get("/clash/bernard-1999/social-quality-2001").text
    assert "Conflict 1" in clash and "as reported by Phillips 2008" in clash and "p. " in clash
    assert "hedged" in client.get("/clash/bernard-1999/walker-wigfield-2003").text
    assert client.get("/clash/bernard-1999/nobody").status == 404


def test_a_pair_without_a_clash_states_its_verdict(client: Pages) -> None:
    html = client.get("/clash/barry-1998/bernard-1999").text
    assert (
        "<strong>No contradiction found</strong>" in html
        and "The claims behind the verdict" not in html
    )
    assert "What each says, by topic" in html and "Word senses: treat as one" in html


def test_a_concept_leads_to_its_family_on_the_map(client: Pages) -> None:
    for slug in ("social-exclusion", "trust"):
        link = next(
            link for link in links(client.get(f"/concepts/{slug}").text) if link.startswith("/map?")
        )
        page = client.get(link).text
        assert "No work that was read defines this concept" not in page
        count = re.search(r'aria-current="page">[^<]+<span class="count">(\d+)<', page)
        assert count and page.count("<tr><td>") == int(count[1])
    assert client.get("/map?concept=trust").text.count("<tr><td>") > 5  # beneath another concept
    assert "/map?concept=social-exclusion" in client.get("/categories/room-rupture").text


def test_verdicts_that_were_not_computed_are_marked(tmp_path: Path) -> None:
    folder = tmp_path / "review"
    (folder / "ontology" / "positions").mkdir(parents=True)
    (folder / "workspace.toml").write_text('base = "https://example.org/review/"\n')
    (folder / "ontology" / "positions" / "own-2026.ttl").write_text(
        "<https://example.org/review/positions/own-2026> a <http://www.w3.org/2002/07/owl#Ontology> .\n"
    )
    context = PageContext(sq_graph.open(folder))
    assert "Not computed" in html_at(context, "/positions")
    assert "Not computed" in html_at(context, "/clash/bernard-1999/social-quality-2001")


def test_the_verdict_begins_with_a_plain_sentence_made_from_the_claims(client: Pages) -> None:
    html = client.get("/clash/bernard-1999/social-quality-2001").text
    lead = re.findall(r'<p class="lead">(.*?)</p>', html)[0]
    assert lead.startswith(
        "Bernard 1999: For Bernard, the meaning of cohesion wholly contains exclusion."
    )
    assert "Both cannot hold if what is within the meaning of something is a constituent" in lead


def test_the_key_of_the_matrix_is_above_it(client: Pages) -> None:
    html = client.get("/positions").text
    assert html.index('class="key"') < html.index('class="matrix"')


def test_disagreements_are_in_the_navigation_with_their_sides(client: Pages) -> None:
    html = client.get("/disagreements?about=concept:social-exclusion").text
    assert '<a href="/disagreements" aria-current="true">' in html
    article = html[html.index("/disagreement/severe-on-or-off-the-scale") :]
    sides = article[: article.index("</article>")]
    assert (
        "Side A" in sides and "Side B" in sides and "Phillips 2008, p.\N{NO-BREAK SPACE}6" in sides
    )
    rows = csv.DictReader(client.get("/disagreements?format=csv").text.splitlines())
    party = next(row for row in rows if row["says"].startswith("Three models of quality of life"))
    assert party["how firmly"] == "hedged (“probably”)"
    assert party["set against each other by"].startswith(
        "our interpretation (the editors of sq-graph)"
    )


def test_a_line_does_not_break_between_p_and_its_number(client: Pages) -> None:
    assert not re.search(
        r">[^<]*\bpp?\. \d[^<]*<(?!/script|/option)", client.get("/concepts/trust").text
    )
    query = client.get("/query?query=SELECT%20%22p.%206%22%20%7B%7D").text
    assert "p. 6" in query[query.index("<textarea") : query.index("</textarea>")]


def test_turtle_of_a_thing_declares_only_the_prefixes_that_it_uses(atlas: Atlas) -> None:
    query = f"CONSTRUCT WHERE {{ <{atlas.find('phillips-2008', 'work')}> sq:year ?year }}"
    turtle = atlas.results(query, "turtle").decode()
    declared = re.findall(r"@prefix (\w+):", turtle)
    assert sorted(declared) == ["sq", "work", "xsd"], "xsd is the datatype of the year"


def test_the_first_page_says_what_the_map_is_about(client: Pages) -> None:
    html = client.get("/").text
    assert "How authors define social exclusion, social cohesion and social inclusion, on" in html


def test_a_table_and_a_picture_call_a_relation_by_one_name(client: Pages) -> None:
    parameters = "thing=typology:wessels-miedema-exclusion&thing=typology:steinert-exclusion"
    table = client.get(f"/compare?{parameters}").text
    assert "→ falls under" in table and "→ broad" not in table
    assert "falls under" in client.get("/typologies/wessels-miedema-exclusion?format=svg").text


def test_nothing_in_the_pages_names_one_work() -> None:
    for part in ("web", "pictures", "export"):
        for path in (MINI.parent.parent / "sq_graph" / part).rglob("*.*"):
            if path.suffix in (".py", ".html", ".css", ".js"):
                assert "phillips" not in path.read_text(encoding="utf-8").lower(), path


def test_the_first_page_of_a_workspace_shows_its_own_things(tmp_path: Path) -> None:
    folder = tmp_path / "mini"
    shutil.copytree(MINI, folder)
    settings = folder / "workspace.toml"
    settings.write_text(settings.read_text() + 'title = "My review"\nauthor = "A. Scholar"\n')
    context = PageContext(sq_graph.open(folder))
    html = html_at(context, "/")
    assert "<h1>My review</h1>" in html and "A. Scholar" in html
    assert html.index("Concepts of this workspace") < html.index("Most defined")


def test_the_first_page_says_that_a_workspace_is_empty_or_shown_in_part(tmp_path: Path) -> None:
    atlas = sq_graph.open(make_workspace(tmp_path / "review", "https://example.org/review/"))

    def html_of(address: str) -> str:
        context = PageContext(atlas, edit_links=forms.edit_links)
        is_form = address.startswith("/edit")
        return to_html(
            forms.form_at(context, address) if is_form else page_at(context, address), context
        )

    assert "This workspace is empty" in html_of("/")
    assert "no definitions to code yet" in html_of("/edit/coding")
    with atlas.edit() as edit:
        for number in range(61):
            edit.work(f"lund-{number}", title=f"Bonds {number}", year=1900 + number)
    html = html_of("/")
    assert "workspace is empty" not in html and html.count("id%2Fwork%2Flund-") == 60
    assert 'The first 60 of 61 are shown; the list of <a href="/works">' in html
    for address in ("/search", "/search?q=zzzz"):
        assert "Cite and download" not in html_of(address)
    assert "Cite and download" in html_of("/search?q=bonds")


def test_entries_of_the_curator_are_cited_as_the_curators(tmp_path: Path) -> None:
    atlas = chan_workspace(tmp_path)
    settings = tmp_path / "review" / "workspace.toml"
    settings.write_text(settings.read_text() + 'curator = "Ada Reader"\ntitle = "My & yours"\n')
    context = PageContext(sq_graph.open(tmp_path / "review"))
    iri = atlas.find("chan-cohesion", "definition")
    answer = page_at(context, context.address(iri)).cited_answer(context)
    assert answer and answer.cite().startswith("Ada Reader (2026): “")
    assert "My & yours, a workspace of sq-graph, version" in answer.cite()
    assert answer.cite().endswith("https://example.org/review/")
    mixed = context.atlas.ask("rival-definitions", concept="social-cohesion")
    assert mixed.cite("apa").startswith("Ada Reader and the sq-graph contributors. (2026)")
    assert "author = {{Ada Reader} and {The sq-graph contributors}}" in mixed.cite("bibtex")
    assert read_answer(mixed.to_json(), "saved").cite() == mixed.cite()
    packaged = context.atlas.ask("rival-definitions", concept="social-exclusion")
    assert packaged.cite().startswith("The sq-graph contributors (2026)")


def test_slips_show_the_printed_text(client: Pages) -> None:
    html = client.get("/anomalies").text
    assert "<del>presented in chapter five</del>" in html and "Shifts" in html


def test_an_answer_is_asked_again_from_the_file_that_was_downloaded(
    atlas: Atlas, client: Pages, tmp_path: Path
) -> None:
    address = "/ask/rival-definitions?concept=concept:social-inclusion"
    assert "sq-graph recheck answer.json" in client.get(address).text
    file = tmp_path / "answer.json"
    file.write_text(client.get(f"{address}&format=json").text)
    assert atlas.recheck(file).holds
    gone = client.get(f"/answers/{'0' * 64}")
    assert gone.status == 404 and "sq-graph recheck reads it" in gone.text


def test_a_query_is_answered_and_an_error_has_its_line_and_column(client: Pages) -> None:
    html = client.get("/query?query=SELECT+%3Fw+%7B+%3Fw+a+sq:Work+%7D+ORDER+BY+%3Fw+LIMIT+1").text
    assert html.count("<tr>") == 2 and 'href="/works/' in html
    table = client.get("/query?query=SELECT+%3Fw+%7B+%3Fw+a+sq:Work+%7D+LIMIT+3&format=csv")
    assert table.type == "text/csv" and len(table.text.splitlines()) == 4
    page = client.get("/query?query=SELECT+%3Fx%0A%7B+%3Fx+a+%7D")
    assert page.status == 400
    assert re.search(r'role="alert">query:2: [^<]*column \d+', page.text)
    assert "sq:hedgeMarker" in client.get("/query/terms.json").text
    assert read_results("<a> <b> <c> .\n").columns == ("triple",)


def test_every_example_of_the_sparql_page_runs(atlas: Atlas, context: PageContext) -> None:
    content = page_at(context, "/query").content
    assert len(content["examples"]) > 20
    for name in list(content["examples"])[:5]:
        assert atlas.sparql(content["examples"][name]).columns == tuple(
            atlas.catalogue[name].columns
        )


def test_a_long_answer_shows_its_first_rows_and_downloads_all(
    client: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sq_graph.web.pages.questions.MAX_ROWS", 5)
    address = "/ask/rival-definitions?concept=concept:social-exclusion"
    html = client.get(address).text
    match = re.search(r"The first 5 of (\d+) rows", html)
    rows = list(csv.reader(io.StringIO(client.get(f"{address}&format=csv").text)))
    assert match and len(rows) == int(match[1]) + 1 and html.count("<tr>") == 6


def test_a_parameter_with_very_many_choices_is_typed(context: PageContext) -> None:
    html = html_at(context, "/ask/claims-about")
    assert html.count("<option") < 600 and "a label or short name" in html


def test_an_unknown_parameter_is_refused_with_the_known_ones(client: Pages) -> None:
    answer = client.get("/ask/claims-about?concept=x")
    assert answer.status == 400 and "It takes" in answer.text and "thing" in answer.text


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("/", "It takes no parameter"),
        ("/works", "It takes no parameter"),
        ("/search", "It takes q, kind, work"),
        ("/typologies", "It takes compare, undrawn, readings"),
        ("/positions", "It takes senses, asserted"),
        ("/query", "It takes query"),
        ("/clash/bernard-1999/social-quality-2001", "It takes senses, asserted"),
        ("/ask/rival-definitions", "It takes concept"),
        ("/concepts/trust", "It takes column, row, work, holder"),
        ("/typologies/room-exclusion", "It takes undrawn, readings"),
        ("/works/room-1999", "It takes no parameter"),
        ("/things/claim/room-1999-rupture", "It takes view"),
    ],
)
def test_every_page_refuses_an_unknown_parameter(client: Pages, address: str, message: str) -> None:
    answer = client.get(f"{address}?banana=1")
    assert answer.status == 400 and "&#39;banana&#39;" in answer.text
    assert message in answer.text


def test_a_script_in_any_text_stays_text(tmp_path: Path) -> None:
    from tests.browser.conftest import SCRIPTED

    folder = tmp_path / "hostile"
    works = folder / "ontology" / "data" / "works"
    works.mkdir(parents=True)
    (folder / "workspace.toml").write_text('base = "https://example.org/review/"\n')
    (works / "scripted-2020.ttl").write_text(SCRIPTED)
    context = PageContext(sq_graph.open(folder))
    thing = "/thing?iri=https://example.org/review/id/work/scripted-2020"
    for address in (
        thing,
        "/works",
        "/search?q=harmed",
        f"/search?q={'<script>'}",
        "/search?q=%22%3E%3Cscript%3E",
    ):
        html = html_at(context, address)
        assert (
            "<script>window" not in html and "<img src=x" not in html and '"><script>' not in html
        )


def test_every_thing_of_a_workspace_has_a_page() -> None:
    context = PageContext(sq_graph.open(MINI))
    iris = [
        iri
        for kind in (
            "sq:Concept",
            "sq:Typology",
            "sq:Matrix",
            "sq:Work",
            "sq:Agent",
            "sq:Claim",
            "sq:Passage",
        )
        for iri in context.atlas.names.of_class(kind)
        if iri.startswith("https://example.org/mini/")
    ]
    assert len(iris) > 20
    for iri in iris:
        page = page_at(context, address_of(iri))
        assert page.title.lower() == context.label(iri).lower() and "<h1" in to_html(page, context)


def test_kinds_are_headed_in_the_plural_and_codes_are_words(client: Pages) -> None:
    for path in ("/works/phillips-2008", "/agents/phillips"):
        html = client.get(path).text
        assert "Definitions <span" in html and "Definition <span" not in html, path
    table = client.get("/typologies/wessels-miedema-exclusion?format=csv").text
    assert "central type" in table and "checked by a second reader" in table
    assert "second-read" not in table
    assert ">close match<" in client.get("/typologies").text


def test_a_missing_concept_leads_to_those_that_contain_its_word(client: Pages) -> None:
    html = client.get("/concepts/inclusion").text
    assert "There is no concept &#39;inclusion&#39;" in html
    assert 'href="/concepts/social-inclusion"' in html and 'href="/concepts/inclusion"' not in html


@pytest.mark.parametrize(
    ("path", "view"),
    [
        ("/ask/examples?thing=concept:usa", "/about/usa#anomalies"),
        ("/disagreements?about=concept:trust", "/about/trust#claims-with-it-as-subject"),
        ("/map?concept=usa", "/about/usa#cases-and-stereotypes"),
        ("/search?q=remittances&kind=position", "/search?q=remittances"),
    ],
)
def test_a_page_without_results_names_what_holds_some(client: Pages, path: str, view: str) -> None:
    assert f'href="{view}"' in client.get(path).text


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/matrices", "matrix"), ("/tables", "table"), ("/things/claim", "claim")],
)
def test_every_kind_has_an_index_of_all_its_things(client: Pages, path: str, kind: str) -> None:
    context = PageContext(sq_graph.open())
    iris = context.iris("SELECT DISTINCT ?s { ?s a ?kind FILTER(isIRI(?s)) }")
    parts = context.iris(
        "SELECT ?s { VALUES ?t { qb:ComponentSpecification qb:DataStructureDefinition } ?s a ?t }"
    )
    things = [iri for iri in iris if kind_of(iri) == kind and iri not in parts]
    html = client.get(path).text
    assert "structure of Table" not in html
    listed = {unescape(link) for link in re.findall(r'<li><a href="([^"]+)"', html)}
    unlisted = {context.address(iri) for iri in things} - listed
    assert things and len(unlisted) == max(0, len(things) - 400)
    assert not unlisted or f"The first 400 of {len(things)}" in html
    assert f'<a href="{path}">' in client.get("/things").text


def test_an_unknown_kind_has_no_index(client: Pages) -> None:
    assert client.get("/things/colour").status == 404
    assert 'href="/matrices"' in client.get("/typologies").text


def test_a_disagreement_shows_who_is_on_which_side(client: Pages) -> None:
    context = PageContext(sq_graph.open())
    [iri] = [
        iri
        for iri in context.iris("SELECT ?s { ?s a sq:Disagreement }")
        if context.label(iri) == "is severe exclusion on the continuum?"
    ]
    html = client.get(context.address(iri)).text
    assert "Who holds what" in html and "Side A" in html and "Side B" in html


def test_an_empty_comparison_leads_to_examples(client: Pages) -> None:
    html = client.get("/compare").text
    examples = re.findall(r'href="(/compare\?thing=[^"]+)"', html)
    assert len(examples) == 4
    for address in examples:
        page = client.get(unescape(address))
        assert page.status == 200 and "<table" in page.text


def test_a_map_of_very_many_definitions_is_a_table(
    context: PageContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home, "_MAX_LINES", 20)
    page, of_concept = page_at(context, "/map"), page_at(context, "/map?concept=group-cohesion")
    html = to_html(page, context)
    assert "definitions are too many for one picture. Choose a concept above" in html
    assert not page.picture and "The first 20 of" in html and len(page.table or ()) > 100
    assert of_concept.picture
