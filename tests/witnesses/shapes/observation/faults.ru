PREFIX category: <https://w3id.org/sq-graph/id/category/>
PREFIX concept: <https://w3id.org/sq-graph/id/concept/>
PREFIX observation: <https://w3id.org/sq-graph/id/observation/>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX passage: <https://w3id.org/sq-graph/id/passage/>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX qb: <http://purl.org/linked-data/cube#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX sq: <https://w3id.org/sq-graph/core#>
PREFIX table: <https://w3id.org/sq-graph/id/table/>
PREFIX work: <https://w3id.org/sq-graph/id/work/>

#+ Iri: a capital letter in the slug
DELETE { observation:bowls-both-2000 ?p ?o } INSERT { observation:Both ?p ?o } WHERE { observation:bowls-both-2000 ?p ?o }

#+ DataSet: none
DELETE DATA { observation:bowls-stew-2000 qb:dataSet table:plates }

#+ DataSet: two
INSERT DATA { observation:bowls-stew-2000 qb:dataSet table:spoons . table:spoons a owl:NamedIndividual , qb:DataSet ; rdfs:label "spoons"@en }

#+ DataSet: a concept
DELETE DATA { observation:bowls-stew-2000 qb:dataSet table:plates } ;
INSERT DATA { observation:bowls-stew-2000 qb:dataSet concept:soup }

#+ Subject: of nothing
DELETE DATA { observation:bowls-stew-2000 sq:area concept:stew ; sq:measured concept:stew }

#+ Area: two
INSERT DATA { observation:bowls-stew-2000 sq:area category:colours-red }

#+ Area: a work
DELETE DATA { observation:bowls-stew-2000 sq:area concept:stew } ;
INSERT DATA { observation:bowls-stew-2000 sq:area work:essay-1990 }

#+ Year: two
INSERT DATA { observation:bowls-stew-2000 sq:year 2001 }

#+ Year: a text
DELETE DATA { observation:bowls-stew-2000 sq:year 2000 } ;
INSERT DATA { observation:bowls-stew-2000 sq:year "2000" }

#+ Status: none
DELETE DATA { observation:bowls-stew-2000 sq:figureStatus sq:figureStatus-printed }

#+ Status: two
INSERT DATA { observation:bowls-stew-2000 sq:figureStatus sq:figureStatus-derived ; prov:wasDerivedFrom observation:bowls-soup-2000 }

#+ Status: a value of another list
DELETE DATA { observation:bowls-stew-2000 sq:figureStatus sq:figureStatus-printed } ;
INSERT DATA { observation:bowls-stew-2000 sq:figureStatus sq:pageBasis-printed }

#+ Value: two
INSERT DATA { observation:bowls-stew-2000 sq:value 6.0 }

#+ Value: a text
DELETE DATA { observation:bowls-stew-2000 sq:value 5.0 } ;
INSERT DATA { observation:bowls-stew-2000 sq:value "5.0" }

#+ Bounds: a text
DELETE DATA { observation:bowls-both-2000 sq:upperBound 12.5 } ;
INSERT DATA { observation:bowls-stew-2000 sq:upperBound "12.5" }

#+ BoundOrder: the wrong way round
DELETE DATA { observation:bowls-both-2000 sq:lowerBound 11.5 } ;
INSERT DATA { observation:bowls-both-2000 sq:lowerBound 13.5 }

#+ Measured: two
INSERT DATA { observation:bowls-stew-2000 sq:measured concept:soup }

#+ Measured: a work
DELETE DATA { observation:bowls-stew-2000 sq:measured concept:stew } ;
INSERT DATA { observation:bowls-stew-2000 sq:measured work:essay-1990 }

#+ Compared: a table
INSERT DATA { observation:bowls-both-2000 sq:comparedWith table:plates }

#+ Rounding: said both ways
INSERT DATA { observation:bowls-both-2000 sq:withinRounding false }

#+ Rounding: said in words
DELETE DATA { observation:bowls-both-2000 sq:withinRounding true } ;
INSERT DATA { observation:bowls-both-2000 sq:withinRounding "yes" }

#+ Unit: two
INSERT DATA { observation:bowls-stew-2000 sq:unit "cups"@en }

#+ Unit: without language
INSERT DATA { observation:bowls-stew-2000 sq:unit "cups" }

#+ Passage: a work
INSERT DATA { observation:bowls-stew-2000 sq:reportedIn work:handbook-2001 }

#+ DerivedFrom: a table
INSERT DATA { observation:bowls-both-2000 prov:wasDerivedFrom table:plates }

#+ Figure: neither value nor bound
DELETE DATA { observation:bowls-stew-2000 sq:value 5.0 }

#+ Derived: from nothing
DELETE DATA { observation:bowls-both-2000 prov:wasDerivedFrom observation:bowls-stew-2000 , observation:bowls-soup-2000 }

#+ Printed: on no page
DELETE DATA { observation:bowls-stew-2000 sq:reportedIn passage:handbook-2001-l10-l12 }
