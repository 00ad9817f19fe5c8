PREFIX agent: <https://w3id.org/sq-graph/id/agent/>
PREFIX alignment: <https://w3id.org/sq-graph/id/alignment/>
PREFIX claim: <https://w3id.org/sq-graph/id/claim/>
PREFIX concept: <https://w3id.org/sq-graph/id/concept/>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX disagreement: <https://w3id.org/sq-graph/id/disagreement/>
PREFIX passage: <https://w3id.org/sq-graph/id/passage/>
PREFIX sq: <https://w3id.org/sq-graph/core#>
PREFIX work: <https://w3id.org/sq-graph/id/work/>

#+ HeldBy: a work as holder
INSERT DATA { claim:essay-1990-thick sq:heldBy work:essay-1990 }

#+ PossiblyHeldBy: a work as holder
INSERT DATA { claim:cooks-thin sq:possiblyHeldBy work:essay-1990 }

#+ OneRole: certain and possible
DELETE DATA { claim:essay-1990-thick sq:attributionCertainty sq:attributionCertainty-certain } ;
INSERT DATA { claim:essay-1990-thick sq:possiblyHeldBy agent:first ; sq:attributionCertainty sq:attributionCertainty-probable }

#+ StatedIn: an agent in place of a work
DELETE DATA { claim:essay-1990-thick sq:heldBy agent:first } ;
DELETE DATA { claim:essay-1990-thick sq:attributionCertainty sq:attributionCertainty-certain } ;
INSERT DATA { claim:essay-1990-thick sq:possiblyHeldBy agent:first ; sq:attributionCertainty sq:attributionCertainty-probable ; sq:statedIn agent:first }

#+ Via: an agent in place of a work
INSERT DATA { claim:cooks-thin sq:via agent:second }

#+ ViaDiffers: the work that was read
INSERT DATA { claim:cooks-thin sq:via work:handbook-2001 }

#+ ViaOwn: the holder's own work
INSERT DATA { claim:essay-1990-thick sq:via work:essay-1990 }

#+ ReportedIn: a work in place of a passage
INSERT DATA { claim:essay-1990-thick sq:reportedIn work:handbook-2001 }

#+ Citation: a work in place of a mention
INSERT DATA { claim:essay-1990-thick sq:citation work:essay-1990 }

#+ Certainty: two
INSERT DATA { claim:essay-1990-thick sq:attributionCertainty sq:attributionCertainty-probable }

#+ Certainty: a value of another list
DELETE DATA { claim:essay-1990-thick sq:attributionCertainty sq:attributionCertainty-certain } ;
INSERT DATA { claim:essay-1990-thick sq:attributionCertainty sq:basis-read }

#+ BasisOnce: two
INSERT DATA { claim:essay-1990-thick sq:basis sq:basis-worded }

#+ BasisOnce: a value of another list
DELETE DATA { claim:essay-1990-thick sq:basis sq:basis-reported } ;
INSERT DATA { claim:essay-1990-thick sq:basis sq:stance-reports }

#+ HedgeOnce: two
INSERT DATA { claim:essay-1990-thick sq:hedge sq:hedge-distanced }

#+ HedgeOnce: a value of another list
DELETE DATA { claim:essay-1990-thick sq:hedge sq:hedge-hedged } ;
INSERT DATA { claim:essay-1990-thick sq:hedge sq:basis-read }

#+ Marker: with a language
INSERT DATA { claim:essay-1990-thick sq:hedgeMarker "perhaps"@en }

#+ Marker: nine words
INSERT DATA { claim:essay-1990-thick sq:hedgeMarker "one two three four five six seven eight nine" }

#+ Stance: two
INSERT DATA { claim:essay-1990-thick sq:stance sq:stance-rejects }

#+ Stance: a value of another list
DELETE DATA { claim:essay-1990-thick sq:stance sq:stance-reports } ;
INSERT DATA { claim:essay-1990-thick sq:stance sq:basis-read }

#+ ReviewStatus: none
DELETE DATA { claim:essay-1990-thick sq:reviewStatus sq:reviewStatus-draft }

#+ ReviewStatus: two
INSERT DATA { claim:essay-1990-thick sq:reviewStatus sq:reviewStatus-second-read }

#+ ReviewStatus: a value of another list
DELETE DATA { claim:essay-1990-thick sq:reviewStatus sq:reviewStatus-draft } ;
INSERT DATA { claim:essay-1990-thick sq:reviewStatus sq:basis-read }

#+ Wording: with a language
INSERT DATA { claim:essay-1990-thick sq:wording "fills"@en }

#+ Wording: nine words
INSERT DATA { claim:essay-1990-thick sq:introducedWith "one two three four five six seven eight nine" }

#+ OnBehalfOf: a work
INSERT DATA { claim:essay-1990-thick sq:onBehalfOf work:essay-1990 }

#+ Summary: two in one language
INSERT DATA { claim:essay-1990-thick sq:summary "Thick soup satisfies."@en }

#+ Summary: without language
INSERT DATA { claim:essay-1990-thick sq:summary "Thick soup satisfies." }

#+ Summary: empty
INSERT DATA { claim:essay-1990-thick sq:summary ""@fr }

#+ Summary: a copy of the chapter
INSERT { claim:essay-1990-thick sq:summary ?long }
WHERE { BIND (STRLANG(CONCAT("Une soupe épaisse rassasie plus qu'une soupe claire. ", REPLACE("0123456789", "[0-9]", "Une soupe épaisse rassasie plus qu'une soupe claire. ")), "fr") AS ?long) }

#+ Tier: two
INSERT DATA { claim:essay-1990-thick sq:tier sq:tier-minor }

#+ Tier: a value of another list
DELETE DATA { claim:essay-1990-thick sq:tier sq:tier-core } ;
INSERT DATA { claim:essay-1990-thick sq:tier sq:basis-read }

#+ OwnWork: another author's work
DELETE DATA { claim:essay-1990-thick sq:heldBy agent:first } ;
INSERT DATA { claim:essay-1990-thick sq:heldBy agent:second }

#+ Holder: nobody
DELETE DATA { claim:essay-1990-thick sq:heldBy agent:first }

#+ Holder: nobody, though the disagreement is reported
DELETE DATA { disagreement:warm-or-cold-soup sq:basis sq:basis-read } ;
INSERT DATA { disagreement:warm-or-cold-soup sq:basis sq:basis-reported ; sq:hedge sq:hedge-asserted }

#+ OpenHolder: open, but not said how far
DELETE DATA { claim:cooks-thin sq:attributionCertainty sq:attributionCertainty-undecidable }

#+ OpenHolder: open and certain
DELETE DATA { claim:cooks-thin sq:attributionCertainty sq:attributionCertainty-undecidable } ;
INSERT DATA { claim:cooks-thin sq:attributionCertainty sq:attributionCertainty-certain }

#+ Passage: none
DELETE DATA { claim:essay-1990-thick sq:reportedIn passage:handbook-2001-l10-l12 }

#+ Basis: none
DELETE DATA { claim:essay-1990-thick sq:basis sq:basis-reported }

#+ Hedge: none
DELETE DATA { claim:handbook-2001-stew-fills sq:hedge sq:hedge-asserted }

#+ Hedged: hedged without a word
DELETE DATA { claim:essay-1990-thick sq:hedgeMarker "it seems" }

#+ Hedged: conditional without a word
DELETE DATA { claim:essay-1990-thick sq:hedge sq:hedge-hedged ; sq:hedgeMarker "it seems" } ;
INSERT DATA { claim:essay-1990-thick sq:hedge sq:hedge-conditional }

#+ Unhedged: asserted with a word that hedges
DELETE DATA { claim:essay-1990-thick sq:hedge sq:hedge-hedged } ;
INSERT DATA { claim:essay-1990-thick sq:hedge sq:hedge-asserted }

#+ Transfer: nothing said of what is left
DELETE DATA { claim:handbook-2001-stew-fills sq:inPlaceOf concept:soup }

#+ Transfer: nothing said of what is put there
DELETE DATA { claim:handbook-2001-stew-fills sq:puts concept:stew }

#+ Curator: two names
INSERT DATA { alignment:soup-broth dcterms:creator "Petr Svoboda" }

#+ Curator: an empty name
DELETE DATA { alignment:soup-broth dcterms:creator "Jana Novak" } ;
INSERT DATA { alignment:soup-broth dcterms:creator "" }

#+ Curator: with a language
DELETE DATA { alignment:soup-broth dcterms:creator "Jana Novak" } ;
INSERT DATA { alignment:soup-broth dcterms:creator "Jana Novak"@cs }

#+ CuratorOrHolder: an author's statement
INSERT DATA { claim:cooks-thin dcterms:creator "Jana Novak" }

#+ CuratorOrHolder: put into an author's mouth
INSERT DATA { alignment:soup-broth sq:heldBy agent:first ; sq:reportedIn passage:handbook-2001-l10-l12 }
