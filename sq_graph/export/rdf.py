"""The default view as RDF: Turtle, TriG, JSON-LD, RDF/XML, and one file for ontology editors."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from sq_graph.graph import Graph, Term
from sq_graph.graph.engine import convert
from sq_graph.graph.terms import Triple
from sq_graph.resources import text_beside
from sq_graph.vocab import PREFIXES, RDF, XSD, shorten

if TYPE_CHECKING:
    import rdflib


def to_rdf(graph: Graph, form: str) -> str:
    """The default view in one RDF syntax, as one ontology without imports.

    Parameters:
        graph: the map.
        form: `ttl`, `trig` (with the named graphs, including positions), `jsonld`, `rdfxml`, `owl`
            (RDF/XML for ontology editors, in which every individual has a label), or `skos` (the
            concepts and typologies as concept schemes, with definitions by their holders and
            mappings).

    >>> import sq_graph
    >>> "owl:imports" in to_rdf(sq_graph.open().graph, "ttl")
    False
    """
    if form == "trig":
        return _trig(graph)
    if form == "jsonld":
        return _jsonld(graph)
    if form == "skos":
        return serialise(graph.construct(text_beside(__file__, "skos.rq")), "turtle")
    labels = graph.construct(text_beside(__file__, "helper-labels.rq")) if form == "owl" else ()
    return serialise((*_ontology(graph), *labels), "turtle" if form == "ttl" else "rdfxml")


def serialise(triples: Iterable[Triple], syntax: str) -> str:
    """Triples in an RDF syntax of the engine, with a stable order and stable blank node names."""
    lines = sorted(f"{s.n3()} {p.n3()} {o.n3()} .\n" for s, p, o in _rename_nodes(triples))
    return convert("".join(lines).encode(), "ntriples", syntax).decode()


def to_rdflib(graph: Graph) -> rdflib.Graph:
    """The default view as an rdflib graph.

    >>> import sq_graph
    >>> len(sq_graph.open().to_rdflib()) > 1000
    True
    """
    import rdflib

    result = rdflib.Graph()
    for name, namespace in PREFIXES.items():
        result.bind(name, namespace)
    query = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
    return result.parse(data=graph.results(query, "ntriples"), format="nt")


def _ontology(graph: Graph) -> Sequence[Triple]:
    return graph.construct(text_beside(__file__, "one-ontology.rq"))


def _rename_nodes(triples: Iterable[Triple]) -> list[Triple]:
    """The triples with each blank node named by its content, so that two exports are equal.

    Blank nodes of a map are trees of OWL expressions: the content of a node and its parent
    determine its name.
    """
    triples = list(triples)
    children: dict[str, list[Triple]] = {}
    parents: dict[str, tuple[Term, Term]] = {}
    for s, p, o in triples:
        if s.kind == "bnode":
            children.setdefault(s.value, []).append((s, p, o))
        if o.kind == "bnode":
            parents[o.value] = (s, p)

    def content(node: str) -> str:
        parts = (
            f"{p.value} {content(o.value) if o.kind == 'bnode' else o.n3()}"
            for _, p, o in children.get(node, ())
        )
        return f"[{' ; '.join(sorted(parts))}]"

    def name(node: str) -> str:
        if node not in names:
            parent, predicate = parents.get(node, (None, None))
            path = parent and (name(parent.value) if parent.kind == "bnode" else parent.value)
            description = f"{path} {predicate and predicate.value} {content(node)}"
            names[node] = f"b{hashlib.sha256(description.encode()).hexdigest()[:16]}"
        return names[node]

    def rename(term: Term) -> Term:
        return Term("bnode", name(term.value)) if term.kind == "bnode" else term

    names: dict[str, str] = {}
    return [(rename(s), p, rename(o)) for s, p, o in triples]


def _trig(graph: Graph) -> str:
    graphs: dict[str, list[Triple]] = {}
    for row in graph.select("SELECT ?g ?s ?p ?o { GRAPH ?g { ?s ?p ?o } }"):
        graphs.setdefault(row["g"].value, []).append((row["s"], row["p"], row["o"]))
    blocks = []
    for iri, triples in sorted(graphs.items()):
        lines = sorted(f"  {s.n3()} {p.n3()} {o.n3()} .\n" for s, p, o in _rename_nodes(triples))
        blocks.append(f"<{iri}> {{\n{''.join(lines)}}}\n")
    return "".join(blocks)


def _jsonld(graph: Graph) -> str:
    """One node object per subject, with types as `@type` and a context with all prefixes."""
    nodes: dict[str, dict[str, list[Any]]] = {}
    for s, p, o in sorted(_rename_nodes(_ontology(graph))):
        is_type = p.value == f"{RDF}type"
        name, value = ("@type", _identifier(o)) if is_type else (_identifier(p), _value(o))
        nodes.setdefault(_identifier(s), {}).setdefault(name, []).append(value)
    items = [
        {"@id": subject} | {key: node[key][0] if len(node[key]) == 1 else node[key] for key in node}
        for subject, node in nodes.items()
    ]
    context = {name: {"@id": iri, "@prefix": True} for name, iri in PREFIXES.items()}
    return json.dumps({"@context": context, "@graph": items}, ensure_ascii=False, indent=1) + "\n"


def _identifier(term: Term) -> str:
    return f"_:{term.value}" if term.kind == "bnode" else shorten(term.value)


def _value(term: Term) -> dict[str, str] | str:
    if term.kind != "literal":
        return {"@id": _identifier(term)}
    if term.language:
        return {"@value": term.value, "@language": term.language}
    if term.datatype in ("", f"{XSD}string"):
        return term.value
    return {"@value": term.value, "@type": shorten(term.datatype)}
