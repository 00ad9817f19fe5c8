PREFIX agent: <https://w3id.org/sq-graph/id/agent/>
PREFIX authorship: <https://w3id.org/sq-graph/id/authorship/>
PREFIX bibo: <http://purl.org/ontology/bibo/>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX sq: <https://w3id.org/sq-graph/core#>
PREFIX work: <https://w3id.org/sq-graph/id/work/>

#+ Iri: a space in the slug, written %20
DELETE { work:leaflet ?p ?o } INSERT { <https://w3id.org/sq-graph/id/work/a%20leaflet> ?p ?o } WHERE { work:leaflet ?p ?o }

#+ Year: a year in quotation marks
DELETE DATA { work:soup-book-1999a sq:year 1999 } ;
INSERT DATA { work:soup-book-1999a sq:year "1999" }

#+ Year: two years
INSERT DATA { work:soup-book-1999a sq:year 2000 }

#+ Year: a slip of the pen
DELETE DATA { work:soup-book-1999a sq:year 1999 } ;
INSERT DATA { work:soup-book-1999a sq:year 19999 }

#+ Year: long before any book
DELETE DATA { work:soup-book-1999a sq:year 1999 } ;
INSERT DATA { work:soup-book-1999a sq:year -19990 }

#+ YearSuffix: a capital letter
DELETE DATA { work:soup-book-1999a sq:yearSuffix "a" } ;
INSERT DATA { work:soup-book-1999a sq:yearSuffix "A" }

#+ YearSuffix: two letters
INSERT DATA { work:soup-book-1999a sq:yearSuffix "b" }

#+ YearNote: with a language
DELETE DATA { work:leaflet sq:yearNote "forthcoming" } ;
INSERT DATA { work:leaflet sq:yearNote "forthcoming"@en }

#+ YearNote: two notes
INSERT DATA { work:leaflet sq:yearNote "in press" }

#+ YearNote: an empty note
DELETE DATA { work:leaflet sq:yearNote "forthcoming" } ;
INSERT DATA { work:leaflet sq:yearNote "" }

#+ Authorship: an author in place of an authorship
INSERT DATA { work:leaflet sq:authorship agent:first }

#+ Container: two journals
INSERT DATA { work:soup-book-1999a sq:containerTitle "Dining papers" }

#+ Container: an empty title
DELETE DATA { work:soup-book-1999a sq:containerTitle "Kitchen papers" } ;
INSERT DATA { work:soup-book-1999a sq:containerTitle "" }

#+ Container: an address in place of a title
DELETE DATA { work:soup-book-1999a sq:containerTitle "Kitchen papers" } ;
INSERT DATA { work:soup-book-1999a sq:containerTitle work:handbook-2001 }

#+ EtAl: said in words
DELETE DATA { work:soup-book-1999a sq:etAl true } ;
INSERT DATA { work:soup-book-1999a sq:etAl "yes" }

#+ EtAl: said both ways
INSERT DATA { work:soup-book-1999a sq:etAl false }

#+ Status: none
DELETE DATA { work:leaflet sq:bibliographicStatus sq:bibliographicStatus-unknown }

#+ Status: two
INSERT DATA { work:leaflet sq:bibliographicStatus sq:bibliographicStatus-known }

#+ Status: a value of another list
DELETE DATA { work:leaflet sq:bibliographicStatus sq:bibliographicStatus-unknown } ;
INSERT DATA { work:leaflet sq:bibliographicStatus sq:basis-read }

#+ Title: two titles
INSERT DATA { work:leaflet dcterms:title "Another leaflet" }

#+ Doi: an address in place of a DOI
DELETE DATA { work:soup-book-1999a bibo:doi "10.1000/182" } ;
INSERT DATA { work:soup-book-1999a bibo:doi "https://doi.org/10.1000/182" }

#+ Doi: two DOIs
INSERT DATA { work:soup-book-1999a bibo:doi "10.1000/183" }

#+ RanksOnce: two second authors
INSERT DATA {
  work:soup-book-1999a sq:authorship authorship:soup-book-1999a-3 .
  authorship:soup-book-1999a-3 a owl:NamedIndividual , sq:Authorship ; sq:author agent:first ; sq:rank 2
}

#+ RanksGapless: a first and a third author
DELETE DATA { authorship:soup-book-1999a-2 sq:rank 2 } ;
INSERT DATA { authorship:soup-book-1999a-2 sq:rank 3 }

#+ Dated: neither year nor note
DELETE DATA { work:leaflet sq:yearNote "forthcoming" }

#+ Signed: neither author nor title
DELETE DATA { work:leaflet dcterms:title "A leaflet" }

#+ Titled: a known record without a title
DELETE DATA { work:soup-book-1999a dcterms:title "The soup book" }
