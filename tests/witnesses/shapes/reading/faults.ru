PREFIX agent: <https://w3id.org/sq-graph/id/agent/>
PREFIX concept: <https://w3id.org/sq-graph/id/concept/>
PREFIX definition: <https://w3id.org/sq-graph/id/definition/>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX passage: <https://w3id.org/sq-graph/id/passage/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX reading: <https://w3id.org/sq-graph/id/reading/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX sq: <https://w3id.org/sq-graph/core#>
PREFIX work: <https://w3id.org/sq-graph/id/work/>

#+ Iri: a capital letter in the slug
DELETE { reading:essay-1990-soup ?p ?o } INSERT { reading:Soup ?p ?o } WHERE { reading:essay-1990-soup ?p ?o }

#+ Statement: none
DELETE DATA { reading:essay-1990-soup sq:checks definition:essay-1990-soup }

#+ Statement: two
INSERT DATA { reading:essay-1990-soup sq:checks definition:two .
  definition:two a owl:NamedIndividual , sq:Definition ; rdfs:label "two"@en ; sq:defines concept:soup ; sq:form sq:form-paraphrased ; sq:summary "Two."@en ;
    sq:heldBy agent:second ; sq:statedIn work:letter-1980 ; sq:reportedIn passage:handbook-2001-l10-l12 ;
    sq:basis sq:basis-reported ; sq:hedge sq:hedge-asserted ; sq:reviewStatus sq:reviewStatus-draft
}

#+ Statement: a concept
DELETE DATA { reading:essay-1990-soup sq:checks definition:essay-1990-soup } ;
INSERT DATA { reading:essay-1990-soup sq:checks concept:soup }

#+ Digest: none
DELETE { reading:essay-1990-soup sq:contentDigest ?o } WHERE { reading:essay-1990-soup sq:contentDigest ?o }

#+ Digest: two
INSERT DATA { reading:essay-1990-soup sq:contentDigest "sha256:a3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" }

#+ Digest: cut short
DELETE { reading:essay-1990-soup sq:contentDigest ?o } INSERT { reading:essay-1990-soup sq:contentDigest "sha256:e3b0" }
WHERE { reading:essay-1990-soup sq:contentDigest ?o }

#+ Digest: with a language
DELETE { reading:essay-1990-soup sq:contentDigest ?o }
INSERT { reading:essay-1990-soup sq:contentDigest "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"@en }
WHERE { reading:essay-1990-soup sq:contentDigest ?o }

#+ Date: none
DELETE DATA { reading:essay-1990-soup sq:readOn "2026-11-28" }

#+ Date: two
INSERT DATA { reading:essay-1990-soup sq:readOn "2026-11-29" }

#+ Date: a year alone
DELETE DATA { reading:essay-1990-soup sq:readOn "2026-11-28" } ;
INSERT DATA { reading:essay-1990-soup sq:readOn "2026" }

#+ Date: with a language
DELETE DATA { reading:essay-1990-soup sq:readOn "2026-11-28" } ;
INSERT DATA { reading:essay-1990-soup sq:readOn "2026-11-28"@en }

#+ Reader: two
INSERT DATA { reading:essay-1990-soup sq:readBy "first author" }

#+ Reader: an empty name
DELETE DATA { reading:essay-1990-soup sq:readBy "third author" } ;
INSERT DATA { reading:essay-1990-soup sq:readBy "" }

#+ Reader: with a language
DELETE DATA { reading:essay-1990-soup sq:readBy "third author" } ;
INSERT DATA { reading:essay-1990-soup sq:readBy "third author"@en }

#+ Note: without a language
INSERT DATA { reading:essay-1990-soup skos:note "right" }
