PREFIX agent: <https://w3id.org/sq-graph/id/agent/>
PREFIX sq: <https://w3id.org/sq-graph/core#>

#+ Iri: a capital letter in the slug
DELETE { agent:third ?p ?o } INSERT { agent:Third ?p ?o } WHERE { agent:third ?p ?o }

#+ Kind: nothing but an agent
DELETE DATA { agent:third a sq:School } ;
INSERT DATA { agent:third a sq:Agent }
