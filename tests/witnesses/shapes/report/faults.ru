PREFIX concept: <https://w3id.org/sq-graph/id/concept/>
PREFIX definition: <https://w3id.org/sq-graph/id/definition/>
PREFIX passage: <https://w3id.org/sq-graph/id/passage/>
PREFIX report: <https://w3id.org/sq-graph/id/report/>
PREFIX sq: <https://w3id.org/sq-graph/core#>
PREFIX work: <https://w3id.org/sq-graph/id/work/>

#+ Iri: a capital letter in the slug
DELETE { report:essay-1990-soup ?p ?o } INSERT { report:Soup ?p ?o } WHERE { report:essay-1990-soup ?p ?o }

#+ Report: none
DELETE DATA { report:essay-1990-soup sq:report definition:essay-1990-soup }

#+ Report: two
INSERT DATA { report:essay-1990-soup sq:report definition:letter-1980-soup-too } ;
INSERT { definition:letter-1980-soup-too ?p ?o . definition:letter-1980-soup-too sq:reportedIn passage:handbook-2001-l10-l12 }
WHERE { definition:essay-1990-soup-itself ?p ?o FILTER(?p != sq:reportedIn) }

#+ Report: a concept
DELETE DATA { report:essay-1990-soup sq:report definition:essay-1990-soup } ;
INSERT DATA { report:essay-1990-soup sq:report concept:soup }

#+ Original: none
DELETE DATA { report:essay-1990-soup sq:original definition:essay-1990-soup-itself }

#+ Original: two
INSERT DATA { report:essay-1990-soup sq:original definition:essay-1990-soup-again } ;
INSERT { definition:essay-1990-soup-again ?p ?o } WHERE { definition:essay-1990-soup-itself ?p ?o }

#+ Original FirstHand: a concept
DELETE DATA { report:essay-1990-soup sq:original definition:essay-1990-soup-itself } ;
INSERT DATA { report:essay-1990-soup sq:original concept:soup }

#+ FirstHand: a statement in nobody's own work
DELETE DATA { definition:essay-1990-soup-itself sq:statedIn work:essay-1990 }

#+ OtherWork: both on one page
INSERT DATA { definition:essay-1990-soup-itself sq:reportedIn passage:handbook-2001-l10-l12 }

#+ Fidelity: none
DELETE DATA { report:essay-1990-soup sq:fidelity sq:fidelity-strengthened }

#+ Fidelity: a value of another list
DELETE DATA { report:essay-1990-soup sq:fidelity sq:fidelity-strengthened } ;
INSERT DATA { report:essay-1990-soup sq:fidelity sq:hedge-hedged }

#+ Alone: faithful and strengthened
INSERT DATA { report:essay-1990-soup sq:fidelity sq:fidelity-faithful }
