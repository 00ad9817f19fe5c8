PREFIX anomaly: <https://w3id.org/sq-graph/id/anomaly/>
PREFIX claim: <https://w3id.org/sq-graph/id/claim/>
PREFIX concept: <https://w3id.org/sq-graph/id/concept/>
PREFIX passage: <https://w3id.org/sq-graph/id/passage/>
PREFIX sq: <https://w3id.org/sq-graph/core#>
PREFIX work: <https://w3id.org/sq-graph/id/work/>

#+ Iri: a capital letter in the slug
DELETE { anomaly:handbook-2001-soap ?p ?o } INSERT { anomaly:Soap ?p ?o } WHERE { anomaly:handbook-2001-soap ?p ?o }

#+ Kind: nothing but an anomaly
DELETE DATA { anomaly:handbook-2001-soap a sq:Erratum } ;
INSERT DATA { anomaly:handbook-2001-soap a sq:Anomaly }

#+ Affects: nothing
DELETE DATA { anomaly:handbook-2001-soap sq:affects claim:essay-1990-warm }

#+ Affects: a word in place of a thing
INSERT DATA { anomaly:handbook-2001-soap sq:affects "the first claim" }

#+ Passage: none
DELETE DATA { anomaly:handbook-2001-soap sq:reportedIn passage:handbook-2001-l10-l12 }

#+ Passage: a work
INSERT DATA { anomaly:handbook-2001-soap sq:reportedIn work:handbook-2001 }

#+ Summary: two in one language
INSERT DATA { anomaly:handbook-2001-soap sq:summary "A slip."@en }

#+ Summary: without language
INSERT DATA { anomaly:handbook-2001-soap sq:summary "A slip." }

#+ Summary: empty
INSERT DATA { anomaly:handbook-2001-soap sq:summary ""@fr }

#+ Summary: a copy of the chapter
INSERT { anomaly:handbook-2001-soap sq:summary ?long }
WHERE { BIND (STRLANG(CONCAT("Une lettre est fausse dans tout le premier chapitre. ", REPLACE("0123456789", "[0-9]", "Une lettre est fausse dans tout le premier chapitre. ")), "fr") AS ?long) }

#+ Printed: nothing
DELETE DATA { anomaly:handbook-2001-soap sq:printed "a soap is warm" }

#+ Printed: with a language
INSERT DATA { anomaly:handbook-2001-soap sq:printed "soap"@en }

#+ Printed: nine words
INSERT DATA { anomaly:handbook-2001-soap sq:printed "one two three four five six seven eight nine" }

#+ ReadAs: nothing
DELETE DATA { anomaly:handbook-2001-soap sq:readAs "a soup is warm"@en }

#+ ReadAs: without language
INSERT DATA { anomaly:handbook-2001-soap sq:readAs "soup" }

#+ InPlaceOf: nothing
DELETE DATA { anomaly:handbook-2001-stew-for-soup sq:inPlaceOf concept:soup }

#+ InPlaceOf: a work
INSERT DATA { anomaly:handbook-2001-stew-for-soup sq:inPlaceOf work:essay-1990 }

#+ Puts: nothing
DELETE DATA { anomaly:handbook-2001-stew-for-soup sq:puts concept:stew }

#+ Puts: a work
INSERT DATA { anomaly:handbook-2001-stew-for-soup sq:puts work:essay-1990 }
