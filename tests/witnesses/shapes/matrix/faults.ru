PREFIX cell: <https://w3id.org/sq-graph/id/cell/>
PREFIX concept: <https://w3id.org/sq-graph/id/concept/>
PREFIX matrix: <https://w3id.org/sq-graph/id/matrix/>
PREFIX sq: <https://w3id.org/sq-graph/core#>
PREFIX table: <https://w3id.org/sq-graph/id/table/>
PREFIX typology: <https://w3id.org/sq-graph/id/typology/>

#+ Iri: a matrix named as a table
DELETE { matrix:colours-sizes ?p ?o . ?c sq:cellOf matrix:colours-sizes } INSERT { table:colours-sizes ?p ?o . ?c sq:cellOf table:colours-sizes }
WHERE { matrix:colours-sizes ?p ?o . ?c sq:cellOf matrix:colours-sizes }

#+ Axis cell#OnAxes: one alone
DELETE DATA { matrix:colours-sizes sq:axis typology:sizes }

#+ Axis: a concept
INSERT DATA { matrix:colours-sizes sq:axis concept:soup }

#+ Cells: none
DELETE { cell:colours-sizes-red-cup ?p ?o } WHERE { cell:colours-sizes-red-cup ?p ?o }
