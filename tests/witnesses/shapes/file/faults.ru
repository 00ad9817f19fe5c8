PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>

#+ Label: no label
DELETE DATA { <https://w3id.org/sq-graph/witness/file> rdfs:label "A file"@en }

#+ License: no licence
DELETE DATA { <https://w3id.org/sq-graph/witness/file> dcterms:license <https://creativecommons.org/licenses/by/4.0/> }

#+ License: two licences
INSERT DATA { <https://w3id.org/sq-graph/witness/file> dcterms:license <https://creativecommons.org/licenses/by-sa/4.0/> }

#+ License: a licence by its name
DELETE DATA { <https://w3id.org/sq-graph/witness/file> dcterms:license <https://creativecommons.org/licenses/by/4.0/> } ;
INSERT DATA { <https://w3id.org/sq-graph/witness/file> dcterms:license "CC BY 4.0" }
