PREFIX claim: <https://w3id.org/sq-graph/id/claim/>
PREFIX concept: <https://w3id.org/sq-graph/id/concept/>
PREFIX question: <https://w3id.org/sq-graph/id/question/>
PREFIX sq: <https://w3id.org/sq-graph/core#>

#+ Iri: a capital letter in the slug
DELETE { question:essay-1990-salt ?p ?o } INSERT { question:Salt ?p ?o } WHERE { question:essay-1990-salt ?p ?o }

#+ Status: two
INSERT DATA { question:essay-1990-salt sq:questionStatus sq:questionStatus-partly }

#+ Status: a value of another list
DELETE DATA { question:essay-1990-salt sq:questionStatus sq:questionStatus-answered } ;
INSERT DATA { question:essay-1990-salt sq:questionStatus sq:basis-read }

#+ AnsweredBy: a concept
INSERT DATA { question:essay-1990-salt sq:answeredBy concept:soup }

#+ Formalises: a claim
INSERT DATA { question:essay-1990-salt sq:formalises claim:essay-1990-warm }

#+ Answered: answered by nothing
DELETE DATA { question:essay-1990-salt sq:answeredBy claim:essay-1990-warm }

#+ Open: open with an answer
INSERT DATA { question:essay-1990-taste sq:answeredBy claim:essay-1990-warm }
