"""Everything about one thing: in the API, in the terminal and on the page, and the links that announce it."""

from __future__ import annotations

import re
from html import unescape
from types import SimpleNamespace
from typing import cast
from urllib.parse import parse_qs, urlsplit

import pytest

from sq_graph.atlas import Atlas
from sq_graph.errors import UnknownName
from sq_graph.graph import EmbeddedGraph, Graph
from sq_graph.model.about import VIEWS, about
from sq_graph.model.facts import facts
from sq_graph.web.pages import PageContext, page_at
from sq_graph.web.pages.page import Page, to_html


@pytest.fixture(scope="module")
def context(atlas: Atlas) -> PageContext:
    return PageContext(atlas)


def test_a_country_has_its_claims_cases_disagreement_and_anomaly(atlas: Atlas) -> None:
    result = atlas.about("usa")
    assert result.counts["cases and stereotypes"] == 3
    [anomaly] = result.views["anomalies"]
    assert anomaly.label == "three descriptions of the USA"
    assert "USA and Europe" in result.views["disagreements"][0].parties[0].says
    assert "Phillips 2008, p. " in result.views["claims with it as subject"][0].source


@pytest.mark.parametrize("name", ["trust", "social-cohesion", "citizenship", "concept:integration"])
def test_no_claim_that_the_question_finds_is_missing(atlas: Atlas, name: str) -> None:
    try:
        result = atlas.about(name)
    except UnknownName:
        pytest.skip(f"the map has no {name}")
    views = [claims for view, claims in result.views.items() if view.startswith("claims")]
    claims = {claim.iri for view in views for claim in view}
    answered = {row["claim"] for row in atlas.ask("claims-about", thing=result.iri).rows}
    assert answered and answered <= claims


def test_every_statement_that_points_at_a_thing_is_in_some_view(atlas: Atlas) -> None:
    iri = atlas.find("social-exclusion")
    query = f"""SELECT DISTINCT ?s {{ ?s ?p <{iri}> FILTER(isIRI(?s))
      FILTER NOT EXISTS {{ VALUES ?unseen {{ sq:Passage sq:SecondReading }} ?s a ?unseen }} }}"""
    pointing = {row["s"].value for row in atlas.graph.select(query)}
    result = about(atlas.graph, iri, beneath=False)
    viewed = {entry.iri for view in result.views.values() for entry in view}
    assert len(pointing) > 100 and pointing <= viewed


def test_what_a_work_reports_of_others_is_among_what_is_about_it(
    atlas: Atlas, context: PageContext
) -> None:
    iri = atlas.find("phillips-2008", "work")
    query = f"""SELECT DISTINCT ?s {{ VALUES ?kind {{ sq:Claim sq:Definition sq:Disagreement }}
      ?s a ?kind ; sq:reportedIn/sq:inWork <{iri}> }}"""
    statements = {row["s"].value for row in atlas.graph.select(query)}
    viewed = {entry.iri for view in atlas.about("phillips-2008").views.values() for entry in view}
    assert len(statements) > 100 and statements <= viewed
    page = page_at(context, "/works/phillips-2008")
    reported = {entry.iri for entries in page.content["others"].values() for entry in entries}
    listed = {entry.iri for entries in page.content["statements"].values() for entry in entries}
    assert statements <= reported | listed | set(page.content["second_hand"])


def test_a_short_view_is_never_cut(atlas: Atlas) -> None:
    result = atlas.about("social-cohesion")
    table = result.table(short=True)
    assert max(result.counts.values()) > 10 and min(result.counts.values()) <= 10
    for name, count in result.counts.items():
        row_count = sum(group.startswith(f"{name.capitalize()} (") for group in table.groups)
        assert row_count == (count if count <= 10 else 5), name


def test_the_sides_of_a_disagreement_follow_who_opposes_whom(atlas: Atlas) -> None:
    disagreements = atlas.about("social-exclusion").views["disagreements"]
    by_label = {disagreement.label: disagreement.parties for disagreement in disagreements}
    parties = by_label["is severe exclusion on the continuum?"]
    assert {party.side for party in parties} == {"A", "B"}
    degrees = by_label["does exclusion come by degrees or as a break?"]
    rupture = next(party for party in degrees if "rupture" in party.label)
    degree = next(p for p in degrees if p.label == "exclusion may be a matter of degree")
    assert rupture.side != degree.side and rupture.side and degree.side


def test_alignments_say_whether_they_are_drawn(atlas: Atlas) -> None:
    roles = {alignment.role for alignment in atlas.about("social-cohesion").views["alignments"]}
    assert "proposed by nobody" in roles and "drawn" in roles


def test_several_things_give_what_concerns_them_all(atlas: Atlas) -> None:
    both = atlas.about("social-capital", "social-cohesion")
    assert both.label == "social capital and social cohesion"
    labels = [alignment.label for alignment in both.views["alignments"]]
    assert "social cohesion is related to social capital" in labels
    assert len(both) < len(atlas.about("social-capital"))


def test_an_answer_without_rows_names_what_the_map_holds(atlas: Atlas) -> None:
    text = " ".join(atlas.ask("examples", thing="usa").table().to_text().split())
    assert "3 cases and stereotypes" in text and "1 anomaly" in text
    assert "sq-graph about concept:usa" in text
    assert "Works read for this map:" in text and "Phillips 2008" in text
    assert atlas.ask("examples", thing="room-1999-rupture").table().notes[0].startswith("No row")


def test_an_answer_about_two_things_without_common_statements_names_those_of_each(
    atlas: Atlas,
) -> None:
    answer = atlas.ask("holders-of-several-values", aspect="degree", concept="rights")
    assert [note.partition(" holds ")[0] for note in answer.elsewhere] == [
        "About degree, the map",
        "About rights, the map",
        "Works read for this map: Anttiroiko 2022, Phillips 2008, Torrents and Ferraro 2015.",
    ]


def test_an_answer_of_few_rows_names_the_views_that_hold_more(
    atlas: Atlas, context: PageContext
) -> None:
    short_answer = atlas.ask("claims-between", first="social-capital", second="social-cohesion")
    text = " ".join(short_answer.table().to_text().split())
    assert 0 < len(short_answer) <= 3 and "2 alignments" in text.partition("the map holds")[2]
    assert "No row" not in text and "Works read" not in text
    address = "/ask/claims-between?first=concept:social-capital&second=concept:social-cohesion"
    assert 'href="/about/social-capital#alignments"' in to_html(page_at(context, address), context)
    long_answer = atlas.ask("claims-about", thing="social-cohesion")
    assert len(long_answer) > 3 and not long_answer.elsewhere


def test_an_answer_says_for_what_it_was_given_where_nothing_was_chosen(atlas: Atlas) -> None:
    notes = atlas.ask("claims-between", first="trust").table().notes
    assert notes[0] == "Nothing was chosen for second: this answers for social exclusion."
    assert not any("Nothing was chosen" in note for note in atlas.ask("typologies").table().notes)
    chosen = atlas.ask("rival-definitions", concept="social-cohesion")
    assert not any("Nothing was chosen" in note for note in chosen.table().notes)


def test_show_gives_the_codings_with_their_values_and_a_work_its_authors(atlas: Atlas) -> None:
    text = atlas.show("definition:room-1999-rupture").to_text()
    assert "agent of exclusion:" in text or re.search(r"\w+: (silent|\w+)", text)
    text = atlas.show("berger-schmitt-noll-2000").to_text()
    assert "authors" in text and "authorship:" not in text


SAMPLES = (
    "/",
    "/concepts",
    "/works",
    "/map",
    "/disagreements",
    "/typologies",
    "/concepts/social-exclusion",
    "/concepts/trust",
    "/categories/room-rupture",
    "/typologies/room-exclusion",
    "/works/phillips-2008",
    "/works/room-1999",
    "/agents/steinert",
    "/matrices/wessels-miedema-2002",
    "/about/social-cohesion",
    "/about/usa",
    "/about/typology/room-exclusion",
    "/things/claim/beck-2001-distinct",
    "/things/disagreement/asian-countries",
)
"""A page of every kind that announces numbers of things on other pages."""


@pytest.mark.parametrize("address", SAMPLES)
def test_a_link_leads_to_the_same_thing_and_the_number_it_announces(
    context: PageContext, address: str
) -> None:
    page = page_at(context, address)
    html = to_html(page, context)
    links = re.findall(r'<a href="(/[^"]*)"[^>]*>(.*?)</a>', html, re.DOTALL)
    assert links
    pages: dict[str, Page] = {}
    for link, inner in links:
        parts = urlsplit(unescape(link))
        counts = re.findall(r'class="count">\s*(\d+)', inner) or re.findall(
            r"^\s*(?:<strong>)?(\d+)\b", inner
        )
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        is_checked = counts or parts.path.startswith("/about") or parts.path.startswith("/ask/")
        if not is_checked or "format=" in parts.query:
            continue
        linked_page = pages.setdefault(target, page_at(context, target))
        if parts.path.startswith("/about") and page.iri and linked_page.iri:
            assert linked_page.iri == page.iri, link
            result = linked_page.content["about"]
            if counts and parts.fragment:
                view = {view.name.replace(" ", "-"): view.name for view in VIEWS}[parts.fragment]
                assert result.counts[view] == int(counts[0]), link
            elif counts:
                assert len(result) == int(counts[0]), link
        elif parts.path.startswith("/ask/") and page.iri and parse_qs(parts.query):
            assert linked_page.answer and page.iri in linked_page.answer.parameters.values(), link
        elif counts:
            text = re.sub(r"<[^>]+>", " ", to_html(linked_page, context))
            assert re.search(rf"\b{counts[0]}\b", text), (link, counts)


def test_facts_are_the_same_looked_up_and_asked_for(atlas: Atlas) -> None:
    select_only = cast(Graph, SimpleNamespace(select=atlas.graph.select))
    things = [row["s"].value for row in atlas.graph.select("SELECT DISTINCT ?s { ?s a sq:Claim }")]
    assert len(things) > 100
    things += ["", "no IRI", "https://example.org/unheard-of"]
    for names in ((), ("sq:heldBy", "rdfs:label")):
        assert facts(atlas.graph, things, names) == facts(select_only, things, names)


def test_statements_that_were_kept_follow_a_change_and_belong_to_who_asked() -> None:
    graph, subject = EmbeddedGraph(), "https://example.org/a"
    graph.add(f"<{subject}> <https://example.org/says> 'one' .", "https://example.org/file")

    def values() -> list[str]:
        return [str(term) for terms in facts(graph, [subject])[subject].values() for term in terms]

    facts(graph, [subject])[subject].clear()
    assert values() == ["one"]
    graph.add(f"<{subject}> <https://example.org/says> 'two' .", "https://example.org/other")
    assert values() == ["one", "two"] and facts(graph, ["https://example.org/b"]) == {}


def test_a_long_view_is_cut_on_the_page_and_whole_on_a_page_of_its_own(
    context: PageContext,
) -> None:
    page = page_at(context, "/about/work/phillips-2008")
    html = to_html(page, context)
    count = page.content["about"].counts["statements read in it"]
    link = "/about/work/phillips-2008?view=statements-read-in-it"
    notice = f'The first 150 of {count} are shown; <a href="{link}">see all {count}</a>.'
    assert count > 150 and notice in html
    view_page = page_at(context, link)
    assert view_page.content["about"].counts == {"statements read in it": count}
    assert view_page.address == link
    assert "Everything about Phillips 2008</a>" in to_html(view_page, context)
    with pytest.raises(UnknownName, match="'senses'"):
        page_at(context, "/about/work/phillips-2008?view=senses")
    term = "https://w3id.org/sq-graph/core#attributionCertainty-certain"
    assert "The first 150 of" in to_html(
        page_at(context, f"/thing?iri={term.replace('#', '%23')}"), context
    )
