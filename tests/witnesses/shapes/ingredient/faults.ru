PREFIX agent: <https://w3id.org/sq-graph/id/agent/>
PREFIX concept: <https://w3id.org/sq-graph/id/concept/>
PREFIX definition: <https://w3id.org/sq-graph/id/definition/>
PREFIX ingredient: <https://w3id.org/sq-graph/id/ingredient/>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX passage: <https://w3id.org/sq-graph/id/passage/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX sq: <https://w3id.org/sq-graph/core#>
PREFIX work: <https://w3id.org/sq-graph/id/work/>

#+ Iri: a capital letter in the slug
DELETE { ?d sq:composedOf ingredient:bisque-essay . ingredient:bisque-essay ?p ?o }
INSERT { ?d sq:composedOf ingredient:Bisque . ingredient:Bisque ?p ?o }
WHERE { ?d sq:composedOf ingredient:bisque-essay . ingredient:bisque-essay ?p ?o }

#+ Source: none
DELETE DATA { ingredient:bisque-essay sq:source work:essay-1990 }

#+ Source: two
INSERT DATA { ingredient:bisque-essay sq:source work:letter-1980 }

#+ Source: a concept
DELETE DATA { ingredient:bisque-essay sq:source work:essay-1990 } ;
INSERT DATA { ingredient:bisque-essay sq:source concept:broth }

#+ Scope: without language
INSERT DATA { ingredient:bisque-essay sq:sourceScope "the shells" }

#+ Weight: none
DELETE DATA { ingredient:bisque-essay sq:weight sq:weight-sole }

#+ Weight: two
INSERT DATA { ingredient:bisque-essay sq:weight sq:weight-main }

#+ Weight: a value of another list
DELETE DATA { ingredient:bisque-essay sq:weight sq:weight-sole } ;
INSERT DATA { ingredient:bisque-essay sq:weight sq:basis-read }

#+ Definition: of no definition
DELETE DATA { definition:handbook-2001-bisque sq:composedOf ingredient:bisque-essay }

#+ Definition: of two definitions
INSERT DATA {
  definition:handbook-2001-chowder a owl:NamedIndividual , sq:Definition ; rdfs:label "the handbook on chowder"@en ;
    sq:defines concept:soup ; sq:form sq:form-characterised ; sq:summary "A soup of clams."@en ; sq:composedOf ingredient:bisque-essay ;
    sq:heldBy agent:first ; sq:statedIn work:handbook-2001 ; sq:reportedIn passage:handbook-2001-l10-l12 ;
    sq:basis sq:basis-worded ; sq:hedge sq:hedge-asserted ; sq:reviewStatus sq:reviewStatus-draft
}
