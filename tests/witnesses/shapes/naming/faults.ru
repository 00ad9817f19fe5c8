PREFIX concept: <https://w3id.org/sq-graph/id/concept/>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>

#+ NamedIndividual: the declaration is missing
DELETE DATA { concept:porridge a owl:NamedIndividual }

#+ EnglishLabel: a German label alone
DELETE DATA { concept:porridge rdfs:label "porridge"@en }

#+ TaggedLabel: a label without language
INSERT DATA { concept:porridge rdfs:label "porridge" }

#+ OneLabel: two English labels
INSERT DATA { concept:porridge rdfs:label "oat soup"@en }

#+ ShortLabel: an empty label
INSERT DATA { concept:porridge rdfs:label ""@fr }

#+ ShortLabel: a label like a paragraph
INSERT DATA { concept:porridge rdfs:label "une soupe de flocons d'avoine que l'on cuit lentement dans beaucoup d'eau ou de lait, que l'on sale ou que l'on sucre selon la région, et que l'on mange le matin avec du beurre"@fr }

#+ TaggedVariant: another label without language
INSERT DATA { concept:porridge skos:altLabel "oatmeal" }

#+ Withdrawn: no successor and no reason
DELETE DATA { concept:pottage dcterms:isReplacedBy concept:soup }
