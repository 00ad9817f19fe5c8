PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX vann: <http://purl.org/vocab/vann/>
PREFIX kitchen: <https://w3id.org/sq-graph/witness/>

#+ Citation: no citation
DELETE { kitchen:kitchen dcterms:bibliographicCitation ?value } WHERE { kitchen:kitchen dcterms:bibliographicCitation ?value }

#+ Citation: two citations
INSERT DATA { kitchen:kitchen dcterms:bibliographicCitation "A cook (2025). Kitchen 1." }

#+ Contributor: no contributor
DELETE { kitchen:kitchen dcterms:contributor ?value } WHERE { kitchen:kitchen dcterms:contributor ?value }

#+ Created: no date of creation
DELETE { kitchen:kitchen dcterms:created ?value } WHERE { kitchen:kitchen dcterms:created ?value }

#+ Created: two dates of creation
INSERT DATA { kitchen:kitchen dcterms:created "2026-01-02" }

#+ Created: a date of creation in words
DELETE { kitchen:kitchen dcterms:created ?value } INSERT { kitchen:kitchen dcterms:created "1 January 2026" } WHERE { kitchen:kitchen dcterms:created ?value }

#+ Creator: no creator
DELETE { kitchen:kitchen dcterms:creator ?value } WHERE { kitchen:kitchen dcterms:creator ?value }

#+ Description: no description
DELETE { kitchen:kitchen dcterms:description ?value } WHERE { kitchen:kitchen dcterms:description ?value }

#+ Description: a description in German alone
DELETE { kitchen:kitchen dcterms:description ?value } INSERT { kitchen:kitchen dcterms:description "Wörter für Speisen."@de } WHERE { kitchen:kitchen dcterms:description ?value }

#+ InOrder: issued before it was created
DELETE { kitchen:kitchen dcterms:issued ?value } INSERT { kitchen:kitchen dcterms:issued "2025-02-01" } WHERE { kitchen:kitchen dcterms:issued ?value }

#+ InOrder: changed before it was created
DELETE { kitchen:kitchen dcterms:modified ?value } INSERT { kitchen:kitchen dcterms:modified "2025-02-02" } WHERE { kitchen:kitchen dcterms:modified ?value }

#+ Issued: no date of publication
DELETE { kitchen:kitchen dcterms:issued ?value } WHERE { kitchen:kitchen dcterms:issued ?value }

#+ Issued: two dates of publication
INSERT DATA { kitchen:kitchen dcterms:issued "2026-03-01" }

#+ Issued: a date of publication in words
DELETE { kitchen:kitchen dcterms:issued ?value } INSERT { kitchen:kitchen dcterms:issued "February 2026" } WHERE { kitchen:kitchen dcterms:issued ?value }

#+ Modified: no date of change
DELETE { kitchen:kitchen dcterms:modified ?value } WHERE { kitchen:kitchen dcterms:modified ?value }

#+ Modified: two dates of change
INSERT DATA { kitchen:kitchen dcterms:modified "2026-03-01" }

#+ Modified: a date of change in words
DELETE { kitchen:kitchen dcterms:modified ?value } INSERT { kitchen:kitchen dcterms:modified "February 2026" } WHERE { kitchen:kitchen dcterms:modified ?value }

#+ Namespace: no prefix
DELETE { kitchen:kitchen vann:preferredNamespacePrefix ?value } WHERE { kitchen:kitchen vann:preferredNamespacePrefix ?value }

#+ Namespace: no namespace
DELETE { kitchen:kitchen vann:preferredNamespaceUri ?value } WHERE { kitchen:kitchen vann:preferredNamespaceUri ?value }

#+ OwnVersion: the IRI of the ontology as that of its version
DELETE { kitchen:kitchen owl:versionIRI ?value } INSERT { kitchen:kitchen owl:versionIRI kitchen:kitchen } WHERE { kitchen:kitchen owl:versionIRI ?value }

#+ OwnVersion: the IRI of the version before
DELETE { kitchen:kitchen owl:versionIRI ?value } INSERT { kitchen:kitchen owl:versionIRI <https://w3id.org/sq-graph/witness/1/kitchen> } WHERE { kitchen:kitchen owl:versionIRI ?value }

#+ PriorVersion: two versions before
INSERT DATA { kitchen:kitchen owl:priorVersion <https://w3id.org/sq-graph/witness/0/kitchen> }

#+ PriorVersion: a version before by its number
DELETE { kitchen:kitchen owl:priorVersion ?value } INSERT { kitchen:kitchen owl:priorVersion "1" } WHERE { kitchen:kitchen owl:priorVersion ?value }

#+ Publisher: no publisher
DELETE { kitchen:kitchen dcterms:publisher ?value } WHERE { kitchen:kitchen dcterms:publisher ?value }

#+ Title: no title
DELETE { kitchen:kitchen dcterms:title ?value } WHERE { kitchen:kitchen dcterms:title ?value }

#+ Title: two titles in one language
INSERT DATA { kitchen:kitchen dcterms:title "Cookery"@en }

#+ Title: a title without a language
DELETE { kitchen:kitchen dcterms:title ?value } INSERT { kitchen:kitchen dcterms:title "Kitchen" } WHERE { kitchen:kitchen dcterms:title ?value }

#+ VersionIRI: two version IRIs
INSERT DATA { kitchen:kitchen owl:versionIRI <https://w3id.org/sq-graph/witness/3/kitchen> }

#+ VersionIRI: a version IRI as text
DELETE { kitchen:kitchen owl:versionIRI ?value } INSERT { kitchen:kitchen owl:versionIRI "https://w3id.org/sq-graph/witness/2/kitchen" } WHERE { kitchen:kitchen owl:versionIRI ?value }

#+ VersionInfo: no version
DELETE { kitchen:kitchen owl:versionInfo ?value } WHERE { kitchen:kitchen owl:versionInfo ?value }

#+ VersionInfo: two versions
INSERT DATA { kitchen:kitchen owl:versionInfo "2.1" }
