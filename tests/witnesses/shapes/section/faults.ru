PREFIX agent: <https://w3id.org/sq-graph/id/agent/>
PREFIX passage: <https://w3id.org/sq-graph/id/passage/>
PREFIX section: <https://w3id.org/sq-graph/id/section/>
PREFIX sq: <https://w3id.org/sq-graph/core#>

#+ Iri: a section named as a passage
DELETE { section:handbook-2001-2 ?p ?o } INSERT { passage:handbook-2001-2 ?p ?o } WHERE { section:handbook-2001-2 ?p ?o }

#+ DevelopedFrom: an author in place of a work
INSERT DATA { section:handbook-2001-2 sq:developedFrom agent:first }
