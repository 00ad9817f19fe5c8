PREFIX concept: <https://w3id.org/sq-graph/id/concept/>
PREFIX observation: <https://w3id.org/sq-graph/id/observation/>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX passage: <https://w3id.org/sq-graph/id/passage/>
PREFIX qb: <http://purl.org/linked-data/cube#>
PREFIX scheme: <https://w3id.org/sq-graph/id/scheme/>
PREFIX sq: <https://w3id.org/sq-graph/core#>
PREFIX table: <https://w3id.org/sq-graph/id/table/>

#+ Iri: a table named as a scheme
DELETE { ?o qb:dataSet table:cups . table:cups ?p ?v } INSERT { ?o qb:dataSet scheme:cups . scheme:cups ?p ?v } WHERE { ?o qb:dataSet table:cups . table:cups ?p ?v }

#+ KeyOnce: two figures at one place
INSERT DATA {
  observation:cups-broth-2000-again a owl:NamedIndividual , sq:Observation ; qb:dataSet table:cups ; sq:area concept:broth ; sq:year 2000 ;
    sq:figureStatus sq:figureStatus-printed ; sq:value 4.0 ; sq:reportedIn passage:handbook-2001-l10-l12
}
