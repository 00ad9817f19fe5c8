PREFIX agent: <https://w3id.org/sq-graph/id/agent/>
PREFIX category: <https://w3id.org/sq-graph/id/category/>
PREFIX concept: <https://w3id.org/sq-graph/id/concept/>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX scheme: <https://w3id.org/sq-graph/id/scheme/>
PREFIX sq: <https://w3id.org/sq-graph/core#>
PREFIX typology: <https://w3id.org/sq-graph/id/typology/>
PREFIX work: <https://w3id.org/sq-graph/id/work/>

#+ Iri: a category named as a concept
DELETE { category:colours-blue ?p ?o } INSERT { concept:blue-soup ?p ?o } WHERE { category:colours-blue ?p ?o }

#+ MemberOf: of no typology
DELETE DATA { category:colours-blue sq:memberOf typology:colours }

#+ MemberOf: of two typologies
INSERT DATA { category:colours-blue sq:memberOf typology:hours }

#+ MemberOf: of a scheme
DELETE DATA { category:colours-blue sq:memberOf typology:colours } ;
INSERT DATA { category:colours-blue sq:memberOf scheme:dishes }

#+ Rank: two
INSERT DATA { category:courses-main sq:rank 2 }

#+ Rank: a fraction
DELETE DATA { category:courses-main sq:rank 1 } ;
INSERT DATA { category:courses-main sq:rank 1.0 }

#+ ListPosition: two
INSERT DATA { category:colours-blue sq:listPosition 1, 2 }

#+ ListPosition: a word
INSERT DATA { category:colours-blue sq:listPosition "first" }

#+ ListPosition: before the first
INSERT DATA { category:colours-blue sq:listPosition 0 }

#+ Denotes: a work
INSERT DATA { category:courses-starter sq:denotes work:essay-1990 }

#+ Mark: a value of another list
INSERT DATA { category:courses-starter sq:mark sq:basis-read }

#+ DiscussedIn: an author
INSERT DATA { category:courses-starter sq:discussedIn agent:first }

#+ Count: two
INSERT DATA { category:courses-starter sq:count 4 }

#+ Count: a word
DELETE DATA { category:courses-starter sq:count 3 } ;
INSERT DATA { category:courses-starter sq:count "three" }

#+ Count: less than nothing
DELETE DATA { category:courses-starter sq:count 3 } ;
INSERT DATA { category:courses-starter sq:count -1 }

#+ Ranked: no place in the order
INSERT DATA { category:courses-dessert a owl:NamedIndividual , sq:Category ; rdfs:label "dessert"@en ; sq:memberOf typology:courses }

#+ Unranked: a place where there is no order
INSERT DATA { category:colours-blue sq:rank 1 }
