PREFIX agent: <https://w3id.org/sq-graph/id/agent/>
PREFIX passage: <https://w3id.org/sq-graph/id/passage/>
PREFIX section: <https://w3id.org/sq-graph/id/section/>
PREFIX sq: <https://w3id.org/sq-graph/core#>
PREFIX work: <https://w3id.org/sq-graph/id/work/>

#+ Iri: a letter that is not ASCII
DELETE { passage:essay-1990-p5 ?p ?o } INSERT { passage:essaï-1990-p5 ?p ?o } WHERE { passage:essay-1990-p5 ?p ?o }

#+ Work: none
DELETE DATA { passage:essay-1990-p5 sq:inWork work:essay-1990 }

#+ Work: two
INSERT DATA { passage:essay-1990-p5 sq:inWork work:letter-1980 }

#+ Work: an author in place of a work
DELETE DATA { passage:essay-1990-p5 sq:inWork work:essay-1990 } ;
INSERT DATA { passage:essay-1990-p5 sq:inWork agent:first }

#+ Place: no page and no paragraph
DELETE DATA { passage:essay-1990-p5 sq:pageLabel "5" }

#+ Page: two
INSERT DATA { passage:essay-1990-p5 sq:pageLabel "6" }

#+ Page: a number in place of a text
DELETE DATA { passage:essay-1990-p5 sq:pageLabel "5" } ;
INSERT DATA { passage:essay-1990-p5 sq:pageLabel 5 }

#+ Page: with an abbreviation before it
DELETE DATA { passage:essay-1990-p5 sq:pageLabel "5" } ;
INSERT DATA { passage:essay-1990-p5 sq:pageLabel "p. 5" }

#+ PageBasisGiven: none
DELETE DATA { passage:essay-1990-p5 sq:pageBasis sq:pageBasis-printed }

#+ Place: a section without a paragraph
DELETE DATA { passage:essay-1990-l8-l9 sq:paragraph 2 }

#+ Paragraph: nought
INSERT DATA { passage:essay-1990-p5 sq:paragraph 0 }

#+ Paragraph: two
INSERT DATA { passage:essay-1990-p5 sq:paragraph 1 , 2 }

#+ Paragraph: a text
INSERT DATA { passage:essay-1990-p5 sq:paragraph "2" }

#+ PageBasis: both
INSERT DATA { passage:handbook-2001-l20-l31 sq:pageBasis sq:pageBasis-printed }

#+ PageBasis: a value of another list
DELETE DATA { passage:essay-1990-p5 sq:pageBasis sq:pageBasis-printed } ;
INSERT DATA { passage:essay-1990-p5 sq:pageBasis sq:figureStatus-printed }

#+ LastPage: two
INSERT DATA { passage:handbook-2001-l20-l31 sq:lastPageLabel "4" }

#+ LastPage: a number in place of a text
DELETE DATA { passage:handbook-2001-l20-l31 sq:lastPageLabel "3" } ;
INSERT DATA { passage:handbook-2001-l20-l31 sq:lastPageLabel 3 }

#+ LastPage: with an abbreviation before it
DELETE DATA { passage:handbook-2001-l20-l31 sq:lastPageLabel "3" } ;
INSERT DATA { passage:handbook-2001-l20-l31 sq:lastPageLabel "p. 3" }

#+ OtherPage: the same page
DELETE DATA { passage:handbook-2001-l20-l31 sq:lastPageLabel "3" } ;
INSERT DATA { passage:handbook-2001-l20-l31 sq:lastPageLabel "2" }

#+ FirstLine: two
INSERT DATA { passage:essay-1990-p5 sq:firstLine 1 , 2 }

#+ FirstLine: a text
INSERT DATA { passage:essay-1990-p5 sq:firstLine "1" }

#+ FirstLine: nought
INSERT DATA { passage:essay-1990-p5 sq:firstLine 0 }

#+ LastLine: two
INSERT DATA { passage:essay-1990-p5 sq:lastLine 1 , 2 }

#+ LastLine: a text
INSERT DATA { passage:essay-1990-p5 sq:lastLine "1" }

#+ LastLine: nought
INSERT DATA { passage:essay-1990-p5 sq:lastLine 0 }

#+ LineOrder: the end before the beginning
INSERT DATA { passage:essay-1990-p5 sq:firstLine 9 ; sq:lastLine 8 }

#+ Phrase: nine words
DELETE DATA { passage:essay-1990-p5 sq:phrase "a clear broth" } ;
INSERT DATA { passage:essay-1990-p5 sq:phrase "one two three four five six seven eight nine" }

#+ Phrase: two
INSERT DATA { passage:essay-1990-p5 sq:phrase "a clear soup" }

#+ Phrase: with a language
DELETE DATA { passage:essay-1990-p5 sq:phrase "a clear broth" } ;
INSERT DATA { passage:essay-1990-p5 sq:phrase "a clear broth"@en }

#+ PhraseGiven: none
DELETE DATA { passage:essay-1990-p5 sq:phrase "a clear broth" }

#+ Digest: cut short
DELETE DATA { passage:essay-1990-p5 sq:sourceDigest "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" } ;
INSERT DATA { passage:essay-1990-p5 sq:sourceDigest "sha256:e3b0c44298fc1c14" }

#+ Digest: two
INSERT DATA { passage:essay-1990-p5 sq:sourceDigest "sha256:0000000000000000000000000000000000000000000000000000000000000000" }

#+ Digest: with a language
DELETE DATA { passage:essay-1990-p5 sq:sourceDigest "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" } ;
INSERT DATA { passage:essay-1990-p5 sq:sourceDigest "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"@en }

#+ DigestGiven: none
DELETE DATA { passage:essay-1990-p5 sq:sourceDigest "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" }

#+ Section: two
INSERT DATA { passage:essay-1990-p5 sq:section section:handbook-2001-1 }

#+ Section: a passage in place of a section
DELETE DATA { passage:essay-1990-p5 sq:section section:essay-1990-1 } ;
INSERT DATA { passage:essay-1990-p5 sq:section passage:handbook-2001-l20-l31 }

#+ LinesInSlug: other lines
DELETE DATA { passage:handbook-2001-l20-l31 sq:lastLine 31 } ;
INSERT DATA { passage:handbook-2001-l20-l31 sq:lastLine 30 }

#+ WithinSection: beyond the end of the section
DELETE { passage:handbook-2001-l20-l31 ?p ?o } INSERT { passage:handbook-2001-l98-l102 ?p ?o } WHERE { passage:handbook-2001-l20-l31 ?p ?o } ;
DELETE DATA { passage:handbook-2001-l98-l102 sq:firstLine 20 ; sq:lastLine 31 } ;
INSERT DATA { passage:handbook-2001-l98-l102 sq:firstLine 98 ; sq:lastLine 102 }

#+ Lines: an inferred page and no lines
DELETE DATA { passage:handbook-2001-l20-l31 sq:firstLine 20 ; sq:lastLine 31 }

#+ SectionGiven: none
DELETE DATA { passage:essay-1990-p5 sq:section section:essay-1990-1 }
