"""The search: whole words first, accents folded, spelling suggested, each hit with its holder and page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sq_graph.atlas import Atlas
from sq_graph.errors import UnknownName
from sq_graph.web.pages import PageContext, page_at, render
from sq_graph.web.pages.page import to_html
from tests.workspaces import chan_workspace


@pytest.fixture(scope="module")
def context(atlas: Atlas) -> PageContext:
    return PageContext(atlas)


def test_accents_and_capitals_make_no_difference(atlas: Atlas) -> None:
    plain, accented = atlas.search("tonnies"), atlas.search("TÖNNIES")
    assert plain.count == accented.count >= 10 and plain.hits[0].label == "Tönnies"
    assert atlas.search("COHÉSION").hits[0].label == "cohesion"


def test_whole_words_come_before_beginnings_of_words(atlas: Atlas) -> None:
    usa = atlas.search("USA")
    assert usa.hits[0].label == "USA"
    texts = [" ".join((hit.label, hit.snippet)).lower() for hit in usa.hits]
    assert not any("causal" in text or "thousand" in text for text in texts)
    hits = atlas.search("class").hits
    position = [hit.label for hit in hits].index("class consciousness")
    assert all("classic" not in hit.label for hit in hits[:position])


def test_a_misspelt_word_gets_the_nearest(atlas: Atlas, context: PageContext) -> None:
    assert "belonging" in atlas.search("belongng").suggestions
    html = to_html(page_at(context, "/search?q=belongng"), context)
    assert 'href="/search?q=belonging"' in html and "Permalink" not in html


def test_words_in_quotation_marks_are_one_phrase(atlas: Atlas) -> None:
    words, phrase = atlas.search("social exclusion"), atlas.search('"social exclusion"')
    assert 0 < phrase.count < words.count
    assert atlas.search('"exclusion double"').count == 0


def test_a_definition_is_found_by_the_terms_under_which_it_is_coded(atlas: Atlas) -> None:
    hits = atlas.search("self-reali").hits
    labels = [atlas.label(hit.iri) for hit in hits if hit.kind == "definition"]
    for concept in ("empowerment", "security", "inclusion"):
        assert any(concept in label for label in labels), concept


def test_a_hit_shows_its_text_holder_and_page(context: PageContext) -> None:
    html = to_html(page_at(context, "/search?q=rupture&kind=claim"), context)
    assert (
        "<mark>rupture</mark>" in html
        and "as reported by Phillips 2008, p.\N{NO-BREAK SPACE}6" in html
        and "6; hedged (“in some considerable degree”)" in html
    )


def test_hits_are_narrowed_by_kind_and_work(atlas: Atlas) -> None:
    room = atlas.search("exclusion", kind="claim", work="room-1999")
    assert 0 < room.count < atlas.search("exclusion", kind="claim").count
    assert {hit.kind for hit in room.hits} == {"claim"}
    assert all(atlas.find("room-1999") in hit.works for hit in room.hits)
    assert {hit.kind for hit in atlas.search("", kind="work").hits} == {"work"}


@pytest.mark.parametrize(
    "words", ["(x OR y*", '"', "NEAR(a b)", "a:b", "-", "*", "'; DROP TABLE hits", "\0trust"]
)
def test_operators_of_the_search_engine_are_plain_words(atlas: Atlas, words: str) -> None:
    assert atlas.search(words).count >= 0 and atlas.search("trust").count > 20
    assert atlas.search(f"trust {words}" * 2_000).count >= 0  # each word is sought once


def test_labels_are_offered_while_typing(context: PageContext) -> None:
    labels = json.loads(render(context, "/search/begun.json?q=tonn").body)
    assert labels[0] == "Tönnies" and json.loads(render(context, "/search/begun.json").body) == []


def test_a_missing_page_offers_a_search_with_its_words(context: PageContext) -> None:
    response = render(context, "/concepts/homogeneous-cohesions")
    assert response.status == 404 and b"/search?q=homogeneous+cohesions" in response.body


def test_punctuation_between_words_does_not_change_what_comes_first(atlas: Atlas) -> None:
    for words in (
        "social-cohesion",
        "«social cohesion»",
        "„social cohesion“",
        "social cohe\u00adsion*",
    ):
        assert atlas.search(words).hits[0].label == "social cohesion", words
    assert atlas.search("„social exclusion“").count == atlas.search('"social exclusion"').count
    with pytest.raises(UnknownName, match="kind of thing that is searched 'clam'"):
        atlas.search("trust", kind="clam")


def test_a_snippet_is_of_one_text(atlas: Atlas) -> None:
    hits = atlas.search("cohesion fused with exclusion").hits
    assert any("fused" in hit.snippet for hit in hits)
    assert not any(" · " in hit.snippet for hit in hits)


def test_words_are_found_inside_a_text_without_blanks(tmp_path: Path) -> None:
    atlas = chan_workspace(tmp_path, summary="社会融合是指个体与社会之间的联系与互动的过程。")
    results = atlas.search("联系与互动")
    assert (
        results.count == 1 and "个体与社会之间的\x02联系与互动\x03的过程" in results.hits[0].snippet
    )
    assert atlas.search("联系 过程").count == 1 and atlas.search("联系 权力").count == 0
    with atlas.edit() as edit:
        edit.work("lodz-2001", title="Łódź og Ærø: O’Neill", authors="Sørensen, Åse", year=2001)
    for words in ("lodz aero", "sorensen 2001", "oneill", "Łódź", "O'Neill", "Sørensen ase"):
        assert atlas.search(words).count, words
