PREFIX aspect: <https://w3id.org/sq-graph/id/aspect/>
PREFIX concept: <https://w3id.org/sq-graph/id/concept/>
PREFIX scheme: <https://w3id.org/sq-graph/id/scheme/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX sq: <https://w3id.org/sq-graph/core#>
PREFIX value: <https://w3id.org/sq-graph/id/value/>

#+ Iri: a capital letter in the slug
DELETE { aspect:taste ?p ?o } INSERT { aspect:Taste ?p ?o } WHERE { aspect:taste ?p ?o }

#+ Asks: nothing
DELETE DATA { aspect:taste sq:asks "How does it taste?"@en }

#+ Asks: two questions
INSERT DATA { aspect:taste sq:asks "Is it sweet?"@en }

#+ Asks: without language
INSERT DATA { aspect:taste sq:asks "Is it sweet?" }

#+ Allows: a code of the vocabulary
INSERT DATA { aspect:taste sq:allows sq:basis-read }

#+ AppliesTo: nothing
DELETE DATA { aspect:taste sq:appliesTo scheme:dishes }

#+ AppliesTo: a concept
INSERT DATA { aspect:taste sq:appliesTo concept:soup }

#+ Rule: none
DELETE DATA { aspect:taste sq:codingRule "Only if said."@en }

#+ Rule: two
INSERT DATA { aspect:taste sq:codingRule "If one may suppose."@en }

#+ Rule: without language
INSERT DATA { aspect:taste sq:codingRule "If one may suppose." }

#+ Example: none
DELETE DATA { aspect:taste skos:example "With honey: sweet."@en }

#+ Example: without language
INSERT DATA { aspect:taste skos:example "With salt: salty." }

#+ Borderline: none
DELETE DATA { aspect:taste sq:borderlineCase "With carrots: silent."@en }

#+ Borderline: without language
INSERT DATA { aspect:taste sq:borderlineCase "With leeks: silent." }

#+ Choice: one value alone
DELETE { aspect:taste sq:allows value:taste-sweet . value:taste-sweet ?p ?o } WHERE { value:taste-sweet ?p ?o }
