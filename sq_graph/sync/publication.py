"""What makes each ontology citable: its version, makers, dates and licence, and which terms it
defines.
"""

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
_DATED = re.compile(
    r'^(?P<key> *"?(?P<name>version|date-released|dateModified|publication_date)"?: "?)[^"\n]*',
    re.MULTILINE,
)


def headers(layout: Layout) -> dict[Path, str]:
    """The files of our map with complete headers, and `rdfs:isDefinedBy` on their terms.

    The root file is left to `imports.root`, which writes its header too.
    """
    if layout.base != BASE:
        return {}
    found = {}
    for file in layout.files():
        if file.iri == f"{BASE}sq-graph":
            continue
        text = file_text(file.path)
        document = parse(text, str(file.path))
        if (f"<{file.iri}>", TYPE, ONTOLOGY) not in document.triples:
            continue  # `imports.catalogs` names the file
        new = described(document.triples, file.iri, document.prefixes)
        found[file.path] = (
            text if new == set(document.triples) else serialise(new, document.prefixes)
        )
    return found


def described(
    triples: Iterable[TextTriple], iri: str, prefixes: Mapping[str, str]
) -> set[TextTriple]:
    """The triples of an ontology of ours with all that is maintained of its header and terms."""
    subject, found = f"<{iri}>", set(triples)
    said = {p: o for s, p, o in found if s == subject}
    path = iri.removeprefix(BASE)
    created = literal_parts(said[_CREATED])[0] if _CREATED in said else RELEASED
    title = said.get(_TITLE) or said.get(LABEL) or literal(path)
    name = literal_parts(title)[0]
    version = f"{BASE}{VERSION}/{path}"
    citation = f"{MAKERS} ({RELEASED[:4]}). {name}. sq-graph {VERSION}. {version}"
    found = {t for t in found if t[0] != subject or t[1] not in _MAINTAINED}
    values = [
        (_VERSION_IRI, f"<{version}>"),
        *((one, literal(MAKERS)) for one in (_CREATOR, _CONTRIBUTOR, _PUBLISHER)),
        (_CREATED, literal(created)),
        *((one, literal(RELEASED)) for one in (_MODIFIED, _ISSUED)),
        (_CITATION, literal(citation)),
        (_TITLE, title),
    ]
    if created <= PRIOR_RELEASED:
        values.append((_PRIOR, f"<{BASE}{PRIOR_VERSION}/{path}>"))
    if _SOURCE not in said:  # a file of reused terms names the version that it takes these from
        found = {t for t in found if t[:2] != (subject, _INFO)}
        values.append((_INFO, literal(VERSION)))
    terms = {s for s, p, _ in found if p == TYPE and s.startswith(f"<{iri}#")}
    prefix = {namespace: name for name, namespace in prefixes.items()}.get(f"{iri}#")
    if terms and prefix:
        values += [(_PREFIX, literal(prefix)), (_NAMESPACE, literal(f"{iri}#"))]
    return found | {(subject, *value) for value in values} | {(t, _DEFINED, subject) for t in terms}


def citations(layout: Layout) -> dict[Path, str]:
    """The files by which archives and citation tools know a release, with its version and date."""
    if layout.base != BASE:
        return {}

    def renewed(found: re.Match[str]) -> str:
        return found["key"] + (VERSION if found["name"] == "version" else RELEASED)

    paths = (layout.root / name for name in _VERSIONED)
    return {path: _DATED.sub(renewed, file_text(path)) for path in paths if path.is_file()}
