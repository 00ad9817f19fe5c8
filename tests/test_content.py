"""What the packaged map says: corrections of its content that must not be lost again."""

from __future__ import annotations

import re

import pytest

from sq_graph.atlas import Atlas
from sq_graph.graph import Graph
from sq_graph.model.entities import read_concepts


@pytest.fixture(scope="module")
def graph(atlas: Atlas) -> Graph:
    return atlas.graph


def values(graph: Graph, subject: str, predicate: str) -> set[str]:
    """The values of one property of a thing, by slug or as text."""
    rows = graph.select(f"SELECT ?value {{ {subject} {predicate} ?value }}")
    return {re.sub(r"^https://w3id.org/\S*[/#]", "", row["value"].value) for row in rows}


@pytest.mark.parametrize(
    "claim, triple",
    [
        ("jordan-1996-exclusion", "stress-on-active-citizenship promotes case-for-exclusion"),
        (
            "jordan-1996-inclusion",
            "focus-on-inclusion hinders case-for-membership-based-rights-and-duties",
        ),
        (
            "phillips-2008-jordan-transfer",
            "stress-on-strong-ideological-cohesion promotes case-for-exclusion",
        ),
        ("toennies-1957-family", "toennies-gemeinschaft maintained-by family-peer-group"),
    ],
)
def test_a_triple_is_no_stronger_than_its_source(claim: str, triple: str, graph: Graph) -> None:
    terms = [
        next(iter(values(graph, f"claim:{claim}", f"sq:{end}")))
        for end in ("subject", "relation", "object")
    ]
    assert " ".join(terms).replace("relation-", "") == triple


@pytest.mark.parametrize(
    "first, second",
    [
        ("claim:berghman-1995-attribute", "definition:berghman-1995-attribute"),
        ("claim:berghman-1995-societal-property", "definition:berghman-1995-property-of-societies"),
        (
            "claim:phillips-2008-severe-special",
            "alignment:wessels-miedema-severe-permanent-detachment",
        ),
        (
            "claim:phillips-berman-2003-homogeneous",
            "definition:phillips-berman-2003-homogeneous-cohesion",
        ),
    ],
)
def test_two_statements_of_the_same_lines_are_equally_hedged(
    first: str, second: str, graph: Graph
) -> None:
    hedges = values(graph, first, "sq:hedge")
    assert hedges == values(graph, second, "sq:hedge") != {"hedge-asserted"}


@pytest.mark.parametrize(
    "claim, definition",
    [
        ("marshall-1950-baseline", "marshall-1950-cohesion"),
        ("conservative-commentators-free-market", "conservative-commentators-cohesion"),
        ("wessels-miedema-2002-preliminary-real", "wessels-miedema-2002-preliminary"),
        ("wessels-miedema-2002-alternative-voluntary", "wessels-miedema-2002-alternative"),
        ("phillips-berman-2003-external-cohesion", "phillips-berman-2003-external"),
    ],
)
def test_a_claim_and_its_definition_are_attributed_alike(
    claim: str, definition: str, graph: Graph
) -> None:
    certainty = values(graph, f"claim:{claim}", "sq:attributionCertainty")
    assert certainty == values(graph, f"definition:{definition}", "sq:attributionCertainty")
    assert certainty != {"attributionCertainty-certain"}


HEDGES = (
    r"\b(may|might|can|could|would|ought|if|perhaps|probab|tentativ|arguabl|appear|potential|tend|"
    r"often|sometimes|tacit|presum|claim|say|danger|unlikely|likel|to some|to a|some considerable|"
    r"at least|in effect|in general|in part|in principle|more or less|loosely|hardly|while|"
    r"unless|implicitly|indicates|gives an opportunity|seem|normally|suffer|best|somewhat|"
    r"relatively|largely|supposed|expected|difficult to imagine|\?|prefer)|\?$"
)


def test_the_label_of_a_hedged_claim_carries_the_hedge(graph: Graph) -> None:
    rows = graph.select(
        "SELECT ?label { ?claim a sq:Claim ; sq:hedge ?hedge ; rdfs:label ?label "
        "FILTER(?hedge != sq:hedge-asserted) }"
    )
    assert len(rows) > 80
    assert not [row["label"].value for row in rows if not re.search(HEDGES, row["label"].value)]


def test_a_definition_is_dated_by_its_holders_own_work_alone(graph: Graph) -> None:
    cohesion = "https://w3id.org/sq-graph/id/concept/social-cohesion"
    (concept,) = read_concepts(graph, [cohesion])
    years = {definition.label: definition.year for definition in concept.definitions}
    assert years["Phillips and Berman 2003 on social cohesion"] == 2003
    assert years["Conservative commentators on social cohesion"] is None
    assert not values(graph, "position:social-quality-aspects", "sq:year")


def test_a_word_with_several_kinds_and_senses_has_a_concept_of_its_own(graph: Graph) -> None:
    concepts = {
        row["value"].value.rpartition("/")[2]
        for row in graph.select(
            "SELECT ?value { ?value skos:broader|sq:senseOf concept:integration }"
        )
    }
    assert {"steinert-integration", "civic-integration", "normative-integration"} <= concepts


@pytest.mark.parametrize(
    "statement, stance",
    [
        ("claim:much-of-the-literature-opposite", "questions"),
        ("claim:freeman-1992-overlap", "questions"),
        ("claim:ahmed-2007-bipartite", "questions"),
        ("claim:divisive-identity-politics-discrimination", "rejects"),
        ("claim:beck-2001-distinct", "prefers"),
    ],
)
def test_the_stance_of_a_work_is_the_one_that_it_takes(
    statement: str, stance: str, graph: Graph
) -> None:
    assert values(graph, statement, "sq:stance") == {f"stance-{stance}"}


def test_the_paper_evaluates_the_works_that_it_praises(graph: Graph) -> None:
    evaluated = values(graph, "claim:phillips-2008-wessels-miedema-more-formal", "sq:evaluates")
    assert evaluated == {"wessels-miedema-exclusion"}
    assert values(graph, "claim:phillips-2008-titmuss-classic", "sq:evaluates")
    assert values(graph, "claim:phillips-2008-unequal-segregated", "sq:place") == {"usa"}


def test_a_value_named_in_a_cause_alone_is_no_normative_content(graph: Graph) -> None:
    """As the rules of coding say, and as the definitions of Phillips 2008 are coded."""
    assert not list(
        graph.select("""SELECT ?definition ?term {
          ?cause sq:codes ?definition ; sq:aspect aspect:causes ; sq:codedTerm ?term .
          ?value sq:codes ?definition ; sq:aspect aspect:normative-content ; sq:codedTerm ?term }""")
    )
    for criterion in ("paths", "removal"):
        coding = f"coding:moody-white-2003-structural-cohesion-{criterion}-criterion"
        assert values(graph, coding, "sq:coverage") == {"coverage-silent"}


def test_not_simply_the_opposite_is_denied_as_that_alone(graph: Graph) -> None:
    for slug in ("phillips-not-opposite", "walker-wigfield-not-opposite"):
        assert values(graph, f"alignment:{slug}", "sq:relation") == {"relation-merely-opposite"}


def test_a_view_with_two_works_cited_for_it_is_held_by_the_authors_of_both(
    graph: Graph,
) -> None:
    definition = "definition:moody-white-2003-holding-together"
    assert values(graph, definition, "sq:heldBy") == {"harary", "moody", "white-dr"}
    works = {"moody-white-2003", "white-harary-2001"}
    assert values(graph, definition, "sq:statedIn") == works
    assert values(graph, definition, "sq:citation/cito:hasCitedEntity") == works
