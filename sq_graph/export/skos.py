"""The concepts and typologies of a map as SKOS concept schemes."""

from __future__ import annotations

from sq_graph.export.rdf import serialised
from sq_graph.graph import Graph
from sq_graph.queries import prologue

# Definitions and mappings name their holders in words, since SKOS has no place for an attribution.
# It has none for a hedge either: only mappings that are asserted without one are exported.
_CONCEPTS = """CONSTRUCT {
  ?concept a skos:Concept ; skos:prefLabel ?label ; skos:altLabel ?other ; skos:inScheme ?scheme ;
    skos:broader ?above ; skos:related ?beside ; skos:topConceptOf ?top ; skos:definition ?words .
  ?scheme a skos:ConceptScheme ; skos:prefLabel ?title .
  ?top skos:hasTopConcept ?concept .
  ?above skos:narrower ?concept .
  ?union a skos:Collection ; skos:prefLabel ?together ; skos:member ?member .
  ?subject ?match ?object ; skos:editorialNote ?source .
} WHERE {
  {
    { ?concept a sq:Concept } UNION { ?concept a sq:Category }
    ?concept rdfs:label ?label ; skos:inScheme|sq:memberOf ?scheme .
    ?scheme rdfs:label ?title .
    OPTIONAL { ?concept skos:altLabel ?other }
    OPTIONAL { ?concept skos:broader|sq:senseOf ?above FILTER(?above != ?concept) }
    OPTIONAL { ?concept skos:related ?beside }
    OPTIONAL { ?definition sq:defines ?concept ; rdfs:label ?who ; sq:summary ?summary
      BIND(STRLANG(CONCAT(STR(?who), ": ", STR(?summary)), "en") AS ?words) }
    OPTIONAL { ?concept skos:inScheme|sq:memberOf ?top
      FILTER NOT EXISTS { ?concept skos:broader|sq:senseOf ?any } }
  } UNION {
    ?union a sq:Union ; rdfs:label ?together ; skos:member ?member
  } UNION {
    ?alignment a sq:Alignment ; sq:hedge sq:hedge-asserted ; rdfs:label ?name ;
      sq:subject ?subject ; sq:object ?object ; sq:relation ?relation .
    ?relation sq:sssomPredicate ?match .
    { ?subject a sq:Concept } UNION { ?subject a sq:Category }
    { ?object a sq:Concept } UNION { ?object a sq:Category }
    OPTIONAL { ?alignment sq:summary ?drawn }
    BIND(STRLANG(CONCAT(STR(?name), COALESCE(CONCAT(": ", STR(?drawn)), "")), "en") AS ?source)
  }
}"""


def to_skos(graph: Graph) -> str:
    """The concepts of a map as SKOS in Turtle, with definitions by their holders and mappings.

    >>> import sq_graph
    >>> "hasTopConcept" in to_skos(sq_graph.open().graph)
    True
    """
    return serialised(graph.construct(prologue() + _CONCEPTS), "turtle")
