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
    found = atlas.about("usa")
    assert found.counts["cases and stereotypes"] == 3
    assert [one.label for one in found.views["anomalies"]] == ["three descriptions of the USA"]
    assert "USA and Europe" in found.views["disagreements"][0].parties[0].says
    page = next(one for one in found.views["claims with it as subject"])
    assert "Phillips 2008, p. " in page.source


@pytest.mark.parametrize("name", ["trust", "social-cohesion", "citizenship", "concept:integration"])
def test_no_claim_that_the_question_finds_is_missing(atlas: Atlas, name: str) -> None:
    try:
        found = atlas.about(name)
    except UnknownName:
        pytest.skip(f"the map has no {name}")
    claims = {
        one.iri for view, them in found.views.items() if view.startswith("claims") for one in them
    }
    asked = {row["claim"] for row in atlas.ask("claims-about", thing=found.iri).rows}
    assert asked and asked <= claims


def test_every_statement_that_points_at_a_thing_is_in_some_view(atlas: Atlas) -> None:
    iri = atlas.find("social-exclusion")
    query = f"""SELECT DISTINCT ?s {{ ?s ?p <{iri}> FILTER(isIRI(?s))
      FILTER NOT EXISTS {{ VALUES ?unseen {{ sq:Passage sq:SecondReading }} ?s a ?unseen }} }}"""
    pointing = {row["s"].value for row in atlas.graph.select(query)}
    found = about(atlas.graph, iri, beneath=False)
    shown = {one.iri for view in found.views.values() for one in view}
    assert len(pointing) > 100 and pointing <= shown


def test_what_a_work_reports_of_others_is_among_what_is_about_it(
    atlas: Atlas, context: PageContext
) -> None:
    iri = atlas.find("phillips-2008", "work")
    query = f"""SELECT DISTINCT ?s {{ VALUES ?kind {{ sq:Claim sq:Definition sq:Disagreement }}
      ?s a ?kind ; sq:reportedIn/sq:inWork <{iri}> }}"""
    read = {row["s"].value for row in atlas.graph.select(query)}
    shown = {one.iri for view in atlas.about("phillips-2008").views.values() for one in view}
    assert len(read) > 100 and read <= shown
    page = page_at(context, "/works/phillips-2008")
    reported = {one.iri for them in page.content["others"].values() for one in them}
    everything = {one.iri for them in page.content["statements"].values() for one in them}
    assert read <= reported | everything | set(page.content["second_hand"])


def test_a_short_view_is_never_cut(atlas: Atlas) -> None:
    found = atlas.about("social-cohesion")
    table = found.table(short=True)
    assert max(found.counts.values()) > 10 and min(found.counts.values()) <= 10
    for name, count in found.counts.items():
        shown = sum(group.startswith(f"{name.capitalize()} (") for group in table.groups)
        assert shown == (count if count <= 10 else 5), name


def test_the_sides_of_a_disagreement_follow_who_opposes_whom(atlas: Atlas) -> None:
    listed = {one.label: one for one in atlas.about("social-exclusion").views["disagreements"]}
    parties = listed["is severe exclusion on the continuum?"].parties
    assert {party.side for party in parties} == {"A", "B"}
    degrees = listed["does exclusion come by degrees or as a break?"].parties
    rupture = next(party for party in degrees if "rupture" in party.label)
    matter = next(
        party for party in degrees if party.label == "exclusion may be a matter of degree"
    )
    assert rupture.side != matter.side and rupture.side and matter.side


def test_alignments_say_whether_they_are_drawn(atlas: Atlas) -> None:
    roles = {one.role for one in atlas.about("social-cohesion").views["alignments"]}
    assert "proposed by nobody" in roles and "drawn" in roles


def test_several_things_give_what_concerns_them_all(atlas: Atlas) -> None:
    both = atlas.about("social-capital", "social-cohesion")
    assert both.label == "social capital and social cohesion"
    assert "social cohesion is related to social capital" in [
        one.label for one in both.views["alignments"]
    ]
    assert len(both) < len(atlas.about("social-capital"))


def test_an_answer_without_rows_names_what_the_map_holds(atlas: Atlas) -> None:
    text = " ".join(atlas.ask("examples", thing="usa").table().to_text().split())
    assert "3 cases and stereotypes" in text and "1 anomaly" in text
    assert (
        "sq-graph about concept:usa" in text
        and "Works read for this map:" in text
        and "Phillips 2008" in text
    )
    assert atlas.ask("examples", thing="room-1999-rupture").table().notes[0].startswith("No row")


def test_an_answer_about_two_things_without_common_statements_names_those_of_each(
    atlas: Atlas,
) -> None:
    asked = atlas.ask("holders-of-several-values", aspect="degree", concept="rights")
    assert [note.partition(" holds ")[0] for note in asked.elsewhere] == [
        "About degree, the map",
        "About rights, the map",
        "Works read for this map: Anttiroiko 2022, Phillips 2008, Torrents and Ferraro 2015.",
    ]


def test_an_answer_of_few_rows_names_the_views_that_hold_more(
    atlas: Atlas, context: PageContext
) -> None:
    few = atlas.ask("claims-between", first="social-capital", second="social-cohesion")
    text = " ".join(few.table().to_text().split())
    assert 0 < len(few) <= 3 and "2 alignments" in text.partition("the map holds")[2]
    assert "No row" not in text and "Works read" not in text
    address = "/ask/claims-between?first=concept:social-capital&second=concept:social-cohesion"
    assert 'href="/about/social-capital#alignments"' in to_html(page_at(context, address), context)
    many = atlas.ask("claims-about", thing="social-cohesion")
    assert len(many) > 3 and not many.elsewhere


def test_an_answer_says_for_what_it_was_given_where_nothing_was_chosen(atlas: Atlas) -> None:
    notes = atlas.ask("claims-between", first="trust").table().notes
    assert notes[0] == "Nothing was chosen for second: this answers for social exclusion."
    assert not any("Nothing was chosen" in note for note in atlas.ask("typologies").table().notes)
    chosen = atlas.ask("rival-definitions", concept="social-cohesion")
    assert not any("Nothing was chosen" in note for note in chosen.table().notes)


def test_show_gives_the_codings_with_their_values_and_a_work_its_authors(atlas: Atlas) -> None:
    shown = atlas.show("definition:room-1999-rupture").to_text()
    assert "agent of exclusion:" in shown or re.search(r"\w+: (silent|\w+)", shown)
    assert "authors" in atlas.show("berger-schmitt-noll-2000").to_text()
    assert "authorship:" not in atlas.show("berger-schmitt-noll-2000").to_text()


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
"""A page of every kind that announces what stands elsewhere."""


@pytest.mark.parametrize("address", SAMPLES)
def test_a_link_leads_to_the_same_thing_and_the_number_it_announces(
    context: PageContext, address: str
) -> None:
    page = page_at(context, address)
    html = to_html(page, context)
    linked = re.findall(r'<a href="(/[^"]*)"[^>]*>(.*?)</a>', html, re.DOTALL)
    assert linked
    pages: dict[str, Page] = {}
    for link, inner in linked:
        parts = urlsplit(unescape(link))
        announced = re.findall(r'class="count">\s*(\d+)', inner) or re.findall(
            r"^\s*(?:<strong>)?(\d+)\b", inner
        )
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        is_checked = announced or parts.path.startswith("/about") or parts.path.startswith("/ask/")
        if not is_checked or "format=" in parts.query:
            continue
        there = pages.setdefault(target, page_at(context, target))
        if parts.path.startswith("/about") and page.iri and there.iri:
            assert there.iri == page.iri, link
            found = there.content["about"]
            if announced and parts.fragment:
                view = {one.name.replace(" ", "-"): one.name for one in VIEWS}[parts.fragment]
                assert found.counts[view] == int(announced[0]), link
            elif announced:
                assert len(found) == int(announced[0]), link
        elif parts.path.startswith("/ask/") and page.iri and parse_qs(parts.query):
            assert there.answer and page.iri in there.answer.parameters.values(), link
        elif announced:
            shown = re.sub(r"<[^>]+>", " ", to_html(there, context))
            assert re.search(rf"\b{announced[0]}\b", shown), (link, announced)


def test_facts_are_the_same_looked_up_and_asked_for(atlas: Atlas) -> None:
    asked = cast(Graph, SimpleNamespace(select=atlas.graph.select))
    things = [row["s"].value for row in atlas.graph.select("SELECT DISTINCT ?s { ?s a sq:Claim }")]
    assert len(things) > 100
    things += ["", "no IRI", "https://example.org/unheard-of"]
    for names in ((), ("sq:heldBy", "rdfs:label")):
        assert facts(atlas.graph, things, names) == facts(asked, things, names)


def test_statements_that_were_kept_follow_a_change_and_belong_to_who_asked() -> None:
    graph, thing = EmbeddedGraph(), "https://example.org/a"
    graph.add(f"<{thing}> <https://example.org/says> 'one' .", "https://example.org/file")
    facts(graph, [thing])[thing].clear()
    assert [str(term) for terms in facts(graph, [thing])[thing].values() for term in terms] == [
        "one"
    ]
    graph.add(f"<{thing}> <https://example.org/says> 'two' .", "https://example.org/other")
    said = [str(term) for terms in facts(graph, [thing])[thing].values() for term in terms]
    assert said == ["one", "two"] and facts(graph, ["https://example.org/b"]) == {}


def test_a_long_view_is_cut_on_the_page_and_whole_on_a_page_of_its_own(
    context: PageContext,
) -> None:
    page = page_at(context, "/about/work/phillips-2008")
    html = to_html(page, context)
    count = page.content["about"].counts["statements read in it"]
    link = "/about/work/phillips-2008?view=statements-read-in-it"
    more = f'The first 150 of {count} are shown; <a href="{link}">see all {count}</a>.'
    assert count > 150 and more in html
    alone = page_at(context, link)
    assert alone.content["about"].counts == {"statements read in it": count}
    assert alone.address == link and "Everything about Phillips 2008</a>" in to_html(alone, context)
    with pytest.raises(UnknownName, match="'senses'"):
        page_at(context, "/about/work/phillips-2008?view=senses")
    term = "https://w3id.org/sq-graph/core#attributionCertainty-certain"
    assert "The first 150 of" in to_html(
        page_at(context, f"/thing?iri={term.replace('#', '%23')}"), context
    )
