PREFIX model: <https://w3id.org/sq-graph/id/model/>
PREFIX position: <https://w3id.org/sq-graph/id/position/>

#+ Iri: a model named as a position
DELETE { model:cold-kitchen ?p ?o } INSERT { position:cold-kitchen ?p ?o } WHERE { model:cold-kitchen ?p ?o }
