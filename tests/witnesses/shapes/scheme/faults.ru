PREFIX concept: <https://w3id.org/sq-graph/id/concept/>
PREFIX scheme: <https://w3id.org/sq-graph/id/scheme/>

#+ Iri: a scheme named as a concept
DELETE { scheme:tools ?p ?o } INSERT { concept:tools ?p ?o } WHERE { scheme:tools ?p ?o }
