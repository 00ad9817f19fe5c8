PREFIX aspect: <https://w3id.org/sq-graph/id/aspect/>
PREFIX concept: <https://w3id.org/sq-graph/id/concept/>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX scheme: <https://w3id.org/sq-graph/id/scheme/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX sq: <https://w3id.org/sq-graph/core#>
PREFIX value: <https://w3id.org/sq-graph/id/value/>

#+ Iri: a value named as a concept
DELETE { value:form-drawn ?p ?o } INSERT { concept:form-drawn ?p ?o } WHERE { value:form-drawn ?p ?o }

#+ Aspect: of no aspect
DELETE DATA { aspect:weight sq:allows value:weight-middling }

#+ Aspect: of two aspects
INSERT DATA {
  aspect:lightness a owl:NamedIndividual , sq:Aspect ; rdfs:label "lightness"@en ; sq:appliesTo scheme:dishes ;
    sq:asks "Is it light?"@en ; sq:allows value:weight-heavy , value:weight-light ;
    sq:codingRule "Only if said."@en ; skos:example "It lies heavy: heavy."@en ; sq:borderlineCase "Filling: silent."@en
}
