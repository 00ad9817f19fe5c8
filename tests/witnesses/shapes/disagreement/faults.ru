PREFIX agent: <https://w3id.org/sq-graph/id/agent/>
PREFIX claim: <https://w3id.org/sq-graph/id/claim/>
PREFIX concept: <https://w3id.org/sq-graph/id/concept/>
PREFIX disagreement: <https://w3id.org/sq-graph/id/disagreement/>
PREFIX sq: <https://w3id.org/sq-graph/core#>

#+ Iri: a capital letter in the slug
DELETE { disagreement:cold-soup ?p ?o } INSERT { disagreement:ColdSoup ?p ?o } WHERE { disagreement:cold-soup ?p ?o }

#+ Party: one alone
DELETE DATA { disagreement:cold-soup sq:party claim:letter-1980-cold }

#+ Party: an agent
INSERT DATA { disagreement:cold-soup sq:party agent:first }

#+ About: nothing
DELETE DATA { disagreement:cold-soup sq:about concept:soup }

#+ Ground: none
DELETE DATA { disagreement:cold-soup sq:ground sq:ground-definition }

#+ Ground: a value of another list
INSERT DATA { disagreement:cold-soup sq:ground sq:basis-read }

#+ CuratorsOwn: a curator's reading with a holder
INSERT DATA { disagreement:cold-soup-read sq:heldBy agent:first }
