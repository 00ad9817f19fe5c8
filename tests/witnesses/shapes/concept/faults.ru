PREFIX agent: <https://w3id.org/sq-graph/id/agent/>
PREFIX concept: <https://w3id.org/sq-graph/id/concept/>
PREFIX scheme: <https://w3id.org/sq-graph/id/scheme/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX sq: <https://w3id.org/sq-graph/core#>

#+ Iri: two hyphens in a row
DELETE { concept:soup-essay ?p ?o } INSERT { concept:soup--essay ?p ?o } WHERE { concept:soup-essay ?p ?o }

#+ SenseOf: of two words
INSERT DATA { concept:soup-essay sq:senseOf concept:broth }

#+ SenseOf: of a scheme
DELETE DATA { concept:soup-essay sq:senseOf concept:soup } ;
INSERT DATA { concept:soup-essay sq:senseOf scheme:dishes }

#+ WordLevel: the sense of a sense of a sense
INSERT DATA { concept:fish-soup sq:senseOf concept:soup-essay . concept:sea-food sq:senseOf concept:fish-soup }

#+ HeldSense: the sense of an author's sense
INSERT DATA { concept:fish-soup sq:senseOf concept:soup-essay . concept:soup-essay sq:heldBy agent:first }

#+ Broader: a scheme in place of a concept
INSERT DATA { concept:fish-soup skos:broader scheme:dishes }

#+ InScheme: none
DELETE DATA { concept:fish-soup skos:inScheme scheme:dishes }

#+ NoCircle: a circle of two
INSERT DATA { concept:sea-food skos:broader concept:fish-soup }
