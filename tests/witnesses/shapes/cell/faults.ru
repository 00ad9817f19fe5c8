PREFIX agent: <https://w3id.org/sq-graph/id/agent/>
PREFIX category: <https://w3id.org/sq-graph/id/category/>
PREFIX cell: <https://w3id.org/sq-graph/id/cell/>
PREFIX concept: <https://w3id.org/sq-graph/id/concept/>
PREFIX matrix: <https://w3id.org/sq-graph/id/matrix/>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX passage: <https://w3id.org/sq-graph/id/passage/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX scheme: <https://w3id.org/sq-graph/id/scheme/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX sq: <https://w3id.org/sq-graph/core#>
PREFIX typology: <https://w3id.org/sq-graph/id/typology/>
PREFIX work: <https://w3id.org/sq-graph/id/work/>

#+ Iri: a plus sign in the slug
DELETE { cell:sizes-colours-bowl-green ?p ?o } INSERT { <https://w3id.org/sq-graph/id/cell/bowl+green> ?p ?o } WHERE { cell:sizes-colours-bowl-green ?p ?o }

#+ CellOf: of no matrix
DELETE DATA { cell:sizes-colours-bowl-green sq:cellOf matrix:sizes-colours }

#+ CellOf: of two matrices
INSERT DATA {
  cell:sizes-colours-bowl-green sq:cellOf matrix:again .
  matrix:again a owl:NamedIndividual , sq:Matrix ; rdfs:label "again"@en ; sq:axis typology:colours , typology:sizes ;
    sq:heldBy agent:first ; sq:statedIn work:essay-1990 ; sq:reportedIn passage:handbook-2001-l10-l12 ;
    sq:basis sq:basis-reported ; sq:hedge sq:hedge-asserted ; sq:reviewStatus sq:reviewStatus-draft
}

#+ CellOf: of a typology
DELETE DATA { cell:sizes-colours-bowl-green sq:cellOf matrix:sizes-colours } ;
INSERT DATA {
  cell:sizes-colours-bowl-green sq:cellOf concept:grid .
  concept:grid a owl:NamedIndividual , sq:Concept ; rdfs:label "grid"@en ; skos:inScheme scheme:dishes ; sq:axis typology:colours , typology:sizes
}

#+ Crosses: one category alone
DELETE DATA { cell:sizes-colours-bowl-green sq:crosses category:sizes-bowl }

#+ Crosses: a concept
INSERT DATA { cell:sizes-colours-bowl-green sq:crosses concept:soup }

#+ Coverage: none
DELETE DATA { cell:sizes-colours-cup-red sq:coverage sq:coverage-answered }

#+ Coverage: two
INSERT DATA { cell:sizes-colours-cup-red sq:coverage sq:coverage-partly }

#+ Coverage: a value of another list
DELETE DATA { cell:sizes-colours-cup-red sq:coverage sq:coverage-answered } ;
INSERT DATA { cell:sizes-colours-cup-red sq:coverage sq:basis-read }

#+ Item: a work
INSERT DATA { cell:sizes-colours-cup-red sq:item work:essay-1990 }

#+ ItemRole: two
INSERT DATA { cell:sizes-colours-cup-red sq:itemRole sq:itemRole-cause }

#+ ItemRole: a value of another list
DELETE DATA { cell:sizes-colours-cup-red sq:itemRole sq:itemRole-example } ;
INSERT DATA { cell:sizes-colours-cup-red sq:itemRole sq:basis-read }

#+ Valence: two
INSERT DATA { cell:sizes-colours-cup-red sq:valence sq:valence-negative }

#+ Valence: a value of another list
DELETE DATA { cell:sizes-colours-cup-red sq:valence sq:valence-positive } ;
INSERT DATA { cell:sizes-colours-cup-red sq:valence sq:basis-read }

#+ OnAxes: a category of no axis
DELETE DATA { cell:sizes-colours-bowl-green sq:crosses category:sizes-bowl } ;
INSERT DATA {
  cell:sizes-colours-bowl-green sq:crosses category:spoons-large .
  typology:spoons a owl:NamedIndividual , sq:Typology ; rdfs:label "spoons"@en ; sq:divides concept:soup ; sq:ordered false ;
    sq:heldBy agent:first ; sq:statedIn work:essay-1990 ; sq:reportedIn passage:handbook-2001-l10-l12 ;
    sq:basis sq:basis-reported ; sq:hedge sq:hedge-asserted ; sq:reviewStatus sq:reviewStatus-draft .
  category:spoons-large a owl:NamedIndividual , sq:Category ; rdfs:label "large spoon"@en ; sq:memberOf typology:spoons .
  category:spoons-small a owl:NamedIndividual , sq:Category ; rdfs:label "small spoon"@en ; sq:memberOf typology:spoons
}

#+ OnePlaceAnAxis: two colours
INSERT DATA { cell:sizes-colours-bowl-green sq:crosses category:colours-red }

#+ Silent: words in silence
INSERT DATA { cell:sizes-colours-bowl-green sq:summary "Nothing is said."@en }

#+ Silent: a page of silence
INSERT DATA { cell:sizes-colours-bowl-green sq:reportedIn passage:handbook-2001-l10-l12 }

#+ Silent: a holder of silence
INSERT DATA { cell:sizes-colours-bowl-green sq:heldBy agent:first }

#+ Filled: answered with nothing
DELETE DATA { cell:sizes-colours-cup-red sq:item concept:broth }

#+ Role: items without a role
DELETE DATA { cell:sizes-colours-cup-red sq:itemRole sq:itemRole-example }
