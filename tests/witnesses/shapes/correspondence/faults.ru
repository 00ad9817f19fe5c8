PREFIX agent: <https://w3id.org/sq-graph/id/agent/>
PREFIX alignment: <https://w3id.org/sq-graph/id/alignment/>
PREFIX category: <https://w3id.org/sq-graph/id/category/>
PREFIX concept: <https://w3id.org/sq-graph/id/concept/>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX passage: <https://w3id.org/sq-graph/id/passage/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX sq: <https://w3id.org/sq-graph/core#>
PREFIX union: <https://w3id.org/sq-graph/id/union/>
PREFIX work: <https://w3id.org/sq-graph/id/work/>

#+ Iri: a capital letter in the slug
DELETE { alignment:fumet-ragout ?p ?o } INSERT { alignment:FumetRagout ?p ?o } WHERE { alignment:fumet-ragout ?p ?o }

#+ Kind: nothing but a correspondence
DELETE DATA { alignment:bouillon-fumet-ragout a sq:Alignment } ;
INSERT DATA { alignment:bouillon-fumet-ragout a sq:Correspondence }

#+ Subject: none
DELETE DATA { alignment:bouillon-fumet-ragout sq:subject union:bouillon-fumet }

#+ Subject: a pair where only the two together are meant
DELETE DATA { alignment:bouillon-fumet-ragout sq:subject union:bouillon-fumet } ;
INSERT DATA { alignment:bouillon-fumet-ragout sq:subject concept:bouillon , category:colours-red }

#+ Subject: a passage
DELETE DATA { alignment:bouillon-fumet-ragout sq:subject union:bouillon-fumet } ;
INSERT DATA { alignment:bouillon-fumet-ragout sq:subject passage:handbook-2001-l10-l12 }

#+ Confidence: above 1
INSERT DATA { alignment:bouillon-fumet-ragout sq:mappingConfidence 1.5 }

#+ Confidence: below 0
INSERT DATA { alignment:bouillon-fumet-ragout sq:mappingConfidence -0.5 }

#+ Confidence: two
INSERT DATA { alignment:bouillon-fumet-ragout sq:mappingConfidence 0.5 , 0.75 }

#+ Confidence: a word
INSERT DATA { alignment:bouillon-fumet-ragout sq:mappingConfidence "high" }

#+ Relation: none
DELETE DATA { alignment:bouillon-fumet-ragout sq:relation sq:relation-close }

#+ Relation: two
INSERT DATA { alignment:bouillon-fumet-ragout sq:relation sq:relation-exact }

#+ Relation: a value of another list
DELETE DATA { alignment:bouillon-fumet-ragout sq:relation sq:relation-close } ;
INSERT DATA { alignment:bouillon-fumet-ragout sq:relation sq:basis-read }

#+ Object: none
DELETE DATA { alignment:bouillon-fumet-ragout sq:object concept:ragout }

#+ Object: two
INSERT DATA { alignment:bouillon-fumet-ragout sq:object category:colours-red }

#+ Object: a passage
DELETE DATA { alignment:bouillon-fumet-ragout sq:object concept:ragout } ;
INSERT DATA { alignment:bouillon-fumet-ragout sq:object passage:handbook-2001-l10-l12 }

#+ TwoThings: one thing beside itself
DELETE DATA { alignment:bouillon-fumet-ragout sq:object concept:ragout } ;
INSERT DATA { alignment:bouillon-fumet-ragout sq:object union:bouillon-fumet }

#+ Nobody: a holder of what nobody draws
INSERT DATA { alignment:fumet-ragout sq:heldBy agent:first }

#+ Nobody: a hedge of what nobody says
INSERT DATA { alignment:fumet-ragout sq:hedge sq:hedge-asserted }

#+ Why: no reason given
DELETE DATA { alignment:fumet-ragout sq:summary "Only the two together are compared."@en }

#+ DrawnAfterAll: somebody does draw it
INSERT DATA {
  alignment:fumet-ragout-drawn a owl:NamedIndividual , sq:Alignment ; rdfs:label "fumet ~ ragout"@en ;
    sq:subject concept:fumet ; sq:relation sq:relation-close ; sq:object concept:ragout ;
    sq:heldBy agent:first ; sq:statedIn work:essay-1990 ; sq:reportedIn passage:handbook-2001-l10-l12 ;
    sq:basis sq:basis-reported ; sq:hedge sq:hedge-asserted ; sq:reviewStatus sq:reviewStatus-draft
}
