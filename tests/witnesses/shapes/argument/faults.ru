PREFIX claim: <https://w3id.org/sq-graph/id/claim/>
PREFIX concept: <https://w3id.org/sq-graph/id/concept/>
PREFIX passage: <https://w3id.org/sq-graph/id/passage/>
PREFIX sq: <https://w3id.org/sq-graph/core#>
PREFIX table: <https://w3id.org/sq-graph/id/table/>
PREFIX work: <https://w3id.org/sq-graph/id/work/>

#+ Links: a work supported
INSERT DATA { claim:essay-1990-salty sq:supports work:essay-1990 }

#+ Links: a concept restated
INSERT DATA { claim:essay-1990-salty sq:restates concept:soup }

#+ Resolves: a concept
INSERT DATA { claim:essay-1990-salty sq:resolves concept:soup }

#+ Figure: a table in place of a figure
INSERT DATA { claim:essay-1990-salty sq:figure table:bowls }

#+ BothWays: for and against
INSERT DATA { claim:essay-1990-salty sq:opposes claim:essay-1990-warm }

#+ SaidOrRead: the text and the curator
INSERT DATA { claim:essay-1990-salty sq:readAsSupporting claim:essay-1990-warm }

#+ SaidOrRead: the text one way, the curator the other
INSERT DATA { claim:essay-1990-salty sq:readAsOpposing claim:essay-1990-warm }

#+ About: a passage
INSERT DATA { claim:essay-1990-salty sq:about passage:handbook-2001-l10-l12 }
