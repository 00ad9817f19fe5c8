PREFIX agent: <https://w3id.org/sq-graph/id/agent/>
PREFIX aspect: <https://w3id.org/sq-graph/id/aspect/>
PREFIX coding: <https://w3id.org/sq-graph/id/coding/>
PREFIX concept: <https://w3id.org/sq-graph/id/concept/>
PREFIX definition: <https://w3id.org/sq-graph/id/definition/>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX passage: <https://w3id.org/sq-graph/id/passage/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX scheme: <https://w3id.org/sq-graph/id/scheme/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX sq: <https://w3id.org/sq-graph/core#>
PREFIX value: <https://w3id.org/sq-graph/id/value/>
PREFIX work: <https://w3id.org/sq-graph/id/work/>

#+ Iri: a capital letter in the slug
DELETE { coding:letter-1980-soup-heat ?p ?o } INSERT { coding:Heat ?p ?o } WHERE { coding:letter-1980-soup-heat ?p ?o }

#+ Codes: nothing
DELETE DATA { coding:letter-1980-soup-heat sq:codes definition:letter-1980-soup }

#+ Codes: two definitions
DELETE DATA { coding:letter-1980-potage-heat sq:codes definition:letter-1980-potage } ;
INSERT DATA { coding:letter-1980-potage-heat sq:codes definition:one , definition:two .
  definition:one a owl:NamedIndividual , sq:Definition ; rdfs:label "one"@en ; sq:defines concept:soup ; sq:form sq:form-paraphrased ; sq:summary "One."@en ;
    sq:heldBy agent:second ; sq:statedIn work:letter-1980 ; sq:reportedIn passage:handbook-2001-l10-l12 ;
    sq:basis sq:basis-reported ; sq:hedge sq:hedge-asserted ; sq:reviewStatus sq:reviewStatus-draft .
  definition:two a owl:NamedIndividual , sq:Definition ; rdfs:label "two"@en ; sq:defines concept:soup ; sq:form sq:form-paraphrased ; sq:summary "Two."@en ;
    sq:heldBy agent:second ; sq:statedIn work:letter-1980 ; sq:reportedIn passage:handbook-2001-l10-l12 ;
    sq:basis sq:basis-reported ; sq:hedge sq:hedge-asserted ; sq:reviewStatus sq:reviewStatus-draft
}

#+ Codes: a concept
DELETE DATA { coding:letter-1980-soup-heat sq:codes definition:letter-1980-soup } ;
INSERT DATA { coding:letter-1980-soup-heat sq:codes concept:soup }

#+ Aspect: none
DELETE DATA { coding:letter-1980-soup-heat sq:aspect aspect:heat }

#+ Aspect: two
DELETE DATA { coding:letter-1980-soup-herbs sq:codedTerm "parsley"@en , "chives"@en } ;
INSERT DATA { coding:letter-1980-soup-herbs sq:coverage sq:coverage-silent ; sq:aspect aspect:steam .
  aspect:steam a owl:NamedIndividual , sq:Aspect ; rdfs:label "steam"@en ; sq:appliesTo scheme:dishes ;
    sq:asks "Does it steam?"@en ; sq:codingRule "Only if said."@en ; skos:example "It steams: steam."@en ; sq:borderlineCase "Warm: silent."@en
}

#+ Aspect: a concept
DELETE DATA { coding:letter-1980-soup-heat sq:aspect aspect:heat } ;
INSERT DATA { coding:letter-1980-soup-heat sq:aspect concept:soup }

#+ Value Allowed: a code of the vocabulary
INSERT DATA { coding:letter-1980-potage-heat sq:codedValue sq:basis-read }

#+ Term: without language
INSERT DATA { coding:letter-1980-soup-herbs sq:codedTerm "dill" }

#+ Term: empty
INSERT DATA { coding:letter-1980-soup-herbs sq:codedTerm ""@en }

#+ Term: a sentence
INSERT DATA { coding:letter-1980-soup-herbs sq:codedTerm "all the herbs that grow in a garden, and some that grow on the balconies of all those who have no garden of their own"@en }

#+ Coverage: answered, with no answer
DELETE DATA { coding:letter-1980-soup-heat sq:coverage sq:coverage-silent } ;
INSERT DATA { coding:letter-1980-soup-heat sq:coverage sq:coverage-answered }

#+ Coverage: two
INSERT DATA { coding:letter-1980-soup-heat sq:coverage sq:coverage-not-applicable }

#+ ReviewStatus: none
DELETE DATA { coding:letter-1980-soup-heat sq:reviewStatus sq:reviewStatus-draft }

#+ ReviewStatus: two
INSERT DATA { coding:letter-1980-soup-heat sq:reviewStatus sq:reviewStatus-second-read }

#+ ReviewStatus: a value of another list
DELETE DATA { coding:letter-1980-soup-heat sq:reviewStatus sq:reviewStatus-draft } ;
INSERT DATA { coding:letter-1980-soup-heat sq:reviewStatus sq:basis-read }

#+ Allowed: a value of another aspect
INSERT DATA { coding:letter-1980-potage-heat sq:codedValue value:taste-bitter .
  value:taste-bitter a owl:NamedIndividual , sq:CodedValue ; rdfs:label "bitter"@en .
  aspect:bitterness a owl:NamedIndividual , sq:Aspect ; rdfs:label "bitterness"@en ; sq:appliesTo scheme:dishes ;
    sq:asks "Is it bitter?"@en ; sq:allows value:taste-bitter , value:taste-mild ;
    sq:codingRule "Only if said."@en ; skos:example "With endive: bitter."@en ; sq:borderlineCase "With beer: silent."@en .
  value:taste-mild a owl:NamedIndividual , sq:CodedValue ; rdfs:label "mild"@en
}

#+ OneAnswer: none
DELETE DATA { coding:letter-1980-soup-heat sq:coverage sq:coverage-silent }

#+ OneAnswer: a value, and silence
INSERT DATA { coding:letter-1980-potage-heat sq:coverage sq:coverage-silent }

#+ OpenAspect: a free term under a closed aspect
DELETE DATA { coding:letter-1980-potage-heat sq:codedValue value:heat-warm } ;
INSERT DATA { coding:letter-1980-potage-heat sq:codedTerm "piping hot"@en }
