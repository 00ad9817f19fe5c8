PREFIX : <https://w3id.org/sq-graph/witness/menu#>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX sq: <https://w3id.org/sq-graph/core#>
PREFIX value: <https://w3id.org/sq-graph/id/value/>

#+ Apart: a class that nothing excludes
DELETE DATA { :Dish owl:disjointWith sq:Agent }

#+ Chain: a chain of one property
INSERT DATA { :servedWith owl:propertyChainAxiom ( :servedWith ) }

#+ ClassName: a class that is written like a property
DELETE { :Soup ?p ?o } INSERT { :soup ?p ?o } WHERE { :Soup ?p ?o }

#+ CodeDefined: a code without a definition
DELETE { value:sung skos:definition ?text } WHERE { value:sung skos:definition ?text }

#+ Connected: a class by itself
DELETE DATA { :Soup rdfs:subClassOf :Dish } ; INSERT DATA { :Soup owl:disjointWith :Dish }

#+ Cycle: two classes, each beneath the other
INSERT DATA { :Dish rdfs:subClassOf :Soup }

#+ Cycle: a property beneath itself
INSERT DATA { :servedWith rdfs:subPropertyOf :servedWith }

#+ Declared: a class above that is declared nowhere
INSERT DATA { :Soup rdfs:subClassOf :Liquid }

#+ DefinedBy: two vocabularies
INSERT DATA { :Soup rdfs:isDefinedBy <https://w3id.org/sq-graph/phenomena> }

#+ Defining: no vocabulary
DELETE DATA { :price rdfs:isDefinedBy <https://w3id.org/sq-graph/core> }

#+ Definition: two definitions
INSERT DATA { :Soup skos:definition "A dish that is mostly water."@en }

#+ Definition Genus: a definition in German
DELETE { :Soup skos:definition ?text } INSERT { :Soup skos:definition "Eine Speise zum Löffeln."@de }
WHERE { :Soup skos:definition ?text }

#+ Domain: two domains
INSERT DATA { :servedWith rdfs:domain :Soup }

#+ DomainGiven: neither a domain nor a reason
DELETE { :price skos:editorialNote ?note } WHERE { :price skos:editorialNote ?note }

#+ Example: no example
DELETE { :Soup skos:example ?text } WHERE { :Soup skos:example ?text }

#+ Foreign: a term that an ontology elsewhere defines
DELETE DATA { :price rdfs:isDefinedBy <https://w3id.org/sq-graph/core> } ;
INSERT DATA { :price rdfs:isDefinedBy <https://example.org/vocabulary> }

#+ Genus: a definition that is the term itself
DELETE { :Soup skos:definition ?text } INSERT { :Soup skos:definition "A soup."@en }
WHERE { :Soup skos:definition ?text }

#+ Genus: a definition without a kind of thing
DELETE { :Soup skos:definition ?text } INSERT { :Soup skos:definition "Drunk with a spoon."@en }
WHERE { :Soup skos:definition ?text }

#+ InScheme: a code in no scheme
DELETE { value:whispered skos:inScheme ?scheme } WHERE { value:whispered skos:inScheme ?scheme }

#+ Kinds: a property named like a type
DELETE { :price ?p ?o } INSERT { :isA ?p ?o } WHERE { :price ?p ?o }

#+ Label: no label
DELETE { :servedWith rdfs:label ?text } WHERE { :servedWith rdfs:label ?text }

#+ Label: two labels
INSERT DATA { :Soup rdfs:label "broth"@en }

#+ Label: a label in French
DELETE { :price rdfs:label ?text } INSERT { :price rdfs:label "prix"@fr } WHERE { :price rdfs:label ?text }

#+ Mixture: a class that joins two kinds
DELETE { :Soup ?p ?o } INSERT { :SoupOrSauce ?p ?o } WHERE { :Soup ?p ?o }

#+ Mixture: a class of what is left over
DELETE { :Soup ?p ?o } INSERT { :OtherDish ?p ?o } WHERE { :Soup ?p ?o }

#+ OneDirection: an inverse with a name of its own
INSERT DATA { :accompanies owl:inverseOf :servedWith }

#+ PropertyName: a property that is written like a class
DELETE { :price ?p ?o } INSERT { :Price ?p ?o } WHERE { :price ?p ?o }

#+ Range: two ranges
INSERT DATA { :servedWith rdfs:range :Soup }

#+ RangeGiven: neither a range nor a reason
DELETE { :servedWith rdfs:range ?range } WHERE { :servedWith rdfs:range ?range }

#+ SameEnds: a transitive property with two kinds of ends
DELETE DATA { :servedWith rdfs:range :Dish } ;
INSERT DATA { :servedWith rdfs:range :Soup . :servedWith a owl:TransitiveProperty }

#+ SameEnds: a symmetric property with two kinds of ends
DELETE DATA { :servedWith rdfs:range :Dish } ;
INSERT DATA { :servedWith rdfs:range :Soup . :servedWith a owl:SymmetricProperty }

#+ Twin: two classes for one thing
INSERT DATA { :Soup owl:equivalentClass :Dish }

#+ Twin: two properties for one thing
INSERT DATA { :servedWith owl:equivalentProperty :price }
