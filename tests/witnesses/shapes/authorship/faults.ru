PREFIX agent: <https://w3id.org/sq-graph/id/agent/>
PREFIX authorship: <https://w3id.org/sq-graph/id/authorship/>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX sq: <https://w3id.org/sq-graph/core#>
PREFIX work: <https://w3id.org/sq-graph/id/work/>

#+ Iri: an underscore in the slug
DELETE { ?w sq:editorship authorship:almanac-1970-1 . authorship:almanac-1970-1 ?p ?o }
INSERT { ?w sq:editorship authorship:almanac_1970 . authorship:almanac_1970 ?p ?o }
WHERE { ?w sq:editorship authorship:almanac-1970-1 . authorship:almanac-1970-1 ?p ?o }

#+ Author: nobody
DELETE DATA { authorship:almanac-1970-1 sq:author agent:first }

#+ Author: two at one place
INSERT DATA { authorship:almanac-1970-1 sq:author agent:second }

#+ Author: a work as author
DELETE DATA { authorship:almanac-1970-1 sq:author agent:first } ;
INSERT DATA { authorship:almanac-1970-1 sq:author work:handbook-2001 }

#+ Role: two roles
INSERT DATA { authorship:almanac-1970-1 sq:authorRole sq:authorRole-translator }

#+ Role: a value of another list
DELETE DATA { authorship:almanac-1970-1 sq:authorRole sq:authorRole-editor } ;
INSERT DATA { authorship:almanac-1970-1 sq:authorRole sq:basis-read }

#+ Rank: none
DELETE DATA { authorship:almanac-1970-1 sq:rank 1 }

#+ Rank: two
INSERT DATA { authorship:almanac-1970-1 sq:rank 2 }

#+ Rank: a word
DELETE DATA { authorship:almanac-1970-1 sq:rank 1 } ;
INSERT DATA { authorship:almanac-1970-1 sq:rank "first" }

#+ Rank: nought
DELETE DATA { authorship:almanac-1970-1 sq:rank 1 } ;
INSERT DATA { authorship:almanac-1970-1 sq:rank 0 }

#+ Line: the place of no work
DELETE DATA { work:almanac-1970 sq:editorship authorship:almanac-1970-1 }

#+ Line: the place of two works
INSERT DATA {
  work:almanac-1971 a owl:NamedIndividual , sq:Work ; rdfs:label "Almanac 1971"@en ; dcterms:title "An almanac" ;
    sq:year 1971 ; sq:bibliographicStatus sq:bibliographicStatus-known ; sq:editorship authorship:almanac-1970-1
}
