"""The metadata of each ontology for citation: version, makers, dates and defined terms."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from sq_graph.graph.layout import Layout
from sq_graph.resources import PRIOR_RELEASED, PRIOR_VERSION, RELEASED, VERSION, file_text
from sq_graph.turtle import TextTriple, parse, serialise
from sq_graph.turtle.terms import LABEL, ONTOLOGY, TYPE, iri_terms, literal, literal_parts
from sq_graph.vocab import BASE

MAKERS = "The sq-graph contributors"
_CREATOR, _CONTRIBUTOR, _TITLE = iri_terms("dcterms:creator dcterms:contributor dcterms:title")
_CITATION, _PUBLISHER = iri_terms("dcterms:bibliographicCitation dcterms:publisher")
_CREATED, _MODIFIED, _ISSUED = iri_terms("dcterms:created dcterms:modified dcterms:issued")
_VERSION_IRI, _INFO, _PRIOR = iri_terms("owl:versionIRI owl:versionInfo owl:priorVersion")
_DEFINED, _SOURCE = iri_terms("rdfs:isDefinedBy dcterms:source")
_PREFIX, _NAMESPACE = iri_terms("vann:preferredNamespacePrefix vann:preferredNamespaceUri")
_MAINTAINED = {_CREATOR, _CONTRIBUTOR, _PUBLISHER, _CITATION, _CREATED, _MODIFIED, _ISSUED}
_MAINTAINED |= {_VERSION_IRI, _PRIOR, _PREFIX, _NAMESPACE}
_VERSIONED = ("CITATION.cff", "codemeta.json", ".zenodo.json")
_RELEASE_FIELD = re.compile(
    r'^(?P<key> *"?(?P<name>version|date-released|dateModified|publication_date)"?: "?)[^"\n]*',
    re.MULTILINE,
)


def headers(layout: Layout) -> dict[Path, str]:
    """The files of our map with complete headers, and `rdfs:isDefinedBy` on their terms.

    The root file is left to `imports.root`, which writes its header too.
    """
    if layout.base != BASE:
        return {}
    texts = {}
    for file in layout.files():
        if file.iri == f"{BASE}sq-graph":
            continue
        text = file_text(file.path)
        document = parse(text, str(file.path))
        if (f"<{file.iri}>", TYPE, ONTOLOGY) not in document.triples:
            continue  # `imports.catalogs` reports the file
        triples = describe(document.triples, file.iri, document.prefixes)
        if triples != set(document.triples):
            text = serialise(triples, document.prefixes)
        texts[file.path] = text
    return texts


def describe(
    triples: Iterable[TextTriple], iri: str, prefixes: Mapping[str, str]
) -> set[TextTriple]:
    """The triples of an ontology of ours with the maintained metadata of its header and terms."""
    subject, triples = f"<{iri}>", set(triples)
    header = {p: o for s, p, o in triples if s == subject}
    path = iri.removeprefix(BASE)
    created = literal_parts(header[_CREATED])[0] if _CREATED in header else RELEASED
    title = header.get(_TITLE) or header.get(LABEL) or literal(path)
    name = literal_parts(title)[0]
    version = f"{BASE}{VERSION}/{path}"
    citation = f"{MAKERS} ({RELEASED[:4]}). {name}. sq-graph {VERSION}. {version}"
    triples = {t for t in triples if t[0] != subject or t[1] not in _MAINTAINED}
    values = [
        (_VERSION_IRI, f"<{version}>"),
        *((role, literal(MAKERS)) for role in (_CREATOR, _CONTRIBUTOR, _PUBLISHER)),
        (_CREATED, literal(created)),
        *((event, literal(RELEASED)) for event in (_MODIFIED, _ISSUED)),
        (_CITATION, literal(citation)),
        (_TITLE, title),
    ]
    if created <= PRIOR_RELEASED:
        values.append((_PRIOR, f"<{BASE}{PRIOR_VERSION}/{path}>"))
    if _SOURCE not in header:  # a file of reused terms names the version of their source
        triples = {t for t in triples if t[:2] != (subject, _INFO)}
        values.append((_INFO, literal(VERSION)))
    terms = {s for s, p, _ in triples if p == TYPE and s.startswith(f"<{iri}#")}
    prefix = {namespace: name for name, namespace in prefixes.items()}.get(f"{iri}#")
    if terms and prefix:
        values += [(_PREFIX, literal(prefix)), (_NAMESPACE, literal(f"{iri}#"))]
    triples |= {(subject, *value) for value in values}
    return triples | {(term, _DEFINED, subject) for term in terms}


def citations(layout: Layout) -> dict[Path, str]:
    """The metadata files for archives and citation tools, with version and date of the release."""
    if layout.base != BASE:
        return {}

    def update(match: re.Match[str]) -> str:
        return match["key"] + (VERSION if match["name"] == "version" else RELEASED)

    paths = (layout.root / name for name in _VERSIONED)
    return {path: _RELEASE_FIELD.sub(update, file_text(path)) for path in paths if path.is_file()}
