PREFIX claim: <https://w3id.org/sq-graph/id/claim/>
PREFIX concept: <https://w3id.org/sq-graph/id/concept/>
PREFIX passage: <https://w3id.org/sq-graph/id/passage/>
PREFIX question: <https://w3id.org/sq-graph/id/question/>
PREFIX sq: <https://w3id.org/sq-graph/core#>

#+ Iri: a claim named as a question
DELETE { claim:essay-1990-soup-old ?p ?o } INSERT { question:soup-old ?p ?o } WHERE { claim:essay-1990-soup-old ?p ?o }

#+ Summary: none
DELETE DATA { claim:essay-1990-soup-old sq:summary "Soup is an old dish."@en }

#+ Subject: a passage
INSERT DATA { claim:essay-1990-stew-soup sq:subject passage:handbook-2001-l10-l12 }

#+ Relation: two
INSERT DATA { claim:essay-1990-stew-soup sq:relation sq:relation-hinders }

#+ Relation: a value of another list
DELETE DATA { claim:essay-1990-stew-soup sq:relation sq:relation-part-of } ;
INSERT DATA { claim:essay-1990-stew-soup sq:relation sq:basis-read }

#+ Object: a passage
INSERT DATA { claim:essay-1990-stew-soup sq:object passage:handbook-2001-l10-l12 }

#+ Topic: about nothing
DELETE DATA { claim:essay-1990-soup-old sq:about concept:soup }

#+ Triple: no object
DELETE DATA { claim:essay-1990-stew-soup sq:object concept:soup }

#+ Triple: a relation alone
INSERT DATA { claim:essay-1990-soup-old sq:relation sq:relation-part-of }

#+ Relation: stated and denied
INSERT DATA { claim:essay-1990-stew-soup sq:deniedRelation sq:relation-hinders }
