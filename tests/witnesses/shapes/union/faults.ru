PREFIX concept: <https://w3id.org/sq-graph/id/concept/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX union: <https://w3id.org/sq-graph/id/union/>
PREFIX work: <https://w3id.org/sq-graph/id/work/>

#+ Iri: a capital letter in the slug
DELETE { union:soup-stew ?p ?o } INSERT { union:SoupStew ?p ?o } WHERE { union:soup-stew ?p ?o }

#+ Member: one alone
DELETE DATA { union:soup-stew skos:member concept:stew }

#+ Member: a work among them
INSERT DATA { union:soup-stew skos:member work:essay-1990 }

#+ NoConcept: a concept of SKOS too
INSERT DATA { union:soup-stew a skos:Concept }
