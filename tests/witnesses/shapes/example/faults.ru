PREFIX concept: <https://w3id.org/sq-graph/id/concept/>
PREFIX example: <https://w3id.org/sq-graph/id/example/>
PREFIX sq: <https://w3id.org/sq-graph/core#>
PREFIX work: <https://w3id.org/sq-graph/id/work/>

#+ Iri: a capital letter in the slug
DELETE { example:essay-1990-canteen ?p ?o } INSERT { example:Canteen ?p ?o } WHERE { example:essay-1990-canteen ?p ?o }

#+ Kind: neither case nor stereotype
DELETE DATA { example:essay-1990-canteen a sq:Case } ;
INSERT DATA { example:essay-1990-canteen a sq:Example }

#+ Exemplifies: nothing
DELETE DATA { example:essay-1990-canteen sq:exemplifies concept:soup }

#+ Exemplifies: a work
INSERT DATA { example:essay-1990-canteen sq:exemplifies work:essay-1990 }

#+ Place: a work
INSERT DATA { example:essay-1990-canteen sq:place work:essay-1990 }
