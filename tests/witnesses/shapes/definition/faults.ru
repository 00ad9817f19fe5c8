PREFIX aspect: <https://w3id.org/sq-graph/id/aspect/>
PREFIX coding: <https://w3id.org/sq-graph/id/coding/>
PREFIX concept: <https://w3id.org/sq-graph/id/concept/>
PREFIX definition: <https://w3id.org/sq-graph/id/definition/>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX sq: <https://w3id.org/sq-graph/core#>
PREFIX work: <https://w3id.org/sq-graph/id/work/>

#+ Iri: a definition named as a concept
DELETE { ?c sq:codes definition:handbook-2001-stew . definition:handbook-2001-stew ?p ?o }
INSERT { ?c sq:codes concept:handbook-2001-stew . concept:handbook-2001-stew ?p ?o }
WHERE { ?c sq:codes definition:handbook-2001-stew . definition:handbook-2001-stew ?p ?o }

#+ Defines: nothing
DELETE DATA { definition:handbook-2001-stew sq:defines concept:stew }

#+ Defines: two concepts
INSERT DATA { definition:handbook-2001-stew sq:defines concept:soup }

#+ Defines: a work
DELETE DATA { definition:handbook-2001-stew sq:defines concept:stew } ;
INSERT DATA { definition:handbook-2001-stew sq:defines work:essay-1990 }

#+ Form: none
DELETE DATA { definition:handbook-2001-stew sq:form sq:form-characterised }

#+ Form: two
INSERT DATA { definition:handbook-2001-stew sq:form sq:form-quoted }

#+ Form: a value of another list
DELETE DATA { definition:handbook-2001-stew sq:form sq:form-characterised } ;
INSERT DATA { definition:handbook-2001-stew sq:form sq:basis-read }

#+ Summary: none
DELETE DATA { definition:handbook-2001-stew sq:summary "Thick, and cooked for long."@en }

#+ Component: a work
INSERT DATA { definition:handbook-2001-stew sq:component work:essay-1990 }

#+ Logic: two
INSERT DATA { definition:handbook-2001-stew sq:logic sq:logic-any-of }

#+ Logic: a value of another list
DELETE DATA { definition:handbook-2001-stew sq:logic sq:logic-all-of } ;
INSERT DATA { definition:handbook-2001-stew sq:logic sq:basis-read }

#+ ComposedOf: a work in place of an ingredient
INSERT DATA { definition:handbook-2001-stew sq:composedOf work:essay-1990 }

#+ Combined: one component alone
DELETE DATA { definition:handbook-2001-stew sq:component concept:broth }

#+ CodedOnce: coded twice
INSERT DATA {
  coding:handbook-2001-stew-heat-again a owl:NamedIndividual , sq:Coding ; sq:codes definition:handbook-2001-stew ; sq:aspect aspect:heat ;
    sq:coverage sq:coverage-silent ; sq:reviewStatus sq:reviewStatus-draft
}
