PREFIX category: <https://w3id.org/sq-graph/id/category/>
PREFIX concept: <https://w3id.org/sq-graph/id/concept/>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX sq: <https://w3id.org/sq-graph/core#>
PREFIX typology: <https://w3id.org/sq-graph/id/typology/>
PREFIX work: <https://w3id.org/sq-graph/id/work/>

#+ Iri scheme#Iri: a capital letter in the slug
DELETE { typology:bowls ?p ?o . ?c sq:memberOf typology:bowls } INSERT { typology:Bowls ?p ?o . ?c sq:memberOf typology:Bowls }
WHERE { typology:bowls ?p ?o . ?c sq:memberOf typology:bowls }

#+ Divides: nothing
DELETE DATA { typology:bowls sq:divides concept:soup }

#+ Divides: a work
INSERT DATA { typology:bowls sq:divides work:essay-1990 }

#+ Ordered: not said
DELETE DATA { typology:bowls sq:ordered false }

#+ Ordered: said both ways
INSERT DATA { typology:bowls sq:ordered "no" }

#+ Ordered: said in words
DELETE DATA { typology:bowls sq:ordered false } ;
INSERT DATA { typology:bowls sq:ordered "no" }

#+ OrderedBy: said twice
INSERT DATA { typology:heats sq:orderedBy "chill to heat"@en }

#+ OrderedBy: without language
INSERT DATA { typology:heats sq:orderedBy "cold to hot" }

#+ OrderedBy: a paragraph
INSERT DATA { typology:heats sq:orderedBy "du plus froid au plus chaud, en commençant par les soupes que l'on sert avec de la glace et en finissant par celles que l'on apporte encore bouillantes à la table, où l'on attend"@fr }

#+ Cumulative: said both ways
INSERT DATA { typology:heats sq:cumulative true }

#+ Cumulative: said in words
DELETE DATA { typology:heats sq:cumulative false } ;
INSERT DATA { typology:heats sq:cumulative "no" }

#+ Exhaustive: said both ways
INSERT DATA { typology:heats sq:exhaustive false }

#+ Exhaustive: said in words
DELETE DATA { typology:heats sq:exhaustive true } ;
INSERT DATA { typology:heats sq:exhaustive "yes" }

#+ Members: one alone
DELETE { category:bowls-wood ?p ?o } WHERE { category:bowls-wood ?p ?o }

#+ RanksOnce: two at one place
INSERT DATA { category:heats-boiling a owl:NamedIndividual , sq:Category ; rdfs:label "boiling soup"@en ; sq:memberOf typology:heats ; sq:rank 2 }

#+ RanksGapless: a place left empty
INSERT DATA { category:heats-boiling a owl:NamedIndividual , sq:Category ; rdfs:label "boiling soup"@en ; sq:memberOf typology:heats ; sq:rank 4 }

#+ RanksGapless: a gap among sisters
INSERT DATA { category:heats-tepid a owl:NamedIndividual , sq:Category ; rdfs:label "tepid soup"@en ; sq:memberOf typology:heats ; sq:rank 3 ; skos:broader category:heats-warm }

#+ Order: by what is not said
DELETE DATA { typology:heats sq:orderedBy "cold to hot"@en }

#+ NoOrder: an order of what is not ordered
INSERT DATA { typology:bowls sq:orderedBy "old to new"@en }

#+ NoOrder: steps of what is not ordered
INSERT DATA { typology:bowls sq:cumulative true }
