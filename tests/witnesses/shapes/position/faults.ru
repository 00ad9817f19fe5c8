PREFIX agent: <https://w3id.org/sq-graph/id/agent/>
PREFIX claim: <https://w3id.org/sq-graph/id/claim/>
PREFIX concept: <https://w3id.org/sq-graph/id/concept/>
PREFIX definition: <https://w3id.org/sq-graph/id/definition/>
PREFIX model: <https://w3id.org/sq-graph/id/model/>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX passage: <https://w3id.org/sq-graph/id/passage/>
PREFIX position: <https://w3id.org/sq-graph/id/position/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX sq: <https://w3id.org/sq-graph/core#>
PREFIX work: <https://w3id.org/sq-graph/id/work/>

#+ Iri ModuleSlug: an underscore in the slug
DELETE { position:essay-1990 ?p ?o } INSERT { position:essay_1990 ?p ?o } WHERE { position:essay-1990 ?p ?o }

#+ ReadingOf: of no model
DELETE DATA { position:essay-1990 sq:readingOf model:warm-kitchen }

#+ ReadingOf: of two models
INSERT DATA {
  position:essay-1990 sq:readingOf model:slow-kitchen .
  model:slow-kitchen a owl:NamedIndividual , sq:Model ; rdfs:label "slow kitchen"@en ;
    sq:heldBy agent:first ; sq:statedIn work:essay-1990 ; sq:reportedIn passage:handbook-2001-l10-l12 ;
    sq:basis sq:basis-reported ; sq:hedge sq:hedge-asserted ; sq:reviewStatus sq:reviewStatus-draft
}

#+ ReadingOf: of a concept
DELETE DATA { position:essay-1990 sq:readingOf model:warm-kitchen } ;
INSERT DATA { position:essay-1990 sq:readingOf concept:soup }

#+ Comprises: no claim
DELETE DATA { position:essay-1990 sq:comprises claim:essay-1990-warm }

#+ Comprises: a definition
INSERT DATA { position:essay-1990 sq:comprises definition:essay-1990-soup }

#+ Module: none
DELETE DATA { position:essay-1990 sq:module <https://w3id.org/sq-graph/positions/essay-1990> }

#+ Module ModuleSlug: two
INSERT DATA { position:essay-1990 sq:module <https://w3id.org/sq-graph/positions/essay-1991> }

#+ Module: a name in place of an address
DELETE DATA { position:essay-1990 sq:module <https://w3id.org/sq-graph/positions/essay-1990> } ;
INSERT DATA { position:essay-1990 sq:module "positions/essay-1990" }

#+ ModuleSlug: another slug
DELETE DATA { position:essay-1990 sq:module <https://w3id.org/sq-graph/positions/essay-1990> } ;
INSERT DATA { position:essay-1990 sq:module <https://w3id.org/sq-graph/positions/essay> }
