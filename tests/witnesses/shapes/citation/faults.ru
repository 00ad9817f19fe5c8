PREFIX agent: <https://w3id.org/sq-graph/id/agent/>
PREFIX citation: <https://w3id.org/sq-graph/id/citation/>
PREFIX cito: <http://purl.org/spar/cito/>
PREFIX concept: <https://w3id.org/sq-graph/id/concept/>
PREFIX sq: <https://w3id.org/sq-graph/core#>
PREFIX work: <https://w3id.org/sq-graph/id/work/>

#+ Iri: a full stop in the slug
DELETE { citation:handbook-2001-essay-1990 ?p ?o } INSERT { citation:essay.1990 ?p ?o } WHERE { citation:handbook-2001-essay-1990 ?p ?o }

#+ Cited: nothing
DELETE DATA { citation:handbook-2001-essay-1990 cito:hasCitedEntity work:essay-1990 }

#+ Cited: two works
INSERT DATA { citation:handbook-2001-essay-1990 cito:hasCitedEntity work:letter-1980 }

#+ Cited: a concept
DELETE DATA { citation:handbook-2001-essay-1990 cito:hasCitedEntity work:essay-1990 } ;
INSERT DATA { citation:handbook-2001-essay-1990 cito:hasCitedEntity concept:soup }

#+ Citing: two works
INSERT DATA { citation:handbook-2001-essay-1990 cito:hasCitingEntity work:letter-1980 }

#+ Citing: an author
DELETE DATA { citation:handbook-2001-essay-1990 cito:hasCitingEntity work:handbook-2001 } ;
INSERT DATA { citation:handbook-2001-essay-1990 cito:hasCitingEntity agent:first }

#+ Page: a number in place of a text
DELETE DATA { citation:handbook-2001-essay-1990 sq:citedPage "7" } ;
INSERT DATA { citation:handbook-2001-essay-1990 sq:citedPage 7 }

#+ Page: empty
DELETE DATA { citation:handbook-2001-essay-1990 sq:citedPage "7" } ;
INSERT DATA { citation:handbook-2001-essay-1990 sq:citedPage "" }

#+ Part: without language
INSERT DATA { citation:handbook-2001-essay-1990 sq:citedPart "the last clause" }

#+ Part: a paragraph
INSERT DATA { citation:handbook-2001-essay-1990 sq:citedPart "the first clause, which says that soup is warm, and also the second, which says that it is liquid, but neither the third nor any of those that follow it in the remainder of the essay"@en }

#+ Function: a value of another list
INSERT DATA { citation:handbook-2001-essay-1990 sq:citationFunction sq:basis-read }

#+ Form: two
INSERT DATA { citation:handbook-2001-essay-1990 sq:citationForm sq:citationForm-undated }

#+ Form: a value of another list
DELETE DATA { citation:handbook-2001-essay-1990 sq:citationForm sq:citationForm-dated } ;
INSERT DATA { citation:handbook-2001-essay-1990 sq:citationForm sq:form-quoted }
